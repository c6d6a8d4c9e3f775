/* What a stream takes, where it puts it, and how it grows; how it is read: test_shard.c. */
#include <check.h>
#include <string.h>

#include "models/poll/shard.h"
#include "models/poll/stream.h"
#include "models/spec/purpose.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"
#include "tests/unit/fixture_stream.h"

#define MS SIMTIME_MS
#define S SIMTIME_SECOND

static uint64_t count(const struct fixture_stream *f, const char *name)
{
	return (uint64_t)fixture_stream_figure(f, name, "");
}

/* --- partition keys -------------------------------------------------------------------------------------------------------------------- */

static const struct {
	uint32_t key;
	uint64_t hash; /* the first half of what md5sum says of "0", "1", "17", "4294967295" */
} digests[] = {
	{0, 0xcfcd208495d565ef},
	{1, 0xc4ca4238a0b92382},
	{17, 0x70efdf2ec9b08607},
	{UINT32_MAX, 0x7ba34a7c9344df2a},
};

START_TEST(keys_are_hashed_by_md5)
{
	struct partitions p = {0};
	for (size_t i = 0; i < sizeof digests / sizeof *digests; i++)
		ck_assert_uint_eq(partition_compute(digests[i].key), digests[i].hash);
	for (int round = 0; round < 2; round++)
		for (uint32_t key = 0; key < 3000000; key += key < 300 ? 1 : 99991)
			quick_assert(partition_of_key(&p, key) == partition_compute(key));
	ck_assert(partition_of_key(&p, UINT32_MAX) == partition_compute(UINT32_MAX));
	partitions_fini(&p);
}
END_TEST

/* The ranges are equal, leave nothing out, and halve as shards do. */
START_TEST(ranges_are_equal)
{
	const partition_hash all = UINT64_MAX;
	for (uint32_t n = 1; n <= 200; n++) {
		quick_assert(partition_range(0, n) == 0 && partition_range(all, n) == n - 1);
		for (uint32_t i = 1; i < n; i++) {
			partition_hash start = (partition_hash)((((unsigned __int128)i << 64) + n - 1) / n);
			quick_assert(partition_range(start, n) == i && partition_range(start - 1, n) == i - 1, "%u of %u", i, n);
		}
	}
	uint64_t random = 1;
	for (int i = 0; i < 10000; i++) {
		partition_hash hash = fixture_random(&random);
		uint32_t n = 1 + (uint32_t)fixture_below(&random, 100);
		quick_assert(partition_range(hash, 2 * n) / 2 == partition_range(hash, n));
		quick_assert(partition_lane(hash, n) < n);
	}
}
END_TEST

struct seen {
	struct engine *engine;
	uint32_t shards;
	size_t batches, records[64];
};

static void one_shard_a_batch(void *ctx, size_t mapping, const uint32_t *messages, size_t n, simtime now)
{
	(void)mapping, (void)now;
	struct seen *s = ctx;
	s->batches++;
	uint32_t shard = partition_range(partition_compute(s->engine->messages.items[messages[0]].key), s->shards);
	s->records[shard] += n;
	for (size_t i = 1; i < n; i++)
		quick_assert(partition_range(partition_compute(s->engine->messages.items[messages[i]].key), s->shards) == shard);
}

START_TEST(a_batch_comes_from_one_shard)
{
	struct fixture_stream *f = fixture_stream_new(20 * S);
	f->stream->shards = _i;
	f->s.sources[0].keys = (struct keys_spec){.kind = KEY_UNIFORM, .count = 500};
	f->s.sources[0].arrivals.rate_per_s = 500;
	f->plan = plan_new(&f->s, 0);
	f->run = run_new(f->plan);
	struct seen seen = {run_engine(f->run), (uint32_t)_i, 0, {0}};
	seen.engine->observer = (struct observer){one_shard_a_batch, &seen};
	f->result = run_replicate(f->run, 0, NULL, NULL);
	for (int i = 0; i < _i; i++)
		ck_assert_uint_gt(seen.records[i], 10000 / (size_t)_i / 2);
	ck_assert_uint_gt(seen.batches, 19);
	fixture_stream_free(f);
}
END_TEST

/* Producers that have nothing to keep in order use keys of their own: the records spread. */
START_TEST(records_without_keys_spread)
{
	struct fixture_stream *f = fixture_stream_new(10 * S);
	f->stream->shards = 10;
	f->mapping->batch_size = 10000;
	fixture_burst(&f->s, 0, S, 5000);
	fixture_stream_run(f);
	ck_assert_uint_eq(f->call_count, 10);
	for (size_t i = 0; i < 10; i++) {
		ck_assert_uint_gt(f->calls[i].count, 500 - 90); /* four standard deviations */
		ck_assert_uint_lt(f->calls[i].count, 500 + 90);
	}
	fixture_stream_free(f);
}
END_TEST

