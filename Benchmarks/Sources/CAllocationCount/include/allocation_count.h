// Counts allocations of the process that is linked with this library: it replaces malloc and related
// functions by functions that count and then call glibc's.
#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

// Returns the number of allocations by all threads since the process started.
long allocation_count(void);

#endif
