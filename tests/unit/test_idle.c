/* Idle environments against a naive model: a plain list in order of release, scanned for everything. All policies, all orders of
 * reuse, random takes, releases and reclaims; the draws are the same pure functions of their numbers. Environments are born and
 * reclaimed on the way. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "models/life/idle.h"
#include "models/spec/purpose.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

enum { ENTITY = 77, MOST = 4096 };
static const struct draw_key KEY = {11, 3};

static const struct reclaim_spec policies[] = {
	{.policy = RECLAIM_FIXED, .after = 50 * SIMTIME_SECOND},
	{.policy = RECLAIM_UNIFORM, .low = 20 * SIMTIME_SECOND, .high = 90 * SIMTIME_SECOND},
	{.policy = RECLAIM_UNIFORM, .low = 30 * SIMTIME_SECOND, .high = 30 * SIMTIME_SECOND},
	{.policy = RECLAIM_HALVING, .every = 40 * SIMTIME_SECOND},
	{.policy = RECLAIM_NEVER},
	{.policy = RECLAIM_FIXED, .after = 0},
};
enum { POLICIES = sizeof policies / sizeof *policies, ORDERS = 3 };

/* --- the naive model ------------------------------------------------------------------------------------------------------------ */

struct naive_entry {
	simtime since, expires;
	uint32_t environment;
};

struct naive {
	const struct reclaim_spec *policy;
	struct naive_entry entries[MOST];
	size_t count;
	uint64_t lives, halvings;
	simtime next_half;
};

static void naive_add(struct naive *n, uint32_t environment, simtime now)
{
	simtime expires = SIMTIME_NEVER;
	if (n->policy->policy == RECLAIM_FIXED)
		expires = now + n->policy->after;
	if (n->policy->policy == RECLAIM_UNIFORM) {
		double u = draw_uniform(draw_word(&KEY, ENTITY, PURPOSE_RECLAIM, 0, n->lives++));
		expires = now + n->policy->low + simtime_from_ns(u * (double)(n->policy->high - n->policy->low));
	}
	quick_assert(n->count < MOST);
	n->entries[n->count++] = (struct naive_entry){now, expires, environment};
}

static struct naive_entry naive_remove(struct naive *n, size_t i)
{
	struct naive_entry x = n->entries[i];
	memmove(&n->entries[i], &n->entries[i + 1], (--n->count - i) * sizeof *n->entries);
	return x;
}

static size_t naive_find(const struct naive *n, uint32_t environment)
{
	for (size_t i = 0; i < n->count; i++)
		if (n->entries[i].environment == environment)
			return i;
	ck_abort_msg("environment %u is not idle", environment);
	return 0;
}

/* Ends what is due at `now`, into `ended` (a set, by environment). */
static size_t naive_reclaim(struct naive *n, simtime now, bool *ended)
{
	size_t count = 0;
	if (n->policy->policy == RECLAIM_HALVING) {
		if (now < n->next_half)
			return 0;
		n->next_half = now + n->policy->every;
	}
	for (size_t i = 0; i < n->count;) {
		bool goes = n->entries[i].expires <= now;
		if (n->policy->policy == RECLAIM_HALVING)
			goes = draw_word(&KEY, ENTITY, PURPOSE_RECLAIM, 1, n->halvings++) >> 63;
		if (!goes) {
			i++;
			continue;
		}
		ended[naive_remove(n, i).environment] = true;
		count++;
	}
	return count;
}

static simtime naive_next(const struct naive *n)
{
	simtime next = n->policy->policy == RECLAIM_HALVING ? n->next_half : SIMTIME_NEVER;
	for (size_t i = 0; i < n->count; i++)
		next = n->entries[i].expires < next ? n->entries[i].expires : next;
	return next;
}

/* --- both side by side, as the engine drives them ------------------------------------------------------------------------------- */

struct trial {
	struct idle idle;
	struct environments environments;
	struct naive naive;
	enum reuse_order order;
	uint32_t busy[MOST];
	size_t busy_count;
	bool ended[MOST]; /* by the naive model, not yet confirmed */
	size_t ended_count;
	uint64_t random;
	size_t taken_before_newest; /* random reuse: how often the position was in the older half */
	size_t random_takes;
};

static void release(struct trial *t, simtime now)
{
	if (t->busy_count == 0)
		return;
	size_t i = fixture_below(&t->random, t->busy_count);
	uint32_t environment = t->busy[i];
	t->busy[i] = t->busy[--t->busy_count];
	t->environments.items[environment].state = ENVIRONMENT_IDLE;
	naive_add(&t->naive, environment, now);
	simtime at = idle_add(&t->idle, &t->environments, environment, now);
	if (at < t->idle.armed)
		t->idle.armed = at;
}

