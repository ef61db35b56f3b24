import CVectorMath

/// A weight matrix `[rows, columns]` of a layer and the places of its packed copies.
struct WeightMatrix: Sendable {
    /// Offset of the matrix in the parameters.
    let offset: Int
    let rows: Int
    let columns: Int
    /// Offsets of the packed matrix and of the packed transposed matrix; nil if products read the parameters
    /// in place.
    let packed: Int?
    let packedTransposed: Int?
}

/// Decides which weight matrices are packed for products, and lays out their copies.
///
/// Products read a packed matrix faster than one in place, but packing takes time. It pays for weights that
/// never change, and for weights that many rows are multiplied by between two changes.
struct Packing: Sendable {
    enum Purpose: Sendable, Equatable {
        case inference
        /// `rows` rows are multiplied by a matrix between two steps: windows of a shard × timesteps.
        case training(rows: Int)
    }

    /// With fewer rows, packing costs more than it saves. Packing costs about as much as a product of 30 rows
    /// loses in place.
    private static let minRowsForPacking = 64

    /// The matrices that have packed copies.
    private(set) var matrices: [WeightMatrix] = []
    /// Floats of all packed copies.
    private(set) var count = 0
    private let packs: Bool
    private let isTraining: Bool

    init(for purpose: Purpose) {
        switch purpose {
        case .inference: (packs, isTraining) = (true, false)
        case .training(let rows): (packs, isTraining) = (rows >= Self.minRowsForPacking, true)
        }
    }

    /// Adds the matrix of a parameter.
    /// - Parameter needsTransposed: whether the backward pass multiplies by the transposed matrix.
    mutating func add(_ parameter: Parameter, needsTransposed: Bool) -> WeightMatrix {
        let (rows, columns) = (parameter.shape[0], parameter.shape[1])
        // Only whole panels can be read in place.
        let isPacked = packs || !columns.isMultiple(of: Int(VM_PANEL))
        let matrix = WeightMatrix(
            offset: parameter.offset, rows: rows, columns: columns,
            packed: isPacked ? take(rows, columns) : nil,
            packedTransposed: isTraining && packs && needsTransposed ? take(columns, rows) : nil)
        if isPacked || matrix.packedTransposed != nil { matrices.append(matrix) }
        return matrix
    }

    /// Returns the offset of a packed `[rows, columns]` matrix.
    private mutating func take(_ rows: Int, _ columns: Int) -> Int {
        defer { count += vm_packed_count(rows, columns) }
        return count
    }
}

/// The packed copies of a network's weights.
///
/// Sendable because no thread updates them while another reads: a model packs its weights once, in its
/// initializer, and one thread uses a ``TrainingStep`` at a time.
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

    /// Packs all matrices again.
    /// - Parameter values: `[parameterCount]`.
    func update(from values: UnsafePointer<Float>, pool: WorkerPool) {
        let matrices = packing.matrices
        let parts = min(matrices.count, partCount(packing.count))
        pool.perform(parts) { part in
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

    /// Returns the weights for a pass. The view is valid as long as `values` and this object are.
    func view(of values: UnsafePointer<Float>) -> WeightView { WeightView(values: values, packed: base) }
}

/// The weights that a pass reads.
struct WeightView {
    /// All parameters of the network.
    let values: UnsafePointer<Float>
    fileprivate let packed: UnsafePointer<Float>

    /// Returns a matrix as the right-hand factor of a product.
    func factor(_ matrix: WeightMatrix) -> Factor {
        let (k, n) = (matrix.rows, matrix.columns)
        guard let place = matrix.packed else {
            return .panels(values + matrix.offset, panel: Int(VM_PANEL), row: n, k: k, n: n)
        }
        return .panels(packed + place, panel: Int(VM_PANEL) * k, row: Int(VM_PANEL), k: k, n: n)
    }

    /// Returns a transposed matrix as the right-hand factor of a product.
    func transposedFactor(_ matrix: WeightMatrix) -> Factor {
        let (k, n) = (matrix.columns, matrix.rows)
        guard let place = matrix.packedTransposed else {
            return .transposedInPlace(values + matrix.offset, k: k, n: n)
        }
        return .panels(packed + place, panel: Int(VM_PANEL) * k, row: Int(VM_PANEL), k: k, n: n)
    }
}
