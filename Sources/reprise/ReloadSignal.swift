import Dispatch

#if canImport(Glibc)
    import Glibc
#endif

/// SIGHUP, which reloads and never ends the process. The kernel sends it too when a terminal closes.
final class ReloadSignal {
    private let source: any DispatchSourceSignal

    /// - Parameter action: called for each signal, until this object is released.
    init(_ action: @escaping @Sendable () -> Void) {
        // Dispatch receives a signal only if its default action, which ends the process, is off.
        signal(SIGHUP, SIG_IGN)
        source = DispatchSource.makeSignalSource(
            signal: SIGHUP, queue: DispatchQueue(label: "reprise.reload"))
        source.setEventHandler(handler: action)
        source.activate()
    }

    deinit { source.cancel() }
}
