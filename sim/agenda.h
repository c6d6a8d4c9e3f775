/* agenda: the events that are still to come, in total order.
 *
 * Order: time, then class (0 first), then order of pushing. An event is 16 bytes: time, and class, sequence and slot packed into one word,
 * compared as one 128-bit integer, so that no two events are ever equal and every processor pops the same order. What an
 * event means belongs to its owner: `slot` is an index into an array of the class's owner, never looked at here.
 *
 * Three tiers, after the ladder queue (Tang, Goh, Thng 2005) with fixed rungs: the events of the current bucket, sorted (`near`, the next one
 * last), with a 4-ary heap beside them (`late`) for what comes when there are many; `ring`, unsorted buckets of a power-of-two width, with a
 * two-level bitmap of the occupied ones; `far`, a 4-ary heap of what lies beyond the ring. The width is chosen so that a bucket holds about AGENDA_BUCKET events; it changes the
 * speed, never the order. Push and pop are O(1) for what lies within the ring, O(log n) otherwise; memory is 16 bytes an event.
 *
 * There is no cancelling: owners re-arm one event of their own, or check a generation when it fires. */
#ifndef SIM_AGENDA_H
#define SIM_AGENDA_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/simtime.h"

enum {
	AGENDA_NEAR = 32,  /* more than this in the current bucket: a heap is cheaper than keeping them sorted */
	AGENDA_BUCKET = 8, /* events a bucket should hold */
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
	agenda_record near[AGENDA_NEAR]; /* sorted, descending: the next event is the last */
	size_t near_count;
	struct agenda_heap late; /* events of the current bucket that are not in `near` */
	struct agenda_heap far;
	struct agenda_bucket *ring; /* AGENDA_RING buckets */
	struct agenda_bucket
		*spare; /* arrays that emptied buckets left, the last one first to be used again: it is still in the cache */
	size_t spare_count, spare_capacity;
	uint64_t occupied[AGENDA_RING / 64];     /* one bit a bucket */
	uint64_t summary[AGENDA_RING / 64 / 64]; /* one bit a word of `occupied` */
	size_t in_ring;
	unsigned shift;  /* bucket = time >> shift */
	int64_t current; /* the bucket that `near` and `late` hold */
	uint64_t sequence;
};

/* An empty agenda for about `rate_per_s` events a second of simulated time (any positive guess is correct). */
void agenda_init(struct agenda *a, double rate_per_s);
void agenda_clear(struct agenda *a); /* empty again, at time 0; keeps the memory */
void agenda_fini(struct agenda *a);

size_t agenda_count(const struct agenda *a);

bool agenda__advance(struct agenda *a); /* goes to the next occupied bucket; false when nothing is left */
agenda_record agenda__pop_late(struct agenda *a);
void agenda__push_late(struct agenda *a, agenda_record r);
void agenda__push_far(struct agenda *a, agenda_record r);
void agenda__grow(struct agenda *a, struct agenda_bucket *b);
void agenda__mark(struct agenda *a, size_t index);
void agenda__renumber(struct agenda *a);

__attribute__((always_inline)) static inline void agenda__push_near(struct agenda *a, agenda_record r)
{
	size_t i = a->near_count;
	if (__builtin_expect(i == AGENDA_NEAR || a->late.count > 0, 0)) {
		agenda__push_late(a, r);
		return;
	}
	for (; i > 0 && a->near[i - 1] < r; i--)
		a->near[i] = a->near[i - 1];
	a->near[i] = r;
	a->near_count++;
}

__attribute__((always_inline)) static inline void agenda__push_ring(struct agenda *a, int64_t bucket, agenda_record r)
{
	size_t index = (size_t)bucket & (AGENDA_RING - 1);
	struct agenda_bucket *b = &a->ring[index];
	if (__builtin_expect(b->count == b->capacity, 0))
		agenda__grow(a, b);
	if (b->count == 0)
		agenda__mark(a, index);
	b->records[b->count++] = r;
	a->in_ring++;
}

/* Adds an event; `at` is at least 0 and not before the last popped event; `class` < 16, `slot` < AGENDA_SLOTS. */
__attribute__((always_inline)) static inline void agenda_push(struct agenda *a, simtime at, unsigned class, uint32_t slot)
{
	assert(((uint64_t)at >> 63 | class >> AGENDA_CLASS_BITS | slot >> AGENDA_SLOT_BITS) ==
	       0); /* at >= 0, the others in range */
	if (__builtin_expect(a->sequence >> AGENDA_SEQUENCE_BITS != 0, 0))
		agenda__renumber(a);
	uint64_t low = (uint64_t) class << (AGENDA_SEQUENCE_BITS + AGENDA_SLOT_BITS) | a->sequence++ << AGENDA_SLOT_BITS | slot;
	agenda_record r = (agenda_record)(uint64_t)at << 64 | low;
	int64_t bucket = at >> a->shift;
	if (bucket <= a->current)
		agenda__push_near(a, r);
	else if (bucket - a->current < AGENDA_RING)
		agenda__push_ring(a, bucket, r);
	else
		agenda__push_far(a, r);
}

/* The time of the next event, SIMTIME_NEVER when there is none. */
static inline simtime agenda_next(struct agenda *a)
{
	if (__builtin_expect(a->late.count > 0, 0)) {
		simtime late = (simtime)(a->late.records[0] >> 64);
		simtime near = a->near_count ? (simtime)(a->near[a->near_count - 1] >> 64) : SIMTIME_NEVER;
		return late < near ? late : near;
	}
	if (__builtin_expect(a->near_count == 0, 0)) {
		if (!agenda__advance(a))
			return SIMTIME_NEVER;
		if (a->near_count == 0)
			return (simtime)(a->late.records[0] >> 64);
	}
	return (simtime)(a->near[a->near_count - 1] >> 64);
}

/* Removes and returns the next event; the agenda must not be empty, and agenda_next must have been asked since the last change. */
static inline struct agenda_event agenda_pop(struct agenda *a)
{
	assert(a->near_count > 0 || a->late.count > 0);
	agenda_record r = __builtin_expect(a->late.count > 0, 0) ? agenda__pop_late(a) : a->near[--a->near_count];
	uint64_t low = (uint64_t)r;
	return (struct agenda_event){.at = (simtime)(r >> 64),
	                             .class = (unsigned)(low >> (AGENDA_SEQUENCE_BITS + AGENDA_SLOT_BITS)),
	                             .slot = (uint32_t)low & (AGENDA_SLOTS - 1)};
}

#endif
