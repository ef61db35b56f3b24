import ArgumentParser
import HTTP1
import ModelStore

private let defaultHTTP = Limits()
private let defaultRuntime = RuntimeLimits()

/// The limits of a server. Each limit is an option here, with one line in ``limits()`` for its bounds and its
/// use, and a property of `Limits` or `RuntimeLimits`, which has its default.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Maximum size of a request body, before and after decompression. Files of models have their own \
            limit, from --max-parameters. [env: REPRISE_MAX_BODY]
            """, valueName: "MiB"))
    var maxBody = defaultHTTP.maxBodyBytes >> 20

    @Option(
        help: ArgumentHelp(
            "Maximum size of all request bodies that arrive at the same time. [env: REPRISE_MAX_BODIES]",
            valueName: "MiB"))
    var maxBodies = defaultHTTP.maxTotalBodyBytes >> 20

    @Option(
        help: ArgumentHelp(
            """
            Maximum size of the request bodies that arrive from one address at the same time; raise it \
            behind a proxy. Default: half of --max-bodies, at least --max-body. \
            [env: REPRISE_MAX_BODIES_PER_PEER]
            """, valueName: "MiB"))
    var maxBodiesPerPeer: Int?

    @Option(
        help: ArgumentHelp(
            "Maximum length of the request line and of a header field. [env: REPRISE_MAX_LINE]",
            valueName: "bytes"))
    var maxLine = defaultHTTP.maxRequestLineBytes

    @Option(
        help: ArgumentHelp("Maximum size of a header section. [env: REPRISE_MAX_HEADER]", valueName: "bytes"))
    var maxHeader = defaultHTTP.maxHeaderSectionBytes

    @Option(
        help: ArgumentHelp(
            "Maximum number of connections. [env: REPRISE_MAX_CONNECTIONS]", valueName: "number"))
    var maxConnections = defaultHTTP.maxConnections

    @Option(
        help: ArgumentHelp(
            """
            Maximum number of connections from one address; raise it behind a proxy. \
            [env: REPRISE_MAX_CONNECTIONS_PER_PEER]
            """, valueName: "number"))
    var maxConnectionsPerPeer = defaultHTTP.maxConnectionsPerPeer

    @Option(
        help: ArgumentHelp(
            "Maximum number of queued predictions; others get status 503. [env: REPRISE_MAX_WAITING]",
            valueName: "number"))
    var maxWaiting = defaultRuntime.maxQueuedPredictions

    @Option(
        help: ArgumentHelp(
            "Maximum number of queued training jobs; others get status 429. [env: REPRISE_MAX_TRAININGS]",
            valueName: "number"))
    var maxTrainings = defaultRuntime.maxQueuedTrainings

    @Option(
        help: ArgumentHelp(
            """
            Number of training jobs that run at the same time; one job uses all cores. \
            [env: REPRISE_CONCURRENT_TRAININGS]
            """, valueName: "number"))
    var concurrentTrainings = defaultRuntime.maxConcurrentTrainings

    @Option(
        help: ArgumentHelp(
            "Maximum number of parameters of a network. [env: REPRISE_MAX_PARAMETERS]", valueName: "number"))
    var maxParameters = defaultRuntime.maxParameters

    @Option(
        help: ArgumentHelp(
            "Maximum number of versions of all models together. [env: REPRISE_MAX_VERSIONS]",
            valueName: "number"))
    var maxVersions = defaultRuntime.maxModelVersions

    @Option(
        help: ArgumentHelp(
            """
            Number of versions to keep of each model. A new version deletes the oldest ones that have no \
            alias. Default: keep all. [env: REPRISE_KEEP_VERSIONS]
            """, valueName: "number"))
    var keepVersions: Int?

    @Option(
        help: ArgumentHelp(
            """
            Free space that the disk of the models' folder must have. With less, /readyz responds with 503 \
            and nothing is stored; 0 disables the check. [env: REPRISE_MIN_FREE]
            """, valueName: "MiB"))
    var minFree = defaultRuntime.minFreeBytes >> 20

    @Option(
        help: ArgumentHelp(
            """
            Maximum size of the weights in memory; others are read from disk when needed. \
            [env: REPRISE_MAX_LOADED]
            """, valueName: "MiB"))
    var maxLoaded = defaultRuntime.maxLoadedBytes >> 20

    @Option(
        help: ArgumentHelp(
            "Maximum time a connection may be idle. [env: REPRISE_IDLE_TIMEOUT]", valueName: "seconds"))
    var idleTimeout = defaultHTTP.idleTimeout

    @Option(
        help: ArgumentHelp(
            "Maximum time a header section may take to arrive. [env: REPRISE_HEADER_TIMEOUT]",
            valueName: "seconds"))
    var headerTimeout = defaultHTTP.headerTimeout

    @Option(
        help: ArgumentHelp(
            "Maximum time a request body may arrive below the minimum rate. [env: REPRISE_BODY_TIMEOUT]",
            valueName: "seconds"))
    var bodyTimeout = defaultHTTP.bodyTimeout

    @Option(
        help: ArgumentHelp(
            "Maximum time a client may read a response below the minimum rate. [env: REPRISE_WRITE_TIMEOUT]",
            valueName: "seconds"))
    var writeTimeout = defaultHTTP.writeTimeout

    @Option(
        help: ArgumentHelp(
            "Minimum rate at which a client must send and read. [env: REPRISE_MINIMUM_RATE]",
            valueName: "bytes/s"))
    var minimumRate = defaultHTTP.minBytesPerSecond

    func validate() throws { _ = try limits() }

    /// The limits of the HTTP server and of the work on models.
    /// - Throws: `ValidationError` for a value out of bounds.
    func limits() throws -> (http: Limits, runtime: RuntimeLimits) {
        var (http, runtime) = (defaultHTTP, defaultRuntime)
        http.maxBodyBytes = try bounded(maxBody, in: 1...65_536, "max-body") << 20
        runtime.maxBodyBytes = http.maxBodyBytes
        http.maxTotalBodyBytes = try bounded(maxBodies, in: 1...1_048_576, "max-bodies") << 20
        http.maxTotalBodyBytesPerPeer = try maxBodiesPerPeer.map {
            try bounded($0, in: 1...1_048_576, "max-bodies-per-peer") << 20
        }
        http.maxRequestLineBytes = try bounded(maxLine, in: 256...65_536, "max-line")
        http.maxFieldLineBytes = http.maxRequestLineBytes
        http.maxHeaderSectionBytes = try bounded(maxHeader, in: 1024...1_048_576, "max-header")
        http.maxConnections = try bounded(maxConnections, in: 1...1_000_000, "max-connections")
        http.maxConnectionsPerPeer = try bounded(
            maxConnectionsPerPeer, in: 1...1_000_000, "max-connections-per-peer")
        http.idleTimeout = try bounded(idleTimeout, in: 0.1...86_400, "idle-timeout")
        http.headerTimeout = try bounded(headerTimeout, in: 0.1...86_400, "header-timeout")
        http.bodyTimeout = try bounded(bodyTimeout, in: 0.1...86_400, "body-timeout")
        http.writeTimeout = try bounded(writeTimeout, in: 0.1...86_400, "write-timeout")
        http.minBytesPerSecond = try bounded(minimumRate, in: 0...1_000_000_000, "minimum-rate")
        runtime.maxQueuedPredictions = try bounded(maxWaiting, in: 0...1_000_000, "max-waiting")
        runtime.maxQueuedTrainings = try bounded(maxTrainings, in: 0...1_000_000, "max-trainings")
        runtime.maxConcurrentTrainings = try bounded(concurrentTrainings, in: 1...64, "concurrent-trainings")
        runtime.maxParameters = try bounded(maxParameters, in: 1...1_000_000_000, "max-parameters")
        runtime.maxModelVersions = try bounded(maxVersions, in: 1...10_000_000, "max-versions")
        runtime.maxVersionsPerModel = try keepVersions.map {
            try bounded($0, in: 1...Int.max, "keep-versions")
        }
        runtime.minFreeBytes = try bounded(minFree, in: 0...1_073_741_824, "min-free") << 20
        runtime.maxLoadedBytes = try bounded(maxLoaded, in: 1...16_777_216, "max-loaded") << 20
        return (http, runtime)
    }
}

/// The value of an option.
/// - Throws: `ValidationError` if the value is out of bounds.
func bounded<Value: Comparable>(_ value: Value, in bounds: ClosedRange<Value>, _ name: String) throws -> Value
{
    guard bounds.contains(value) else {
        throw ValidationError("--\(name) must be in \(bounds.lowerBound)…\(bounds.upperBound)")
    }
    return value
}
