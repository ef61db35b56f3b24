import HTTP1
import JSON
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
    static let tensors: Set<String> = ["windows", "series", "labels"]

    /// Reads a request's body.
    init(_ request: Request) throws(Problem) {
        do throws(JSONError) {
            try self.init(JSONReader.parse(request.body, tensors: Self.tensors))
        } catch {
            let space = " \t\r\n".utf8
            let first = request.body.first { !space.contains($0) }
            let looksLikeJSON = first == nil || first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            if error.kind == .malformed, request.head.claimsForm, !looksLikeJSON {
                throw .unsupportedMediaType(
                    "the body is said to be a form, as curl says by itself, but is not JSON either: \(error.detail)",
                    accepted: [MediaType.json.rawValue])
            }
            throw Problem(error)
        }
    }

    /// Reads some members; what is wrong with one becomes the answer.
    mutating func read<Value>(
        _ members: (inout FieldReader) throws(JSONError) -> Value
    ) throws(Problem) -> Value {
        do throws(JSONError) {
            return try members(&self)
        } catch {
            throw Problem(error)
        }
    }

    /// The windows of a request: `windows` `[N][T][F]` as they are, or `series` `[rows][F]` cut into windows.
    /// - Parameters:
    ///   - shape: T and F of the model that they are for; nil when `timesteps` says T and the data F.
    ///   - ofSeries: whether only a series will do.
    mutating func windows(
        for shape: (timesteps: Int, features: Int)? = nil, ofSeries: Bool = false
    ) throws(JSONError) -> Windows {
        let wantedTimesteps = try timesteps(shape?.timesteps)
        let stride = try int("stride", in: 1...Int(Int32.max))
        let windowing: Windowing? = try choice("windowing")
        let missing: MissingValues = try choice("missing", default: .error)
        let windows = ofSeries ? nil : try tensor("windows", rank: 3...3)
        switch (windows, try tensor("series", rank: 2...2)) {
        case (let tensor?, nil):
            guard stride == nil, windowing == nil else {
                throw error(
                    stride == nil ? "windowing" : "stride",
                    "says how to cut a series, but there are windows already")
            }
            let (timesteps, features) = (tensor.shape[1], tensor.shape[2])
            try check("windows", axis: "timesteps (T)", timesteps, wantedTimesteps)
            try check("windows", axis: "features (F)", features, shape?.features)
            return try filled("windows", tensor, missing, segment: timesteps) { (series) throws(DataError) in
                try Windows(values: series.values, timesteps: timesteps, features: features)
            }
        case (nil, let tensor?):
            try check("series", axis: "features (F)", tensor.shape[1], shape?.features)
            guard let wantedTimesteps else {
                throw self.missing("timesteps", "the number of rows in a window")
            }
            if windowing == .temporalize, stride != nil {
                throw error("stride", "belongs to windowing: sliding; temporalize moves by one row")
            }
            return try filled("series", tensor, missing, segment: tensor.shape[0]) {
                (series) throws(DataError) in
                windowing == .temporalize
                    ? try .temporalize(series, lookback: wantedTimesteps)
                    : try .sliding(over: series, timesteps: wantedTimesteps, stride: stride ?? 1)
            }
        case (nil, nil):
            // A misspelt name explains the absence better than the absence does.
            try rejectUnknown()
            throw self.missing(
                "series",
                "rows of numbers [rows][F]" + (ofSeries ? "" : "; or send windows [N][T][F] instead"))
        default:
            throw error("windows", "and \"series\" are both there; send one of them")
        }
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

    /// Fills gaps, then makes windows; what is wrong with the data is told with its place.
    private func filled(
        _ name: String, _ tensor: Tensor, _ policy: MissingValues, segment: Int,
        _ make: (Series) throws(DataError) -> Windows
    ) throws(JSONError) -> Windows {
        do throws(DataError) {
            var series = try Series(values: tensor.values, features: tensor.shape[tensor.shape.count - 1])
            try series.fillMissing(policy, segment: segment)
            return try make(series)
        } catch {
            guard case .missing(let row, let feature, _) = error else {
                throw self.error(name, "can't be used: \(error)")
            }
            let place = tensor.shape.count == 3 ? "/\(row / segment)/\(row % segment)" : "/\(row)"
            throw JSONError(.invalid, at: "\(pointer(to: name))\(place)/\(feature)", "\(error)")
        }
    }
}
