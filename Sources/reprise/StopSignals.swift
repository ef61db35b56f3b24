import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// SIGTERM and SIGINT. The first signal ends ``wait()``, after which ``Serve`` stops; the second ends the
/// process at once.
final class StopSignals {
    private let queue = DispatchQueue(label: "reprise.signals")
    private let arrived = DispatchSemaphore(value: 0)
    private let count = Atomic(0)
    private var sources: [any DispatchSourceSignal] = []

    init() {
        let registered = DispatchSemaphore(value: 0)
        for number in [SIGTERM, SIGINT] {
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            // The handler retains this object for good, because a signal may arrive until the process has
            // ended.
            source.setEventHandler { [self] in
                arrived.signal()
                // One event may stand for several signals; its data is their number. The exit code is that of
                // SIGTERM.
                let seen = count.add(Int(source.data), ordering: .relaxed).newValue
                if seen > 1 { _exit(128 + SIGTERM) }
            }
            source.setRegistrationHandler { registered.signal() }
            source.resume()
            sources.append(source)
            // Dispatch registers in the background, and then catches the signal in place of its default
            // action, which ends the process: so a signal before this ends it, too, and none is lost.
            registered.wait()
        }
    }

    /// Returns at the first signal.
    func wait() { arrived.wait() }
}
