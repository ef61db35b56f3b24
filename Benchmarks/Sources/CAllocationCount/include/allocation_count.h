// Counts calls of the allocator, in a process that is linked with this: malloc and its relatives are replaced by
// functions that count and pass on to glibc's.
#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

// Allocations since the process started, on all threads.
long allocation_count(void);

#endif
