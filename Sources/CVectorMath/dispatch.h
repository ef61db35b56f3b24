// How the functions of this module are compiled: one copy for AVX-512, one for AVX2 and one for the baseline, of which
// the loader picks when the process starts. On arm64 NEON is the baseline.
#ifndef REPRISE_DISPATCH_H
#define REPRISE_DISPATCH_H

#if defined(__x86_64__) && defined(__linux__)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif

#define INLINE static inline __attribute__((always_inline))

#endif
