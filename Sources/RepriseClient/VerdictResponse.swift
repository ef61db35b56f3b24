/// The end of a response of `POST /evaluate` and `POST /compare`: which detector is best.
public struct VerdictResponse: Decodable, Sendable {
    /// The best detector and the next best; nil if there is none.
    public let best, runnerUp: String?
    /// By how much the best is better; nil if there is no other.
    public let difference: Double?
    /// The 95 % interval of the difference, `[2]`; nil if the data are too few.
    public let interval: [Double]?
    /// Whether the difference is more than chance; nil if the data are too few.
    public let isSignificant: Bool?
    /// All of that in plain English.
    public let sentence: String
}
