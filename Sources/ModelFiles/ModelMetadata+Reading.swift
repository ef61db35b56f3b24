import DataFormats
import JSON
import NeuralNetwork
import TimeSeries

extension ModelMetadata {
    /// Reads the description of a model.
    /// - Throws: ``ModelFileError`` if the metadata are incomplete or do not describe a model.
    static func description(_ reader: inout MetadataReader) throws(ModelFileError) -> ModelDescription {
        let timesteps = try size(reader, "timesteps")
        let features = try size(reader, "features")
        let architecture = try reader.document("architecture") { (json) throws(JSONError) in
            try json.detector()
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
        let (errorKind, errors) = try DetectorMetadata.errors(&reader)
        let names = try featureNames(reader, features: features)
        let (threshold, calibration) = try DetectorMetadata.threshold(&reader)
        let (data, warnings) = try data(&reader)
        var training = try training(&reader)
        training.warnings = warnings
        return ModelDescription(
            architecture: architecture, network: network, featureNames: names,
            columns: try columns(reader, features: names),
            preparation: try reader.document("preparation") { (json) throws(JSONError) in
                try json.preparation(features: features)
            } ?? Preparation(),
            scaler: try scaler(&reader, features: features),
            training: training, errorKind: errorKind,
            threshold: threshold, errors: errors, rowErrors: try DetectorMetadata.rowErrors(&reader),
            baselineErrors: try DetectorMetadata.baselineErrors(&reader), calibration: calibration,
            feedback: try reader.document("feedback") { (json) throws(JSONError) in try json.feedback() },
            origin: ModelDescription.Origin(
                createdAt: try createdAt(reader), software: reader["software"] ?? "unknown",
                data: data, request: reader["request"]), note: reader["note"],
            unknown: reader.unknown)
    }

    private static func size(_ reader: MetadataReader, _ name: String) throws(ModelFileError) -> Int {
        guard let text = reader[name] else {
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

    private static func featureNames(
        _ reader: MetadataReader, features: Int
    ) throws(ModelFileError) -> [String]? {
        guard let text = reader["feature_names"] else { return nil }
        do throws(JSONError) {
            var json = FieldReader(
                JSONObject(uniqueMembers: [("feature_names", try JSONReader.parse(Array(text.utf8)))]))
            return try json.featureNames(of: features)
        } catch {
            let place = error.pointer.flatMap { $0.isEmpty ? nil : $0 } ?? "/feature_names"
            throw ModelFileError("metadata \(place): \(error.detail)")
        }
    }

    private static func columns(
        _ reader: MetadataReader, features: [String]?
    ) throws(ModelFileError) -> [TableColumn]? {
        guard let text = reader["columns"], let features else { return nil }
        do throws(JSONError) {
            return try TableColumn.columns(try JSONReader.parse(Array(text.utf8)), features: features)
        } catch {
            throw ModelFileError(
                "metadata \(error.pointer.flatMap { $0.isEmpty ? nil : $0 } ?? "/columns"): \(error.detail)")
        }
    }

    private static func scaler(_ reader: inout MetadataReader, features: Int) throws(ModelFileError) -> Scaler
    {
        let scaler = try reader.document("scaling", tensors: ["offset", "scale"]) {
            (json) throws(JSONError) in
            let isScaled = json.has("offset") || json.has("scale")
            let scaling: Scaling = try json.choice("scaling", default: isScaled ? .standard : .none)
            let offset = try json.doubles("offset") ?? [Double](repeating: 0, count: features)
            let scale = try json.doubles("scale") ?? [Double](repeating: 1, count: features)
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
        _ reader: inout MetadataReader
    ) throws(ModelFileError) -> ModelDescription.Training {
        let names: Set<String> = ["loss", "val_loss", "learning_rate"]
        var training =
            try reader.document("history", tensors: names) { (json) throws(JSONError) in
                try json.history()
            } ?? ModelDescription.Training()
        training.options = try reader.document("training") { (json) throws(JSONError) in
            try json.trainingOptions()
        }
        return training
    }

    private static func createdAt(_ reader: MetadataReader) throws(ModelFileError) -> String {
        guard let text = reader["created_at"] else { return Software.now }
        guard Software.isTimestamp(text) else {
            throw ModelFileError(
                "metadata 'created_at' is \(Quote.text(text)); it must be a time as in RFC 3339, such as "
                    + "2026-01-31T12:00:00Z"
            )
        }
        return text
    }

    private static func data(
        _ reader: inout MetadataReader
    ) throws(ModelFileError) -> (DataFingerprint?, [Warning]) {
        let found = try reader.document("data") { (json) throws(JSONError) in
            let data = DataFingerprint(
                windows: try json.requiredInt("windows", in: 1...Int.max),
                sha256: try json.requiredString("sha256"))
            return (data, try json.warnings("warnings"))
        }
        return found.map { ($0, $1) } ?? (nil, [])
    }
}
