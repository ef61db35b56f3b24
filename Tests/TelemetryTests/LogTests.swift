import Dispatch
import Glibc
import Logging
import Synchronization
import Telemetry
import Testing

/// Log lines and their writer.
@Suite struct LogTests {
    /// A pipe that a log is written to.
    final class Pipe {
        let writer: Int32
        private let reader: Int32

        init() {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            (reader, writer) = (ends[0], ends[1])
        }

        deinit {
            close(reader)
            close(writer)
        }

        /// Waits for bytes and returns those that are available, at most 64 KiB.
        func read() -> String {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = Glibc.read(reader, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }

    }

    private static let nasty = "a\"b\\c\nd\u{1b}[31m\u{7f}\u{85}\u{e9}\u{202e}\u{1f600}\0"
    private static let escaped =
        #"a\"b\\c\nd\u001b[31m\u007f\u0085\u00e9\u202e\ud83d\ude00\u0000"#

    private func line(_ format: LogFormat, _ fields: (inout LogLine) -> Void) throws -> String {
        let pipe = Pipe()
        let log = LogWriter(descriptor: pipe.writer, format: format)
        log.log("info", "a message", fields)
        log.flush()
        let line = pipe.read()
        let time = try #require(line.firstMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/))
        return line.replacing(time.0, with: "TIME")
    }

    private func fill(_ line: inout LogLine) {
        line.field("plain", "/a/b?c%20[d]")
        line.field("blank", "a b")
        line.field("empty", "")
        line.field("equals", "a=b")
        line.field("nasty", Self.nasty)
        line.field("absent", ifAny: nil)
        line.field("number", -12)
        line.field("time", nanoseconds: 12_345_678_999)
    }

    @Test func logfmtQuotesAndEscapesSpecialValues() throws {
        #expect(
            try line(.logfmt, fill)
                == "time=TIME level=info msg=\"a message\" plain=/a/b?c%20[d] blank=\"a b\" "
                + "empty=\"\" equals=\"a=b\" nasty=\"\(Self.escaped)\" number=-12 time=12.345678\n")
    }

    @Test func jsonLinesAreObjectsWithEscapedValues() throws {
        #expect(
            try line(.json, fill) == "{\"time\":\"TIME\",\"level\":\"info\",\"msg\":\"a message\","
                + "\"plain\":\"/a/b?c%20[d]\",\"blank\":\"a b\",\"empty\":\"\",\"equals\":\"a=b\","
                + "\"nasty\":\"\(Self.escaped)\",\"number\":-12,\"time\":12.345678}\n")
    }

    @Test func swiftLogMessagesAreWrittenAsLines() throws {
        let pipe = Pipe()
        let log = LogWriter(descriptor: pipe.writer, format: .logfmt)
        var logger = Logger(label: "x") { _ in LineLogHandler(log, level: .notice) }
        logger[metadataKey: "own"] = "1"
        logger.info("not this one")
        logger.error("failed", metadata: ["model": "a b", "bad name=": "2"])
        log.flush()
        let text = pipe.read()
        #expect(text.hasSuffix(" level=error msg=failed bad_name_=2 model=\"a b\" own=1\n"))
        #expect(text.count { $0 == "\n" } == 1)
    }

    @Test func aLineIsWrittenWithoutAFlush() {
        let pipe = Pipe()
        let log = LogWriter(descriptor: pipe.writer, format: .logfmt)
        log.log("info", "one") { _ in }
        // Blocks until the line is written.
        #expect(pipe.read().hasSuffix("msg=one\n"))
    }

    /// Logging continues, dropped lines are counted, and all other lines arrive whole when the reader
    /// continues.
    @Test(.timeLimit(.minutes(5))) func loggingDoesNotWaitForASlowReader() {
        let pipe = Pipe()
        let log = LogWriter(descriptor: pipe.writer, format: .logfmt)
        let count = 100_000
        for index in 0..<count {
            log.log("info", "line") { line in
                line.field("index", index)
                line.field("filler", "................................................................")
            }
        }
        let dropped = log.droppedLines
        #expect(dropped > 0 && dropped < count)
        let done = Mutex(false)
        DispatchQueue.global().async {
            log.flush()
            log.log("info", "last", isUrgent: true) { _ in }
            done.withLock { $0 = true }
        }
        var text = ""
        while !text.hasSuffix("msg=last\n") { text += pipe.read() }
        let lines = text.split(separator: "\n")
        #expect(lines.count == count - dropped + 1)
        #expect(
            lines.allSatisfy { $0.hasPrefix("time=") && ($0.hasSuffix("...") || $0.hasSuffix("msg=last")) })
    }

    @Test(.timeLimit(.minutes(1))) func aFlushWaitsAtMostItsTimeLimit() {
        let pipe = Pipe()
        let log = LogWriter(descriptor: pipe.writer, format: .logfmt)
        for _ in 0..<2000 { log.log("info", "more than a pipe of 64 KiB takes") { _ in } }
        let start = MonotonicTime.now
        log.flush(within: 0.2)
        #expect(MonotonicTime.now.nanoseconds(since: start) >= 200_000_000)
        // Unblocks the writer, which would otherwise write to a descriptor that has been closed and may be
        // reused.
        var text = ""
        while text.count(where: { $0 == "\n" }) < 2000 { text += pipe.read() }
    }

    @Test func aClosedPipeDoesNotEndTheProcess() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        close(ends[0])
        let log = LogWriter(descriptor: ends[1], format: .json)
        log.log("info", "a line without a reader") { _ in }
        log.flush()
        close(ends[1])
    }
}
