/* SQS queues: visibility, delay, retention, redrive, order, deduplication, duplicates: each rule to the nanosecond; and laws over random queues.
 * Sources are named in models/poll/queue.h. */
#include <check.h>
#include <string.h>

#include "tests/unit/fixture_queue.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

/* Queues with function 0 reading the first, from source 0, and from source 1, which sends nothing; function 0 takes 100 ms. */
static struct mapping_spec *begin(struct scenario *s, size_t queues, simtime duration)
{
	fixture_scenario(s, 1, 2);
	fixture_queues(s, queues);
	fixture_send(s, 0, 0, 0);
	fixture_send(s, 1, 0, 0);
	fixture_times(s, 1, NULL, 0);
	s->duration = duration;
	s->account.concurrent_executions = 10000;
	s->account.scaling_unlimited = s->account.request_unlimited = true;
	s->functions[0].timeout_s = 30;
	fixture_times(s, 0, (double[]){0}, 1);
	return fixture_mapping(s, 0, 0);
}

static void end(struct fixture_queue_run *r, struct scenario *s)
{
	fixture_queue_run_fini(r);
	fixture_scenario_fini(s);
}

/* --- visibility ------------------------------------------------------------------------------------------------------------------------ */

START_TEST(a_failed_message_comes_back_when_its_visibility_timeout_ends)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 1, 100 * SIMTIME_SECOND);
	s.functions[0].declared.error_rate = 1;
	s.queues[0].visibility = 30 * SIMTIME_SECOND;
	fixture_times(&s, 0, (double[]){1500}, 1);
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, 4); /* 1.5, 31.5, 61.5, 91.5 s */
	for (size_t i = 0; i < r.batches; i++) {
		ck_assert_int_eq(r.records[i].at, (1500 + 30000 * (simtime)i) * SIMTIME_MS);
		ck_assert_uint_eq(r.records[i].receives, i + 1);
	}
	ck_assert_double_eq(fixture_figure(&r, 0, "NumberOfMessagesReceived", ""), 4);
	ck_assert_double_eq(fixture_figure(&r, 0, "NumberOfMessagesDeleted", ""), 0);
	ck_assert_double_eq(fixture_figure(&r, 0, "FailedInvokeEventCount", ""), 4);
	ck_assert_uint_eq(fixture_queue_result(&r, 0)->held, 1);
	end(&r, &s);
}
END_TEST

/* As long as its visibility timeout to the nanosecond: the delete comes first. One nanosecond longer: received twice. */
START_TEST(a_run_as_long_as_the_visibility_timeout_is_in_time)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 1, 39 * SIMTIME_SECOND);
	s.functions[0].declared.duration = fixture_constant(20 * SIMTIME_SECOND);
	s.queues[0].visibility = 20 * SIMTIME_SECOND - _i;
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, _i == 0 ? 1 : 2);
	/* Received again, the message is no longer deleted by its older receipt. */
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DELIVERED), _i == 0 ? 1 : 0);
	ck_assert_double_eq(fixture_figure(&r, 0, "NumberOfMessagesDeleted", ""), _i == 0 ? 1 : 0);
	if (_i == 1)
		ck_assert_int_eq(r.records[1].at, 20 * SIMTIME_SECOND - 1);
	end(&r, &s);
}
END_TEST

/* A visible message that nobody received again is still deleted by its last receipt in a standard queue; not so in a FIFO queue. */
START_TEST(a_late_receipt_deletes_in_a_standard_queue_only)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	struct mapping_spec *m = begin(&s, 1, 29 * SIMTIME_SECOND);
	m->max_concurrency = 2;
	m->batch_size = 1;
	s.functions[0].declared.duration = fixture_constant(20 * SIMTIME_SECOND);
	s.queues[0].visibility = 15 * SIMTIME_SECOND;
	s.queues[0].fifo = _i;
	s.sources[0].keys = (struct keys_spec){.kind = KEY_UNIFORM, .count = 100000};
	fixture_times(&s, 0, (double[]){0, 14999}, 2); /* the second holds the other poller */
	fixture_queue_run(&r, &s, 0);
	/* Visible again at 15 s; at 20 s the first run ends: deleted, or refused and received once more. */
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DELIVERED), _i == 0 ? 1 : 0);
	ck_assert_uint_eq(r.batches, _i == 0 ? 2 : 3);
	ck_assert_int_eq(r.records[r.count - 1].at, _i == 0 ? 14999 * SIMTIME_MS : 20 * SIMTIME_SECOND);
	end(&r, &s);
}
END_TEST

