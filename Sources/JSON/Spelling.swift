/// Suggests a correction of a misspelt name.
package enum Spelling {
    /// Maximum length of a name, in Unicode scalars; longer names get no suggestion.
    private static let maxLength = 64

    /// Returns the candidate nearest to `name`; nil if more than three letters or a third of them (rounded
    /// up) differ.
    package static func nearest(to name: String, among candidates: [String]) -> String? {
        let letters = Array(name.unicodeScalars.prefix(maxLength + 1))
        guard letters.count <= maxLength else { return nil }
        let distances = candidates.map { ($0, distance(letters, Array($0.unicodeScalars))) }
        guard let (nearest, distance) = distances.min(by: { $0.1 < $1.1 }) else { return nil }
        let allowed = min(3, (max(letters.count, nearest.unicodeScalars.count) + 1) / 3)
        return distance <= allowed ? nearest : nil
    }

    /// Returns the optimal string alignment distance: the number of letters to insert, delete, replace or
    /// transpose.
    static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
