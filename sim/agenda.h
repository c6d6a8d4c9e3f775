/* agenda: the events that are still to come, in total order.
 *
 * Order: time, then class (0 first), then order of pushing. An event is 16 bytes: time, and class, sequence and slot packed into one word,
 * compared as one 128-bit integer, so that no two events are ever equal and every processor pops the same order. What an
 * event means belongs to its owner: `slot` is an index into an array of the class's owner, never looked at here.
 *
 * Three tiers, after the ladder queue (Tang, Goh, Thng 2005) with fixed rungs: `near`, a 4-ary heap of the events of the current bucket;
 * `ring`, unsorted buckets of a power-of-two width that the near heap is filled from, with a two-level bitmap of the occupied ones;
 * `far`, a 4-ary heap of what lies beyond the ring. The width is chosen so that a bucket holds about AGENDA_BUCKET events; it changes the
 * speed, never the order. Push and pop are O(1) for what lies within the ring, O(log n) otherwise; memory is 16 bytes an event.
 *
 * There is no cancelling: owners re-arm one event of their own, or check a generation when it fires. */
#ifndef SIM_AGENDA_H
#define SIM_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/simtime.h"

enum {
	AGENDA_BUCKET = 16,           /* events a bucket should hold */
	AGENDA_RING_BITS = 14,
	AGENDA_RING = 1 << AGENDA_RING_BITS,
	AGENDA_CLASS_BITS = 4,
	AGENDA_SEQUENCE_BITS = 36,
	AGENDA_SLOT_BITS = 24
};

#define AGENDA_SLOTS ((uint32_t)1 << AGENDA_SLOT_BITS)

typedef unsigned __int128 agenda_record;

struct agenda_event {
	simtime at;
	unsigned class;
	uint32_t slot;
};

struct agenda_bucket {
	agenda_record *records;
	uint32_t count, capacity;
};

struct agenda_heap {
	agenda_record *records;
	size_t count, capacity;
};

/* The fields are private; they stand here because the hot path is inline. */
struct agenda {
	struct agenda_heap near;
	struct agenda_heap far;
	struct agenda_bucket *ring;                  /* AGENDA_RING buckets */
	uint64_t occupied[AGENDA_RING / 64];         /* one bit a bucket */
	uint64_t summary[AGENDA_RING / 64 / 64];     /* one bit a word of `occupied` */
	size_t in_ring;
	unsigned shift;                              /* bucket = time >> shift */
	int64_t current;                             /* the bucket that `near` holds */
	uint64_t sequence;
};

/* An empty agenda for about `rate_per_s` events a second of simulated time (any positive guess is correct). */
void agenda_init(struct agenda *a, double rate_per_s);
void agenda_clear(struct agenda *a); /* empty again, at time 0; keeps the memory */
void agenda_fini(struct agenda *a);

/* Adds an event; `at` is at least 0 and not before the last popped event; `class` < 16, `slot` < AGENDA_SLOTS. */
void agenda_push(struct agenda *a, simtime at, unsigned class, uint32_t slot);

size_t agenda_count(const struct agenda *a);

bool agenda__advance(struct agenda *a); /* fills `near` from the next occupied bucket; false when nothing is left */
void agenda__sift(struct agenda_heap *h, size_t hole, agenda_record moving);

/* The time of the next event, SIMTIME_NEVER when there is none. */
static inline simtime agenda_next(struct agenda *a)
{
	if (a->near.count == 0 && !agenda__advance(a))
		return SIMTIME_NEVER;
	return (simtime)(a->near.records[0] >> 64);
}

/* Removes and returns the next event; the agenda must not be empty (agenda_next first). */
struct agenda_event agenda_pop(struct agenda *a);

#endif
