import ArgumentParser
import DataFormats
import Foundation

/// Measures reading of 100 MB into a table in process. Pin it to one core, as the reader uses one thread.
struct Read: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// 8 columns of doubles of 17 digits.
        case csv
        /// The same with a column of timestamps in front.
        case timestamps
        /// 8 columns of float64.
        case npy
    }

    static let configuration = CommandConfiguration(
        abstract: "Reading of 100 MB into a table: MB/s, and peak memory as a multiple of the body.")

    @Argument var format: Format

    func run() throws {
        let body = body()
        let idle = resetPeak()
        var times: [Double] = []
        for _ in 0..<5 {
            times.append(
                try seconds {
                    let table = format == .npy ? try Table(npy: body) : try Table(csv: body)
                    precondition(table.featureCount == 8)
                })
        }
        report(
            "read-\(format)",
            [
                "megabytes_per_second": Double(body.count) / median(times) / 1e6,
                "memory_over_body": Double(peak() - idle + body.count) / Double(body.count),
            ])
    }

    private func body() -> [UInt8] {
        var random = XorShift64Star()
        if format == .npy {
            let values = (0..<12_500_000).map { _ in Double.random(in: -1...1, using: &random) }
            return NumPyArray.encode(values[...], shape: [1_562_500, 8])
        }
        var text: [UInt8] = []
        text.reserveCapacity(100_000_000)
        text += Array(((format == .timestamps ? "time," : "") + "a,b,c,d,e,f,g,h\n").utf8)
        var second = 0
        while text.count < 99_999_000 {
            // All times have the same length.
            if format == .timestamps {
                let parts = [second / 86_400 % 28 + 1, second / 3600 % 24, second / 60 % 60, second % 60].map
                {
                    ($0 < 10 ? "0" : "") + "\($0)"
                }
                text += Array("2026-01-\(parts[0])T\(parts[1]):\(parts[2]):\(parts[3])Z,".utf8)
            }
            let row = (0..<8).map { _ in "\(Double.random(in: -1...1, using: &random))" }
            text += Array(row.joined(separator: ",").utf8) + [UInt8(ascii: "\n")]
            second += 1
        }
        return text
    }

    /// Makes the resident memory the peak (proc(5), clear_refs), and returns it.
    private func resetPeak() -> Int {
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
        return peak()
    }

    /// The peak of the resident memory, in bytes.
    private func peak() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) << 10
    }
}
