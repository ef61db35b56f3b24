/// Dates of the Gregorian calendar.
enum CivilDate {
    /// Whether there is such a date, in the years 1 to 9999.
    static func exists(_ year: Int64, _ month: Int64, _ day: Int64) -> Bool {
        (1...9999).contains(year) && (1...12).contains(month)
            && (1...daysInMonth(year, month)).contains(day)
    }

    /// Returns the days of a month.
    static func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Returns the days from 1970-01-01 to a date. Here a year starts in March, so that the leap day is its
    /// last. An era of 400 years has 146,097 days.
    static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month > 2 ? year : year - 1
        let (era, yearOfEra) = (year / 400, year % 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
