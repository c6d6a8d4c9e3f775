/* Event source mappings that read queues: batches, windows, pollers, throttles, partial responses, FIFO order; and laws over random scenarios.
 * Sources are named in models/poll/sqs.h. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fixture_queue.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

enum { S = 1000 }; /* a second in milliseconds */

/* One queue, one mapping to function 0 (100 ms), source 0 sends to the queue; source 1 is a direct Invoke of function 0 without requests. */
static struct mapping_spec *begin(struct scenario *s, simtime duration)
{
	fixture_scenario(s, 1, 2);
	fixture_queues(s, 1);
	fixture_send(s, 0, 0, 0);
	s->duration = duration;
	s->account.concurrent_executions = 100000;
	s->account.scaling_unlimited = s->account.request_unlimited = true;
	s->functions[0].timeout_s = 30;
	fixture_times(s, 0, (double[]){0}, 1);
	fixture_times(s, 1, (double[]){0}, 0);
	return fixture_mapping(s, 0, 0);
}

static void end(struct fixture_queue_run *r, struct scenario *s)
{
	fixture_queue_run_fini(r);
	fixture_scenario_fini(s);
}

static simtime seconds(double s)
{
	return simtime_from_ns(s * 1e9);
}

static size_t batches_until(const struct fixture_queue_run *r, simtime at)
{
	size_t n = 0;
	for (size_t i = 0; i < r->count; i++)
		n += r->records[i].at <= at && (i == 0 || r->records[i].batch != r->records[i - 1].batch);
	return n;
}

/* --- pollers -------------------------------------------------------------------------------------------------------------------------------- */

/* A backlog of 100,000 and invocations that do not end: five batches at once, then five more a second, until the ceiling. */
static void check_growth(size_t ceiling, int max_concurrency)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	struct mapping_spec *m = begin(&s, 280 * SIMTIME_SECOND);
	m->max_concurrency = max_concurrency;
	s.queues[0].visibility = 1000 * SIMTIME_SECOND;
	s.functions[0].timeout_s = 900;
	s.functions[0].declared.duration = fixture_constant(800 * SIMTIME_SECOND);
	fixture_send(&s, 0, 0, SIMTIME_SECOND);
	fixture_burst(&s, 0, 0, 100000);
	fixture_queue_run(&r, &s, 0);
	for (simtime t = 0; t < 270; t++) {
		size_t want = 5 + 5 * (size_t)t;
		want = want < ceiling ? want : ceiling;
		ck_assert_uint_eq(batches_until(&r, (t + 1) * SIMTIME_SECOND), want);
	}
	if (ceiling > 6)
		ck_assert_int_eq(fixture_batch_at(&r, 5), seconds(1.2)); /* spread evenly: one every 200 ms */
	for (size_t i = 0; i < r.batches; i += 100)
		ck_assert_uint_eq(fixture_batch_size(&r, i), 10);
	ck_assert_double_eq(fixture_figure(&r, 0, "BatchesInFlight", "max"), (double)ceiling);
	end(&r, &s);
}

START_TEST(pollers_grow_by_five_a_second)
{
	check_growth(1250, 0);
}
END_TEST

START_TEST(maximum_concurrency_is_kept)
{
	const int most[] = {2, 3, 5, 6, 47, 1000};
	check_growth((size_t)most[_i], most[_i]);
}
END_TEST

/* Pollers stop receiving at the cap: nothing is ever throttled by it. */
START_TEST(maximum_concurrency_throttles_nothing)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 60 * SIMTIME_SECOND)->max_concurrency = 10;
	s.functions[0].reserved = 10;
	fixture_burst(&s, 0, 0, 3000);
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(counts_throttles(&r.result->functions[0].counts), 0);
	ck_assert_int_le(r.result->functions[0].busy_max, 10);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DELIVERED), 3000);
	end(&r, &s);
}
END_TEST

/* Provisioned: ten invocations a poller; two pollers at once, one more every 600 ms; each 10 receives a second, one second's worth at once. */
START_TEST(provisioned_pollers_grow_by_a_thousand_a_minute)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	struct mapping_spec *m = begin(&s, 30 * SIMTIME_SECOND);
	m->min_pollers = 2;
	m->max_pollers = 12;
	s.queues[0].visibility = 1000 * SIMTIME_SECOND;
	s.functions[0].timeout_s = 900;
	s.functions[0].declared.duration = fixture_constant(800 * SIMTIME_SECOND);
	fixture_send(&s, 0, 0, SIMTIME_SECOND);
	fixture_burst(&s, 0, 0, 5000);
	fixture_queue_run(&r, &s, 0);
	for (int k = 0; k <= 10; k++) {
		ck_assert_uint_eq(batches_until(&r, seconds(1 + 0.6 * k)), 20 + 10 * k);
		ck_assert_uint_eq(batches_until(&r, seconds(1 + 0.6 * k + 0.6) - 1), 20 + 10 * k);
	}
	ck_assert_uint_eq(r.batches, 120);
	ck_assert_double_eq(fixture_figure(&r, 0, "ProvisionedPollers", "max"), 12);
	end(&r, &s);
}
END_TEST

