/// The figures of one run of a detector in a comparison.
package struct DetectorFigures: Sendable {
    /// The mean squared error of the test windows, in scaled units; nil for a baseline.
    package let error: Double?
    /// The evaluation against labels; nil without labels.
    package let result: RowEvaluation.DetectorResult?

    package init(error: Double? = nil, result: RowEvaluation.DetectorResult?) {
        self.error = error
        self.result = result
    }

    /// Returns the mean of a figure over the runs that have it; nil if none has.
    package static func mean(
        of runs: [DetectorFigures], _ figure: (DetectorFigures) -> Double?
    ) -> Double? {
        let values = runs.compactMap(figure)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
