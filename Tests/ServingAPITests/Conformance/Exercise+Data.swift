import APITesting
import DataFormats

extension Exercise {
    private static let table =
        "time,b,a,flag\n"
        + (0..<10).map { "2026-01-01 0\($0):00,\($0 % 3),\($0 % 4),\($0 == 8 ? 1 : 0)\n" }.joined()

    /// Columns that other options than the defaults suit.
    private static let odd =
        "wave,n,count,anomaly\n"
        + (0..<100).map { row in
            "\(row == 30 ? -9999 : row % 7),\(3 * row),\(row * row),\(row == 30 ? 1 : 0)\n"
        }.joined()
    private static let untimely =
        "time,a\n" + [3, 1, 2, 2, 4].map { "2026-01-01 0\($0):00,\($0 % 3)\n" }.joined()

    /// Requests with feature names, as JSON and as CSV, to a model that has names.
    static let data: [Exercise] = {
        let rows: [String: JSON?] = [
            "feature_names": ["b", "a"], "timestamps": .array((0..<10).map { .integer($0) }),
        ]
        let body = Small.training("named", rows.merging(["exclude": [[8, 8]]]) { $1 })
        func query(_ path: String, _ more: String) -> String { "\(path)?model=named&\(more)" }
        return [
            Exercise("POST /train", 201, body),
            Exercise("POST /train", 201, body.with(["series": nil, "recordings": [Small.series]])),
            Exercise("GET /models/{model}", 200, at: "/models/named"),
            Exercise(
                "POST /score", 200,
                JSON.object(rows.compactMapValues { $0 }).with([
                    "model": "named", "series": Small.series, "threshold": 0.000001,
                    "include": ["windows", "rows", "events", "features"],
                ])),
            Exercise(
                "POST /train", 201, at: query("/train", "timesteps=2&units=2&epochs=1&exclude=flag"),
                fields: csv,
                text: table),
            Exercise("POST /train", 422, at: "/train?model=named", fields: csv, text: "a\n"),
            Exercise("POST /inspect", 200, ["series": Small.series]),
            Exercise("POST /inspect", 200, ["windows": Small.windows]),
            Exercise("POST /inspect", 200, at: "/inspect", fields: csv, text: odd),
            Exercise("POST /inspect", 200, at: "/inspect", fields: csv, text: untimely),
            Exercise(
                "POST /inspect", 422, at: "/inspect",
                npy: NumPyArray.encode([1, .infinity][...] as ArraySlice<Double>, shape: [2, 1])),
            Exercise(
                "POST /inspect", 200, at: "/inspect?preview=4&exclude=flag", fields: csv, text: table),
            Exercise("POST /inspect", 422, at: "/inspect", fields: csv, text: "1,2\n3,4\n"),
            Exercise("POST /inspect", 200, at: "/inspect", fields: csv, text: suggestive),
            Exercise("POST /inspect", 200, at: "/inspect", fields: csv, text: irregular),
            Exercise("POST /inspect", 200, at: "/inspect", fields: csv, text: batches),
            Exercise("POST /inspect", 200, at: "/inspect?ignore=flag", fields: csv, text: table),
            Exercise(
                "POST /inspect", 200, at: query("/inspect", "exclude=flag&timesteps=2"), fields: csv,
                text: table),
            Exercise("POST /inspect", 422, at: "/inspect", fields: csv, text: "a,b\n1,2\n3,x\n"),
            Exercise(
                "POST /inspect", 422, ["series": .array((0..<40).map { [.integer($0)] }), "strict": true]),
            Exercise("POST /score", 200, at: query("/score", "ignore=flag"), fields: csv, text: table),
            Exercise(
                "POST /reconstruct", 200, at: query("/reconstruct", "columns=b,a"), fields: csv, text: table),
            Exercise("POST /encode", 200, at: query("/encode", "ignore=flag"), fields: csv, text: table),
            Exercise(
                "POST /layers", 200, at: query("/layers", "columns=a,b&window=8"), fields: csv, text: table),
            Exercise("POST /evaluate", 200, at: query("/evaluate", "labels=flag"), fields: csv, text: table),
        ]
    }()

    /// Rows whose intervals vary.
    private static let irregular =
        "time,a\n" + (0..<40).map { "\(1_700_000_000 + $0 * $0),\($0 % 7)\n" }.joined()

    /// Rows of three batches, the number of which suggests recordings.
    private static let batches = "batch,a\n" + (0..<90).map { "\($0 / 30),\($0 % 7)\n" }.joined()

    /// A table to which every other suggestion applies: a clock, a counter, labels, an outlier, and rows in
    /// reverse order, two of which have the same time.
    private static let suggestive =
        "time,clock,bytes,wave,anomaly\n"
        + (0..<200).map { row in
            let second = max(1, 199 - row)
            let wave = row == 70 ? "-9999" : "\([0, 3, 5, 5.5, 5, 3, 0, -3, -5, -5.5, -5, -3][row % 12])"
            let counter = 4_000_000_000_000 + 1500 * second + second * 7 % 5
            return "\(1_700_000_000 + second),\(second * 5),\(counter),"
                + "\(wave),\(row == 70 ? 1 : 0)\n"
        }.joined()
}
