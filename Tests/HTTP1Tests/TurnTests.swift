import HTTP1
import HTTP1Testing
import Testing

/// The order in which connections take turns, and what they may use in one.
@Suite("Turns of connections")
struct TurnTests {
    private static let request = Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)

    /// Gives turns as an event loop does, until no connection has more to do or `isDone` returns true.
    private func giveTurns(
        _ queue: inout TurnQueue<InMemoryConnection>, until isDone: () -> Bool = { false }
    ) {
        while !isDone(), let connection = queue.next() {
            var budget = TurnBudget(start: 0, clock: { 0 })
            let hasMore = connection.takeTurn(&budget)
            queue.endTurn(of: connection, hasMore: hasMore)
        }
    }

    @Test("A request waits for one turn of a connection with 10,000 pipelined requests")
    func fairness() {
        let flood = InMemoryConnection()
        let other = InMemoryConnection()
        flood.arrive(Array((0..<10_000).map { _ in Self.request }.joined()))
        other.arrive(Self.request)
        var queue = TurnQueue<InMemoryConnection>()
        queue.add(flood)
        queue.add(other)
        giveTurns(&queue, until: { !other.sent.isEmpty })
        #expect(!flood.sent.isEmpty)
        #expect(flood.responses.count <= TurnBudget.Limits().requests)
        giveTurns(&queue)
        #expect(flood.responses.count == 10_000)
        #expect(queue.isEmpty)
    }

    @Test("Two floods get the same share")
    func equalShares() {
        let floods = [InMemoryConnection(), InMemoryConnection()]
        var queue = TurnQueue<InMemoryConnection>()
        for flood in floods {
            flood.arrive(Array((0..<1000).map { _ in Self.request }.joined()))
            queue.add(flood)
        }
        giveTurns(&queue, until: { floods[0].responses.count >= 500 })
        let difference = floods[0].responses.count - floods[1].responses.count
        #expect(abs(difference) <= TurnBudget.Limits().requests)
    }

    @Test("A turn ends by requests, bytes or time, but always makes progress")
    func budgets() {
        func responses(_ change: (inout TurnBudget.Limits) -> Void, time: UInt64 = 0) -> Int {
            let connection = InMemoryConnection()
            connection.arrive(Array((0..<100).map { _ in Self.request }.joined()))
            var limits = TurnBudget.Limits()
            (limits.requests, limits.bytes, limits.nanoseconds) = (1000, 1_000_000, 1000)
            change(&limits)
            var budget = TurnBudget(limits, start: 0, clock: { time })
            #expect(connection.takeTurn(&budget) == (connection.responses.count < 100))
            return connection.responses.count
        }
        #expect(responses({ _ in }) == 100)
        #expect(responses({ $0.requests = 3 }) == 3)
        #expect(responses({ _ in }, time: 1000) == 1)
        let input = 100 * Self.request.count
        #expect(responses({ $0.bytes = input }) == 1)
        let connection = InMemoryConnection()
        connection.feed(Self.request)
        let size = connection.sent.count
        #expect(responses({ $0.bytes = input + 5 * size }) == 5)
    }

    @Test("Large responses use up a turn by their bytes")
    func largeResponses() {
        let connection = InMemoryConnection(handler: LargeHandler())
        connection.arrive(Array((0..<100).map { _ in Self.request }.joined()))
        var budget = TurnBudget(start: 0, clock: { 0 })
        #expect(connection.takeTurn(&budget))
        #expect(connection.responses.count == 2)
    }

    @Test("A connection that needs one turn comes before those that need more")
    func newBeforeOld() {
        let members = (0..<4).map(Member.init)
        var queue = TurnQueue<Member>()
        for member in members[..<3] { queue.add(member) }
        var order: [Int] = []
        func turn(hasMore: Bool = true) {
            guard let member = queue.next() else { return order.append(-1) }
            order.append(member.number)
            queue.endTurn(of: member, hasMore: hasMore)
        }
        for _ in 0..<4 { turn() }
        // As often as it becomes ready.
        for _ in 0..<3 {
            queue.add(members[3])
            // A member that is in the queue keeps its place.
            queue.add(members[0])
            turn(hasMore: false)
        }
        for _ in 0..<3 { turn(hasMore: false) }
        turn()
        #expect(order == [0, 1, 2, 0, 3, 3, 3, 1, 2, 0, -1])
        #expect(queue.isEmpty)
        #expect(members.allSatisfy { !$0.isQueued })
        // A member that needed more is behind once, and new after a single turn.
        order = []
        for _ in 0..<2 {
            for number in [0, 3] { queue.add(members[number]) }
            for _ in 0..<2 { turn(hasMore: false) }
        }
        #expect(order == [3, 0, 0, 3])
        // A member that continues with earlier work is behind.
        queue.addBehind(members[1])
        queue.add(members[0])
        order = []
        for _ in 0..<2 { turn(hasMore: false) }
        #expect(order == [0, 1])
    }

    @Test("An endless stream of new connections does not starve the old ones")
    func oldAmongNew() {
        var queue = TurnQueue<Member>()
        let old = Member(-1)
        queue.addBehind(old)
        for number in 0..<100 { queue.add(Member(number)) }
        var newTurns = 0
        while let member = queue.next(), member !== old {
            newTurns += 1
            queue.endTurn(of: member, hasMore: false)
        }
        #expect(newTurns == TurnQueue<Member>.maxNewTurns)
    }

    @Test("A queue of many members loses none")
    func manyMembers() {
        var queue = TurnQueue<Member>()
        let members = (0..<1000).map(Member.init)
        for member in members { queue.addBehind(member) }
        var order: [Int] = []
        for _ in 0..<3000 {
            guard let member = queue.next() else { break }
            order.append(member.number)
            queue.endTurn(of: member, hasMore: true)
        }
        #expect(order == Array(0..<1000) + Array(0..<1000) + Array(0..<1000))
        queue.removeAll()
        #expect(queue.isEmpty)
        #expect(members.allSatisfy { !$0.isQueued })
    }
}

private final class Member: TurnTaker {
    let number: Int
    var isQueued = false
    var neededTurns = false

    init(_ number: Int) { self.number = number }
}

/// Responds with half of a turn's bytes.
private struct LargeHandler: SimpleHandler {
    func respond(to request: Request, _ responder: Responder) {
        let size = TurnBudget.Limits().bytes / 2
        responder.send(Response(status: .ok, body: .bytes([UInt8](repeating: 1, count: size))))
    }
}
