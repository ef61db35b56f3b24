import DataFormats

/// A request to detect anomalies in files.
struct AzureBatchRequest: Sendable {
    let source: String
    let topContributorCount: Int
    let start: UTCTime
    let end: UTCTime

    /// The request with the location of its data as it may be stored, without a query.
    func with(_ source: AzureDataSource) -> AzureBatchRequest {
        AzureBatchRequest(
            source: source.text, topContributorCount: topContributorCount, start: start, end: end)
    }
}
