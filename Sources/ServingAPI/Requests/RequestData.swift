import JSON
import ModelFiles
import TimeSeries

/// The data of a request as windows, with the features in the order of the model.
struct RequestData {
    let windows: Windows<Double>
    /// Whether the windows were cut from rows.
    let isSeries: Bool
    /// The names of the features: those of the model, or of the request if the model has none.
    let featureNames: [String]?
    /// The timestamp of each row; nil if the request has none.
    let timestamps: [Timestamp]?

    /// The timestamp of a row; nil if the request has none.
    func timestamp(ofRow row: Int) -> Timestamp? { timestamps?[row] }

    /// The data with the last window only.
    var last: RequestData {
        guard let start = windows.starts.last else { return self }
        return RequestData(
            windows: windows.last, isSeries: isSeries, featureNames: featureNames,
            timestamps: timestamps.map { Array($0[start..<(start + windows.timesteps)]) })
    }
}

extension FieldReader {
    /// The position in the data of each of a model's features, found by their names; nil unless both have
    /// names.
    /// - Parameters:
    ///   - names: the names of the data's features.
    ///   - model: the model that gets the data.
    /// - Throws: an error if the names are not those of the model.
    func order(of names: [String]?, for model: ModelDescription?) throws(JSONError) -> [Int]? {
        guard let names, let required = model?.featureNames, names != required else { return nil }
        let known = Set(required)
        let unknown = names.filter { !known.contains($0) }
        guard unknown.isEmpty else {
            throw error(
                "feature_names",
                "has \(Self.listing(unknown)), which the model does not have; "
                    + (isQuery ? "exclude columns with ignore=…" : "remove them")
                    + ". The model has \(Self.listing(required))")
        }
        let positions = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        let missing = required.filter { positions[$0] == nil }
        guard missing.isEmpty else {
            throw error(
                "feature_names",
                "lacks \(Self.listing(missing)), which the model requires. The request has "
                    + "\(Self.listing(names))"
            )
        }
        return required.compactMap { positions[$0] }
    }

    private static func listing(_ names: [String]) -> String {
        let maxCount = 20
        return names.prefix(maxCount).map { Quote.text($0) }.joined(separator: ", ")
            + (names.count > maxCount ? ", …" : "")
    }
}
