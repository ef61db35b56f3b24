// Calls of Linux that Swift's Glibc module leaves out: epoll has no place in its module map, accept4 is declared under
// _GNU_SOURCE only, and sched_setattr has no function in glibc before 2.41.
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern int accept4(int listener, struct sockaddr *address, socklen_t *size, int flags);

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
