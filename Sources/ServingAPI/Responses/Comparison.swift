import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import Synchronization
import TimeSeries
import Training

/// A comparison in progress. It runs the trainings in sequence, and evaluates each when it has ended.
final class Comparison: Sendable {
    /// The result of a run that has ended.
    struct Result {
        let run: CompareRequest.Run
        let version: ModelRegistry.Description
        let mode: RowMode
        let network: DetectorFigures
        /// `[N]`, the mean squared errors of the test windows.
        let errors: [Float]
        /// The mean squared error of predicting the mean of each feature.
        let variance: Double
        let baselines: (zScore: DetectorFigures, pca: DetectorFigures)?
    }

    private let request: CompareRequest
    private let core: ServingCore
    private let call: Call
    private let results = Mutex<[Result]>([])
    private let client = WaitingClient()

    init(_ request: CompareRequest, _ core: ServingCore, _ call: Call) {
        self.request = request
        self.core = core
        self.call = call.withoutBody
        call.responder.onDisconnect { [client] in client.disconnect() }
    }

    /// Starts the next training, or responds after the last one.
    func trainNext() {
        let done = results.withLock { $0.count }
        guard done < request.runs.count else { return call.responder.send(response()) }
        let run = request.runs[done]
        do throws(Problem) {
            let job = try core.trainings.submit(run.model, run.training, for: call)
            client.waits(for: job)
            job.observe { [self] in
                guard job.isEnded else { return true }
                ended(job, run)
                return false
            }
        } catch {
            call.send(error)
        }
    }

    private func ended(_ job: TrainingJob, _ run: CompareRequest.Run) {
        do throws(Problem) {
            let version = try core.trainings.outcome(of: job.summary)
            let isQueued = core.queue.submit(bytes: 0) { [self] in
                do throws(Problem) {
                    let result = try evaluate(run, version)
                    results.withLock { $0.append(result) }
                    trainNext()
                } catch {
                    call.send(error)
                }
            }
            if !isQueued { throw .overloaded() }
        } catch {
            call.send(error)
        }
    }

    private func evaluate(
        _ run: CompareRequest.Run, _ version: ModelRegistry.Description
    ) throws(Problem) -> Result {
        let entry = try core.models.entry(run.model, .number(version.version))
        // No arrivals, because the request does not wait for this computation alone.
        let scaled = entry.trained.scale(request.test)
        let (squares, errors) = core.inferences.version(entry).measure(
            windows: request.test.count, arrivals: []
        ) {
            (
                ErrorMeasure.meanSquared.errors(of: scaled, by: entry.trained.model).windows,
                request.labels == nil ? nil : entry.trained.errors(of: request.test)
            )
        }
        let meanSquare = squares.reduce(0) { $0 + Double($1) } / Double(squares.count)
        let scoring = try Scoring(entry)
        var rows: RowEvaluation?
        if let labels = request.labels, let errors {
            rows = RowEvaluation(entry, scoring, request.test, errors, labels: labels)
        }
        let network = DetectorFigures(error: meanSquare, result: rows?.model.result)
        let baselines = rows?.baselines.map {
            (zScore: DetectorFigures(result: $0.zScore), pca: DetectorFigures(result: $0.pca))
        }
        return Result(
            run: run, version: version, mode: scoring.rowRule.mode, network: network, errors: squares,
            variance: scaled.variance, baselines: baselines)
    }

    private func response() -> Response {
        let results = results.withLock { $0 }
        return .json { json in
            json.member("model", request.model)
            if let first = results.first { json.member("mode", first.mode.rawValue) }
            json.member("training_windows", request.training.count)
            json.member("test_windows", request.test.count)
            json.member("warnings", request.warnings)
            json.name("detectors")
            json.array { json in
                for network in ["autoencoder", "stacked"] {
                    let runs = results.filter { $0.run.network == network }
                    json.object { $0.members(ofNetwork: network, runs) }
                }
                // The baselines are the same for every network and seed.
                if let baselines = results.first?.baselines {
                    json.object { json in
                        json.member("detector", "pca")
                        json.means(of: [baselines.pca])
                    }
                    json.object { json in
                        json.member("detector", "z_score")
                        json.means(of: [baselines.zScore])
                    }
                }
            }
            json.verdict(verdict(of: results))
        }
    }

