/// The error for an `.npy` file that cannot be read.
public struct NPYError: Error, Equatable, Sendable {
    /// One line of text that continues a sentence with the subject "the file": what is wrong, and what is
    /// expected.
    public let detail: String

    init(_ detail: String) { self.detail = detail }
}
