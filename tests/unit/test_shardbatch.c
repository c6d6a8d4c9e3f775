/* What becomes of a stream's batches that fail: tries, halves, checkpoints; each documented rule to the nanosecond. Records are pushed (70 ms). */
#include <check.h>
#include <string.h>

#include "models/poll/shard.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_stream.h"

#define MS SIMTIME_MS
#define S SIMTIME_SECOND
#define PUSH SHARD_PUSH_DELAY
#define ALWAYS UINT32_MAX

/* --- errors ------------------------------------------------------------------------------------------------------------------------------ */

static const struct stream_bad first_is_poison[] = {{0, ALWAYS}};

/* A poison record blocks its shard for its runs and the pauses between: 1 s, 2 s, 4 s, ... 60 s. The next one follows at once. */
START_TEST(retries_use_up)
{
	const int retries[] = {0, 1, 2, 5, 8};
	struct fixture_stream *f = fixture_stream_new(1000 * S);
	f->mapping->max_retries = retries[_i];
	f->bad = first_is_poison;
	f->bad_count = 1;
	if (_i % 2)
		fixture_stream_destination(f);
	fixture_times(&f->s, 0, (double[]){1000, 1050}, 2);
	fixture_stream_run(f);
	simtime at = 1070 * MS;
	for (int i = 0; i <= retries[_i]; i++) {
		simtime pause = i < 6 ? S << i : 60 * S;
		fixture_stream_expect_call(f, (size_t)i, at, 0, 1);
		ck_assert_uint_eq(f->calls[i].attempt, i);
		at += 100 * MS + (i < retries[_i] ? pause : 0);
	}
	fixture_stream_expect_call(f, (size_t)retries[_i] + 1, at, 1, 1);
	ck_assert_uint_eq(f->call_count, (size_t)retries[_i] + 2);
	fixture_stream_expect_ends(f, 1, _i % 2, !(_i % 2), 0, 0, 0);
	ck_assert_uint_eq(fixture_stream_given_up(f), _i % 2);
	fixture_stream_expect_figure(f, "DroppedEventCount", "", 1);
	fixture_stream_expect_figure(f, "OnFailureDestinationDeliveredEventCount", "", _i % 2);
	fixture_stream_expect_figure(f, "InvokedEventCount", "", retries[_i] + 2);
	fixture_stream_expect_figure(f, "FailedInvokeEventCount", "", retries[_i] + 1);
	fixture_stream_expect_figure(f, "BlockedShards", "max", 1);
	fixture_stream_expect_figure(f, "BlockedTime_ms", "max", (double)(at - 1170 * MS) / 1e6);
	fixture_stream_free(f);
}
END_TEST

/* Without a limit of retries: until the record is too old, by its own age or the stream's retention, whichever is less; a run under way is waited for. */
START_TEST(age_ends_it)
{
	const struct {
		simtime age, retention, duration, over;
	} cases[] = {
		{60 * S, 24 * SIMTIME_HOUR, 100 * MS, 61 * S},
		{SIMTIME_NEVER, 24 * SIMTIME_HOUR, 100 * MS, 24 * SIMTIME_HOUR + S},
		{SIMTIME_NEVER, 48 * SIMTIME_HOUR, 100 * MS, 48 * SIMTIME_HOUR + S},
		{7 * SIMTIME_DAY, 24 * SIMTIME_HOUR, 100 * MS, 24 * SIMTIME_HOUR + S},
		{60 * S, 24 * SIMTIME_HOUR, 10 * S, 66070 * MS}, /* 1.07, 12.07, 24.07, 38.07, 56.07 s */
	};
	struct fixture_stream *f = fixture_stream_new(50 * SIMTIME_HOUR);
	f->mapping->max_record_age = cases[_i].age;
	f->stream->retention = cases[_i].retention;
	f->duration = cases[_i].duration;
	f->bad = first_is_poison;
	f->bad_count = 1;
	fixture_times(&f->s, 0, (double[]){1000, (double)(cases[_i].over - 30 * S) / 1e6}, 2);
	fixture_stream_run(f);
	ck_assert_uint_gt(f->call_count, 2);
	fixture_stream_expect_call(f, f->call_count - 1, cases[_i].over, 1, 1);
	fixture_stream_expect_ends(f, 1, 0, 0, 1, 0, 0);
	fixture_stream_expect_figure(f, "BlockedTime_ms", "max", (double)(cases[_i].over - 1070 * MS - cases[_i].duration) / 1e6);
	fixture_stream_expect_figure(f, "DroppedEventCount", "", 1);
	fixture_stream_free(f);
}
END_TEST

