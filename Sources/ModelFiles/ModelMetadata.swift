import Detection
import JSON
import NeuralNetwork
import TimeSeries

/// The `__metadata__` of a model's file, whose values are strings.
///
/// | Name | Holds |
/// |---|---|
/// | `sha256`, `data_sha256` | the checksums (``ModelFile``) |
/// | `requires` | JSON: what a reader must understand, an array of names (``MetadataReader``) |
/// | `timesteps`, `features` | T and F; required |
/// | `architecture` | JSON: `architecture`, `units`, …, as POST /train takes them; or `detector`; required |
/// | `scaling` | JSON: `scaling`, `offset` and `scale` `[F]`; without it the data are not scaled |
/// | `feature_names` | JSON: the names of the features, `[F]` unique strings |
/// | `columns` | JSON: name and role of each column of the training data, for data with names |
/// | `preparation` | JSON: `interval`, `aggregate`, `max_gap`, `row_interval`, `difference` |
/// | `threshold` | JSON: `value`, in units of the error, `source`, the rule: `quantile` or `sigmas`, and
/// `calibration` if it was learned after the training |
/// | `errors` | JSON: `kind`; what thresholds are computed from (DetectorMetadata.swift) |
/// | `row_errors` | JSON: `smoothing`, in rows; the errors of the calibration rows, as `errors` has them |
/// | `baseline_errors` | JSON: `z_score`, `pca`: the errors of each, as `errors` has them |
/// | `feedback` | JSON: `version`, `at`, numbers of windows, digests of those that `joined`, `warnings` |
/// | `detector` | JSON: the error measure and the baselines (Detector+JSON.swift) |
/// | `training` | JSON: `epochs`, `batch_size`, …, as POST /train takes them |
/// | `history` | JSON: `loss`, `val_loss`, `learning_rate` of each epoch; `epoch`; `seconds`; `warm_start` |
/// | `data` | JSON: `windows`, `sha256`, `warnings` of the training |
/// | `created_at`, `software` | RFC 3339; name and version |
/// | `request` | the fingerprint of the request that has made the version, if it had an Idempotency-Key |
/// | `note` | JSON that the client of the training stores with the model; it is not interpreted here |
///
/// A release that adds to this may do it in three ways. An entry or member that other releases may ignore,
/// and that stays true when the model is stored again or trained further, needs nothing: it is kept
/// (``UnknownMetadata``). Everything else that a reader must understand gets a name in
/// ``MetadataReader/features``, which files that have it list in `requires`. A new value of a known member,
/// such as a new scaling, is never ignored.
enum ModelMetadata {
    /// The names in the table.
    static let names: Set<String> = [
        "sha256", "data_sha256", "requires", "timesteps", "features", "architecture", "scaling",
        "feature_names", "columns", "preparation", "threshold", "errors", "row_errors", "baseline_errors",
        "feedback", "detector", "training", "history", "data", "created_at", "software", "request", "note",
    ]

    /// Returns the metadata that describe a model, in the order of the file, without the detector.
    static func strings(of model: ModelDescription) -> [(name: String, value: String)] {
        var strings: [(name: String, value: String)] = [
            ("requires", requirements(of: model)), ("software", model.origin.software),
            ("created_at", model.origin.createdAt),
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
        if let columns = model.columns {
            var json = JSONWriter()
            json.columns(columns)
            strings.append(("columns", String(decoding: json.bytes, as: UTF8.self)))
        }
        if model.preparation != Preparation() {
            strings.append(document("preparation") { $0.members(of: model.preparation) })
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
                    if !model.training.warnings.isEmpty {
                        json.member("warnings", model.training.warnings)
                    }
                })
        }
        if let request = model.origin.request { strings.append(("request", request)) }
        if let note = model.note { strings.append(("note", note)) }
        return strings
    }

    /// What a reader must understand, as a JSON array of names of ``MetadataReader/features``.
    private static func requirements(of model: ModelDescription) -> String {
        var names: [String] = []
        switch model.errorKind {
        case .mse, .mae: break
        case .mahalanobis: names.append("subtracted")
        case .levelSpread: names += ["level_spread", "subtracted"]
        }
        if model.scaler.scaling == .robust { names.append("robust") }
        if model.architecture.baseline != nil { names.append("baseline") }
        if model.preparation.differences != nil { names.append("difference") }
        if model.preparation.resampling != nil { names.append("resampling") }
        var json = JSONWriter()
        json.array { json in for name in names { json.value(name) } }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Returns a JSON object under a name, as one entry of the metadata.
    static func document(
        _ name: String, _ members: (inout JSONWriter) -> Void
    ) -> (name: String, value: String) {
        var json = JSONWriter()
        json.object(members)
        return (name, String(decoding: json.bytes, as: UTF8.self))
    }
}
