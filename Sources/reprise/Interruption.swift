import Dispatch
import Glibc
import RepriseClient
import Synchronization

/// Ctrl-C while a training runs: the server is told to cancel it, and the command ends as shells expect of one that was
/// interrupted.
final class Interruption {
    /// Shared with the handler.
    private final class Job: Sendable {
        let id = Mutex<String?>(nil)
        let isInterrupted = Atomic(false)
    }

    private let job = Job()
    private let source: any DispatchSourceSignal

    init(_ client: RepriseClient) {
        // Dispatch sees a signal only if its default action, which is to end the process, is off.
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT)
        source.setEventHandler { [job] in
            job.isInterrupted.store(true, ordering: .relaxed)
            Self.end(client, job.id.withLock { $0 })
        }
        source.activate()
    }

    deinit { source.cancel() }

    /// From now on there is something to cancel.
    func arm(_ id: String) { job.id.withLock { $0 = id } }

    /// The end of the training that the interruption brings about is not to be told as a failure: the process is ending.
    func keepSilent() {
        while job.isInterrupted.load(ordering: .relaxed) { pause() }
    }

    private static func end(_ client: RepriseClient, _ job: String?) -> Never {
        // A server that can't be told notices that nobody waits any more.
        if let job { try? client.cancel(job: job) }
        let text = Array("\ncancelled\n".utf8)
        _ = write(STDERR_FILENO, text, text.count)
        _exit(128 + SIGINT)
    }
}
