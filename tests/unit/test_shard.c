/* How mappings read the shards of a stream and what becomes of their batches: each documented rule to the nanosecond. Records are pushed (70 ms)
 * unless a test is about polling. */
#include <check.h>
#include <string.h>

#include "models/poll/shard.h"
#include "models/spec/purpose.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"
#include "tests/unit/fixture_stream.h"

#define MS SIMTIME_MS
#define S SIMTIME_SECOND
#define PUSH SHARD_PUSH_DELAY
#define ALWAYS UINT32_MAX
static const struct stream_bad first_is_poison[] = {{0, ALWAYS}};

/* --- when records are read ----------------------------------------------------------------------------------------------------------- */

/* Enhanced fan-out: 70 ms after they arrive; what came while the function ran follows at once. */
START_TEST(pushed_records_come_70_ms_later)
{
	struct fixture_stream *f = fixture_stream_new(10 * S);
	fixture_times(&f->s, 0, (double[]){1000, 1020, 1050, 1110, 5000}, 5);
	fixture_stream_run(f);
	fixture_stream_expect_call(f, 0, 1070 * MS, 0, 1); /* runs to 1,170 ms */
	fixture_stream_expect_call(f, 1, 1170 * MS, 1, 2); /* record 3 is had at 1,180 ms */
	fixture_stream_expect_call(f, 2, 1270 * MS, 3, 1);
	fixture_stream_expect_call(f, 3, 5070 * MS, 4, 1);
	ck_assert_uint_eq(f->call_count, 4);
	fixture_stream_expect_ends(f, 5, 0, 0, 0, 0, 0);
	fixture_stream_free(f);
}
END_TEST

/* Shared throughput: turns once a second (DynamoDB: four times); each takes what has come since; never twice in between. */
START_TEST(readers_have_their_turns)
{
	const simtime period = _i ? S / 4 : S;
	struct fixture_stream *f = fixture_stream_new(20 * S);
	f->mapping->enhanced_fan_out = false;
	f->stream->kind = _i ? STREAM_DYNAMODB : STREAM_KINESIS;
	f->s.sources[0].arrivals.rate_per_s = 20; /* records at 50 ms, 100 ms, ... */
	fixture_stream_run(f);
	ck_assert_uint_ge(f->call_count, 19);
	simtime phase = f->calls[0].at % period;
	uint64_t next = 0;
	for (size_t i = 0; i < f->call_count; i++) {
		simtime at = f->calls[i].at;
		quick_assert(at % period == phase);
		quick_assert(i == 0 || at - f->calls[i - 1].at == period);
		quick_assert(f->calls[i].first == next && f->calls[i].last == (uint64_t)(at / (50 * MS)) - 1);
		next = f->calls[i].last + 1;
	}
	fixture_stream_free(f);
}
END_TEST

/* Phases are uniform over the period: the mean over many seeds is half of it. */
START_TEST(phases_are_drawn)
{
	double sum = 0;
	enum { SEEDS = 400 };
	for (int seed = 1; seed <= SEEDS; seed++) {
		struct fixture_stream *f = fixture_stream_new(3 * S);
		f->mapping->enhanced_fan_out = false;
		f->s.seed = (uint64_t)seed;
		fixture_times(&f->s, 0, (double[]){1000}, 1);
		fixture_stream_run(f);
		quick_assert(f->call_count == 1 && f->calls[0].at >= S && f->calls[0].at < 2 * S);
		sum += (double)(f->calls[0].at - S) / 1e9;
		fixture_stream_free(f);
	}
	ck_assert_double_eq_tol(sum / SEEDS, 0.5, 4 * 0.2887 / 20); /* four standard errors */
}
END_TEST

static simtime phase_of(simtime duration)
{
	struct fixture_stream *f = fixture_stream_new(duration);
	f->mapping->enhanced_fan_out = false;
	fixture_times(&f->s, 0, (double[]){0}, 1);
	fixture_stream_run(f);
	simtime phase = f->calls[0].at;
	fixture_stream_free(f);
	return phase;
}

