/// What scripts/fuzz tries to break with bytes of its own invention.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// A connection's bytes: requests, and what only looks like them.
    case request
    /// A body in chunks.
    case chunked
    /// A JSON body.
    case json
    /// A CSV body.
    case csv
    /// A file of tensors.
    case safetensors
    /// An array in NumPy's format.
    case npy

    /// What is wrong with what the code does with the input; nil if nothing is.
    package func finding(_ input: [UInt8]) -> String? {
        switch self {
        case .request: RequestFuzzing.finding(input)
        case .chunked: ChunkedFuzzing.finding(input)
        case .json: JSONFuzzing.finding(input)
        case .csv: CSVFuzzing.finding(input)
        case .safetensors: SafeTensorsFuzzing.finding(input)
        case .npy: NPYFuzzing.finding(input)
        }
    }
}