static void invoke(struct trial *t)
{
	uint32_t environment;
	quick_assert(idle_count(&t->idle) == t->naive.count);
	if (t->naive.count == 0) {
		if (t->busy_count == 1500)
			return;
		environment = environment_born(&t->environments, 9);
		struct environment *v = &t->environments.items[environment];
		quick_assert(v->function == 9 && v->state == ENVIRONMENT_BUSY && !v->reset);
		v->reset = fixture_below(&t->random, 2); /* must not outlive it */
	} else {
		environment = idle_take(&t->idle);
		size_t i = naive_find(&t->naive, environment);
		if (t->order != REUSE_RANDOM) {
			quick_assert(i == (t->order == REUSE_NEWEST ? t->naive.count - 1 : 0));
		} else if (t->naive.count % 2 == 0) {
			t->random_takes++;
			t->taken_before_newest += i < t->naive.count / 2;
		}
		naive_remove(&t->naive, i);
		t->environments.items[environment].state = ENVIRONMENT_BUSY;
		t->environments.items[environment].spell++;
	}
	t->busy[t->busy_count++] = environment;
}

static void confirm(void *ctx, uint32_t environment)
{
	struct trial *t = ctx;
	quick_assert(t->ended[environment], "environment %u ended, but its time had not come", environment);
	t->ended[environment] = false;
	t->ended_count--;
	environment_reclaimed(&t->environments, environment);
}

/* All reclaim events up to `until`, when they are due; never later than the naive model asks for. */
static void reclaim_until(struct trial *t, simtime until)
{
	for (;;) {
		simtime due = naive_next(&t->naive);
		quick_assert(t->idle.armed <= due, "armed at %ld, but one ends at %ld", t->idle.armed, due);
		simtime now = t->idle.armed;
		if (now > until)
			return;
		t->ended_count += naive_reclaim(&t->naive, now, t->ended);
		t->idle.armed = SIMTIME_NEVER;
		simtime next = idle_reclaim(&t->idle, &t->environments, now, confirm, t);
		quick_assert(t->ended_count == 0, "%zu environments did not end in time", t->ended_count);
		quick_assert(next > now);
		t->idle.armed = next;
	}
}

static void play(struct trial *t, int steps)
{
	idle_clear(&t->idle, &KEY, ENTITY);
	environments_clear(&t->environments);
	t->naive.count = t->busy_count = 0;
	t->naive.lives = t->naive.halvings = 0;
	t->naive.next_half = t->naive.policy->every;
	t->idle.armed = idle_first(&t->idle);
	simtime now = 0;
	for (int i = 0; i < steps; i++) {
		unsigned busy_time = i / 500 % 3; /* more takes, as many, more releases */
		if (fixture_below(&t->random, 4) < 3 - busy_time)
			invoke(t);
		else
			release(t, now);
		if (fixture_below(&t->random, 3) == 0)
			now += (simtime)fixture_below(&t->random,
			                              fixture_below(&t->random, 50) ? SIMTIME_SECOND / 2 : 60 * SIMTIME_SECOND);
		reclaim_until(t, now);
	}
}

START_TEST(every_policy_and_order_like_the_naive_model)
{
	static struct trial t;
	t = (struct trial){.order = _i % ORDERS, .random = 100 + _i};
	t.naive.policy = &policies[_i / ORDERS];
	idle_init(&t.idle, t.naive.policy, t.order);
	for (int replication = 0; replication < 4; replication++)
		play(&t, 8000);
	if (t.order == REUSE_RANDOM && t.random_takes > 1000) { /* half of them from the older half: 5 sigma */
		double share = (double)t.taken_before_newest / (double)t.random_takes;
		ck_assert_double_eq_tol(share, 0.5, 2.5 / sqrt((double)t.random_takes));
	}
	idle_fini(&t.idle);
	environments_fini(&t.environments);
}
END_TEST

/* --- what the naive model does not show ------------------------------------------------------------------------------------------- */

/* Random reuse and halving leave holes; closing them keeps the array as small as the idle ones need. */
START_TEST(holes_are_closed)
{
	static struct trial t;
	t = (struct trial){.order = _i, .random = 5};
	t.naive.policy = &policies[4];
	idle_init(&t.idle, t.naive.policy, t.order);
	idle_clear(&t.idle, &KEY, ENTITY);
	for (int i = 0; i < 100; i++)
		invoke(&t);
	for (int i = 0; i < 100; i++)
		release(&t, i);
	for (int i = 0; i < 200000; i++) {
		invoke(&t);
		release(&t, 100 + i);
	}
	ck_assert_uint_eq(idle_count(&t.idle), 100);
	ck_assert_uint_le(t.idle.capacity, 512);
	idle_fini(&t.idle);
	environments_fini(&t.environments);
}
END_TEST

