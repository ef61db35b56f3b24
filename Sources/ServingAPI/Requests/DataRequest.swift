import DataFormats
import HTTP1
import Inspection
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// A request with data: its options, and the data in any format. They are read into a table when the model is
/// known that they are for, because its columns decide how.
package struct DataRequest: Sendable {
    /// A format of data.
    package enum Format {
        case json, npy
        /// In a character encoding; nil for UTF-8, and for what a byte order mark says.
        case csv(charset: String?)
    }

    /// The data of a request.
    enum Content: Sendable {
        /// Members of the JSON body that has the options, too.
        case json
        /// A CSV document, in the character encoding that `charset` names.
        case csv([UInt8], charset: String?)
        /// An array in NumPy's format.
        case npy([UInt8])
    }

    /// The members of a JSON body, and the parameters of the query.
    package var options: FieldReader
    let content: Content
    /// What was odd about the body as a whole.
    let warnings: [Warning]

    /// Reads the body of a call: JSON to its end, other formats not yet.
    /// - Throws: as ``JSON/FieldReader/init(json:accepting:)``.
    init(_ call: Call) throws(Problem) {
        switch call.bodyFormat {
        case .json, .form, .file:
            options = try FieldReader(json: call, accepting: .data)
            content = .json
        case .csv(let charset):
            options = try Self.parameters(call.request.target.queryItems)
            content = .csv(call.request.body, charset: charset)
        case .npy:
            options = try Self.parameters(call.request.target.queryItems)
            content = .npy(call.request.body)
        }
        warnings =
            call.wasGzip
            ? [
                Warning(
                    .compressedBody, .info,
                    "The body was compressed with gzip and was decompressed. Send Content-Encoding: gzip "
                        + "with compressed bodies.")
            ] : []
    }

    /// Reads a body that no request has sent.
    /// - Parameters:
    ///   - body: the data, with options beside them if it is JSON.
    ///   - format: the format of the body.
    ///   - query: options by name, as a query has them.
    package init(
        _ body: [UInt8], _ format: Format, query: [(name: String, value: String)]
    ) throws(Problem) {
        switch format {
        case .json:
            options = try FieldReader(data: body, query: query)
            content = .json
        case .csv(let charset):
            options = try Self.parameters(query)
            content = .csv(body, charset: charset)
        case .npy:
            options = try Self.parameters(query)
            content = .npy(body)
        }
        warnings = []
    }

    private static func parameters(_ query: [(name: String, value: String)]) throws(Problem) -> FieldReader {
        do throws(JSONError) {
            return try FieldReader(nil, query: query)
        } catch {
            throw Problem(error)
        }
    }

    /// Reads `model` and `version`; without `version`, the latest.
    /// - Throws: 422 for invalid members, 403 if the key may not use the model.
    mutating func modelReference(
        for call: Call
    ) throws(Problem) -> (model: PermittedModel, version: VersionReference) {
        try options.modelReference(for: call)
    }

    /// Reads options, and converts their errors to problems.
    mutating func read<Value>(
        _ members: (inout FieldReader) throws(JSONError) -> Value
    ) throws(Problem) -> Value {
        try options.read(members)
    }

    /// Refuses options that are not known, after all others have been read.
    package func rejectUnknown() throws(Problem) {
        do throws(JSONError) { try options.rejectUnknown() } catch { throw Problem(error) }
    }
}

extension DataRequest {
    /// Reads the data, and cuts them into windows.
    /// - Parameters:
    ///   - model: the model whose T and F the windows must have; if nil, `timesteps` is T, by default that of
    ///     the inspection (``Inspection/Inspection/defaultTimesteps``), and the data define F.
    ///   - flags: the options that flag rows, of which a row has at most one.
    ///   - rowsOnly: whether windows are refused.
    ///   - excludesFlagged: whether windows with a row that the first option flags are left out.
    ///   - inspects: whether the data are inspected: their times as they were read, their values as they are
    ///     used.
    /// - Throws: 415 or 422, with the place; also for warnings of the level `error` if the request is strict.
    mutating func data(
        for model: ModelDescription? = nil, flag flags: String..., rowsOnly: Bool = false,
        excludesFlagged: Bool = false, inspects: Bool = false
    ) throws(Problem) -> RequestData {
        let options = try read { (options) throws(JSONError) in
            try options.windowOptions(timesteps: model?.inputShape.timesteps)
        }
        var intake = try intake(for: model, flags: flags, rowsOnly: rowsOnly)
        let recordings = NamedRecordings(of: intake)
        let time = inspects ? intake.timeInspection : nil
        let preparation = try prepare(&intake, for: model)
        let excluded = excludesFlagged ? flags.first : nil
        var inspection = inspects ? inspection(of: intake, time, excluding: excluded) : nil
        let timesteps = try timesteps(of: intake, options, default: inspection?.defaultTimesteps)
        let known = intake.table.warnings.count
        var windows = try intake.windows(options, timesteps: timesteps)
        inspection?.add(intake.table.warnings.dropFirst(known))
        if let excluded { try exclude(excluded, of: intake, options.missing, from: &windows) }
        try intake.fillMissing(options.missing, in: &windows)
        let data = RequestData(
            windows: windows, isSeries: intake.origin.timesteps == nil,
            featureNames: model?.featureNames ?? intake.table.features, columns: intake.table.columns,
            timestamps: intake.table.timestamps, flags: intake.table.flags,
            preparation: preparation, warnings: inspection?.warnings ?? warnings + intake.table.warnings,
            isStrict: try isStrict(), origins: intake.origin.rows, recordings: recordings,
            inspection: inspection)
        try data.check(data.warnings)
        return data
    }

