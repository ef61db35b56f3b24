import HTTP1

/// Compresses responses without holding up the connections of a loop.
struct ResponseCompressor: Sendable {
    /// The maximum number of bytes that are compressed on a loop: about 0.1 ms.
    private static let maxLoopSize = 16 * 1024

    /// Compresses what is too long for a loop.
    let queue: WorkQueue

    /// A responder that sends the response in gzip through `responder`.
    func compressing(_ responder: Responder) -> Responder {
        Responder({ send($0, responder) }, onDisconnect: { responder.onDisconnect($0) })
    }

    private func send(_ response: Response, _ responder: Responder) {
        guard let bytes = response.compressibleBytes else { return responder.send(response) }
        guard bytes.count > Self.maxLoopSize, Server.isOnEventLoop else {
            return responder.send(response.compressed())
        }
        // An overloaded server sends the response as it is.
        if !queue.submit(bytes: bytes.count, { responder.send(response.compressed()) }) {
            responder.send(response)
        }
    }
}
