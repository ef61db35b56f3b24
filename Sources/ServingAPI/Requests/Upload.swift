import Dispatch
import HTTP1
import ModelStore
import Synchronization

/// A request body that is written to a file as it arrives: decompressed, and no faster than the disk takes
/// it.
package final class Upload: BodyReceiver {
    /// Writes the pieces of all uploads, one at a time. A disk does not get faster with more threads.
    private static let queue = DispatchQueue(label: "reprise.uploads")

    private struct State {
        /// Whether nothing more is written: the upload is complete, or has failed.
        var isOver = false
        var body: BodyReader?
        var file: ModelUpload?
        var decompressor: Decompressor?
        /// The reason that the upload has failed.
        var problem: Problem?
    }

    package let maxBodyBytes: Int
    private let model: PermittedModel
    private let conditions: Preconditions
    private let coding: ContentCoding?
    private let models: ModelLookup
    /// Used on the queue only.
    private let state = Mutex(State())

    /// Checks what the head says of the upload. Nothing is written before the body arrives.
    /// - Throws: 413 for an announced length beyond the limit.
    init(
        of model: PermittedModel, _ head: RequestHead, _ coding: ContentCoding?, _ models: ModelLookup
    ) throws(Problem) {
        self.model = model
        conditions = Preconditions(head.fields)
        maxBodyBytes = models.registry.limits.maxModelFileBytes
        if let length = head.fields["Content-Length"].flatMap({ Int($0) }), length > maxBodyBytes {
            throw .fileTooLarge(models.registry.limits)
        }
        self.coding = coding
        self.models = models
    }

    package var tooLongDetail: String { Problem.fileTooLarge(models.registry.limits).detail }

    package func bodyIsReady(_ body: BodyReader) { Self.queue.async { self.writePiece(of: body) } }

    package func bodyDidFail() { Self.queue.async { self.state.withLock { $0 = State(isOver: true) } } }

    /// Writes one piece and queues the next one, so that all uploads have their turn.
    private func writePiece(of body: BodyReader) {
        let piece = body.read()
        guard !piece.isEmpty else { return }
        let problem = state.withLock { state in
            state.body = body
            write(piece, &state)
            return state.problem
        }
        if let problem { return body.refuse(problem.response) }
        bodyIsReady(body)
    }

    /// Writes the rest of the body, and passes the complete file to `body` on the queue.
    /// - Parameter rest: bytes that did not arrive through a `BodyReader`.
    func finish(_ rest: [UInt8], _ body: @escaping @Sendable (Result<ModelUpload, Problem>) -> Void) {
        Self.queue.async { body(self.finished(rest)) }
    }

    private func finished(_ rest: [UInt8]) -> Result<ModelUpload, Problem> {
        state.withLock { state in
            while let piece = state.body?.read(), !piece.isEmpty { write(piece, &state) }
            // An empty body has a file too.
            write(rest, &state)
            defer { state = State(isOver: true) }
            do throws(Problem) {
                try state.decompressor?.finish()
            } catch {
                state.problem = state.problem ?? error
            }
            if let problem = state.problem { return .failure(problem) }
            // A body that has failed is not finished.
            guard let file = state.file else { return .failure(.overloaded()) }
            return .success(file)
        }
    }

    /// Appends bytes to the file. After an error, nothing more is written.
    private func write(_ bytes: [UInt8], _ state: inout State) {
        guard state.problem == nil, !state.isOver else { return }
        do throws(Problem) {
            if state.file == nil {
                try checkConditions()
                state.file = try models.uploading { (registry) throws(UploadError) in
                    try registry.beginUpload(of: model.name)
                }
                state.decompressor = try coding.map { (coding) throws(Problem) in try Decompressor(coding) }
            }
            guard let file = state.file else { return }
            guard let decompressor = state.decompressor else { return try append(bytes, to: file) }
            try decompressor.append(bytes) { (piece) throws(Problem) in try append(piece, to: file) }
        } catch {
            state.problem = error
            state.file = nil
        }
    }

    /// Checks the conditions of the request before anything is stored. The route checks them again while the
    /// model is locked.
    private func checkConditions() throws(Problem) {
        guard !conditions.isEmpty else { return }
        let digest = try models.onDisk { (registry) throws(FileError) in
            try registry.latestDigest(of: model.name)
        }
        if let failure = conditions.failure(ofFile: digest) { throw failure }
    }

    private func append(_ bytes: [UInt8], to file: ModelUpload) throws(Problem) {
        try models.uploading { (_) throws(UploadError) in try file.append(bytes) }
    }
}
