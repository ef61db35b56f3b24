extension Timestamps {
    /// Returns the timestamps of some rows.
    /// - Parameters:
    ///   - rows: the rows in their new order; nil for all of them.
    ///   - instants: their instants, if these are to differ from what the cells say.
    package func keeping(_ rows: [Int]?, instants: [Int64]) -> Timestamps {
        guard let rows else {
            return Timestamps(cells: cells, instants: instants, clock: clock, format: format)
        }
        precondition(rows.count == instants.count)
        let kept: Cells =
            switch cells {
            case .texts(let texts): .texts(texts.keeping(rows))
            case .integers(let integers): .integers(rows.map { integers[$0] })
            case .numbers(let numbers): .numbers(rows.map { numbers[$0] })
            }
        return Timestamps(cells: kept, instants: instants, clock: clock, format: format)
    }

    /// Returns timestamps for other instants: numbers in the unit of the cells, or ISO 8601 in place of
    /// texts.
    package func replacing(with instants: [Int64]) -> Timestamps {
        let cells: Cells
        if case .texts = self.cells {
            cells = .texts(PackedTexts(instants.lazy.map { text($0) }))
        } else {
            let unit = (unit ?? .seconds).rawValue
            cells =
                instants.allSatisfy { $0.isMultiple(of: unit) }
                ? .integers(instants.map { $0 / unit }) : .numbers(instants.map { Double($0) / Double(unit) })
        }
        return Timestamps(cells: cells, instants: instants, clock: clock, format: format)
    }

    /// The unit of cells that are numbers; nil for texts and if all numbers are 0.
    private var unit: TimeUnit? {
        func unit(_ row: Int?, _ number: (Int) -> Double) -> TimeUnit? {
            row.flatMap { row in
                let ratio = Double(instants[row]) / number(row)
                return TimeUnit.allCases.min {
                    abs(ratio / Double($0.rawValue) - 1) < abs(ratio / Double($1.rawValue) - 1)
                }
            }
        }
        switch cells {
        case .texts: return nil
        case .integers(let integers):
            return unit(integers.firstIndex { $0 != 0 }) { Double(integers[$0]) }
        case .numbers(let numbers): return unit(numbers.firstIndex { $0 != 0 }) { numbers[$0] }
        }
    }

    /// An instant in ISO 8601, with `Z` if the clock is UTC; a clock that starts at 0 has a duration in
    /// seconds.
    private func text(_ instant: Int64) -> String {
        if clock == .relative { return "\(Double(instant) / 1e9)" }
        let time = UTCTime(microseconds: instant / 1000).description
        return clock == .utc ? time : String(time.dropLast())
    }
}

extension PackedTexts {
    /// Returns some of the texts, in the order of `indices`.
    func keeping(_ indices: [Int]) -> PackedTexts {
        var texts = PackedTexts()
        for index in indices { withBytes(index) { texts.append($0) } }
        return texts
    }
}
