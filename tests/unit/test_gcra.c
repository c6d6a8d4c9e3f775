/* The token bucket against exact fractions: the n-th token of a greedy caller comes when the bucket of the definition has it. */
#include <check.h>

#include "sim/gcra.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

/* Rates as fractions, so that expectations are exact integers. */
static const struct {
	int64_t tokens, seconds, depth;
} buckets[] = {
	{100, 1, 1000},   /* new environments */
	{10000, 1, 5000}, /* a gateway */
	{10000, 1, 10000}, {3, 1, 1},        {3, 1, 7},       {7, 1, 7},         {7, 3, 2},     {1, 7, 3},
	{11, 13, 11},      {999983, 1, 100}, {1000000, 1, 1}, {10000000, 3, 50}, {1, 86400, 1},
};
enum { BUCKETS = sizeof buckets / sizeof *buckets };

/* The earliest whole nanosecond at which token n (from 0) of a greedy caller is there: token n needs n - depth + 1 intervals. */
static simtime due(int bucket, int64_t n)
{
	int64_t intervals = n - buckets[bucket].depth + 1;
	if (intervals <= 0)
		return 0;
	__int128 ns = (__int128)intervals * buckets[bucket].seconds * SIMTIME_SECOND;
	return (simtime)(ns / buckets[bucket].tokens);
}

static struct gcra make(int bucket)
{
	struct gcra g;
	gcra_init(&g, (double)buckets[bucket].tokens / buckets[bucket].seconds, buckets[bucket].depth);
	return g;
}

static simtime first_ready(const struct gcra *g, simtime now)
{
	simtime wait = g->theoretical - g->ahead - now;
	simtime at = wait > 0 ? now + wait : now;
	quick_assert(gcra_ready(g, at));
	quick_assert(at == now || !gcra_ready(g, at - 1));
	return at;
}

/* Over 3 million tokens the error stays below 2 ns: the rate does not drift with the fraction of a nanosecond that an interval
 * has. */
START_TEST(a_greedy_caller_gets_exactly_the_rate)
{
	struct gcra g = make(_i);
	simtime now = 0;
	for (int64_t n = 0; n < 3000000 && now < SIMTIME_LONGEST / 2; n++) {
		now = first_ready(&g, now);
		gcra_take(&g, now);
		simtime error = now - due(_i, n);
		quick_assert(error >= -2 && error <= 2, "token %ld comes at %ld, %ld off", n, now, error);
	}
}
END_TEST

START_TEST(a_full_bucket_holds_its_depth)
{
	struct gcra g = make(_i);
	simtime start = 12345 * SIMTIME_SECOND;
	for (int turn = 0; turn < 3; turn++) {
		int64_t taken = 0;
		while (gcra_ready(&g, start)) {
			gcra_take(&g, start);
			taken++;
		}
		ck_assert_int_eq(taken, buckets[_i].depth);
		/* Idle for longer than it takes to fill; no more than the depth is saved up. */
		start += (buckets[_i].depth + 5) * buckets[_i].seconds * SIMTIME_SECOND / buckets[_i].tokens + 10 * SIMTIME_DAY;
	}
}
END_TEST

START_TEST(idle_time_refills_in_proportion)
{
	struct gcra g = make(_i);
	const int64_t depth = buckets[_i].depth, half = depth / 2;
	while (gcra_ready(&g, 0))
		gcra_take(&g, 0);
	simtime now = half * buckets[_i].seconds * SIMTIME_SECOND / buckets[_i].tokens + 2;
	int64_t taken = 0;
	while (gcra_ready(&g, now)) {
		gcra_take(&g, now);
		taken++;
	}
	ck_assert_int_eq(taken, half);
}
END_TEST

/* Looking takes nothing, and a random caller never gets more than depth + rate x time. */
START_TEST(no_window_gets_more_than_depth_and_rate)
{
	enum { CALLS = 20000 };
	static simtime taken[CALLS];
	struct gcra g = make(_i);
	uint64_t random = 99 + _i;
	simtime now = 0;
	size_t n = 0;
	const double interval = (double)buckets[_i].seconds * 1e9 / buckets[_i].tokens;
	for (int i = 0; i < CALLS; i++) {
		bool burst = fixture_below(&random, 20) != 0;
		now += burst ? (simtime)(interval * 0.3 * fixture_uniform(&random))
		             : (simtime)(interval * 40 * fixture_uniform(&random));
		struct gcra looked = g;
		bool ready = gcra_ready(&g, now);
		quick_assert(looked.theoretical == g.theoretical && gcra_ready(&g, now) == ready);
		if (!ready)
			continue;
		gcra_take(&g, now);
		taken[n++] = now;
	}
	for (size_t i = 0; i < n; i += 97)
		for (size_t j = i; j < n && j < i + 3000; j++) {
			double most = buckets[_i].depth + (double)(taken[j] - taken[i] + 2) / interval;
			quick_assert((double)(j - i + 1) <= most, "%zu tokens in %ld ns, at most %.3f", j - i + 1,
			             taken[j] - taken[i], most);
		}
	ck_assert_uint_gt(n, 100);
}
END_TEST

START_TEST(an_infinite_rate_never_refuses)
{
	struct gcra g;
	gcra_init(&g, __builtin_inf(), 1);
	for (int i = 0; i < 1000000; i++) {
		quick_assert(gcra_ready(&g, i / 1000));
		gcra_take(&g, i / 1000);
	}
	ck_assert(gcra_ready(&g, 0));
}
END_TEST

Suite *gcra_suite(void)
{
	Suite *s = suite_create("gcra");
	TCase *c = tcase_create("gcra");
	tcase_add_loop_test(c, a_greedy_caller_gets_exactly_the_rate, 0, BUCKETS);
	tcase_add_loop_test(c, a_full_bucket_holds_its_depth, 0, BUCKETS);
	tcase_add_loop_test(c, idle_time_refills_in_proportion, 0, BUCKETS);
	tcase_add_loop_test(c, no_window_gets_more_than_depth_and_rate, 0, BUCKETS);
	tcase_add_test(c, an_infinite_rate_never_refuses);
	suite_add_tcase(s, c);
	return s;
}
