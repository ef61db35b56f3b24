/// The format of log lines.
package enum LogFormat: String, CaseIterable, Sendable {
    /// `name=value` pairs; values with spaces or special characters are quoted.
    case logfmt
    /// One JSON object per line.
    case json
}

/// A log line that is being written.
///
/// The line contains only printable ASCII, whatever the values contain: control characters, quotes and all
/// characters outside ASCII are escaped as in JSON, in both formats.
package struct LogLine {
    private let format: LogFormat
    private(set) var bytes: [UInt8]
    private var isFirst = true

    /// Begins a line after other bytes.
    init(_ format: LogFormat, behind bytes: [UInt8]) {
        self.format = format
        self.bytes = bytes
        if format == .json { self.bytes.append(UInt8(ascii: "{")) }
    }

    /// Adds a string.
    package mutating func field(_ name: StaticString, _ value: String) {
        begin(name)
        append(value)
    }

    /// Adds a string under a name from outside this project. Characters that logfmt does not allow in names
    /// become underscores.
    mutating func field(named name: String, _ value: String) {
        separate()
        switch format {
        case .json:
            bytes.append(UInt8(ascii: "\""))
            append(escaped: name)
            bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
        case .logfmt:
            for byte in name.utf8 { bytes.append(Self.isPlain(byte) ? byte : UInt8(ascii: "_")) }
            bytes.append(UInt8(ascii: "="))
        }
        append(value)
    }

    private mutating func append(_ value: String) {
        if format == .json || !value.utf8.allSatisfy(Self.isPlain) || value.isEmpty {
            bytes.append(UInt8(ascii: "\""))
            append(escaped: value)
            bytes.append(UInt8(ascii: "\""))
        } else {
            bytes.append(contentsOf: value.utf8)
        }
    }

    /// Adds a string unless it is nil.
    package mutating func field(_ name: StaticString, ifAny value: String?) {
        if let value { field(name, value) }
    }

    /// Adds an integer.
    package mutating func field(_ name: StaticString, _ value: Int) {
        begin(name)
        append(decimal: value)
    }

    /// Adds a duration, in seconds with six decimals.
    package mutating func field(_ name: StaticString, nanoseconds: UInt64) {
        begin(name)
        let microseconds = Int(nanoseconds / 1000)
        append(decimal: microseconds / 1_000_000)
        bytes.append(UInt8(ascii: "."))
        var place = 100_000
        while place > 0 {
            bytes.append(UInt8(48 + microseconds / place % 10))
            place /= 10
        }
    }

    /// Ends the line and returns all bytes.
    consuming func finished() -> [UInt8] {
        if format == .json { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: format == .json ? "," : " ")) }
        isFirst = false
    }

    private mutating func begin(_ name: StaticString) {
        separate()
        if format == .json { bytes.append(UInt8(ascii: "\"")) }
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        if format == .json { bytes.append(UInt8(ascii: "\"")) }
        bytes.append(UInt8(ascii: format == .json ? ":" : "="))
    }

    /// Returns whether a byte needs neither quotes nor an escape in logfmt.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
            && byte != UInt8(ascii: "\\")
    }

    private mutating func append(decimal value: Int) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(48 + rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    private mutating func append(escaped text: String) {
        for unit in text.utf16 {
            switch unit {
            case 0x22, 0x5c: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: unit)])
            case 0x0a: bytes.append(contentsOf: "\\n".utf8)
            case 0x20..<0x7f: bytes.append(UInt8(truncatingIfNeeded: unit))
            default:
                let digits = String(unit, radix: 16)
                bytes.append(contentsOf: "\\u".utf8)
                bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
                bytes.append(contentsOf: digits.utf8)
            }
        }
    }
}
