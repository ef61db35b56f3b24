import JSON

extension FieldReader {
    /// The maximum number of characters in a feature's name.
    private static let maxFeatureNameLength = 256

    /// Reads `feature_names`, the names of the features in their order.
    /// - Parameter features: F.
    /// - Returns: `[F]`; nil without the member.
    /// - Throws: `JSONError` if the names are not unique, too long, or not F.
    package mutating func featureNames(of features: Int) throws(JSONError) -> [String]? {
        guard let names = try uniqueStrings("feature_names") else { return nil }
        guard names.count == features else {
            throw error("feature_names", "are \(names.count) for \(features) features; each needs one")
        }
        if let long = names.firstIndex(where: { $0.unicodeScalars.count > Self.maxFeatureNameLength }) {
            throw error(
                "feature_names", long, "is longer than \(Self.maxFeatureNameLength) characters")
        }
        return names
    }
}
