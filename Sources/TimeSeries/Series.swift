/// Rows of measurements in time order, `[rows][F]` in one row-major buffer.
public struct Series: Sendable, Equatable {
    /// Number of variables, F.
    public let features: Int
    /// `rows * features` numbers, row by row.
    public var values: [Float]

    /// Number of rows.
    public var rows: Int { values.count / features }

    /// Wraps a row-major buffer.
    /// - Parameters:
    ///   - values: `rows * features` numbers.
    ///   - features: F, at least 1.
    /// - Throws: ``DataError/shape(_:)`` when the numbers do not fill whole rows.
    public init(values: [Float], features: Int) throws(DataError) {
        guard features > 0, values.count.isMultiple(of: features) else {
            throw .shape("\(values.count) numbers do not make whole rows of \(features) features")
        }
        self.init(whole: values, features: features)
    }

    /// The same rows with their features in another order.
    /// - Parameter order: the feature to take for each, `[F]`.
    public func reordered(_ order: [Int]) -> Series {
        precondition(order.count == features)
        var values: [Float] = []
        values.reserveCapacity(self.values.count)
        for row in stride(from: 0, to: self.values.count, by: features) {
            for feature in order { values.append(self.values[row + feature]) }
        }
        return Series(whole: values, features: features)
    }

    /// Wraps a row-major buffer that is known to hold whole rows of `features` numbers.
    package init(whole values: [Float], features: Int) {
        self.values = values
        self.features = features
    }
}

/// What can be wrong with a time series. Positions count from 0.
public enum DataError: Error, Equatable, Sendable {
    /// Shapes that do not fit together, or too little data; the text says which and what would do.
    case shape(String)
    /// A missing value where none is allowed or none can be filled in.
    case missing(row: Int, feature: Int, hint: String)
}

extension DataError: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .shape(let detail): detail
        case .missing(let row, let feature, let hint):
            "row \(row) has no value for feature \(feature); \(hint)"
        }
    }
}