/* A reader that was left behind reads on as soon as its batch is done, until it has caught up; then it waits for its turn. */
START_TEST(who_is_behind_reads_on)
{
	simtime turn = phase_of(10 * S) + 2 * S;
	double ms[353];
	for (int i = 0; i < 350; i++)
		ms[i] = (double)(turn - 10 * MS) / 1e6;
	ms[350] = (double)(turn + 250 * MS) / 1e6;
	ms[351] = (double)(turn + 350 * MS) / 1e6;
	ms[352] = (double)(turn + 1050 * MS) / 1e6;
	struct fixture_stream *f = fixture_stream_new(10 * S);
	f->mapping->enhanced_fan_out = false;
	fixture_times(&f->s, 0, ms, 353);
	fixture_stream_run(f);
	fixture_stream_expect_call(f, 0, turn, 0, 100);
	fixture_stream_expect_call(f, 1, turn + 100 * MS, 100, 100);
	fixture_stream_expect_call(f, 2, turn + 200 * MS, 200, 100);
	fixture_stream_expect_call(f, 3, turn + 300 * MS, 300, 51); /* also what came after the turn */
	fixture_stream_expect_call(f, 4, turn + 1000 * MS, 351, 1);
	fixture_stream_expect_call(f, 5, turn + 2000 * MS, 352, 1);
	ck_assert_uint_eq(f->call_count, 6);
	fixture_stream_free(f);
}
END_TEST

/* Five GetRecords a second for all readers of a shard: with eight, each has one in 1.6 s. */
START_TEST(readers_share_the_calls)
{
	struct fixture_stream *f = fixture_stream_new(20 * S);
	f->mapping->enhanced_fan_out = false;
	f->s.sources[0].arrivals.rate_per_s = 20;
	for (size_t i = 1; i < 8; i++)
		fixture_stream_mapping(f, i);
	fixture_stream_run(f);
	simtime before[8] = {0};
	for (size_t i = 0; i < f->call_count; i++) {
		const struct stream_call *c = &f->calls[i];
		quick_assert(before[c->mapping] == 0 || c->at - before[c->mapping] == 1600 * MS);
		before[c->mapping] = c->at;
	}
	for (int i = 0; i < 8; i++)
		ck_assert_int_gt(before[i], 18 * S);
	fixture_stream_free(f);
}
END_TEST

/* 2 MB/s: after a read of 4 MB (4.5 MB of data fill an event of 6 MB) the next one waits 2 s. Records of 512 KiB come every second; the first
 * batch fails once and is tried again after 20 s. */
START_TEST(a_shard_gives_2_mb_a_second)
{
	struct fixture_stream *f = fixture_stream_new(60 * S);
	f->mapping->retry_first = 20 * S;
	f->bad = (struct stream_bad[]){{0, 1}};
	f->bad_count = 1;
	fixture_stream_bytes(f, 512 << 10);
	double ms[24];
	for (int i = 0; i < 24; i++)
		ms[i] = 1000 + 1000 * i;
	fixture_times(&f->s, 0, ms, 24);
	fixture_stream_run(f);
	fixture_stream_expect_call(f, 0, 1070 * MS, 0, 1);
	fixture_stream_expect_call(f, 1, 21170 * MS, 0, 1);
	fixture_stream_expect_call(f, 2, 21270 * MS, 1, 8);
	fixture_stream_expect_call(f, 3, 23270 * MS, 9, 8);
	fixture_stream_expect_call(f, 4, 25270 * MS, 17, 7);
	ck_assert_uint_eq(f->call_count, 5);
	fixture_stream_free(f);
}
END_TEST

/* --- when a batch closes --------------------------------------------------------------------------------------------------------------- */

