// Glibc's stdout is a variable, which Swift does not know to be safe for concurrent use.
@preconcurrency import Glibc

/// Standard output, to which `print` writes through a buffer.
enum StandardOutput {
    /// Writes what the buffer holds.
    /// - Throws: ``CommandFailure`` if any part of the output could not be written, as on a full disk.
    static func flush() throws {
        let hasFailed = ferror(stdout) != 0
        let isFlushed = fflush(stdout) == 0
        guard hasFailed || !isFlushed else { return }
        let reason = isFlushed ? "" : ": \(String(cString: strerror(errno)))"
        throw CommandFailure("cannot write standard output\(reason)")
    }
}
