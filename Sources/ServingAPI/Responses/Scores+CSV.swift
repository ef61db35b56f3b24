import Detection
import HTTP1
import ModelFiles
import ModelStore
import TimeSeries

extension Scores {
    /// The number of features that each line names.
    private static let rankedFeatures = 3

    /// `timestamp,score,is_anomaly,feature_1,share_1,…`: a line for each row of a series, and for each window
    /// of other data.
    func table() -> Response {
        let lines = request.parts.contains(.rows) ? rows.count : errors.windows.count
        var csv = CSVWriter(reservingCapacity: 96 * (lines + 1))
        let ranks = (1...Self.rankedFeatures).flatMap { ["feature_\($0)", "share_\($0)"] }
        var columns = RowColumns(of: request.data)
        let names = request.data.isSeries ? columns.names : ["window"]
        csv.header(names + ["score", "is_anomaly"] + ranks)
        if request.parts.contains(.rows) {
            rowShares.forEachRow { row, shares in
                columns.write(row, to: &csv)
                write(rows[row], shares, to: &csv)
            }
        } else {
            for index in errors.windows.indices {
                if request.data.isSeries {
                    columns.write(
                        request.windows.starts[index] + request.windows.timesteps - 1, to: &csv)
                } else {
                    csv.cell(index)
                }
                write(
                    scoring.score(errors.windows[index]), rowShares.shares(ofWindow: index), to: &csv)
            }
        }
        return .csv(csv)
    }

    /// Writes the cells after those that name the row. A row without a score is not flagged.
    private func write(_ score: Float, _ shares: [Double]?, to csv: inout CSVWriter) {
        csv.cell(score)
        csv.cell(score > 1)
        let ranked = score.isNaN ? [] : shares?.largest(Self.rankedFeatures) ?? []
        for rank in 0..<Self.rankedFeatures {
            guard rank < ranked.count, let shares else {
                csv.emptyCell()
                csv.emptyCell()
                continue
            }
            csv.cell(request.entry.trained.description.name(ofFeature: ranked[rank]))
            csv.cell(Float(shares[ranked[rank]]))
        }
        csv.endLine()
    }
}
