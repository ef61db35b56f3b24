import TimeSeries

/// k-means of flattened windows: k-means++ (Arthur and Vassilvitskii, 2007), then Lloyd's iterations. The
/// same windows and seed give the same centres.
enum KMeans {
    private static let maxIterations = 50
    /// Maximum of numbers (windows × T·F) that centres are found with. Of more windows, an evenly spaced
    /// sample is used.
    private static let maxSampledValues = 4 << 20

    /// Finds centres.
    /// - Parameters:
    ///   - windows: `[N][T][F]`, at least one.
    ///   - count: K. If there are fewer different windows, some centres are equal.
    /// - Returns: `[K][T][F]` flat.
    /// - Throws: ``TrainingError/cancelled``.
    static func centres(
        of windows: Windows<Float>, count: Int, seed: UInt64, isCancelled: () -> Bool
    ) throws(TrainingError) -> [Float] {
        let size = windows.timesteps * windows.features
        let sampled = min(windows.count, max(count, maxSampledValues / size))
        var points: [Float] = []
        points.reserveCapacity(sampled * size)
        for index in 0..<sampled {
            windows.withWindow(index * windows.count / sampled) { points.append(contentsOf: $0) }
        }
        var centres = firstCentres(points, size: size, count: count, seed: seed)
        var assigned = [Int](repeating: -1, count: sampled)
        for _ in 0..<maxIterations {
            guard !isCancelled() else { throw .cancelled }
            var isStable = true
            var sums = [Double](repeating: 0, count: centres.count)
            var members = [Double](repeating: 0, count: count)
            for index in 0..<sampled {
                let start = index * size
                let centre = nearest(to: points[start..<(start + size)], in: centres).centre
                if assigned[index] != centre {
                    assigned[index] = centre
                    isStable = false
                }
                members[centre] += 1
                for position in 0..<size {
                    sums[centre * size + position] += Double(points[start + position])
                }
            }
            if isStable { break }
            // A centre without windows stays where it is.
            for position in centres.indices where members[position / size] > 0 {
                centres[position] = Float(sums[position] / members[position / size])
            }
        }
        return centres
    }

    /// Draws windows as centres, each with a probability that is proportional to its squared distance from
    /// the nearest one drawn before.
    private static func firstCentres(_ points: [Float], size: Int, count: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        let total = points.count / size
        var centres: [Float] = []
        var distances = [Double](repeating: .infinity, count: total)
        for _ in 0..<count {
            let isFirst = centres.isEmpty
            let sum = isFirst ? Double(total) : distances.reduce(0, +)
            var target = Double(random.nextUniform()) * sum
            var drawn = total - 1
            for index in 0..<total {
                target -= isFirst ? 1 : distances[index]
                if target < 0 {
                    drawn = index
                    break
                }
            }
            let centre = Array(points[(drawn * size)..<((drawn + 1) * size)])
            centres += centre
            for index in 0..<total {
                let start = index * size
                let distance = nearest(to: points[start..<(start + size)], in: centre).distance
                distances[index] = min(distances[index], Double(distance))
            }
        }
        return centres
    }

    /// Returns the centre that is nearest to a window, the first of several, and the squared distance, which
    /// is at most the largest float.
    /// - Parameters:
    ///   - window: `[T][F]` flat.
    ///   - centres: `[K][T][F]` flat.
    static func nearest(
        to window: ArraySlice<Float>, in centres: [Float]
    ) -> (centre: Int, distance: Float) {
        let size = window.count
        return window.withUnsafeBufferPointer { window in
            centres.withUnsafeBufferPointer { centres in
                var best = (centre: 0, distance: Float.greatestFiniteMagnitude)
                for centre in 0..<(centres.count / size) {
                    var distance: Float = 0
                    for position in 0..<size {
                        let difference = window[position] - centres[centre * size + position]
                        distance += difference * difference
                    }
                    if distance < best.distance { best = (centre, distance) }
                }
                return best
            }
        }
    }
}
