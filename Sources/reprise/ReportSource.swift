import Glibc
import HTMLReport
import RepriseClient

/// The data of a report, from the responses of a server.
struct ReportSource {
    let client: RepriseClient
    /// The name of the data.
    let name: String

    /// Scores and reconstructs rows.
    /// - Parameters:
    ///   - scored: the request of the scores.
    ///   - reconstructing: the same without options of the detection, for the version that has scored.
    func data(
        _ scored: RequestContent, reconstructing: (Int) throws -> RequestContent
    ) throws -> ReportData {
        let (response, hasShares) = try scores(scored)
        let version = try client.version("\(response.version)", of: response.model)
            .decoded(as: ModelVersion.self)
        let rows = response.rows?.scores ?? []
        let features = version.featureNames ?? (0..<version.features).map { "\($0)" }
        var data = ReportData(
            name: name, model: response.model, version: response.version,
            kind: version.architecture ?? version.detector, timesteps: version.timesteps,
            mode: response.mode, threshold: Double(response.rowThreshold ?? response.threshold),
            errorKind: version.errorKind, time: Self.now, features: features,
            timestamps: response.rows?.timestamps?.map(\.description),
            scores: rows.map { $0.map(Double.init) ?? .nan })
        let report = ScoreReport(response: response)
        data.events = (response.events ?? []).map { event in
            ReportData.Event(
                rows: event.firstRow...event.lastRow, peakRow: event.peakRow, peak: Double(event.peakScore),
                severity: report.severity(event),
                shares: event.features.map { (feature: $0.feature, share: Double($0.share)) })
        }
        data.cautions = response.warnings.map {
            ReportData.Caution(code: $0.code, level: $0.level, message: $0.message)
        }
        if hasShares {
            data.shares = response.rows?.shares?.map { $0.map { $0.map(Double.init) ?? .nan } }
        } else {
            data.cautions.append(
                Self.missing("Shares of features over time", "the response would be too long"))
        }
        let content = try reconstructing(response.version)
        do throws(ClientError) {
            let values: RowReconstructResponse = try client.post(
                "/reconstruct", content.adding("rows", .json(Array("true".utf8)))
            ).decoded()
            data.actual = values.rows.actual.map { $0.map { $0 ?? .nan } }
            data.expected = values.rows.reconstructions.map { $0.map { $0 ?? .nan } }
        } catch {
            guard error.status == 409 || error.status == 422 else { throw error }
            data.cautions.append(Self.missing("Expected values", error.description))
        }
        return data
    }

    /// The scores with the shares of features in each row, or without them if that is too much for one
    /// response.
    private func scores(_ content: RequestContent) throws(ClientError) -> (ScoreResponse, hasShares: Bool) {
        do throws(ClientError) {
            return (
                try client.post(
                    "/score", content.adding("include", .string("rows,events,row_shares"))
                ).decoded(), true
            )
        } catch {
            guard error.status == 422 else { throw error }
            return (
                try client.post("/score", content.adding("include", .string("rows,events"))).decoded(), false
            )
        }
    }

    private static func missing(_ what: String, _ reason: String) -> ReportData.Caution {
        ReportData.Caution(
            code: "not_shown", level: "warning", message: "\(what) are not shown: \(reason).")
    }

    /// The time, such as `2026-01-31 12:00 UTC`.
    private static var now: String {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)].map(twoDigits)
            .joined(separator: "-") + " \(twoDigits(Int(parts.tm_hour))):\(twoDigits(Int(parts.tm_min))) UTC"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
