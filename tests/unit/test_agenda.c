/* The agenda against a sorted list: every way of placing events in time, every guess of the rate, numbers that run out. */
#include <check.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include "sim/agenda.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

/* --- the reference: an array in order ------------------------------------------------------------------------------------------- */

enum { MOST = 6000 };

struct list {
	struct agenda_event events[MOST];
	size_t count;
};

static bool before(const struct agenda_event *a, const struct agenda_event *b)
{
	return a->at < b->at || (a->at == b->at && a->class < b->class);
}

/* After all that are not later: the order of pushing breaks ties. */
static void list_push(struct list *l, struct agenda_event x)
{
	size_t i = l->count++;
	quick_assert(l->count <= MOST);
	while (i > 0 && before(&x, &l->events[i - 1])) {
		l->events[i] = l->events[i - 1];
		i--;
	}
	l->events[i] = x;
}

static struct agenda_event list_pop(struct list *l)
{
	struct agenda_event first = l->events[0];
	memmove(l->events, l->events + 1, --l->count * sizeof *l->events);
	return first;
}

/* --- where events are put ------------------------------------------------------------------------------------------------------- */

typedef simtime delay_of(uint64_t *random);

static simtime nothing(uint64_t *random)
{
	return (void)random, 0;
}
static simtime few(uint64_t *random)
{
	return (simtime)fixture_below(random, 3) * SIMTIME_MS;
}
static simtime constant(uint64_t *random)
{
	return (void)random, 100 * SIMTIME_MS;
}
static simtime uniform(uint64_t *random)
{
	return (simtime)fixture_below(random, 50 * SIMTIME_MS);
}
static simtime exponential(uint64_t *random)
{
	return (simtime)(-1e8 * log(fixture_uniform(random)));
}
static simtime far(uint64_t *random)
{
	return 30 * SIMTIME_DAY + (simtime)fixture_below(random, SIMTIME_WEEK);
}
/* From a nanosecond to a year, every order of magnitude alike. */
static simtime magnitudes(uint64_t *random)
{
	return (simtime)exp2(fixture_uniform(random) * 55);
}
/* A bucket's last nanosecond, its first, and one ring on, for every power of two. */
static simtime edges(uint64_t *random)
{
	simtime width = (simtime)1 << fixture_below(random, 47);
	simtime turns = fixture_below(random, 2) ? AGENDA_RING : 1;
	return width * turns - (simtime)fixture_below(random, 2);
}
static simtime gaps(uint64_t *random)
{
	return fixture_below(random, 50) ? (simtime)fixture_below(random, 1000) : 400 * SIMTIME_DAY;
}

static const struct {
	const char *name;
	delay_of *delay;
} placements[] = {{"all at once", nothing},     {"few times", few}, {"constant", constant},          {"uniform", uniform},
                  {"exponential", exponential}, {"far", far},       {"every magnitude", magnitudes}, {"edges of buckets", edges},
                  {"huge gaps", gaps}};
enum { PLACEMENTS = sizeof placements / sizeof *placements };

static const double hints[] = {1e-3, 0.7, 10, 1e3, 1e5, 1e7, 1e12, 0};
enum { HINTS = sizeof hints / sizeof *hints };

/* --- the property --------------------------------------------------------------------------------------------------------------- */

struct trial {
	struct agenda agenda;
	struct list list;
	simtime now;
	uint64_t random;
	const char *what;
	double hint;
};

static void push(struct trial *t, simtime at)
{
	static const uint32_t slots[] = {0, 1, AGENDA_SLOTS - 1};
	uint32_t slot = fixture_below(&t->random, 8) ? fixture_below(&t->random, AGENDA_SLOTS)
	                                             : slots[fixture_below(&t->random, 3)];
	unsigned class = fixture_below(&t->random, 2) ? 0 : fixture_below(&t->random, 1 << AGENDA_CLASS_BITS);
	agenda_push(&t->agenda, at, class, slot);
	list_push(&t->list, (struct agenda_event){at, class, slot});
}

static void pop(struct trial *t)
{
	simtime next = agenda_next(&t->agenda);
	if (t->list.count == 0) {
		quick_assert(next == SIMTIME_NEVER);
		return;
	}
	struct agenda_event want = list_pop(&t->list);
	quick_assert(next == want.at, "%s, hint %g: next is %ld, not %ld", t->what, t->hint, next, want.at);
	struct agenda_event got = agenda_pop(&t->agenda);
	quick_assert(got.at == want.at && got.class == want.class && got.slot == want.slot,
	             "%s, hint %g: got (%ld, %u, %u), not (%ld, %u, %u)", t->what, t->hint, got.at, got.class, got.slot, want.at,
	             want.class, want.slot);
	t->now = want.at;
}

