import CVectorMath

/// A weight matrix `[rows, columns]` of a layer, and where its packed copies lie.
struct WeightMatrix: Sendable {
    /// Its first number among the parameters.
    let offset: Int
    let rows: Int
    let columns: Int
    /// Where the packed copy lies, and that of the transposed matrix; nil where there is none, because products read
    /// the parameters in place.
    let packed: Int?
    let packedTransposed: Int?
}

/// Which weight matrices are packed for products, and where.
///
/// A packed matrix is read faster than one in place, but packing takes a while: worth it for weights that never
/// change, and for those that many rows are multiplied by before they do.
struct Packing: Sendable {
    enum Purpose: Sendable, Equatable {
        case inference
        /// So many rows are multiplied by a matrix between two steps: windows of a shard × timesteps.
        case training(rows: Int)
    }

    /// From here on packing pays: one costs about as much as the product of 30 rows in place loses.
    private static let worthwhileRows = 64

    /// Those that are packed.
    private(set) var matrices: [WeightMatrix] = []
    /// Floats of all packed copies.
    private(set) var count = 0
    private let packs: Bool
    private let isTraining: Bool

    init(for purpose: Purpose) {
        switch purpose {
        case .inference: (packs, isTraining) = (true, false)
        case .training(let rows): (packs, isTraining) = (rows >= Self.worthwhileRows, true)
        }
    }

    /// - Parameter needsTransposed: whether gradients pass through it.
    mutating func add(_ parameter: Parameter, needsTransposed: Bool) -> WeightMatrix {
        let (rows, columns) = (parameter.shape[0], parameter.shape[1])
        // In place, a matrix is read in whole panels.
        let isPacked = packs || !columns.isMultiple(of: Int(VM_PANEL))
        let matrix = WeightMatrix(
            offset: parameter.offset, rows: rows, columns: columns,
            packed: isPacked ? take(rows, columns) : nil,
            packedTransposed: isTraining && packs && needsTransposed ? take(columns, rows) : nil)
        if isPacked || matrix.packedTransposed != nil { matrices.append(matrix) }
        return matrix
    }

    private mutating func take(_ rows: Int, _ columns: Int) -> Int {
        defer { count += vm_packed_count(rows, columns) }
        return count
    }
}

/// The packed copies of a network's weights.
///
/// Sendable because nobody updates them while others read: a model fills its own once, training belongs to one caller.
final class PackedWeights: @unchecked Sendable {
    private let packing: Packing
    private let base: Floats

    init(_ packing: Packing) {
        self.packing = packing
        let bytes = max(packing.count, 1) * MemoryLayout<Float>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        base = memory.initializeMemory(as: Float.self, repeating: 0, count: max(packing.count, 1))
    }

    deinit { base.deallocate() }

    /// Packs the matrices anew.
    func update(from values: UnsafePointer<Float>, team: Team) {
        let matrices = packing.matrices
        let parts = min(matrices.count, partCount(packing.count))
        team.perform(parts) { part in
            for index in stride(from: part, to: matrices.count, by: parts) {
                pack(matrices[index], from: values + matrices[index].offset)
            }
        }
    }

    private func pack(_ matrix: WeightMatrix, from source: UnsafePointer<Float>) {
        if let place = matrix.packed { vm_pack(base + place, source, matrix.rows, matrix.columns, 0) }
        if let place = matrix.packedTransposed {
            vm_pack(base + place, source, matrix.columns, matrix.rows, 1)
        }
    }

    /// What passes read, as long as both live.
    func view(of values: UnsafePointer<Float>) -> WeightView { WeightView(values: values, packed: base) }
}

/// The weights that a pass reads.
struct WeightView {
    /// All parameters of the network.
    let values: UnsafePointer<Float>
    fileprivate let packed: UnsafePointer<Float>

    /// The right-hand factor of a product.
    func factor(_ matrix: WeightMatrix) -> Factor {
        let (k, n) = (matrix.rows, matrix.columns)
        guard let place = matrix.packed else {
            return .panels(values + matrix.offset, panel: Int(VM_PANEL), row: n, k: k, n: n)
        }
        return .panels(packed + place, panel: Int(VM_PANEL) * k, row: Int(VM_PANEL), k: k, n: n)
    }

    /// The transposed matrix as the right-hand factor.
    func transposedFactor(_ matrix: WeightMatrix) -> Factor {
        let (k, n) = (matrix.columns, matrix.rows)
        guard let place = matrix.packedTransposed else {
            return .transposedInPlace(values + matrix.offset, k: k, n: n)
        }
        return .panels(packed + place, panel: Int(VM_PANEL) * k, row: Int(VM_PANEL), k: k, n: n)
    }
}