/* Windows follow each other from the start; the next begins when an invocation is done. */
START_TEST(windows_begin_when_an_invocation_ends)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->window = 5 * S;
	f->mapping->batch_size = 3;
	fixture_times(&f->s, 0, (double[]){7000, 7500, 10200, 20500, 20700, 21000, 40000, 46100, 46101, 80000}, 10);
	fixture_stream_run(f);
	fixture_stream_expect_call(f, 0, 10000 * MS, 0, 2);          /* the second window since the start */
	fixture_stream_expect_call(f, 1, 15100 * MS, 2, 1);          /* from 10.1 s, when the run was done */
	fixture_stream_expect_call(f, 2, 21070 * MS, 3, 3);          /* full before 25.2 s */
	fixture_stream_expect_call(f, 3, 21170 * MS + 20 * S, 6, 1); /* the fourth since 21.17 s */
	fixture_stream_expect_call(f, 4, 46270 * MS, 7, 2);          /* had at 46.17 s and 46.171 s; the window from 41.27 s */
	fixture_stream_expect_call(f, 5, 46370 * MS + 35 * S, 9, 1);
	ck_assert_uint_eq(f->call_count, 6);
	fixture_stream_free(f);
}
END_TEST

/* A record that is had in the instant in which the window ends is in it. */
START_TEST(the_last_instant_of_a_window_counts)
{
	for (simtime late = 0; late < 2; late++) {
		struct fixture_stream *f = fixture_stream_new(100 * S);
		f->mapping->window = 5 * S;
		fixture_times(&f->s, 0, (double[]){(double)(5 * S - PUSH + late) / 1e6}, 1);
		fixture_stream_run(f);
		ck_assert_uint_eq(f->call_count, 1);
		fixture_stream_expect_call(f, 0, (late ? 10 : 5) * S, 0, 1);
		fixture_stream_free(f);
	}
}
END_TEST

/* Full batches follow each other without a window when there is a backlog; what is left over waits for its window. */
START_TEST(a_backlog_needs_no_window)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->window = 10 * S;
	f->mapping->batch_size = 100;
	fixture_burst(&f->s, 0, 2 * S, 250);
	fixture_stream_run(f);
	fixture_stream_expect_call(f, 0, 2070 * MS, 0, 100);
	fixture_stream_expect_call(f, 1, 2170 * MS, 100, 100);
	fixture_stream_expect_call(f, 2, 12270 * MS, 200, 50);
	ck_assert_uint_eq(f->call_count, 3);
	fixture_stream_free(f);
}
END_TEST

/* 6 MB with metadata: four records of 1 MB, since their data is base64 there; the fifth closes the batch. */
START_TEST(six_megabytes_close_a_batch)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->window = 60 * S;
	fixture_stream_bytes(f, 1 << 20);
	double ms[7];
	for (int i = 0; i < 7; i++)
		ms[i] = 1000 + 2000 * i;
	fixture_times(&f->s, 0, ms, 7);
	fixture_stream_run(f);
	fixture_stream_expect_call(f, 0, 9070 * MS, 0, 4); /* when the fifth is had */
	fixture_stream_expect_call(f, 1, 69170 * MS, 4, 3);
	ck_assert_uint_eq(f->call_count, 2);
	fixture_stream_free(f);
}
END_TEST

/* Without a window a batch is what one read returned: of a DynamoDB stream at most 1,000 records. */
START_TEST(a_read_of_a_table_has_1000_records)
{
	struct fixture_stream *f = fixture_stream_new(10 * S);
	f->stream->kind = STREAM_DYNAMODB;
	f->mapping->enhanced_fan_out = false;
	f->mapping->batch_size = 10000;
	fixture_burst(&f->s, 0, 2 * S, 2500);
	fixture_stream_run(f);
	ck_assert_uint_eq(f->call_count, 3);
	ck_assert_uint_eq(f->calls[0].count, 1000);
	ck_assert_uint_eq(f->calls[1].count, 1000);
	ck_assert_uint_eq(f->calls[2].count, 500);
	fixture_stream_free(f);
}
END_TEST
/* --- what is discarded or skipped at reading --------------------------------------------------------------------------------------------- */

/* Too old when they are read: to the destination, one message for each batch of them. */
START_TEST(records_too_old_at_reading)
{
	struct fixture_stream *f = fixture_stream_new(200 * S);
	f->mapping->max_record_age = 60 * S;
	f->mapping->batch_size = 3;
	f->duration = 100 * S;
	fixture_stream_destination(f);
	fixture_times(&f->s, 0, (double[]){1000, 2000, 3000, 4000, 5000, 41070, 41070.000001}, 7);
	fixture_stream_run(f);
	fixture_stream_expect_call(f, 0, 1070 * MS, 0, 1);
	fixture_stream_expect_call(f, 1, 101070 * MS, 6, 1); /* five are 60 s old or more */
	ck_assert_uint_eq(f->call_count, 2);
	ck_assert_uint_eq(fixture_stream_given_up(f), 2); /* three and two */
	fixture_stream_expect_ends(f, 1, 5, 0, 0, 0, 1);
	fixture_stream_expect_figure(f, "PolledEventCount", "", 7);
	fixture_stream_free(f);
}
END_TEST

