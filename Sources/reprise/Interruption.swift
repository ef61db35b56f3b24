import Dispatch
import Glibc
import Synchronization

/// Handles signals that interrupt a command, such as SIGINT (Ctrl-C): undoes what the command has begun, and
/// ends the process with the exit code of an interrupted command.
final class Interruption {
    /// State that the signal handler shares.
    private final class State: Sendable {
        let undo = Mutex<(@Sendable () -> Void)?>(nil)
        let isInterrupted = Atomic(false)
    }

    private let state = State()
    private let sources: [any DispatchSourceSignal]

    /// - Parameter message: what the interruption has done, for standard error.
    init(_ signals: [Int32] = [SIGINT], message: String = "cancelled") {
        let registered = DispatchSemaphore(value: 0)
        sources = signals.map { [state] number in
            // Dispatch does not receive a signal that the parent process has set to be ignored.
            signal(number, SIG_DFL)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                state.isInterrupted.store(true, ordering: .relaxed)
                state.undo.withLock { $0 }?()
                let text = Array("\n\(message)\n".utf8)
                _ = write(STDERR_FILENO, text, text.count)
                _exit(128 + number)
            }
            source.setRegistrationHandler { registered.signal() }
            source.activate()
            // Until Dispatch has registered, the signal ends the process, so that none is lost.
            registered.wait()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// Sets what an interruption does before the process ends.
    func arm(_ undo: @escaping @Sendable () -> Void) { state.undo.withLock { $0 = undo } }

    /// Waits for the process to end if it was interrupted, so that what the interruption has stopped is not
    /// reported as a failure.
    func waitForExit() {
        while state.isInterrupted.load(ordering: .relaxed) { pause() }
    }
}
