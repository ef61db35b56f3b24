/// Schedules the interim responses that detect whether a client that has half-closed its connection still
/// waits for a response.
///
/// A full close and a half-close both arrive as a FIN, and a client that has half-closed must still get its
/// response. Only sending something tells them apart: the system of a client that has closed its socket
/// responds with a reset (RFC 9293, 3.6.1). Before the response, the server may send nothing but an interim
/// response. It sends 100 (Continue), which every client has to skip; 102 does not do, as Python's client
/// takes it for the final response.
struct DisconnectProbe {
    /// Milliseconds before each probe. The first delay spares fast responses a probe. TCP retransmits a probe
    /// until it arrives, so the later ones only detect clients that close later. There are five because Go's
    /// client accepts at most five interim responses.
    private static let delays: [UInt64] = [200, 1000, 5000, 25_000, 125_000]

    private var request: UInt64 = 0
    private var count = 0
    private var time = UInt64.max

    /// Starts to probe the client that waits for the response to this request, unless that has started
    /// already.
    mutating func begin(_ request: UInt64, now: UInt64) {
        guard request != self.request else { return }
        self.request = request
        count = 0
        time = now + Self.delays[0]
    }

    /// Returns whether a probe has to be sent now: true once for each probe.
    mutating func isDue(now: UInt64) -> Bool {
        guard now >= time else { return false }
        count += 1
        time = count < Self.delays.count ? now + Self.delays[count] : .max
        return true
    }
}
