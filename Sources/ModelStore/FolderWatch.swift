import Dispatch
import Logging
import Synchronization

/// Checks the models' folder in the background, so that a request learns its state without a system call. The
/// check runs on its own queue, because a file server that is gone may block it for ever.
public final class FolderWatch: Sendable {
    /// Examines the folder. It may block.
    public typealias Probe = @Sendable () -> FolderStatus

    private struct State {
        var status: FolderStatus
        /// When the probe that runs was started, in milliseconds; nil if none runs.
        var probedSince: UInt64?
    }

    /// Seconds between two checks.
    private static let interval = 1
    /// Milliseconds after which a probe that does not return is a fault.
    static let patience: UInt64 = 5000

    private let path: String
    private let logger: Logger
    private let probe: Probe
    private let state: Mutex<State>
    private let accesses = Atomic<Int>(0)
    private let clock = DispatchQueue(label: "reprise.folder.clock")
    private let probes = DispatchQueue(label: "reprise.folder.probe")

    /// Examines the folder once. It is not examined again before ``start()`` or ``check()``.
    public init(_ path: String, logger: Logger, probe: @escaping Probe) {
        self.path = path
        self.logger = logger
        self.probe = probe
        state = Mutex(State(status: FolderStatus()))
        set(probe())
    }

    /// The state at the last check.
    public var status: FolderStatus { state.withLock { $0.status } }

    /// Whether the folder had no fault at the last check that prevents reading.
    public var isReadable: Bool { status.fault.map { !$0.preventsReading } ?? true }

    /// Calls `body`, which uses the folder and may block as long as its file system does.
    package func access<Value, Failure: Error>(
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        accesses.add(1, ordering: .relaxed)
        defer { accesses.subtract(1, ordering: .relaxed) }
        return try body()
    }

    /// The number of threads in ``access(_:)`` while the file system does not respond; otherwise 0.
    package var blockedCount: Int {
        if case .unresponsive = status.fault { accesses.load(ordering: .relaxed) } else { 0 }
    }

    /// Checks the folder each second from now on.
    public func start() {
        clock.asyncAfter(deadline: .now() + .seconds(Self.interval)) { [weak self] in
            self?.tick(at: ModelRegistry.now())
            self?.start()
        }
    }

    /// Checks the folder now. It may block, so it must not be called on a connection's loop, nor for a folder
    /// that is known not to respond.
    public func check() { set(probe()) }

    /// Starts a probe, or reports that the last one has not returned. Does not block.
    /// - Parameter now: a monotonic time in milliseconds.
    package func tick(at now: UInt64) {
        let runningSince = state.withLock { state in
            defer { state.probedSince = state.probedSince ?? now }
            return state.probedSince
        }
        guard let runningSince else {
            return probes.async { [weak self, probe] in
                let status = probe()
                guard let self else { return }
                state.withLock { $0.probedSince = nil }
                set(status)
            }
        }
        if now >= runningSince + Self.patience {
            set(FolderStatus(fault: .unresponsive(Int((now - runningSince) / 1000))))
        }
    }

    /// Waits until no probe runs.
    package func waitForProbe() { probes.sync {} }

    /// Sets the state, and logs a change for the better or the worse.
    private func set(_ status: FolderStatus) {
        let before = state.withLock { state in
            defer { state.status = status }
            return state.status.fault
        }
        // Figures in a fault change all the time; only another kind of fault is news.
        guard before?.kind != status.fault?.kind else { return }
        if let fault = status.fault {
            logger.error("not ready", metadata: ["reason": "\(fault)", "path": "\(path)"])
        } else {
            logger.notice("ready again", metadata: ["path": "\(path)"])
        }
    }
}

extension FolderStatus.Fault {
    /// The fault without its figures.
    fileprivate var kind: Int {
        switch self {
        case .missing: 0
        case .unreadable: 1
        case .unwritable: 2
        case .full: 3
        case .noInodes: 4
        case .unresponsive: 5
        }
    }
}
