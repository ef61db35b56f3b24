// Calls of Linux that Swift's Glibc module leaves out: epoll has no place in its module map, accept4 is declared under
// _GNU_SOURCE only, ioctl has a variable number of arguments, CPU_COUNT is a macro, and sched_setattr has no function in
// glibc before 2.41.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <linux/sockios.h>
#include <sched.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern int accept4(int listener, struct sockaddr *address, socklen_t *size, int flags);

// How many of the bytes that were sent the peer has not acknowledged (tcp(7)).
static inline int linux_unacknowledged(int socket, int *count) { return ioctl(socket, SIOCOUTQ, count); }

// How many cores this process may use, which taskset and containers make fewer than there are; at least 1.
static inline int linux_usable_cores(void) {
    cpu_set_t cores;
    return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
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
