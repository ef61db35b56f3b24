import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import Synchronization
import TimeSeries
import Training

extension Service {
    static let compareRoutes: [Route] = [
        Route(.post, "/compare", scope: .train, stores: true, lane: .compute, takes: .data) {
            (service, call) throws(Problem) in
            let fields = try CompareFields(call.request, service)
            Comparison(fields, service, call.responder).goOn()
            return nil
        }
    ]
}

/// A comparison on its way: one training after the other, each judged when it has ended.
final class Comparison: Sendable {
    /// What one network, or one baseline, comes to.
    struct Figures {
        /// The mean squared error of the windows that are judged, in scaled units; nil for a baseline.
        var error: Double?
        /// nil without labels.
        var judgement: JudgedRows.Judgement?
    }

    /// A run that is over.
    struct Result {
        let run: CompareFields.Run
        let version: ModelRegistry.Description
        let network: Figures
        let baselines: (zScore: Figures, pca: Figures)?
    }

    private let fields: CompareFields
    private let service: Service
    private let responder: Responder
    private let results = Mutex<[Result]>([])
    private let departure = Departing()

    init(_ fields: CompareFields, _ service: Service, _ responder: Responder) {
        self.fields = fields
        self.service = service
        self.responder = responder
        responder.whenGone { [departure] in departure.leave() }
    }

    /// Begins the next training, or answers after the last.
    func goOn() {
        let done = results.withLock { $0.count }
        guard done < fields.runs.count else { return responder.send(answer()) }
        let run = fields.runs[done]
        do throws(Problem) {
            let job = try service.job(
                of: service.jobs.submit(run.name, run.training))
            departure.waits(for: job)
            job.observe { [self] in
                guard job.isEnded else { return true }
                ended(job, run)
                return false
            }
        } catch {
            responder.send(error.response)
        }
    }

    private func ended(_ job: TrainingJob, _ run: CompareFields.Run) {
        do throws(Problem) {
            let version = try service.outcome(of: job.summary)
            try service.submit(bytes: 0) { [self] in
                do throws(Problem) {
                    let result = try judge(run, version)
                    results.withLock { $0.append(result) }
                    goOn()
                } catch {
                    responder.send(error.response)
                }
            }
        } catch {
            responder.send(error.response)
        }
    }

    private func judge(
        _ run: CompareFields.Run, _ version: ModelRegistry.Description
    ) throws(Problem) -> Result {
        let entry = try service.entry(version.name, .number(version.version))
        // Nobody waits for these windows alone.
        let (squares, errors) = service.metrics.inferences.measure(
            entry, windows: fields.test.count, arrivals: []
        ) {
            (
                ErrorMeasure.meanSquared.errors(
                    of: entry.trained.scale(fields.test), by: entry.trained.model
                ).windows,
                fields.labels == nil ? nil : entry.trained.errors(of: fields.test)
            )
        }
        var network = Figures(error: squares.reduce(0) { $0 + Double($1) } / Double(squares.count))
        var baselines: (zScore: Figures, pca: Figures)?
        if let labels = fields.labels, let errors {
            let rows = try JudgedRows(Scoring(entry), fields.test, errors, labels)
            network.judgement = rows.model
            baselines = rows.baselines.map {
                (Figures(judgement: $0.zScore), Figures(judgement: $0.pca))
            }
        }
        return Result(run: run, version: version, network: network, baselines: baselines)
    }

    // MARK: The answer

    private func answer() -> Response {
        let results = results.withLock { $0 }
        return .json { json in
            json.member("model", fields.model)
            json.member("training_windows", fields.training.count)
            json.member("test_windows", fields.test.count)
            json.name("detectors")
            json.array { json in
                for network in ["autoencoder", "stacked"] {
                    let own = results.filter { $0.run.network == network }
                    json.object { $0.members(ofNetwork: network, own) }
                }
                // They are the same for every network and seed.
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
        }
    }
}

/// A client that may go while a training runs for it.
private final class Departing: Sendable {
    private let state = Mutex<(job: TrainingJob?, isGone: Bool)>((nil, false))

    func leave() {
        let job = state.withLock { state in
            state.isGone = true
            return state.job
        }
        job?.removeWaiter()
    }

    func waits(for job: TrainingJob) {
        let isGone = state.withLock { state in
            state.job = job
            return state.isGone
        }
        if isGone { job.removeWaiter() }
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
                json.means(of: [result.network])
            }
        }
    }

    /// The means of some runs' figures; null where there are none.
    fileprivate mutating func means(of figures: [Comparison.Figures]) {
        func mean(_ value: (Comparison.Figures) -> Double?) -> Double? {
            let values = figures.compactMap(value)
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        member("error", mean(\.error))
        member("roc_auc", mean { $0.judgement?.evaluation.rocAUC })
        member("average_precision", mean { $0.judgement?.evaluation.averagePrecision })
        member("best_f1", mean { $0.judgement?.evaluation.best?.confusion.f1 })
        member("f1", mean { $0.judgement?.evaluation.confusion(above: 1).f1 })
        member("false_alarm_rate", mean { $0.judgement?.evaluation.confusion(above: 1).falseAlarmRate })
    }
}
