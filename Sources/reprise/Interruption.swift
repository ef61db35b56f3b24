import Dispatch
import Glibc
import RepriseClient
import Synchronization

/// Handles SIGINT (Ctrl-C) during training: cancels the job on the server, and ends the process with the exit
/// code of an interrupted command.
final class Interruption {
    /// State that the signal handler shares.
    private final class Job: Sendable {
        let id = Mutex<String?>(nil)
        let isInterrupted = Atomic(false)
    }

    private let job = Job()
    private let source: any DispatchSourceSignal

    init(_ client: RepriseClient) {
        // Dispatch receives a signal only if its default action, which ends the process, is off.
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT)
        source.setEventHandler { [job] in
            job.isInterrupted.store(true, ordering: .relaxed)
            Self.cancel(client, job.id.withLock { $0 })
        }
        source.activate()
    }

    deinit { source.cancel() }

    /// Sets the job that an interruption cancels.
    func arm(_ id: String) { job.id.withLock { $0 = id } }

    /// Waits for the process to end if it was interrupted, so that the cancelled job is not reported as a
    /// failure.
    func waitForExit() {
        while job.isInterrupted.load(ordering: .relaxed) { pause() }
    }

    private static func cancel(_ client: RepriseClient, _ job: String?) -> Never {
        // If the call fails, the server cancels the job when the event stream closes.
        if let job { try? client.cancel(job: job) }
        let text = Array("\ncancelled\n".utf8)
        _ = write(STDERR_FILENO, text, text.count)
        _exit(128 + SIGINT)
    }
}
