import HTTP1
import JSON
import Logging
import ModelRuntime
import NeuralNetwork
import TimeSeries

extension Service {
    static let trainingRoutes: [Route] = [
        Route(.post, "/train", scope: .train, lane: .compute, takesBody: true) {
            (service, call) throws(Problem) in
            try service.train(call)
            return nil
        }
    ]

    /// Checks the request here, and trains when its turn comes.
    private func train(_ call: Call) throws(Problem) {
        var body = try FieldReader(call.request)
        let fields = try body.read { (body) throws(JSONError) in try TrainingFields(&body) }
        // Shapes and limits are checked before the line, so that no one waits in it for an error.
        do throws(TrainingFailure) {
            _ = try fields.specification.network(for: fields.windows, limits: limits)
        } catch {
            throw Problem(error, architecture: fields.specification.architecture)
        }
        // Not the call: the request's bytes need not wait with their floats.
        let responder = call.responder
        let bytes = fields.windows.series.values.count * MemoryLayout<Float>.stride
        let isAccepted = trainings.submit(bytes: bytes) { [self] in
            do throws(Problem) {
                responder.send(try trainNow(fields))
            } catch {
                responder.send(error.response)
            }
        }
        guard isAccepted else { throw .tooManyTrainings() }
    }

    private func trainNow(_ fields: TrainingFields) throws(Problem) -> Response {
        let trained: TrainedModel
        do throws(TrainingFailure) {
            trained = try fields.specification.train(on: fields.windows, limits: limits)
        } catch {
            throw Problem(error, architecture: fields.specification.architecture)
        }
        guard let entry = registry.publish(fields.name, trained) else {
            throw .registryFull(limits)
        }
        logger.info(
            "trained",
            metadata: [
                "model": "\(entry.name)", "version": "\(entry.version)", "seconds": "\(trained.seconds)",
            ])
        let location = "/models/\(entry.name)/versions/\(entry.version)"
        return .json(.created, fields: [(name: "Location", value: location)]) { json in
            json.members(of: entry)
            json.object("history") { json in
                json.member("loss", trained.history.map { Float($0.loss) }[...])
                json.member("val_loss", trained.history.compactMap(\.validationLoss).map { Float($0) }[...])
            }
        }
    }
}

extension Problem {
    /// Why training gave no model.
    init(_ failure: TrainingFailure, architecture: Architecture) {
        switch failure {
        case .architecture(let error): self.init(JSONError(error, in: architecture))
        case .tooLarge(let detail): self = .invalid(at: architecture.pointer, detail)
        case .training(let error): self = .trainingFailed(error.description)
        }
    }
}
