import Diagrams
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// POST /layers: the outputs of each layer for given windows.
struct LayerRoutes: RouteGroup {
    private let models: ModelLookup
    private let limits: RuntimeLimits
    private let inferences: InferenceMetrics

    init(_ core: ServingCore) {
        models = core.models
        limits = core.limits
        inferences = core.inferences
    }

    var routes: [Route] {
        [
            Route(
                .post, "/layers", scope: .infer, accepts: .data, produces: [.json, .svg],
                .onQueue { (call) throws(Problem) in try layers(call) })
        ]
    }

    private func layers(_ call: Call) throws(Problem) -> Response {
        var request = try DataRequest(call)
        let reference = try request.modelReference(for: call)
        let entry = try models.entry(reference.model, reference.version)
        try entry.trained.description.requireNetwork(entry.name, for: "layers")
        let isHeatMap = call.mediaType == .svg
        let (windows, window, data) = try request.windows(for: entry, isSingle: isHeatMap, limits)
        let outputs = inferences.measure(entry, windows: windows.count, for: call) {
            LayerOutputs(of: entry.trained.scale(windows), by: entry.trained.model)
        }
        if isHeatMap { return .svg(HeatMap(outputs, model: entry.name, window: window).document) }
        return .json(reserving: 12 * outputs.layers.reduce(outputs.inputs.count) { $0 + $1.count } + 256) {
            json in
            json.member("model", entry.name)
            json.member("version", entry.version)
            if let names = entry.trained.description.featureNames { json.member("feature_names", names) }
            json.members(of: outputs)
            let warnings = data.warnings(by: entry.trained, for: windows)
            if !warnings.isEmpty { json.member("warnings", warnings) }
        }
    }
}

extension DataRequest {
    /// Reads the windows: the one that `window` selects, or all.
    /// - Parameter isSingle: whether the default is the first window instead of all.
    /// - Returns: the windows, the index of the first one in the request, and all data.
    fileprivate mutating func windows(
        for entry: ModelRegistry.Entry, isSingle: Bool, _ limits: RuntimeLimits
    ) throws(Problem) -> (Windows<Double>, first: Int, RequestData) {
        let selected = try read { (options) throws(JSONError) in
            try options.int("window", in: 0...Int(Int32.max))
        }
        let data = try data(for: entry.trained.description)
        let all = data.windows
        try rejectUnknown()
        if let selected, selected >= all.count {
            throw Problem(options.error("window", "is \(selected); it must be from 0 to \(all.count - 1)"))
        }
        let first = selected ?? 0
        let windows = selected != nil || isSingle ? all[first..<(first + 1)] : all
        let network = entry.trained.model.network
        // The outputs of a small window may have billions of values.
        let values = windows.count.multipliedReportingOverflow(by: LayerOutputs.values(ofWindow: network))
        try limits.checkResponse(of: values.overflow ? .max : values.partialValue, windows, network)
        return (windows, first, data)
    }
}

extension Response {
    /// 200 with an SVG document. Its Content-Security-Policy allows inline styles only.
    static func svg(_ document: String) -> Response {
        Response(
            status: .ok,
            fields: [
                (name: "Content-Type", value: MediaType.svg.rawValue),
                (name: "Content-Security-Policy", value: "default-src 'none'; style-src 'unsafe-inline'"),
            ],
            body: .bytes(Array(document.utf8)))
    }
}

extension JSONWriter {
    /// The inputs and the outputs of every layer, as members of the current object.
    fileprivate mutating func members(of outputs: LayerOutputs) {
        let count = outputs.count
        tensor("inputs", outputs.inputs[...], shape: [count] + outputs.network.inputShape.dimensions)
        array("layers", of: zip(outputs.network.entries, outputs.layers)) { json, layer in
            let (entry, outputs) = layer
            json.object { json in
                json.identity(of: entry)
                json.tensor("outputs", outputs[...], shape: [count] + entry.outputShape.dimensions)
            }
        }
    }

    /// The name, type and output shape of a layer, as members of the current object.
    mutating func identity(of entry: Sequential.Entry) {
        member("name", entry.name)
        member("type", entry.layer.type)
        array("output_shape") { json in
            json.null()
            for size in entry.outputShape.dimensions { json.value(size) }
        }
    }
}
