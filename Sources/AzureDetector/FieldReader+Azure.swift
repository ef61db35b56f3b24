import DataFormats
import HTTP1
import JSON
import ServingAPI
import TimeSeries

extension FieldReader {
    /// The valid values of `topContributorCount`.
    private static let contributorCounts = 1...30
    private static let defaultContributorCount = 10

    /// Parses a request's body.
    init(azure request: Request) throws(Problem) {
        do throws(JSONError) {
            try self.init(
                JSONReader.parse(request.body, tensors: ["variables/*/values"]),
                query: request.target.queryItems)
        } catch {
            throw Problem(error)
        }
    }

    /// Reads a request to train. Members of a model in a response, which a client may send back, are ignored.
    mutating func azureTrainRequest() throws(Problem) -> AzureTrainRequest {
        let (start, end) = try times()
        let source = try dataSource()
        let training = try read { (body) throws(JSONError) in
            let training = AzureTrainRequest(
                source: source, schema: try body.choice("dataSchema", default: .oneTable), start: start,
                end: end,
                displayName: try body.displayName(),
                slidingWindow: try body.int("slidingWindow", in: 28...2880, default: 300),
                policy: try body.alignPolicy())
            for member in ["status", "errors", "diagnosticsInfo"] { _ = body.has(member) }
            try body.rejectUnknown()
            return training
        }
        guard training.policy.fill != .fixed || training.policy.padding != nil else {
            throw .azure(
                .badRequest, "RequiredPaddingValue", "the fillNAMethod Fixed requires paddingValue, a number")
        }
        return training
    }

    /// Reads a request for batch detection.
    mutating func azureBatchRequest() throws(Problem) -> AzureBatchRequest {
        let (start, end) = try times()
        let source = try dataSource()
        return try read { (body) throws(JSONError) in
            let batch = AzureBatchRequest(
                source: source, topContributorCount: try body.topContributorCount(), start: start, end: end)
            try body.rejectUnknown()
            return batch
        }
    }

    /// Reads a request for detection in the last row: the variables, and the number of contributors.
    mutating func azureLastRequest() throws(Problem) -> (tables: [AzureTable], contributorCount: Int) {
        let (readers, count) = try read { (body) throws(JSONError) in
            guard let readers = try body.objects("variables", count: 1...AzureDataSource.maxVariables) else {
                throw body.missing("variables", "an array of {\"variable\", \"timestamps\", \"values\"}")
            }
            let count = try body.topContributorCount()
            try body.rejectUnknown()
            return (readers, count)
        }
        var tables: [AzureTable] = []
        for var reader in readers {
            let (name, timestamps, values) = try reader.read { (body) throws(JSONError) in try body.variable()
            }
            tables.append(
                try AzureTable(
                    variables: [name], timestamps: timestamps, values: values, from: Quote.text(name)))
        }
        return (tables, count)
    }

    private mutating func variable() throws(JSONError) -> (String, timestamps: [String], values: [Double]) {
        let name = try requiredString("variable")
        guard let elements = try array("timestamps", of: "strings", count: 1...Int.max) else {
            throw missing("timestamps", "an array of strings")
        }
        var timestamps: [String] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element else {
                throw error("timestamps", index, "is \(element.kindName); it must be a string")
            }
            timestamps.append(text)
        }
        guard let tensor = try tensor("values", rank: 1...1) else {
            throw missing("values", "an array of numbers")
        }
        guard tensor.values.count == timestamps.count else {
            throw error(
                "values",
                "has \(tensor.values.count) elements for \(timestamps.count) timestamps; it must have "
                    + "one for each"
            )
        }
        try rejectUnknown()
        return (name, timestamps, tensor.values)
    }

    private mutating func topContributorCount() throws(JSONError) -> Int {
        try int("topContributorCount", in: Self.contributorCounts, default: Self.defaultContributorCount)
    }

    /// Reads `displayName`, a maximum of 24 characters.
    private mutating func displayName() throws(JSONError) -> String? {
        guard let name = try string("displayName") else { return nil }
        guard name.unicodeScalars.count <= 24 else {
            throw error("displayName", "has \(name.unicodeScalars.count) characters; the maximum is 24")
        }
        return name
    }

    private mutating func alignPolicy() throws(JSONError) -> AlignPolicy {
        var policy = AlignPolicy()
        guard var body = try object("alignPolicy") else { return policy }
        policy.mode = try body.choice("alignMode", default: policy.mode)
        policy.fill = try body.choice("fillNAMethod", default: policy.fill)
        policy.padding = try body.double("paddingValue", in: -1e30...1e30)
        try body.rejectUnknown()
        return policy
    }

    private mutating func dataSource() throws(Problem) -> String {
        let source = try read { (body) throws(JSONError) in try body.string("dataSource") }
        guard let source else {
            throw .azure(
                .badRequest, "RequiredSource", missing("dataSource", "a path in the data folder").detail)
        }
        return source
    }

    /// Reads `startTime` and `endTime`.
    private mutating func times() throws(Problem) -> (start: UTCTime, end: UTCTime) {
        let start = try time("startTime", "RequiredStartTime")
        let end = try time("endTime", "RequiredEndTime")
        guard start <= end else {
            throw .azure(
                .badRequest, "BadArgument", "endTime is \(end); it must not be before startTime, \(start)")
        }
        return (start, end)
    }

    private mutating func time(_ name: String, _ code: String) throws(Problem) -> UTCTime {
        let text = try read { (body) throws(JSONError) in try body.string(name) }
        guard let text else {
            throw .azure(.badRequest, code, missing(name, "a time in ISO 8601").detail)
        }
        guard let time = UTCTime(text) else {
            throw .azure(
                .badRequest, "InvalidTimestampFormat",
                error(
                    name,
                    "is \(Quote.text(text)); it must be a time in ISO 8601, such as 2026-01-31T12:00:00Z"
                )
                .detail)
        }
        return time
    }
}
