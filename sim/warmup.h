/* warmup: how much of the beginning of a run to leave out when the question is about the steady state: MSER-5.
 * Source: White, "An effective truncation heuristic for bias reduction in simulation output" (1997); White, Cobb, Spratt (2000). */
#ifndef SIM_WARMUP_H
#define SIM_WARMUP_H

#include <stddef.h>

/* The number of leading values to leave out: the d (a multiple of 5) that minimises the variance of the mean of what remains,
 * d at most n/2. Returns n (nothing usable) when the minimum lies at the end of the first half: the run is too short to tell. */
size_t warmup_mser5(const double *values, size_t n);

#endif
