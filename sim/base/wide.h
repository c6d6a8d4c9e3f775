/* wide: code for processors with wide vectors, beside code for all.
 *
 * The sources of such functions are plain loops without a branch or a call, over integers or over doubles whose operations are each rounded
 * alone (no fused multiply-add), so that every processor computes the same bits and only the time differs. */
#ifndef SIM_BASE_WIDE_H
#define SIM_BASE_WIDE_H

#include <stdbool.h>

#if defined __x86_64__ && defined __gnu_linux__ && defined __GNUC__ && !defined __clang__ && !defined __SANITIZE_ADDRESS__ && \
	!defined __SANITIZE_THREAD__

/* Compiled for each kind of processor; the right one is chosen when the program is loaded. Sanitizers start too late for that. */
#define WIDE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
/* Compiled for 512-bit vectors alone: to be called only where wide_vectors() is true. */
#define WIDE_VECTORS __attribute__((target("arch=x86-64-v4")))

static inline bool wide_vectors(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd");
}

#else

#define WIDE_CLONES
#define WIDE_VECTORS

static inline bool wide_vectors(void)
{
	return false;
}

#endif

#endif