/* Of a batch that waits the records leave one by one as they grow too old; what is left is tried when its pause is over. */
START_TEST(records_of_a_batch_grow_old_one_by_one)
{
	struct fixture_stream *f = fixture_stream_new(200 * S);
	f->mapping->max_record_age = 60 * S;
	f->mapping->window = 10 * S;
	f->bad = first_is_poison;
	f->bad_count = 1;
	fixture_stream_destination(f);
	fixture_times(&f->s, 0, (double[]){1000, 2000, 3000}, 3);
	fixture_stream_run(f);
	/* Runs at 10, 11.1, 13.2, 17.3, 25.4, 41.5 s; the next would be at 73.6 s, and all are too old by then. */
	ck_assert_uint_eq(f->call_count, 6);
	fixture_stream_expect_call(f, 5, 41500 * MS, 0, 3);
	fixture_stream_expect_ends(f, 0, 3, 0, 0, 0, 0);
	ck_assert_uint_eq(fixture_stream_given_up(f), 3);
	fixture_stream_expect_figure(f, "BlockedTime_ms", "max", 63000 - 10100);
	fixture_stream_free(f);
}
END_TEST

START_TEST(the_rest_of_a_batch_goes_on)
{
	struct fixture_stream *f = fixture_stream_new(200 * S);
	f->mapping->max_record_age = 60 * S;
	f->mapping->window = 40 * S;
	f->bad = first_is_poison;
	f->bad_count = 1;
	fixture_times(&f->s, 0, (double[]){1000, 39000}, 2);
	fixture_stream_run(f);
	/* Runs at 40, 41.1, 43.2, 47.3, 55.4 s; record 0 leaves at 61 s; the rest is due at 71.5 s. */
	ck_assert_uint_eq(f->call_count, 6);
	fixture_stream_expect_call(f, 4, 55400 * MS, 0, 2);
	fixture_stream_expect_call(f, 5, 71500 * MS, 1, 1);
	fixture_stream_expect_ends(f, 1, 0, 0, 1, 0, 0);
	fixture_stream_free(f);
}
END_TEST

/* Throttles are no retries: with MaximumRetryAttempts 0 the batch is tried until it is too old. */
START_TEST(throttles_do_not_use_up_retries)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->max_retries = 0;
	f->mapping->max_record_age = 60 * S;
	f->s.functions[0].reserved = 0;
	fixture_stream_destination(f);
	fixture_times(&f->s, 0, (double[]){1000}, 1);
	fixture_stream_run(f);
	ck_assert_uint_eq(f->call_count, 0);
	ck_assert_uint_eq(counts_throttles(&f->result->functions[0].counts), 6); /* 1.07, 2.07, 4.07, 8.07, 16.07, 32.07 s */
	fixture_stream_expect_ends(f, 0, 1, 0, 0, 0, 0);
	fixture_stream_expect_figure(f, "InvokedEventCount", "", 0);
	fixture_stream_expect_figure(f, "BlockedTime_ms", "max", 61000 - 1070);
	fixture_stream_free(f);
}
END_TEST

/* Pauses after throttles grow with those in a row: an invocation that took place ends the row, even one that fails. Two mappings share one
 * environment; a run takes 1.1 s. The first one's at 1.07, 3.17, 6.27 and 11.37 s; the second is refused at 1.07, 2.07, 4.07, 7.07 s, runs from
 * 10.07 to 11.17 s, and is refused at 12.17 s for the first time. */
START_TEST(a_run_ends_a_row_of_throttles)
{
	struct fixture_stream *f = fixture_stream_new(16 * S);
	f->duration = 1100 * MS;
	f->s.functions[0].reserved = 1;
	f->bad = first_is_poison;
	f->bad_count = 1;
	struct mapping_spec *second = fixture_stream_mapping(f, 1);
	second->function = 0;
	f->mapping->retry_most = 4 * S;
	second->retry_most = 3 * S;
	fixture_times(&f->s, 0, (double[]){1000}, 1);
	fixture_stream_run(f);
	const simtime at[] = {1070, 3170, 6270, 10070, 11370, 13170};
	const size_t mapping[] = {0, 0, 0, 1, 0, 1};
	ck_assert_uint_eq(f->call_count, 6);
	for (size_t i = 0; i < 6; i++) {
		fixture_stream_expect_call(f, i, at[i] * MS, 0, 1);
		ck_assert_uint_eq(f->calls[i].mapping, mapping[i]);
	}
	fixture_stream_free(f);
}
END_TEST

