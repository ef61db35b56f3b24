import Glibc

/// A system call on a file that has failed.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The call, such as `open`.
    public let call: String
    /// The path that the call was given.
    public let path: String
    /// The system's error number (errno(3)).
    public let code: Int32

    /// Whether the disk is full or the quota is used up.
    public var isFull: Bool { code == ENOSPC || code == EDQUOT }

    /// Whether another server has held the lock for too long.
    public var isBusy: Bool { code == EWOULDBLOCK }

    /// One line for a log.
    public var description: String { "\(call) \(path): \(Self.reason(code))" }

    /// The system's words for an error number.
    static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
