import ArgumentParser
import HTTP1
import ModelStore

/// What one client, or all of them, may take: a default that is safe, and an option for each.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The longest request body, packed or not. [env: REPRISE_MAX_BODY]", valueName: "MiB"))
    var maxBody = 64

    @Option(
        help: ArgumentHelp(
            "Bodies of all clients that arrive at the same time. [env: REPRISE_MAX_BODIES]", valueName: "MiB")
    )
    var maxBodies = 1024

    @Option(
        help: ArgumentHelp(
            "The longest request line and the longest header field. [env: REPRISE_MAX_LINE]",
            valueName: "bytes"))
    var maxLine = 8192

    @Option(help: ArgumentHelp("The longest header section. [env: REPRISE_MAX_HEADER]", valueName: "bytes"))
    var maxHeader = 32768

    @Option(help: "Connections at once. [env: REPRISE_MAX_CONNECTIONS]")
    var maxConnections = 16384

    @Option(
        help:
            "Connections at once from one address; raise it behind a proxy. [env: REPRISE_MAX_CONNECTIONS_PER_PEER]"
    )
    var maxConnectionsPerPeer = 1024

    @Option(help: "Predictions that wait for their turn; more are answered 503. [env: REPRISE_MAX_WAITING]")
    var maxWaiting = 1024

    @Option(help: "Trainings that wait for their turn; more are answered 429. [env: REPRISE_MAX_TRAININGS]")
    var maxTrainings = 16

    @Option(
        help: "Trainings at the same time; one uses all cores already. [env: REPRISE_CONCURRENT_TRAININGS]")
    var concurrentTrainings = 1

    @Option(help: "Parameters of one network. [env: REPRISE_MAX_PARAMETERS]")
    var maxParameters = 20_000_000

    @Option(help: "Versions of all models together. [env: REPRISE_MAX_VERSIONS]")
    var maxVersions = 100_000

    @Option(
        help: ArgumentHelp(
            "Weights that are kept in memory; others are read again when they are asked for. [env: REPRISE_MAX_LOADED]",
            valueName: "MiB"))
    var maxLoaded = 4096

    @Option(
        help: ArgumentHelp(
            "How long a connection may be idle. [env: REPRISE_IDLE_TIMEOUT]", valueName: "seconds"))
    var idleTimeout = 60.0

    @Option(
        help: ArgumentHelp(
            "How long a header section may take. [env: REPRISE_HEADER_TIMEOUT]", valueName: "seconds"))
    var headerTimeout = 10.0

    @Option(
        help: ArgumentHelp(
            "How long a body may come more slowly than the minimum rate. [env: REPRISE_BODY_TIMEOUT]",
            valueName: "seconds"))
    var bodyTimeout = 30.0

    @Option(
        help: ArgumentHelp(
            "How long an answer may be read more slowly than that. [env: REPRISE_WRITE_TIMEOUT]",
            valueName: "seconds"))
    var writeTimeout = 30.0

    @Option(
        help: ArgumentHelp(
            "What a client has to send and to read. [env: REPRISE_MINIMUM_RATE]", valueName: "bytes/s"))
    var minimumRate = 512

    func validate() throws {
        func check<Value: Comparable>(_ value: Value, _ range: ClosedRange<Value>, _ name: String) throws {
            guard range.contains(value) else {
                throw ValidationError("--\(name) must be in \(range.lowerBound)…\(range.upperBound)")
            }
        }
        try check(maxBody, 1...65_536, "max-body")
        try check(maxBodies, 1...1_048_576, "max-bodies")
        try check(maxLine, 256...65_536, "max-line")
        try check(maxHeader, 1024...1_048_576, "max-header")
        try check(maxConnections, 1...1_000_000, "max-connections")
        try check(maxConnectionsPerPeer, 1...1_000_000, "max-connections-per-peer")
        try check(maxWaiting, 0...1_000_000, "max-waiting")
        try check(maxTrainings, 0...1_000_000, "max-trainings")
        try check(maxParameters, 1...1_000_000_000, "max-parameters")
        try check(maxVersions, 1...10_000_000, "max-versions")
        try check(concurrentTrainings, 1...64, "concurrent-trainings")
        try check(maxLoaded, 1...16_777_216, "max-loaded")
        try check(minimumRate, 0...1_000_000_000, "minimum-rate")
        for (time, name) in [
            (idleTimeout, "idle"), (headerTimeout, "header"), (bodyTimeout, "body"), (writeTimeout, "write"),
        ] {
            try check(time, 0.1...86_400, "\(name)-timeout")
        }
    }

    /// As the HTTP layer takes them.
    var http: Limits {
        var limits = Limits()
        limits.maxBodyBytes = maxBody << 20
        limits.maxTotalBodyBytes = maxBodies << 20
        limits.maxRequestLineBytes = maxLine
        limits.maxFieldLineBytes = maxLine
        limits.maxHeaderSectionBytes = maxHeader
        limits.maxConnections = maxConnections
        limits.maxConnectionsPerPeer = maxConnectionsPerPeer
        limits.idleTimeout = idleTimeout
        limits.headerTimeout = headerTimeout
        limits.bodyTimeout = bodyTimeout
        limits.writeTimeout = writeTimeout
        limits.minBytesPerSecond = minimumRate
        return limits
    }

    /// As the work on models takes them.
    var runtime: RuntimeLimits {
        var limits = RuntimeLimits()
        limits.body = maxBody << 20
        limits.waitingPredictions = maxWaiting
        limits.waitingTrainings = maxTrainings
        limits.parameters = maxParameters
        limits.modelVersions = maxVersions
        limits.concurrentTrainings = concurrentTrainings
        limits.loadedBytes = maxLoaded << 20
        return limits
    }
}