    /// Inspects the data, trains and computes nothing.
    /// - Parameter model: the model that the data have to fit; nil for none.
    /// - Returns: what the data are, and the number of windows if T is known.
    /// - Throws: as ``data(for:flag:rowsOnly:excludesFlagged:inspects:)``, but not for missing values.
    package mutating func inspection(
        for model: ModelDescription?
    ) throws(Problem) -> (Inspection, windows: Int?) {
        let options = try read { (options) throws(JSONError) in
            try options.windowOptions(timesteps: model?.inputShape.timesteps)
        }
        let points = try read { (options) throws(JSONError) in
            try options.int("preview", in: 1...Self.maxPreviewPoints)
        }
        var intake = try intake(for: model, flags: ["exclude"], rowsOnly: false)
        let time = intake.timeInspection
        _ = try prepare(&intake, for: model, reportsErrors: true)
        var count: Int?
        var used = intake.table.recordings
        if options.timesteps != nil || intake.origin.timesteps != nil {
            let windows = try intake.windows(options, timesteps: try timesteps(of: intake, options))
            let included = intake.table.flags["exclude"].map { windows.excluding(rows: $0) } ?? windows
            (count, used) = (included.count, included.coveredRows)
        }
        if options.missing == .error { intake.warnOfMissingValues(in: used) }
        let inspection = inspection(of: intake, time, excluding: "exclude", previewPoints: points)
        if try isStrict() { try RequestData.check(inspection.warnings) }
        return (inspection, windows: count)
    }

    /// The maximum number of points of a preview.
    private static let maxPreviewPoints = 100_000

    private func inspection(
        of intake: Intake, _ time: TimeInspection?, excluding flag: String?, previewPoints: Int? = nil
    ) -> Inspection {
        var table = intake.table
        table.warnings = warnings + table.warnings
        var time = time
        time?.gaps = intake.gaps
        return Inspection(
            table, time: time, origins: intake.origin.rows, excluded: flag.flatMap { table.flags[$0] },
            timesteps: intake.origin.timesteps, previewPoints: previewPoints)
    }

    /// Reads `strict`.
    private mutating func isStrict() throws(Problem) -> Bool {
        try read { (options) throws(JSONError) in try options.bool("strict", default: false) }
    }

    /// T of the windows: that of the data, of the model, of `timesteps`, or the default.
    private func timesteps(
        of intake: Intake, _ options: WindowOptions, default standard: Int? = nil
    ) throws(Problem) -> Int {
        guard let timesteps = intake.origin.timesteps else {
            if let timesteps = options.timesteps ?? standard { return timesteps }
            throw Problem(self.options.missing("timesteps", "the number of rows in a window"))
        }
        guard options.stride == nil, options.windowing == nil else {
            throw Problem(
                self.options.error(
                    options.stride != nil ? "stride" : "windowing",
                    "applies to rows, but the data are windows"))
        }
        if let required = options.timesteps, required != timesteps {
            throw intake.origin.problem("has \(timesteps) timesteps (T); it must have \(required)")
        }
        return timesteps
    }

    /// Leaves out the windows that have a flagged row, and the values of flagged rows, so that they do not
    /// fill gaps in other rows.
    private func exclude(
        _ flag: String, of intake: Intake, _ missing: MissingValuePolicy, from windows: inout Windows<Double>
    ) throws(Problem) {
        guard let flags = intake.table.flags[flag] else { return }
        let included = windows.excluding(rows: flags)
        guard included.count > 0 else {
            throw Problem(
                options.error(
                    flag, "leaves none of the \(windows.count) windows: each contains an excluded row"))
        }
        windows = included
        guard missing != .error, windows.series.values.contains(where: \.isNaN) else { return }
        var values = windows.series.values
        for row in flags.indices where flags[row] {
            for index in (row * windows.features)..<((row + 1) * windows.features) { values[index] = .nan }
        }
        windows = windows.replacingValues(with: values)
    }
}
