/* init_default: how long Init takes where the scenario neither measured nor declared it.
 *
 * A lognormal through the median and the 99th percentile of what the public benchmark maxday/lambda-perf saw: the daily files 2026-06-23 to
 * 2026-08-22, us-east-1, about 600 cold starts of a function that does nothing but answer, for each runtime and architecture. In that
 * data Init does not depend on MemorySize (128 to 1,024 MB agree within 3 %), because Init runs with a CPU boost. Real code loads its own
 * libraries, so this is the least that a cold start takes; a measured profile adds them.
 *
 * A runtime that was not measured takes the nearest version of its language (nodejs18.x: nodejs20.x; java8.al2: java11; of two equally
 * near the newer). `provided.*` does not say what is inside: it takes the row of Go on provided.al2023 (50 ms), which lies between Rust
 * (16 ms) and C++ (66 ms). Unknown identifiers do the same; container images (NULL) take Python 3.12's image. */
#ifndef MODELS_COST_INIT_DEFAULT_H
#define MODELS_COST_INIT_DEFAULT_H

#include "models/spec/function.h"
#include "sim/distribution.h"

/* The distribution in nanoseconds, and in *source (may be NULL) one line for reports that says which row it is; a literal. */
void init_default(const char *runtime, enum architecture architecture, struct distribution *out, const char **source);

#endif
