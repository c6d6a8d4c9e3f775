/* idle: the idle environments of one function: which serves next, and when each is reclaimed.
 *
 * AWS promises nothing about either, so both are parameters: the order of reuse (newest first by default: the most recently used
 * matches what was measured) and the reclaim policy. The idle ones stand in the order in which they were released, oldest first, in
 * one contiguous array: the newest leaves at the end, the oldest at the front, one from the middle leaves a hole. So with a fixed idle
 * life the next to expire is always the front, and one event in the agenda, re-armed lazily, serves a function. */
#ifndef MODELS_LIFE_IDLE_H
#define MODELS_LIFE_IDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/life/environment.h"
#include "models/spec/function.h"
#include "sim/draw.h"
#include "sim/simtime.h"

#define IDLE_NOBODY UINT32_MAX

struct idle_entry {
	simtime since;        /* released at */
	uint32_t environment; /* IDLE_NOBODY: a hole */
};

struct idle_expiry { /* uniform policy only: a binary heap by time, entries checked against the spell when they come up */
	simtime at;
	uint32_t environment;
	uint32_t spell;
};

struct idle {
	const struct reclaim_spec *policy;
	enum reuse_order order;
	struct idle_entry *entries; /* [front, end) */
	size_t front, end;
	size_t capacity; /* in use: starts anew with each replication, as the layout decides what a random choice takes */
	size_t allocated;
	size_t holes;
	struct idle_expiry *expiries;
	size_t expiry_count, expiry_capacity;
	simtime armed;       /* when the function's reclaim event fires; SIMTIME_NEVER when none is in the agenda */
	struct draw_key key; /* for random choices */
	uint64_t entity;
	uint64_t choices, lives, halvings; /* draws made */
};

void idle_init(struct idle *s, const struct reclaim_spec *policy, enum reuse_order order);
void idle_clear(struct idle *s, const struct draw_key *key, uint64_t entity); /* a new replication */
void idle_fini(struct idle *s);

static inline size_t idle_count(const struct idle *s)
{
	return s->end - s->front - s->holes;
}

uint32_t idle__take_other(struct idle *s); /* oldest, random, or newest past holes */
void idle__room(struct idle *s);
void idle__live(struct idle *s, const struct environments *e, uint32_t environment, simtime now);

/* Takes the environment that serves next; there is one (idle_count > 0). */
static inline uint32_t idle_take(struct idle *s)
{
	assert(idle_count(s) > 0);
	if (s->order == REUSE_NEWEST && s->entries[s->end - 1].environment != IDLE_NOBODY)
		return s->entries[--s->end].environment;
	return idle__take_other(s);
}

/* Adds one that was just released. Returns when the function's reclaim event must fire at the latest: the caller arms it when that is
 * earlier than `armed`. */
static inline simtime idle_add(struct idle *s, const struct environments *e, uint32_t environment, simtime now)
{
	if (__builtin_expect(s->end == s->capacity, 0))
		idle__room(s);
	s->entries[s->end++] = (struct idle_entry){now, environment};
	if (s->policy->policy == RECLAIM_FIXED)
		return s->armed != SIMTIME_NEVER ? s->armed : now + s->policy->after;
	if (s->policy->policy == RECLAIM_UNIFORM)
		idle__live(s, e, environment, now);
	return s->expiry_count ? s->expiries[0].at : SIMTIME_NEVER;
}

/* The reclaim event: ends every idle environment whose time has come, calling `ended` for each in order, and returns when to fire
 * next (SIMTIME_NEVER: not until something is added). */
simtime idle_reclaim(struct idle *s, struct environments *e, simtime now, void (*ended)(void *ctx, uint32_t environment),
                     void *ctx);

/* The first firing of a run: halving has a clock of its own; the others wait for the first release. */
simtime idle_first(const struct idle *s);

#endif
