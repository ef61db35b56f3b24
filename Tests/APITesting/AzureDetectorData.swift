import Foundation

/// Files for the routes of Azure's Anomaly Detector. They exist as long as the instance does.
package final class AzureDetectorData: Sendable {
    /// The path of the models.
    package static let modelsPath = "/anomalydetector/v1.1/multivariate/models"
    /// The instance for tests that change no file.
    package static let shared = Result { try AzureDetectorData() }
    package let folder: TemporaryFolder

    /// Writes 200 rows of two variables that are correlated except in the last rows: `pump.csv`, and the
    /// folder `tables` with a file for each variable.
    package init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/tables", withIntermediateDirectories: true)
        let rows = (0..<200).map { row in
            let flow = Double(row % 4) / 2
            return (time: Self.time(row), flow: flow, pressure: row > 190 ? 9 : 1 - flow)
        }
        try write(
            "pump.csv",
            "timestamp,flow,pressure\n" + rows.map { "\($0.time),\($0.flow),\($0.pressure)\n" }.joined())
        try write("tables/flow.csv", "timestamp,value\n" + rows.map { "\($0.time),\($0.flow)\n" }.joined())
        try write(
            "tables/pressure.csv", "timestamp,value\n" + rows.map { "\($0.time),\($0.pressure)\n" }.joined())
        // 1 GiB as a sparse file, which takes no space on the disk.
        try write("large.csv", "")
        try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path + "/large.csv")).truncate(
            atOffset: 1 << 30)
    }

    package func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }

    /// The time of a row: one row a minute.
    package static func time(_ row: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "2026-01-01T\(two(row / 60)):\(two(row % 60)):00Z"
    }
}
