import ArgumentParser
import RepriseClient

/// A file for the rows of a response.
struct TableOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Write the rows as CSV to this file. With - they are written to standard output, and the report \
            to standard error.
            """, valueName: "file"))
    var rows: String?

    /// nil without the option.
    var file: OutputFile? { rows.map(OutputFile.init) }

    /// Refuses two documents on standard output.
    func validate(besides server: ServerOptions) throws {
        guard file?.isStandardOutput != true || !server.json else {
            throw ValidationError(
                "--rows - and --json both write to standard output; name a file for the rows")
        }
    }

    /// Prints the report, where the rows are not.
    func print(_ report: String) throws {
        if let file { try file.printBeside(report) } else { Swift.print(report) }
    }

    /// Writes the rows that the server responds with, if a file is named.
    func write(_ response: () throws -> RepriseClient.Response) throws {
        if let file { try file.write(response().body) }
    }
}
