/* environment: the execution environments of a run, and their idle lives.
 *
 * An environment is born at a cold start, is busy with one invocation at a time, idles between them, and is reclaimed. What a warm
 * invocation needs to know of it fits into 8 bytes, so that 100,000 of them stay in the cache:
 *
 *     born -> busy -> idle -> busy -> ... -> idle -> reclaimed
 *              |                ^
 *              +-- reset (timeout, crash, out of memory, failed init): survives, but its next invocation runs Init again
 *
 * Source: AWS Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle". */
#ifndef MODELS_LIFE_ENVIRONMENT_H
#define MODELS_LIFE_ENVIRONMENT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/simtime.h"

enum environment_state {
	ENVIRONMENT_FREE,
	ENVIRONMENT_BUSY,
	ENVIRONMENT_AWAITED, /* busy, and a station waits for the result */
	ENVIRONMENT_IDLE
};

struct environment {
	uint32_t spell;    /* generation of the idle spell, so that an old reclaim event is known to be stale */
	uint16_t function; /* a template has 500 resources at most, and a file of 1 MiB holds fewer than 65,536 */
	uint8_t state;
	bool reset; /* its processes are gone: the next invocation runs Init inside it */
};

#define ENVIRONMENT_FUNCTIONS ((uint32_t)1 << 16)

_Static_assert(sizeof(struct environment) == 8, "an environment fits into 8 bytes");

/* All environments of a run; indices are reused. */
struct environments {
	struct environment *items;
	uint32_t *free; /* stack of free indices */
	size_t count, capacity, free_count, free_capacity;
};

uint32_t environment_born(struct environments *e, uint32_t function); /* busy; function < ENVIRONMENT_FUNCTIONS */
void environment_reclaimed(struct environments *e, uint32_t index);   /* an idle one ends */
void environments_clear(struct environments *e);
void environments_fini(struct environments *e);

#endif