/* --- write limits ------------------------------------------------------------------------------------------------------------------------ */

START_TEST(a_shard_takes_1000_records_a_second)
{
	enum { BURST = 1500, AFTER = 100 };
	double ms[BURST + AFTER];
	for (int i = 0; i < BURST; i++)
		ms[i] = 1000;
	for (int i = 0; i < AFTER; i++)
		ms[BURST + i] = 1000 + (i + 1) / 2.0; /* two a millisecond: every other one is taken */
	struct fixture_stream *f = fixture_stream_new(10 * S);
	f->stream->kind = _i ? STREAM_DYNAMODB : STREAM_KINESIS;
	fixture_times(&f->s, 0, ms, BURST + AFTER);
	fixture_stream_run(f);
	ck_assert_uint_eq(count(f, "WriteProvisionedThroughputExceeded"), _i ? 0 : 500 + AFTER / 2);
	ck_assert_uint_eq(count(f, "IncomingRecords"), _i ? BURST + AFTER : 1000 + AFTER / 2);
	ck_assert_uint_eq(fixture_stream_result(f)->counts.ended[END_DROPPED], count(f, "WriteProvisionedThroughputExceeded"));
	ck_assert_uint_eq(fixture_stream_result(f)->counts.received, BURST + AFTER);
	fixture_stream_free(f);
}
END_TEST

START_TEST(a_shard_takes_1_mb_a_second)
{
	const struct {
		size_t bytes;
		double ms[6];
		size_t count, taken;
	} cases[] = {
		{512 << 10, {1000, 1000, 1000, 1499.999, 1500}, 5, 3},
		{1 << 20, {1000, 1999.999, 2000}, 3, 2},
		{10 << 20, {1000, 2000, 10999.999, 11000}, 4, 2}, /* more than a second's worth: when nothing is owed */
		{1 << 10, {1000, 1000, 1000}, 3, 3},
	};
	struct fixture_stream *f = fixture_stream_new(30 * S);
	fixture_stream_bytes(f, cases[_i].bytes);
	fixture_times(&f->s, 0, cases[_i].ms, cases[_i].count);
	fixture_stream_run(f);
	ck_assert_uint_eq(count(f, "IncomingRecords"), cases[_i].taken);
	ck_assert_uint_eq(count(f, "IncomingBytes"), cases[_i].taken * cases[_i].bytes);
	fixture_stream_free(f);
}
END_TEST

/* Its readers are outside of the template. */
START_TEST(a_stream_that_nobody_reads)
{
	struct fixture_stream *f = fixture_stream_new(10 * S);
	f->mapping->enabled = false;
	fixture_stream_run(f);
	ck_assert_uint_eq(fixture_stream_result(f)->counts.ended[END_DELIVERED], 100);
	ck_assert_uint_eq(fixture_stream_result(f)->held, 0);
	ck_assert_uint_eq(count(f, "IncomingRecords"), 100);
	fixture_stream_free(f);
}
END_TEST

/* --- on demand ------------------------------------------------------------------------------------------------------------------------------ */

struct order {
	struct engine *engine;
	simtime first[1000], end[1000], duration;
};

static void keep_order(void *ctx, size_t mapping, const uint32_t *messages, size_t n, simtime now)
{
	(void)mapping;
	struct order *o = ctx;
	for (size_t i = n; i-- > 0;) {
		const struct message *m = &o->engine->messages.items[messages[i]];
		quick_assert(m->since >= o->first[m->key]);
		quick_assert(now >= o->end[m->key]);
	}
	for (size_t i = n; i-- > 0;) {
		const struct message *m = &o->engine->messages.items[messages[i]];
		o->first[m->key] = m->since; /* the batch's first one of the key, at last */
		o->end[m->key] = now + o->duration;
	}
}

/* 512 KiB a record, 5 records a second: 2.5 shards. Twice that is more than the 4 there are, so that they are doubled 15 minutes after the first
 * minute, and no more. With a function so slow that the parents are far behind then the order of every key holds all the same. */
START_TEST(on_demand_doubles)
{
	const simtime durations[] = {100 * MS, 20 * S, 100 * MS, 20 * S};
	struct fixture_stream *f = fixture_stream_new(40 * SIMTIME_MINUTE);
	f->stream->on_demand = true;
	f->stream->shards = 77; /* has no meaning */
	f->mapping->parallelization = _i < 2 ? 1 : 3;
	f->mapping->enhanced_fan_out = _i % 2;
	f->mapping->bisect = true;
	f->mapping->max_retries = 2;
	f->s.functions[0].declared.duration = fixture_constant(durations[_i]);
	f->s.functions[0].declared.error_rate = 0.1;
	f->s.sources[0].keys = (struct keys_spec){.kind = KEY_UNIFORM, .count = 1000};
	f->s.sources[0].arrivals.rate_per_s = 5;
	fixture_stream_bytes(f, 512 << 10);
	f->plan = plan_new(&f->s, 0);
	f->run = run_new(f->plan);
	struct order *o = arena_alloc(&f->s.arena, sizeof *o);
	o->engine = run_engine(f->run);
	o->duration = durations[_i];
	o->engine->observer = (struct observer){keep_order, o};
	f->result = run_replicate(f->run, 0, NULL, NULL);
	ck_assert_double_eq(fixture_stream_figure(f, "OpenShards", "max"), 8);
	const struct station_result *r = fixture_stream_result(f);
	uint64_t ended = 0;
	for (int k = 0; k < STATION_ENDS; k++)
		ended += r->counts.ended[k];
	ck_assert_uint_eq(r->counts.received, ended + r->held);
	if (durations[_i] < S) /* it keeps up: what is left came in the last second or so */
		ck_assert_uint_lt(r->held, 30);
	fixture_stream_free(f);
}
END_TEST

