/* What SNS and EventBridge do when a target refuses: when they try again, when they give up, and where the event goes then. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "models/flow.h"
#include "models/source/delivery.h"
#include "tests/unit/fixture_scenario.h"

Suite *delivery_suite(void);

/* --- pauses ------------------------------------------------------------------------------------------------------------------------------ */

/* Amazon SNS Developer Guide, "Amazon SNS message delivery retries": 100,015 attempts over 23 days. */
START_TEST(sns_phases)
{
	simtime sum = 0, backoff = 0;
	int at_once = 1, second = 0, twenty = 0;
	for (uint32_t i = 1; i < DELIVERY_SNS_ATTEMPTS; i++) {
		simtime pause = delivery_pause_sns(i);
		sum += pause;
		at_once += pause == 0;
		second += pause == SIMTIME_SECOND;
		twenty += pause == 20 * SIMTIME_SECOND;
		backoff += i >= 5 && i < 15 ? pause : 0;
	}
	ck_assert_int_eq(at_once, 3);
	ck_assert_int_eq(second, 2 + 1);      /* two before the back-off, which begins with one */
	ck_assert_int_eq(twenty, 100000 + 1); /* the last of the back-off, and those after it */
	ck_assert_int_eq(sum / SIMTIME_DAY, 23);
	ck_assert_int_eq(delivery_pause_sns(5), SIMTIME_SECOND);
	ck_assert_int_eq(delivery_pause_sns(14), 20 * SIMTIME_SECOND);
	for (uint32_t i = 5; i < 14; i++)
		ck_assert_int_lt(delivery_pause_sns(i), delivery_pause_sns(i + 1));
	ck_assert_int_gt(backoff, 60 * SIMTIME_SECOND);
}
END_TEST

/* 185 retries within 24 hours. */
START_TEST(events_pauses)
{
	simtime sum = 0;
	for (uint32_t i = 1; i <= 185; i++)
		sum += delivery_pause_events(i);
	ck_assert_int_eq(delivery_pause_events(1), SIMTIME_SECOND);
	ck_assert_int_eq(delivery_pause_events(2), 2 * SIMTIME_SECOND);
	ck_assert_int_eq(delivery_pause_events(9), 256 * SIMTIME_SECOND);
	ck_assert_int_eq(delivery_pause_events(10), 480 * SIMTIME_SECOND);
	ck_assert_int_eq(delivery_pause_events(185), 480 * SIMTIME_SECOND);
	ck_assert_int_eq(sum, 84991 * SIMTIME_SECOND);
}
END_TEST

START_TEST(jitter)
{
	struct delivery_spec spec = {.jitter = 0.1};
	ck_assert_int_eq(delivery_jitter(1000000, &spec, 0) / 10, 90000);
	ck_assert_int_eq(delivery_jitter(1000000, &spec, UINT64_MAX) / 10, 109999);
	spec.jitter = 0;
	ck_assert_int_eq(delivery_jitter(1000000, &spec, 12345), 1000000);
	spec.jitter = 1;
	ck_assert_int_ge(delivery_jitter(1000000, &spec, 0), 0);
}
END_TEST

/* --- a topic and a bus ------------------------------------------------------------------------------------------------------------------- */

enum { QUEUE_TO, QUEUE_DEAD };