/* An instant function: 10 receives a second a poller, after one second's worth; 2 pollers, 10 messages a receive. */
START_TEST(a_provisioned_poller_polls_ten_times_a_second)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	struct mapping_spec *m = begin(&s, 20 * SIMTIME_SECOND);
	m->min_pollers = m->max_pollers = 2;
	s.functions[0].declared.duration = fixture_constant(SIMTIME_MS);
	fixture_send(&s, 0, 0, SIMTIME_SECOND);
	fixture_burst(&s, 0, 0, 20000);
	fixture_queue_run(&r, &s, 0);
	for (int k = 0; k < 15; k++)
		ck_assert_uint_eq(batches_until(&r, seconds(1.05 + k)), 20 + 20 * k);
	end(&r, &s);
}
END_TEST

/* 100 KB a message: 1 MB/s a poller. */
START_TEST(a_provisioned_poller_reads_a_megabyte_a_second)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	struct mapping_spec *m = begin(&s, 60 * SIMTIME_SECOND);
	struct payload_spec large = fixture_payload(&s, 102400);
	m->min_pollers = m->max_pollers = 2;
	s.sources[0].payloads = &large;
	s.functions[0].declared.duration = fixture_constant(SIMTIME_MS);
	fixture_send(&s, 0, 0, SIMTIME_SECOND);
	fixture_burst(&s, 0, 0, 3000);
	fixture_queue_run(&r, &s, 0);
	size_t at_20 = 0, at_50 = 0;
	for (size_t i = 0; i < r.count; i++) {
		at_20 += r.records[i].at <= 20 * SIMTIME_SECOND;
		at_50 += r.records[i].at <= 50 * SIMTIME_SECOND;
	}
	ck_assert_double_eq_tol((double)(at_50 - at_20), 2 * 30 * 10.24, 25);
	end(&r, &s);
}
END_TEST

/* Idle: five long polls of 20 s, three a minute each; then two. With MaximumConcurrency always five. */
START_TEST(idle_pollers_cost_requests)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	struct mapping_spec *m = begin(&s, SIMTIME_HOUR);
	fixture_times(&s, 0, (double[]){0}, 0);
	m->max_concurrency = _i ? 50 : 0;
	fixture_queue_run(&r, &s, 0);
	/* 180 polls a poller and hour; three of the five end after three. */
	double want = _i ? 5 * 180 : 2 * 180 + 3 * 3;
	ck_assert_double_eq(fixture_figure(&r, 0, "NumberOfEmptyReceives", ""), want);
	ck_assert_double_eq(fixture_figure(&r, 0, "Requests", ""), want);
	end(&r, &s);
}
END_TEST

/* After a burst the extra pollers end, and a second burst finds five again. */
START_TEST(pollers_end_when_idle)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 400 * SIMTIME_SECOND);
	s.functions[0].declared.duration = fixture_constant(10 * SIMTIME_SECOND);
	double *ms = malloc(2000 * sizeof *ms);
	for (int i = 0; i < 2000; i++)
		ms[i] = i < 1000 ? 0 : 300 * S;
	fixture_send(&s, 0, 0, SIMTIME_SECOND);
	fixture_times(&s, 0, ms, 2000);
	free(ms);
	fixture_queue_run(&r, &s, 0);
	size_t before = batches_until(&r, 299 * SIMTIME_SECOND);
	ck_assert_uint_eq(before, 100);
	ck_assert_uint_eq(batches_until(&r, 301 * SIMTIME_SECOND) - before, 5);
	ck_assert_uint_eq(batches_until(&r, seconds(301.2)) - before, 6);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DELIVERED), 2000);
	end(&r, &s);
}
END_TEST

/* --- batches and windows ---------------------------------------------------------------------------------------------------------------- */

/* Without a window: what one receive returns, at most 10, at once. */
START_TEST(a_batch_without_a_window_is_one_receive)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 10 * SIMTIME_SECOND)->batch_size = _i;
	fixture_send(&s, 0, 0, SIMTIME_SECOND);
	fixture_burst(&s, 0, 0, 23);
	fixture_queue_run(&r, &s, 0);
	size_t left = 23;
	for (size_t i = 0; left > 0; i++) {
		size_t want = left < (size_t)_i ? left : (size_t)_i;
		ck_assert_uint_eq(fixture_batch_size(&r, i), want);
		left -= want;
	}
	end(&r, &s);
}
END_TEST

/* A single poller: window 5 s from the start, then from each invocation's completion. */
static struct mapping_spec *begin_window(struct scenario *s, simtime duration, simtime window)
{
	struct mapping_spec *m = begin(s, duration);
	m->window = window;
	m->batch_size = 100;
	m->max_concurrency = 1; /* below what AWS allows, so that one poller can be watched */
	return m;
}