/* Retry counts start anew with each batch. */
START_TEST(each_batch_has_its_retries)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->max_retries = 2;
	f->errors = 3; /* attempts 0 and 1 */
	fixture_times(&f->s, 0, (double[]){1000, 20000}, 2);
	fixture_stream_run(f);
	ck_assert_uint_eq(f->call_count, 6);
	fixture_stream_expect_call(f, 2, 4270 * MS, 0, 1);
	fixture_stream_expect_call(f, 3, 20070 * MS, 1, 1);
	fixture_stream_expect_call(f, 5, 23270 * MS, 1, 1);
	fixture_stream_expect_ends(f, 2, 0, 0, 0, 0, 0);
	fixture_stream_free(f);
}
END_TEST

/* --- bisecting --------------------------------------------------------------------------------------------------------------------------- */

/* Calls of a batch of n with the bad record at `position`: halves in order, the first one the smaller. */
static size_t bisect_calls(size_t n, size_t position)
{
	if (n == 1)
		return 1;
	size_t half = n / 2;
	return 1 + (position < half ? bisect_calls(half, position) + 1 : 1 + bisect_calls(n - half, position - half));
}

static void bisect(size_t n, size_t position, int retries)
{
	struct fixture_stream *f = fixture_stream_new(1000 * S);
	f->mapping->bisect = true;
	f->mapping->max_retries = retries;
	f->bad = (struct stream_bad[]){{position, ALWAYS}};
	f->bad_count = 1;
	fixture_stream_destination(f);
	fixture_burst(&f->s, 0, S, n);
	fixture_stream_run(f);
	quick_assert(f->call_count == bisect_calls(n, position) + (size_t)retries, "%zu of %zu: %zu calls", position, n,
	             f->call_count);
	const struct station_result *r = fixture_stream_result(f);
	quick_assert(r->counts.ended[END_DELIVERED] == n - 1 && r->counts.ended[END_DEAD_LETTERED] == 1);
	quick_assert(fixture_stream_given_up(f) == 1);
	simtime end = 1070 * MS;
	uint64_t first = 0;
	for (size_t i = 0; i < f->call_count; i++) {
		const struct stream_call *c = &f->calls[i];
		bool retry = i > 0 && c->count == 1 && c->first == position && f->calls[i - 1].count == 1 &&
		             f->calls[i - 1].first == position;
		quick_assert(c->first >= first && (retry ? c->at > end : c->at == end)); /* halves need no pause */
		first = c->first;
		end = c->at + 100 * MS;
	}
	fixture_stream_free(f);
}

/* One bad record among 2^k: k + 1 runs that fail and k that succeed, wherever it lies. */
START_TEST(bisecting_needs_2k_plus_1_calls)
{
	size_t n = (size_t)1 << _i;
	for (size_t position = 0; position < n; position++) {
		ck_assert_uint_eq(bisect_calls(n, position), 2 * (size_t)_i + 1);
		bisect(n, position, 0);
	}
}
END_TEST

START_TEST(bisecting_any_batch)
{
	for (size_t n = 1; n <= 24; n++)
		for (size_t position = 0; position < n; position++)
			bisect(n, position, (int)(n % 3));
}
END_TEST

/* Two bad ones of eight, the whole story: [0..8) [0..4) [0..2) [2..4) [2] [3] [4..8) [4..6) [6..8) [6] [7]. */
START_TEST(halves_come_in_order)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->bisect = true;
	f->mapping->max_retries = 0;
	f->bad = (struct stream_bad[]){{3, ALWAYS}, {6, ALWAYS}};
	f->bad_count = 2;
	fixture_burst(&f->s, 0, S, 8);
	fixture_stream_run(f);
	const uint64_t story[][2] = {{0, 8}, {0, 4}, {0, 2}, {2, 2}, {2, 1}, {3, 1}, {4, 4}, {4, 2}, {6, 2}, {6, 1}, {7, 1}};
	ck_assert_uint_eq(f->call_count, sizeof story / sizeof *story);
	for (size_t i = 0; i < f->call_count; i++)
		fixture_stream_expect_call(f, i, 1070 * MS + (simtime)i * 100 * MS, story[i][0], story[i][1]);
	fixture_stream_expect_ends(f, 6, 0, 2, 0, 0, 0);
	fixture_stream_free(f);
}
END_TEST

/* --- partial responses ------------------------------------------------------------------------------------------------------------------- */

