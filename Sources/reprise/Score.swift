import ArgumentParser
import RepriseClient

/// `reprise score`.
struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score a series, and print the events in it.",
        discussion:
            "A score is an error divided by the threshold: above 1 is an anomaly. Rows are counted from 0, and told by "
            + "their timestamps where they have some. For windows the scores are printed. The scores of all rows are "
            + "in the JSON answer.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var prediction: PredictionOptions
    @OptionGroup var threshold: ThresholdOptions
    @Option(help: "What a row gets: newest, mean or median of the windows that cover it.") var combine:
        String?
    @Option(help: ArgumentHelp("Leave out events of fewer rows.", valueName: "rows")) var minimumLength: Int?
    @Option(help: ArgumentHelp("Join events with so many rows between them, or fewer.", valueName: "rows"))
    var mergeGap: Int?

    func run() throws {
        let data = try prediction.data.data()
        try data.requireModel(prediction.model)
        try server.post("/score", data.request(RepriseClient.json(request))) { (answer: ScoreAnswer) in
            guard let events = answer.events else { return windows(answer) }
            let rows = events.map { event in
                [
                    name(event.firstTimestamp, event.firstRow), name(event.lastTimestamp, event.lastRow),
                    "\(event.duration)", name(event.peakTimestamp, event.peakRow),
                    event.peakScore.rounded5, features(event),
                ]
            }
            let title =
                "\(events.count) event\(events.count == 1 ? "" : "s") in \(answer.rows?.scores.count ?? 0) rows"
            let table = Table(["first", "last", "rows", "peak at", "peak score", "features"], rows)
            return title + (rows.isEmpty ? "" : "\n\(table)") + text(ofWarnings: answer.warnings)
        }
    }

    /// A row as people know it, with its number.
    private func name(_ timestamp: Timestamp?, _ row: Int) -> String {
        timestamp.map { "\($0) (\(row))" } ?? "\(row)"
    }

    /// The features that have the most of it, half of it at least.
    private func features(_ event: ScoreAnswer.Event) -> String {
        var sum: Float = 0
        let most = event.features.prefix { share in
            defer { sum += share.share }
            return sum < 0.5
        }
        return most.map { "\($0.name ?? "\($0.feature)") (\(Int(($0.share * 100).rounded())) %)" }.joined(
            separator: ", ")
    }

    private func windows(_ answer: ScoreAnswer) -> String {
        let rows = (answer.windows ?? []).enumerated().map { index, window in
            ["\(index)", window.score.rounded5, window.isAnomaly ? "anomaly" : ""]
        }
        return "\(Table(["window", "score", ""], rows))"
    }

    private var request: ScoreRequest {
        var request = prediction.request(threshold)
        request.combine = combine
        if minimumLength != nil || mergeGap != nil {
            request.events = .init()
            request.events?.minimumLength = minimumLength
            request.events?.mergeGap = mergeGap
        }
        return request
    }
}
