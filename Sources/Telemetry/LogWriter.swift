import Dispatch
import Glibc
import Synchronization

/// Where lines of the log go: a buffer, which a queue of its own writes to a descriptor. Whoever logs never waits for the
/// reader; lines that find the buffer full are lost, and counted.
package final class LogWriter: Sendable {
    /// What may wait at most: some seconds of a busy server.
    private static let limit = 4 << 20
    /// What is written without waiting for more.
    private static let enough = 128 << 10
    /// How long a line waits for others, so that a busy server writes them together.
    private static let delay = DispatchTimeInterval.milliseconds(20)

    private struct State {
        var waiting: [UInt8] = []
        var isScheduled = false
        var clock = LogClock()
    }

    private let descriptor: Int32
    private let format: LogFormat
    private let queue = DispatchQueue(label: "reprise.log", qos: .utility)
    private let state = Mutex(State())
    private let lostLines = Atomic(0)

    /// A writer to a descriptor, which stays open. It is never closed here.
    package init(descriptor: Int32 = STDERR_FILENO, format: LogFormat) {
        self.descriptor = descriptor
        self.format = format
    }

    /// How many lines were lost because the reader was too slow.
    package var lost: Int { lostLines.load(ordering: .relaxed) }

    /// Logs a line with the time, a level, a message and what `fields` adds, which is called at once, and not at all where
    /// there is no room.
    /// - Parameter isUrgent: whether not to wait for other lines.
    package func log(
        _ level: String, _ message: String, isUrgent: Bool = false, _ fields: (inout LogLine) -> Void
    ) {
        let size = state.withLock { state -> (schedules: Bool, isMuch: Bool)? in
            let before = state.waiting.count
            guard before < Self.limit else { return nil }
            var line = LogLine(format, behind: exchange(&state.waiting, with: []))
            line.field("time", state.clock.now())
            line.field("level", level)
            line.field("msg", message)
            fields(&line)
            state.waiting = line.finished()
            defer { state.isScheduled = true }
            // Once, when it becomes much: the writer may take its time.
            return (!state.isScheduled, before < Self.enough && state.waiting.count >= Self.enough)
        }
        guard let size else {
            lostLines.add(1, ordering: .relaxed)
            return
        }
        if isUrgent || size.isMuch {
            queue.async { self.write() }
        } else if size.schedules {
            queue.asyncAfter(deadline: .now() + Self.delay) { self.write() }
        }
    }

    /// Returns when everything that was logged before is written, or after so many seconds: a reader that has stopped
    /// must not keep a process from ending.
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
            return exchange(&state.waiting, with: [])
        }
        bytes.withUnsafeBytes { bytes in
            var rest = UnsafeRawBufferPointer(rebasing: bytes[...])
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if errno == EAGAIN {
                    // A descriptor that somebody has made non-blocking: wait as a blocking one would.
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, -1)
                } else if errno != EINTR {
                    // Nobody reads it any more, which is no reason to end.
                    return
                }
            }
        }
    }
}

/// The time as RFC 3339 writes it, in UTC, to the millisecond; dates are made anew once a second.
private struct LogClock {
    private var second = Int.min
    /// Without the part of the second.
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
