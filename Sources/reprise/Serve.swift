import ArgumentParser
import Dispatch
import HTTP1
import Logging
import ModelStore
import ServingAPI
import Synchronization
import Telemetry
import Training

#if canImport(Glibc)
    import Glibc
#endif

/// `reprise serve`: the server itself.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the server.",
        discussion: """
            Stops in good order on SIGTERM or SIGINT; a second signal ends it at once. Each option can also be given as \
            the environment variable that stands behind it; what is written out wins, and an empty variable is as good as \
            none.
            """)

    @Option(help: "Address to listen on. [env: REPRISE_HOST]")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0 takes any that is free. [env: REPRISE_PORT]")
    var port = 8080

    @Option(
        help: ArgumentHelp(
            "Where the models are kept; several servers may share it. [env: REPRISE_MODELS]",
            valueName: "folder"))
    var models = "./models"

    @Flag(
        inversion: .prefixedNo, exclusivity: .chooseLast,
        help:
            "Leave the models' folder as it is: nothing is trained, stored, named or deleted; what others add is served. [env: REPRISE_READ_ONLY]"
    )
    var readOnly = false

    @Option(
        help: ArgumentHelp(
            "Where the files are that a dataSource of /anomalydetector may name, and no others; nowhere without it. [env: REPRISE_DATA]",
            valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Versions of a model to keep; older ones that no alias points to are deleted when there is a new one. [env: REPRISE_KEEP_VERSIONS]",
            valueName: "number"))
    var keepVersions: Int?

    @Option(
        help: ArgumentHelp(
            "Keys that requests need, as reprise keys new makes them; the file is read again when it changes. [env: REPRISE_API_KEYS]",
            valueName: "file"))
    var apiKeys: String?

    @OptionGroup(title: "Log") var log: LogOptions

    @OptionGroup(title: "Limits") var limits: LimitOptions

    @Option(
        help: ArgumentHelp(
            "Seconds that are still served after a signal to stop, while /readyz says 503. [env: REPRISE_DRAIN]",
            valueName: "seconds"))
    var drain = 0.0

    @Option(
        help: ArgumentHelp(
            "Seconds that requests in flight get to finish. [env: REPRISE_GRACE]", valueName: "seconds"))
    var grace = 30.0

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be in 0…65535") }
        guard (0...3600).contains(drain), (0...3600).contains(grace) else {
            throw ValidationError("--drain and --grace must be in 0…3600 seconds")
        }
        guard keepVersions.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--keep-versions must be at least 1")
        }
        // So that a key that is put there by mistake isn't printed.
        guard apiKeys?.hasPrefix("rk_") != true else {
            throw ValidationError("--api-keys names a file of keys, and is no key itself")
        }
    }

    func run() throws {
        // A reader of the log that goes away is no reason to end.
        signal(SIGPIPE, SIG_IGN)
        // One line an event on standard error; standard output stays empty.
        let writer = LogWriter(format: log.logFormat)
        // What led to the end is written, whatever that was.
        defer { writer.flush() }
        let level = log.logLevel
        LoggingSystem.bootstrap { _ in LineLogHandler(writer, level: level) }
        let logger = Logger(label: "reprise")
        for (name, meant) in Environment.unknown(Environment.variables) {
            logger.warning(
                "an environment variable is not known",
                metadata: ["variable": "\(name)"].merging(meant.map { ["meant": "\($0)"] } ?? [:]) { $1 })
        }
        raiseDescriptorLimit()
        let keys = try apiKeys.map { try APIKeys(path: $0, logger: logger) }
        var runtime = limits.runtime
        runtime.keptVersions = keepVersions
        let service = Service(
            registry: try registry(runtime, logger), limits: runtime, keys: keys, data: try dataFolder(),
            logger: logger, requestLog: log.requestLog(writer))
        let server = Server(handler: service, limits: limits.http)
        service.include(server)
        let signals = StopSignals()
        let actualPort: Int
        do {
            actualPort = try server.start(host: host, port: port)
        } catch {
            throw CommandFailure(error.description)
        }
        logger.info(
            "listening", metadata: ["url": "\(url(port: actualPort))", "access": "\(access(keys))"])

        signals.wait()
        service.readiness = false
        logger.info("draining", metadata: ["drain": "\(drain)", "grace": "\(grace)"])
        usleep(UInt32(drain * 1e6))
        let clock = ContinuousClock()
        let end = clock.now + .seconds(grace)
        service.jobs.close()
        // What still trains shortly before the end is cancelled then, so that who waits for it can be told.
        let notice = max(0, grace - min(1, grace / 10))
        DispatchQueue.global().async { service.jobs.drain(timeout: notice) }
        server.stop(grace: grace)
        service.jobs.drain(timeout: (end - clock.now) / .seconds(1))
        logger.info("stopped")
    }

    private func registry(_ limits: RuntimeLimits, _ logger: Logger) throws -> ModelRegistry {
        do {
            return try ModelRegistry(
                folder: models, limits: limits, isReadOnly: readOnly, logger: logger)
        } catch {
            throw CommandFailure(
                "the models' folder can't be used: \(error)",
                hint: "name another with --models; \(readOnly ? "it" : "its parent") has to be there")
        }
    }

    private func dataFolder() throws -> DataFolder? {
        do {
            return try data.map { (path) throws(FileError) in try DataFolder(path) }
        } catch {
            throw CommandFailure(
                "the folder of data can't be used: \(error)", hint: "name another with --data")
        }
    }

    /// Who may do everything here, as the log says it at the start.
    private func access(_ keys: APIKeys?) -> String {
        guard keys == nil else { return "who has a key" }
        let isLoopback = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        return isLoopback
            ? "this machine only; for others: --api-keys and --host"
            : "everybody who can reach this address; to change that: --api-keys"
    }

    /// A connection is a descriptor: as many as the system allows, instead of what shells start with.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private func url(port: Int) -> String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
}

/// SIGTERM and SIGINT as Dispatch delivers them: the first is waited for, the second ends the process at once.
private final class StopSignals {
    private let queue = DispatchQueue(label: "reprise.signals")
    private let arrived = DispatchSemaphore(value: 0)
    private let count = Atomic(0)
    private var sources: [any DispatchSourceSignal] = []

    init() {
        // Dispatch sees a signal only if its default action, which is to end the process, is off.
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            // Keeps the object for good: a signal may come until the process has ended.
            source.setEventHandler { [self] in
                arrived.signal()
                // The kernel may deliver several as one event, which counts them. The status is a shell's for SIGTERM.
                let seen = count.add(Int(source.data), ordering: .relaxed).newValue
                if seen > 1 { _exit(128 + SIGTERM) }
            }
            source.resume()
            sources.append(source)
        }
    }

    /// Returns at the first signal.
    func wait() { arrived.wait() }
}
