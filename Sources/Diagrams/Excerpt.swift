/// A selection of the positions 0..<count for display: all if they fit, otherwise the first and the last ones
/// with a gap between them.
struct Excerpt: Equatable {
    /// The displayed positions, ascending; nil is the gap.
    let positions: [Int?]

    /// - Parameters:
    ///   - count: the number of positions.
    ///   - maxCount: the maximum number of displayed positions, which includes the gap; at least 3.
    init(of count: Int, maxCount: Int) {
        guard count > maxCount else {
            positions = Array(0..<count)
            return
        }
        let last = (maxCount - 1) / 2
        let first = maxCount - 1 - last
        positions = Array(0..<first) + [nil] + Array((count - last)..<count)
    }
}