/* One environment that serves again and again, each time with a new idle life: what is remembered of the old ones does not grow. */
START_TEST(uniform_lives_that_are_over_are_forgotten)
{
	struct reclaim_spec spec = {.policy = RECLAIM_UNIFORM, .low = 300 * SIMTIME_SECOND, .high = 420 * SIMTIME_SECOND};
	struct idle s;
	struct environments e = {0};
	idle_init(&s, &spec, REUSE_NEWEST);
	idle_clear(&s, &KEY, ENTITY);
	uint32_t one = environment_born(&e, 0);
	for (int i = 0; i < 200000; i++) {
		e.items[one].state = ENVIRONMENT_IDLE;
		idle_add(&s, &e, one, i * SIMTIME_MS);
		ck_assert_uint_eq(idle_take(&s), one);
		e.items[one].state = ENVIRONMENT_BUSY;
		e.items[one].spell++;
	}
	ck_assert_uint_le(s.expiry_capacity, 1024);
	idle_fini(&s);
	environments_fini(&e);
}
END_TEST

/* An old life's end must not be taken for the present one's, however many lives lie between: with 2^16 or 2^17 of them, a
 * counter of 16 bits would be where it was. */
static void must_not_end(void *ctx, uint32_t environment)
{
	(void)ctx;
	ck_abort_msg("environment %u ended before its time", environment);
}

START_TEST(an_old_life_never_ends_a_later_one)
{
	const simtime life = 65536 * SIMTIME_MS;
	struct reclaim_spec spec = {.policy = RECLAIM_UNIFORM, .low = life, .high = life};
	struct idle s;
	struct environments e = {0};
	idle_init(&s, &spec, REUSE_NEWEST);
	idle_clear(&s, &KEY, ENTITY);
	uint32_t one = environment_born(&e, 0);
	simtime armed = SIMTIME_NEVER;
	for (simtime now = 0; now < 3 * life; now += SIMTIME_MS / (_i + 1)) {
		e.items[one].state = ENVIRONMENT_IDLE;
		simtime at = idle_add(&s, &e, one, now);
		armed = at < armed ? at : armed;
		if (armed <= now)
			armed = idle_reclaim(&s, &e, now, must_not_end, NULL);
		idle_take(&s);
		e.items[one].state = ENVIRONMENT_BUSY;
		e.items[one].spell++;
	}
	idle_fini(&s);
	environments_fini(&e);
}
END_TEST

START_TEST(indices_of_environments_are_used_again)
{
	struct environments e = {0};
	for (uint32_t i = 0; i < 100; i++)
		ck_assert_uint_eq(environment_born(&e, i), i);
	uint32_t spell = e.items[50].spell;
	e.items[50].state = ENVIRONMENT_IDLE;
	e.items[50].reset = true;
	environment_reclaimed(&e, 50);
	ck_assert_uint_eq(e.items[50].state, ENVIRONMENT_FREE);
	ck_assert_uint_ne(e.items[50].spell, spell);
	ck_assert_uint_eq(environment_born(&e, 7), 50);
	ck_assert_uint_eq(e.items[50].function, 7);
	ck_assert(!e.items[50].reset);
	ck_assert_uint_eq(environment_born(&e, 8), 100);
	environments_clear(&e);
	ck_assert_uint_eq(environment_born(&e, 1), 0);
	environments_fini(&e);
}
END_TEST

/* 2^24 of them are as many as an event can name: that is a machine too small (status 3), not a bug. */
START_TEST(more_than_events_can_name_is_exhaustion)
{
	struct environments e = {0};
	for (uint32_t i = 0; i < 1u << 24; i++)
		quick_assert(environment_born(&e, 0) == i);
	environment_born(&e, 0);
}
END_TEST

Suite *idle_suite(void)
{
	Suite *s = suite_create("idle");
	TCase *c = tcase_create("idle");
	tcase_add_loop_test(c, every_policy_and_order_like_the_naive_model, 0, POLICIES * ORDERS);
	tcase_add_loop_test(c, holes_are_closed, 0, ORDERS);
	tcase_add_test(c, uniform_lives_that_are_over_are_forgotten);
	tcase_add_loop_test(c, an_old_life_never_ends_a_later_one, 0, 2);
	tcase_add_test(c, indices_of_environments_are_used_again);
	tcase_add_exit_test(c, more_than_events_can_name_is_exhaustion, 3);
	suite_add_tcase(s, c);
	return s;
}
