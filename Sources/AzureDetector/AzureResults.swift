import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import ServingAPI
import TimeSeries

/// The results of a detection: for each row, those of the window that ends in it.
struct AzureResults {
    private let scoring: Scoring
    private let aligned: AlignedSeries
    private let variables: [String]
    private let timesteps: Int
    /// The first row with a result.
    private let firstRow: Int
    /// The first row in which a window ends.
    private let firstWindowEnd: Int
    /// The score of each window, `[N]`.
    private let scores: [Float]
    /// The error of each variable in each window, `[N][F]`.
    private let featureErrors: [Double]
    private let contributorCount: Int

    /// - Parameters:
    ///   - first: the first row with a result.
    ///   - contributorCount: the maximum number of variables in the interpretation of a row.
    /// - Throws: 400 for too few rows, 422 beyond the limits.
    init(
        of aligned: AlignedSeries, from first: Int, by entry: ModelRegistry.Entry, contributorCount: Int,
        _ core: ServingCore, _ call: Call
    ) throws(Problem) {
        scoring = try Scoring(entry)
        self.aligned = aligned
        self.contributorCount = contributorCount
        variables = entry.trained.description.featureNames ?? []
        timesteps = entry.trained.inputShape.timesteps ?? 1
        firstRow = first
        let windows: Windows<Double>
        do throws(DataError) {
            windows = try Windows.sliding(over: aligned.series, timesteps: timesteps)
        } catch {
            throw .azure(
                .badRequest, "NotEnoughInput",
                "there are \(aligned.times.count) rows up to endTime; a result requires the "
                    + "\(timesteps) rows of slidingWindow that end in it"
            )
        }
        firstWindowEnd = max(first, timesteps - 1)
        let selected = windows[(firstWindowEnd - (timesteps - 1))..<windows.count]
        let values =
            (aligned.times.count - first) * 5 + selected.count * 2 * min(contributorCount, variables.count)
        try core.limits.checkResponse(of: values, selected, entry.trained.model.network)
        let version = core.inferences.version(entry, for: call)
        let errors = version.measure(windows: selected.count, for: call) {
            entry.trained.errors(of: selected, [.features])
        }
        version.count(errors.windows, by: scoring, scoring.drift(of: errors.windows))
        scores = errors.windows.map(scoring.score)
        featureErrors = errors.features
    }

    /// `"results":[…]`.
    func write(to json: inout JSONWriter) {
        json.array("results", of: firstRow..<aligned.times.count) { json, row in
            json.object { json in
                json.member("timestamp", "\(aligned.times[row])")
                guard row >= firstWindowEnd else {
                    return json.azureErrors(
                        .azure(
                            .badRequest, "InsufficientHistoricalData",
                            "there are \(row + 1) rows up to this one; a result requires \(timesteps), "
                                + "the slidingWindow"
                        ))
                }
                json.object("value") { write(window: row - firstWindowEnd, to: &$0) }
                json.azureErrors(nil)
            }
        }
    }

    private func write(window: Int, to json: inout JSONWriter) {
        let score = scores[window]
        let isAnomaly = score > 1
        json.member("isAnomaly", isAnomaly)
        // 0 at the threshold, 0.5 at twice the threshold, and approaching 1.
        json.member("severity", isAnomaly ? 1 - 1 / score : 0)
        json.member("score", score)
        let shares = isAnomaly ? contributions(to: window) : []
        json.array("interpretation", of: shares) { json, share in
            json.object { json in
                json.member("variable", variables[share.variable])
                json.member("contributionScore", share.score)
                // Always empty: the errors show which variables are unusual, but not which correlations.
                json.object("correlationChanges") { $0.array("changedVariables") { _ in } }
            }
        }
    }

    /// The shares of the variables in a window's error, the largest first, up to ``contributorCount``. The
    /// shares of all variables add up to 1.
    private func contributions(to window: Int) -> [(variable: Int, score: Float)] {
        let errors = featureErrors[(window * variables.count)..<((window + 1) * variables.count)]
        let sum = max(errors.reduce(0, +), .leastNormalMagnitude)
        let shares = errors.enumerated().map { (variable: $0.offset, score: Float($0.element / sum)) }
        return Array(shares.sorted { $0.score > $1.score }.prefix(contributorCount))
    }
}