START_TEST(a_window_ends_on_time_and_the_next_begins_with_the_completion)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin_window(&s, 30 * SIMTIME_SECOND, 5 * SIMTIME_SECOND);
	s.functions[0].declared.duration = fixture_constant(700 * SIMTIME_MS);
	fixture_times(&s, 0, (double[]){1 * S, 2 * S, 4999.999, 5 * S, 5.1 * S, 10.699999 * S, 10.8 * S, 25 * S}, 8);
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, 4);
	ck_assert_int_eq(fixture_batch_at(&r, 0), 5 * SIMTIME_SECOND);
	ck_assert_uint_eq(fixture_batch_size(&r, 0), 3);
	/* The invocation ends at 5.7 s; what came meanwhile waits for the end of the next window. */
	ck_assert_int_eq(fixture_batch_at(&r, 1), seconds(10.7));
	ck_assert_uint_eq(fixture_batch_size(&r, 1), 3);
	ck_assert_int_eq(fixture_batch_at(&r, 2), seconds(16.4));
	ck_assert_uint_eq(fixture_batch_size(&r, 2), 1);
	/* Nothing from 17.1 to 22.1 s: that window sends nothing, and another follows. */
	ck_assert_int_eq(fixture_batch_at(&r, 3), seconds(27.1));
	end(&r, &s);
}
END_TEST

START_TEST(a_full_batch_does_not_wait_for_its_window)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin_window(&s, 30 * SIMTIME_SECOND, 5 * SIMTIME_SECOND)->batch_size = 25;
	double ms[60];
	for (int i = 0; i < 60; i++)
		ms[i] = 1000 + i;
	fixture_times(&s, 0, ms, 60);
	fixture_queue_run(&r, &s, 0);
	ck_assert_int_eq(fixture_batch_at(&r, 0), 1024 * SIMTIME_MS);
	ck_assert_uint_eq(fixture_batch_size(&r, 0), 25);
	ck_assert_int_eq(fixture_batch_at(&r, 1), 1124 * SIMTIME_MS); /* the others waited when the first was done */
	ck_assert_uint_eq(fixture_batch_size(&r, 1), 25);
	ck_assert_int_eq(fixture_batch_at(&r, 2), 6224 * SIMTIME_MS);
	ck_assert_uint_eq(fixture_batch_size(&r, 2), 10);
	end(&r, &s);
}
END_TEST

/* A backlog and BatchSize over 10: several receives, at once. */
START_TEST(large_batches_take_several_receives)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin_window(&s, 30 * SIMTIME_SECOND, SIMTIME_SECOND)->batch_size = 1000;
	fixture_send(&s, 0, 0, 100 * SIMTIME_MS);
	fixture_burst(&s, 0, 0, 1000);
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, 1);
	ck_assert_int_eq(fixture_batch_at(&r, 0), 100 * SIMTIME_MS);
	ck_assert_uint_eq(fixture_batch_size(&r, 0), 1000);
	ck_assert_double_eq(fixture_figure(&r, 0, "NumberOfMessagesReceived", ""), 1000);
	/* 1,000 sends, 100 receives, 100 deletes, and one long poll after the batch. */
	ck_assert_double_eq(fixture_figure(&r, 0, "Requests", "") - fixture_figure(&r, 0, "NumberOfEmptyReceives", ""), 1200);
	end(&r, &s);
}
END_TEST

/* 1 MB bodies: five and their metadata are below 6 MB, six are not. */
START_TEST(a_batch_has_at_most_6_mb)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin_window(&s, 30 * SIMTIME_SECOND, SIMTIME_SECOND);
	struct payload_spec large = fixture_payload(&s, 1048576 - (_i ? SQS_RECORD_METADATA : 0));
	s.sources[0].payloads = &large;
	fixture_send(&s, 0, 0, 100 * SIMTIME_MS);
	fixture_burst(&s, 0, 0, 12);
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(fixture_batch_size(&r, 0), _i ? 6 : 5);
	/* Full, though its window is not over; the next message stayed in the queue. */
	ck_assert_int_eq(fixture_batch_at(&r, 0), _i ? 100 * SIMTIME_MS : 100 * SIMTIME_MS);
	ck_assert_uint_eq(fixture_batch_size(&r, 1), _i ? 6 : 5);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DELIVERED), 12);
	end(&r, &s);
}
END_TEST

/* Very low traffic: after an empty long poll a first message waits for the whole next one, or for the next message. */
START_TEST(very_low_traffic_may_wait_twenty_seconds)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin_window(&s, 200 * SIMTIME_SECOND, 2 * SIMTIME_SECOND);
	s.functions[0].declared.duration = fixture_constant(0);
	fixture_times(&s, 0, (double[]){50.5 * S, 120.5 * S, 129 * S, 129.5 * S, 130.5 * S}, 5);
	fixture_queue_run(&r, &s, 0);
	ck_assert_int_eq(fixture_batch_at(&r, 0), seconds(70.5));
	ck_assert_int_eq(fixture_batch_at(&r, 1), seconds(129)); /* its window was over long ago */
	ck_assert_uint_eq(fixture_batch_size(&r, 1), 2);
	ck_assert_int_eq(fixture_batch_at(&r, 2), seconds(131)); /* no longer very low */
	ck_assert_uint_eq(fixture_batch_size(&r, 2), 2);
	end(&r, &s);
}
END_TEST