/* Source 0 sends to a topic or a bus, which sends to a queue, with another one for dead letters. */
static void world(struct scenario *s, enum target_kind kind, double failure_rate)
{
	fixture_scenario(s, 1, 1);
	s->duration = 2 * SIMTIME_DAY;
	s->queues = ARENA_ARRAY(&s->arena, 2, struct queue_spec);
	s->queue_count = 2;
	for (size_t i = 0; i < 2; i++)
		s->queues[i] = (struct queue_spec){.name = i ? "Dead" : "To",
		                                   .visibility = 30 * SIMTIME_SECOND,
		                                   .retention = 14 * SIMTIME_DAY};
	struct target to = {TARGET_QUEUE, QUEUE_TO, "To"};
	if (kind == TARGET_TOPIC) {
		struct subscription_spec *x = ARENA_NEW(&s->arena, struct subscription_spec);
		x->target = to;
		s->topics = ARENA_NEW(&s->arena, struct topic_spec);
		s->topic_count = 1;
		s->topics[0] = (struct topic_spec){.name = "T", .subscriptions = x, .subscription_count = 1};
		s->topics[0].delivery.failure_rate = failure_rate;
	} else {
		struct rule_target_spec *t = ARENA_NEW(&s->arena, struct rule_target_spec);
		struct rule_spec *r = ARENA_NEW(&s->arena, struct rule_spec);
		*t = (struct rule_target_spec){.target = to, .max_age = SIMTIME_DAY, .max_retries = 185};
		*r = (struct rule_spec){.name = "R", .targets = t, .target_count = 1};
		s->buses = ARENA_NEW(&s->arena, struct bus_spec);
		s->bus_count = 1;
		s->buses[0] = (struct bus_spec){.name = "default", .rules = r, .rule_count = 1};
		s->buses[0].delivery.failure_rate = failure_rate;
	}
	s->sources[0].kind = kind == TARGET_TOPIC ? SOURCE_SNS : SOURCE_EVENT_BRIDGE;
	s->sources[0].target = (struct target){kind, 0, "T"};
	s->sources[0].function = SOURCE_NO_FUNCTION;
	fixture_times(s, 0, (double[]){0}, 1);
}

static struct rule_target_spec *rule_target(struct scenario *s)
{
	return (struct rule_target_spec *)s->buses[0].rules[0].targets;
}

static const struct target dead = {TARGET_QUEUE, QUEUE_DEAD, "Dead"};

/* The station that fans out: behind the function and the queues. */
enum { FANOUT = 1 + 2 };

static double figure(const struct fixture_run *r, const char *name)
{
	const struct station_ops *ops = r->plan->flow.stations[FANOUT].ops;
	for (size_t i = 0; i < ops->figure_count; i++)
		if (strcmp(ops->figures[i].name, name) == 0 && strcmp(ops->figures[i].statistic, "mean") != 0)
			return r->result->stations[FANOUT].figures[i];
	ck_abort_msg("no figure %s", name);
	return NAN;
}

static uint64_t ended(const struct fixture_run *r, enum station_end how)
{
	return r->result->stations[FANOUT].counts.ended[how];
}

static uint64_t came(const struct fixture_run *r, size_t queue)
{
	return r->result->stations[1 + queue].counts.received;
}

