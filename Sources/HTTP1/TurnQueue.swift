/// A member of a ``TurnQueue``.
package protocol TurnTaker: AnyObject {
    /// Whether the member is in the queue, or has its turn. Set by the queue.
    var isQueued: Bool { get set }
    /// Whether the member had more to do than one turn allows, since it became ready last. Set by the queue.
    var neededTurns: Bool { get set }
}

/// The order in which the connections of a loop take turns: round robin, but a connection that needs only one
/// turn comes before those that have more to do.
///
/// As in the scheduler of FQ-CoDel (RFC 8290, 4.2) there are two lists. A member that becomes ready joins the
/// new ones. If one turn does not suffice, it joins the old ones, which wait while there are new ones; it
/// also does so when it becomes ready the next time. Unlike there, an old member has a turn after several new
/// ones, because each connection that a client opens is new.
package struct TurnQueue<Member: TurnTaker> {
    /// Maximum number of turns of new members while old ones wait.
    package static var maxNewTurns: Int { 8 }

    private var new = List()
    private var old = List()
    private var newTurns = 0

    package init() {}

    package var isEmpty: Bool { new.isEmpty && old.isEmpty }

    /// Adds a member that has become ready, unless it is in the queue.
    package mutating func add(_ member: Member) {
        guard !member.isQueued else { return }
        member.isQueued = true
        if member.neededTurns { old.append(member) } else { new.append(member) }
        member.neededTurns = false
    }

    /// Adds a member that continues with earlier work, unless it is in the queue.
    package mutating func addBehind(_ member: Member) {
        guard !member.isQueued else { return }
        member.isQueued = true
        member.neededTurns = true
        old.append(member)
    }

    /// Returns the member whose turn it is. Call `endTurn` with it afterwards.
    package mutating func next() -> Member? {
        if !new.isEmpty, newTurns < Self.maxNewTurns || old.isEmpty {
            newTurns += 1
            return new.removeFirst()
        }
        newTurns = 0
        return old.isEmpty ? nil : old.removeFirst()
    }

    /// Ends the turn of a member, which leaves the queue unless it has more to do.
    package mutating func endTurn(of member: Member, hasMore: Bool) {
        member.isQueued = hasMore
        guard hasMore else { return }
        member.neededTurns = true
        old.append(member)
    }

    /// Removes all members.
    package mutating func removeAll() {
        for member in new.all + old.all { member.isQueued = false }
        (new, old) = (List(), List())
    }

    /// First in, first out.
    private struct List {
        /// The places before `first` are empty.
        private var places: [Member?] = []
        private var first = 0

        var isEmpty: Bool { first == places.count }
        var all: [Member] { places.compactMap { $0 } }

        mutating func append(_ member: Member) { places.append(member) }

        mutating func removeFirst() -> Member? {
            let member = exchange(&places[first], with: nil)
            first += 1
            // Each place is moved once on average.
            if first == places.count || first >= 64 && 2 * first >= places.count {
                places.removeFirst(first)
                first = 0
            }
            return member
        }
    }
}
