/// A permission of an API key.
public enum Scope: String, CaseIterable, Sendable {
    /// Read models, jobs, summaries, metrics and the description of the API.
    case read
    /// Reconstruct, encode, score and detect.
    case infer
    /// Train, upload, cancel trainings, and follow those that the key has started.
    case train
    /// Delete models and versions, and change aliases.
    case admin
}
