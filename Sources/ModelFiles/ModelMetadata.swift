import JSON
import ModelFormats
import NeuralNetwork
import TimeSeries

/// The `__metadata__` of a model's file, which holds strings only.
///
/// | Name | Holds |
/// |---|---|
/// | `timesteps`, `features` | T and F; needed |
/// | `architecture` | JSON: `architecture`, `units`, …, as POST /train takes them; needed |
/// | `scaling` | JSON: `scaling`, `offset` and `scale` `[F]`; without it the data are taken as they are |
/// | `feature_names` | JSON: what the features are called, `[F]` strings that differ |
/// | `threshold` | JSON: `value`, in units of the error, `source`, and the rule: `quantile` or `sigmas` |
/// | `errors` | JSON: `kind`, and what the threshold was learned from: `count`, `ranked`, `mean`, `deviation` |
/// | `baseline_errors` | JSON: the same of `z_score` and of `pca` |
/// | `detector` | JSON: what the errors are measured with, and the baselines (DetectorDocument.swift) |
/// | `training` | JSON: `epochs`, `batch_size`, …, as POST /train takes them |
/// | `history` | JSON: `loss`, `val_loss`, `learning_rate`, a number an epoch; `epoch`, whose weights were kept; `seconds`; `warm_start` |
/// | `data` | JSON: `windows`, `sha256` |
/// | `created_at`, `software` | RFC 3339; name and version |
/// | `request` | what marks the request that has made it, if it had an Idempotency-Key |
/// | `note` | JSON: what whoever had it trained keeps with it; nothing is read into it here |
///
/// Others are left alone.
enum ModelMetadata {
    // MARK: Writing

    static func strings(of model: ModelDescription) -> [(name: String, value: String)] {
        var strings: [(name: String, value: String)] = [
            ("software", model.origin.software), ("created_at", model.origin.createdAt),
            ("timesteps", "\(model.inputShape.timesteps ?? 1)"), ("features", "\(model.inputShape.features)"),
        ]
        strings.append(document("architecture") { $0.members(of: model.architecture) })
        strings.append(
            document("scaling") { json in
                json.member("scaling", model.scaler.scaling.rawValue)
                json.member("offset", model.scaler.offset[...])
                json.member("scale", model.scaler.scale[...])
            })
        if let names = model.featureNames {
            var json = JSONWriter()
            json.array { json in for name in names { json.value(name) } }
            strings.append(("feature_names", String(decoding: json.bytes, as: UTF8.self)))
        }
        strings += DetectorMetadata.strings(of: model)
        if let options = model.training.options {
            strings.append(document("training") { $0.members(of: options) })
        }
        if !model.training.history.isEmpty {
            strings.append(document("history") { $0.history(of: model.training) })
        }
        if let data = model.origin.data {
            strings.append(
                document("data") { json in
                    json.member("windows", data.windows)
                    json.member("sha256", data.sha256)
                })
        }
        if let request = model.origin.request { strings.append(("request", request)) }
        if let note = model.note { strings.append(("note", note)) }
        return strings
    }

    static func document(
        _ name: String, _ members: (inout JSONWriter) -> Void
    ) -> (name: String, value: String) {
        var json = JSONWriter()
        json.object(members)
        return (name, String(decoding: json.bytes, as: UTF8.self))
    }

    // MARK: Reading

    static func description(_ header: SafeTensorsHeader) throws(ModelFileError) -> ModelDescription {
        let timesteps = try size(header, "timesteps")
        let features = try size(header, "features")
        let architecture = try document(header, "architecture") { (json) throws(JSONError) in
            try json.architecture()
        }
        guard let architecture else {
            throw ModelFileError(
                "the metadata have no 'architecture', such as {\"architecture\":\"autoencoder\",\"units\":[64,32]}"
            )
        }
        let network: Sequential
        do throws(ArchitectureError) {
            network = try Sequential(architecture, timesteps: timesteps, features: features)
        } catch {
            throw ModelFileError("metadata /architecture: \(error.detail)")
        }
        if let mismatch = network.windowMismatch {
            throw ModelFileError("metadata /architecture: \(mismatch.detail)")
        }
        let (errorKind, errors) = try DetectorMetadata.errors(header)
        return ModelDescription(
            architecture: architecture, network: network,
            featureNames: try featureNames(header, features: features),
            scaler: try scaler(header, features: features),
            training: try training(header), errorKind: errorKind,
            threshold: try DetectorMetadata.threshold(header), errors: errors,
            baselineErrors: try DetectorMetadata.baselineErrors(header),
            origin: ModelDescription.Origin(
                createdAt: try createdAt(header), software: header["software"] ?? "unknown",
                data: try data(header), request: header["request"]), note: header["note"])
    }

    private static func size(_ header: SafeTensorsHeader, _ name: String) throws(ModelFileError) -> Int {
        guard let text = header[name] else {
            throw ModelFileError("the metadata have no '\(name)', a number as text, such as \"30\"")
        }
        guard let number = Int(text), text == String(number), (1...(1 << 20)).contains(number) else {
            throw ModelFileError(
                "metadata '\(name)' is \(Quote.text(text)); it must be an integer from 1 to \(1 << 20), in digits"
            )
        }
        return number
    }

