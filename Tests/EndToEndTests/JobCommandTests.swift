import APITesting
import Foundation
import Testing

/// `reprise jobs`, and `reprise train --detach`.
@Suite final class JobCommandTests: CommandLineCase {
    /// Starts a training in the background, and returns its job.
    private func start(_ training: JSON) throws -> String {
        let started = try reprise("train", "--detach", input: "\(training)")
        #expect(started.status == 0 && started.errors.isEmpty, "\(started)")
        return started.output.trimmingCharacters(in: .newlines)
    }

    /// Waits up to a minute for a state of a job.
    private func wait(for job: String, until isReached: (JSON) -> Bool) throws {
        let end = ContinuousClock.now + .seconds(60)
        while try !isReached(server.client.get("/jobs/\(job)").json) {
            guard ContinuousClock.now < end else { throw HarnessError("the job has not got there") }
            usleep(1000)
        }
    }

    @Test func jobsAreListedAndDescribed() throws {
        let none = try reprise("jobs")
        #expect(none.status == 0 && none.output.split(separator: "\n").count == 1, "\(none)")
        let job = try start(Small.training("pump", ["epochs": 3]))
        try wait(for: job) { $0["state"] == "succeeded" }
        let listed = try reprise("jobs")
        let row = listed.output.split(separator: "\n")[1].split(separator: " ")
        #expect(row[..<5] == [Substring(job), "pump", "training", "succeeded", "3/3"], "\(listed)")
        #expect(try response("jobs")["jobs"]?[0]?["id"] == .string(job))
        let described = try reprise("jobs", job)
        #expect(
            described.output.hasPrefix(
                """
                job         \(job)
                model       pump, version 1
                kind        training
                state       succeeded
                epochs      3/3  loss \

                """.trimmingCharacters(in: .newlines)), "\(described)")
        #expect(try response("jobs", job)["result"]?["version"] == 1)
        let started = try Program.run(
            ["train", "--detach", "--json", "--url", server.url], input: "\(Small.training("pump"))")
        #expect(try JSON(Array(started.output.utf8))["model"] == "pump", "\(started)")
    }

    @Test func aJobIsFollowedToItsEnd() throws {
        let job = try start(Small.training("pump", ["epochs": 200]))
        for _ in 0..<2 {
            // The second time it has ended.
            let followed = try reprise("jobs", job, "--follow")
            #expect(followed.status == 0, "\(followed)")
            #expect(followed.errors.contains("epoch 200/200  loss "), "\(followed)")
            #expect(followed.output.hasPrefix("model       pump, version 1 (autoencoder)\n"), "\(followed)")
            #expect(followed.output.contains(" in 200 epochs\n"), "\(followed)")
        }
        #expect(try response("jobs", job, "--follow")["history"]?["loss"]?.array?.count == 200)
        let fields = [(name: "Prefer", value: "respond-async")]
        let feedback: JSON = ["series": Small.series, "normal": [[0, 3]]]
        let kinds = [("calibrate", ["series": Small.series] as JSON), ("feedback", feedback)]
        for (kind, body) in kinds {
            let accepted = try server.client.send(
                "POST", "/models/pump/\(kind)", fields: fields, body: Array("\(body)".utf8))
            let id = try #require(accepted.json["id"]?.string)
            let followed = try reprise("jobs", id, "--follow")
            #expect(followed.output.hasPrefix("model       pump, version "), "\(followed)")
            #expect(followed.output.contains("from version "), "\(followed)")
        }
    }

    @Test func aJobIsCancelled() throws {
        let job = try start(Small.long("pump"))
        try wait(for: job) { $0["epoch"]?.int ?? 0 > 1 }
        let running = try reprise("jobs", job)
        #expect(running.output.contains("state       running\n"), "\(running)")
        #expect(running.output.contains(" left\n"), "\(running)")
        let cancelled = try reprise("jobs", job, "--cancel")
        #expect(
            cancelled.status == 0 && cancelled.output == "cancelled the training of pump\n", "\(cancelled)")
        try wait(for: job) { $0["state"] == "cancelled" }
        let described = try reprise("jobs", job)
        #expect(described.output.contains("state       cancelled: "), "\(described)")
        let again = try reprise("jobs", job, "--cancel")
        #expect(again.status == 1, "\(again)")
        #expect(
            again.errors == "Error: the job cannot be cancelled: it has already been cancelled\n", "\(again)")
        #expect(try server.client.get("/jobs/\(job)").status == 200, "the job is not forgotten")
        let followed = try reprise("jobs", job, "--follow")
        #expect(followed.status == 1 && followed.errors.contains("cancelled"), "\(followed)")
        #expect(try server.client.get("/models/pump").status == 404)
    }

    /// A job that is cancelled while it is followed ends the command with an error.
    @Test func aFollowerIsToldOfTheCancellation() throws {
        let job = try start(Small.long("pump"))
        let errors = Pipe()
        let process = try Program.start(
            ["jobs", job, "--follow", "--url", server.url], output: Pipe(), errors: errors, input: Pipe())
        try wait(for: job) { $0["epoch"]?.int ?? 0 > 1 }
        #expect(try reprise("jobs", job, "--cancel").status == 0)
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        let printed = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(printed.contains("Error: ") && printed.contains("cancelled"), "\(printed)")
    }

    /// Ctrl-C ends the command, not the job.
    @Test func aJobGoesOnWithoutItsFollower() throws {
        let job = try start(Small.long("pump"))
        let errors = Pipe()
        let process = try Program.start(
            ["jobs", job, "--follow", "--url", server.url], output: Pipe(), errors: errors, input: Pipe())
        // Progress is a line every five seconds.
        #expect(!errors.fileHandleForReading.availableData.isEmpty)
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 128 + SIGINT)
        let printed = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(printed.hasSuffix("\nthe training goes on\n"), "\(printed)")
        #expect(try server.client.get("/jobs/\(job)").json["state"] == "running")
        #expect(try reprise("jobs", job, "--cancel").status == 0)
    }

    @Test func troublesOfJobsAreErrors() throws {
        let failing = try start(Small.diverging("m"))
        let followed = try reprise("jobs", failing, "--follow")
        #expect(followed.status == 1 && followed.errors.contains("NaN or infinite"), "\(followed)")
        let described = try reprise("jobs", failing)
        #expect(described.output.contains("state       failed: "), "\(described)")
        for more in [[], ["--follow"], ["--cancel"]] {
            let unknown = try Program.run(["jobs", "none", "--url", server.url] + more)
            #expect(unknown.status == 1 && unknown.errors.contains("no job 'none'"), "\(unknown)")
            #expect(unknown.errors.contains("Hint: reprise jobs lists the jobs"), "\(unknown)")
        }
        for arguments in [["--follow"], ["--cancel"], ["x", "--follow", "--cancel"]] {
            let refused = try Program.run(["jobs", "--url", server.url] + arguments)
            #expect(refused.status != 0 && refused.errors.hasPrefix("Error: --"), "\(refused)")
        }
        let refused = try reprise(
            "train", "--detach", "--units", "0", "--model", "m", input: "\(Small.windows)")
        #expect(refused.status == 1 && refused.errors.contains("units"), "\(refused)")
    }
}
