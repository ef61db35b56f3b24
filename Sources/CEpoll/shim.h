// Calls of Linux that Swift's Glibc module leaves out: epoll has no place in its module map, and accept4 is declared
// under _GNU_SOURCE only.
#include <sys/epoll.h>
#include <sys/socket.h>

extern int accept4(int listener, struct sockaddr *address, socklen_t *size, int flags);
