import HTTP1
import JSON
import Logging
import ModelFiles
import ModelStore
import Training

/// POST /models/{model}/feedback, which makes a version whose threshold was learned again.
struct FeedbackRoutes: RouteGroup {
    private let models: ModelLookup
    private let logger: Logger

    init(_ core: ServingCore) {
        models = core.models
        logger = core.logger
    }

    var routes: [Route] {
        [
            Route(
                .post, "/models/{model}/feedback", scope: .train, mutatesModels: true, storesVersions: true,
                accepts: .data,
                .onQueue { (call) throws(Problem) in try learn(from: call) })
        ]
    }

    private func learn(from call: Call) throws(Problem) -> Response {
        let request = try FeedbackRequest(call, models)
        let name = request.entry.name
        guard let trained = request.feedback.run() else { throw .emptyCalibration() }
        let conditions = call.preconditions
        var failure: Problem?
        let version: ModelRegistry.Description
        do throws(RegistryError) {
            // Feedback on a version that is no longer the latest may be out of date.
            version = try models.registry.publish(
                name, trained,
                replacing: conditions.isEmpty
                    ? nil
                    : { digest in
                        failure = conditions.failure(ofFile: digest)
                        return failure == nil
                    })
        } catch {
            if let failure { throw failure }
            logger.error(
                "cannot publish a model after feedback", metadata: ["model": "\(name)", "reason": "\(error)"])
            throw Problem(error)
        }
        logger.info(
            "threshold learned from feedback",
            metadata: ["model": "\(name)", "version": "\(version.version)"])
        let location = "/models/\(name)/versions/\(version.version)"
        return .json(.created, fields: [(name: "Location", value: location)]) { json in
            json.members(of: version)
            json.member("warnings", request.warnings + version.model.warnings)
        }
    }
}
