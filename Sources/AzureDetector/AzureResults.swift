import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import ServingAPI
import TimeSeries

/// What a model makes of rows: for each the window that ends in it.
struct AzureResults {
    private let scoring: Scoring
    private let aligned: AlignedSeries
    private let variables: [String]
    private let timesteps: Int
    /// The first row that there is a result for.
    private let firstRow: Int
    /// The first row that a window ends in.
    private let firstWindow: Int
    private let scores: [Float]
    /// What each variable has of each window's error, `[N][F]`.
    private let features: [Float]
    private let contributors: Int

    /// - Parameter first: the row from which on there are results.
    /// - Throws: 400 for more than the server takes on, and errors past the largest float.
    init(
        of aligned: AlignedSeries, from first: Int, by entry: ModelRegistry.Entry, contributors: Int,
        _ core: ServingCore, _ call: Call
    ) throws(Problem) {
        scoring = try Scoring(entry)
        self.aligned = aligned
        self.contributors = contributors
        variables = entry.trained.description.featureNames ?? []
        timesteps = entry.trained.inputShape.timesteps ?? 1
        firstRow = first
        let windows: Windows
        do throws(DataError) {
            windows = try Windows.sliding(over: aligned.series, timesteps: timesteps)
        } catch {
            throw .azure(
                .badRequest, "NotEnoughInput",
                "there are \(aligned.times.count) rows up to endTime, but a result needs the slidingWindow of \(timesteps) that end in it"
            )
        }
        firstWindow = max(first, timesteps - 1)
        let wanted = windows[(firstWindow - (timesteps - 1))..<windows.count]
        let values = (aligned.times.count - first) * 5 + wanted.count * 2 * min(contributors, variables.count)
        do throws(JSONError) {
            try core.limits.checkResponse(of: values, wanted, entry.trained.model.network)
        } catch {
            throw Problem(error)
        }
        let errors = core.inferences.measure(entry, windows: wanted.count, for: call) {
            entry.trained.errors(of: wanted, [.features])
        }
        guard errors.windows.allSatisfy(\.isFinite) else { throw .overflow() }
        scores = errors.windows.map(scoring.score)
        features = errors.features
    }

    /// `"results":[…]`.
    func write(to json: inout JSONWriter) {
        json.array("results", of: firstRow..<aligned.times.count) { json, row in
            json.object { json in
                json.member("timestamp", "\(aligned.times[row])")
                guard row >= firstWindow else {
                    return json.azureErrors(
                        .azure(
                            .badRequest, "InsufficientHistoricalData",
                            "there are \(row + 1) rows up to this one; a result needs the slidingWindow of \(timesteps)"
                        ))
                }
                json.object("value") { write(window: row - firstWindow, to: &$0) }
                json.azureErrors(nil)
            }
        }
    }

    private func write(window: Int, to json: inout JSONWriter) {
        let score = scores[window]
        let isAnomaly = score > 1
        json.member("isAnomaly", isAnomaly)
        // From 0 at the threshold towards 1: half way where the error is twice the threshold.
        json.member("severity", isAnomaly ? 1 - 1 / score : 0)
        json.member("score", score)
        let shares = isAnomaly ? contributions(to: window) : []
        json.array("interpretation", of: shares) { json, share in
            json.object { json in
                json.member("variable", variables[share.variable])
                json.member("contributionScore", share.score)
                // Not known here: the errors say which variables are unusual, not which correlations.
                json.object("correlationChanges") { $0.array("changedVariables") { _ in } }
            }
        }
    }

    /// What the variables have of a window's error, the largest first; all of them together have 1.
    private func contributions(to window: Int) -> [(variable: Int, score: Float)] {
        let errors = features[(window * variables.count)..<((window + 1) * variables.count)]
        let sum = max(errors.reduce(0, +), .leastNormalMagnitude)
        let shares = errors.enumerated().map { (variable: $0.offset, score: $0.element / sum) }
        return Array(shares.sorted { $0.score > $1.score }.prefix(contributors))
    }
}
