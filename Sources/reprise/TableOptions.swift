import ArgumentParser
import RepriseClient

/// A file for the rows of a response.
struct TableOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Write the rows as CSV to this file. With - they are written to standard output, and the report \
            to standard error.
            """, valueName: "file"), completion: .file())
    var rows: String?

    /// Refuses two documents on standard output.
    func validate(besides server: ServerOptions) throws {
        guard rows != "-" || !server.json else {
            throw ValidationError(
                "--rows - and --json both write to standard output; name a file for the rows")
        }
    }

    /// Writes the rows that the server responds with, if a file is named.
    func write(_ response: () throws -> RepriseClient.Response) throws {
        if let rows { try OutputFile.write(response().body, to: rows, name: "rows.csv") }
    }
}
