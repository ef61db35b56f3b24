import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import ServingAPI
import TimeSeries

/// A request for inference.
struct InferenceRequest {
    /// An output and the format in which it is sent.
    struct Output {
        let output: InferenceOutput
        /// Whether the values are bytes after the JSON instead of numbers in it.
        let isBinary: Bool
    }

    /// The ID that the response returns.
    let id: String?
    let entry: ModelRegistry.Entry
    /// `[N][T][F]` in the data's units.
    let windows: Windows<Double>
    /// The outputs in the order of the request.
    let outputs: [Output]

    /// Reads and checks the whole body.
    /// - Throws: 400 or 422 for an invalid body, 404 for an unknown version.
    init(_ call: Call, _ models: ModelLookup, _ limits: RuntimeLimits) throws(Problem) {
        let entry = try models.entry(call.model(), call.version())
        self.entry = entry
        guard entry.trained.description.preparation.differences == nil else {
            throw .differencesOfWindows(entry.trained.description, at: nil)
        }
        let body = try InferenceBody(call.request)
        var members = body.members
        (id, windows, outputs) = try members.read { (members) throws(JSONError) in
            let id = try members.string("id")
            if let name = try members.string("model_name"), name != entry.name {
                throw members.error(
                    "model_name", "is \(Quote.text(name)), but the path names \(Quote.text(entry.name))")
            }
            var parameters = try members.object("parameters")
            let isBinary = try parameters?.bool("binary_data_output") ?? false
            let outputs = try members.outputs(of: entry.trained.description, isBinary: isBinary)
            guard var inputs = try members.objects("inputs", count: 1...1) else {
                throw members.missing(
                    "inputs", "an array with one tensor, \(Quote.text(InferenceOutput.input))")
            }
            let windows = try inputs[0].windows(for: entry.trained.description, body.tensors)
            try members.rejectUnknown()
            return (id, windows, outputs)
        }
        let size = outputs.reduce(0) { sum, requested in
            sum + (requested.output.shape(of: entry.trained.description)?.reduce(1, *) ?? 0)
        }
        try limits.checkResponse(of: windows.count * size, windows, entry.trained.model.network)
    }
}

extension FieldReader {
    /// Reads `outputs`; without them, all outputs of the model.
    fileprivate mutating func outputs(
        of model: ModelDescription, isBinary: Bool
    ) throws(JSONError) -> [InferenceRequest.Output] {
        let all = InferenceOutput.all(of: model)
        guard let requested = try objects("outputs"), !requested.isEmpty else {
            return all.map { InferenceRequest.Output(output: $0, isBinary: isBinary) }
        }
        var outputs: [InferenceRequest.Output] = []
        for var members in requested {
            let name = try members.requiredString("name")
            guard let output = all.first(where: { $0.rawValue == name }) else {
                throw members.error(
                    "name",
                    "is \(Quote.text(name)), which is not an output of this model; its outputs are "
                        + all.map { Quote.text($0.rawValue) }.joined(separator: ", "))
            }
            guard !outputs.contains(where: { $0.output == output }) else {
                throw members.error(
                    "name", "is \(Quote.text(name)), which occurs twice; request each output once")
            }
            // Ignore parameters of extensions of other servers, unless they change the content of the
            // response.
            var parameters = try members.object("parameters")
            try parameters?.rejectExtensions("classification", "shared_memory_region")
            outputs.append(
                InferenceRequest.Output(
                    output: output, isBinary: try parameters?.bool("binary_data") ?? isBinary))
            try members.rejectUnknown()
        }
        return outputs
    }

    /// Reads an input tensor.
    /// - Parameter tensors: the bytes after the JSON.
    /// - Returns: `[N][T][F]` in the data's units.
    fileprivate mutating func windows(
        for model: ModelDescription, _ tensors: ArraySlice<UInt8>
    ) throws(JSONError) -> Windows<Double> {
        let name = try requiredString("name")
        guard name == InferenceOutput.input else {
            throw error(
                "name", "is \(Quote.text(name)); the only input is \(Quote.text(InferenceOutput.input))")
        }
        guard let datatype: InferenceDatatype = try choice("datatype") else {
            throw missing("datatype", InferenceOutput.inputDatatype(for: model).rawValue)
        }
        let size = model.inputShape.dimensions
        guard let shape = try ints("shape", in: 0...Int.max) else {
            throw missing("shape", "[N, \(size[0]), \(size[1])]")
        }
        guard shape.count == 3, shape[0] > 0, Array(shape[1...]) == size else {
            throw error("shape", "is \(shape); it must be [N, \(size[0]), \(size[1])] with N at least 1")
        }
        let (count, isOverflow) = shape[0].multipliedReportingOverflow(by: size[0] * size[1])
        let (byteCount, isTooLong) = count.multipliedReportingOverflow(by: datatype.byteCount)
        guard !isOverflow, !isTooLong else {
            throw error("shape", "is \(shape), which is too large for a request")
        }

        var parameters = try object("parameters")
        try parameters?.rejectExtensions("shared_memory_region")
        let values: [Double]
        if let binarySize = try parameters?.int("binary_data_size", in: 0...Int.max) {
            guard !has("data") else {
                throw error("data", "and \"binary_data_size\" are both present; send one of them")
            }
            guard binarySize == byteCount, tensors.count == byteCount else {
                throw error(
                    "parameters",
                    "has a binary_data_size of \(binarySize), and \(tensors.count) bytes follow the "
                        + "JSON; both must be \(byteCount) for the shape \(shape) of \(datatype.rawValue)")
            }
            values = datatype.values(tensors)
        } else {
            guard tensors.isEmpty else {
                throw error(
                    "data", "is in the JSON, but \(tensors.count) bytes follow the JSON; send one of them")
            }
            guard let tensor = try tensor("data") else {
                throw missing("data", "the numbers, flat or nested")
            }
            guard tensor.shape == shape || tensor.shape == [count] else {
                throw error(
                    "data",
                    "has the shape \(tensor.shape); it must be \(shape), or \([count]) if it is flat")
            }
            values = tensor.values
        }
        try rejectUnknown()
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            let (window, offset) = index.quotientAndRemainder(dividingBy: size[0] * size[1])
            throw error(
                "data",
                "is not a finite number at window \(window), timestep \(offset / size[1]), feature "
                    + "\(offset % size[1])"
            )
        }
        do throws(DataError) {
            return try Windows(values: values, timesteps: size[0], features: size[1])
        } catch {
            throw self.error("data", "cannot be used: \(error)")
        }
    }

    /// Refuses parameters of unsupported extensions that would change the content of the response.
    fileprivate mutating func rejectExtensions(_ names: String...) throws(JSONError) {
        for name in names where has(name) {
            throw error(
                name,
                "belongs to an extension that this server does not support; GET /v2 lists the supported ones"
            )
        }
    }
}
