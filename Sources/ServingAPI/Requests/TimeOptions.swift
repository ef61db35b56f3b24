import JSON
import ModelFiles
import TimeSeries

/// What is done with rows because of their times.
struct TimeOptions {
    var order = OrderPolicy.error
    var duplicates = DuplicatePolicy.error
    var gaps = GapRule.automatic
    var resampling: Resampling?
    /// The first option of the request that requires timestamps; nil if there is none.
    var requiringTimestamps: String?
}

extension FieldReader {
    /// Reads `order`, `duplicates`, `max_gap`, `interval` and `aggregate`.
    /// - Parameter model: the preparation of the model that the rows are for. It decides how rows are
    ///   resampled, and what is a gap if the request does not.
    mutating func timeOptions(for model: Preparation?) throws(JSONError) -> TimeOptions {
        var options = TimeOptions()
        options.order = try choice("order", default: .error)
        options.duplicates = try choice("duplicates", default: .error)
        let gaps = try gapRule("max_gap")
        let resampling = try resampling()
        if let resampling, let required = model?.resampling, resampling != required {
            throw error(
                "interval",
                "is \(resampling.interval) with the aggregate \(resampling.aggregate.rawValue), but the "
                    + "model takes rows every \(required.interval) with the aggregate "
                    + required.aggregate.rawValue
            )
        }
        options.gaps = gaps ?? model?.gaps ?? .automatic
        options.resampling = resampling ?? model?.resampling
        options.requiringTimestamps =
            options.order != .error
            ? "order"
            : options.duplicates != .error
                ? "duplicates" : gaps != nil ? "max_gap" : resampling != nil ? "interval" : nil
        return options
    }
}
