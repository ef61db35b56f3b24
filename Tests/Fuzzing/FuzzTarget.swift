/// The parsers that scripts/fuzz tests with generated input.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// The bytes of a connection: valid and malformed requests.
    case request
    /// A chunked body.
    case chunked
    /// A JSON body.
    case json
    /// A CSV body.
    case csv
    /// A safetensors file.
    case safetensors
    /// An array in NumPy's npy format.
    case npy
    /// A column of timestamps, one in each line.
    case timestamp

    /// Runs the target on an input. Returns a description of the defect that it found; `nil` if there is
    /// none.
    package func finding(_ input: [UInt8]) -> String? {
        switch self {
        case .request: RequestFuzzing.finding(input)
        case .chunked: ChunkedFuzzing.finding(input)
        case .json: JSONFuzzing.finding(input)
        case .csv: CSVFuzzing.finding(input)
        case .safetensors: SafeTensorsFuzzing.finding(input)
        case .npy: NPYFuzzing.finding(input)
        case .timestamp: TimestampFuzzing.finding(input)
        }
    }
}