START_TEST(a_delay_is_exact)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 1, 100 * SIMTIME_SECOND);
	s.queues[0].delay = 10 * SIMTIME_SECOND;
	fixture_times(&s, 0, (double[]){0, 0.001, 7}, 3);
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, 3);
	ck_assert_int_eq(r.records[0].at, 10 * SIMTIME_SECOND);
	ck_assert_int_eq(r.records[1].at, 10 * SIMTIME_SECOND + SIMTIME_US);
	ck_assert_int_eq(r.records[2].at, 10 * SIMTIME_SECOND + 7 * SIMTIME_MS);
	ck_assert_double_eq(fixture_figure(&r, 0, "ApproximateNumberOfMessagesDelayed", "max"), 3);
	end(&r, &s);
}
END_TEST

/* --- retention -------------------------------------------------------------------------------------------------------------------------- */

START_TEST(a_queue_without_a_mapping_fills_until_messages_are_too_old)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 1, 61 * SIMTIME_SECOND - (_i == 0))->enabled = false;
	s.queues[0].retention = 60 * SIMTIME_SECOND;
	fixture_times(&s, 0, (double[]){1000, 5000}, 2);
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_EXPIRED), _i);
	ck_assert_uint_eq(fixture_queue_result(&r, 0)->held, 2 - _i);
	ck_assert_double_eq(fixture_figure(&r, 0, "ApproximateNumberOfMessagesVisible", "max"), 2);
	ck_assert_double_eq_tol(fixture_figure(&r, 0, "ApproximateAgeOfOldestMessage_ms", "max"), 60e3, 1e-5);
	end(&r, &s);
}
END_TEST

/* Retention counts while the delay runs, and the delay never shows the message. */
START_TEST(a_delayed_message_can_be_too_old)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 1, 1000 * SIMTIME_SECOND);
	s.queues[0].retention = 60 * SIMTIME_SECOND;
	s.queues[0].delay = 900 * SIMTIME_SECOND;
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, 0);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_EXPIRED), 1);
	end(&r, &s);
}
END_TEST

/* In flight when it is too old: spared until it would be visible again, and then gone. */
START_TEST(a_message_in_flight_is_spared)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 1, 90 * SIMTIME_SECOND - (_i == 0));
	s.queues[0].retention = 60 * SIMTIME_SECOND;
	s.queues[0].visibility = 45 * SIMTIME_SECOND;
	s.functions[0].declared.error_rate = 1;
	fixture_queue_run(&r, &s, 0); /* received at 0 and 45 s; too old at 60 s; visible again at 90 s */
	ck_assert_uint_eq(r.batches, 2);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_EXPIRED), _i);
	end(&r, &s);
}
END_TEST

/* --- redrive ---------------------------------------------------------------------------------------------------------------------------- */

static void dead_letter(struct scenario *s, size_t from, size_t to, int receives)
{
	s->queues[from].dead_letter = (struct target){TARGET_QUEUE, to, s->queues[to].name};
	s->queues[from].max_receive_count = receives;
}

START_TEST(a_message_moves_at_the_receive_after_the_last_one)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 2, 90 * SIMTIME_SECOND - (_i == 0));
	dead_letter(&s, 0, 1, 3);
	s.functions[0].declared.error_rate = 1;
	fixture_queue_run(&r, &s, 0); /* received at 0, 30 and 60 s; moved at 90 s */
	ck_assert_uint_eq(r.batches, 3);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DEAD_LETTERED), _i);
	ck_assert_uint_eq(fixture_queue_result(&r, 1)->held, _i);
	ck_assert_uint_eq(fixture_queue_result(&r, 1)->counts.received, _i);
	/* A redrive is no send. */
	ck_assert_double_eq(fixture_figure(&r, 1, "NumberOfMessagesSent", ""), 0);
	end(&r, &s);
}
END_TEST