/* Half of the capacity is not above it. */
START_TEST(on_demand_has_room_for_twice_the_peak)
{
	struct fixture_stream *f = fixture_stream_new(40 * SIMTIME_MINUTE);
	f->stream->on_demand = true;
	f->s.sources[0].arrivals.rate_per_s = 3; /* 1.5 shards */
	fixture_stream_bytes(f, 512 << 10);
	fixture_stream_run(f);
	ck_assert_double_eq(fixture_stream_figure(f, "OpenShards", "max"), 4);
	fixture_stream_free(f);
}
END_TEST

/* --- the run --------------------------------------------------------------------------------------------------------------------------------- */

/* Figures leave the warm-up out; what is held stays. */
START_TEST(the_warm_up_is_left_out)
{
	struct fixture_stream *f = fixture_stream_new(10 * S);
	f->s.sources[0].arrivals.rate_per_s = 100;
	struct fixture_run r = fixture_run(&f->s, 4 * S, 0);
	const struct station_result *x = &r.result->stations[station_of(&f->s, (struct target){TARGET_STREAM, 0, NULL})];
	ck_assert_double_eq(x->figures[0], 600); /* after 4,000 ms, up to 10,000 ms */
	ck_assert_uint_eq(x->counts.received, 600);
	ck_assert_uint_gt(x->age.count, 550);
	fixture_run_fini(&r);
	fixture_stream_free(f);
}
END_TEST

/* A run used again gives the same, and the loop does not allocate once it is warm. */
START_TEST(a_run_can_be_used_again)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->stream->shards = 4;
	f->mapping->parallelization = 2;
	f->mapping->bisect = true;
	f->mapping->max_retries = 3;
	f->s.sources[0].arrivals.rate_per_s = 100;
	f->s.sources[0].keys = (struct keys_spec){.kind = KEY_ZIPF, .count = 300, .exponent = 1};
	f->s.functions[0].declared.record_error_rate = 0.01;
	f->plan = plan_new(&f->s, 0);
	f->run = run_new(f->plan);
	struct run_result *results[3];
	unsigned long allocations[3];
	for (int i = 0; i < 3; i++) {
		unsigned long before = memory_allocations();
		results[i] = run_replicate(f->run, 7, NULL, NULL);
		allocations[i] = memory_allocations() - before;
	}
	size_t stream = station_of(&f->s, (struct target){TARGET_STREAM, 0, NULL});
	for (size_t k = 0; k < station_stream.figure_count; k++)
		ck_assert_int_eq(memcmp(&results[0]->stations[stream].figures[k], &results[2]->stations[stream].figures[k],
		                        sizeof(double)),
		                 0);
	ck_assert_uint_eq(results[0]->events, results[2]->events);
	ck_assert_uint_eq(allocations[1], allocations[2]);
	ck_assert_uint_lt(allocations[1], 200); /* the result itself */
	f->result = results[0];
	run_result_free(results[1], f->plan);
	run_result_free(results[2], f->plan);
	fixture_stream_free(f);
}
END_TEST

Suite *stream_suite(void)
{
	Suite *s = suite_create("stream");
	TCase *c = tcase_create("stream");
	tcase_add_test(c, keys_are_hashed_by_md5);
	tcase_add_test(c, ranges_are_equal);
	tcase_add_loop_test(c, a_batch_comes_from_one_shard, 1, 8);
	tcase_add_test(c, records_without_keys_spread);
	tcase_add_loop_test(c, a_shard_takes_1000_records_a_second, 0, 2);
	tcase_add_loop_test(c, a_shard_takes_1_mb_a_second, 0, 4);
	tcase_add_test(c, a_stream_that_nobody_reads);
	tcase_add_loop_test(c, on_demand_doubles, 0, 4);
	tcase_add_test(c, on_demand_has_room_for_twice_the_peak);
	tcase_add_test(c, the_warm_up_is_left_out);
	tcase_add_test(c, a_run_can_be_used_again);
	suite_add_tcase(s, c);
	return s;
}
