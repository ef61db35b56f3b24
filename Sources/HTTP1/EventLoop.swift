import CLinux
import Dispatch
import Glibc
import Synchronization

/// An event loop: a serial queue that exclusively owns its connections, and an epoll instance that reports
/// which of them are ready.
///
/// Each connection is registered with epoll once, edge-triggered; a single Dispatch source watches the epoll
/// descriptor. Measured on one core with 32 connections, this takes 13 to 15 µs of processor time per
/// request, including all of HTTP (nginx: 13 to 15 µs). A Dispatch source for each connection, which costs an
/// `epoll_ctl` and a thread switch per event, took 19 to 24 µs for the system calls alone.
///
/// Everything except `isCurrent`, `queue` and `post` may be used on the queue only. Otherwise two threads
/// could free and write a connection at once; `dispatchPrecondition` traps on that.
package final class EventLoop: @unchecked Sendable {
    package static let readBufferSize = 64 * 1024
    private static let maxEventsPerPoll = 256
    /// Maximum number of connections that are accepted before connections have turns.
    private static let maxAcceptedPerSweep = 32
    /// Maximum nanoseconds of turns before the loop looks for new events and the handler processes its batch.
    private static let maxSweepNanoseconds: UInt64 = 500_000
    /// Maximum nanoseconds of polling before the loop returns to its queue.
    private static let maxPollNanoseconds: UInt64 = 5_000_000
    /// Nanoseconds that a loop polls for more events before it sleeps. Waking up takes 30 to 60 µs on a
    /// virtual machine; busy polling spares this to clients that send the next request at once (29 instead of
    /// 107 µs for GET /healthz). The loop does not yield its core meanwhile, because a training thread would
    /// keep it for long.
    private static let busyPollNanoseconds: UInt64 = 50_000

    let queue: DispatchQueue
    private let handler: any Handler
    private let epoll: Int32
    private let source: any DispatchSourceRead
    private let timer: any DispatchSourceTimer
    private let events = UnsafeMutablePointer<EpollEvent>.allocate(capacity: maxEventsPerPoll)
    private let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readBufferSize, alignment: 64)
    private let currentThread = Atomic<UInt>(0)
    /// Number of closures that were posted and have not started.
    private let pendingTasks = Atomic(0)

    private var connections: [Connection?] = []
    private(set) var connectionCount = 0
    private var generation: UInt32 = 0
    /// The connections that are ready.
    private var turns = TurnQueue<Connection>()
    private var isPolling = false
    private var listener: Listener?
    /// Whether there may be connections to accept.
    private var mayAccept = false
    private var isDraining = false
    private var onDrained: (() -> Void)?

    /// Milliseconds of the monotonic clock, as of the start of the current turn.
    private(set) var now = SystemCalls.monotonicMilliseconds()
    /// Seconds since 1970, as of the start of the current turn.
    private(set) var wallClock = SystemCalls.wallClockSeconds()

    /// - Parameter tick: seconds between two checks of the deadlines.
    init(label: String, handler: any Handler, tick: Double) throws(SystemError) {
        self.handler = handler
        queue = DispatchQueue(label: label, qos: .userInitiated)
        epoll = try SystemCalls.makeEpoll()
        source = DispatchSource.makeReadSource(fileDescriptor: epoll, queue: queue)
        timer = DispatchSource.makeTimerSource(queue: queue)
        events.initialize(repeating: EpollEvent(), count: Self.maxEventsPerPoll)
        let epoll = epoll
        queue.setSpecific(key: Self.key, value: ())
        source.setEventHandler { [unowned self] in perform { self.poll() } }
        source.setCancelHandler { SystemCalls.close(epoll) }
        timer.setEventHandler { [unowned self] in perform { self.checkDeadlines() } }
        timer.schedule(deadline: .now() + tick, repeating: tick, leeway: .milliseconds(Int(tick * 100)))
        source.activate()
        timer.activate()
    }

    deinit {
        timer.cancel()
        source.cancel()
        events.deallocate()
        readBuffer.deallocate()
    }

    private static let key = DispatchSpecificKey<Void>()

    /// Whether the caller runs on any loop.
    static var isAnyCurrent: Bool { DispatchQueue.getSpecific(key: key) != nil }

    /// Whether the caller runs on this loop.
    var isCurrent: Bool { currentThread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Runs `body` as a turn of the loop. On the queue only.
    func perform(_ body: () -> Void) {
        dispatchPrecondition(condition: .onQueue(queue))
        currentThread.store(UInt(pthread_self()), ordering: .relaxed)
        now = SystemCalls.monotonicMilliseconds()
        wallClock = SystemCalls.wallClockSeconds()
        body()
        handler.turnEnded()
        currentThread.store(0, ordering: .relaxed)
    }

    /// Schedules `body` to run as a turn of the loop. From any thread.
    func post(_ body: @escaping @Sendable () -> Void) {
        pendingTasks.add(1, ordering: .relaxed)
        queue.async {
            self.pendingTasks.subtract(1, ordering: .relaxed)
            self.perform(body)
        }
    }

    // MARK: Readiness

    /// Serves connections until none is ready for the time of busy polling. One sweep at a time: look which
    /// connections are ready, accept new ones, give turns, and let the handler process its batch.
    private func poll() {
        isPolling = true
        defer { isPolling = false }
        let start = SystemCalls.monotonicNanoseconds()
        var lastWork = start
        while true {
            guard let hasEvents = collectEvents() else { return }
            acceptConnections()
            let hadTurns = giveTurns()
            handler.turnEnded()
            let time = SystemCalls.monotonicNanoseconds()
            if pendingTasks.load(ordering: .relaxed) > 0 || time - start > Self.maxPollNanoseconds { break }
            if hasEvents || hadTurns || hasMoreToDo {
                lastWork = time
            } else if time - lastWork > Self.busyPollNanoseconds {
                return
            }
        }
        // Pending epoll events trigger the source again.
        if hasMoreToDo { post { self.poll() } }
    }

    /// Whether there is work that epoll does not report again.
    private var hasMoreToDo: Bool { !turns.isEmpty || mayAccept }

    /// Queues all connections for which epoll has events. Returns whether there were events; `nil` if epoll
    /// has failed.
    private func collectEvents() -> Bool? {
        var hasEvents = false
        while true {
            guard let count = try? SystemCalls.poll(epoll, into: events, count: Self.maxEventsPerPoll) else {
                return nil
            }
            for index in 0..<count { handle(events[index]) }
            hasEvents = hasEvents || count > 0
            guard count == Self.maxEventsPerPoll else { return hasEvents }
        }
    }

    private func handle(_ event: EpollEvent) {
        let index = Int(truncatingIfNeeded: event.token & 0xffff_ffff)
        let generation = UInt32(truncatingIfNeeded: event.token >> 32)
        if generation == 0 {
            mayAccept = true
        } else if index < connections.count, let connection = connections[index],
            connection.generation == generation
        {
            // Events of another generation are for a connection that was closed earlier in this turn.
            if connection.note(event.events) { turns.add(connection) }
        }
    }

    private func acceptConnections() {
        if mayAccept { mayAccept = listener?.accept(atMost: Self.maxAcceptedPerSweep) ?? false }
    }

    /// Gives turns until no connection wants one, or the time of a sweep is over. Returns whether a
    /// connection was ready.
    private func giveTurns() -> Bool {
        let start = SystemCalls.monotonicNanoseconds()
        var time = start
        while time - start < Self.maxSweepNanoseconds, let connection = turns.next() {
            var budget = TurnBudget(start: time)
            let hasMore = connection.takeTurn(&budget)
            turns.endTurn(of: connection, hasMore: hasMore)
            time = SystemCalls.monotonicNanoseconds()
        }
        return time > start
    }

    /// Gives a connection another turn, to continue with what it has.
    func requeue(_ connection: Connection) {
        pollSoon()
        turns.addBehind(connection)
    }

    /// Accepts the connections that have waited because accepting was paused.
    func resumeAccepting() {
        pollSoon()
        mayAccept = true
    }

    /// Schedules a poll, unless the loop polls or one is scheduled.
    private func pollSoon() {
        if !hasMoreToDo, !isPolling { post { self.poll() } }
    }

    /// The buffer that all reads of the loop share.
    var buffer: UnsafeMutableRawBufferPointer { readBuffer }

    // MARK: Connections

    /// Creates a connection for an accepted socket and handles the admission control's decision about it.
    func adopt(
        _ accepted: Listener.Accepted, _ admission: AdmissionControl.Admission, settings: ConnectionSettings
    ) {
        dispatchPrecondition(condition: .onQueue(queue))
        accepted.setOptions(settings)
        generation = generation == .max ? 1 : generation + 1
        let connection = Connection(
            accepted, generation: generation, loop: self, handler: handler, settings: settings)
        let index = Int(accepted.descriptor)
        while connections.count <= index { connections.append(nil) }
        connections[index] = connection
        connectionCount += 1
        do throws(SystemError) {
            try SystemCalls.register(
                accepted.descriptor, with: epoll,
                events: EpollEvent.readable | EpollEvent.writable | EpollEvent.peerHungUp,
                token: UInt64(generation) << 32 | UInt64(accepted.descriptor))
            switch admission {
            case .admitted: if isDraining { connection.drain() }
            case .refused: connection.refuseConnection()
            case .dropped: connection.close()
            }
        } catch {
            connection.close()
        }
    }

    /// Removes a connection whose descriptor has been closed.
    func remove(_ connection: Connection) {
        dispatchPrecondition(condition: .onQueue(queue))
        let index = Int(connection.descriptor)
        guard connections[index] === connection else { return }
        connections[index] = nil
        connectionCount -= 1
        if connectionCount == 0, let done = exchange(&onDrained, with: nil) { done() }
    }

    private func checkDeadlines() {
        for connection in connections { connection?.checkDeadline() }
    }

    // MARK: Listening and stopping

    /// Starts to accept connections.
    func listen(_ listener: Listener) throws(SystemError) {
        dispatchPrecondition(condition: .onQueue(queue))
        self.listener = listener
        try SystemCalls.register(
            listener.descriptor, with: epoll, events: EpollEvent.readable, token: UInt64(listener.descriptor))
    }

    /// Closes the listening socket.
    func stopListening() {
        dispatchPrecondition(condition: .onQueue(queue))
        listener?.close()
        listener = nil
    }

    /// Closes idle connections, lets the others finish their response, and calls `done` when none is left.
    func drain(_ done: @escaping () -> Void) {
        dispatchPrecondition(condition: .onQueue(queue))
        isDraining = true
        for connection in connections { connection?.drain() }
        if connectionCount == 0 { done() } else { onDrained = done }
    }

    /// Closes all connections and stops the loop for good.
    func shutDown() {
        dispatchPrecondition(condition: .onQueue(queue))
        for connection in connections { connection?.close() }
        turns.removeAll()
        timer.cancel()
        source.cancel()
    }
}
