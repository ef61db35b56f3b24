import Glibc
import ModelStore

/// Changes of a file of API keys, for the command line. Comments and other lines stay as they are.
///
/// Changes lock the file, so that two commands at a time lose nothing. A server that reads the file meanwhile
/// sees it before or after a change, never in between.
public struct KeyFileEditor: Sendable {
    private let path: String

    /// - Parameter path: the file. A symbolic link stays one; the file that it leads to is changed.
    public init(_ path: String) { self.path = path }

    /// The keys of the file.
    /// - Throws: ``APIKeyError`` if the file cannot be read or a line is malformed.
    public func keys() throws(APIKeyError) -> [APIKey] { try APIKey.all(in: KeyFile(path).text()) }

    /// Appends a line. Creates the file, readable by its owner only, if there is none.
    /// - Throws: ``APIKeyError`` if the file has a key of the same name, or cannot be written.
    public func append(_ line: String) throws(APIKeyError) {
        let file = try locked(path, O_RDWR | O_APPEND | O_CREAT)
        let text = try file.text()
        let name = APIKey.words(of: line[...]).first
        guard !Self.lines(of: text).contains(where: { APIKey.words(of: text[$0]).first == name }) else {
            throw APIKeyError("the file has a key of this name; revoke it first, or choose another name")
        }
        // The last line may lack its line feed. One call, so that a server never reads half a line.
        let isLineEnd = text.last?.isNewline ?? true
        try write("\(isLineEnd ? "" : "\n")\(line)\n", to: file.descriptor)
    }

    /// Removes the line of a key. The file is replaced by one with the same permissions and owner.
    /// - Throws: ``APIKeyError`` if there is no key of this name, or the file cannot be replaced.
    public func remove(_ name: String) throws(APIKeyError) {
        guard let real = realpath(path, nil) else { throw KeyFile.failure("read", path, errno) }
        defer { free(real) }
        let target = String(cString: real)
        let file = try locked(target, O_RDONLY)
        let text = try file.text()
        var kept = ""
        for range in Self.lines(of: text) where APIKey.words(of: text[range]).first != name {
            kept += text[range]
        }
        guard kept.utf8.count < text.utf8.count else {
            throw APIKeyError("the file \(path) has no key of this name; reprise keys list shows the names")
        }
        try replace(file, with: kept)
    }

    /// The ranges of the lines of a text, each with its line feed.
    private static func lines(of text: String) -> [Range<String.Index>] {
        var lines: [Range<String.Index>] = []
        var start = text.startIndex
        while start < text.endIndex {
            let end = text[start...].firstIndex(where: \.isNewline).map(text.index(after:)) ?? text.endIndex
            lines.append(start..<end)
            start = end
        }
        return lines
    }

    /// Opens a file and locks it. Another command may have replaced it before it was locked.
    private func locked(_ path: String, _ flags: Int32) throws(APIKeyError) -> KeyFile {
        while true {
            let file = try KeyFile(path, flags, mode: 0o600)
            while flock(file.descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else { throw KeyFile.failure("lock", path, errno) }
            }
            var status = stat()
            let isCurrent = stat(path, &status) == 0 && status.st_ino == file.status.st_ino
            if isCurrent { return file }
        }
    }

    private func replace(_ file: KeyFile, with text: String) throws(APIKeyError) {
        var name = Array("\(file.path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw KeyFile.failure("replace", file.path, errno) }
        defer { close(descriptor) }
        do throws(APIKeyError) {
            try write(text, to: descriptor)
            let status = file.status
            guard fchown(descriptor, status.st_uid, status.st_gid) == 0,
                fchmod(descriptor, status.st_mode & 0o7777) == 0, fsync(descriptor) == 0,
                rename(name, file.path) == 0
            else { throw KeyFile.failure("replace", file.path, errno) }
        } catch {
            unlink(name)
            throw error
        }
        // Without this, a power loss could bring back the file with the revoked key.
        let folder = file.path.lastIndex(of: "/").map { String(file.path[..<$0]) } ?? "."
        do throws(FileError) {
            try Files.synchronize(folder: folder.isEmpty ? "/" : folder)
        } catch {
            throw KeyFile.failure("replace", file.path, error.code)
        }
    }

    private func write(_ text: String, to descriptor: Int32) throws(APIKeyError) {
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw KeyFile.failure("write", path, errno)
        }
    }
}
