// Calls of Linux that Swift's Glibc module leaves out: epoll has no place in its module map, accept4 is declared under
// _GNU_SOURCE only, ioctl has a variable number of arguments, and sched_setattr has no function in glibc before 2.41.
#include <linux/sockios.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern int accept4(int listener, struct sockaddr *address, socklen_t *size, int flags);

// How many of the bytes that were sent the peer has not acknowledged (tcp(7)).
static inline int linux_unacknowledged(int socket, int *count) { return ioctl(socket, SIOCOUTQ, count); }

// How many cores this process may use, which taskset and containers make fewer than there are; at least 1. The system call
// gives the bytes that it has written; glibc's function needs _GNU_SOURCE, which changes types of other headers.
static inline int linux_usable_cores(void) {
    unsigned long cores[1024 / sizeof(long)] = {0};
    long size = syscall(SYS_sched_getaffinity, 0, sizeof cores, cores);
    int count = 0;
    for (long word = 0; word < size / (long)sizeof(long); ++word) count += __builtin_popcountl(cores[word]);
    return count > 0 ? count : 1;
}

// Sets the niceness of the calling thread and for how many nanoseconds at a time it may run while others wait, which
// Linux heeds from 6.12 on. Threads that it starts inherit both.
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
