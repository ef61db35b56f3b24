// Linux calls that Swift's Glibc module does not offer: epoll is missing from its module map, accept4 is
// declared with _GNU_SOURCE only, ioctl is variadic, and glibc has no function for sched_setattr before
// version 2.41.
#include <linux/sockios.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern int accept4(int listener, struct sockaddr *address, socklen_t *size, int flags);

// Sets count to the number of sent bytes that the peer has not acknowledged (tcp(7)). Returns 0, or -1 and
// errno.
static inline int linux_unacknowledged(int socket, int *count) { return ioctl(socket, SIOCOUTQ, count); }

// The number of cores that this process may use, at least 1. taskset and containers can reduce it. The system
// call returns the number of bytes that it has written; glibc's function needs _GNU_SOURCE, which changes
// types in other headers.
static inline int linux_usable_cores(void) {
    unsigned long cores[1024 / sizeof(long)] = {0};
    long size = syscall(SYS_sched_getaffinity, 0, sizeof cores, cores);
    int count = 0;
    for (long word = 0; word < size / (long)sizeof(long); ++word) count += __builtin_popcountl(cores[word]);
    return count > 0 ? count : 1;
}

// Sets the niceness of the calling thread and its time slice in nanoseconds, which Linux respects from
// version 6.12 on. Threads that it starts inherit both. Returns 0, or -1 and errno.
static inline long linux_set_niceness(int niceness, uint64_t slice) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {.size = sizeof attributes, .nice = niceness, .runtime = slice};
    return syscall(SYS_sched_setattr, 0, &attributes, 0);
}
