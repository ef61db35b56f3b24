/// The rule by which variables with different timestamps become rows.
package struct AlignPolicy: Sendable, Equatable {
    /// The selection of timestamps that become rows.
    package enum Mode: String, CaseIterable, Sendable {
        /// Timestamps at which every variable has a value.
        case inner = "Inner"
        /// Timestamps at which at least one variable has a value.
        case outer = "Outer"
    }

    /// The replacement of a missing value.
    package enum Fill: String, CaseIterable, Sendable {
        /// The previous value; before the first value, the first value.
        case previous = "Previous"
        /// The next value; after the last value, the last value.
        case subsequent = "Subsequent"
        /// Linear interpolation between the previous and the next value.
        case linear = "Linear"
        /// 0, in the data's units.
        case zero = "Zero"
        /// `paddingValue`.
        case fixed = "Fixed"
    }

    /// The selection of rows.
    package var mode = Mode.outer
    /// The replacement of missing values.
    package var fill = Fill.linear
    /// The replacement for `fixed`.
    package var padding: Double?

    /// The defaults of Azure's service.
    package init() {}
}
