/* idle: see idle.h. */
#include "models/life/idle.h"

#include <assert.h>
#include <string.h>

#include "models/spec/purpose.h"
#include "sim/base/memory.h"

enum { IDLE_FIRST = 64 }; /* entries to begin with */

void idle_init(struct idle *s, const struct reclaim_spec *policy, enum reuse_order order)
{
	memset(s, 0, sizeof *s);
	s->policy = policy;
	s->order = order;
	s->armed = SIMTIME_NEVER;
}

void idle_clear(struct idle *s, const struct draw_key *key, uint64_t entity)
{
	s->front = s->end = s->holes = s->expiry_count = s->capacity = 0;
	s->armed = SIMTIME_NEVER;
	s->key = *key;
	s->entity = entity;
	s->choices = s->lives = s->halvings = 0;
}

void idle_fini(struct idle *s)
{
	memory_free(s->entries);
	memory_free(s->expiries);
	memset(s, 0, sizeof *s);
}

/* Closes the holes and moves the rest to the front of the array. */
static void compact(struct idle *s)
{
	size_t to = 0;
	for (size_t i = s->front; i < s->end; i++)
		if (s->entries[i].environment != IDLE_NOBODY)
			s->entries[to++] = s->entries[i];
	s->front = 0;
	s->end = to;
	s->holes = 0;
}

void idle__room(struct idle *s)
{
	if (s->front + s->holes > s->capacity / 2) {
		compact(s);
		return;
	}
	s->capacity = s->capacity ? 2 * s->capacity : IDLE_FIRST;
	if (s->capacity <= s->allocated)
		return;
	s->allocated = s->capacity;
	s->entries = memory_grow(s->entries, s->allocated, sizeof *s->entries);
}

/* Drops the holes at both ends, so that front and end - 1 hold somebody when anybody is there. */
static void trim(struct idle *s)
{
	while (s->front < s->end && s->entries[s->front].environment == IDLE_NOBODY) {
		s->front++;
		s->holes--;
	}
	while (s->front < s->end && s->entries[s->end - 1].environment == IDLE_NOBODY) {
		s->end--;
		s->holes--;
	}
}

static uint32_t take_at(struct idle *s, size_t position)
{
	uint32_t environment = s->entries[position].environment;
	assert(environment != IDLE_NOBODY);
	s->entries[position].environment = IDLE_NOBODY;
	s->holes++;
	trim(s);
	return environment;
}

/* Uniform over the idle ones: tries positions until one is no hole. Compacting keeps at least half of them filled, so two tries
 * on average. */
static uint32_t take_random(struct idle *s)
{
	if (2 * s->holes > s->end - s->front)
		compact(s);
	for (;;) {
		uint64_t word = draw_word(&s->key, s->entity, PURPOSE_REUSE, 0, s->choices++);
		size_t position = s->front + draw_below(word, s->end - s->front);
		if (s->entries[position].environment != IDLE_NOBODY)
			return take_at(s, position);
	}
}

uint32_t idle__take_other(struct idle *s)
{
	assert(idle_count(s) > 0);
	trim(s);
	if (s->order == REUSE_OLDEST)
		return take_at(s, s->front);
	if (s->order == REUSE_RANDOM)
		return take_random(s);
	return take_at(s, s->end - 1);
}

/* --- uniform: a heap of expiries ---------------------------------------------------------------------------------------------- */

static bool sooner(const struct idle_expiry *a, const struct idle_expiry *b)
{
	return a->at < b->at || (a->at == b->at && a->environment < b->environment);
}

static void expiry_sift(struct idle *s, size_t hole, struct idle_expiry moving)
{
	size_t child;
	while ((child = 2 * hole + 1) < s->expiry_count) {
		if (child + 1 < s->expiry_count && sooner(&s->expiries[child + 1], &s->expiries[child]))
			child++;
		if (sooner(&moving, &s->expiries[child]))
			break;
		s->expiries[hole] = s->expiries[child];
		hole = child;
	}
	s->expiries[hole] = moving;
}

