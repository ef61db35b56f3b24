import Glibc
import ModelFiles
import NeuralNetwork
import Synchronization

/// The file of an upload that is being received: a temporary file in the model's folder, so that a large
/// model takes disk space and not memory while it arrives. It is removed with the last reference, or when a
/// server starts after the process has died.
public final class ModelUpload: Sendable {
    private let file: OpenFile
    private let path: String
    private let modelFolder: String
    private let maxBytes: Int
    private let space: UploadSpace
    private let state = Mutex((size: 0, isRemoved: false))

    init(
        _ file: OpenFile, path: String, in modelFolder: String, maxBytes: Int, space: UploadSpace
    ) {
        self.file = file
        self.path = path
        self.modelFolder = modelFolder
        self.maxBytes = maxBytes
        self.space = space
    }

    deinit { remove() }

    /// Writes bytes behind those that were written before.
    /// - Throws: ``UploadError``.
    public func append(_ bytes: [UInt8]) throws(UploadError) {
        let size = state.withLock { state in
            state.size += bytes.count
            return state.size
        }
        let hasSpace = space.add(bytes.count)
        guard size <= maxBytes else { throw .tooLarge }
        guard hasSpace else { throw .busy }
        do throws(FileError) { try file.append(bytes) } catch { throw .disk(error) }
    }

    /// Removes the file from the disk, and the model's folder if nothing else is in it.
    public func remove() {
        let size = state.withLock { state in
            defer { state.isRemoved = true }
            return state.isRemoved ? nil : state.size
        }
        guard let size else { return }
        _ = try? Files.remove(file: path)
        _ = try? Files.remove(folder: modelFolder)
        _ = space.add(-size)
    }

    /// Reads the file as a model.
    /// - Throws: ``UploadError``.
    func model() throws(UploadError) -> TrainedModel {
        var reader = UploadReader(size: state.withLock { $0.size })
        while let range = reader.next {
            let bytes: [UInt8]
            do throws(FileError) {
                bytes = try file.read(from: range.lowerBound, count: range.count)
            } catch {
                throw .disk(error)
            }
            do throws(ModelFileError) { try reader.append(bytes[...]) } catch { throw .invalid(error) }
        }
        do throws(ModelFileError) { return try reader.model() } catch { throw .invalid(error) }
    }
}

/// The reason that an upload cannot become a version.
public enum UploadError: Error, Equatable, Sendable {
    /// The file exceeds ``RuntimeLimits/maxModelFileBytes``.
    case tooLarge
    /// All uploads together take too much disk space.
    case busy
    /// The file is not a valid model, or the model exceeds the limits.
    case invalid(ModelFileError)
    /// The disk has failed or is full.
    case disk(FileError)
}

/// The disk space that all uploads take together.
final class UploadSpace: Sendable {
    private let maxBytes: Int
    private let bytes = Atomic(0)

    init(_ maxBytes: Int) { self.maxBytes = maxBytes }

    /// Adds to the bytes of uploads on the disk; a negative number removes. Returns whether the sum is within
    /// the limit.
    func add(_ count: Int) -> Bool { bytes.add(count, ordering: .relaxed).newValue <= maxBytes }
}

extension ModelRegistry {
    /// Begins to receive the file of a model.
    /// - Throws: ``UploadError``, `disk`.
    public func beginUpload(of name: String) throws(UploadError) -> ModelUpload {
        do throws(FileError) {
            let (file, path) = try repository.newTemporaryFile(for: name)
            return ModelUpload(
                file, path: path, in: repository.path(name), maxBytes: limits.maxModelFileBytes,
                space: uploadSpace)
        } catch {
            throw .disk(error)
        }
    }

    /// Reads an uploaded file as a model, which is not published yet, and removes the file.
    /// - Throws: ``UploadError``.
    public func read(_ upload: ModelUpload) throws(UploadError) -> TrainedModel {
        defer { upload.remove() }
        let trained = try upload.model()
        if let refusal = limits.refusal(of: trained.model.network) {
            throw .invalid(ModelFileError(refusal))
        }
        return trained
    }
}

extension ModelRepository {
    /// Creates a temporary file in a model's folder, which is made if there is none. The file is locked as
    /// long as it is open, so that no server removes it.
    func newTemporaryFile(for name: String) throws(FileError) -> (file: OpenFile, path: String) {
        try requireWritable()
        var attempts = 0
        while true {
            if try Files.makeFolder(path(name)) { try Files.synchronize(folder: folder) }
            let path = "\(path(name))/\(Self.temporaryName())"
            do throws(FileError) {
                return (try OpenFile(creating: path), path)
            } catch {
                _ = try? Files.remove(file: path)
                _ = try? Files.remove(folder: self.path(name))
                // Another server has removed the file before it was locked, or the empty folder.
                attempts += 1
                guard error.code == ENOENT, attempts < Self.maxAttempts else { throw error }
            }
        }
    }
}
