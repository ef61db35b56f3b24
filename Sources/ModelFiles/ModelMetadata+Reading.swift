import JSON
import ModelFormats
import NeuralNetwork
import TimeSeries

extension ModelMetadata {
    /// Reads the description of a model.
    /// - Throws: ``ModelFileError`` if the metadata are incomplete or do not describe a model.
    static func description(_ header: SafeTensorsHeader) throws(ModelFileError) -> ModelDescription {
        let timesteps = try size(header, "timesteps")
        let features = try size(header, "features")
        let architecture = try document(header, "architecture") { (json) throws(JSONError) in
            try json.architecture()
        }
        guard let architecture else {
            throw ModelFileError(
                "the metadata have no 'architecture', such as "
                    + "{\"architecture\":\"autoencoder\",\"units\":[64,32]}"
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
                "metadata '\(name)' is \(Quote.text(text)); it must be an integer from 1 to \(1 << 20), "
                    + "in digits"
            )
        }
        return number
    }

    /// Reads a JSON document of the metadata.
    /// - Returns: nil if the metadata have no such name.
    /// - Throws: ``ModelFileError`` if `read` throws or the document has members that `read` does not ask
    ///   for.
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
                throw json.error("scaling", "is none, which allows no offset and no scale")
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
        guard Software.isTimestamp(text) else {
            throw ModelFileError(
                "metadata 'created_at' is \(Quote.text(text)); it must be a time as in RFC 3339, such as "
                    + "2026-01-31T12:00:00Z"
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
