import JSON
import TimeSeries

extension FieldReader {
    /// Reads the members of a model's preparation.
    /// - Parameter features: F.
    mutating func preparation(features: Int) throws(JSONError) -> Preparation {
        var preparation = Preparation(
            resampling: try resampling(), gaps: try gapRule("max_gap") ?? .automatic,
            interval: try timeSpan("row_interval"))
        if var json = try object("difference") {
            let indices = 0...(features - 1)
            guard let taken = try json.ints("features", in: indices), !taken.isEmpty,
                Set(taken).count == taken.count
            else {
                throw json.missing("features", "an array of the unique indices of features")
            }
            let counters = Set(try json.ints("counters", in: indices) ?? [])
            try json.rejectUnknown()
            preparation.differences = Differences(
                features: taken.sorted().map {
                    Differences.Feature(index: $0, isCounter: counters.contains($0))
                },
                interval: preparation.interval)
        }
        return preparation
    }

    /// Reads `interval` and `aggregate`; nil without `interval`.
    package mutating func resampling() throws(JSONError) -> Resampling? {
        let aggregate: Resampling.Aggregate? = try choice("aggregate")
        guard let interval = try timeSpan("interval") else {
            guard aggregate == nil else { throw error("aggregate", "requires an interval") }
            return nil
        }
        return Resampling(interval: interval, aggregate: aggregate ?? .mean)
    }

    /// Reads a length of time: a number of seconds, or a text such as `30s`.
    package mutating func timeSpan(_ name: String) throws(JSONError) -> TimeSpan? {
        let span: TimeSpan?
        switch value(name) {
        case nil: return nil
        case .integer(let seconds): span = TimeSpan(seconds: Double(seconds))
        case .number(let seconds): span = TimeSpan(seconds: seconds)
        case .string(let text): span = TimeSpan(text)
        default: span = nil
        }
        guard let span else {
            throw error(name, "must be \(TimeSpan.rule)")
        }
        return span
    }

    /// Reads a rule for gaps: a length of time, or `none`.
    package mutating func gapRule(_ name: String) throws(JSONError) -> GapRule? {
        if case .string("none") = value(name) { return GapRule.none }
        do throws(JSONError) {
            return try timeSpan(name).map { .longer(than: $0) }
        } catch {
            throw JSONError(error.kind, at: error.pointer, error.detail + ", or \"none\"")
        }
    }
}

extension GapRule {
    /// The value of `max_gap`; nil for the default.
    package var text: String? {
        switch self {
        case .automatic: nil
        case .none: "none"
        case .longer(let span): span.description
        }
    }
}

extension JSONWriter {
    /// The members of a model's preparation that are not the defaults.
    package mutating func members(of preparation: Preparation) {
        if let resampling = preparation.resampling {
            member("interval", resampling.interval.description)
            member("aggregate", resampling.aggregate.rawValue)
        }
        if let gaps = preparation.gaps.text { member("max_gap", gaps) }
        if let interval = preparation.interval { member("row_interval", interval.description) }
        if let differences = preparation.differences {
            object("difference") { json in
                json.member("features", differences.features.map(\.index))
                json.member("counters", differences.features.filter(\.isCounter).map(\.index))
            }
        }
    }
}
