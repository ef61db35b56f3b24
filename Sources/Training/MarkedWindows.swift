import Detection
import ModelFiles
import TimeSeries

/// The windows that marked rows belong to, and the errors of them that join a calibration and leave it.
struct MarkedWindows {
    private let windows: Windows<Double>
    private let anomalousRows: [Bool]
    private let reach: Int
    /// The windows without an anomalous row.
    private let clean: Windows<Double>
    private let isClean: [Bool]
    /// The windows whose newest row is normal and that have no anomalous row, without ``known``.
    let normal: [Int]
    /// The number of such windows that an earlier feedback has added.
    let known: Int
    /// The windows that have an anomalous row.
    let anomalous: [Int]
    /// The windows that an earlier feedback has added and that have an anomalous row, or a newest row whose
    /// error in the mode `whole` an anomalous row has a part in.
    private let leaving: [Int]
    /// The windows in the calibration that feedback has added, this one included.
    let joined: JoinedWindows

    /// - Parameters:
    ///   - windows: of one series.
    ///   - normal: one for each row of the series.
    ///   - anomalous: one for each row of the series.
    ///   - before: the windows that earlier feedback has added.
    ///   - reach: the number of rows on either side of a row that its error in the mode `whole` depends on.
    init(
        _ windows: Windows<Double>, normal: [Bool], anomalous: [Bool], after before: JoinedWindows, reach: Int
    ) {
        self.windows = windows
        self.reach = reach
        anomalousRows = anomalous
        let clean = windows.excluding(rows: anomalous)
        let isClean = windows.areAmong(clean)
        (self.clean, self.isClean) = (clean, isClean)
        let (starts, last) = (windows.starts, windows.timesteps - 1)
        self.anomalous = starts.indices.filter { !isClean[$0] }
        let earlier = Set(before.digests)
        var joined = earlier
        var new: [Int] = []
        var digests: [UInt64] = []
        let wanted = starts.indices.filter { isClean[$0] && normal[starts[$0] + last] }
        for index in wanted {
            let digest = windows.digest(ofWindow: index)
            guard !earlier.contains(digest) else { continue }
            new.append(index)
            digests.append(digest)
            // So many are refused.
            if new.count > JoinedWindows.maxCount { break }
        }
        var leaving: [Int] = []
        if !earlier.isEmpty, !self.anomalous.isEmpty {
            let isNear = Self.rows(near: anomalous, reach: reach, windows.recordings)
            for index in starts.indices where isNear[starts[index] + last] {
                let digest = windows.digest(ofWindow: index)
                guard earlier.contains(digest) else { continue }
                leaving.append(index)
                if !isClean[index] { joined.remove(digest) }
            }
        }
        (self.normal, known, self.leaving) = (new, wanted.count - new.count, leaving)
        self.joined = JoinedWindows(joined.union(digests))
    }

    /// The errors of windows that join and leave.
    /// - Parameters:
    ///   - errors: one for each window.
    ///   - calibrated: the windows that calibrated, if they are known. The errors of others do not leave.
    func revision(of errors: [Float], _ calibrated: CalibratedWindows?) -> ErrorRevision {
        let leaving = calibrated?.indices ?? leaving
        return ErrorRevision(
            joining: normal.map { errors[$0] },
            leaving: leaving.filter { !isClean[$0] }.map { errors[$0] },
            calibrated: calibrated?.indices.map { errors[$0] })
    }

    /// The errors of rows, in the mode `whole`. Those of the newest rows of windows that join do, too,
    /// computed without the windows that have an anomalous row; those that such a window has a part in leave.
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
        let newest = { (indices: [Int]) in
            var isNewest = [Bool](repeating: false, count: windows.series.rows)
            for index in indices { isNewest[windows.starts[index] + windows.timesteps - 1] = true }
            return isNewest
        }
        let leaves =
            calibrated == nil
            ? newest(leaving) : Self.rows(near: anomalousRows, reach: reach, windows.recordings)
        func marked(_ errors: [Float], _ isMarked: [Bool]) -> [Float] {
            errors.indices.filter { isMarked[$0] && !errors[$0].isNaN }.map { errors[$0] }
        }
        return ErrorRevision(
            joining: marked(joining, newest(normal)), leaving: marked(all, leaves),
            calibrated: calibrated.map { _ in all.filter { !$0.isNaN } })
    }

    /// For each row, whether an anomalous row of the same recording is at most `reach` rows away.
    private static func rows(near anomalous: [Bool], reach: Int, _ recordings: [Range<Int>]) -> [Bool] {
        var isNear = anomalous
        func pass(_ rows: some Sequence<Int>) {
            var last: Int?
            for row in rows {
                if anomalous[row] { last = row }
                if let last, abs(row - last) <= reach { isNear[row] = true }
            }
        }
        for recording in recordings {
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
