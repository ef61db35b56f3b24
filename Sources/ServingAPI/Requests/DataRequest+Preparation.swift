import DataFormats
import JSON
import ModelFiles
import TimeSeries

extension DataRequest {
    /// Arranges the rows by their times, brings the features into the order of a model, and takes
    /// differences.
    /// - Parameters:
    ///   - model: the model that the rows are for; nil for one that is to be trained on them.
    ///   - reportsErrors: as for ``Intake/arrange(_:for:reportsErrors:)``.
    /// - Returns: what was done, to do it again whenever the model is used.
    mutating func prepare(
        _ intake: inout Intake, for model: ModelDescription?, reportsErrors: Bool = false
    ) throws(Problem) -> Preparation {
        let options = try read { (options) throws(JSONError) in
            try options.timeOptions(for: model?.preparation)
        }
        let interval = try intake.arrange(options, for: model?.preparation, reportsErrors: reportsErrors)
        if let model {
            if reportsErrors, self.options.has("difference") {
                throw Problem(self.options.error("difference", "is defined by the model; remove it"))
            }
            try intake.reorder(for: model)
            if let differences = model.preparation.differences {
                guard intake.origin.timesteps == nil else {
                    throw .differencesOfWindows(model, at: intake.origin.pointer)
                }
                intake.take(differences)
            }
            // A warm start may have options that its base does not have.
            var preparation = model.preparation
            (preparation.resampling, preparation.gaps) = (options.resampling, options.gaps)
            return preparation
        }
        let names = try read { (options) throws(JSONError) in try options.uniqueStrings("difference") ?? [] }
        var preparation = Preparation(
            resampling: options.resampling, gaps: options.gaps, interval: interval)
        guard !names.isEmpty else { return preparation }
        let features = try read { (options) throws(JSONError) in
            try intake.features(named: names, options)
        }
        let series = Series(unchecked: intake.table.values, features: intake.table.featureCount)
        let differences = Differences(
            of: features, fittedTo: series, recordings: intake.table.recordings,
            instants: intake.table.timestamps?.instants)
        intake.take(differences)
        preparation.differences = differences
        return preparation
    }
}
