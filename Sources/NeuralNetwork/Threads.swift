import CLinux
import Dispatch
import Glibc

/// Starts a thread for long-running work.
/// - Parameter isLowPriority: whether the thread, and the threads that it starts, yield to all others. They
///   get the lowest priority (niceness 19) and the longest time slice: since 6.12, Linux lets a thread with a
///   shorter slice preempt them when it wakes up. With it, the p99 of a prediction while a model trains is
///   0.5 ms, without it 2.5 ms.
package func startThread(isLowPriority: Bool = false, _ body: @escaping @Sendable () -> Void) {
    final class Start: Sendable {
        let body: @Sendable () -> Void
        let isLowPriority: Bool
        init(_ body: @escaping @Sendable () -> Void, _ isLowPriority: Bool) {
            self.body = body
            self.isLowPriority = isLowPriority
        }
    }
    let start = Unmanaged.passRetained(Start(body, isLowPriority))
    var thread = pthread_t()
    let status = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            if start.isLowPriority {
                // On Linux, niceness and slice are per thread. If the kernel refuses, the thread keeps normal
                // priority.
                _ = linux_set_niceness(19, 100_000_000)
            }
            start.body()
            return nil
        }, start.toOpaque())
    guard status == 0 else {
        // No thread could be created: run the work on Dispatch's pool instead of losing it.
        start.release()
        return DispatchQueue.global().async(execute: body)
    }
    pthread_detach(thread)
}
