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

    /// Sends a range of the file's bytes, in chunks.
    func send(_ range: Range<Int>) {
        Self.queue.async { [self] in
            guard writer.isOpen else { return }
            guard !range.isEmpty else { return writer.finish() }
            guard let bytes = try? download.read(range), !bytes.isEmpty else { return writer.abort() }
            writer.write(bytes)
            writer.onReady { self.send(range.dropFirst(bytes.count)) }
        }
    }
}