/* The checkpoint is the lowest record that failed: what comes before is done, what comes from it on is tried again after a pause. */
START_TEST(the_checkpoint_is_the_lowest_failure)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->report_failures = true;
	f->mapping->max_retries = 2;
	f->bad = (struct stream_bad[]){{6, 1}, {4, 2}};
	f->bad_count = 2;
	fixture_burst(&f->s, 0, S, 10);
	fixture_stream_run(f);
	fixture_stream_expect_call(f, 0, 1070 * MS, 0, 10);
	fixture_stream_expect_call(f, 1, 2170 * MS, 4, 6);
	fixture_stream_expect_call(f, 2, 4270 * MS, 4, 6);
	ck_assert_uint_eq(f->call_count, 3);
	ck_assert_uint_eq(counts_errors(&f->result->functions[0].counts), 0); /* the function never failed */
	fixture_stream_expect_figure(f, "FailedInvokeEventCount", "", 12);
	fixture_stream_expect_ends(f, 10, 0, 0, 0, 0, 0);
	fixture_stream_free(f);
}
END_TEST

/* Without bisecting a poison record takes with it all that come after it in its batch. */
START_TEST(poison_takes_the_rest_with_it)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->report_failures = true;
	f->mapping->max_retries = 1;
	f->bad = (struct stream_bad[]){{4, ALWAYS}};
	f->bad_count = 1;
	fixture_stream_destination(f);
	fixture_burst(&f->s, 0, S, 10);
	fixture_stream_run(f);
	ck_assert_uint_eq(f->call_count, 2);
	fixture_stream_expect_ends(f, 4, 6, 0, 0, 0, 0);
	ck_assert_uint_eq(fixture_stream_given_up(f), 1); /* one message for the batch */
	fixture_stream_expect_figure(f, "OnFailureDestinationDeliveredEventCount", "", 6);
	fixture_stream_free(f);
}
END_TEST

/* With both: split at the checkpoint, which is no retry; a first record that fails is isolated by halves. Only it is lost. */
START_TEST(checkpoints_and_halves)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->report_failures = f->mapping->bisect = true;
	f->mapping->max_retries = 0;
	f->bad = (struct stream_bad[]){{4, ALWAYS}};
	f->bad_count = 1;
	fixture_burst(&f->s, 0, S, 10);
	fixture_stream_run(f);
	const uint64_t story[][2] = {{0, 10}, {4, 6}, {4, 3}, {4, 1}, {5, 2}, {7, 3}};
	ck_assert_uint_eq(f->call_count, sizeof story / sizeof *story);
	for (size_t i = 0; i < f->call_count; i++)
		fixture_stream_expect_call(f, i, 1070 * MS + (simtime)i * 100 * MS, story[i][0], story[i][1]);
	fixture_stream_expect_ends(f, 9, 0, 1, 0, 0, 0);
	fixture_stream_free(f);
}
END_TEST

/* An invocation that fails is halved in the middle, whatever is reported. */
START_TEST(a_failed_invocation_has_no_checkpoint)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->report_failures = f->mapping->bisect = true;
	f->errors = 1;
	fixture_burst(&f->s, 0, S, 10);
	fixture_stream_run(f);
	ck_assert_uint_eq(f->call_count, 3);
	fixture_stream_expect_call(f, 1, 1170 * MS, 0, 5);
	fixture_stream_expect_call(f, 2, 1270 * MS, 5, 5);
	fixture_stream_free(f);
}
END_TEST
Suite *shardbatch_suite(void)
{
	Suite *s = suite_create("shardbatch");
	TCase *c = tcase_create("shardbatch");
	tcase_add_loop_test(c, retries_use_up, 0, 5);
	tcase_add_loop_test(c, age_ends_it, 0, 5);
	tcase_add_test(c, records_of_a_batch_grow_old_one_by_one);
	tcase_add_test(c, the_rest_of_a_batch_goes_on);
	tcase_add_test(c, throttles_do_not_use_up_retries);
	tcase_add_test(c, a_run_ends_a_row_of_throttles);
	tcase_add_test(c, each_batch_has_its_retries);
	tcase_add_loop_test(c, bisecting_needs_2k_plus_1_calls, 0, 7);
	tcase_add_test(c, bisecting_any_batch);
	tcase_add_test(c, halves_come_in_order);
	tcase_add_test(c, the_checkpoint_is_the_lowest_failure);
	tcase_add_test(c, poison_takes_the_rest_with_it);
	tcase_add_test(c, checkpoints_and_halves);
	tcase_add_test(c, a_failed_invocation_has_no_checkpoint);
	suite_add_tcase(s, c);
	return s;
}
