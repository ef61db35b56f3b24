import JSON
import ModelFiles
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
        let known = Set(wanted)
        let extra = names.filter { !known.contains($0) }
        guard extra.isEmpty else {
            throw error(
                "feature_names",
                "has \(Self.listing(extra)), which the model has not; "
                    + (isQuery ? "leave columns out with ignore=…" : "leave them out")
                    + ". The model has \(Self.listing(wanted))")
        }
        let places = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        let lacking = wanted.filter { places[$0] == nil }
        guard lacking.isEmpty else {
            throw error(
                "feature_names",
                "lacks \(Self.listing(lacking)), which the model has. It has \(Self.listing(names))")
        }
        return wanted.compactMap { places[$0] }
    }

    private static func listing(_ names: [String]) -> String {
        let most = 20
        return names.prefix(most).map { Quote.text($0) }.joined(separator: ", ")
            + (names.count > most ? ", …" : "")
    }
}