    /// What a JSON document among the metadata holds; nil if it isn't there. A member that is misspelt is refused.
    static func document<Value>(
        _ header: SafeTensorsHeader, _ name: String, tensors: Set<String> = [],
        _ read: (inout FieldReader) throws(JSONError) -> Value
    ) throws(ModelFileError) -> Value? {
        guard let text = header[name] else { return nil }
        do throws(JSONError) {
            let document = try JSONReader.parse(Array(text.utf8), tensors: tensors)
            var json = try FieldReader(document, at: "/\(name)")
            let value = try read(&json)
            try json.rejectUnknown()
            return value
        } catch {
            let place = error.pointer.isEmpty ? "/\(name)" : error.pointer
            throw ModelFileError("metadata \(place): \(error.detail)")
        }
    }

    private static func featureNames(
        _ header: SafeTensorsHeader, features: Int
    ) throws(ModelFileError) -> [String]? {
        guard let text = header["feature_names"] else { return nil }
        do throws(JSONError) {
            var json = FieldReader(
                JSONObject(uniqueMembers: [("feature_names", try JSONReader.parse(Array(text.utf8)))]))
            return try json.featureNames(of: features)
        } catch {
            let place = error.pointer.isEmpty ? "/feature_names" : error.pointer
            throw ModelFileError("metadata \(place): \(error.detail)")
        }
    }

    private static func scaler(_ header: SafeTensorsHeader, features: Int) throws(ModelFileError) -> Scaler {
        let scaler = try document(header, "scaling", tensors: ["offset", "scale"]) {
            (json) throws(JSONError) in
            let isScaled = json.has("offset") || json.has("scale")
            let scaling: Scaling = try json.choice("scaling", default: isScaled ? .standard : .none)
            let offset = try json.floats("offset") ?? [Float](repeating: 0, count: features)
            let scale = try json.floats("scale") ?? [Float](repeating: 1, count: features)
            guard scaling != .none || offset.allSatisfy({ $0 == 0 }) && scale.allSatisfy({ $0 == 1 }) else {
                throw json.error("scaling", "is none, but there are an offset and a scale")
            }
            for (name, values) in [("offset", offset), ("scale", scale)] where values.count != features {
                throw json.error(name, "has \(values.count) numbers for \(features) features")
            }
            guard scale.allSatisfy({ $0 > 0 }) else { throw json.error("scale", "must be greater than 0") }
            return Scaler(scaling: scaling, offset: offset, scale: scale)
        }
        return scaler ?? .identity(features: features)
    }

    private static func training(
        _ header: SafeTensorsHeader
    ) throws(ModelFileError) -> ModelDescription.Training {
        let names: Set<String> = ["loss", "val_loss", "learning_rate"]
        var training =
            try document(header, "history", tensors: names) { (json) throws(JSONError) in
                try json.history()
            } ?? ModelDescription.Training()
        training.options = try document(header, "training") { (json) throws(JSONError) in
            try json.trainingOptions()
        }
        return training
    }

    private static func createdAt(_ header: SafeTensorsHeader) throws(ModelFileError) -> String {
        guard let text = header["created_at"] else { return Software.now }
        guard Software.isTime(text) else {
            throw ModelFileError(
                "metadata 'created_at' is \(Quote.text(text)); it must be a time as in RFC 3339, such as 2026-01-31T12:00:00Z"
            )
        }
        return text
    }

    private static func data(_ header: SafeTensorsHeader) throws(ModelFileError) -> DataFingerprint? {
        try document(header, "data") { (json) throws(JSONError) in
            DataFingerprint(
                windows: try json.requiredInt("windows", in: 1...Int.max),
                sha256: try json.requiredString("sha256"))
        }
    }
}

extension JSONWriter {
    fileprivate mutating func history(of training: ModelDescription.Training) {
        member("loss", training.history.map { Float($0.loss) }[...])
        let validation = training.history.compactMap(\.validationLoss)
        if !validation.isEmpty { member("val_loss", validation.map { Float($0) }[...]) }
        let rates = training.history.map(\.learningRate)
        if rates.allSatisfy(\.isFinite) { member("learning_rate", rates[...]) }
        member("epoch", training.epoch)
        member("seconds", training.seconds)
        if let version = training.warmStart { member("warm_start", version) }
    }
}

extension FieldReader {
    /// An array of numbers, none of which is missing.
    mutating func floats(_ name: String) throws(JSONError) -> [Float]? {
        guard let tensor = try tensor(name, rank: 1...1) else { return nil }
        guard tensor.missing.isEmpty else { throw error(name, "has a null in it") }
        return tensor.values
    }

    fileprivate mutating func history() throws(JSONError) -> ModelDescription.Training {
        let losses = try floats("loss") ?? []
        let validation = try floats("val_loss")
        let rates = try floats("learning_rate")
        for (name, values) in [("val_loss", validation), ("learning_rate", rates)] {
            if let values, values.count != losses.count {
                throw error(name, "has \(values.count) numbers for the \(losses.count) of \"loss\"")
            }
        }
        var training = ModelDescription.Training()
        training.history = losses.indices.map { index in
            EpochReport(
                epoch: index + 1, loss: Double(losses[index]),
                validationLoss: validation.map { Double($0[index]) },
                learningRate: rates?[index] ?? .nan)
        }
        training.epoch = try int("epoch", in: 0...losses.count, default: losses.count)
        training.seconds = try double("seconds", in: 0...1e12, default: 0)
        training.warmStart = try int("warm_start", in: 1...Int.max)
        return training
    }
}