static void expiry_push(struct idle *s, struct idle_expiry x)
{
	size_t i = s->expiry_count++;
	while (i > 0 && sooner(&x, &s->expiries[(i - 1) / 2])) {
		s->expiries[i] = s->expiries[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	s->expiries[i] = x;
}

static struct idle_expiry expiry_pop(struct idle *s)
{
	struct idle_expiry top = s->expiries[0];
	struct idle_expiry last = s->expiries[--s->expiry_count];
	if (s->expiry_count > 0)
		expiry_sift(s, 0, last);
	return top;
}

static bool current_spell(const struct environments *e, const struct idle_expiry *x)
{
	const struct environment *v = &e->items[x->environment];
	return v->state == ENVIRONMENT_IDLE && v->spell == x->spell;
}

/* Room for one more. Every invocation leaves an old expiry behind, so those are dropped first: the heap grows with the idle
 * environments, not with the invocations. */
static void expiry_room(struct idle *s, const struct environments *e)
{
	if (s->expiry_count < s->expiry_capacity)
		return;
	size_t kept = 0;
	for (size_t i = 0; i < s->expiry_count; i++)
		if (current_spell(e, &s->expiries[i]))
			s->expiries[kept++] = s->expiries[i];
	s->expiry_count = kept;
	for (size_t i = kept / 2; i-- > 0;)
		expiry_sift(s, i, s->expiries[i]);
	if (2 * kept < s->expiry_capacity)
		return;
	s->expiry_capacity = s->expiry_capacity ? 2 * s->expiry_capacity : 64;
	s->expiries = memory_grow(s->expiries, s->expiry_capacity, sizeof *s->expiries);
}

void idle__live(struct idle *s, const struct environments *e, uint32_t environment, simtime now)
{
	double u = draw_uniform(draw_word(&s->key, s->entity, PURPOSE_RECLAIM, 0, s->lives++));
	double span = (double)(s->policy->high - s->policy->low);
	simtime at = now + s->policy->low + simtime_from_ns(u * span);
	expiry_room(s, e);
	expiry_push(s, (struct idle_expiry){at, environment, e->items[environment].spell});
}

/* Positions are found by scanning: reclaims of the uniform policy are rare beside invocations. */
static void drop(struct idle *s, uint32_t environment)
{
	for (size_t i = s->front; i < s->end; i++)
		if (s->entries[i].environment == environment) {
			take_at(s, i);
			return;
		}
	assert(!"an idle environment stands among the idle ones");
}

static simtime reclaim_uniform(struct idle *s, struct environments *e, simtime now, void (*ended)(void *, uint32_t), void *ctx)
{
	while (s->expiry_count > 0 && (s->expiries[0].at <= now || !current_spell(e, &s->expiries[0]))) {
		struct idle_expiry x = expiry_pop(s);
		if (!current_spell(e, &x))
			continue;
		drop(s, x.environment);
		ended(ctx, x.environment);
	}
	return s->expiry_count ? s->expiries[0].at : SIMTIME_NEVER;
}

static simtime reclaim_fixed(struct idle *s, simtime now, void (*ended)(void *, uint32_t), void *ctx)
{
	trim(s);
	while (s->front < s->end && s->entries[s->front].since + s->policy->after <= now)
		ended(ctx, take_at(s, s->front));
	return s->front < s->end ? s->entries[s->front].since + s->policy->after : SIMTIME_NEVER;
}

/* A random half: each idle environment goes with probability one half. */
static simtime reclaim_halving(struct idle *s, simtime now, void (*ended)(void *, uint32_t), void *ctx)
{
	for (size_t i = s->front; i < s->end; i++) {
		uint32_t environment = s->entries[i].environment;
		if (environment == IDLE_NOBODY)
			continue;
		if (draw_word(&s->key, s->entity, PURPOSE_RECLAIM, 1, s->halvings++) >> 63) {
			s->entries[i].environment = IDLE_NOBODY;
			s->holes++;
			ended(ctx, environment);
		}
	}
	trim(s);
	return now + s->policy->every;
}

simtime idle_reclaim(struct idle *s, struct environments *e, simtime now, void (*ended)(void *ctx, uint32_t environment), void *ctx)
{
	switch (s->policy->policy) {
	case RECLAIM_FIXED: return reclaim_fixed(s, now, ended, ctx);
	case RECLAIM_UNIFORM: return reclaim_uniform(s, e, now, ended, ctx);
	case RECLAIM_HALVING: return reclaim_halving(s, now, ended, ctx);
	case RECLAIM_NEVER: break;
	}
	return SIMTIME_NEVER;
}

simtime idle_first(const struct idle *s)
{
	return s->policy->policy == RECLAIM_HALVING ? s->policy->every : SIMTIME_NEVER;
}
