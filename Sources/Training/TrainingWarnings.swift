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
    var ofData: [Warning] { [shortRecordings, outliers, precision].compactMap(\.self) }

    private var shortRecordings: Warning? {
        let short = all.recordings.filter { $0.count < all.timesteps }
        guard !short.isEmpty else { return nil }
        return Warning(
            .shortRecordings, .warning,
            "\(short.count) of \(all.recordings.count) recordings are shorter than a window of "
                + "\(all.timesteps) rows and were not used. Use fewer timesteps, or send longer recordings.",
            rows: short)
    }

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
            columns: columns.map { name($0.feature) }, rows: data.outliers.rows)
    }

    /// Without scaling, an offset stays in the float32 numbers of the network.
    private var precision: Warning? {
        guard data.scaler.scaling == .none else { return nil }
        let needed = Scaler(.standard, fittedTo: all.series, rows: all.coveredRows)
        let columns = (0..<all.features).filter { needed.needsDoublePrecision(feature: $0) }
        guard !columns.isEmpty else { return nil }
        return Warning(
            .precision, .warning,
            "The values of \(columns.count) columns are so large against their variation that float32, in "
                + "which the network computes, loses it. Use scaling: robust or standard, which subtracts the "
                + "mean before.",
            columns: columns.map(name))
    }

    // MARK: Network

    /// What can be said of the fitted network.
    /// - Parameters:
    ///   - loss: the loss that was minimised.
    ///   - threshold: the error that is an anomaly.
    func of(_ model: Model, _ measure: ErrorMeasure, _ loss: Loss, threshold: Float) -> [Warning] {
        [
            constantColumns(model, measure, threshold),
            model.network.baseline == nil ? nothingLearned(model, loss) : nil,
        ].compactMap(\.self)
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
                + (change.map { "a change of less than about \(Self.short($0)) would not be noticed" }
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

    /// The maximum number of windows that the loss is compared on.
    private static let maxCompared = 512
    /// A loss of this share of the one of predicting the mean is not below it: initial weights reach it by
    /// chance.
    private static let minShareOfMean = 0.99

    private func nothingLearned(_ model: Model, _ loss: Loss) -> Warning? {
        let (fitted, validation) = (data.parts.fitted, data.parts.validation)
        let part = data.windows[validation.isEmpty ? fitted : validation]
        let count = min(part.count, Self.maxCompared)
        let sample = Windows(
            joining: (0..<count).map { part[($0 * part.count / count)..<($0 * part.count / count + 1)] })
        let features = sample.features
        let mean = Scaler(
            .standard, fittedTo: data.windows.series, rows: data.windows[fitted].coveredRows
        ).offset.map { Float($0) }
        let values = sample.series.values
        let reference = loss.mean(of: values.indices.map { mean[$0 % features] }, values)
        let reached = loss.mean(of: model.reconstruct(sample), values)
        // Constant columns alone leave nothing to learn, which `constant_column` says.
        guard reached >= Self.minShareOfMean * reference, reference > 1e-9 else { return nil }
        return Warning(
            .nothingLearned, .error,
            "The network has learned nothing: its loss on the "
                + "\(validation.isEmpty ? "fitted windows" : "windows of the validation split"), "
                + "\(Self.short(reached)), is not below that of predicting the mean of each column, "
                + "\(Self.short(reference)). Lower learning_rate, train more epochs, or use another activation."
        )
    }

    // MARK: Text

    /// A number with three significant digits.
    private static func short(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return "\(value)" }
        let unit = pow(10, floor(log10(abs(value))) - 2)
        // Division by a power of ten is exact where multiplication with its reciprocal is not.
        let rounded =
            unit < 1 ? (value / unit).rounded() / (1 / unit).rounded() : (value / unit).rounded() * unit
        return "\(rounded)"
    }

    private static func quote(_ name: String) -> String { "'\(name)'" }
}
