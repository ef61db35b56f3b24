import APITesting
import Dispatch
import Foundation
import ModelStore
import Synchronization
import Testing

/// The state of the models' folder, and the checks in the background.
@Suite struct FolderWatchTests {
    @Test func aFolderIsExamined() throws {
        let folder = try TemporaryFolder()
        let fine = FolderStatus.of(folder.path, isReadOnly: false, minFreeBytes: 1)
        #expect(fine.fault == nil)
        let free = try #require(fine.freeBytes)
        #expect(free > 0)
        let full = FolderStatus.of(folder.path, isReadOnly: false, minFreeBytes: Int.max)
        guard case .full(_, minimum: Int.max) = full.fault else {
            Issue.record("\(full)")
            return
        }
        #expect(FolderStatus.of(folder.path, isReadOnly: true, minFreeBytes: Int.max).fault == nil)
        #expect(FolderStatus.of(folder.path, isReadOnly: false, minFreeBytes: 0).fault == nil)
        #expect(FolderStatus.of(folder.path + "/none", isReadOnly: true, minFreeBytes: 0).fault == .missing)
        let file = folder.path + "/file"
        try Data([1]).write(to: URL(filePath: file))
        #expect(FolderStatus.of(file, isReadOnly: true, minFreeBytes: 0).fault == .missing)
        #expect(FolderStatus.of(file + "/below", isReadOnly: true, minFreeBytes: 0).fault == .missing)
        // Root may write anywhere; scripts/crash has a read-only mount for it.
        guard geteuid() != 0 else { return }
        #expect(chmod(folder.path, 0o555) == 0)
        let closed = FolderStatus.of(folder.path, isReadOnly: false, minFreeBytes: 0)
        #expect(closed.fault == .unwritable("Permission denied"))
        #expect(FolderStatus.of(folder.path, isReadOnly: true, minFreeBytes: 0).fault == nil)
    }

    @Test func eachChangeIsLoggedOnce() {
        let status = Mutex(FolderStatus())
        let log = LogRecorder()
        let watch = FolderWatch("/x", logger: log.logger) { status.withLock { $0 } }
        let states: [FolderStatus.Fault?] = [
            nil, .missing, .missing, .full(free: 3 << 20, minimum: 4 << 20),
            .full(free: 2 << 20, minimum: 4 << 20), nil, nil,
        ]
        for (second, state) in states.enumerated() {
            status.withLock { $0.fault = state }
            watch.tick(at: UInt64(1000 * second))
            watch.waitForProbe()
            #expect(watch.status.fault == state)
        }
        #expect(
            log.lines == [
                "error not ready path=/x reason=the models' folder does not exist",
                "error not ready path=/x reason=the file system of the models' folder has 3 MiB left; "
                    + "--min-free requires 4 MiB",
                "notice ready again path=/x",
            ])
    }

    @Test func aProbeThatDoesNotReturnIsAFaultAndBlocksNothing() {
        let hangs = Mutex(false)
        let (entered, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let watch = FolderWatch("/x", logger: LogRecorder().logger) {
            if hangs.withLock({ $0 }) {
                entered.signal()
                released.wait()
            }
            return FolderStatus()
        }
        hangs.withLock { $0 = true }
        watch.tick(at: 1000)
        entered.wait()
        watch.tick(at: 5999)
        #expect(watch.status.fault == nil)
        watch.tick(at: 6000)
        #expect(watch.status.fault == .unresponsive(5))
        watch.tick(at: 9500)
        #expect(watch.status.fault == .unresponsive(8))
        hangs.withLock { $0 = false }
        released.signal()
        watch.waitForProbe()
        #expect(watch.status.fault == nil, "a folder that responds again is taken up again")
        watch.tick(at: 10_000)
        watch.waitForProbe()
        #expect(watch.status.fault == nil)
    }
}