/* A window longer than the visibility timeout: what is visible again is in the batch no more, or by its second receipt. */
START_TEST(a_window_can_outlast_the_visibility_timeout)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin_window(&s, 100 * SIMTIME_SECOND, 60 * SIMTIME_SECOND);
	s.queues[0].visibility = 40 * SIMTIME_SECOND;
	fixture_times(&s, 0, (double[]){1 * S}, 1);
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, 1);
	ck_assert_int_eq(fixture_batch_at(&r, 0), 60 * SIMTIME_SECOND);
	ck_assert_uint_eq(fixture_batch_size(&r, 0), 1);
	ck_assert_uint_eq(r.records[0].receives, 2);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DELIVERED), 1);
	ck_assert_double_eq(fixture_figure(&r, 0, "DroppedEventCount", ""), 1);
	end(&r, &s);
}
END_TEST

/* --- filters -------------------------------------------------------------------------------------------------------------------------------- */

/* Two payloads, of which the filter passes the first: the other is deleted and joins no batch. */
START_TEST(filtered_messages_are_deleted)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	const struct payload_spec two[] = {{.event = "{}", .event_length = 2, .weight = 1},
	                                   {.event = "[]", .event_length = 2, .weight = 1}};
	begin(&s, 30 * SIMTIME_SECOND);
	s.sources[0].payloads = two;
	s.sources[0].payload_count = 2;
	fixture_send(&s, 0, 0, SIMTIME_MS);
	fixture_burst(&s, 0, 0, 2000);
	r.plan = plan_new(&s, 0);
	static const uint8_t passes[8] = {1, 0};
	r.plan->flow.plan.mappings[0].passes = passes;
	r.run = run_new(r.plan);
	r.result = run_replicate(r.run, 0, NULL, NULL);
	double out = fixture_figure(&r, 0, "FilteredOutEventCount", "");
	ck_assert_double_eq_tol(out, 1000, 5 * 23);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_FILTERED), (uint64_t)out);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DELIVERED), 2000 - (uint64_t)out);
	ck_assert_double_eq(fixture_figure(&r, 0, "PolledEventCount", ""), 2000);
	ck_assert_double_eq(fixture_figure(&r, 0, "InvokedEventCount", ""), 2000 - out);
	ck_assert_double_eq(fixture_figure(&r, 0, "DeletedEventCount", ""), 2000 - out);
	ck_assert_double_eq(fixture_figure(&r, 0, "NumberOfMessagesDeleted", ""), 2000);
	end(&r, &s);
}
END_TEST

/* --- failures --------------------------------------------------------------------------------------------------------------------------------- */

/* Others hold the account's two for 15 s; timeouts of 30 s each. The batch is refused at 0, 1, 3 and 7 s, runs from 15 to 35 s; at
 * 30 s its message is visible again and a second run starts. */
START_TEST(a_throttled_batch_runs_into_its_visibility_timeout)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	fixture_scenario(&s, 2, 2);
	fixture_queues(&s, 1);
	fixture_send(&s, 0, 0, SIMTIME_MS);
	fixture_mapping(&s, 0, 0);
	s.duration = 49 * SIMTIME_SECOND;
	s.account = (struct account_spec){2, 0, true, true};
	s.functions[0].timeout_s = s.functions[1].timeout_s = 30;
	s.functions[0].declared.duration = fixture_constant(20 * SIMTIME_SECOND);
	s.functions[1].declared.duration = fixture_constant(15 * SIMTIME_SECOND);
	s.sources[1].function = 1;
	fixture_times(&s, 0, (double[]){0}, 1);
	fixture_burst(&s, 1, 0, 2);
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, 2);
	ck_assert_int_eq(fixture_batch_at(&r, 0), 15 * SIMTIME_SECOND + SIMTIME_MS);
	ck_assert_int_eq(fixture_batch_at(&r, 1), 30 * SIMTIME_SECOND + SIMTIME_MS);
	ck_assert_uint_eq(r.records[0].identity, r.records[1].identity);
	ck_assert_uint_eq(r.records[0].receives, 1);
	ck_assert_uint_eq(r.records[1].receives, 2);
	ck_assert_uint_eq(counts_throttles(&r.result->functions[0].counts), 4);
	ck_assert_int_eq(r.result->functions[0].busy_max, 2);
	ck_assert_uint_eq(fixture_queue_result(&r, 0)->held, 1); /* deleted only by the second run, at 50 s */
	ck_assert_double_eq(fixture_figure(&r, 0, "ProcessedAgain", ""), 1);
	end(&r, &s);
}
END_TEST

/* Refused for good: tried at 0, 1, 3, 7 and 15 s of its visibility timeout of 20 s, then dropped and received anew. */
START_TEST(a_throttled_batch_is_dropped_with_its_visibility_timeout)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 60 * SIMTIME_SECOND - 1);
	s.functions[0].reserved = 0;
	s.queues[0].visibility = 20 * SIMTIME_SECOND;
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, 0);
	ck_assert_uint_eq(counts_throttles(&r.result->functions[0].counts), 15);
	ck_assert_double_eq(fixture_figure(&r, 0, "NumberOfMessagesReceived", ""), 3);
	ck_assert_double_eq(fixture_figure(&r, 0, "DroppedEventCount", ""), 2);
	ck_assert_double_eq(fixture_figure(&r, 0, "InvokedEventCount", ""), 0);
	end(&r, &s);
}
END_TEST

