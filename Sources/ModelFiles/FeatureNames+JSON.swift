import JSON

extension FieldReader {
    /// The most characters that a feature's name may have.
    private static let longestFeatureName = 256

    /// `feature_names`: what the features are called, in their order.
    /// - Parameter features: how many there are.
    package mutating func featureNames(of features: Int) throws(JSONError) -> [String]? {
        guard let names = try uniqueStrings("feature_names") else { return nil }
        guard names.count == features else {
            throw error("feature_names", "are \(names.count) for \(features) features; each needs one")
        }
        if let long = names.firstIndex(where: { $0.unicodeScalars.count > Self.longestFeatureName }) {
            throw error(
                "feature_names", long, "is longer than \(Self.longestFeatureName) characters")
        }
        return names
    }
}
