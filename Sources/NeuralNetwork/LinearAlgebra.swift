import COpenBLAS
import CVectorMath

typealias Floats = UnsafeMutablePointer<Float>

/// A view of a row-major matrix `[rows, columns]`; it does not own the memory.
struct Matrix {
    let base: UnsafePointer<Float>
    let rows: Int
    let columns: Int
    /// Floats from the start of one row to the start of the next; at least `columns`.
    let stride: Int

    init(_ base: UnsafePointer<Float>, _ rows: Int, _ columns: Int, stride: Int? = nil) {
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
    }
}

/// The right-hand factor `[k, n]` of a product, in the layout that `vm_multiply` or `vm_multiply_transposed`
/// reads.
enum Factor {
    /// Panels of `VM_PANEL` columns; `panel` and `row` are the strides from one panel or row to the next, in
    /// floats.
    case panels(UnsafePointer<Float>, panel: Int, row: Int, k: Int, n: Int)
    /// The transposed matrix, `[n, k]` row-major.
    case transposedInPlace(UnsafePointer<Float>, k: Int, n: Int)
}

/// The matrix that a product is added to.
enum Addend {
    case zero
    /// One row that is added to each row of the product.
    case row(UnsafePointer<Float>)
    /// A contiguous matrix of the product's shape.
    case rows(UnsafePointer<Float>)
}

