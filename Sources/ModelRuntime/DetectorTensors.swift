import Detection
import ModelFormats
import NeuralNetwork
import TimeSeries

/// What a detector has learned, as tensors of a model's file:
///
/// | Name | Shape |
/// |---|---|
/// | `detector.z_score.mean`, `detector.z_score.scale` | `[F]` |
/// | `detector.pca.mean` | `[T, F]` |
/// | `detector.pca.components`, which isn't there if there are none | `[K, T, F]` |
/// | `detector.mahalanobis.mean` | `[F]` |
/// | `detector.mahalanobis.whitening` | `[F, F]` |
///
/// All are in scaled units. The last two belong to that kind of error.
extension Detector {
    static let prefix = "detector."

    var tensors: [NamedTensor] {
        guard let baselines else { return [] }
        let pca = baselines.components
        let features = baselines.rows.offset.count
        let timesteps = pca.mean.count / features
        var tensors = [
            NamedTensor(name: "detector.z_score.mean", shape: [features], values: baselines.rows.offset),
            NamedTensor(name: "detector.z_score.scale", shape: [features], values: baselines.rows.scale),
            NamedTensor(name: "detector.pca.mean", shape: [timesteps, features], values: pca.mean),
        ]
        if pca.count > 0 {
            tensors.append(
                NamedTensor(
                    name: "detector.pca.components", shape: [pca.count, timesteps, features],
                    values: pca.components))
        }
        if case .mahalanobis(let measure) = measure {
            tensors += [
                NamedTensor(name: "detector.mahalanobis.mean", shape: [features], values: measure.mean),
                NamedTensor(
                    name: "detector.mahalanobis.whitening", shape: [features, features],
                    values: measure.whitening),
            ]
        }
        return tensors
    }

    /// Takes a detector's tensors from those of a file.
    init(
        _ tensors: [NamedTensor], kind: ErrorKind, timesteps: Int, features: Int
    ) throws(ModelFileError) {
        var tensors = DetectorTensors(tensors)
        let baselines: Baselines?
        if let mean = try tensors.take("pca.mean", [timesteps, features]) {
            let components = try tensors.take("pca.components", [nil, timesteps, features]) ?? []
            let offset = try tensors.required("z_score.mean", [features])
            let scale = try tensors.required("z_score.scale", [features])
            guard scale.allSatisfy({ $0 > 0 }) else {
                throw ModelFileError("tensor \"detector.z_score.scale\" must be greater than 0")
            }
            baselines = Baselines(
                rows: Scaler(scaling: .standard, offset: offset, scale: scale),
                components: PrincipalComponents(mean: mean, components: components))
        } else {
            baselines = nil
        }
        let measure: ErrorMeasure
        switch kind {
        case .mse: measure = .meanSquared
        case .mae: measure = .meanAbsolute
        case .mahalanobis:
            guard let baselines else {
                throw ModelFileError(
                    "there is no tensor \"detector.pca.mean\" of shape [\(timesteps), \(features)], which the error kind mahalanobis needs"
                )
            }
            measure = .mahalanobis(
                Mahalanobis(
                    components: baselines.components,
                    mean: try tensors.required("mahalanobis.mean", [features]),
                    whitening: try tensors.required("mahalanobis.whitening", [features, features])))
        }
        try tensors.rejectUnknown()
        self.init(measure: measure, baselines: baselines)
    }
}

/// Tensors by name, each of which is taken once.
private struct DetectorTensors {
    private var byName: [String: NamedTensor]

    init(_ tensors: [NamedTensor]) {
        byName = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The values of a tensor whose shape and numbers are right; nil if there is none.
    /// - Parameter shape: nil stands for any size.
    mutating func take(_ name: String, _ shape: [Int?]) throws(ModelFileError) -> [Float]? {
        guard let tensor = byName.removeValue(forKey: Detector.prefix + name) else { return nil }
        let fits = tensor.shape.count == shape.count && zip(tensor.shape, shape).allSatisfy { $0 == $1 ?? $0 }
        guard fits else {
            let wanted = shape.map { $0.map { "\($0)" } ?? "any" }.joined(separator: ", ")
            throw ModelFileError(
                "tensor \"\(tensor.name)\" has shape \(tensor.shape); it must be [\(wanted)]")
        }
        guard tensor.values.allSatisfy(\.isFinite) else {
            throw ModelFileError("tensor \"\(tensor.name)\" has a NaN or an infinity in it")
        }
        return tensor.values
    }

    mutating func required(_ name: String, _ shape: [Int]) throws(ModelFileError) -> [Float] {
        guard let values = try take(name, shape) else {
            throw ModelFileError("there is no tensor \"\(Detector.prefix)\(name)\" of shape \(shape)")
        }
        return values
    }

    func rejectUnknown() throws(ModelFileError) {
        guard let name = byName.keys.min() else { return }
        throw ModelFileError("there is a tensor \"\(name)\", for which the detector has no place")
    }
}