/* The dead-letter queue keeps a message for 60 s from its first enqueueing (standard), or from the redrive at 30 s (FIFO). */
START_TEST(retention_goes_on_after_a_redrive)
{
	bool fifo = _i >= 2;
	simtime over = fifo ? 90 * SIMTIME_SECOND : 60 * SIMTIME_SECOND;
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 2, over - (_i % 2 == 0));
	dead_letter(&s, 0, 1, 1);
	s.queues[0].fifo = s.queues[1].fifo = fifo;
	s.queues[1].retention = 60 * SIMTIME_SECOND;
	s.functions[0].declared.error_rate = 1;
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DEAD_LETTERED), 1);
	ck_assert_uint_eq(fixture_ended(&r, 1, END_EXPIRED), _i % 2);
	ck_assert_uint_eq(fixture_queue_result(&r, 1)->held, 1 - _i % 2);
	/* The age of the dead-letter queue's oldest counts from the move. */
	ck_assert_double_eq_tol(fixture_figure(&r, 1, "ApproximateAgeOfOldestMessage_ms", "max"), fifo ? 60e3 : 30e3, 1e-5);
	end(&r, &s);
}
END_TEST

/* Older than the dead-letter queue keeps anything: gone on arrival. */
START_TEST(a_redriven_message_can_be_too_old_at_once)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 2, 200 * SIMTIME_SECOND);
	dead_letter(&s, 0, 1, 1);
	s.queues[0].visibility = 100 * SIMTIME_SECOND;
	s.queues[1].retention = 60 * SIMTIME_SECOND;
	s.functions[0].declared.error_rate = 1;
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(fixture_ended(&r, 1, END_EXPIRED), 1);
	ck_assert_double_eq(fixture_figure(&r, 1, "ApproximateAgeOfOldestMessage_ms", "max"), 0);
	end(&r, &s);
}
END_TEST

/* A dead-letter queue of its own: the message is processed there, its receive count begun anew, its birth kept. */
START_TEST(a_dead_letter_queue_can_be_read)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 2, 100 * SIMTIME_SECOND);
	s.functions = ARENA_ARRAY(&s.arena, 2, struct function_spec);
	struct scenario two;
	fixture_scenario(&two, 2, 1);
	memcpy(s.functions, two.functions, 2 * sizeof *s.functions);
	s.function_count = 2;
	s.functions[0].declared.error_rate = 1;
	s.functions[0].timeout_s = 30;
	dead_letter(&s, 0, 1, 2);
	fixture_mapping(&s, 1, 1);
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.count, 3);
	ck_assert_uint_eq(r.records[2].mapping, 1);
	ck_assert_int_eq(r.records[2].at, 60 * SIMTIME_SECOND);
	ck_assert_uint_eq(r.records[2].receives, 1);
	ck_assert_uint_eq(r.records[2].identity, r.records[0].identity);
	ck_assert_uint_eq(fixture_ended(&r, 1, END_DELIVERED), 1);
	ck_assert_int_eq(r.result->functions[1].latency_cold.largest, 60 * SIMTIME_SECOND + 100 * SIMTIME_MS);
	ck_assert_int_eq(fixture_queue_result(&r, 1)->age.largest, 100 * SIMTIME_MS);
	fixture_scenario_fini(&two);
	end(&r, &s);
}
END_TEST

START_TEST(a_dead_letter_queue_outside_takes_it_too)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 1, 40 * SIMTIME_SECOND);
	s.queues[0].dead_letter = (struct target){TARGET_OUTSIDE, 0, "arn:aws:sqs:us-east-1:123456789012:dead"};
	s.queues[0].max_receive_count = 1;
	s.functions[0].declared.error_rate = 1;
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DEAD_LETTERED), 1);
	ck_assert_uint_eq(r.result->stations[r.plan->flow.station_count - 1].counts.ended[END_DELIVERED], 1);
	end(&r, &s);
}
END_TEST

/* --- order and counts --------------------------------------------------------------------------------------------------------------------- */

/* Whether before record `i` some other message, received once or twice, was visible again. */
static bool tried_one_waits(const struct fixture_queue_run *r, size_t i, simtime visibility)
{
	for (size_t k = 0; k < i; k++) {
		bool last = true;
		for (size_t j = k + 1; j <= i; j++)
			last &= r->records[j].identity != r->records[k].identity;
		if (last && r->records[k].receives < 3 && r->records[k].at + visibility <= r->records[i].at)
			return true;
	}
	return false;
}

