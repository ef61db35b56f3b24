import Detection
import JSON

extension JSONWriter {
    /// `"verdict":{"best":"model","runner_up":"pca",…}`.
    mutating func verdict(_ verdict: Verdict) {
        object("verdict") { json in
            json.member("best", verdict.best?.name)
            json.member("runner_up", verdict.runnerUp?.name)
            json.member("metric", verdict.metric.rawValue)
            json.member("difference", verdict.difference)
            json.member("average_precision_difference", verdict.averagePrecisionDifference)
            if let interval = verdict.interval {
                json.member("interval", [interval.lowerBound, interval.upperBound])
            } else {
                json.nullMember("interval")
            }
            json.member("is_significant", verdict.isSignificant)
            if let blocks = verdict.blocks {
                json.object("blocks") { json in
                    json.member("length", blocks.length)
                    json.member("count", blocks.count)
                }
            } else {
                json.nullMember("blocks")
            }
            json.member("sentence", verdict.sentence)
        }
    }
}
