import CLinux

typealias EpollEvent = epoll_event

extension EpollEvent {
    init(events: UInt32, token: UInt64) {
        self.init()
        self.events = events
        data.u64 = token
    }

    /// The value that the descriptor was registered with.
    var token: UInt64 { data.u64 }

    static var readable: UInt32 { EPOLLIN.rawValue }
    static var writable: UInt32 { EPOLLOUT.rawValue }
    static var failed: UInt32 { EPOLLERR.rawValue }
    static var hungUp: UInt32 { EPOLLHUP.rawValue }
    static var peerHungUp: UInt32 { EPOLLRDHUP.rawValue }
    static var edgeTriggered: UInt32 { EPOLLET.rawValue }
}