/* All fail: what was tried once or twice comes before what was not and before what was tried three times; the latter are no longer the oldest. */
START_TEST(poison_goes_to_the_back)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	struct mapping_spec *m = begin(&s, 1, 300 * SIMTIME_SECOND);
	m->batch_size = 1;
	m->max_concurrency = 2;
	s.queues[0].visibility = 10 * SIMTIME_SECOND;
	s.functions[0].timeout_s = 10;
	s.functions[0].declared.duration = fixture_constant(9 * SIMTIME_SECOND);
	s.functions[0].declared.error_rate = 1;
	double ms[10];
	for (int i = 0; i < 10; i++)
		ms[i] = i;
	fixture_times(&s, 0, ms, 10);
	fixture_queue_run(&r, &s, 0);
	simtime third = 0; /* when the last message was received for the third time */
	size_t fourth = r.count;
	for (size_t i = 0; i < r.count; i++) {
		if (r.records[i].receives == 1 || r.records[i].receives > 3)
			ck_assert_msg(!tried_one_waits(&r, i, 10 * SIMTIME_SECOND), "record %zu", i);
		if (r.records[i].receives == 3)
			third = r.records[i].at;
		if (r.records[i].receives == 4 && fourth == r.count)
			fourth = i;
	}
	ck_assert_uint_lt(fourth, r.count);
	ck_assert_int_gt(third, 100 * SIMTIME_SECOND);
	/* The last message that became poison arrived 9 ms after the first. */
	ck_assert_double_eq_tol(fixture_figure(&r, 0, "ApproximateAgeOfOldestMessage_ms", "max"), 1e3 * simtime_s(third), 10);
	end(&r, &s);
}
END_TEST

START_TEST(requests_are_counted_in_64_kb)
{
	ck_assert_uint_eq(queue_units(0), 1);
	ck_assert_uint_eq(queue_units(1), 1);
	ck_assert_uint_eq(queue_units(65536), 1);
	ck_assert_uint_eq(queue_units(65537), 2);
	ck_assert_uint_eq(queue_units(131072), 2);
	ck_assert_uint_eq(queue_units(1048576), 16);
}
END_TEST

/* 150 KB: a send of 3, a receive of 3, a delete of 1. */
START_TEST(a_large_message_makes_more_requests)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 1, 10 * SIMTIME_SECOND);
	struct payload_spec large = fixture_payload(&s, 150 * 1024);
	s.sources[0].payloads = &large;
	fixture_queue_run(&r, &s, 0);
	ck_assert_double_eq(fixture_figure(&r, 0, "Requests", ""), 7);
	end(&r, &s);
}
END_TEST

/* --- at least once, exactly once ------------------------------------------------------------------------------------------------------------ */

START_TEST(a_standard_queue_can_deliver_twice)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 1, 100 * SIMTIME_SECOND);
	s.queues[0].duplicate_rate = 1;
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, 2);
	ck_assert_int_eq(r.records[1].at, 30 * SIMTIME_SECOND);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DELIVERED), 1);
	ck_assert_double_eq(fixture_figure(&r, 0, "NumberOfMessagesDeleted", ""), 2);
	/* The event was processed when it was first done. */
	ck_assert_uint_eq(r.result->functions[0].latency_cold.count + r.result->functions[0].latency_warm.count, 1);
	end(&r, &s);
}
END_TEST

START_TEST(the_share_of_duplicates_is_kept)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 1, 3000 * SIMTIME_SECOND);
	s.queues[0].duplicate_rate = 0.1;
	s.sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_CONSTANT, .rate_per_s = 10};
	fixture_queue_run(&r, &s, 0);
	double twice = fixture_figure(&r, 0, "NumberOfMessagesDeleted", "") - (double)fixture_ended(&r, 0, END_DELIVERED);
	ck_assert_double_eq_tol(twice, 3000, 5 * 52); /* binomial: sigma 52 */
	end(&r, &s);
}
END_TEST

START_TEST(identities_are_remembered_for_five_minutes)
{
	struct recent r = {0};
	ck_assert(!recent_seen(&r, 7, 0));
	ck_assert(recent_seen(&r, 7, 1));
	ck_assert(!recent_seen(&r, 8, 10));
	ck_assert(recent_seen(&r, 7, RECENT_INTERVAL - 1));
	ck_assert(!recent_seen(&r, 7, RECENT_INTERVAL));
	ck_assert(recent_seen(&r, 8, RECENT_INTERVAL + 9));
	ck_assert(!recent_seen(&r, 8, RECENT_INTERVAL + 10));
	recent_fini(&r);
}
END_TEST