/* Past the retention they have left the stream: nobody is told. */
START_TEST(what_left_the_stream_is_lost)
{
	struct fixture_stream *f = fixture_stream_new(30 * SIMTIME_HOUR);
	f->bad = first_is_poison;
	f->bad_count = 1;
	fixture_stream_destination(f);
	f->mapping->retry_first = f->mapping->retry_most = 25 * SIMTIME_HOUR;
	f->duration = 900 * S - 1;
	fixture_times(&f->s, 0, (double[]){0, 800e3, 86400e3}, 3);
	f->stream->retention = 24 * SIMTIME_HOUR;
	fixture_stream_run(f);
	/* Record 0 is given up at 24 h, when record 1 is read; that runs past its own age. */
	fixture_stream_expect_call(f, 1, 24 * SIMTIME_HOUR, 1, 1);
	fixture_stream_expect_call(f, 2, 24 * SIMTIME_HOUR + 900 * S - 1, 2, 1);
	fixture_stream_expect_ends(f, 2, 1, 0, 0, 0, 0);
	fixture_stream_free(f);

	f = fixture_stream_new(30 * SIMTIME_HOUR);
	f->stream->retention = 10 * S; /* shorter than AWS allows, so that a run outlives it */
	f->duration = 100 * S;
	fixture_stream_destination(f);
	fixture_times(&f->s, 0, (double[]){1000, 2000, 91070, 91070.000001}, 4);
	fixture_stream_run(f);
	fixture_stream_expect_call(f, 1, 101070 * MS, 3, 1);
	fixture_stream_expect_ends(f, 2, 0, 0, 2, 0, 0);
	fixture_stream_expect_figure(f, "ExpiredUnread", "", 2);
	fixture_stream_expect_figure(f, "PolledEventCount", "", 2);
	ck_assert_uint_eq(fixture_stream_given_up(f), 0);
	fixture_stream_free(f);
}
END_TEST

START_TEST(filtered_records_are_skipped)
{
	static const struct payload_spec payloads[] = {{.event = "{}", .event_length = 2, .weight = 1},
	                                               {.event = "[]", .event_length = 2, .weight = 1}};
	struct fixture_stream *f = fixture_stream_new(10 * S);
	f->s.sources[0].payloads = payloads;
	f->s.sources[0].payload_count = 2;
	fixture_burst(&f->s, 0, S, 900);
	f->passes = (const uint8_t[]){1, 0};
	fixture_stream_run(f);
	double filtered = fixture_stream_figure(f, "FilteredOutEventCount", "");
	const struct station_result *r = fixture_stream_result(f);
	ck_assert_double_gt(filtered, 390); /* a binomial: 450, four standard deviations 60 */
	ck_assert_double_lt(filtered, 510);
	ck_assert_uint_eq(r->counts.ended[END_FILTERED], (uint64_t)filtered);
	ck_assert_uint_eq(r->counts.ended[END_DELIVERED], 900 - (uint64_t)filtered);
	fixture_stream_expect_figure(f, "InvokedEventCount", "", 900 - filtered);
	fixture_stream_expect_figure(f, "PolledEventCount", "", 900);
	fixture_stream_free(f);
}
END_TEST

START_TEST(a_starting_time_leaves_out_what_is_older)
{
	struct fixture_stream *f = fixture_stream_new(10 * S);
	f->mapping->starting = STARTING_AT_TIMESTAMP;
	f->mapping->starting_time = 2 * S;
	fixture_times(&f->s, 0, (double[]){1000, 1999.999999, 2000, 3000}, 4);
	fixture_stream_run(f);
	ck_assert_uint_eq(f->call_count, 2);
	fixture_stream_expect_call(f, 0, 2070 * MS, 2, 1);
	fixture_stream_expect_ends(f, 2, 0, 0, 0, 2, 0);
	fixture_stream_expect_figure(f, "FilteredOutEventCount", "", 0);
	fixture_stream_free(f);
}
END_TEST

