import HTTP1
import JSON
import ModelFiles
import NeuralNetwork
import TimeSeries

/// How a series is cut into windows.
enum Windowing: String, CaseIterable {
    /// Every T consecutive rows, `stride` apart.
    case sliding
    /// The article's function of that name.
    case temporalize
}

extension FieldReader {
    /// The members whose values are read straight into floats.
    private static let tensors: Set<String> = ["windows", "series", "recordings/*", "labels", "exclude"]

    /// Reads a body that is JSON.
    /// - Parameter content: what else the route accepts.
    /// - Throws: 400 for malformed JSON, 415 for a body that is declared a form and is not JSON either.
    package init(json call: Call, instead content: Route.Content = .json) throws(Problem) {
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
                    "the body is declared a form, which is curl's default, and it is not JSON either: \(error.detail)"
                        + "; declare it: Content-Type: \(accepted.joined(separator: " or "))",
                    accepted: accepted)
            }
            throw Problem(error)
        }
    }

    /// Reads a body that has data, as JSON, as CSV or as an array.
    /// - Parameter flag: the member that flags rows, if there is one, which for CSV names a column.
    init(data call: Call, flag: String? = nil) throws(Problem) {
        switch call.bodyFormat {
        case .csv: try self.init(csv: call.request, flag: flag)
        case .npy: try self.init(npy: call.request, flag: flag)
        case .json, .form, .file: try self.init(json: call, instead: .data)
        }
    }

    /// Reads some members; an error in one becomes a problem.
    package mutating func read<Value>(
        _ members: (inout FieldReader) throws(JSONError) -> Value
    ) throws(Problem) -> Value {
        do throws(JSONError) {
            return try members(&self)
        } catch {
            throw Problem(error)
        }
    }

    /// Whether the data are rows, and not windows.
    var hasRows: Bool {
        mutating get { has("series") || has("recordings") }
    }

    /// The data of a request: `windows` `[N][T][F]` as they are; `series` `[rows][F]`, or several in `recordings`, cut into
    /// windows.
    /// - Parameters:
    ///   - model: what they are for; nil when `timesteps` says T and the data F.
    ///   - ofSeries: whether only rows will do.
    mutating func data(
        for model: ModelDescription? = nil, ofSeries: Bool = false
    ) throws(JSONError) -> RequestData {
        let shape = model?.inputShape
        let wantedTimesteps = try timesteps(shape?.timesteps)
        let stride = try int("stride", in: 1...Int(Int32.max))
        let windowing: Windowing? = try choice("windowing")
        let missing: MissingValues = try choice("missing", default: .error)
        let source = try source(ofSeries: ofSeries)
        let features = source.series.features
        let names = try featureNames(of: features)
        let order = try order(of: names, for: model)
        try check(source.name, axis: "features (F)", features, shape?.features)
        let timestamps = try timestamps(rows: source.series.rows)
        if let timesteps = source.timesteps {
            guard stride == nil, windowing == nil, timestamps == nil else {
                throw error(
                    stride != nil ? "stride" : windowing != nil ? "windowing" : "timestamps",
                    "belongs to rows, but there are windows already")
            }
            try check(source.name, axis: "timesteps (T)", timesteps, wantedTimesteps)
        } else if windowing == .temporalize, stride != nil {
            throw error("stride", "belongs to windowing: sliding; temporalize moves by one row")
        }
        guard let timesteps = source.timesteps ?? wantedTimesteps else {
            throw self.missing("timesteps", "the number of rows in a window")
        }
        let windows = try usable(source) { (source) throws(DataError) in
            var series = source.series
            try series.fillMissing(missing, within: source.stretches)
            if let order { series = series.reordered(order) }
            if source.timesteps != nil {
                return try Windows(values: series.values, timesteps: timesteps, features: features)
            }
            return windowing == .temporalize
                ? try .temporalize(series, recordings: source.stretches, lookback: timesteps)
                : try .sliding(
                    over: series, recordings: source.stretches, timesteps: timesteps, stride: stride ?? 1)
        }
        return RequestData(
            windows: windows, isSeries: source.timesteps == nil,
            featureNames: model?.featureNames ?? names, timestamps: timestamps)
    }

    private mutating func timesteps(_ ofModel: Int?) throws(JSONError) -> Int? {
        let asked = try int("timesteps", in: 1...(1 << 20))
        if let asked, let ofModel, asked != ofModel {
            throw error("timesteps", "is \(asked), but the model's windows have \(ofModel)")
        }
        return ofModel ?? asked
    }

    private func check(_ name: String, axis: String, _ found: Int, _ wanted: Int?) throws(JSONError) {
        guard let wanted, found != wanted else { return }
        throw error(name, "has \(found) \(axis) where \(wanted) are wanted")
    }

    /// Does something with data; what is wrong with them is told with its place.
    private func usable<Value>(
        _ source: DataSource, _ body: (DataSource) throws(DataError) -> Value
    ) throws(JSONError) -> Value {
        do throws(DataError) {
            return try body(source)
        } catch {
            guard case .missing(let row, let feature, _) = error else {
                throw self.error(source.name, "can't be used: \(error)")
            }
            throw JSONError(
                .invalid, at: "\(pointer(to: source.name))\(source.place(ofRow: row))/\(feature)", "\(error)")
        }
    }
}
