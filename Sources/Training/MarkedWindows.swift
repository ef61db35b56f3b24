import Detection
import TimeSeries

/// The windows that marked rows belong to, and the errors of them that join a calibration and leave it.
struct MarkedWindows {
    private let windows: Windows<Double>
    private let normalRows, anomalousRows: [Bool]
    /// The windows without an anomalous row.
    private let clean: Windows<Double>
    private let isClean: [Bool]
    /// The windows whose newest row is normal, without those that have an anomalous row.
    let normal: [Int]
    /// The windows that have an anomalous row.
    let anomalous: [Int]

    /// - Parameters:
    ///   - windows: of one series.
    ///   - normal: one for each row of the series.
    ///   - anomalous: one for each row of the series.
    init(_ windows: Windows<Double>, normal: [Bool], anomalous: [Bool]) {
        self.windows = windows
        (normalRows, anomalousRows) = (normal, anomalous)
        let clean = windows.excluding(rows: anomalous)
        let isClean = windows.areAmong(clean)
        (self.clean, self.isClean) = (clean, isClean)
        let (starts, last) = (windows.starts, windows.timesteps - 1)
        self.normal = starts.indices.filter { isClean[$0] && normal[starts[$0] + last] }
        self.anomalous = starts.indices.filter { !isClean[$0] }
    }

    /// The errors of windows that join and leave.
    /// - Parameters:
    ///   - errors: one for each window.
    ///   - calibrated: the windows that calibrated, if they are known. The errors of others do not leave.
    func revision(of errors: [Float], _ calibrated: CalibratedWindows?) -> ErrorRevision {
        let leaving = calibrated.map { known in known.indices.filter { !isClean[$0] } } ?? anomalous
        return ErrorRevision(
            joining: normal.map { errors[$0] }, leaving: leaving.map { errors[$0] },
            calibrated: calibrated?.indices.map { errors[$0] })
    }

    /// The errors of rows, in the mode `whole`. Those of normal rows join, computed without the windows that
    /// have an anomalous row; those that such a window has a part in leave.
    /// - Parameters:
    ///   - errors: one for each window.
    ///   - rule: the rule of the mode.
    ///   - calibrated: as for ``revision(of:_:)``.
    func revision(ofRows errors: [Float], _ rule: RowRule, _ calibrated: CalibratedWindows?) -> ErrorRevision
    {
        let kept = zip(errors, isClean).filter(\.1).map(\.0)
        let joining = rule.rowScores(of: kept, windows: clean)
        let all =
            calibrated.map { known in
                rule.rowScores(of: known.indices.map { errors[$0] }, windows: known.windows)
            } ?? rule.rowScores(of: errors, windows: windows)
        let leaves = rows(near: windows.timesteps - 1 + rule.smoothing / 2)
        func marked(_ errors: [Float], _ isMarked: [Bool]) -> [Float] {
            errors.indices.filter { isMarked[$0] && !errors[$0].isNaN }.map { errors[$0] }
        }
        return ErrorRevision(
            joining: marked(joining, normalRows), leaving: marked(all, leaves),
            calibrated: calibrated.map { _ in all.filter { !$0.isNaN } })
    }

    /// For each row, whether an anomalous row of the same recording is at most `reach` rows away.
    private func rows(near reach: Int) -> [Bool] {
        var isNear = anomalousRows
        func pass(_ rows: some Sequence<Int>) {
            var last: Int?
            for row in rows {
                if anomalousRows[row] { last = row }
                if let last, abs(row - last) <= reach { isNear[row] = true }
            }
        }
        for recording in windows.recordings {
            pass(recording)
            pass(recording.reversed())
        }
        return isNear
    }
}

extension Windows {
    /// For each window, whether it is one of some of the windows.
    func areAmong(_ some: Windows) -> [Bool] {
        let starts = Set(some.starts)
        return self.starts.map { starts.contains($0) }
    }
}
