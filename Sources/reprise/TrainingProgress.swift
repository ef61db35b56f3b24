import Glibc
import RepriseClient

/// Shows on standard error how far a training is: a bar on a terminal, a line now and then elsewhere.
final class TrainingProgress {
    private static let width = 30
    /// Seconds between two lines that are not for a terminal.
    private static let pause = 5.0

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var hasBar = false
    private var lastLine = 0.0

    /// Shows the newest of it.
    func show(_ progress: TrainProgress) {
        if isTerminal {
            let done = Self.width * progress.epoch / max(progress.epochs, 1)
            let bar = String(repeating: "█", count: done) + String(repeating: "░", count: Self.width - done)
            // To the beginning of the line, and what was there is erased behind the new text.
            write("\r\(bar) \(facts(progress))\u{1B}[K")
            hasBar = true
        } else if progress.epoch == progress.epochs || progress.seconds >= lastLine + Self.pause {
            lastLine = progress.seconds
            write("epoch \(facts(progress))\n")
        }
    }

    /// Leaves the last state of the bar where it is.
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

    /// Minutes and seconds, with hours if there are any.
    private static func time(_ seconds: Double) -> String {
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
