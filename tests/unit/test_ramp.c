/* The scaling rate's two limbs against the recurrences as they are written down. */
#include <check.h>

#include "models/life/ramp.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

/* --- the request limb: s[n] and h[n], second by second from 0 -------------------------------------------------------------------- */

struct reference {
	int64_t second, admitted, before, headroom;
};

static void reference_to(struct reference *r, int64_t second)
{
	while (r->second < second) {
		int64_t growth = r->admitted - r->before > 0 ? r->admitted - r->before : 0;
		int64_t h = r->headroom - growth + 1000;
		r->headroom = h < 10000 ? h : 10000;
		r->before = r->admitted;
		r->admitted = 0;
		r->second++;
	}
}

/* Offers `count` requests at `now`; returns how many were admitted. */
static int64_t offer(struct ramp *r, simtime now, int64_t count)
{
	int64_t n = 0;
	for (; n < count && ramp_request_ready(r, now); n++)
		ramp_request_take(r);
	return n;
}

START_TEST(requests_follow_the_recurrence)
{
	uint64_t random = 41 + _i;
	struct ramp r;
	ramp_init(&r, false);
	struct reference want = {.headroom = 10000};
	simtime now = 0;
	for (int i = 0; i < 3000; i++) {
		int64_t count = fixture_below(&random, 3) ? (int64_t)fixture_below(&random, 15000) : 1000000;
		reference_to(&want, now / SIMTIME_SECOND);
		int64_t room = want.before + want.headroom - want.admitted;
		int64_t expected = count < room ? count : room;
		int64_t got = offer(&r, now, count);
		quick_assert(got == expected, "seed %d, step %d at %.9f s: %ld of %ld admitted, not %ld", 41 + _i, i,
		             simtime_s(now), got, count, expected);
		want.admitted += got;
		switch (fixture_below(&random, 6)) {
		case 0: /* within the second */ now += (simtime)fixture_below(&random, SIMTIME_SECOND / 4); break;
		case 1: /* to the boundary, and one nanosecond before it */
			now = (now / SIMTIME_SECOND + 1) * SIMTIME_SECOND - (simtime)fixture_below(&random, 2);
			break;
		case 2: /* gaps around the length after which everything is settled */
			now += (simtime)fixture_below(&random, 20) * SIMTIME_SECOND;
			break;
		case 3:
			now = (now / SIMTIME_SECOND + (simtime)fixture_below(&random, 20)) * SIMTIME_SECOND +
			      (now % SIMTIME_SECOND);
			break;
		case 4:
			now += (simtime)fixture_below(&random, 100000) * SIMTIME_SECOND +
			       (simtime)fixture_below(&random, SIMTIME_SECOND);
			break;
		default: now += SIMTIME_SECOND;
		}
	}
}
END_TEST

/* Endless demand from the start: 10,000 in the first second, then 1,000 more each second. */
START_TEST(endless_demand_grows_by_a_thousand_a_second)
{
	struct ramp r;
	ramp_init(&r, false);
	for (int64_t n = 0; n < 100; n++)
		ck_assert_int_eq(offer(&r, n * SIMTIME_SECOND, 10000000), 10000 + 1000 * n);
}
END_TEST

/* Ten idle seconds give the whole step back; the served rate starts from 0 again. */
START_TEST(idleness_gives_the_headroom_back)
{
	for (int64_t gap = 1; gap <= 30; gap++) {
		struct ramp r;
		ramp_init(&r, false);
		ck_assert_int_eq(offer(&r, 0, 100000), 10000);
		int64_t headroom = gap < 10 ? 1000 * gap : 10000;
		ck_assert_int_eq(offer(&r, gap * SIMTIME_SECOND + 7, 100000), headroom + (gap == 1 ? 10000 : 0));
	}
}
END_TEST

/* --- the environment limb ------------------------------------------------------------------------------------------------------- */

static int64_t create(struct ramp *r, simtime now, int64_t count)
{
	int64_t n = 0;
	for (; n < count && ramp_environment_ready(r, now); n++)
		ramp_environment_take(r, now);
	return n;
}

START_TEST(environments_a_thousand_at_once_then_a_hundred_a_second)
{
	struct ramp r;
	ramp_init(&r, false);
	ck_assert_int_eq(create(&r, 0, 100000), 1000);
	ck_assert_int_eq(create(&r, 10 * SIMTIME_MS - 1, 10), 0);
	ck_assert_int_eq(create(&r, 10 * SIMTIME_MS, 10), 1);
	for (int64_t s = 1; s <= 60; s++)
		ck_assert_int_eq(create(&r, s * SIMTIME_SECOND, 100000), s == 1 ? 99 : 100);
	ck_assert_int_eq(create(&r, 65 * SIMTIME_SECOND, 100000), 500);
	ck_assert_int_eq(create(&r, 1000 * SIMTIME_SECOND, 100000), 1000); /* never more in hand */
	ck_assert_int_eq(create(&r, 1010 * SIMTIME_SECOND, 100000), 1000);
}
END_TEST

START_TEST(unlimited_is_unlimited)
{
	struct ramp r;
	ramp_init(&r, true);
	ck_assert_int_eq(offer(&r, 0, 300000), 300000);
	ck_assert_int_eq(create(&r, 0, 300000), 300000);
	ck_assert_int_eq(offer(&r, SIMTIME_LONGEST, 1000), 1000);
}
END_TEST

Suite *ramp_suite(void)
{
	Suite *s = suite_create("ramp");
	TCase *c = tcase_create("ramp");
	tcase_add_loop_test(c, requests_follow_the_recurrence, 0, 10);
	tcase_add_test(c, endless_demand_grows_by_a_thousand_a_second);
	tcase_add_test(c, idleness_gives_the_headroom_back);
	tcase_add_test(c, environments_a_thousand_at_once_then_a_hundred_a_second);
	tcase_add_test(c, unlimited_is_unlimited);
	suite_add_tcase(s, c);
	return s;
}
