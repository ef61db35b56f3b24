import COpenBLAS

typealias Floats = UnsafeMutablePointer<Float>

/// A row-major matrix in memory that somebody else owns.
struct Matrix {
    let base: UnsafePointer<Float>
    /// As they lie in memory.
    let rows: Int
    let columns: Int
    /// Floats from one row to the next; columns or more.
    let stride: Int
    private(set) var isTransposed = false

    init(_ base: UnsafePointer<Float>, _ rows: Int, _ columns: Int, stride: Int? = nil) {
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
    }

    /// The same numbers, read column by column.
    var transposed: Matrix {
        var copy = self
        copy.isTransposed.toggle()
        return copy
    }

    /// As a product sees it.
    fileprivate var shape: (rows: Int, columns: Int) { isTransposed ? (columns, rows) : (rows, columns) }
    fileprivate var flag: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
}

/// The only door to OpenBLAS, products and factorisations alike: each runs on the thread that calls.
enum LinearAlgebra {
    /// The batch is split over cores by us, in a fixed way, so that results do not depend on the number of
    /// threads; a library that splits by itself does not promise that.
    private static let singleThreaded: Void = openblas_set_num_threads(1)

    /// `c = a·b`, or `c += a·b` when `accumulate`; c's rows lie side by side.
    static func multiply(_ a: Matrix, _ b: Matrix, into c: Floats, accumulate: Bool = false) {
        _ = singleThreaded
        precondition(a.shape.columns == b.shape.rows, "the inner dimensions of a product differ")
        cblas_sgemm(
            CblasRowMajor, a.flag, b.flag, Int32(a.shape.rows), Int32(b.shape.columns),
            Int32(a.shape.columns),
            1, a.base, Int32(a.stride), b.base, Int32(b.stride), accumulate ? 1 : 0, c, Int32(b.shape.columns)
        )
    }

    /// Replaces a matrix of at least as many columns as rows, row-major and of full rank, by one with
    /// orthonormal rows: the transposed Q of the QR factorisation of its transpose, with the signs that
    /// make R's diagonal positive.
    static func orthonormalizeRows(_ matrix: inout [Float], rows: Int, columns: Int) {
        _ = singleThreaded
        precondition(rows <= columns && matrix.count == rows * columns)
        // To LAPACK, which is column-major, it is the transpose already.
        let (tall, wide) = (Int32(columns), Int32(rows))
        var tau = [Float](repeating: 0, count: rows)
        var status = LAPACKE_sgeqrf(LAPACK_COL_MAJOR, tall, wide, &matrix, tall, &tau)
        precondition(status == 0, "sgeqrf refused its argument \(-status)")
        let signs = (0..<rows).map { matrix[$0 * columns + $0] < 0 ? Float(-1) : 1 }
        status = LAPACKE_sorgqr(LAPACK_COL_MAJOR, tall, wide, wide, &matrix, tall, &tau)
        precondition(status == 0, "sorgqr refused its argument \(-status)")
        for row in 0..<rows {
            for column in 0..<columns { matrix[row * columns + column] *= signs[row] }
        }
    }
}
