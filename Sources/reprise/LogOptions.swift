import ArgumentParser
import Logging
import ServingAPI
import Telemetry

/// The format and the level of the log.
struct LogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Format of the log: logfmt or json. [env: REPRISE_LOG_FORMAT]", valueName: "format"))
    var logFormat = LogFormat.logfmt

    @Option(
        help: ArgumentHelp(
            """
            Minimum level of the log: trace, debug, info, notice, warning, error or critical. Requests have \
            the level info, health checks and scrapes the level debug. [env: REPRISE_LOG_LEVEL]
            """, valueName: "level"))
    var logLevel = Logger.Level.info

    /// A log of requests; nil if the level excludes it.
    func requestLog(_ writer: LogWriter) -> RequestLog? {
        logLevel <= .info ? RequestLog(writer, isVerbose: logLevel <= .debug) : nil
    }
}

extension LogFormat: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
