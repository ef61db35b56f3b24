/// The name of a column that says that its cells are timestamps.
struct TimestampName {
    /// The unit that the name mentions, if it does: `Time (s)`, `time_ms`.
    let unit: TimeUnit?
    /// Whether the name says that the cells are dates, so that small numbers are no clock.
    let isDate: Bool

    /// Reads a column name, in any case, with blanks, `_`, `-`, `.`, `/` and `@` alike: one of
    /// ``Timestamps/names``, which a unit, `utc`, `gmt` or `local` can follow, as a word or in brackets.
    init?(_ name: String) {
        var (words, bracketed) = Self.words(name)
        var unit = bracketed.lazy.compactMap(TimeUnit.init).first
        if words == ["t"], unit != nil {
            (self.unit, isDate) = (unit, false)
            return
        }
        while !Timestamps.names.contains(words.joined(separator: " ")) {
            guard words.count > 1 else { return nil }
            let last = words.removeLast()
            if let word = TimeUnit(last) {
                unit = unit ?? word
            } else if !["utc", "gmt", "local", "iso", "iso8601", "z"].contains(last) {
                return nil
            }
        }
        self.unit = unit
        isDate = !words.allSatisfy { !$0.contains("date") && $0 != "datum" && $0 != "fecha" }
    }

    /// Splits a name into words in lower case, and those that stand in brackets.
    static func words(_ name: String) -> (outside: [String], bracketed: [String]) {
        var (outside, bracketed) = ([""], [""])
        var (isBracketed, isAfterLower) = (false, false)
        for scalar in name.unicodeScalars {
            defer { isAfterLower = scalar.properties.isLowercase }
            switch scalar {
            case "(", "[", "{": isBracketed = true
            case ")", "]", "}": isBracketed = false
            case " ", "_", "-", ".", "/", "@", ":", "\u{A0}", "\t":
                if isBracketed { bracketed.append("") } else { outside.append("") }
            default:
                // camelCase has a word border before an upper-case letter.
                if isAfterLower, scalar.properties.isUppercase, !isBracketed { outside.append("") }
                let text = scalar.properties.lowercaseMapping
                if isBracketed {
                    bracketed[bracketed.count - 1] += text
                } else {
                    outside[outside.count - 1] += text
                }
            }
        }
        return (outside.filter { !$0.isEmpty }, bracketed.filter { !$0.isEmpty })
    }
}

extension Timestamps {
    /// The names of columns of timestamps, in lower case, with a blank between words.
    public static let names: Set<String> = [
        "time", "date", "datetime", "date time", "timestamp", "time stamp", "ts", "epoch", "epoch time",
        "unix", "unixtime", "unix time", "unix ts", "unix timestamp", "unix epoch", "posix time", "utc",
        "utc time", "utc timestamp", "utc date", "local time", "local timestamp", "gps time", "event time",
        "event timestamp", "sample time", "log time", "record time", "system time", "server time",
        "measurement time", "elapsed", "elapsed time", "time elapsed", "relative time",
        // German, Spanish, French
        "zeit", "datum", "uhrzeit", "zeitstempel", "zeitpunkt", "datum zeit", "datum uhrzeit", "messzeit",
        "messzeitpunkt", "fecha", "hora", "fecha hora", "tiempo", "heure", "date heure", "horodatage",
    ]
}
