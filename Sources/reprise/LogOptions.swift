import ArgumentParser
import Logging
import ServingAPI
import Telemetry

/// What is logged, and how.
struct LogOptions: ParsableArguments {
    @Option(help: "How lines of the log are written: logfmt or json. [env: REPRISE_LOG_FORMAT]")
    var logFormat = LogFormat.logfmt

    @Option(
        help: ArgumentHelp(
            "What is logged at least: trace, debug, info, notice, warning, error or critical. Requests are info, health checks and scrapes debug. [env: REPRISE_LOG_LEVEL]",
            valueName: "level"))
    var logLevel = Logger.Level.info

    /// A line for each request, if the level asks for that.
    func requestLog(_ writer: LogWriter) -> RequestLog? {
        logLevel <= .info ? RequestLog(writer, isVerbose: logLevel <= .debug) : nil
    }
}

extension LogFormat: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