/* Concurrency falls with failures, to two, and comes back with successes. */
START_TEST(failures_reduce_the_concurrency)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	struct mapping_spec *m = begin(&s, 100 * SIMTIME_SECOND);
	m->batch_size = 1;
	m->report_failures = _i;
	s.functions[0].declared.duration = fixture_constant(SIMTIME_SECOND);
	s.functions[0].declared.error_rate = 1;
	s.queues[0].visibility = 1000 * SIMTIME_SECOND;
	fixture_send(&s, 0, 0, SIMTIME_SECOND);
	fixture_burst(&s, 0, 0, 10000);
	fixture_queue_run(&r, &s, 0);
	size_t last = batches_until(&r, seconds(50.5)) - batches_until(&r, seconds(49.5));
	if (_i) /* does not scale down: 5 + 5 a second */
		ck_assert_uint_gt(last, 240);
	else
		ck_assert_uint_eq(last, 2);
	end(&r, &s);
}
END_TEST

START_TEST(successes_restore_the_concurrency)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	struct mapping_spec *m = begin(&s, 200 * SIMTIME_SECOND);
	m->batch_size = 1;
	m->max_concurrency = 8;
	/* Others hold the whole account for 40 s. */
	struct scenario two;
	fixture_scenario(&two, 2, 1);
	s.functions = two.functions;
	s.function_count = 2;
	s.functions[0].declared.duration = fixture_constant(SIMTIME_SECOND);
	s.functions[0].timeout_s = 30;
	s.functions[1].timeout_s = 60;
	s.functions[1].declared.duration = fixture_constant(40 * SIMTIME_SECOND);
	s.account.concurrent_executions = 100;
	s.sources[1].function = 1;
	fixture_burst(&s, 1, 0, 100);
	fixture_send(&s, 0, 0, SIMTIME_SECOND);
	fixture_burst(&s, 0, 0, 5000);
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(batches_until(&r, seconds(39.9)), 0);
	ck_assert_uint_eq(batches_until(&r, seconds(199.5)) - batches_until(&r, seconds(198.5)), 8);
	end(&r, &s);
	fixture_scenario_fini(&two);
}
END_TEST

/* --- partial responses ---------------------------------------------------------------------------------------------------------------------- */

/* Poison of one in five: without reporting whole batches come back, with it the poisoned ones alone. */
START_TEST(only_reported_records_come_back)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 29 * SIMTIME_SECOND)->report_failures = true;
	s.functions[0].declared.record_poison = 0.2;
	fixture_send(&s, 0, 0, SIMTIME_MS);
	fixture_burst(&s, 0, 0, 200);
	fixture_queue_run(&r, &s, 0);
	double failed = fixture_figure(&r, 0, "FailedInvokeEventCount", "");
	ck_assert_double_eq_tol(failed, 40, 5 * 5.7);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DELIVERED), 200 - (uint64_t)failed);
	ck_assert_uint_eq(counts_errors(&r.result->functions[0].counts), 0);
	end(&r, &s);
}
END_TEST

START_TEST(a_failing_record_fails_the_batch_that_does_not_report)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 29 * SIMTIME_SECOND);
	s.functions[0].declared.record_poison = 0.2;
	fixture_send(&s, 0, 0, SIMTIME_MS);
	fixture_burst(&s, 0, 0, 200);
	fixture_queue_run(&r, &s, 0);
	uint64_t errors = counts_errors(&r.result->functions[0].counts);
	ck_assert_uint_gt(errors, 10);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DELIVERED), 200 - 10 * errors);
	end(&r, &s);
}
END_TEST

/* FIFO, one group: the first failed record and all behind it come back, and nothing else of the group comes before them. */
START_TEST(a_fifo_batch_stops_at_its_first_failure)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 300 * SIMTIME_SECOND)->report_failures = true;
	s.queues[0].fifo = true;
	s.functions[0].declared.record_error_rate = 0.3;
	fixture_send(&s, 0, 0, SIMTIME_MS);
	fixture_burst(&s, 0, 0, 40);
	fixture_queue_run(&r, &s, 0);
	/* What a batch begins with is the first that the one before did not delete. */
	for (size_t b = 1; b < r.batches; b++)
		ck_assert_int_ge(fixture_batch_at(&r, b) - fixture_batch_at(&r, b - 1), 100 * SIMTIME_MS);
	uint64_t order[40];
	size_t seen = 0;
	for (size_t i = 0; i < r.count; i++)
		if (r.records[i].receives == 1)
			order[seen++] = r.records[i].identity;
	ck_assert_uint_gt(seen, 20);
	size_t expected = 0; /* the first that may come */
	for (size_t i = 0; i < r.count; i++) {
		size_t k = 0;
		while (order[k] != r.records[i].identity)
			k++;
		if (i > 0 && r.records[i].batch == r.records[i - 1].batch)
			ck_assert_uint_eq(k, expected + 1);
		else
			ck_assert_uint_le(k, expected + 1);
		expected = k;
	}
	end(&r, &s);
}
END_TEST

