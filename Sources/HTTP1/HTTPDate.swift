/// The value of the Date field: an IMF-fixdate (RFC 9110, 5.6.7), formatted once per second.
package struct HTTPDate {
    private var second = Int.min
    private var bytes: [UInt8] = []

    /// The 29 bytes of the date.
    ///
    /// - Parameter second: seconds since 1970.
    mutating func value(at second: Int) -> [UInt8] {
        if second != self.second {
            self.second = second
            bytes = Array(Self.format(second).utf8)
        }
        return bytes
    }

    /// Formats a time as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// - Parameter seconds: seconds since 1970, of a time from 1970 to 9999.
    package static func format(_ seconds: Int) -> String {
        let days = seconds / 86_400
        let time = seconds % 86_400
        let (year, month, day) = civil(fromDays: days)
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = "\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))"
        return "\(weekdays[days % 7]), \(two(day)) \(months[month - 1]) \(year) \(clock) GMT"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Converts days since 1970 to a date of the Gregorian calendar. Computes with years that begin in March,
    /// which puts the leap day at the end of the year; 400 years have 146,097 days.
    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }
}
