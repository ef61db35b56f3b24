import ModelFormats
import TimeSeries

/// A ``TimeSeries/Scaler`` as ONNX operators.
///
/// With float32 windows, an offset is the sum of two float32 numbers. Subtracting the one and then the other
/// has the precision of a double offset, and needs no operator of float64. That is enough for a network. The
/// residuals of a projection can be so much smaller than the windows that the last bit of these counts, so
/// windows for a detector without a network are scaled with doubles, as in the server.
struct ONNXScaling {
    /// The type of windows in the units of the data.
    let type: ONNXGraph.ElementType
    /// The type that windows are scaled with.
    private let arithmetic: ONNXGraph.ElementType
    /// nil for data that are not scaled.
    private let parameters: Parameters?

    private struct Parameters {
        /// The offset, `[F]`, as parts to subtract one after the other.
        let offsets: [ONNXGraph.Value]
        /// `[F]`.
        let scale: ONNXGraph.Value
    }

    /// Adds the constants of a scaler to a graph.
    /// - Parameter isExact: whether scaled windows are those of the server to the last bit.
    init(_ scaler: Scaler, isExact: Bool, in graph: inout ONNXGraph) {
        type = scaler.needsDoublePrecision ? .double : .float
        guard scaler.scaling != .none else {
            arithmetic = type
            parameters = nil
            return
        }
        let arithmetic = isExact ? .double : type
        self.arithmetic = arithmetic
        let floats = scaler.offset.map { Float($0) }
        let parts =
            arithmetic == .double
            ? [scaler.offset]
            : [floats.map { Double($0) }, zip(scaler.offset, floats).map { $0 - Double($1) }]
        parameters = Parameters(
            offsets: parts.enumerated().map { index, part in
                graph.vector(index == 0 ? "scaling/offset" : "scaling/offset_rest", part, arithmetic)
            },
            scale: graph.vector("scaling/scale", scaler.scale, arithmetic))
    }

    /// Windows in scaled units, as float32, limited as ``TimeSeries/Scaler/transform(_:)`` limits them.
    func scaled(_ windows: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        var scaled = arithmetic == type ? windows : graph.cast("scaling/double", windows, to: arithmetic)
        if let parameters {
            for (index, offset) in parameters.offsets.enumerated() {
                scaled = graph.node("scaling/centred_\(index)", "Sub", [scaled, offset])
            }
            scaled = graph.node("scaling/scaled", "Div", [scaled, parameters.scale])
        }
        scaled = graph.limited("scaling/limited", scaled, to: Double(Scaler.maxScaledValue), arithmetic)
        return arithmetic == .double ? graph.cast("scaling/float", scaled, to: .float) : scaled
    }

    /// Windows in the units of the data from float32 ones in scaled units.
    func unscaled(_ scaled: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        guard let parameters else { return scaled }
        let wide = arithmetic == .double ? graph.cast("unscaling/double", scaled, to: .double) : scaled
        var windows = graph.node("unscaling/centred", "Mul", [wide, parameters.scale])
        for (index, offset) in parameters.offsets.enumerated().reversed() {
            windows = graph.node("unscaling/unscaled_\(index)", "Add", [windows, offset])
        }
        let largest = type == .double ? Double.greatestFiniteMagnitude : Double(Float.greatestFiniteMagnitude)
        windows = graph.limited("unscaling/limited", windows, to: largest, arithmetic)
        return arithmetic == type ? windows : graph.cast("unscaling/float", windows, to: type)
    }
}
