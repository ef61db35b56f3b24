import Detection
import JSON
import NeuralNetwork
import TimeSeries

/// The state of a detector as the JSON document `detector` in the metadata of a model's file, in scaled
/// units:
///
/// | Member | Holds |
/// |---|---|
/// | `z_score` | `mean` and `scale`, `[F]` |
/// | `pca` | `mean` `[T][F]`; if K > 0, `components` `[K][T][F]` and `deviations` `[K]` |
/// | `mahalanobis`, for the errors `mahalanobis` and `level_spread` | `mean` `[F]`, `whitening` `[F][F]` |
/// | `subtracted`, with `mahalanobis` | if K > 0, `components` `[K][T][F]` and `deviations` `[K]` |
/// | `spread`, for the error `level_spread` | `mean` and `deviation`, `[F]` |
///
/// Without `subtracted`, as in older files, the components of the error are the first of `pca`.
extension Detector {
    private static let tensors: Set<String> = [
        "z_score/mean", "z_score/scale", "pca/mean", "pca/components", "pca/deviations", "mahalanobis/mean",
        "mahalanobis/whitening", "subtracted/components", "subtracted/deviations", "spread/mean",
        "spread/deviation",
    ]

    /// The entry of the metadata; nil for a detector without baselines.
    var metadata: (name: String, value: String)? {
        guard let baselines else { return nil }
        let (rows, pca) = (baselines.rowScaler, baselines.components)
        let features = rows.offset.count
        let timesteps = pca.mean.count / features
        return ModelMetadata.document("detector") { json in
            json.object("z_score") { json in
                json.member("mean", rows.offset[...])
                json.member("scale", rows.scale[...])
            }
            json.object("pca") { json in
                json.tensor("mean", pca.mean[...], shape: [timesteps, features])
                if pca.count > 0 {
                    json.tensor("components", pca.components[...], shape: [pca.count, timesteps, features])
                    json.member("deviations", pca.deviations[...])
                }
            }
            switch measure {
            case .meanSquared, .meanAbsolute: break
            case .mahalanobis(let measure): json.members(of: measure, timesteps: timesteps)
            case .levelSpread(let measure):
                json.members(of: measure.level, timesteps: timesteps)
                json.object("spread") { json in
                    json.member("mean", measure.spreadMean[...])
                    json.member("deviation", measure.spreadDeviation[...])
                }
            }
        }
    }

    /// Reads the detector of a model. A file without a `detector` document gives one without baselines.
    /// - Throws: ``ModelFileError`` if the document is invalid, or missing for an error that needs it.
    init(_ reader: inout MetadataReader, of model: ModelDescription) throws(ModelFileError) {
        let (timesteps, features) = (model.inputShape.timesteps ?? 1, model.inputShape.features)
        let learned = try reader.document("detector", tensors: Self.tensors) {
            (json) throws(JSONError) in
            try json.detector(model.errorKind, timesteps: timesteps, features: features)
        }
        switch (learned, model.errorKind) {
        case (let learned?, _): self = learned
        case (nil, .mse): self.init(measure: .meanSquared, baselines: nil)
        case (nil, .mae): self.init(measure: .meanAbsolute, baselines: nil)
        case (nil, .mahalanobis), (nil, .levelSpread):
            throw ModelFileError(
                "metadata /errors/kind: \(model.errorKind.rawValue) needs a 'detector' in the metadata")
        }
    }
}

extension JSONWriter {
    fileprivate mutating func members(of measure: Mahalanobis, timesteps: Int) {
        let features = measure.mean.count
        object("subtracted") { json in
            let components = measure.components
            guard components.count > 0 else { return }
            json.tensor(
                "components", components.components[...], shape: [components.count, timesteps, features])
            json.member("deviations", components.deviations[...])
        }
        object("mahalanobis") { json in
            json.member("mean", measure.mean[...])
            json.tensor("whitening", measure.whitening[...], shape: [features, features])
        }
    }
}

