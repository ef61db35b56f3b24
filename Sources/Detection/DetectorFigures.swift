/// What one run of a detector reaches in a comparison.
package struct DetectorFigures: Sendable {
    /// The mean squared error of the test windows, in scaled units; nil for a baseline.
    package let error: Double?
    /// nil without labels.
    package let result: RowEvaluation.Detector?

    /// Figures of one run.
    package init(error: Double? = nil, result: RowEvaluation.Detector?) {
        self.error = error
        self.result = result
    }

    /// The mean of a figure over some runs; nil if no run has it.
    package static func mean(
        of runs: [DetectorFigures], _ figure: (DetectorFigures) -> Double?
    ) -> Double? {
        let values = runs.compactMap(figure)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
