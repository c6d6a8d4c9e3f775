/* meter: what AWS counts, as exact integers; a price is applied once, at the end.
 *
 * One meter for a function. Sums of parts equal the whole exactly, and merging is addition, so neither the order of replications nor
 * the number of threads can show. Sources: AWS Lambda pricing page (requests; GB-seconds of the configured memory, rounded up to 1 ms;
 * ephemeral storage above 512 MB for the time of execution); AWS Compute Blog, "AWS Lambda standardizes billing for INIT Phase"
 * (since 2025-08-01 the billed duration is that of Init and invocation together, rounded up once). */
#ifndef MODELS_MONEY_METER_H
#define MODELS_MONEY_METER_H

#include <stdint.h>

#include "models/spec/function.h"
#include "sim/simtime.h"

/* `{0}` is a valid empty meter. */
struct meter {
	uint64_t requests; /* invocations that ran: no throttles */
	uint64_t billed_ms;
	area128 mb_ms;           /* MemorySize x billed ms */
	area128 ephemeral_mb_ms; /* (EphemeralStorage - 512 MB) x billed ms */
};

/* Billed milliseconds of Init (0 when warm, or not billed) and Duration: 250.06 ms + 100.77 ms is 351 ms. Both at least 0. */
static inline uint64_t meter_billed(simtime init, simtime duration)
{
	return (uint64_t)((init + duration + SIMTIME_MS - 1) / SIMTIME_MS);
}

static inline void meter_add(struct meter *m, int memory_mb, int ephemeral_mb, uint64_t billed_ms)
{
	m->requests++;
	m->billed_ms += billed_ms;
	m->mb_ms += (area128)(uint64_t)memory_mb * billed_ms;
	m->ephemeral_mb_ms += (area128)(uint64_t)(ephemeral_mb - FUNCTION_EPHEMERAL_MIN_MB) * billed_ms;
}

static inline void meter_merge(struct meter *into, const struct meter *from)
{
	into->requests += from->requests;
	into->billed_ms += from->billed_ms;
	into->mb_ms += from->mb_ms;
	into->ephemeral_mb_ms += from->ephemeral_mb_ms;
}

/* GB-seconds; 1 GB = 1,024 MB. The one rounding is to double. */
static inline double meter_gb_seconds(area128 mb_ms)
{
	return (double)mb_ms / (1024.0 * 1000.0);
}

#endif