    private func verdict(of results: [Result]) -> Verdict {
        let networks = [
            Verdict.Candidate("autoencoder", "the autoencoder"),
            Verdict.Candidate("stacked", "the stacked network"),
        ].map { candidate in (candidate, results.filter { $0.run.network == candidate.name }) }
        guard request.labels != nil else {
            return Verdict(
                networks.map { Verdict.Unlabelled($0, errors: $1.map(\.errors)) },
                timesteps: request.test.timesteps, variance: results.first?.variance ?? 0)
        }
        let baselines = results.first?.baselines.map {
            [(Verdict.Candidate.pca, $0.pca), (.zScore, $0.zScore)]
        }
        return Verdict(
            networks.map { Verdict.Labelled($0, $1.compactMap(\.network.result)) }
                + (baselines ?? []).compactMap { candidate, figures in
                    figures.result.map { Verdict.Labelled(candidate, [$0]) }
                })
    }
}

extension Windows<Float> {
    /// The mean squared difference of the values of all windows from the mean of their feature.
    fileprivate var variance: Double {
        var sums = [(sum: Double, squares: Double)](repeating: (0, 0), count: features)
        for start in starts {
            for position in 0..<(timesteps * features) {
                let value = Double(series.values[start * features + position])
                sums[position % features].sum += value
                sums[position % features].squares += value * value
            }
        }
        let count = Double(starts.count * timesteps)
        return sums.reduce(0) { $0 + $1.squares / count - ($1.sum / count) * ($1.sum / count) }
            / Double(features)
    }
}

/// A client that waits for a training. If it disconnects, the training is cancelled.
private final class WaitingClient: Sendable {
    private let state = Mutex<(job: TrainingJob?, hasDisconnected: Bool)>((nil, false))

    func disconnect() {
        let job = state.withLock { state in
            state.hasDisconnected = true
            return state.job
        }
        job?.removeWaiter()
    }

    func waits(for job: TrainingJob) {
        let hasDisconnected = state.withLock { state in
            state.job = job
            return state.hasDisconnected
        }
        if hasDisconnected { job.removeWaiter() }
    }
}

extension JSONWriter {
    fileprivate mutating func members(ofNetwork network: String, _ results: [Comparison.Result]) {
        member("detector", network)
        if let first = results.first {
            member("model", first.version.name)
            member("parameters", first.version.model.network.parameterCount)
            member("error_kind", first.version.model.errorKind.rawValue)
        }
        member("seconds", results.reduce(0) { $0 + $1.version.model.training.seconds })
        means(of: results.map(\.network))
        array("runs", of: results) { json, result in
            json.object { json in
                json.member("seed", Int(clamping: result.run.seed))
                json.member("version", result.version.version)
                json.member("seconds", result.version.model.training.seconds)
                json.member("warnings", result.version.model.warnings)
                json.means(of: [result.network])
            }
        }
    }

    /// Writes the means of the figures of runs, as members of the current object; null for a figure that no
    /// run has.
    fileprivate mutating func means(of figures: [DetectorFigures]) {
        func mean(_ figure: (DetectorFigures) -> Double?) -> Double? {
            DetectorFigures.mean(of: figures, figure)
        }
        member("error", mean(\.error))
        member("roc_auc", mean { $0.result?.evaluation.rocAUC })
        member("average_precision", mean { $0.result?.evaluation.averagePrecision })
        member("best_f1", mean { $0.result?.evaluation.bestF1?.confusion.f1 })
        member("f1", mean { $0.result?.evaluation.confusion(above: 1).f1 })
        member("false_alarm_rate", mean { $0.result?.evaluation.confusion(above: 1).falseAlarmRate })
    }
}
