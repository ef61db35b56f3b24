import DataFormats

/// A request to train a model. It is stored with the model.
struct AzureTrainRequest: Sendable {
    let source: String
    let schema: AzureDataSource.Schema
    let start: UTCTime
    let end: UTCTime
    let displayName: String?
    /// T, the timesteps of a window.
    let slidingWindow: Int
    let policy: AlignPolicy

    /// The request with the location of its data as it may be stored, without a query.
    func with(_ source: AzureDataSource) -> AzureTrainRequest {
        AzureTrainRequest(
            source: source.text, schema: schema, start: start, end: end, displayName: displayName,
            slidingWindow: slidingWindow, policy: policy)
    }
}
