import Detection
import JSON

/// Threshold and errors in the metadata of a model's file (see ``ModelMetadata``).
///
/// An ``ErrorDistribution`` has `count`, `ranked`, `mean` and `deviation` of the calibration errors;
/// `independent`, the number of windows that they are worth; `fitted`, `count`, `independent` and `ranked` of
/// windows that the weights were fitted to; and `floor`. Files of older servers lack the last three: their
/// thresholds are those that they were written with.
enum DetectorMetadata {
    // MARK: Writing

    static func strings(of model: ModelDescription) -> [(name: String, value: String)] {
        var strings: [(name: String, value: String)] = []
        if let threshold = model.threshold {
            strings.append(
                ModelMetadata.document("threshold") { json in
                    json.member("value", threshold.value)
                    json.member("source", threshold.source?.rawValue)
                    switch threshold.rule {
                    case .quantile(let q): json.member("quantile", q)
                    case .sigmas(let k): json.member("sigmas", k)
                    case .value, nil: break
                    }
                    if let calibration = model.calibration {
                        json.object("calibration") { json in
                            json.members(of: calibration)
                            if !calibration.warnings.isEmpty { json.member("warnings", calibration.warnings) }
                        }
                    }
                })
        }
        if let errors = model.errors {
            strings.append(
                ModelMetadata.document("errors") { json in
                    json.member("kind", model.errorKind.rawValue)
                    json.members(of: errors)
                })
        }
        if let rows = model.rowErrors {
            strings.append(
                ModelMetadata.document("row_errors") { json in
                    json.member("smoothing", rows.smoothing)
                    json.members(of: rows.errors)
                })
        }
        if let baselines = model.baselineErrors {
            strings.append(
                ModelMetadata.document("baseline_errors") { json in
                    json.object("z_score") { $0.members(of: baselines.zScore) }
                    json.object("pca") { $0.members(of: baselines.pca) }
                })
        }
        if let feedback = model.feedback {
            strings.append(
                ModelMetadata.document("feedback") { json in
                    json.members(of: feedback)
                    if !feedback.joined.digests.isEmpty { json.member("joined", feedback.joined.text) }
                    if !feedback.warnings.isEmpty { json.member("warnings", feedback.warnings) }
                })
        }
        return strings
    }

    // MARK: Reading

    static func threshold(
        _ reader: inout MetadataReader
    ) throws(ModelFileError) -> (threshold: Threshold?, calibration: Calibration?) {
        let found = try reader.document("threshold") { (json) throws(JSONError) in
            guard let value = try json.double("value", in: 0...Double(Float.greatestFiniteMagnitude)) else {
                throw json.missing("value", "an error")
            }
            let quantile = try json.double("quantile", in: 0...1)
            let sigmas = try json.double("sigmas")
            let threshold = Threshold(
                value: Float(value), source: try json.choice("source"),
                rule: quantile.map { .quantile($0) } ?? sigmas.map { .sigmas($0) })
            return (threshold, try json.calibration())
        }
        return found.map { ($0, $1) } ?? (nil, nil)
    }

    static func errors(
        _ reader: inout MetadataReader
    ) throws(ModelFileError) -> (kind: ErrorKind, errors: ErrorDistribution?) {
        let found = try reader.document("errors", tensors: ["ranked", "fitted/ranked"]) {
            (json) throws(JSONError) in
            let kind: ErrorKind = try json.choice("kind", default: .mse)
            return (kind, try json.errorDistribution())
        }
        return found.map { ($0, $1) } ?? (.mse, nil)
    }

    static func rowErrors(_ reader: inout MetadataReader) throws(ModelFileError) -> RowErrors? {
        try reader.document("row_errors", tensors: ["ranked"]) { (json) throws(JSONError) in
            RowErrors(
                smoothing: try json.requiredInt("smoothing", in: 1...Int(Int32.max)),
                errors: try json.errorDistribution())
        }
    }

    static func baselineErrors(_ reader: inout MetadataReader) throws(ModelFileError) -> BaselineErrors? {
        let names = ["z_score", "pca"]
        let tensors = Set(names.flatMap { ["\($0)/ranked", "\($0)/fitted/ranked"] })
        return try reader.document("baseline_errors", tensors: tensors) {
            (json) throws(JSONError) in
            var found: [ErrorDistribution] = []
            for name in names {
                guard var errors = try json.object(name) else {
                    throw json.missing(name, "an object with count and ranked")
                }
                found.append(try errors.errorDistribution())
                try errors.rejectUnknown()
            }
            return BaselineErrors(zScore: found[0], pca: found[1])
        }
    }
}

extension JSONWriter {
    fileprivate mutating func members(of errors: ErrorDistribution) {
        members(of: errors.calibration)
        member("mean", errors.mean)
        member("deviation", errors.standardDeviation)
        if let fitted = errors.fitted { object("fitted") { $0.members(of: fitted) } }
        if errors.floor > 0 { member("floor", errors.floor) }
    }

    private mutating func members(of sample: ErrorSample) {
        member("count", sample.count)
        if let independent = sample.independent { member("independent", independent) }
        member("ranked", sample.ranked[...])
    }
}

extension FieldReader {
    fileprivate mutating func errorDistribution() throws(JSONError) -> ErrorDistribution {
        let calibration = try errorSample()
        let (mean, deviation) = (try double("mean"), try double("deviation"))
        var fitted: ErrorSample?
        if var part = try object("fitted") {
            fitted = try part.errorSample()
            try part.rejectUnknown()
        }
        let floor = try double("floor", in: 0...Double(Float.greatestFiniteMagnitude)) ?? 0
        return ErrorDistribution(
            calibration, mean: mean, standardDeviation: deviation, fitted: fitted, floor: Float(floor))
    }

    private mutating func errorSample() throws(JSONError) -> ErrorSample {
        let count = try requiredInt("count", in: 1...Int.max)
        let independent = try int("independent", in: 1...count)
        guard
            let sample = ErrorSample(
                count: count, independent: independent, ranked: try floats("ranked") ?? [])
        else { throw error("ranked", "must be errors in ascending order, at most \(count)") }
        return sample
    }
}
