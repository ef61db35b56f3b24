import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries
import Training

/// A request to POST /models/{model}/calibrate: data of normal operation for a version.
struct CalibrateRequest {
    let model: PermittedModel
    let calibration: PlannedCalibration
    /// Whether the response has the losses of all epochs.
    let hasHistory: Bool

    /// Reads and checks the whole body, so that errors are reported before the calibration is queued.
    /// - Throws: 400 or 422 for an invalid body, 404 for an unknown version, 409 for a version that this
    ///   release does not understand.
    init(_ call: Call, _ models: ModelLookup) throws(Problem) {
        model = try call.model()
        var request = try DataRequest(call)
        hasHistory = try request.hasHistory()
        let version = try request.read { (options) throws(JSONError) in
            try options.version("version") ?? .latest
        }
        let entry = try models.entry(model, version)
        let description = entry.trained.description
        let (detection, outliers) = try request.read {
            (options) throws(JSONError) -> (DetectionOptions, OutlierPolicy?) in
            let detection = try options.detectionOptions(of: description)
            try options.check(detection.errorKind, features: description.inputShape.features)
            return (detection, try options.choice("outliers"))
        }
        let data = try request.data(for: description, flag: "exclude", excludesFlagged: true, inspects: true)
        try request.rejectUnknown()
        var calibration = PlannedCalibration(of: entry, on: data.windows, detection)
        if let outliers { calibration.outliers = outliers }
        calibration.isStrict = data.isStrict
        calibration.featureNames = data.featureNames
        calibration.columns = data.featureNames == nil ? nil : data.columns
        calibration.preparation = data.preparation
        calibration.origins = data.origins
        calibration.inspection = data.inspection
        self.calibration = calibration
    }
}
