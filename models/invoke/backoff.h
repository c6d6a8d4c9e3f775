/* backoff: how long to wait before trying again what was refused: twice as long each time, and not all who wait for the same time.
 *
 * Without jitter events that were refused together are tried together for ever, and all but one of them are refused again while the function
 * lies idle in between. Source: AWS Architecture Blog, "Exponential Backoff and Jitter", where half the wait by chance is "equal jitter". */
#ifndef MODELS_INVOKE_BACKOFF_H
#define MODELS_INVOKE_BACKOFF_H

#include <stdint.h>

#include "sim/draw.h"
#include "sim/simtime.h"

/* Share of a wait that is left to chance, where a service's own is not documented. */
#define BACKOFF_JITTER_DEFAULT 0.5

/* After `tries` refusals before this one: min(first * 2^tries, most), of which the share `jitter` (0 .. 1) is drawn by `word`, uniformly. */
static inline simtime backoff_wait(simtime first, simtime most, uint32_t tries, double jitter, uint64_t word)
{
	simtime wait = first;
	for (uint32_t i = 0; i < tries && wait < most; i++)
		wait *= 2;
	if (wait > most)
		wait = most;
	return jitter > 0 ? wait - (simtime)((double)wait * jitter * draw_uniform(word)) : wait;
}

#endif
