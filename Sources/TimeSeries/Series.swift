/// Rows of measurements in time order, `[rows][F]`, in one row-major buffer.
///
/// A `Series<Double>` is in the units of the data, a `Series<Float>` in scaled units: ``Scaler`` subtracts
/// the offset of a feature in double precision before the values become `Float`.
public struct Series<Value: BinaryFloatingPoint & Sendable>: Sendable, Equatable {
    /// F, the number of features.
    public let features: Int
    /// `[rows][F]`, row-major. A missing value is NaN.
    public var values: [Value]

    /// The number of rows.
    public var rows: Int { values.count / features }

    /// Creates a series from a row-major buffer.
    /// - Parameters:
    ///   - values: `[rows][F]`.
    ///   - features: F, at least 1.
    /// - Throws: ``DataError/shape(_:)`` if `values` is not a multiple of `features`.
    public init(values: [Value], features: Int) throws(DataError) {
        guard features > 0, values.count.isMultiple(of: features) else {
            throw .shape("\(values.count) numbers are not a whole number of rows of \(features) features")
        }
        self.init(unchecked: values, features: features)
    }

    /// Creates a series from a row-major buffer whose size the caller guarantees to be a multiple of
    /// `features`.
    @inlinable
    package init(unchecked values: [Value], features: Int) {
        self.values = values
        self.features = features
    }
}
