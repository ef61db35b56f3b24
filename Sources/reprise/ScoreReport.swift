import RepriseClient

/// The report of `reprise score`: events, or windows, or rows, whichever the response has first.
struct ScoreReport {
    let response: ScoreResponse

    var text: String {
        let table =
            if let events = response.events { text(of: events) } else if let windows = response.windows {
                text(of: windows)
            } else {
                text(of: response.rows)
            }
        return table + reprise.text(ofWarnings: response.warnings)
    }

    private func text(of events: [ScoreResponse.Event]) -> String {
        let hasTimes = events.contains { $0.firstTimestamp != nil }
        let hasPeriods = events.contains { $0.returnPeriod != nil }
        let rows = events.map { event in
            let times = [event.firstTimestamp, event.lastTimestamp].map { $0.map { "\($0)" } ?? "" }
            return (hasTimes ? times : []) + [
                "\(event.firstRow)-\(event.lastRow)", event.peakScore.rounded5,
                hasPeriods ? event.returnPeriod.map(text) ?? "" : rarity(event), features(event.features),
            ]
        }
        let count = response.rows.map { " in \($0.scores.count) rows" } ?? ""
        let title = "\(events.count) event\(events.count == 1 ? "" : "s")\(count) (mode \(response.mode))"
        let table = Table(
            (hasTimes ? ["first", "last"] : []) + [
                "rows", "peak", hasPeriods ? "once in" : "rarer than", "features",
            ], rows)
        return rows.isEmpty ? title : "\(title)\n\(table)"
    }

    /// How rare an event is: `rarer than all 312 calibration rows; about once in 3 months (5 weeks to 1
    /// year)`.
    func severity(_ event: ScoreResponse.Event) -> String {
        let rarity = rarity(event)
        guard !rarity.isEmpty, let period = event.returnPeriod else {
            return rarity.isEmpty ? "" : "rarer than \(rarity)"
        }
        let often =
            period.isLonger ? "less than once in \(about(period))" : "about once in \(text(of: period))"
        return "rarer than \(rarity); \(often)"
    }

    /// How many of the calibration errors are smaller than those of an event: `all 312 calibration rows`.
    private func rarity(_ event: ScoreResponse.Event) -> String {
        guard let rarity = event.peakRarity, let count = response.calibrationRows else { return "" }
        let unit = "calibration \(response.mode == "causal" ? "windows" : "rows")"
        let larger = Int(((1 - Double(rarity)) * Double(count)).rounded())
        return larger == 0 ? "all \(count) \(unit)" : "\(count - larger) of \(count) \(unit)"
    }

    private func about(_ period: ScoreResponse.ReturnPeriod) -> String {
        period.seconds.map(duration) ?? rows(period.rows)
    }

    /// How long normal operation lasts on average for each row with an error as large: `3 months (5 weeks to
    /// 1 year)`, or `> 2 years`.
    private func text(of period: ScoreResponse.ReturnPeriod) -> String {
        if period.isLonger { return "> \(about(period))" }
        let (low, high) =
            if let low = period.secondsLow {
                (duration(low), period.secondsHigh.map(duration))
            } else {
                (rows(period.rowsLow), period.rowsHigh.map(rows))
            }
        return "\(about(period)) (\(high.map { "\(low) to \($0)" } ?? "at least \(low)"))"
    }

    private func rows(_ count: Float) -> String {
        let rounded = max(1, Double(count).rounded())
        return rounded == 1 ? "1 row" : "\(Int(rounded)) rows"
    }

    /// A length of time in the largest unit of which there are at least two: `90 seconds`, `3 months`.
    private func duration(_ seconds: Float) -> String {
        let units = [
            ("year", 31_557_600.0), ("month", 2_629_800), ("week", 604_800), ("day", 86_400), ("hour", 3600),
            ("minute", 60), ("second", 1),
        ]
        let seconds = Double(seconds)
        guard let (name, length) = units.first(where: { seconds >= 2 * $0.1 }) else {
            return "\(seconds.rounded5) seconds"
        }
        return "\(Int((seconds / length).rounded())) \(name)s"
    }

    private func text(of windows: [ScoreResponse.Window]) -> String {
        let rows = windows.enumerated().map { index, window in
            [
                name(window.timestamp, index), window.score.rounded5, window.isAnomaly ? "anomaly" : "",
                features(window.features ?? []),
            ]
        }
        let hasFeatures = windows.contains { $0.features != nil }
        let header = ["window", "score", ""] + (hasFeatures ? ["features"] : [])
        return "\(Table(header, rows.map { Array($0.prefix(header.count)) }))"
    }

    private func text(of rows: ScoreResponse.Rows?) -> String {
        let cells = (rows?.scores ?? []).enumerated().map { index, score in
            [name(rows?.timestamps?[index], index), score?.rounded5 ?? ""]
        }
        return "\(Table(["row", "score"], cells))"
    }

    /// A row by its timestamp and number.
    private func name(_ timestamp: Timestamp?, _ row: Int) -> String {
        timestamp.map { "\($0) (\(row))" } ?? "\(row)"
    }

    /// The features with the largest shares, until these are half of the error.
    private func features(_ shares: [ScoreResponse.Share]) -> String {
        var sum: Float = 0
        let largest = shares.prefix { share in
            defer { sum += share.share }
            return sum < 0.5
        }
        return largest.map { "\($0.name ?? "\($0.feature)") \(Int(($0.share * 100).rounded())) %" }
            .joined(separator: ", ")
    }
}