START_TEST(what_is_taken_is_delivered_at_once)
{
	struct scenario s;
	world(&s, _i ? TARGET_BUS : TARGET_TOPIC, 0);
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(ended(&r, END_DELIVERED), 1);
	ck_assert_uint_eq(came(&r, QUEUE_TO), 1);
	ck_assert_double_eq(figure(&r, _i ? "InvocationAttempts" : "DeliveryAttempts"), 1);
	ck_assert_double_eq(figure(&r, "DeliveriesWaiting"), 0);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* After two days attempts follow each other every 20 s. */
START_TEST(a_topic_tries_for_weeks)
{
	struct scenario s;
	world(&s, TARGET_TOPIC, 1);
	struct fixture_run r = fixture_run(&s, 0, 0);
	simtime at = 0;
	double attempts = 1;
	for (uint32_t i = 1; (at += delivery_pause_sns(i)) <= s.duration; i++)
		attempts++;
	ck_assert_double_eq(figure(&r, "DeliveryAttempts"), attempts);
	ck_assert_double_eq(figure(&r, "DeliveryRetries"), attempts - 1);
	ck_assert_uint_eq(r.result->stations[FANOUT].held, 1);
	ck_assert_double_eq(figure(&r, "NumberOfNotificationsFailed"), 0);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(a_rule_gives_up_after_its_retries)
{
	struct scenario s;
	world(&s, TARGET_BUS, 1);
	rule_target(&s)->max_retries = 4;
	if (_i)
		rule_target(&s)->dead_letter = dead;
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_double_eq(figure(&r, "InvocationAttempts"), 5);
	ck_assert_double_eq(figure(&r, "RetryInvocationAttempts"), 4);
	ck_assert_double_eq(figure(&r, "FailedInvocations"), 1);
	ck_assert_double_eq(figure(&r, "Invocations"), 1);
	ck_assert_double_eq(figure(&r, "InvocationsSentToDlq"), _i);
	ck_assert_uint_eq(ended(&r, _i ? END_DEAD_LETTERED : END_DROPPED), 1);
	ck_assert_uint_eq(came(&r, QUEUE_TO), 0);
	ck_assert_uint_eq(came(&r, QUEUE_DEAD), (uint64_t)_i);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* Attempts at 0, 1, 3, 7, 15, 31 and 63 s; the next one would come at 127 s. */
START_TEST(a_rule_gives_up_what_is_too_old)
{
	struct scenario s;
	world(&s, TARGET_BUS, 1);
	rule_target(&s)->max_age = 100 * SIMTIME_SECOND;
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_double_eq(figure(&r, "InvocationAttempts"), 7);
	ck_assert_uint_eq(ended(&r, END_EXPIRED), 1);
	fixture_run_fini(&r);
	s.duration = 99 * SIMTIME_SECOND; /* and not before */
	r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(r.result->stations[FANOUT].held, 1);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* Attempts are geometric: 1 / (1 - p) each, and nothing is lost. */
START_TEST(most_come_in_the_end)
{
	enum { EVENTS = 4000 };
	struct scenario s;
	world(&s, _i ? TARGET_BUS : TARGET_TOPIC, 0.5);
	s.sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_CONSTANT, .rate_per_s = 1};
	s.duration = EVENTS * SIMTIME_SECOND;
	struct fixture_run r = fixture_run(&s, 0, 0);
	double received = (double)r.result->stations[FANOUT].counts.received;
	double attempts = figure(&r, _i ? "InvocationAttempts" : "DeliveryAttempts") / received;
	ck_assert_double_ge(received, EVENTS - 10);
	ck_assert_double_eq_tol(attempts, 2, 0.1);
	ck_assert_uint_eq(ended(&r, END_DELIVERED) + r.result->stations[FANOUT].held, (uint64_t)received);
	ck_assert_uint_gt(ended(&r, END_DELIVERED), EVENTS - 100);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* One copy is given up, the other delivered: the worst counts, and the event ends once. */
START_TEST(the_worst_copy_decides)
{
	struct scenario s;
	world(&s, TARGET_TOPIC, 0);
	struct subscription_spec *x = ARENA_ARRAY(&s.arena, 2, struct subscription_spec);
	x[0].target = (struct target){TARGET_QUEUE, QUEUE_TO, "To"};
	x[1].target = dead;
	s.topics[0].subscriptions = x;
	s.topics[0].subscription_count = 2;
	s.queues[QUEUE_TO].message_most = 1; /* takes nothing */
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(ended(&r, END_DROPPED), 1);
	ck_assert_uint_eq(ended(&r, END_DELIVERED), 0);
	ck_assert_uint_eq(came(&r, QUEUE_DEAD), 1);
	ck_assert_double_eq(figure(&r, "NumberOfNotificationsDelivered"), 1);
	ck_assert_double_eq(figure(&r, "NumberOfNotificationsFailed"), 1);
	ck_assert_double_eq(figure(&r, "DeliveryAttempts"), 2); /* a client's error is not repeated */
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(a_dead_letter_queue_may_refuse_too)
{
	struct scenario s;
	world(&s, _i ? TARGET_BUS : TARGET_TOPIC, 0);
	if (_i)
		rule_target(&s)->dead_letter = dead;
	else
		((struct subscription_spec *)s.topics[0].subscriptions)->dead_letter = dead;
	s.queues[QUEUE_TO].message_most = s.queues[QUEUE_DEAD].message_most = 1;
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(ended(&r, END_DROPPED), 1);
	ck_assert_double_eq(figure(&r, _i ? "InvocationsFailedToBeSentToDlq" : "NumberOfNotificationsFailedToRedriveToDlq"), 1);
	ck_assert_double_eq(figure(&r, _i ? "InvocationsSentToDlq" : "NumberOfNotificationsRedrivenToDlq"), 0);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- Lambda's own deliveries --------------------------------------------------------------------------------------------------------------- */

static double of_function(const struct fixture_run *r, const char *name)
{
	const struct station_ops *ops = r->plan->flow.stations[0].ops;
	for (size_t i = 0; i < ops->figure_count; i++)
		if (strcmp(ops->figures[i].name, name) == 0)
			return r->result->stations[0].figures[i];
	ck_abort_msg("no figure %s", name);
	return NAN;
}

/* Function 0 gets one event and always fails, or never. */
static void failing(struct scenario *s, double error_rate)
{
	world(s, TARGET_TOPIC, 0);
	s->functions[0].declared.error_rate = error_rate;
	s->functions[0].async = (struct async_spec){.max_age = SIMTIME_HOUR};
	s->sources[0].kind = SOURCE_INVOKE_EVENT;
	s->sources[0].target = (struct target){TARGET_FUNCTION, 0, "F0"};
	s->sources[0].function = 0;
}

START_TEST(destinations_that_fail)
{
	struct scenario s;
	failing(&s, 1);
	s.functions[0].async.on_failure = (struct target){TARGET_QUEUE, QUEUE_TO, "To"};
	s.functions[0].async.dead_letter = dead;
	s.functions[0].async.destination_failure_rate = 1;
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_double_eq(of_function(&r, "DestinationDeliveryFailures"), 1);
	ck_assert_double_eq(of_function(&r, "DeadLetterErrors"), 1);
	ck_assert_uint_eq(r.result->stations[0].counts.ended[END_DROPPED], 1);
	ck_assert_uint_eq(came(&r, QUEUE_TO) + came(&r, QUEUE_DEAD), 0);
	fixture_run_fini(&r);
	s.functions[0].async.destination_failure_rate = 0;
	s.queues[QUEUE_TO].message_most = 64; /* the record is larger, the event is not */
	r = fixture_run(&s, 0, 0);
	ck_assert_double_eq(of_function(&r, "DestinationDeliveryFailures"), 1);
	ck_assert_double_eq(of_function(&r, "DeadLetterErrors"), 0);
	ck_assert_uint_eq(r.result->stations[0].counts.ended[END_DEAD_LETTERED], 1);
	ck_assert_uint_eq(came(&r, QUEUE_DEAD), 1);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(a_success_stays_one)
{
	struct scenario s;
	failing(&s, 0);
	s.functions[0].async.on_success = (struct target){TARGET_QUEUE, QUEUE_TO, "To"};
	s.functions[0].async.destination_failure_rate = 1;
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_double_eq(of_function(&r, "DestinationDeliveryFailures"), 1);
	ck_assert_uint_eq(r.result->stations[0].counts.ended[END_DELIVERED], 1);
	ck_assert_uint_eq(came(&r, QUEUE_TO), 0);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

Suite *delivery_suite(void)
{
	Suite *s = suite_create("delivery");
	TCase *pauses = tcase_create("pauses"), *fanout = tcase_create("fanout"), *lambda = tcase_create("lambda");
	tcase_add_test(pauses, sns_phases);
	tcase_add_test(pauses, events_pauses);
	tcase_add_test(pauses, jitter);
	suite_add_tcase(s, pauses);
	tcase_add_loop_test(fanout, what_is_taken_is_delivered_at_once, 0, 2);
	tcase_add_test(fanout, a_topic_tries_for_weeks);
	tcase_add_loop_test(fanout, a_rule_gives_up_after_its_retries, 0, 2);
	tcase_add_test(fanout, a_rule_gives_up_what_is_too_old);
	tcase_add_loop_test(fanout, most_come_in_the_end, 0, 2);
	tcase_add_test(fanout, the_worst_copy_decides);
	tcase_add_loop_test(fanout, a_dead_letter_queue_may_refuse_too, 0, 2);
	suite_add_tcase(s, fanout);
	tcase_add_test(lambda, destinations_that_fail);
	tcase_add_test(lambda, a_success_stays_one);
	suite_add_tcase(s, lambda);
	return s;
}
