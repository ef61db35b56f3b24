import Glibc

/// A folder of data that requests may name files in, and nothing outside it.
///
/// A path is walked name by name from the open folder, without following symbolic links (openat(2), `O_NOFOLLOW`): there is
/// no moment at which a name could be exchanged for another place. What is no regular file is refused unread.
public final class DataFolder: Sendable {
    /// Why a path gives no data.
    public enum Refusal: Error, Equatable, Sendable {
        /// It leads out of the folder, or through a symbolic link.
        case outside
        /// There is nothing of that name.
        case missing
        /// It is something else than was asked for: no regular file, or no folder.
        case otherKind
        /// More bytes than may be read.
        case tooLarge
        /// More files than may be listed.
        case tooMany
        /// The disk fails, or the server may not read it.
        case failed(FileError)
    }

    /// Names in one folder that are looked at.
    private static let mostNames = 10_000

    /// As the operator has written it.
    public let path: String
    /// Without symbolic links.
    public let realPath: String
    private let descriptor: Int32

    /// Opens a folder. Throws ``FileError`` if there is none.
    public init(_ path: String) throws(FileError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(call: "open", path: path, code: errno) }
        if let resolved = realpath(path, nil) {
            realPath = String(cString: resolved)
            free(resolved)
        } else {
            realPath = path
        }
    }

    deinit { close(descriptor) }

    /// The bytes of a regular file.
    /// - Parameters:
    ///   - names: those of folders, and last that of the file.
    ///   - limit: bytes that it may have at most.
    public func file(_ names: [String], limit: Int) throws(Refusal) -> [UInt8] {
        try withDescriptor(names, O_NONBLOCK) { (descriptor) throws(Refusal) in
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw refusal("fstat", names) }
            guard status.st_mode & S_IFMT == S_IFREG else { throw .otherKind }
            let size = Int(status.st_size)
            guard size <= limit else { throw .tooLarge }
            do throws(FileError) {
                return try Files.read(descriptor, names.joined(separator: "/"), from: 0, count: size)
            } catch {
                throw .failed(error)
            }
        }
    }

    /// The names in a folder that end in some way, in order.
    /// - Parameters:
    ///   - names: those of the folder, from the outside in.
    ///   - suffix: how they end.
    ///   - limit: how many there may be.
    public func names(in names: [String], suffix: String, limit: Int) throws(Refusal) -> [String] {
        try withDescriptor(names, O_DIRECTORY) { (descriptor) throws(Refusal) in
            // closedir(3) closes its descriptor, and the other one has a place of its own in the folder.
            let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard copy >= 0, let folder = fdopendir(copy) else { throw refusal("opendir", names) }
            defer { closedir(folder) }
            var found: [String] = []
            var seen = 0
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                seen += 1
                guard seen <= Self.mostNames else { throw .tooMany }
                guard name.hasSuffix(suffix), name.utf8.count > suffix.utf8.count, !name.hasPrefix(".") else {
                    continue
                }
                found.append(name)
                guard found.count <= limit else { throw .tooMany }
            }
            return found.sorted()
        }
    }

    /// Walks to what the names lead to, and closes it again.
    private func withDescriptor<Value>(
        _ names: [String], _ flags: Int32, _ body: (Int32) throws(Refusal) -> Value
    ) throws(Refusal) -> Value {
        guard !names.isEmpty, names.allSatisfy(Self.isPlain) else { throw .outside }
        var current = descriptor
        defer { if current != descriptor { close(current) } }
        for (index, name) in names.enumerated() {
            let isLast = index == names.count - 1
            let wanted = isLast ? flags : O_DIRECTORY
            let next = openat(current, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | wanted)
            guard next >= 0 else { throw refusal("open", names) }
            if current != descriptor { close(current) }
            current = next
        }
        return try body(current)
    }

    /// Whether a name stands for an entry of a folder, and neither for the folder itself nor for the one above it.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".."
            && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
    }

    private func refusal(_ call: String, _ names: [String]) -> Refusal {
        switch errno {
        case ENOENT, ENAMETOOLONG: .missing
        case ELOOP: .outside
        // With O_DIRECTORY a symbolic link is one of those too.
        case ENOTDIR, ENXIO: .otherKind
        case let code: .failed(FileError(call: call, path: names.joined(separator: "/"), code: code))
        }
    }
}
