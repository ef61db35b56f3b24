import ModelStore

/// A request for a computation by a version of a model, read as far as that is possible before the version is
/// loaded.
package struct PendingComputation: Sendable {
    /// The version that the request names.
    let reference: (model: PermittedModel, version: VersionReference)
    /// Reads and checks the rest of the request.
    let prepare: @Sendable (ModelRegistry.Entry) throws(Problem) -> any Computation

    init(
        _ reference: (model: PermittedModel, version: VersionReference),
        prepare: @escaping @Sendable (ModelRegistry.Entry) throws(Problem) -> any Computation
    ) {
        self.reference = reference
        self.prepare = prepare
    }
}

/// A computation by a version of a model for one request, whose body has been read and checked.
protocol Computation: Sendable {
    /// The number of multiplications that it takes.
    var multiplications: Int { get }
    /// The number of bytes that it holds while it is queued.
    var byteCount: Int { get }
    /// Computes and responds.
    func run()
    /// Computes and responds at the end of the loop's turn, together with other computations. Called for
    /// small computations only.
    func run(in batch: PredictionBatch)
}

extension Computation {
    func run(in batch: PredictionBatch) { run() }
}
