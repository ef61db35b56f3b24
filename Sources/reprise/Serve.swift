import ArgumentParser
import AzureDetector
import Dispatch
import HTTP1
import Logging
import ModelStore
import OpenInference
import ServingAPI
import Telemetry
import Training

#if canImport(Glibc)
    import Glibc
#endif

/// `reprise serve`: the server.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the server.",
        discussion: """
            SIGTERM or SIGINT stops the server gracefully; a second signal ends it at once. SIGHUP reads the \
            file of API keys again. The environment variable in brackets sets an option too. Options \
            override variables, and an empty variable counts as not set.
            """)

    @Option(help: ArgumentHelp("Address to listen on. [env: REPRISE_HOST]", valueName: "address"))
    var host = "127.0.0.1"

    @Option(
        help: ArgumentHelp(
            "Port to listen on; 0 selects a free port. [env: REPRISE_PORT]", valueName: "number"))
    var port = 8080

    @Option(
        help: ArgumentHelp(
            "Folder of the models; several servers may share it. [env: REPRISE_MODELS]", valueName: "folder"),
        completion: .directory)
    var models = "./models"

    @Flag(
        inversion: .prefixedNo, exclusivity: .chooseLast,
        help: """
            Never write to the models' folder: refuse training, imports, aliases and deletion. Versions that \
            other servers store are served. [env: REPRISE_READ_ONLY]
            """)
    var readOnly = false

    @Option(
        help: ArgumentHelp(
            """
            Folder of the files that a dataSource of /anomalydetector may name. Without it no files can be \
            named. [env: REPRISE_DATA]
            """, valueName: "folder"), completion: .directory)
    var data: String?

    @Option(
        help: ArgumentHelp(
            """
            File of the API keys, one of which each request needs. Create keys with reprise keys new. The \
            file is reloaded within a second of a change, and on SIGHUP. [env: REPRISE_API_KEYS]
            """, valueName: "file"), completion: .file())
    var apiKeys: String?

    @Option(
        help: ArgumentHelp(
            """
            Names of the server besides IP addresses, localhost and --host, separated by commas, such as \
            reprise.example or *.example.org. Requests for other hosts are refused: with this option always, \
            without it on loopback without keys. [env: REPRISE_ALLOWED_HOSTS]
            """, valueName: "hosts"))
    var allowedHosts: String?

    @OptionGroup(title: "Log") var log: LogOptions

    @OptionGroup(title: "Limits") var limits: LimitOptions

    @Option(
        help: ArgumentHelp(
            "Time to serve after a stop signal, while /readyz responds with 503. [env: REPRISE_DRAIN]",
            valueName: "seconds"))
    var drain = 0.0

    @Option(
        help: ArgumentHelp(
            "Maximum time for requests in flight to finish, after that of --drain. [env: REPRISE_GRACE]",
            valueName: "seconds"))
    var grace = 30.0

    func validate() throws {
        _ = try allowed()
        _ = try bounded(port, in: 0...65_535, "port")
        _ = try bounded(drain, in: 0...3600, "drain")
        _ = try bounded(grace, in: 0...3600, "grace")
        // The message does not repeat the value, which may be a key.
        guard apiKeys?.hasPrefix("rk_") != true else {
            throw ValidationError("--api-keys must be the path of a file of keys, not a key")
        }
    }

    func run() throws {
        // Writing to a closed pipe, such as that of a log reader which has ended, must not end the process.
        signal(SIGPIPE, SIG_IGN)
        let writer = LogWriter(format: log.logFormat)
        // Write queued lines even if an error ends the command.
        defer { writer.flush() }
        let logger = logger(writer)
        raiseDescriptorLimit()
        let (http, runtime) = try limits.limits()
        let keys = try apiKeys.map { try APIKeys(path: $0, logger: logger) }
        let reloadSignal = ReloadSignal { reload(keys, logger) }
        defer { withExtendedLifetime(reloadSignal) {} }
        keys?.startWatching()
        let folder = try dataFolder()
        let registry = try registry(runtime, logger)
        registry.folder.start()
        let socket = try listeningSocket()
        let (actualPort, isLoopback) = (socket.port, socket.isLoopback)
        let service = Service(
            registry: registry, limits: runtime, keys: keys,
            hosts: HostPolicy(
                listeningOn: host, isLoopback: isLoopback, allowed: try allowed(), hasKeys: keys != nil),
            protocols: [OpenInferenceRoutes.init, { AzureDetectorRoutes($0, folder: folder) }],
            logger: logger, requestLog: log.requestLog(writer))
        let server = Server(handler: service, limits: http)
        service.include(server)
        let signals = StopSignals()
        do {
            try server.start(on: socket)
        } catch {
            throw CommandFailure(error.description)
        }
        let access = keys != nil ? "api-key" : isLoopback ? "loopback" : "unrestricted"
        logger.info("listening", metadata: ["url": "\(url(port: actualPort))", "access": "\(access)"])
        signals.wait()
        stop(server, service, logger)
    }

    /// A logger with one line for each event on standard error, which has reported unknown environment
    /// variables.
    private func logger(_ writer: LogWriter) -> Logger {
        let level = log.logLevel
        LoggingSystem.bootstrap { _ in LineLogHandler(writer, level: level) }
        let logger = Logger(label: "reprise")
        for (name, meant) in Environment.unknown(Environment.variables) {
            logger.warning(
                "unknown environment variable",
                metadata: ["variable": "\(name)"].merging(meant.map { ["meant": "\($0)"] } ?? [:]) { $1 })
        }
        return logger
    }

    private func reload(_ keys: APIKeys?, _ logger: Logger) {
        guard let keys else {
            return logger.notice("SIGHUP: nothing to reload, because there are no API keys")
        }
        logger.notice("SIGHUP: reloading the API keys")
        keys.reload()
    }

    /// Serves for `drain` seconds as not ready, then gives requests and training jobs `grace` seconds to
    /// finish.
    private func stop(_ server: Server, _ service: Service, _ logger: Logger) {
        service.isDraining = true
        logger.info("draining", metadata: ["drain": "\(drain)", "grace": "\(grace)"])
        usleep(UInt32(drain * 1e6))
        let clock = ContinuousClock()
        let end = clock.now + .seconds(grace)
        service.jobs.close()
        // Jobs are cancelled shortly before the end of the grace period, so that their clients still get
        // responses.
        let timeForJobs = max(0, grace - min(1, grace / 10))
        DispatchQueue.global().async { service.jobs.drain(timeout: timeForJobs) }
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
                "the models' folder cannot be used: \(error)",
                hint:
                    "name another folder with --models; \(readOnly ? "the folder" : "its parent") must exist")
        }
    }

    private func dataFolder() throws -> DataFolder? {
        do {
            return try data.map { (path) throws(FileError) in try DataFolder(path) }
        } catch {
            throw CommandFailure(
                "the data folder cannot be used: \(error)", hint: "name another folder with --data")
        }
    }

    private func listeningSocket() throws -> ListeningSocket {
        do {
            return try ListeningSocket(host: host, port: port)
        } catch {
            throw CommandFailure(error.description)
        }
    }

    /// The names of the server besides those that it knows.
    private func allowed() throws -> [AllowedHost] {
        guard let allowed = AllowedHost.list(allowedHosts) else {
            throw ValidationError(
                "--allowed-hosts must be host names, optionally with a port, separated by commas, such as "
                    + "reprise.example,*.example.org; it has no schemes or paths")
        }
        return allowed
    }

    /// Raises the number of file descriptors, one of which each connection needs, from the shell's default to
    /// the maximum.
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
