/* recent: the events that came to a FIFO queue in its deduplication interval, by identity.
 * Source: Amazon SQS Developer Guide, "Using the Amazon SQS message deduplication ID": 5 minutes. */
#ifndef MODELS_POLL_RECENT_H
#define MODELS_POLL_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/simtime.h"

#define RECENT_INTERVAL (5 * SIMTIME_MINUTE)

struct recent_item {
	simtime at;
	uint64_t identity;
};

/* `{0}` is a valid empty one. Private. */
struct recent {
	struct recent_item *ring; /* owned; a power of two of them, in order of time */
	size_t first, count, capacity;
	uint32_t *table; /* owned; open addressing: places in the ring, plus 1; 0: empty */
	size_t table_size;
};

/* Whether `identity` came before, less than the interval ago; if not it came now. `now` never goes back. */
bool recent_seen(struct recent *r, uint64_t identity, simtime now);

void recent_clear(struct recent *r);
void recent_fini(struct recent *r);

#endif