/* Against a list that is searched. */
START_TEST(recent_agrees_with_a_search)
{
	enum { STEPS = 4000 };
	static struct recent_item all[STEPS];
	struct recent r = {0};
	uint64_t random = 900 + (uint64_t)_i;
	simtime now = 0;
	size_t count = 0;
	for (int i = 0; i < STEPS; i++) {
		now += (simtime)fixture_below(&random, 2 * SIMTIME_SECOND);
		uint64_t identity = fixture_below(&random, 300) * (_i % 2 ? 1 : (uint64_t)1 << 40);
		bool seen = false;
		for (size_t k = 0; k < count; k++)
			seen |= all[k].identity == identity && now - all[k].at < RECENT_INTERVAL;
		quick_assert(recent_seen(&r, identity, now) == seen, "step %d", i);
		if (!seen)
			all[count++] = (struct recent_item){now, identity};
	}
	recent_fini(&r);
}
END_TEST

/* Each event comes twice, an hour's retention: through a function that runs twice (duplicate_rate 1 of its queue) and sends the same events on. */
START_TEST(a_fifo_queue_adds_an_event_once)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	begin(&s, 2, 100 * SIMTIME_SECOND);
	static const struct payload_spec payload = {.event = "{}", .event_length = 2, .text = "{}", .text_length = 2, .weight = 1};
	struct emit_spec emit = {.to = {TARGET_QUEUE, 1, "Q1"}, .count = 1};
	s.payloads = (struct payload_spec *)&payload;
	s.payload_count = 1;
	s.functions[0].emits = &emit;
	s.functions[0].emit_count = 1;
	s.queues[0].duplicate_rate = 1; /* the second run is 30 s after the first */
	s.queues[1].fifo = true;
	s.queues[1].content_deduplication = _i;
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_eq(r.batches, 2);
	ck_assert_uint_eq(fixture_queue_result(&r, 1)->counts.received, 2);
	ck_assert_uint_eq(fixture_queue_result(&r, 1)->held, _i ? 1 : 2);
	ck_assert_double_eq(fixture_figure(&r, 1, "NumberOfDeduplicatedSentMessages", ""), _i);
	ck_assert_double_eq(fixture_figure(&r, 1, "NumberOfMessagesSent", ""), _i ? 1 : 2);
	end(&r, &s);
}
END_TEST

/* --- groups ---------------------------------------------------------------------------------------------------------------------------------- */

static uint32_t fifo_message(struct messages *pool, struct fifo *f, uint32_t key)
{
	uint32_t i = message_new(pool, &(struct message){.key = key, .ticket = ++pool->numbers});
	fifo_append(f, pool, i);
	return i;
}

/* Two groups: a receive takes all of the oldest one first, then the next; nothing of a group while one of it is in flight. */
START_TEST(a_receive_takes_as_much_of_a_group_as_it_can)
{
	struct messages pool = {.free = MESSAGE_NONE};
	struct fifo f = {0};
	uint32_t a1 = fifo_message(&pool, &f, 7), b1 = fifo_message(&pool, &f, 8), a2 = fifo_message(&pool, &f, 7);
	const uint32_t order[] = {a1, a2, b1};
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_eq(fifo_next(&f), order[i]);
		fifo_take(&f, &pool, order[i]);
	}
	fifo_end_receive(&f);
	uint32_t a3 = fifo_message(&pool, &f, 7);
	ck_assert_uint_eq(fifo_next(&f), MESSAGE_NONE);
	fifo_remove(&f, &pool, a1, true); /* deleted; a2 is still in flight */
	ck_assert_uint_eq(fifo_next(&f), MESSAGE_NONE);
	fifo_return(&f, &pool, a2);
	ck_assert_uint_eq(fifo_next(&f), a2);
	fifo_take(&f, &pool, a2);
	ck_assert_uint_eq(fifo_next(&f), a3);
	fifo_end_receive(&f);
	ck_assert_uint_eq(fifo_next(&f), MESSAGE_NONE);
	fifo_return(&f, &pool, b1);
	ck_assert_uint_eq(fifo_next(&f), b1);
	fifo_remove(&f, &pool, b1, false); /* too old: the group is gone */
	ck_assert_uint_eq(fifo_next(&f), MESSAGE_NONE);
	fifo_fini(&f);
	messages_fini(&pool);
}
END_TEST

