import HTTP1
import ModelStore
import Synchronization

/// Whether the server is ready for new requests. A server that is shutting down, or whose models' folder has
/// a fault, is not ready, but still serves the requests that it can.
package final class Readiness: Sendable {
    private let draining = Atomic<Bool>(false)
    private let folder: FolderWatch

    init(folder: FolderWatch) { self.folder = folder }

    /// Whether the server shuts down.
    package var isDraining: Bool {
        get { draining.load(ordering: .acquiring) }
        set { draining.store(newValue, ordering: .releasing) }
    }

    /// Refuses a readiness check, with the reason.
    /// - Throws: 503 if the server is not ready.
    package func requireReady() throws(Problem) {
        guard !isDraining else { throw .draining() }
        if let fault = folder.status.fault { throw .folderUnavailable(fault) }
    }

    /// Refuses a request that would change the models' folder and could not.
    /// - Parameter storesVersions: whether the request stores files, which a full disk prevents.
    /// - Throws: 503 or 507.
    func requireWritable(storesVersions: Bool) throws(Problem) {
        guard let fault = folder.status.fault, storesVersions || !fault.isFull else { return }
        throw Problem(fault)
    }
}