/* --- several mappings ----------------------------------------------------------------------------------------------------------------------- */

START_TEST(two_mappings_share_a_queue)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 60 * SIMTIME_SECOND);
	fixture_mapping(&s, 0, 0);
	fixture_send(&s, 0, 0, SIMTIME_MS);
	fixture_burst(&s, 0, 0, 2000);
	fixture_queue_run(&r, &s, 0);
	size_t second = 0;
	for (size_t i = 0; i < r.count; i++)
		second += r.records[i].mapping;
	ck_assert_uint_eq(r.count, 2000);
	ck_assert_double_eq_tol((double)second, 1000, 100);
	end(&r, &s);
}
END_TEST

START_TEST(a_disabled_mapping_reads_nothing)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 60 * SIMTIME_SECOND)->enabled = false;
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, 0);
	ck_assert_double_eq(fixture_figure(&r, 0, "NumberOfEmptyReceives", ""), 0);
	end(&r, &s);
}
END_TEST

/* --- laws over random scenarios -------------------------------------------------------------------------------------------------------------- */

static simtime up_to(uint64_t *random, simtime most)
{
	return 1 + (simtime)fixture_below(random, (uint64_t)most);
}

static void random_queue(struct queue_spec *q, uint64_t *random, bool fifo)
{
	q->fifo = fifo;
	q->content_deduplication = fixture_below(random, 2);
	q->visibility = fixture_below(random, 8) ? up_to(random, 20 * SIMTIME_SECOND) : 0;
	q->delay = fixture_below(random, 2) ? 0 : up_to(random, 5 * SIMTIME_SECOND);
	q->retention = fixture_below(random, 2) ? 60 * SIMTIME_SECOND : SIMTIME_HOUR;
	q->duplicate_rate = fixture_below(random, 3) ? 0 : fixture_uniform(random);
}

static void random_function(struct function_spec *f, uint64_t *random)
{
	f->declared.duration = fixture_below(random, 2) ? fixture_constant(up_to(random, 3 * SIMTIME_SECOND))
	                                                : fixture_exponential(up_to(random, 3 * SIMTIME_SECOND));
	f->timeout_s = 1 + (int)fixture_below(random, 10);
	f->reserved = fixture_below(random, 2) ? FUNCTION_UNRESERVED : (int)fixture_below(random, 12);
	f->declared.error_rate = fixture_below(random, 2) ? 0 : fixture_uniform(random) / 2;
	f->declared.record_error_rate = fixture_below(random, 2) ? 0 : fixture_uniform(random) / 4;
	f->declared.record_poison = fixture_below(random, 2) ? 0 : fixture_uniform(random) / 10;
}

static void random_mapping(struct mapping_spec *m, uint64_t *random, bool fifo)
{
	m->batch_size = 1 + (int)fixture_below(random, 10);
	m->report_failures = fixture_below(random, 2);
	if (!fifo && fixture_below(random, 2)) {
		m->window = (1 + (simtime)fixture_below(random, 30)) * SIMTIME_SECOND;
		m->batch_size = 1 + (int)fixture_below(random, 200);
	}
	if (fixture_below(random, 3) == 0)
		m->max_concurrency = 2 + (int)fixture_below(random, 20);
	else if (fixture_below(random, 3) == 0)
		m->max_pollers = (m->min_pollers = 2 + (int)fixture_below(random, 2)) + (int)fixture_below(random, 4);
}

/* Three queues; the first redrives to the second, the second perhaps to the third or back to the first. */
static void random_scenario(struct scenario *s, uint64_t seed)
{
	uint64_t random = seed * 7919;
	fixture_scenario(s, 2, 2);
	fixture_queues(s, 3);
	bool fifo = fixture_below(&random, 2);
	for (size_t i = 0; i < 3; i++)
		random_queue(&s->queues[i], &random, fifo);
	s->queues[0].dead_letter = (struct target){TARGET_QUEUE, 1, "Q1"};
	s->queues[0].max_receive_count = 1 + (int)fixture_below(&random, 5);
	if (fixture_below(&random, 2)) {
		s->queues[1].dead_letter = (struct target){TARGET_QUEUE, fixture_below(&random, 2) ? 2 : 0, "Q"};
		s->queues[1].max_receive_count = 1 + (int)fixture_below(&random, 3);
	}
	for (size_t i = 0; i < 2; i++) {
		random_function(&s->functions[i], &random);
		fixture_send(s, i, i, fixture_below(&random, 2) ? 0 : up_to(&random, SIMTIME_SECOND));
		s->sources[i].keys = (struct keys_spec){.kind = KEY_UNIFORM, .count = 1 + (uint32_t)fixture_below(&random, 30)};
		s->sources[i].arrivals = (struct arrival_spec){.kind = ARRIVAL_POISSON,
		                                               .rate_per_s = 0.1 + 30 * fixture_uniform(&random)};
	}
	if (fixture_below(&random, 2))
		fixture_burst(s, 0, up_to(&random, 10 * SIMTIME_SECOND), 500);
	random_mapping(fixture_mapping(s, 0, 0), &random, fifo);
	if (fixture_below(&random, 2))
		random_mapping(fixture_mapping(s, fixture_below(&random, 2), 1), &random, fifo);
	s->duration = 40 * SIMTIME_SECOND + up_to(&random, 120 * SIMTIME_SECOND);
	s->account.concurrent_executions = 5 + (int)fixture_below(&random, 200);
	s->seed = seed;
}

