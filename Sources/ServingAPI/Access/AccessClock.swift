import DataFormats
import Glibc

/// The clocks of access control: that of the calendar for expiry, and a monotonic one for rates.
package struct AccessClock: Sendable {
    /// The current time.
    let now: @Sendable () -> UTCTime
    /// Seconds on a clock that never goes back.
    let uptime: @Sendable () -> Double

    package init(now: @escaping @Sendable () -> UTCTime, uptime: @escaping @Sendable () -> Double) {
        self.now = now
        self.uptime = uptime
    }

    /// The clocks of the machine.
    static let system = AccessClock(
        now: { UTCTime(microseconds: Int64(seconds(CLOCK_REALTIME) * 1e6)) },
        uptime: { seconds(CLOCK_MONOTONIC) })

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
