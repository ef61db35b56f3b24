extension Exchange {
    /// What a connection waits for.
    package enum State: Hashable, Sendable {
        /// For a request; nothing of it has come.
        case idle
        case head
        case body
        /// For the handler's answer. Nothing more is read meanwhile: what the client sends waits in the
        /// system's buffer, whose size bounds it.
        case handler
        /// For more of a streamed answer.
        case stream
        /// For nothing: when the output is sent the connection is to be closed.
        case finished
    }
}