/* 120,000 messages of one group whose first is in flight hide the other group, until one of them is deleted. */
START_TEST(a_long_backlog_of_one_group_hides_the_others)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	struct mapping_spec *m = begin(&s, 1, 100 * SIMTIME_SECOND);
	m->batch_size = 1;
	s.queues[0].fifo = true;
	s.functions[0].declared.duration = fixture_constant(10 * SIMTIME_SECOND);
	fixture_burst(&s, 0, 0, FIFO_SCAN);
	fixture_times(&s, 1, (double[]){0}, 1);
	fixture_send(&s, 0, 0, SIMTIME_MS);
	fixture_send(&s, 1, 0, SIMTIME_MS + 1);
	s.sources[1].keys = (struct keys_spec){.kind = KEY_UNIFORM, .count = 1000000}; /* not the number of no key */
	fixture_queue_run(&r, &s, 0);
	ck_assert_uint_ge(r.count, 3);
	ck_assert_uint_eq(r.records[0].key, r.records[1].key);
	ck_assert_uint_ne(r.records[0].key, r.records[2].key);
	ck_assert_int_eq(r.records[0].at, SIMTIME_MS);
	ck_assert_int_eq(r.records[1].at, 10 * SIMTIME_SECOND + SIMTIME_MS);
	ck_assert_int_eq(r.records[2].at, 10 * SIMTIME_SECOND + SIMTIME_MS);
	end(&r, &s);
}
END_TEST

/* --- limits -------------------------------------------------------------------------------------------------------------------------------- */

START_TEST(no_more_than_120000_are_in_flight)
{
	struct scenario s;
	struct fixture_queue_run r = {0};
	struct mapping_spec *m = begin(&s, 1, 100 * SIMTIME_SECOND);
	m->batch_size = 10000;
	m->window = 5 * SIMTIME_SECOND;
	s.queues[0].visibility = 1000 * SIMTIME_SECOND;
	s.functions[0].timeout_s = 900;
	s.functions[0].declared.duration = fixture_constant(50 * SIMTIME_SECOND);
	fixture_burst(&s, 0, 0, 130000);
	fixture_send(&s, 0, 0, SIMTIME_MS);
	fixture_queue_run(&r, &s, 0);
	ck_assert_double_eq(fixture_figure(&r, 0, "ApproximateNumberOfMessagesNotVisible", "max"), 120000);
	ck_assert_uint_eq(fixture_ended(&r, 0, END_DELIVERED) + fixture_queue_result(&r, 0)->held, 130000);
	ck_assert_uint_gt(fixture_ended(&r, 0, END_DELIVERED), 110000);
	end(&r, &s);
}
END_TEST

Suite *queue_suite(void)
{
	Suite *s = suite_create("queue");
	TCase *c = tcase_create("rules");
	tcase_add_test(c, a_failed_message_comes_back_when_its_visibility_timeout_ends);
	tcase_add_loop_test(c, a_run_as_long_as_the_visibility_timeout_is_in_time, 0, 2);
	tcase_add_loop_test(c, a_late_receipt_deletes_in_a_standard_queue_only, 0, 2);
	tcase_add_test(c, a_delay_is_exact);
	tcase_add_loop_test(c, a_queue_without_a_mapping_fills_until_messages_are_too_old, 0, 2);
	tcase_add_test(c, a_delayed_message_can_be_too_old);
	tcase_add_loop_test(c, a_message_in_flight_is_spared, 0, 2);
	tcase_add_loop_test(c, a_message_moves_at_the_receive_after_the_last_one, 0, 2);
	tcase_add_loop_test(c, retention_goes_on_after_a_redrive, 0, 4);
	tcase_add_test(c, a_redriven_message_can_be_too_old_at_once);
	tcase_add_test(c, a_dead_letter_queue_can_be_read);
	tcase_add_test(c, a_dead_letter_queue_outside_takes_it_too);
	tcase_add_test(c, poison_goes_to_the_back);
	tcase_add_test(c, requests_are_counted_in_64_kb);
	tcase_add_test(c, a_large_message_makes_more_requests);
	tcase_add_test(c, a_standard_queue_can_deliver_twice);
	tcase_add_test(c, the_share_of_duplicates_is_kept);
	tcase_add_test(c, identities_are_remembered_for_five_minutes);
	tcase_add_loop_test(c, recent_agrees_with_a_search, 0, 4);
	tcase_add_loop_test(c, a_fifo_queue_adds_an_event_once, 0, 2);
	tcase_add_test(c, a_receive_takes_as_much_of_a_group_as_it_can);
	tcase_add_test(c, a_long_backlog_of_one_group_hides_the_others);
	tcase_add_test(c, no_more_than_120000_are_in_flight);
	suite_add_tcase(s, c);
	return s;
}
