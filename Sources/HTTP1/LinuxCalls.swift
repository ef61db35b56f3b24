// The calls that the Glibc module of this toolchain leaves out: epoll has no place in its module map, and
// accept4 needs _GNU_SOURCE. They are declared here by their symbols, with arguments that Swift passes as C
// does. `SystemCalls` is their only user. A module map for <sys/epoll.h> would make this file unnecessary.

@_silgen_name("epoll_create1")
func linuxEpollCreate(_ flags: Int32) -> Int32

@_silgen_name("epoll_ctl")
func linuxEpollControl(
    _ epoll: Int32, _ operation: Int32, _ descriptor: Int32, _ event: UnsafeMutablePointer<EpollEvent>
) -> Int32

@_silgen_name("epoll_wait")
func linuxEpollWait(
    _ epoll: Int32, _ events: UnsafeMutablePointer<EpollEvent>, _ count: Int32, _ milliseconds: Int32
) -> Int32

@_silgen_name("accept4")
func linuxAccept(
    _ listener: Int32, _ address: UnsafeMutableRawPointer?, _ size: UnsafeMutableRawPointer?, _ flags: Int32
) -> Int32

/// `struct epoll_event`: packed on x86-64, aligned elsewhere. The 64 bits of data are in two halves, so that
/// Swift lays it out the same way.
struct EpollEvent {
    var events: UInt32
    #if !arch(x86_64)
        private var padding: UInt32 = 0
    #endif
    private var low: UInt32
    private var high: UInt32

    init(events: UInt32 = 0, token: UInt64 = 0) {
        self.events = events
        low = UInt32(truncatingIfNeeded: token)
        high = UInt32(truncatingIfNeeded: token >> 32)
    }

    var token: UInt64 { UInt64(high) << 32 | UInt64(low) }

    static var readable: UInt32 { 0x001 }
    static var writable: UInt32 { 0x004 }
    static var failed: UInt32 { 0x008 }
    static var hungUp: UInt32 { 0x010 }
    static var peerHungUp: UInt32 { 0x2000 }
    static var edgeTriggered: UInt32 { 1 << 31 }
}