/// Matrix products and factorisations. Products of activations and weights use the kernels of CVectorMath;
/// everything else uses OpenBLAS and LAPACK, which no other file calls. Every function runs on the calling
/// thread.
package enum LinearAlgebra {
    /// Restricts OpenBLAS to one thread. Batches are split over cores in a fixed way by ``TrainingStep`` and
    /// ``Model``, so results do not depend on the number of threads; a library that splits products itself
    /// does not guarantee that.
    private static let singleThreaded: Void = openblas_set_num_threads(1)

    /// Computes `c = addend + a·factor`, with a `[m, k]`, the factor `[k, n]` and c `[m, n]` contiguous.
    static func multiply(_ a: Matrix, _ factor: Factor, plus addend: Addend = .zero, into c: Floats) {
        switch factor {
        case .panels(let b, let panel, let row, let k, let n):
            precondition(a.columns == k, "the inner dimensions of a product differ")
            let (initial, stride): (UnsafePointer<Float>?, Int) =
                switch addend {
                case .zero: (nil, 0)
                case .row(let row): (row, 0)
                case .rows(let rows): (rows, n)
                }
            vm_multiply(c, n, initial, stride, a.base, a.stride, 1, a.rows, b, panel, row, k, n)
        case .transposedInPlace(let b, let k, let n):
            precondition(a.columns == k, "the inner dimensions of a product differ")
            switch addend {
            case .zero: break
            case .row(let row): vm_fill_rows(c, row, a.rows, n)
            case .rows(let rows): if rows != UnsafePointer(c) { c.update(from: rows, count: a.rows * n) }
            }
            var accumulates: Int32 = 1
            if case .zero = addend { accumulates = 0 }
            vm_multiply_transposed(c, n, accumulates, a.base, a.stride, a.rows, b, k, n)
        }
    }

    /// With fewer rows, packing in OpenBLAS costs more than it saves: for [128, 5]·[5, 512] and [128,
    /// 15]·[15, 512] the kernel here reaches 23 and 41 GFLOP/s, OpenBLAS 16 and 32.
    private static let minRowsForBLAS = 48

    /// Computes `c = aᵀ·b`, the gradient of a weight matrix: a `[rows, m]`, b `[rows, n]`, c `[m, n]`.
    static func multiplyTransposed(_ a: Matrix, _ b: Matrix, into c: Floats) {
        precondition(a.rows == b.rows, "the inner dimensions of a product differ")
        if a.rows < minRowsForBLAS, b.columns.isMultiple(of: Int(VM_PANEL)) {
            vm_multiply(
                c, b.columns, nil, 0, a.base, 1, a.stride, a.columns, b.base, Int(VM_PANEL), b.stride, a.rows,
                b.columns)
            return
        }
        _ = singleThreaded
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, Int32(a.columns), Int32(b.columns), Int32(a.rows), 1,
            a.base,
            Int32(a.stride), b.base, Int32(b.stride), 0, c, Int32(b.columns))
    }

    /// Replaces a row-major matrix of full rank, `[rows, columns]` with `rows <= columns`, by one with
    /// orthonormal rows: the transpose of Q of the QR factorisation of its transpose, with the signs that
    /// make R's diagonal positive.
    static func orthonormalizeRows(_ matrix: inout [Float], rows: Int, columns: Int) {
        _ = singleThreaded
        precondition(rows <= columns && matrix.count == rows * columns)
        // LAPACK is column-major, so it reads the row-major matrix as its transpose.
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

    /// Computes the eigenvalues and eigenvectors of a symmetric matrix (LAPACK's `dsyevd`).
    /// - Parameter matrix: `[size, size]`, finite.
    /// - Returns: the eigenvalues `[size]`, ascending, and the eigenvectors as the rows of `[size, size]`;
    ///   nil if LAPACK does not converge.
    package static func eigen(
        symmetric matrix: [Double], size: Int
    ) -> (values: [Double], vectors: [Double])? {
        precondition(matrix.count == size * size)
        _ = singleThreaded
        var vectors = matrix
        var values = [Double](repeating: 0, count: size)
        let status = LAPACKE_dsyevd(
            LAPACK_COL_MAJOR, Int8(UInt8(ascii: "V")), Int8(UInt8(ascii: "L")), Int32(size), &vectors,
            Int32(size),
            &values)
        return status == 0 ? (values, vectors) : nil
    }

    /// Computes `a·bᵀ`, `[m, n]`, of row-major matrices a `[m, inner]` and b `[n, inner]`.
    package static func product(_ a: [Float], transposed b: [Float], inner: Int) -> [Float] {
        _ = singleThreaded
        let (rows, columns) = (Int32(a.count / inner), Int32(b.count / inner))
        var c = [Float](repeating: 0, count: Int(rows) * Int(columns))
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, Int32(inner), 1, a, Int32(inner), b,
            Int32(inner), 0, &c, columns)
        return c
    }

    /// Computes `a·b`, `[m, n]`, of row-major matrices a `[m, inner]` and b `[inner, n]`.
    package static func product(_ a: [Float], _ b: [Float], inner: Int) -> [Float] {
        _ = singleThreaded
        let (rows, columns) = (Int32(a.count / inner), Int32(b.count / inner))
        var c = [Float](repeating: 0, count: Int(rows) * Int(columns))
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, Int32(inner), 1, a, Int32(inner), b,
            columns, 0, &c, columns)
        return c
    }

    /// Computes `aᵀ·b`, `[m, n]`, of row-major matrices a `[rows, m]` and b `[rows, n]`.
    package static func product(transposed a: [Float], _ b: [Float], rows: Int) -> [Float] {
        _ = singleThreaded
        let (height, width) = (Int32(a.count / rows), Int32(b.count / rows))
        var c = [Float](repeating: 0, count: Int(height) * Int(width))
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, height, width, Int32(rows), 1, a, height, b, width, 0,
            &c, width)
        return c
    }

    /// Computes the Gram matrix `aᵀ·a`, `[columns, columns]`, of a row-major matrix a `[rows, columns]`, in
    /// double precision.
    package static func gram(_ a: [Double], columns: Int) -> [Double] {
        _ = singleThreaded
        var c = [Double](repeating: 0, count: columns * columns)
        cblas_dgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, Int32(columns), Int32(columns), Int32(a.count / columns),
            1, a,
            Int32(columns), a, Int32(columns), 0, &c, Int32(columns))
        return c
    }
}
