import ArgumentParser
import RepriseClient

/// `reprise jobs`.
struct Jobs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the training jobs, describe one, follow it or cancel it.",
        discussion: """
            Jobs are trainings, calibrations and feedback that are queued, running or recently ended. \
            Ctrl-C ends --follow, and the job goes on.
            """)

    @OptionGroup var server: ServerOptions
    @Argument(help: "A job, as the list or reprise train --detach prints it.") var job: String?
    @Flag(help: "Show the progress of the job, and print its result when it ends.") var follow = false
    @Flag(help: "Cancel the job. It ends without a new version.") var cancel = false

    func validate() throws {
        guard job != nil || !follow && !cancel else {
            throw ValidationError("\(follow ? "--follow" : "--cancel") needs a job")
        }
        guard !follow || !cancel else { throw ValidationError("--follow and --cancel exclude each other") }
    }

    func run() throws {
        try server.run("jobs") { client in
            guard let job else { return try list(client) }
            if follow { return try follow(job, client) }
            let response = try client.job(job)
            let found: Job = try response.decoded()
            guard cancel else { return server.show(response, report: description(of: found)) }
            guard !found.isEnded else {
                throw CommandFailure("the job cannot be cancelled: it has already \(Self.words(found.state))")
            }
            let cancelled = try client.cancel(job: job)
            // It has ended since.
            guard cancelled.status == 202 else {
                throw CommandFailure("the job ended before it could be cancelled")
            }
            server.show(cancelled, report: "cancelled the \(found.kind) of \(found.model)")
        }
    }

    /// The state of a job that has ended, after "it has".
    private static func words(_ state: String) -> String { state == "cancelled" ? "been cancelled" : state }

    private func list(_ client: RepriseClient) throws {
        let response = try client.jobs()
        let jobs = try response.decoded(as: JobList.self).jobs
        let rows = jobs.map { job in
            [
                job.id, job.model, job.kind, job.state, "\(job.epoch)/\(job.epochs)",
                job.loss?.rounded5 ?? "",
                job.secondsLeft.map(TrainingProgress.time) ?? "", job.version.map { "\($0)" } ?? "",
                job.createdAt,
            ]
        }
        let header = ["job", "model", "kind", "state", "epochs", "loss", "left", "version", "created"]
        server.show(response, report: "\(Table(header, rows))")
    }

    private func description(of job: Job) -> String {
        let version = job.version.map { ", version \($0)" } ?? ""
        let left = job.secondsLeft.map { ", \(TrainingProgress.time($0)) left" } ?? ""
        let loss = job.loss.map { "  loss \($0.rounded5)" } ?? ""
        let validationLoss = job.valLoss.map { "  val_loss \($0.rounded5)" } ?? ""
        return """
            job         \(job.id)
            model       \(job.model)\(version)
            kind        \(job.kind)
            state       \(job.state)\(job.problem.map { ": \($0.detail)" } ?? "")
            epochs      \(job.epoch)/\(job.epochs)\(loss)\(validationLoss)
            seconds     \(job.seconds.rounded5)\(left)
            created     \(job.createdAt)
            """
    }

    private func follow(_ job: String, _ client: RepriseClient) throws {
        let kind = try client.job(job).decoded(as: Job.self).kind
        let interruption = Interruption(message: "the \(kind) goes on")
        defer { withExtendedLifetime(interruption) {} }
        let progress = TrainingProgress()
        defer { progress.end() }
        let response = try client.follow(job: job, onProgress: progress.show)
        progress.end()
        let result: TrainResponse = try response.decoded()
        let report =
            switch kind {
            case "calibration": Calibrate.report(result)
            case "feedback": Feedback.report(result)
            default: TrainReport(result).text
            }
        server.show(response, report: report)
    }
}
