// Function multi-versioning: DISPATCHED functions are compiled for AVX-512, AVX2 and the baseline, and the
// loader picks one version when the process starts. On arm64, NEON is the baseline.
#ifndef REPRISE_DISPATCH_H
#define REPRISE_DISPATCH_H

// The loader resolves versions before a sanitizer's runtime is initialized, but instrumented resolvers would
// already call it.
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
