extension Exchange {
    /// What the connection is waiting for.
    package enum State: Hashable, Sendable {
        /// A request, of which nothing has arrived.
        case idle
        /// The rest of a request line or header section.
        case head
        /// The rest of a body.
        case body
        /// The handler's response, or that a `BodyReceiver` has processed what has arrived. Nothing is read
        /// meanwhile, so that input is bounded by the size of the system's receive buffer.
        case handler
        /// More bytes of a streamed response.
        case stream
        /// Nothing: close the connection when the output is sent.
        case finished
    }
}