/* How many messages of the queue and group are in flight. */
static size_t flying_of(struct engine *e, size_t queue, uint32_t key)
{
	const struct queue *q =
		(const struct queue *)e->stations[station_of(e->scenario, (struct target){TARGET_QUEUE, queue, NULL})];
	size_t n = 0;
	for (uint32_t i = q->row.first; i != q->row.end; i++) {
		uint32_t message = *queue_row_at(&q->row, i);
		if (message != MESSAGE_NONE)
			n += e->messages.items[message].place == PLACE_FLYING && e->messages.items[message].key == key;
	}
	return n;
}

/* FIFO: all that is in flight of a group is in this batch. */
static void look_at_groups(struct fixture_queue_run *r, struct engine *e)
{
	const struct fixture_record *last = &r->records[r->count - 1];
	size_t queue = e->scenario->mappings[last->mapping].source.index;
	if (!e->scenario->queues[queue].fifo || e->scenario->queues[queue].visibility == 0)
		return;
	for (size_t i = r->count; i-- > 0 && r->records[i].batch == last->batch;) {
		size_t same = 0;
		for (size_t k = r->count; k-- > 0 && r->records[k].batch == last->batch;)
			same += r->records[k].key == r->records[i].key;
		size_t flying = flying_of(e, queue, r->records[i].key);
		quick_assert(flying == same, "seed %lu: %zu of a group in flight, %zu in the batch", e->scenario->seed, flying,
		             same);
	}
}

/* At each batch. */
static void look_at_places(struct fixture_queue_run *r, struct engine *e, simtime now)
{
	(void)now;
	look_at_groups(r, e);
	for (size_t i = r->count; i-- > 0 && r->records[i].batch == r->batches - 1;)
		for (size_t k = i; k-- > 0 && r->records[k].batch == r->batches - 1;) {
			quick_assert(r->records[k].identity != r->records[i].identity, "a message twice in a batch");
			quick_assert(!e->scenario->queues[0].fifo || r->records[k].since <= r->records[i].since ||
			                     r->records[k].key != r->records[i].key,
			             "order within a batch, seed %lu", e->scenario->seed);
		}
}

static void check_conservation(const struct fixture_queue_run *r, uint64_t seed)
{
	for (size_t q = 0; q < 3; q++) {
		const struct station_result *x = fixture_queue_result(r, q);
		uint64_t ended = 0;
		for (int k = 0; k < STATION_ENDS; k++)
			ended += x->counts.ended[k];
		quick_assert(x->counts.received == ended + x->held, "seed %lu, queue %zu: %lu came, %lu ended, %lu held", seed, q,
		             x->counts.received, ended, x->held);
	}
	double moved = (double)fixture_ended(r, 0, END_DEAD_LETTERED) + (double)fixture_ended(r, 1, END_DEAD_LETTERED);
	double came = 0, sent = 0;
	for (size_t q = 0; q < 3; q++) {
		came += (double)fixture_queue_result(r, q)->counts.received;
		sent += fixture_figure(r, q, "NumberOfMessagesSent", "") +
		        fixture_figure(r, q, "NumberOfDeduplicatedSentMessages", "");
	}
	quick_assert(came == sent + moved, "seed %lu: %g came, %g sent, %g moved", seed, came, sent, moved);
}

static void check_limits(const struct fixture_queue_run *r, uint64_t seed)
{
	const struct scenario *s = r->plan->scenario;
	if (s->mapping_count == 1 && s->mappings[0].max_concurrency)
		quick_assert(fixture_figure(r, 0, "BatchesInFlight", "max") <= s->mappings[0].max_concurrency, "seed %lu", seed);
	for (size_t i = 0; i < r->count; i++) {
		const struct fixture_record *x = &r->records[i];
		const struct mapping_spec *m = &s->mappings[x->mapping];
		const struct queue_spec *q = &s->queues[m->source.index];
		quick_assert(q->max_receive_count == 0 || x->receives <= (uint32_t)q->max_receive_count,
		             "seed %lu: received %u times", seed, x->receives);
		size_t size = 0;
		for (size_t k = i; k < r->count && r->records[k].batch == x->batch; k++)
			size++;
		quick_assert(size <= (size_t)m->batch_size, "seed %lu: a batch of %zu", seed, size);
	}
}

/* Whether every batch was invoked when its messages were received: no window, no throttle, no rate of provisioned pollers. */
static bool all_at_once(const struct fixture_queue_run *r)
{
	if (r->plan->warm_up > 0) /* its throttles are not counted */
		return false;
	const struct scenario *s = r->plan->scenario;
	for (size_t i = 0; i < s->mapping_count; i++)
		if (s->mappings[i].window > 0)
			return false;
	return counts_throttles(&r->result->functions[0].counts) + counts_throttles(&r->result->functions[1].counts) == 0;
}

