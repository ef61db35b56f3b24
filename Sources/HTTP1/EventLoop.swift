import CLinux
import Dispatch
import Glibc
import Synchronization

/// One loop: a serial queue that is the only owner of its connections, and an epoll instance that tells it
/// which of them are ready.
///
/// The connections are registered with epoll, edge-triggered and once for their whole life; a single Dispatch
/// source watches the epoll descriptor. Measured on one core with 32 connections: 13 to 15 µs of processor time
/// a request, all of HTTP included (nginx: 13 to 15 µs). A Dispatch source for each connection, which costs an
/// `epoll_ctl` and a switch of thread each time, took 19 to 24 µs for the bare system calls.
///
/// Everything but `isCurrent` and `queue` belongs to the queue. Used elsewhere, connections would be freed
/// and written by two threads at once; `dispatchPrecondition` stops that.
final class EventLoop: @unchecked Sendable {
    static let readBufferSize = 64 * 1024
    private static let eventCount = 256
    /// How many nanoseconds ready connections are served before the queue gets to do something else that isn't posted.
    private static let turn: UInt64 = 5_000_000
    /// How many nanoseconds a loop looks for more before it sleeps. To wake it takes the system 30 to 60 µs on a virtual
    /// machine, which a client that goes on at once is spared (29 instead of 107 µs for GET /healthz). It doesn't offer
    /// its core meanwhile: a training would keep it for long.
    private static let patience: UInt64 = 50_000

    let queue: DispatchQueue
    private let handler: any Handler
    private let epoll: Int32
    private let source: any DispatchSourceRead
    private let timer: any DispatchSourceTimer
    private let events = UnsafeMutablePointer<EpollEvent>.allocate(capacity: eventCount)
    private let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readBufferSize, alignment: 64)
    private let currentThread = Atomic<UInt>(0)
    /// How much was posted and not done.
    private let posted = Atomic(0)

    private var connections: [Connection?] = []
    private(set) var connectionCount = 0
    private var generation: UInt32 = 0
    private var unfinished: [Connection] = []
    private var isPolling = false
    private var listener: Listener?
    private var isDraining = false
    private var whenEmpty: (() -> Void)?

    /// Milliseconds of a clock that never goes back, as of the last turn.
    private(set) var now = SystemCalls.monotonicMilliseconds()
    /// Seconds since 1970, as of the last turn.
    private(set) var wallClock = SystemCalls.wallClockSeconds()

    /// A loop that looks at its deadlines every `tick` seconds.
    init(label: String, handler: any Handler, tick: Double) throws(SystemError) {
        self.handler = handler
        queue = DispatchQueue(label: label, qos: .userInitiated)
        epoll = try SystemCalls.makeEpoll()
        source = DispatchSource.makeReadSource(fileDescriptor: epoll, queue: queue)
        timer = DispatchSource.makeTimerSource(queue: queue)
        events.initialize(repeating: EpollEvent(), count: Self.eventCount)
        let epoll = epoll
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

    /// Whether the caller runs on this loop.
    var isCurrent: Bool { currentThread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Does something as the loop. On the queue only.
    func perform(_ body: () -> Void) {
        dispatchPrecondition(condition: .onQueue(queue))
        currentThread.store(UInt(pthread_self()), ordering: .relaxed)
        now = SystemCalls.monotonicMilliseconds()
        wallClock = SystemCalls.wallClockSeconds()
        body()
        handler.turnEnded()
        currentThread.store(0, ordering: .relaxed)
    }

    /// Has the loop do something soon.
    func post(_ body: @escaping @Sendable () -> Void) {
        posted.add(1, ordering: .relaxed)
        queue.async {
            self.posted.subtract(1, ordering: .relaxed)
            self.perform(body)
        }
    }

    // MARK: Readiness

    private func poll() {
        isPolling = true
        defer { isPolling = false }
        let start = SystemCalls.monotonicNanoseconds()
        var last = start
        while true {
            let more = exchange(&unfinished, with: [])
            for connection in more { connection.continueReading() }
            guard let count = try? SystemCalls.poll(epoll, into: events, count: Self.eventCount) else {
                return
            }
            for index in 0..<count { handle(events[index]) }
            handler.turnEnded()
            let time = SystemCalls.monotonicNanoseconds()
            if posted.load(ordering: .relaxed) > 0 || time - start > Self.turn { break }
            if count > 0 || !unfinished.isEmpty {
                last = time
            } else if time - last > Self.patience {
                return
            }
        }
        // What is ready in epoll brings the source back by itself; these are known to the loop only.
        if !unfinished.isEmpty { post { self.poll() } }
    }

    private func handle(_ event: EpollEvent) {
        let index = Int(truncatingIfNeeded: event.token & 0xffff_ffff)
        let generation = UInt32(truncatingIfNeeded: event.token >> 32)
        if generation == 0 {
            listener?.acceptAll()
        } else if index < connections.count, let connection = connections[index],
            connection.generation == generation
        {
            // Any other event is for a connection that was closed in this very turn.
            connection.handle(event.events)
        }
    }

    /// Has a connection that has stopped reading out of fairness go on after the others.
    func requeue(_ connection: Connection) {
        if unfinished.isEmpty, !isPolling { post { self.poll() } }
        unfinished.append(connection)
    }

    /// The buffer that every read of the loop goes to.
    var buffer: UnsafeMutableRawBufferPointer { readBuffer }

    // MARK: Connections

    /// Makes a connection of an accepted socket.
    func adopt(
        _ accepted: Listener.Accepted, _ admission: Occupancy.Admission, settings: ConnectionSettings
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
            case .welcome: if isDraining { connection.drain() }
            case .turnedAway: connection.turnAway()
            case .dropped: connection.close()
            }
        } catch {
            connection.close()
        }
    }

    /// Forgets a connection, whose descriptor is closed by now.
    func remove(_ connection: Connection) {
        dispatchPrecondition(condition: .onQueue(queue))
        let index = Int(connection.descriptor)
        guard connections[index] === connection else { return }
        connections[index] = nil
        connectionCount -= 1
        if connectionCount == 0, let done = exchange(&whenEmpty, with: nil) { done() }
    }

    private func checkDeadlines() {
        for connection in connections { connection?.checkDeadline() }
    }

    // MARK: Listening and stopping

    /// Begins to accept.
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

    /// Ends idle connections, lets the others finish, and calls `done` when none is left.
    func drain(_ done: @escaping () -> Void) {
        dispatchPrecondition(condition: .onQueue(queue))
        isDraining = true
        for connection in connections { connection?.drain() }
        if connectionCount == 0 { done() } else { whenEmpty = done }
    }

    /// Closes whatever is left, for good.
    func shutDown() {
        dispatchPrecondition(condition: .onQueue(queue))
        for connection in connections { connection?.close() }
        timer.cancel()
        source.cancel()
    }
}
