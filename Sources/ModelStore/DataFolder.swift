import Glibc

/// A folder whose files requests may name. Nothing outside the folder is ever read.
///
/// A path is walked name by name from the open folder, without following symbolic links (openat(2),
/// `O_NOFOLLOW`), so that no name can be replaced by a link between a check and its use. Only regular files
/// are read.
public final class DataFolder: Sendable {
    /// The reason that a path cannot be read.
    public enum Refusal: Error, Equatable, Sendable {
        /// The path leads out of the folder or through a symbolic link.
        case outside
        /// There is no file or folder at the path.
        case missing
        /// The path does not lead to a regular file, or to a folder where one is needed.
        case otherKind
        /// The file exceeds the limit.
        case tooLarge
        /// The folder has more entries or files than the limit.
        case tooMany
        /// A system call has failed, for example for lack of permission.
        case failed(FileError)
    }

    /// The maximum number of entries in one folder.
    private static let maxEntries = 10_000

    /// The path as configured.
    public let path: String
    /// The path without symbolic links (realpath(3)).
    public let realPath: String
    private let descriptor: Int32

    /// Opens a folder.
    /// - Throws: ``FileError`` if there is none.
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

    /// Reads a regular file.
    /// - Parameters:
    ///   - names: the path's components: names of folders, then the file's.
    ///   - limit: the maximum size of the file, in bytes.
    /// - Throws: ``Refusal``.
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

    /// Lists the names in a folder that end in a suffix, in ascending order. Hidden files are left out.
    /// - Parameters:
    ///   - names: the path's components.
    ///   - suffix: the end of the names; names that consist of it alone are left out.
    ///   - limit: the maximum number of names.
    /// - Throws: ``Refusal``.
    public func names(in names: [String], suffix: String, limit: Int) throws(Refusal) -> [String] {
        try withDescriptor(names, O_DIRECTORY) { (descriptor) throws(Refusal) in
            // closedir(3) closes the descriptor, and a copy by dup(2) would share its position in the folder.
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
                guard seen <= Self.maxEntries else { throw .tooMany }
                guard name.hasSuffix(suffix), name.utf8.count > suffix.utf8.count, !name.hasPrefix(".") else {
                    continue
                }
                found.append(name)
                guard found.count <= limit else { throw .tooMany }
            }
            return found.sorted()
        }
    }

    /// Opens the file or folder at a path, calls `body` with its descriptor, and closes it.
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

    /// Whether a name is a single path component other than `.` and `..`.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".."
            && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
    }

    private func refusal(_ call: String, _ names: [String]) -> Refusal {
        switch errno {
        case ENOENT, ENAMETOOLONG: .missing
        case ELOOP: .outside
        // With O_DIRECTORY, a symbolic link fails with ENOTDIR too.
        case ENOTDIR, ENXIO: .otherKind
        case let code: .failed(FileError(call: call, path: names.joined(separator: "/"), code: code))
        }
    }
}
