import Dispatch
import HTTP1
import ModelStore

/// A download in progress, which reads the file from disk as fast as the client receives it.
final class FileStream: Sendable {
    private static let queue = DispatchQueue(label: "reprise.files")
    private let download: ModelDownload
    private let writer: BodyWriter

    init(_ download: ModelDownload, to writer: BodyWriter) {
        self.download = download
        self.writer = writer
    }

    /// Sends the bytes from a position to the end of the file, in chunks.
    func send(from position: Int = 0) {
        Self.queue.async { [self] in
            guard writer.isOpen else { return }
            guard let bytes = try? download.read(from: position) else { return writer.abort() }
            guard !bytes.isEmpty else { return writer.finish() }
            writer.write(bytes)
            writer.onReady { self.send(from: position + bytes.count) }
        }
    }
}
