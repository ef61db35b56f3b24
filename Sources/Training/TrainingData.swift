import Detection
import ModelFiles
import ModelStore
import TimeSeries

/// The windows that a model is fitted to, in scaled units: those of the request without outliers.
struct TrainingData {
    /// Converts between the data's units and scaled units.
    let scaler: Scaler
    /// `[N][T][F]` in scaled units.
    let windows: Windows<Float>
    /// The windows that weights are fitted to, that `val_loss` is computed from, and that calibrate.
    let parts: TrainingParts
    /// The outliers among the rows of all windows.
    let outliers: Outliers
    /// What was done with the outliers.
    let treatment: Treatment

    /// What was done with outliers.
    enum Treatment {
        /// They were used like other values, as was asked for.
        case kept
        /// The windows that contain them were left out.
        case excluded
        /// Too few windows would have been left, so the values were interpolated.
        case interpolated
    }

    /// The share of the windows that has to be left without those that contain outliers.
    private static let minShare = 1.0 / 3

    /// Finds outliers, and scales the windows.
    ///
    /// Scaling is learned from the rows of all windows, also those that are held back for validation and
    /// calibration, because new data are most similar to the latest rows.
    init(_ all: Windows<Double>, _ specification: TrainingSpecification) {
        let outliers = Outliers(in: all.series, rows: all.coveredRows)
        let scaler =
            specification.base?.trained.description.scaler
            ?? Scaler(specification.scaling, fittedTo: all.series, rows: all.coveredRows, without: outliers)
        self.init(all, scaler, outliers, specification.outliers) { windows in
            TrainingParts(of: windows, specification.options, specification.detection)
        }
    }

    /// Finds outliers, and scales the windows, all of which calibrate.
    init(calibrating all: Windows<Double>, _ scaler: Scaler, _ policy: OutlierPolicy) {
        let outliers = Outliers(in: all.series, rows: all.coveredRows)
        self.init(all, scaler, outliers, policy) { TrainingParts(calibrating: $0) }
    }

    private init(
        _ all: Windows<Double>, _ scaler: Scaler, _ outliers: Outliers, _ policy: OutlierPolicy,
        parts: (Windows<Double>) -> TrainingParts
    ) {
        self.scaler = scaler
        self.outliers = outliers
        var used = all
        var treatment = Treatment.kept
        if policy == .exclude, !outliers.isEmpty {
            let wanted = parts(all)
            let rest = all.excluding(rows: outliers.flags(rows: all.series.rows))
            let left = parts(rest)
            let isEnough =
                Double(rest.count) >= Self.minShare * Double(all.count)
                && left.fitted.isEmpty == wanted.fitted.isEmpty
                && left.validation.isEmpty == wanted.validation.isEmpty
                && left.thresholdSource == wanted.thresholdSource
            used = isEnough ? rest : all.interpolating(outliers)
            treatment = isEnough ? .excluded : .interpolated
        }
        self.treatment = treatment
        self.parts = parts(used)
        windows = used.replacingValues(with: scaler.transform(used.series).values)
    }

    /// The limit of the values that weights are fitted to, in scaled units. Standard scaling reaches it with
    /// 10^8 rows.
    private static let maxFittedValue: Float = 1e4

    /// The windows as the weights are fitted to them: limited, so that an outlier that is kept cannot make
    /// the loss overflow. Data that are not scaled stay as they are.
    var fitted: Windows<Float> {
        let limit = Self.maxFittedValue
        guard scaler.scaling != .none, !windows.series.values.allSatisfy({ abs($0) <= limit }) else {
            return windows
        }
        return windows.replacingValues(with: windows.series.values.map { min(max($0, -limit), limit) })
    }
}

extension Windows<Double> {
    /// Returns the windows with outliers replaced by a line between the values around them.
    fileprivate func interpolating(_ outliers: Outliers) -> Windows {
        var series = series
        for column in outliers.columns {
            for row in column.rows { series.values[row * features + column.feature] = .nan }
        }
        // A recording that has nothing but outliers stays as it is.
        guard (try? series.fillMissing(.linear, within: recordings)) != nil else { return self }
        return replacingValues(with: series.values)
    }
}
