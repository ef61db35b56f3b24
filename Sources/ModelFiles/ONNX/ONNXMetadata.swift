import Detection
import TimeSeries

/// The metadata of an ONNX file (`metadata_props`): those of the model's safetensors file that apply to the
/// graph, under the same names and with the same values (``ModelMetadata``), and
///
/// | Name | Holds |
/// |---|---|
/// | `input_type` | `float32` or `float64`: the type of `windows` and `reconstruction` |
/// | `error_kind` | the kind of the output `error`, such as `mahalanobis` |
/// | `error_units` | `scaled`: the units of the residuals that `error` is computed from |
///
/// The windows are what the network gets before scaling: resampled rows, and differences of the features that
/// `preparation` names as such.
enum ONNXMetadata {
    /// The entries that files of both formats have.
    private static let shared: Set<String> = [
        "software", "created_at", "timesteps", "features", "architecture", "scaling", "feature_names",
        "preparation", "threshold", "errors",
    ]

    static func strings(of model: ModelDescription) -> [(name: String, value: String)] {
        [
            ("input_type", model.scaler.needsDoublePrecision ? "float64" : "float32"),
            ("error_kind", model.errorKind.rawValue), ("error_units", "scaled"),
        ] + ModelMetadata.strings(of: model).filter { shared.contains($0.name) }
    }
}
