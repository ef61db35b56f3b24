import Glibc
import ModelFiles

extension ModelRepository {
    /// Reads a version without its weights.
    func description(_ name: String, _ version: Int) throws(ReadError) -> ModelDescription {
        let (file, header) = try open(name, version)
        return try Self.understood(file, header) { () throws(ModelFileError) in try header.description() }
    }

    /// Reads a version.
    func model(_ name: String, _ version: Int) throws(ReadError) -> TrainedModel {
        let (file, header) = try open(name, version)
        let data = try Self.read(file, from: header.dataStart, count: header.dataCount)
        return try Self.understood(file, header) { () throws(ModelFileError) in
            try ModelFile.model(header, data: data[...])
        }
    }

    /// The checksum of the header of a version's file, as ``ModelDownload/digest``. The file is not checked.
    /// - Throws: ``FileError``, also if the file is not that of a model.
    func digest(_ name: String, _ version: Int) throws(FileError) -> String {
        do throws(ReadError) {
            return try open(name, version).header.digest
        } catch {
            switch error {
            case .system(let error): throw error
            case .missing, .damaged, .notUnderstood:
                throw FileError(call: "read", path: filePath(name, version), code: EIO)
            }
        }
    }

    /// Opens a version's file for download, after a check of its checksums.
    func download(_ name: String, _ version: Int) throws(ReadError) -> ModelDownload {
        let (file, header) = try open(name, version)
        let data = try Self.read(file, from: header.dataStart, count: header.dataCount)
        try Self.checked { () throws(ModelFileError) in try header.verify(data[...]) }
        _ = try Self.understood(file, header) { () throws(ModelFileError) in try header.description() }
        return ModelDownload(
            version: version, digest: header.digest, length: header.dataStart + header.dataCount, file: file)
    }

    /// Opens a version's file and parses its header. Data are read afterwards, and only if the header
    /// describes a file of the actual size: a file that merely claims to be large makes nothing large be
    /// allocated.
    private func open(
        _ name: String, _ version: Int
    ) throws(ReadError) -> (file: OpenFile, header: ModelFileHeader) {
        let file: OpenFile
        let size: Int
        do throws(FileError) {
            file = try OpenFile(filePath(name, version))
            size = try file.size()
        } catch {
            throw ReadError(error)
        }
        // Most headers are shorter than this.
        var beginning = try Self.read(file, from: 0, count: min(size, 1 << 16))
        let needed = try Self.checked { () throws(ModelFileError) in try ModelFile.headerSize(beginning) }
        if needed > beginning.count { beginning = try Self.read(file, from: 0, count: min(size, needed)) }
        let header = try Self.checked { () throws(ModelFileError) in
            try ModelFileHeader(beginning, size: size)
        }
        return (file, header)
    }

    private static func read(
        _ file: OpenFile, from start: Int, count: Int
    ) throws(ReadError) -> [UInt8] {
        do throws(FileError) { return try file.read(from: start, count: count) } catch {
            throw ReadError(error)
        }
    }

    /// Reads what a file describes. If that fails, the checksums decide: a file whose checksums hold is what
    /// a server has written, so it is not damaged.
    private static func understood<Value>(
        _ file: OpenFile, _ header: ModelFileHeader, _ body: () throws(ModelFileError) -> Value
    ) throws(ReadError) -> Value {
        do throws(ModelFileError) { return try body() } catch {
            let data = try read(file, from: header.dataStart, count: header.dataCount)
            try checked { () throws(ModelFileError) in try header.verify(data[...]) }
            throw .notUnderstood(error, software: header.software)
        }
    }

    private static func checked<Value>(
        _ body: () throws(ModelFileError) -> Value
    ) throws(ReadError) -> Value {
        do throws(ModelFileError) { return try body() } catch { throw .damaged(error) }
    }

    /// The reason that a version cannot be read.
    enum ReadError: Error {
        /// The version has been deleted.
        case missing
        /// The file is not what was written. It must never be served.
        case damaged(ModelFileError)
        /// The file is what was written, and this release does not understand it.
        case notUnderstood(ModelFileError, software: String?)
        /// A system call has failed. It may succeed later.
        case system(FileError)

        init(_ error: FileError) {
            self =
                switch error.code {
                // ESTALE: an NFS client notices a deletion while it reads.
                case ENOENT, ENOTDIR, ESTALE: .missing
                case EISDIR, ELOOP: .damaged(ModelFileError("it is not a regular file"))
                default: .system(error)
                }
        }
    }
}