/* A growing phase, a level one, a shrinking one; then everything goes. */
static void round_of(struct trial *t, delay_of *delay, bool wrap)
{
	t->now = 0;
	for (int i = 0; i < 6000; i++) {
		unsigned pushes_of_8 = i < 2000 ? 6 : i < 4000 ? 4 : 2;
		if (fixture_below(&t->random, 8) < pushes_of_8)
			push(t, t->now + delay(&t->random));
		else
			pop(t);
		if (i % 16 == 0) /* peeking moves the current bucket on; pushes before it still come first */
			agenda_next(&t->agenda);
		uint64_t soon = ((uint64_t)1 << AGENDA_SEQUENCE_BITS) - fixture_below(&t->random, 200);
		if (wrap && i % 500 == 250 && t->agenda.sequence < soon)
			t->agenda.sequence = soon;
		quick_assert(agenda_count(&t->agenda) == t->list.count);
	}
	while (t->list.count > 0)
		pop(t);
	pop(t);
}

START_TEST(same_order_as_a_sorted_list_for_every_hint)
{
	static struct trial t;
	for (size_t h = 0; h < HINTS; h++) {
		t = (struct trial){.random = 1 + _i, .what = placements[_i].name, .hint = hints[h]};
		agenda_init(&t.agenda, hints[h]);
		round_of(&t, placements[_i].delay, false);
		agenda_clear(&t.agenda);
		round_of(&t, placements[_i].delay, true);
		agenda_fini(&t.agenda);
	}
}
END_TEST

START_TEST(clearing_forgets_what_is_pending)
{
	struct agenda a;
	agenda_init(&a, 1000);
	for (int turn = 0; turn < 3; turn++) {
		for (int i = 0; i < 5000; i++)
			agenda_push(&a, i * SIMTIME_MS * (turn + 1), i % 16, i);
		agenda_push(&a, 400 * SIMTIME_DAY, 3, 7);
		for (int i = 0; i < 100 * turn; i++)
			ck_assert_int_eq(agenda_next(&a), agenda_pop(&a).at);
		agenda_clear(&a);
		ck_assert_uint_eq(agenda_count(&a), 0);
		ck_assert_int_eq(agenda_next(&a), SIMTIME_NEVER);
	}
	agenda_push(&a, 0, 2, 5); /* time 0 is open again */
	ck_assert_int_eq(agenda_next(&a), 0);
	ck_assert_uint_eq(agenda_pop(&a).slot, 5);
	agenda_fini(&a);
}
END_TEST

START_TEST(the_ends_of_time)
{
	for (size_t h = 0; h < HINTS; h++) {
		struct agenda a;
		agenda_init(&a, hints[h]);
		const simtime times[] = {SIMTIME_NEVER - 1, 0, SIMTIME_LONGEST, 1, SIMTIME_NEVER - 1};
		for (uint32_t i = 0; i < 5; i++)
			agenda_push(&a, times[i], 15, i);
		const uint32_t order[] = {1, 3, 2, 0, 4};
		for (int i = 0; i < 5; i++) {
			ck_assert_int_eq(agenda_next(&a), times[order[i]]);
			ck_assert_uint_eq(agenda_pop(&a).slot, order[i]);
		}
		ck_assert_int_eq(agenda_next(&a), SIMTIME_NEVER);
		agenda_fini(&a);
	}
}
END_TEST

/* Renumbering with everything at one time in one class: only the sequence orders. */
START_TEST(equal_events_keep_their_order_when_numbers_run_out)
{
	struct agenda a;
	agenda_init(&a, 100);
	a.sequence = ((uint64_t)1 << AGENDA_SEQUENCE_BITS) - 10;
	for (uint32_t i = 0; i < 20; i++)
		agenda_push(&a, SIMTIME_SECOND, 0, 1000 - i);
	a.sequence = ((uint64_t)1 << AGENDA_SEQUENCE_BITS) - 1;
	for (uint32_t i = 20; i < 40; i++)
		agenda_push(&a, SIMTIME_SECOND, 0, 1000 - i);
	ck_assert_uint_lt(a.sequence, 100);
	for (uint32_t i = 0; i < 40; i++) {
		agenda_next(&a);
		ck_assert_uint_eq(agenda_pop(&a).slot, 1000 - i);
	}
	agenda_fini(&a);
}
END_TEST

START_TEST(popping_from_nothing_is_a_bug)
{
	struct agenda a;
	agenda_init(&a, 1);
	agenda_pop(&a);
}
END_TEST

Suite *agenda_suite(void)
{
	Suite *s = suite_create("agenda");
	TCase *c = tcase_create("agenda");
	tcase_add_loop_test(c, same_order_as_a_sorted_list_for_every_hint, 0, PLACEMENTS);
	tcase_add_test(c, clearing_forgets_what_is_pending);
	tcase_add_test(c, the_ends_of_time);
	tcase_add_test(c, equal_events_keep_their_order_when_numbers_run_out);
	tcase_add_test_raise_signal(c, popping_from_nothing_is_a_bug, SIGABRT);
	suite_add_tcase(s, c);
	return s;
}