extension FieldReader {
    fileprivate mutating func detector(
        _ kind: ErrorKind, timesteps: Int, features: Int
    ) throws(JSONError) -> Detector {
        let rows = try part("z_score") { (json) throws(JSONError) in
            let scale = try json.doubles("scale") ?? []
            guard scale.allSatisfy({ $0 > 0 }) else { throw json.error("scale", "must be greater than 0") }
            let mean = try json.doubles("mean") ?? []
            for (name, values) in [("scale", scale), ("mean", mean)] where values.count != features {
                throw json.error(name, "has \(values.count) numbers for \(features) features")
            }
            return Scaler(scaling: .standard, offset: mean, scale: scale)
        }
        let components = try part("pca") { (json) throws(JSONError) in
            let hasAny = json.has("components")
            let mean = try json.numbers("mean", [timesteps, features])
            let components = hasAny ? try json.numbers("components", [nil, timesteps, features]) : []
            let count = components.count / mean.count
            return PrincipalComponents(
                mean: mean, components: components,
                deviations: hasAny ? try json.numbers("deviations", [count]) : [])
        }
        let measure: ErrorMeasure
        switch kind {
        case .mse: measure = .meanSquared
        case .mae: measure = .meanAbsolute
        case .mahalanobis:
            measure = .mahalanobis(
                try mahalanobis(timesteps: timesteps, features: features, components: components))
        case .levelSpread:
            let level = try mahalanobis(timesteps: timesteps, features: features, components: components)
            measure = .levelSpread(
                try part("spread") { (json) throws(JSONError) in
                    let deviation = try json.numbers("deviation", [features])
                    guard deviation.allSatisfy({ $0 > 0 }) else {
                        throw json.error("deviation", "must be greater than 0")
                    }
                    return LevelSpread(
                        level: level, spreadMean: try json.numbers("mean", [features]),
                        spreadDeviation: deviation)
                })
        }
        return Detector(measure: measure, baselines: Baselines(rowScaler: rows, components: components))
    }

    /// - Parameter components: those of the baseline, for a file without components of the error.
    private mutating func mahalanobis(
        timesteps: Int, features: Int, components baseline: PrincipalComponents
    ) throws(JSONError) -> Mahalanobis {
        var components = baseline
        if has("subtracted") {
            components = try part("subtracted") { (json) throws(JSONError) in
                let isEmpty = !json.has("components")
                let deviations = isEmpty ? [] : try json.numbers("deviations", [nil])
                return PrincipalComponents(
                    mean: baseline.mean,
                    components: isEmpty
                        ? [] : try json.numbers("components", [deviations.count, timesteps, features]),
                    deviations: deviations)
            }
        }
        return try part("mahalanobis") { (json) throws(JSONError) in
            Mahalanobis(
                components: components, mean: try json.numbers("mean", [features]),
                whitening: try json.numbers("whitening", [features, features]))
        }
    }

    /// Reads an object that is required and has no unknown members.
    private mutating func part<Value>(
        _ name: String, _ read: (inout FieldReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        guard var part = try object(name) else { throw missing(name, "an object") }
        let value = try read(&part)
        try part.rejectUnknown()
        return value
    }

    /// Reads nested arrays of numbers of a shape, in which nil allows any size.
    private mutating func numbers(_ name: String, _ shape: [Int?]) throws(JSONError) -> [Float] {
        guard let tensor = try tensor(name, rank: shape.count...shape.count) else {
            throw missing(name, "nested arrays of numbers")
        }
        guard tensor.missing.isEmpty, zip(tensor.shape, shape).allSatisfy({ $0 == $1 ?? $0 }) else {
            let wanted = shape.map { $0.map { "\($0)" } ?? "any" }.joined(separator: ", ")
            throw error(name, "has the shape \(tensor.shape); it must be [\(wanted)], without null")
        }
        return try floats(name, tensor)
    }
}
