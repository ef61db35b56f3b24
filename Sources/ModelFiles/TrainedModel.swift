import DataFormats
import Detection
import NeuralNetwork
import TimeSeries

/// One version of a model in memory: an immutable value that all requests share.
public struct TrainedModel: Sendable {
    /// Everything except weights and detector.
    public let description: ModelDescription
    /// The layers with their weights; input and output are in scaled units.
    public let model: Model
    /// Computes errors from reconstructions; input is in scaled units.
    public let detector: Detector

    /// A version from its parts.
    package init(description: ModelDescription, model: Model, detector: Detector) {
        self.description = description
        self.model = model
        self.detector = detector
    }

    /// T and F of the model's windows.
    public var inputShape: Shape { model.network.inputShape }

    /// The memory that the model takes in bytes: weights, history, errors, scaling, names.
    public var byteCount: Int {
        let errors = [
            description.errors, description.rowErrors?.errors, description.baselineErrors?.zScore,
            description.baselineErrors?.pca,
        ]
        let floats =
            errors.reduce(0) { $0 + ($1?.valueCount ?? 0) } + 4 * inputShape.features
            + detector.valueCount
        let names =
            description.featureNames?.reduce(0) { $0 + MemoryLayout<String>.stride + $1.utf8.count } ?? 0
        let columns =
            description.columns?.reduce(0) { $0 + MemoryLayout<TableColumn>.stride + $1.name.utf8.count } ?? 0
        let note = description.note?.utf8.count ?? 0
        return model.byteCount + names + columns + note + description.unknown.byteCount + description.training
            .history
            .count
            * MemoryLayout<EpochReport>.stride
            + floats * MemoryLayout<Float>.stride
            + (description.feedback?.joined.digests.count ?? 0) * MemoryLayout<UInt64>.stride
    }

    private var scaler: Scaler { description.scaler }

    /// The reconstructions of N windows and their errors.
    public struct Reconstruction: Sendable {
        /// `[N][T][F]` in the data's units.
        public let values: [Double]
        /// The mean squared error of each window in the data's units, `[N]`.
        public let errors: [Float]
        /// The mean squared error of each window in scaled units, `[N]`.
        public let scaledErrors: [Float]
    }

    /// Reconstructs windows and computes their errors.
    /// - Parameter windows: `[N][T][F]` in the data's units.
    public func reconstruct(_ windows: Windows<Double>) -> Reconstruction {
        let scaled = scale(windows)
        let output = model.reconstruct(scaled)
        let scaledErrors = meanSquaredErrors(of: scaled, reconstructions: output)
        let values = scaler.inverseTransform(output)
        let errors =
            scaler.scaling == .none
            ? scaledErrors : meanSquaredErrors(of: windows, reconstructions: values)
        return Reconstruction(values: values, errors: errors, scaledErrors: scaledErrors)
    }

    /// The encoding of each window, `[N][Z]`; nil for a network without one.
    /// - Parameter windows: `[N][T][F]` in the data's units.
    public func encode(_ windows: Windows<Double>) -> [Float]? { model.encode(scale(windows)) }

    /// Computes the errors of windows, of the model's kind, in scaled units.
    /// - Parameter windows: `[N][T][F]` in the data's units.
    public func errors(of windows: Windows<Double>, _ detail: WindowErrors.Detail = []) -> WindowErrors {
        detector.measure.errors(of: scale(windows), by: model, detail)
    }

    /// Converts windows to scaled units.
    package func scale(_ windows: Windows<Double>) -> Windows<Float> {
        windows.replacingValues(with: scaler.transform(windows.series).values)
    }
}
