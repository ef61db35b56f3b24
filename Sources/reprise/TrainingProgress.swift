import Glibc
import RepriseClient

/// Shows the progress of training on standard error: a bar on a terminal, a line every five seconds
/// elsewhere.
final class TrainingProgress {
    private static let width = 30
    /// Seconds between lines if standard error is not a terminal.
    private static let interval = 5.0

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var hasBar = false
    private var lastLine = 0.0

    /// Updates the bar, or writes a line if one is due.
    func show(_ progress: TrainProgress) {
        if isTerminal {
            let done = Self.width * progress.epoch / max(progress.epochs, 1)
            let bar = String(repeating: "█", count: done) + String(repeating: "░", count: Self.width - done)
            // Return to the start of the line, and erase the rest of the old text.
            write("\r\(bar) \(facts(progress))\u{1B}[K")
            hasBar = true
        } else if progress.epoch == progress.epochs || progress.seconds >= lastLine + Self.interval {
            lastLine = progress.seconds
            write("epoch \(facts(progress))\n")
        }
    }

    /// Ends the line of the bar.
    func end() {
        if hasBar { write("\n") }
        hasBar = false
    }

    private func facts(_ progress: TrainProgress) -> String {
        var facts = ["\(progress.epoch)/\(progress.epochs)"]
        if let loss = progress.loss { facts.append("loss \(loss.rounded5)") }
        if let loss = progress.valLoss { facts.append("val_loss \(loss.rounded5)") }
        if let seconds = progress.secondsPerEpoch, seconds > 0 {
            facts.append(seconds < 1 ? "\(Int(1 / seconds)) epochs/s" : "\(seconds.rounded5) s/epoch")
        }
        if let seconds = progress.secondsLeft { facts.append("\(Self.time(seconds)) left") }
        return facts.joined(separator: "  ")
    }

    /// Minutes and seconds, with hours if not 0.
    static func time(_ seconds: Double) -> String {
        let total = Int(min(max(seconds, 0), 1e9).rounded(.up))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (total / 3600, total / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(total % 60))" : "\(minutes):\(two(total % 60))"
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