/* --- figures ------------------------------------------------------------------------------------------------------------------------------- */

/* How old the last record is when the invocation is done, successful or not. */
START_TEST(iterator_age)
{
	struct fixture_stream *f = fixture_stream_new(10 * S);
	f->mapping->max_retries = 1;
	f->bad = first_is_poison;
	f->bad_count = 1;
	fixture_times(&f->s, 0, (double[]){1000, 1050}, 2);
	fixture_stream_run(f);
	/* Done at 1,170 and 2,270 ms (record 0), 2,370 ms (record 1). */
	fixture_stream_expect_figure(f, "IteratorAge_ms", "max", 1320);
	ck_assert_double_eq_tol(fixture_stream_figure(f, "IteratorAge_ms", "mean"), (170 + 1270 + 1320) / 3.0, 1e-9);
	fixture_stream_expect_figure(f, "GetRecords.IteratorAge_ms", "max", 1220);
	const struct station_result *r = fixture_stream_result(f);
	double backlog_top = 0, age_top = 0, blocked_top = 0;
	size_t periods = f->plan->periods;
	for (size_t i = 0; i < periods; i++) {
		backlog_top = r->series[i] > backlog_top ? r->series[i] : backlog_top;
		age_top = r->series[periods + i] > age_top ? r->series[periods + i] : age_top;
		blocked_top = r->series[2 * periods + i] > blocked_top ? r->series[2 * periods + i] : blocked_top;
	}
	ck_assert_double_eq(backlog_top, 2);
	ck_assert_double_eq(age_top, 1320);
	ck_assert_double_eq(blocked_top, 1);
	fixture_stream_free(f);
}
END_TEST

/* --- several mappings ---------------------------------------------------------------------------------------------------------------------- */

/* Each reads all records at its own pace; a record ends as the worst that happened to it. */
START_TEST(mappings_do_not_disturb_each_other)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->bad = (struct stream_bad[]){{0, 2}};
	f->bad_count = 1;
	fixture_stream_mapping(f, 1)->max_retries = 0;
	fixture_stream_mapping(f, 2)->enabled = false;
	fixture_times(&f->s, 0, (double[]){1000, 5000}, 2);
	fixture_stream_run(f);
	size_t calls[3] = {0};
	for (size_t i = 0; i < f->call_count; i++)
		calls[f->calls[i].mapping]++;
	ck_assert_uint_eq(calls[0], 4); /* record 0 three times */
	ck_assert_uint_eq(calls[1], 2);
	ck_assert_uint_eq(calls[2], 0);
	fixture_stream_expect_ends(f, 1, 0, 1, 0, 0, 0);
	fixture_stream_free(f);
}
END_TEST

/* --- lanes --------------------------------------------------------------------------------------------------------------------------------- */

/* ParallelizationFactor: as many batches of a shard at once, each with keys of its own. */
START_TEST(lanes_work_side_by_side)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->parallelization = _i;
	f->mapping->batch_size = 10;
	f->s.sources[0].keys = (struct keys_spec){.kind = KEY_UNIFORM, .count = 1000};
	fixture_burst(&f->s, 0, S, 900);
	fixture_stream_run(f);
	size_t first = 0;
	for (size_t i = 0; i < f->call_count; i++)
		first += f->calls[i].at == 1070 * MS;
	ck_assert_uint_eq(first, (size_t)_i);
	ck_assert_int_eq(f->result->functions[0].busy_max, _i);
	/* Every lane's share is a binomial of 900 / factor: the last batch ends accordingly. */
	simtime last = f->calls[f->call_count - 1].at - 1070 * MS;
	ck_assert_int_ge(last, (90 / _i - 1) * 100 * MS);
	ck_assert_int_le(last, (90 / _i + 6) * 100 * MS);
	fixture_stream_expect_ends(f, 900, 0, 0, 0, 0, 0);
	fixture_stream_free(f);
}
END_TEST

