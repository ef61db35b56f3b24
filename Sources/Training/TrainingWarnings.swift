import Detection
import Glibc
import ModelFiles
import NeuralNetwork
import TimeSeries

/// Finds what is odd about a training: its data, or what the network has made of them.
struct TrainingWarnings {
    private let all: Windows<Double>
    private let data: TrainingData
    private let names: [String]?

    /// - Parameters:
    ///   - all: the windows of the request.
    ///   - data: what became of them.
    ///   - names: the names of the features, `[F]`.
    init(_ all: Windows<Double>, _ data: TrainingData, names: [String]?) {
        self.all = all
        self.data = data
        self.names = names
    }

    private func name(_ feature: Int) -> String { names?[feature] ?? "\(feature)" }

    // MARK: Data

    /// What can be said before the network is fitted.
    var ofData: [Warning] { [outliers].compactMap(\.self) + doubtful + [precision].compactMap(\.self) }

    /// The columns that the text of a warning describes; `columns` has all.
    private static let maxDescribed = 5

    private var outliers: Warning? {
        let columns = data.outliers.columns
        guard !columns.isEmpty else { return nil }
        let described = columns.prefix(Self.maxDescribed).map { column in
            let examples = Array(Set(column.values)).sorted { abs($0) > abs($1) }.prefix(3).map {
                Int(exactly: $0).map { "\($0)" } ?? "\($0)"
            }
            return "\(Self.quote(name(column.feature))) has \(column.rows.count) "
                + (column.rows.count == 1 ? "value" : "values") + " far outside the rest ("
                + examples.joined(separator: ", ") + ")"
        }
        let more = columns.count - described.count
        let treatment =
            switch data.treatment {
            case .excluded:
                "The windows that contain them were left out, \(all.count - data.windows.count) of "
                    + "\(all.count). Send outliers=keep if they are normal."
            case .interpolated:
                "Too few windows are without them, so they were replaced by a line between their neighbours. "
                    + "Send outliers=keep if they are normal."
            case .kept:
                "They were used like other rows, and can dominate scaling, loss and threshold. Send "
                    + "outliers=exclude, or leave their rows out with exclude."
            }
        return Warning(
            .outliers, .warning,
            described.joined(separator: "; ") + (more > 0 ? "; \(more) more columns have some" : "") + ". "
                + treatment,
            columns: columns.map { name($0.feature) },
            rows: RowOrigins.same.ranges(of: data.outliers.rows.joined()))
    }

    /// The warnings about values that are used, but may be faults.
    private var doubtful: [Warning] {
        let rows = all.coveredRows.flatMap(\.self)
        return (0..<all.features).flatMap { feature in
            let values = rows.map { all.series.values[$0 * all.features + feature] }
            let outliers = Set(data.outliers.columns.first { $0.feature == feature }?.rows ?? [])
            let positions = outliers.isEmpty ? [] : rows.indices.filter { outliers.contains(rows[$0]) }
            return DoubtfulValues.find(in: values, without: positions).map { found in
                found.located { rows[$0] }.warning(column: name(feature))
            }
        }
    }

    /// Without scaling, an offset stays in the float32 numbers of the network; with it, differences that a
    /// double cannot hold are lost before.
    private var precision: Warning? {
        let isScaled = data.scaler.scaling != .none
        let needed = isScaled ? nil : Scaler(.standard, fittedTo: all.series, rows: all.coveredRows)
        let columns = (0..<all.features).filter { feature in
            needed?.needsDoublePrecision(feature: feature) ?? isCoarse(feature)
        }
        guard !columns.isEmpty else { return nil }
        let more = columns.count - Self.maxDescribed
        let described =
            columns.prefix(Self.maxDescribed).map { Self.quote(name($0)) }
            + (more > 0 ? ["\(more) more columns"] : [])
        return Warning(
            .precision, .warning,
            "The values of \(described.joined(separator: ", ")) are so large against their variation that "
                + (isScaled
                    ? "doubles hold only a few digits of it, or none. Send the differences from a number "
                        + "near them."
                    : "float32, in which the network computes, loses it. Use scaling: robust or standard, "
                        + "which subtracts the mean before."),
            columns: columns.map(name))
    }

    /// A column whose range is less than this number of steps of its doubles is coarse.
    private static let minSteps = 256.0
    /// The double from which on whole numbers are rounded.
    private static let maxExactInteger = 0x1p53

    /// Whether doubles hold only a few digits of a column's variation.
    private func isCoarse(_ feature: Int) -> Bool {
        var (low, high) = (Double.infinity, -Double.infinity)
        for row in all.coveredRows.lazy.flatMap(\.self) {
            let value = all.series.values[row * all.features + feature]
            (low, high) = (min(low, value), max(high, value))
        }
        let largest = max(abs(low), abs(high))
        let isExact = low == high && largest < Self.maxExactInteger
        return !isExact && high - low < Self.minSteps * largest.ulp
    }

