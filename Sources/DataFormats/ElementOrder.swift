/// Where the elements of an array stand in a file.
struct ElementOrder {
    private let shape: [Int]
    /// The distance in the file between neighbours along each axis, outermost first.
    private let steps: [Int]

    /// Creates the order of C, in which the last axis varies fastest, or that of Fortran, in which the first
    /// does.
    /// - Parameter shape: the number of elements along each axis, each at least 1.
    init(shape: [Int], isFortranOrder: Bool) {
        // An array without axes has one element.
        self.shape = shape.isEmpty ? [1] : shape
        steps = self.shape.indices.map { [shape = self.shape] axis in
            (isFortranOrder ? shape[..<axis] : shape[(axis + 1)...]).reduce(1, *)
        }
    }

    /// Calls a function with the row-major index of each element, rising, and its index in the file.
    @inline(__always)
    func forEach(_ body: (_ target: Int, _ source: Int) -> Void) {
        let last = shape.count - 1
        var position = [Int](repeating: 0, count: shape.count)
        var (target, source) = (0, 0)
        while true {
            for index in 0..<shape[last] {
                body(target, source + index * steps[last])
                target += 1
            }
            // The next position along the outer axes.
            var axis = last - 1
            while axis >= 0 {
                position[axis] += 1
                source += steps[axis]
                if position[axis] < shape[axis] { break }
                source -= position[axis] * steps[axis]
                position[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
