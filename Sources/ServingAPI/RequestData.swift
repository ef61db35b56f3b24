import JSON
import ModelRuntime
import TimeSeries

/// The data of a request: windows whose features stand in the order of the model that they are for.
struct RequestData {
    let windows: Windows
    /// Whether they were cut from rows, and did not come as windows.
    let isSeries: Bool
    /// What the features are called: as the model has it if it has names, as the request has it otherwise.
    let featureNames: [String]?
    /// When each row was measured; nil unless the request says it.
    let timestamps: [Timestamp]?

    /// When a row was measured.
    func timestamp(ofRow row: Int) -> Timestamp? { timestamps?[row] }

    /// The last window alone.
    var last: RequestData {
        guard let start = windows.starts.last else { return self }
        return RequestData(
            windows: windows.last, isSeries: isSeries, featureNames: featureNames,
            timestamps: timestamps.map { Array($0[start..<(start + windows.timesteps)]) })
    }
}

extension FieldReader {
    /// The position in the data of each of a model's features, found by their names; nil unless both have names.
    /// - Parameters:
    ///   - names: of the data's features.
    ///   - model: what the data are for.
    func order(of names: [String]?, for model: ModelDescription?) throws(JSONError) -> [Int]? {
        guard let names, let wanted = model?.featureNames, names != wanted else { return nil }
        if let extra = names.first(where: { !wanted.contains($0) }) {
            let advice = isQuery ? "leave it out with ignore" : "leave it out"
            throw error(
                "feature_names",
                "has \(Quote.text(extra)), which is none of the model's features; \(advice). "
                    + "The model has " + Self.listing(wanted))
        }
        if let lacking = wanted.first(where: { !names.contains($0) }) {
            throw error(
                "feature_names",
                "lacks \(Quote.text(lacking)), which is one of the model's features. It has "
                    + Self.listing(names))
        }
        return wanted.compactMap { names.firstIndex(of: $0) }
    }

    private static func listing(_ names: [String]) -> String {
        let most = 20
        return names.prefix(most).map { Quote.text($0) }.joined(separator: ", ")
            + (names.count > most ? ", …" : "")
    }
}