    // MARK: Network

    /// What can be said of the learned threshold.
    /// - Parameter threshold: the error that is an anomaly.
    func of(_ model: Model, _ measure: ErrorMeasure, threshold: Float) -> [Warning] {
        [constantColumns(model, measure, threshold)].compactMap(\.self)
    }

    /// What can be said of the fitted network.
    /// - Parameter options: those that it was fitted with.
    func of(_ model: Model, _ options: TrainingOptions) -> [Warning] {
        [model.network.baseline == nil ? nothingLearned(model, options) : nil].compactMap(\.self)
    }

    /// What can be said of a network whose threshold is learned from data that it was not fitted to.
    func ofCalibration(_ model: Model) -> [Warning] {
        let check = LearningCheck(calibrating: data.windows, isScaled: data.scaler.scaling != .none)
        guard model.network.baseline == nil, let failure = check.failure(of: model, initial: nil) else {
            return []
        }
        return [
            Warning(
                .nothingLearned, .error,
                "The network does not follow these data: the mean square of what it leaves of their "
                    + "variation, \(failure.loss.inThreeDigits) in scaled units, is not 1 % below that of "
                    + "predicting one value for each column, \(failure.referenceLoss.inThreeDigits). "
                    + "Send data in the units and with the columns of the training, or train again on these.")
        ]
    }

    private func constantColumns(_ model: Model, _ measure: ErrorMeasure, _ threshold: Float) -> Warning? {
        let windows = data.windows
        let constant = (0..<windows.features).filter { feature in
            let values = windows.coveredRows.lazy.flatMap(\.self).map {
                windows.series.values[$0 * windows.features + feature]
            }
            // Rounding of an offset may differ in the last digit.
            guard let first = values.first else { return false }
            return values.allSatisfy { abs($0 - first) <= 1e-6 * max(1, abs(first)) }
        }
        guard !constant.isEmpty else { return nil }
        let described = constant.prefix(Self.maxDescribed).map { feature in
            let change = noticedChange(of: feature, model, measure, threshold)
            return "\(Self.quote(name(feature))) never changes; "
                + (change.map { "a change of less than about \($0.inThreeDigits) would not be noticed" }
                    ?? "no change of it would be noticed")
        }
        let more = constant.count - described.count
        return Warning(
            .constantColumn, .warning,
            described.joined(separator: "; ") + (more > 0 ? "; \(more) more columns never change" : "")
                + ". Leave a column out that carries no information.",
            columns: constant.map(name))
    }

    /// The smallest lasting change of a feature, in the units of the data, whose windows are anomalies: the
    /// median over some normal windows. nil if not even the largest is one.
    private func noticedChange(
        of feature: Int, _ model: Model, _ measure: ErrorMeasure, _ threshold: Float
    ) -> Double? {
        let part = data.windows[data.parts.thresholdPart]
        let (timesteps, features) = (part.timesteps, part.features)
        let samples = (0..<5).map { part[($0 * part.count / 5)..<($0 * part.count / 5 + 1)] }
        let steps = (-24...60).map { exp2(Double($0) / 2) }
        var found: [Int] = []
        for sample in samples {
            var values: [Float] = []
            sample.withWindow(0) { window in
                for step in steps {
                    for position in window.indices {
                        values.append(window[position] + (position % features == feature ? Float(step) : 0))
                    }
                }
            }
            guard let changed = try? Windows(values: values, timesteps: timesteps, features: features) else {
                return nil
            }
            let errors = measure.errors(of: changed, by: model).windows
            let unnoticed = errors.lastIndex { $0 <= threshold }
            found.append(unnoticed.map { $0 + 1 } ?? 0)
        }
        let index = found.sorted()[found.count / 2]
        return index < steps.count ? steps[index] * data.scaler.scale[feature] : nil
    }

    private func nothingLearned(_ model: Model, _ options: TrainingOptions) -> Warning? {
        let check = LearningCheck(
            data.fitted, data.parts, loss: options.loss, isScaled: data.scaler.scaling != .none)
        let weights = model.network.initialWeights(seed: options.seed)
        guard let failure = check.failure(of: model, initial: try? Model(model.network, weights: weights))
        else {
            return nil
        }
        return Warning(
            .nothingLearned, .error,
            "The network has learned nothing: its loss on the \(failure.windows), "
                + "\(failure.loss.inThreeDigits), is not 1 % below that of \(failure.reference), "
                + "\(failure.referenceLoss.inThreeDigits). Train more epochs, lower or raise learning_rate, "
                + "or use another activation."
        )
    }

    // MARK: Text

    private static func quote(_ name: String) -> String { "'\(name)'" }
}
