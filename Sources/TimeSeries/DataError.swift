/// An error in the shape or the values of a time series. Rows and features count from 0.
public enum DataError: Error, Equatable, Sendable {
    /// Shapes that do not fit together, or too few rows. The text says which, and what is expected.
    case shape(String)
    /// A missing value where none is allowed, or where nothing is there to fill it from. The hint says how to
    /// correct the data.
    case missing(row: Int, feature: Int, hint: String)
}

extension DataError: CustomStringConvertible {
    /// The error as one line of text.
    public var description: String {
        switch self {
        case .shape(let detail): detail
        case .missing(let row, let feature, let hint):
            "row \(row) has no value for feature \(feature); \(hint)"
        }
    }
}