/* A poison record blocks the lane of its key, and no other. */
START_TEST(poison_blocks_its_lane_alone)
{
	enum { KEYS = 64, FACTOR = 4, RECORDS = 800 };
	struct fixture_stream *f = fixture_stream_new(1000 * S);
	f->mapping->parallelization = FACTOR;
	f->bad = first_is_poison;
	f->bad_count = 1;
	f->s.sources[0].keys = (struct keys_spec){.kind = KEY_UNIFORM, .count = KEYS};
	fixture_burst(&f->s, 0, S, RECORDS);
	fixture_stream_run(f);
	struct engine *e = run_engine(f->run);
	uint64_t stuck = 0;
	uint32_t lane = 0;
	for (uint64_t i = 0; i < RECORDS; i++) {
		uint32_t key = key_of(&f->plan->sources[0].keys, draw_word(&e->key, f->plan->sources[0].entity, PURPOSE_KEY, 0, i));
		uint32_t in = partition_lane(partition_compute(key), FACTOR);
		lane = i == 0 ? in : lane;
		stuck += in == lane;
	}
	ck_assert_uint_gt(stuck, RECORDS / 10);
	fixture_stream_expect_ends(f, RECORDS - stuck, 0, 0, 0, 0, stuck);
	fixture_stream_expect_figure(f, "BlockedShards", "max", 1);
	fixture_stream_free(f);
}
END_TEST

/* --- tumbling windows ------------------------------------------------------------------------------------------------------------------------ */

/* Batches of one window each; its last invocation, without records, when it is over; none for a window without records. */
START_TEST(tumbling_windows)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->tumbling_window = 10 * S;
	f->mapping->parallelization = 4; /* has no effect */
	f->duration = 500 * MS;
	fixture_times(&f->s, 0, (double[]){1000, 1200, 9800, 9950, 10010, 45000}, 6);
	fixture_stream_run(f);
	fixture_stream_expect_call(f, 0, 1070 * MS, 0, 1);
	fixture_stream_expect_call(f, 1, 1570 * MS, 1, 1);
	fixture_stream_expect_call(f, 2, 9870 * MS, 2, 1);  /* to 10.37 s */
	fixture_stream_expect_call(f, 3, 10370 * MS, 3, 1); /* record 4 is there, and of the next window */
	fixture_stream_expect_call(f, 4, 10870 * MS, 0, 0); /* the end of the first window */
	fixture_stream_expect_call(f, 5, 11370 * MS, 4, 1);
	fixture_stream_expect_call(f, 6, 20070 * MS, 0, 0); /* the reader has all that came before 20 s */
	fixture_stream_expect_call(f, 7, 45070 * MS, 5, 1);
	fixture_stream_expect_call(f, 8, 50070 * MS, 0, 0);
	ck_assert_uint_eq(f->call_count, 9);
	fixture_stream_expect_figure(f, "InvokedEventCount", "", 6);
	fixture_stream_expect_ends(f, 6, 0, 0, 0, 0, 0);
	fixture_stream_free(f);
}
END_TEST

/* The shard waits for a window's last invocation, within the limits of retries and age. */
START_TEST(a_window_ends_successfully_or_not_at_all)
{
	struct fixture_stream *f = fixture_stream_new(100 * S);
	f->mapping->tumbling_window = 10 * S;
	f->mapping->max_retries = _i;
	f->errors = 1;
	fixture_stream_destination(f);
	fixture_times(&f->s, 0, (double[]){1000, 10000}, 2);
	fixture_stream_run(f);
	simtime first = _i ? 1100 * MS : 0; /* a retry */
	fixture_stream_expect_call(f, 0, 1070 * MS, 0, 1);
	size_t next = _i ? 2 : 1;
	fixture_stream_expect_call(f, next, 10070 * MS, 0, 0);
	if (_i)
		fixture_stream_expect_call(f, next + 1, 11170 * MS, 0, 0);
	fixture_stream_expect_call(f, _i ? 4 : 2, 10170 * MS + first, 1, 1);
	fixture_stream_expect_ends(f, _i ? 2 : 0, _i ? 0 : 2, 0, 0, 0, 0);
	ck_assert_uint_eq(fixture_stream_given_up(f), _i ? 0 : 2); /* none for an invocation without records */
	fixture_stream_free(f);
}
END_TEST

