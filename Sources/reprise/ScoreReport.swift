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
        let rows = events.map { event in
            [
                name(event.firstTimestamp, event.firstRow), name(event.lastTimestamp, event.lastRow),
                "\(event.duration)", name(event.peakTimestamp, event.peakRow), event.peakScore.rounded5,
                features(event.features),
            ]
        }
        let count = response.rows.map { " in \($0.scores.count) rows" } ?? ""
        let title = "\(events.count) event\(events.count == 1 ? "" : "s")\(count) (mode \(response.mode))"
        let table = Table(["first", "last", "rows", "peak at", "peak score", "features"], rows)
        return rows.isEmpty ? title : "\(title)\n\(table)"
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
        return largest.map { "\($0.name ?? "\($0.feature)") (\(Int(($0.share * 100).rounded())) %)" }
            .joined(separator: ", ")
    }
}