/* The n-th receive of a stay comes no earlier than the visibility timeout after the one before. */
static void check_receives(const struct fixture_queue_run *r, uint64_t seed)
{
	const struct scenario *s = r->plan->scenario;
	bool at_once = all_at_once(r);
	for (size_t i = 0; i < r->count; i++)
		for (size_t k = i; k-- > 0 && k + 400 > i;) {
			const struct fixture_record *x = &r->records[i], *y = &r->records[k];
			if (x->ticket != y->ticket)
				continue;
			quick_assert(x->receives > y->receives, "seed %lu: receive count", seed);
			if (at_once)
				quick_assert(x->at - y->at >= s->queues[s->mappings[x->mapping].source.index].visibility,
				             "seed %lu: again after %ld", seed, x->at - y->at);
			break;
		}
}

/* FIFO: first deliveries of a group come in the order in which its messages came to the queue. */
static void check_order(const struct fixture_queue_run *r, uint64_t seed)
{
	if (!r->plan->scenario->queues[0].fifo)
		return;
	for (size_t i = 0; i < r->count; i++) {
		if (r->plan->scenario->mappings[r->records[i].mapping].source.index != 0 || r->records[i].receives != 1)
			continue;
		for (size_t k = i; k-- > 0 && k + 300 > i;)
			if (r->records[k].key == r->records[i].key && r->records[k].receives == 1 &&
			    r->plan->scenario->mappings[r->records[k].mapping].source.index == 0)
				quick_assert(r->records[k].since <= r->records[i].since, "seed %lu: record %zu after %zu", seed, i,
				             k);
	}
}

START_TEST(laws_hold_in_random_scenarios)
{
	for (uint64_t seed = 50 * (uint64_t)_i + 1; seed <= 50 * (uint64_t)_i + 50; seed++) {
		struct scenario s;
		struct fixture_queue_run r = {.look = look_at_places};
		random_scenario(&s, seed);
		simtime warm_up = seed % 3 ? 0 : 20 * SIMTIME_SECOND;
		fixture_queue_run(&r, &s, warm_up);
		if (warm_up == 0) /* otherwise what the warm-up left would be missing; the run itself checks the whole */
			check_conservation(&r, seed);
		check_limits(&r, seed);
		check_receives(&r, seed);
		check_order(&r, seed);
		end(&r, &s);
	}
}
END_TEST

Suite *sqs_suite(void)
{
	Suite *s = suite_create("sqs");
	TCase *c = tcase_create("pollers");
	tcase_add_test(c, pollers_grow_by_five_a_second);
	tcase_add_loop_test(c, maximum_concurrency_is_kept, 0, 6);
	tcase_add_test(c, maximum_concurrency_throttles_nothing);
	tcase_add_test(c, provisioned_pollers_grow_by_a_thousand_a_minute);
	tcase_add_test(c, a_provisioned_poller_polls_ten_times_a_second);
	tcase_add_test(c, a_provisioned_poller_reads_a_megabyte_a_second);
	tcase_add_loop_test(c, idle_pollers_cost_requests, 0, 2);
	tcase_add_test(c, pollers_end_when_idle);
	suite_add_tcase(s, c);
	c = tcase_create("batches");
	tcase_add_loop_test(c, a_batch_without_a_window_is_one_receive, 1, 11);
	tcase_add_test(c, a_window_ends_on_time_and_the_next_begins_with_the_completion);
	tcase_add_test(c, a_full_batch_does_not_wait_for_its_window);
	tcase_add_test(c, large_batches_take_several_receives);
	tcase_add_loop_test(c, a_batch_has_at_most_6_mb, 0, 2);
	tcase_add_test(c, very_low_traffic_may_wait_twenty_seconds);
	tcase_add_test(c, a_window_can_outlast_the_visibility_timeout);
	tcase_add_test(c, filtered_messages_are_deleted);
	suite_add_tcase(s, c);
	c = tcase_create("failures");
	tcase_add_test(c, a_throttled_batch_runs_into_its_visibility_timeout);
	tcase_add_test(c, a_throttled_batch_is_dropped_with_its_visibility_timeout);
	tcase_add_loop_test(c, failures_reduce_the_concurrency, 0, 2);
	tcase_add_test(c, successes_restore_the_concurrency);
	tcase_add_test(c, only_reported_records_come_back);
	tcase_add_test(c, a_failing_record_fails_the_batch_that_does_not_report);
	tcase_add_test(c, a_fifo_batch_stops_at_its_first_failure);
	tcase_add_test(c, two_mappings_share_a_queue);
	tcase_add_test(c, a_disabled_mapping_reads_nothing);
	suite_add_tcase(s, c);
	c = tcase_create("laws");
	tcase_add_loop_test(c, laws_hold_in_random_scenarios, 0, 8);
	suite_add_tcase(s, c);
	return s;
}