/* --- whatever the settings -------------------------------------------------------------------------------------------------------------------- */

enum { PROPERTY_KEYS = 24, PROPERTY_MAPPINGS = 4, PROPERTY_RECORDS = 20000 };

/* What the watcher knows of each key and mapping: the first record of the latest batch that had the key, and when that batch ends. */
struct watched {
	struct engine *engine;
	uint64_t entity;
	uint64_t first[PROPERTY_MAPPINGS][PROPERTY_KEYS];
	simtime end[PROPERTY_MAPPINGS][PROPERTY_KEYS];
	const struct scenario *s;
	uint64_t invoked;
};

/* Records are told apart by their arrival, which is unique and ascending. */
static void watch_keys(void *ctx, size_t mapping, const uint32_t *messages, size_t count, simtime now)
{
	struct watched *w = ctx;
	const struct mapping_spec *m = &w->s->mappings[mapping];
	simtime duration = (simtime)w->s->functions[m->function].declared.duration.a;
	bool seen[PROPERTY_KEYS] = {false};
	simtime before = -1;
	quick_assert(count <= (size_t)m->batch_size);
	w->invoked += count;
	for (size_t i = 0; i < count; i++) {
		const struct message *x = &w->engine->messages.items[messages[i]];
		quick_assert(x->since >= before && x->since < now, "order in a batch");
		before = x->since;
		quick_assert(m->max_record_age == SIMTIME_NEVER || now - x->since < m->max_record_age, "too old");
		if (seen[x->key])
			continue;
		seen[x->key] = true;
		quick_assert((uint64_t)x->since >= w->first[mapping][x->key], "a key's record came again after a later one");
		quick_assert(now >= w->end[mapping][x->key], "two batches of a key at once");
		w->first[mapping][x->key] = (uint64_t)x->since;
		w->end[mapping][x->key] = now + duration;
	}
}

static void random_mapping(struct mapping_spec *m, uint64_t *random)
{
	const simtime durations[] = {0, S, 7 * S};
	m->batch_size = fixture_below(random, 3) ? 1 + (int)fixture_below(random, 40) : 1000;
	m->window = durations[fixture_below(random, 3)];
	m->parallelization = fixture_below(random, 2) ? 1 : 1 + (int)fixture_below(random, 10);
	m->bisect = fixture_below(random, 2);
	m->report_failures = fixture_below(random, 2);
	m->max_retries = fixture_below(random, 3) ? (int)fixture_below(random, 4) : MAPPING_FOREVER;
	m->max_record_age = fixture_below(random, 2) ? SIMTIME_NEVER : 60 * S;
	m->tumbling_window = fixture_below(random, 4) ? 0 : 5 * S;
	m->enhanced_fan_out = fixture_below(random, 2);
	m->retry_first = 1 + (simtime)fixture_below(random, 3000) * MS;
	m->enabled = fixture_below(random, 8) > 0;
	if (fixture_below(random, 2))
		m->on_failure = (struct target){TARGET_OUTSIDE, 0, "outside"};
}

static void random_stream(struct fixture_stream *f, uint64_t *random)
{
	struct scenario *s = &f->s;
	f->stream->kind = fixture_below(random, 2) ? STREAM_KINESIS : STREAM_DYNAMODB;
	f->stream->on_demand = fixture_below(random, 2);
	f->stream->shards = 1 + (int)fixture_below(random, 6);
	f->stream->retention = (simtime)(20 + fixture_below(random, 200)) * S;
	s->sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_POISSON,
	                                               .rate_per_s = 1 + (double)fixture_below(random, 60)};
	s->sources[0].keys = (struct keys_spec){fixture_below(random, 2) ? KEY_UNIFORM : KEY_ZIPF, PROPERTY_KEYS, 1};
	s->account.concurrent_executions = 1 + (int)fixture_below(random, 30);
	size_t mappings = 1 + fixture_below(random, PROPERTY_MAPPINGS);
	for (size_t i = 0; i < mappings; i++) {
		struct declared_spec *d = &s->functions[i].declared;
		d->duration = fixture_constant((1 + (simtime)fixture_below(random, 2000)) * MS);
		d->record_error_rate = fixture_below(random, 2) ? 0.02 : 0;
		d->record_poison = fixture_below(random, 2) ? 0.005 : 0;
		d->error_rate = fixture_below(random, 3) ? 0 : 0.1;
		random_mapping(fixture_stream_mapping(f, i), random);
	}
}

