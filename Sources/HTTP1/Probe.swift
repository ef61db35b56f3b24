/// When to find out whether a client is still there that has ended its side and waits for its answer.
///
/// A client that has closed its socket looks like one that only sends nothing more: both send a FIN, and the second is
/// to have its answer. Something has to be sent to tell them apart, because the system of the first answers that with a
/// reset (RFC 9293, 3.6.1). Before the answer that can only be an interim response: 100 (Continue), which every client
/// has to pass over; Python's takes 102 for the answer.
struct Probe {
    /// Milliseconds from one to the next. Answers that come soon are spared the first. TCP repeats it until it has
    /// arrived, so the others are for clients that close later on; there are few because Go's reads five at most.
    private static let delays: [UInt64] = [200, 1000, 5000, 25_000, 125_000]

    private var request: UInt64 = 0
    private var count = 0
    private var time = UInt64.max

    /// The client that waits for the answer to the request of that number has ended its side.
    mutating func begin(_ request: UInt64, now: UInt64) {
        guard request != self.request else { return }
        self.request = request
        count = 0
        time = now + Self.delays[0]
    }

    /// Whether it is time to send something. Says so once each time.
    mutating func isDue(now: UInt64) -> Bool {
        guard now >= time else { return false }
        count += 1
        time = count < Self.delays.count ? now + Self.delays[count] : .max
        return true
    }
}
