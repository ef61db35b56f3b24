/// Which of many things in a line are shown: all of a few; the first and the last of many, with a gap between them.
struct Excerpt: Equatable {
    /// What is shown, by its position; nil for the gap.
    let positions: [Int?]

    /// - Parameters:
    ///   - count: how many there are.
    ///   - most: how many there is room for, the gap included: at least 3.
    init(of count: Int, most: Int) {
        guard count > most else {
            positions = Array(0..<count)
            return
        }
        let last = (most - 1) / 2
        let first = most - 1 - last
        positions = Array(0..<first) + [nil] + Array((count - last)..<count)
    }
}
