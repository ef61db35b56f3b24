// How the functions of this module are compiled: one copy for AVX-512, one for AVX2 and one for the baseline, of which
// the loader picks when the process starts. On arm64 NEON is the baseline.
#ifndef REPRISE_DISPATCH_H
#define REPRISE_DISPATCH_H

// The loader picks before a sanitizer's runtime is there, of which the picking code would already make use.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

#if defined(__x86_64__) && defined(__linux__) && !defined(SANITIZED)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif

#define INLINE static inline __attribute__((always_inline))

#endif
