import NeuralNetwork
import TimeSeries

/// Tells networks that have learned something from those that have not.
///
/// A network has learned nothing if, on windows that its weights were fitted to, its loss is not below that
/// of a constant for each column, or not below that of its initial weights, which may be better than a
/// constant by chance. It has learned nothing of use if, on the windows of the validation split, its loss is
/// not below that of the constants, which are those of the fitted windows.
struct LearningCheck {
    /// Why a network counts as one that has learned nothing: means over all numbers of some windows.
    struct Failure {
        /// The windows that the losses are computed from.
        let windows: String
        /// The loss of the network.
        let loss: Double
        /// What its loss is not below.
        let reference: String
        /// The loss of the reference.
        let referenceLoss: Double
    }

    private let loss: Loss
    private let fitted: Windows<Float>
    private let validation: Windows<Float>
    /// For each column, the constants of which the better one counts: mean and median of the fitted windows.
    private let constants: [[Float]]
    /// For each column, the loss of its constant on the fitted windows.
    private let usual: [Double]
    /// Loss per number, at or below which a column counts as constant. `[F]`
    private let floors: [Double]
    /// Whether the mean residual of each column is left out, as normal operation may have moved.
    private let isCentred: Bool

    /// The maximum number of windows that losses are compared on.
    private static let maxCompared = 512
    /// A loss of this share of another one is not below it.
    private static let minShare = 0.99
    /// A column whose loss by a constant is below this share of the usual one does not vary in some windows.
    private static let minShareOfUsual = 0.01
    /// The loss of rounding errors.
    private static let negligibleLoss = 1e-9

    /// - Parameters:
    ///   - windows: those that training had, in scaled units.
    ///   - parts: what they were used for.
    ///   - isScaled: whether the variation of each column is about 1.
    init(_ windows: Windows<Float>, _ parts: TrainingParts, loss: Loss, isScaled: Bool) {
        self.init(
            fitted: windows[parts.fitted], validation: windows[parts.validation], loss: loss,
            isScaled: isScaled, isCentred: false)
    }

    /// Tells whether a network follows the variation of other data, which its threshold is learned from.
    /// - Parameter windows: in scaled units.
    init(calibrating windows: Windows<Float>, isScaled: Bool) {
        self.init(
            fitted: windows, validation: windows[0..<0], loss: .meanSquaredError, isScaled: isScaled,
            isCentred: true)
    }

    private init(
        fitted all: Windows<Float>, validation: Windows<Float>, loss: Loss, isScaled: Bool, isCentred: Bool
    ) {
        let fitted = Self.sample(of: all)
        let columns = Self.columns(of: fitted.series.values, features: fitted.features)
        let constants = columns.map { column in
            let mean = column.reduce(0.0) { $0 + Double($1) } / Double(max(column.count, 1))
            return [Float(mean), column.isEmpty ? 0 : column.sorted()[column.count / 2]]
        }
        self.loss = loss
        self.fitted = fitted
        self.constants = constants
        self.validation = Self.sample(of: validation)
        self.isCentred = isCentred
        usual = zip(columns, constants).map { Self.loss(loss, of: $1, for: $0) }
        floors = columns.map {
            isScaled ? Self.negligibleLoss : Self.negligibleLoss * Self.loss(loss, of: [0], for: $0)
        }
    }

    /// Returns why a network counts as one that has learned nothing, or nil.
    /// - Parameter initial: the network before it was fitted.
    func failure(of model: Model, initial: Model?) -> Failure? {
        // Constant columns leave nothing to learn.
        guard zip(usual, floors).contains(where: { $0 > $1 }) else { return nil }
        let constant = "predicting one value for each column, its mean or median"
        let onFitted = comparison(of: model, on: fitted)
        if !(onFitted.share < Self.minShare) {
            return Failure(
                windows: "fitted windows", loss: onFitted.loss, reference: constant,
                referenceLoss: onFitted.constantLoss)
        }
        if let initial {
            let before = comparison(of: initial, on: fitted)
            if !(onFitted.share < Self.minShare * before.share) && before.share.isFinite {
                return Failure(
                    windows: "fitted windows", loss: onFitted.loss, reference: "its initial weights",
                    referenceLoss: before.loss)
            }
        }
        guard validation.count > 0 else { return nil }
        let onValidation = comparison(of: model, on: validation)
        guard !(onValidation.share < Self.minShare), onValidation.constantLoss > 0 else { return nil }
        return Failure(
            windows: "windows of the validation split", loss: onValidation.loss, reference: constant,
            referenceLoss: onValidation.constantLoss)
    }

    private struct Comparison {
        /// The loss of the network.
        let loss: Double
        /// The loss of the constants.
        let constantLoss: Double
        /// The loss as a share of that of the constants: of the sums over the columns, or the mean over the
        /// columns, whichever is less, so that no column hides what was learned of the others.
        let share: Double
    }

    private func comparison(of model: Model, on windows: Windows<Float>) -> Comparison {
        let features = windows.features
        let targets = Self.columns(of: windows.series.values, features: features)
        var outputs = Self.columns(of: model.reconstruct(windows), features: features)
        if isCentred { for feature in 0..<features { outputs[feature].shift(to: targets[feature]) } }
        var (total, constantTotal, shares, counted) = (0.0, 0.0, 0.0, 0.0)
        for feature in 0..<features {
            let reached = loss.mean(of: outputs[feature], targets[feature])
            let reference = Self.loss(loss, of: constants[feature], for: targets[feature])
            total += reached
            constantTotal += reference
            guard reference > max(floors[feature], Self.minShareOfUsual * usual[feature]) else { continue }
            shares += reached / reference
            counted += 1
        }
        let share = total / constantTotal
        return Comparison(
            loss: total / Double(features), constantLoss: constantTotal / Double(features),
            share: counted > 0 ? min(share, shares / counted) : share)
    }

    /// The loss of the best of some constants.
    private static func loss(_ loss: Loss, of constants: [Float], for column: [Float]) -> Double {
        guard !column.isEmpty else { return 0 }
        return constants.map { constant in
            loss.mean(of: [Float](repeating: constant, count: column.count), column)
        }.min() ?? 0
    }

    private static func sample(of windows: Windows<Float>) -> Windows<Float> {
        let count = min(windows.count, maxCompared)
        return Windows(
            joining: (0..<count).map { index in
                let first = index * windows.count / count
                return windows[first..<(first + 1)]
            })
    }

    private static func columns(of values: [Float], features: Int) -> [[Float]] {
        (0..<features).map { feature in
            stride(from: feature, to: values.count, by: features).map { values[$0] }
        }
    }
}

extension [Float] {
    /// Adds a number to all elements, so that their mean is that of others.
    fileprivate mutating func shift(to others: [Float]) {
        let difference = zip(others, self).reduce(0.0) { $0 + Double($1.0) - Double($1.1) }
        let shift = difference / Double(Swift.max(count, 1))
        for index in indices { self[index] = Float.limiting(Double(self[index]) + shift) }
    }
}
