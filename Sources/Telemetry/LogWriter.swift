import Dispatch
import Glibc
import Synchronization

/// Writes log lines to a file descriptor through a buffer, on its own queue.
///
/// Logging never waits for the reader of the descriptor. If the buffer is full, lines are dropped and
/// counted.
package final class LogWriter: Sendable {
    /// Maximum size of the buffer in bytes: a few seconds of a busy server. A line is dropped if the buffer
    /// has reached it.
    private static let maxBuffered = 4 << 20
    /// Size of the buffer in bytes at which it is written immediately.
    private static let flushThreshold = 128 << 10
    /// Delay before the buffer is written, so that a busy server writes many lines at once.
    private static let flushDelay = DispatchTimeInterval.milliseconds(20)

    private struct State {
        var buffer: [UInt8] = []
        var isScheduled = false
        var clock = LogClock()
    }

    private let descriptor: Int32
    private let format: LogFormat
    private let queue = DispatchQueue(label: "reprise.log", qos: .utility)
    private let state = Mutex(State())
    private let droppedCount = Atomic(0)

    /// Creates a writer to a descriptor, which must stay open. The writer does not close it.
    package init(descriptor: Int32 = STDERR_FILENO, format: LogFormat) {
        self.descriptor = descriptor
        self.format = format
    }

    /// Number of lines that were dropped because the buffer was full.
    package var droppedLines: Int { droppedCount.load(ordering: .relaxed) }

    /// Logs a line with the time, a level, a message and further fields.
    /// - Parameters:
    ///   - isUrgent: whether to write the line immediately instead of waiting for more lines.
    ///   - fields: adds fields to the line. It is called before this method returns, under a lock, or not at
    ///     all if the line is dropped.
    package func log(
        _ level: String, _ message: String, isUrgent: Bool = false, _ fields: (inout LogLine) -> Void
    ) {
        let appended = state.withLock { state -> (needsSchedule: Bool, crossedThreshold: Bool)? in
            let before = state.buffer.count
            guard before < Self.maxBuffered else { return nil }
            var line = LogLine(format, behind: exchange(&state.buffer, with: []))
            line.field("time", state.clock.now())
            line.field("level", level)
            line.field("msg", message)
            fields(&line)
            state.buffer = line.finished()
            defer { state.isScheduled = true }
            // Schedule an immediate write only when the buffer crosses the threshold, not for each line after
            // that.
            let count = state.buffer.count
            return (!state.isScheduled, before < Self.flushThreshold && count >= Self.flushThreshold)
        }
        guard let appended else {
            droppedCount.add(1, ordering: .relaxed)
            return
        }
        if isUrgent || appended.crossedThreshold {
            queue.async { self.write() }
        } else if appended.needsSchedule {
            queue.asyncAfter(deadline: .now() + Self.flushDelay) { self.write() }
        }
    }

    /// Waits until all lines that were logged before are written, but at most `seconds`, so that a blocked
    /// descriptor does not keep the process from exiting.
    package func flush(within seconds: Double = 2) {
        let done = DispatchSemaphore(value: 0)
        queue.async {
            self.write()
            done.signal()
        }
        _ = done.wait(timeout: .now() + seconds)
    }

    private func write() {
        let bytes = state.withLock { state in
            state.isScheduled = false
            return exchange(&state.buffer, with: [])
        }
        bytes.withUnsafeBytes { bytes in
            var rest = UnsafeRawBufferPointer(rebasing: bytes[...])
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if errno == EAGAIN {
                    // The descriptor is non-blocking, which another process that shares it may have set:
                    // wait.
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, -1)
                } else if errno != EINTR {
                    // The descriptor cannot be written any more, such as a pipe without a reader: drop the
                    // lines.
                    return
                }
            }
        }
    }
}

/// Formats the current time as RFC 3339, in UTC, with milliseconds. The date is formatted once a second.
private struct LogClock {
    private var second = Int.min
    /// The time of `second` up to the decimal point.
    private var text = ""

    mutating func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        if time.tv_sec != second {
            second = time.tv_sec
            var parts = tm()
            gmtime_r(&time.tv_sec, &parts)
            let numbers = [parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec]
            let digits = numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }
            text = "\(parts.tm_year + 1900)-\(digits[0])-\(digits[1])T\(digits[2]):\(digits[3]):\(digits[4])."
        }
        let milliseconds = time.tv_nsec / 1_000_000
        return String(unsafeUninitializedCapacity: text.utf8.count + 4) { buffer in
            var end = buffer.initialize(fromContentsOf: text.utf8)
            for digit in [milliseconds / 100, milliseconds / 10 % 10, milliseconds % 10] {
                buffer.initializeElement(at: end, to: UInt8(48 + digit))
                end += 1
            }
            buffer.initializeElement(at: end, to: UInt8(ascii: "Z"))
            return end + 1
        }
    }
}
