/// The response of `POST /reconstruct`.
public struct ReconstructResponse: Decodable, Sendable {
    /// The model's name.
    public let model: String
    /// The number of the version that was used.
    public let version: Int
    /// Names of the features, `[F]`; nil for a model without feature names.
    public let featureNames: [String]?
    /// The reconstructions `[N][T][F]`, in the units of the data.
    public let reconstructions: [[[Float]]]
    /// The mean squared error of each window, `[N]`, in the units of the data.
    public let errors: [Float]
    /// The mean squared error of each window, `[N]`, in scaled units.
    public let scaledErrors: [Float]
}

/// The response of `POST /reconstruct` with `rows`.
public struct RowReconstructResponse: Decodable, Sendable {
    /// The values of the rows.
    public struct Rows: Decodable, Sendable {
        /// The values, `[rows][F]`; nil in rows that no window covers.
        public let actual: [[Double?]]
        /// The means of the reconstructions in all windows that cover a row, `[rows][F]`.
        public let reconstructions: [[Double?]]
    }

    /// The rows.
    public let rows: Rows
}

/// The response of `POST /encode`.
public struct EncodeResponse: Decodable, Sendable {
    /// The model's name.
    public let model: String
    /// The number of the version that was used.
    public let version: Int
    /// An encoding for each window, `[N][Z]`.
    public let encodings: [[Float]]
}
