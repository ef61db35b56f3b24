// Tells the thread sanitizer of locks that it can't see. The fast path of Swift's Mutex is inlined and so instrumented;
// where threads meet, the library's own code takes the lock, which is not. Preloaded by scripts/sanitize.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

typedef __attribute__((swiftcall)) void lock_slow(uint32_t thread, __attribute__((swift_context)) void *mutex);

// Synchronization._MutexHandle._lockSlow(UInt32) -> ()
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"

extern void __tsan_acquire(void *address);
lock_slow lockSlow __asm__(LOCK_SLOW);

__attribute__((swiftcall)) void lockSlow(uint32_t thread, __attribute__((swift_context)) void *mutex) {
    static lock_slow *original;
    if (!original) original = (lock_slow *)dlsym(RTLD_NEXT, LOCK_SLOW);
    original(thread, mutex);
    __tsan_acquire(mutex);
}