START_TEST(whatever_the_settings)
{
	enum { SEEDS_EACH = 40 };
	for (uint64_t seed = 1 + SEEDS_EACH * (uint64_t)_i; seed <= SEEDS_EACH * (uint64_t)(_i + 1); seed++) {
		uint64_t random = seed;
		struct fixture_stream *f = fixture_stream_new(200 * S);
		f->s.seed = seed;
		random_stream(f, &random);
		f->plan = plan_new(&f->s, 0);
		f->run = run_new(f->plan);
		struct watched *w = arena_alloc(&f->s.arena, sizeof *w);
		w->engine = run_engine(f->run);
		w->s = &f->s;
		w->engine->observer = (struct observer){watch_keys, w};
		f->result = run_replicate(f->run, 3, NULL, NULL);
		const struct station_result *r = fixture_stream_result(f);
		uint64_t ended = r->held, processed = 0, readers = 0;
		for (int k = 0; k < STATION_ENDS; k++)
			ended += r->counts.ended[k];
		quick_assert(ended == r->counts.received);
		for (size_t i = 0; i < f->s.function_count; i++)
			processed += f->result->functions[i].latency_warm.count + f->result->functions[i].latency_cold.count;
		for (size_t i = 0; i < f->s.mapping_count; i++)
			readers += f->s.mappings[i].enabled;
		/* Each record once for each mapping: processed, dropped, lost unread, or still before it. */
		uint64_t once = (uint64_t)(fixture_stream_figure(f, "DroppedEventCount", "") +
		                           fixture_stream_figure(f, "ExpiredUnread", ""));
		once += processed + (uint64_t)r->series[f->plan->periods - 1];
		quick_assert(once == readers * (uint64_t)fixture_stream_figure(f, "IncomingRecords", ""), "seed %lu", seed);
		quick_assert(w->invoked == (uint64_t)fixture_stream_figure(f, "InvokedEventCount", ""));
		fixture_stream_free(f);
	}
}
END_TEST

Suite *shard_suite(void)
{
	Suite *s = suite_create("shard");
	TCase *c = tcase_create("shard");
	tcase_add_test(c, pushed_records_come_70_ms_later);
	tcase_add_loop_test(c, readers_have_their_turns, 0, 2);
	tcase_add_test(c, phases_are_drawn);
	tcase_add_test(c, who_is_behind_reads_on);
	tcase_add_test(c, readers_share_the_calls);
	tcase_add_test(c, a_shard_gives_2_mb_a_second);
	tcase_add_test(c, windows_begin_when_an_invocation_ends);
	tcase_add_test(c, the_last_instant_of_a_window_counts);
	tcase_add_test(c, a_backlog_needs_no_window);
	tcase_add_test(c, six_megabytes_close_a_batch);
	tcase_add_test(c, a_read_of_a_table_has_1000_records);
	tcase_add_test(c, records_too_old_at_reading);
	tcase_add_test(c, what_left_the_stream_is_lost);
	tcase_add_test(c, filtered_records_are_skipped);
	tcase_add_test(c, a_starting_time_leaves_out_what_is_older);
	tcase_add_test(c, iterator_age);
	tcase_add_test(c, mappings_do_not_disturb_each_other);
	tcase_add_loop_test(c, lanes_work_side_by_side, 1, 11);
	tcase_add_test(c, poison_blocks_its_lane_alone);
	tcase_add_test(c, tumbling_windows);
	tcase_add_loop_test(c, a_window_ends_successfully_or_not_at_all, 0, 2);
	tcase_add_loop_test(c, whatever_the_settings, 0, 10);
	suite_add_tcase(s, c);
	return s;
}
