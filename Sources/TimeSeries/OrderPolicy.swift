/// What happens to rows that are not in the order of their times.
public enum OrderPolicy: String, Sendable, CaseIterable {
    /// Throw an error.
    case error
    /// Sort them by time. Rows of the same time stay in their order.
    case sort
}

/// How the rows of data follow one another in time.
public enum RowOrder: String, Sendable, CaseIterable {
    /// No row is earlier than the row before it.
    case ascending
    /// The newest row is first.
    case descending
    /// The rows are in order, but a local clock was set back an hour at the end of daylight saving time.
    case clockSetBack = "clock_set_back"
    /// Any other order.
    case unordered
}

extension TimedRows {
    private static let hour: Int64 = 3_600_000_000_000

    /// The order of the rows within their recordings.
    public var order: RowOrder { orderAndFalls.order }

    /// The order, and the rows that are earlier than the row before them.
    private var orderAndFalls: (order: RowOrder, falls: [Int]) {
        let falls = successors.filter { instants[$0] < instants[$0 - 1] }
        if falls.isEmpty { return (.ascending, []) }
        if !successors.contains(where: { instants[$0] > instants[$0 - 1] }) { return (.descending, falls) }
        return (isSetBack(at: falls) ? .clockSetBack : .unordered, falls)
    }

    /// Whether rows are early by the hour that a local clock is set back, less the usual interval: if an hour
    /// is added, all intervals around them are about the usual one.
    private func isSetBack(at falls: [Int]) -> Bool {
        guard hasLocalClock, let usual = medianInterval?.nanoseconds, usual < Self.hour else { return false }
        return falls.allSatisfy { row in
            let step = interval(before: row)
            let neighbours = [row - 1, row + 1].filter { row in
                recordings.contains { $0.lowerBound < row && row < $0.upperBound }
            }
            return step > -Self.hour && step + Self.hour <= 2 * usual
                && neighbours.allSatisfy { interval(before: $0) * 2 <= usual * 3 }
        }
    }

    /// Brings the rows of each recording into the order of time.
    ///
    /// Where a local clock was set back, `sort` leaves the rows where they are, because they are in order,
    /// and adds an hour to the instants from there on.
    /// - Returns: a warning about rows that were sorted.
    /// - Throws: ``TimeError`` for rows out of order if the policy is `error`.
    public mutating func order(_ policy: OrderPolicy) throws(TimeError) -> [Warning] {
        let (order, falls) = orderAndFalls
        guard order != .ascending else { return [] }
        let ranges = originRanges(of: falls)
        guard policy == .sort else { throw refusal(of: falls, order, ranges) }
        let message: String
        switch order {
        case .ascending, .descending:
            message = "The newest row was first; the rows were sorted by time."
        case .clockSetBack:
            message =
                "At row \(falls[0]) the local clock was set back an hour, as at the end of daylight saving "
                + "time. The rows stay in their order, and times from there on count an hour more. Send "
                + "times in UTC or with their offset from it."
        case .unordered:
            message = "The rows were sorted by time: \(Self.count(falls)) earlier than the row before."
        }
        putInOrder(order, falls)
        return [Warning(.unordered, .info, message, rows: order == .descending ? nil : ranges)]
    }

    /// Brings the rows of each recording into the order of time, as ``order(_:)`` does.
    public mutating func putInOrder() {
        let (order, falls) = orderAndFalls
        putInOrder(order, falls)
    }

    private mutating func putInOrder(_ order: RowOrder, _ falls: [Int]) {
        switch order {
        case .ascending: break
        case .clockSetBack: for fall in falls { addHour(from: fall) }
        case .descending, .unordered: sort(reversing: order == .descending)
        }
    }

    private func refusal(of falls: [Int], _ order: RowOrder, _ ranges: [Range<Int>]) -> TimeError {
        let back = TimeSpan(nanoseconds: -interval(before: falls[0])).approximation
        let detail =
            switch order {
            case .clockSetBack:
                "is \(back) earlier than that of the row before, as if a local clock was set back an hour at "
                    + "the end of daylight saving time; send times in UTC or with their offset from it, or "
                    + "set order to sort, which keeps these rows in their order"
            case .descending:
                "is \(back) earlier than that of the row before: the newest row is first; send the oldest "
                    + "row first, or set order to sort"
            case .ascending, .unordered:
                "is \(back) earlier than that of the row before; \(Self.count(falls)) out of order; send the "
                    + "rows in the order of time, or set order to sort"
            }
        return TimeError(.unordered, row: origin(of: falls[0]), detail, rows: ranges)
    }

    private static func count(_ rows: [Int]) -> String {
        rows.count == 1 ? "1 row is" : "\(rows.count) rows are"
    }

    private mutating func addHour(from first: Int) {
        guard let recording = recordings.first(where: { $0.contains(first) }) else { return }
        for row in first..<recording.upperBound {
            let (instant, isOverflow) = instants[row].addingReportingOverflow(Self.hour)
            instants[row] = isOverflow ? .max : instant
        }
    }

    /// - Parameter reversing: whether all rows are in falling order. Rows of the same time are reversed, too,
    ///   so that the newest is the last of them.
    private mutating func sort(reversing: Bool) {
        var rows: [Int] = []
        rows.reserveCapacity(self.rows)
        for recording in recordings {
            if reversing {
                rows += recording.reversed()
            } else {
                rows += recording.sorted { (instants[$0], $0) < (instants[$1], $1) }
            }
        }
        keep(rows, recordings: recordings)
    }
}
