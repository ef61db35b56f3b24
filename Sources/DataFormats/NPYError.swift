/// The error for an `.npy` file that cannot be read.
public struct NPYError: Error, Equatable, Sendable {
    /// The predicate of a sentence about the file, in one line: what is wrong, and what is expected.
    public let detail: String

    init(_ detail: String) { self.detail = detail }
}
