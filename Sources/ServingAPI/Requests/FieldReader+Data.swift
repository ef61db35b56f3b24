import HTTP1
import JSON
import ModelFiles
import NeuralNetwork
import TimeSeries

/// The method that cuts a series into windows.
enum Windowing: String, CaseIterable {
    /// T consecutive rows, starting every `stride` rows.
    case sliding
    /// The function `temporalize` of "Step-by-step understanding LSTM Autoencoder layers".
    case temporalize
}

extension FieldReader {
    /// The members whose values are parsed into arrays of floats.
    private static let tensors: Set<String> = ["windows", "series", "recordings/*", "labels", "exclude"]

    /// Reads a JSON body.
    /// - Parameter content: the content that the route accepts, for the error of another media type.
    /// - Throws: 400 for malformed JSON, 415 for a body that is declared a form and is not JSON either.
    package init(json call: Call, accepting content: Route.Content = .json) throws(Problem) {
        let body = call.request.body
        do throws(JSONError) {
            try self.init(JSONReader.parse(body, tensors: Self.tensors))
        } catch {
            let space = " \t\r\n".utf8
            let first = body.first { !space.contains($0) }
            let looksLikeJSON = first == nil || first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            if error.kind == .malformed, case .form = call.bodyFormat, !looksLikeJSON {
                let accepted = content.mediaTypes.map(\.rawValue)
                throw .unsupportedMediaType(
                    "the Content-Type declares a form, which is curl's default, and the body is not "
                        + "JSON: \(error.detail); send Content-Type: \(accepted.joined(separator: " or "))",
                    accepted: accepted)
            }
            throw Problem(error)
        }
    }

    /// Reads a body with data: JSON, CSV or a NumPy array.
    /// - Parameter flag: the member that flags rows, which for CSV names a column; nil for a path without
    ///   one.
    init(data call: Call, flag: String? = nil) throws(Problem) {
        switch call.bodyFormat {
        case .csv: try self.init(csv: call.request, flag: flag)
        case .npy: try self.init(npy: call.request, flag: flag)
        case .json, .form, .file: try self.init(json: call, accepting: .data)
        }
    }

    /// Reads members, and converts their errors to problems.
    package mutating func read<Value>(
        _ members: (inout FieldReader) throws(JSONError) -> Value
    ) throws(Problem) -> Value {
        do throws(JSONError) {
            return try members(&self)
        } catch {
            throw Problem(error)
        }
    }

    /// Whether the data are rows rather than windows.
    var hasRows: Bool {
        mutating get { has("series") || has("recordings") }
    }

    /// Reads the data of a request: `windows` `[N][T][F]` unchanged, or `series` `[rows][F]` or several in
    /// `recordings`, cut into windows.
    /// - Parameters:
    ///   - model: the model whose T and F the data must have; if nil, `timesteps` is T and the data define F.
    ///   - rowsOnly: whether windows are refused.
    mutating func data(
        for model: ModelDescription? = nil, rowsOnly: Bool = false
    ) throws(JSONError) -> RequestData {
        let shape = model?.inputShape
        let requiredTimesteps = try timesteps(shape?.timesteps)
        let stride = try int("stride", in: 1...Int(Int32.max))
        let windowing: Windowing? = try choice("windowing")
        let missing: MissingValuePolicy = try choice("missing", default: .error)
        let source = try source(rowsOnly: rowsOnly)
        let features = source.series.features
        let names = try featureNames(of: features)
        let order = try order(of: names, for: model)
        try check(source.name, axis: "features (F)", features, shape?.features)
        let timestamps = try timestamps(rows: source.series.rows)
        if let timesteps = source.timesteps {
            guard stride == nil, windowing == nil, timestamps == nil else {
                throw error(
                    stride != nil ? "stride" : windowing != nil ? "windowing" : "timestamps",
                    "applies to rows, but the data are windows")
            }
            try check(source.name, axis: "timesteps (T)", timesteps, requiredTimesteps)
        } else if windowing == .temporalize, stride != nil {
            throw error("stride", "applies to windowing: sliding; temporalize has a stride of one row")
        }
        guard let timesteps = source.timesteps ?? requiredTimesteps else {
            throw self.missing("timesteps", "the number of rows in a window")
        }
        let windows = try locatingErrors(in: source) { (source) throws(DataError) in
            var series = source.series
            try series.fillMissing(missing, within: source.segments)
            if let order { series = series.reordered(order) }
            if source.timesteps != nil {
                return try Windows(values: series.values, timesteps: timesteps, features: features)
            }
            return windowing == .temporalize
                ? try .temporalize(series, recordings: source.segments, lookback: timesteps)
                : try .sliding(
                    over: series, recordings: source.segments, timesteps: timesteps, stride: stride ?? 1)
        }
        return RequestData(
            windows: windows, isSeries: source.timesteps == nil,
            featureNames: model?.featureNames ?? names, timestamps: timestamps)
    }

    private mutating func timesteps(_ ofModel: Int?) throws(JSONError) -> Int? {
        let timesteps = try int("timesteps", in: 1...(1 << 20))
        if let timesteps, let ofModel, timesteps != ofModel {
            throw error("timesteps", "is \(timesteps), but the model's windows have \(ofModel)")
        }
        return ofModel ?? timesteps
    }

    private func check(_ name: String, axis: String, _ size: Int, _ required: Int?) throws(JSONError) {
        guard let required, size != required else { return }
        throw error(name, "has \(size) \(axis); it must have \(required)")
    }

    /// Converts data errors to JSON errors with a pointer to the row and feature.
    private func locatingErrors<Value>(
        in source: DataSource, _ body: (DataSource) throws(DataError) -> Value
    ) throws(JSONError) -> Value {
        do throws(DataError) {
            return try body(source)
        } catch {
            guard case .missing(let row, let feature, _) = error else {
                throw self.error(source.name, "cannot be used: \(error)")
            }
            throw JSONError(
                .invalid, at: "\(pointer(to: source.name))\(source.pointer(toRow: row))/\(feature)",
                "\(error)")
        }
    }
}
