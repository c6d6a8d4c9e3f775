/* What stations used that other services bill. */
#include <check.h>
#include <string.h>

#include "scenarios/study/stationuse.h"
#include "tests/unit/fixture_queue.h"
#include "tests/unit/fixture_stream.h"

Suite *stationuse_suite(void);

/* The quantity of an item; -1 where there is no such line. */
static double quantity(const struct service_use *uses, size_t count, enum service_item item)
{
	for (size_t i = 0; i < count; i++)
		if (uses[i].item == item)
			return uses[i].quantity;
	return -1;
}

/* Records of 60 KB are three units of 25 KB each; the mapping reads with enhanced fan-out. */
START_TEST(a_provisioned_stream)
{
	struct arena a = {0};
	size_t count;
	struct fixture_stream *f = fixture_stream_new(SIMTIME_MINUTE);
	fixture_stream_bytes(f, 60 * 1024);
	f->stream->shards = 3;
	f->stream->retention = 2 * SIMTIME_DAY;
	fixture_stream_run(f);
	double records = fixture_stream_figure(f, "IncomingRecords", "");
	ck_assert_double_gt(records, 0);
	const struct service_use *u = stationuse_list(f->plan, f->result, 10, &count, &a);
	ck_assert_uint_eq(count, 5);
	ck_assert_double_eq_tol(quantity(u, count, SERVICE_SHARD_HOURS), 10 * 3 / 60.0, 1e-12);
	ck_assert_double_eq_tol(quantity(u, count, SERVICE_RETENTION), 10 * 3 / 60.0, 1e-12);
	ck_assert_double_eq_tol(quantity(u, count, SERVICE_FAN_OUT_HOURS), 10 * 3 / 60.0, 1e-12);
	ck_assert_double_eq_tol(quantity(u, count, SERVICE_PUT_UNITS), 10 * 3 * records, 1e-6);
	ck_assert_double_eq_tol(quantity(u, count, SERVICE_FAN_OUT_GB), 10 * records * 60 / (1024 * 1024), 1e-9);
	size_t names;
	const struct service_use *n = stationuse_list(f->plan, NULL, 10, &names, &a);
	ck_assert_uint_eq(names, count);
	for (size_t i = 0; i < names; i++) {
		ck_assert_int_eq(n[i].item, u[i].item);
		ck_assert_double_eq(n[i].quantity, 0);
	}
	fixture_stream_free(f);
	arena_fini(&a);
}
END_TEST

START_TEST(an_on_demand_stream)
{
	struct arena a = {0};
	size_t count;
	struct fixture_stream *f = fixture_stream_new(SIMTIME_MINUTE);
	fixture_stream_bytes(f, 1500); /* rounded up to 2 KB each, but for what is read */
	f->stream->on_demand = true;
	f->mapping->enhanced_fan_out = false;
	fixture_stream_run(f);
	double gb = fixture_stream_figure(f, "IncomingBytes", "") / (1024.0 * 1024 * 1024);
	const struct service_use *u = stationuse_list(f->plan, f->result, 1, &count, &a);
	ck_assert_uint_eq(count, 3);
	ck_assert_double_eq_tol(quantity(u, count, SERVICE_STREAM_HOURS), 1 / 60.0, 1e-12);
	double records = fixture_stream_figure(f, "IncomingRecords", "");
	ck_assert_double_eq_tol(quantity(u, count, SERVICE_GB_IN), 2 * records / (1024 * 1024), 1e-15);
	ck_assert_double_eq_tol(quantity(u, count, SERVICE_GB_OUT), gb, 1e-15);
	fixture_stream_free(f);
	arena_fini(&a);
}
END_TEST

/* A queue's requests are its own figure; pollers that are provisioned cost by the hour. */
START_TEST(a_queue)
{
	struct arena a = {0};
	struct scenario s;
	struct fixture_queue_run r = {0};
	size_t count;
	fixture_scenario(&s, 1, 1);
	fixture_queues(&s, 1);
	fixture_send(&s, 0, 0, SIMTIME_MS);
	struct mapping_spec *m = fixture_mapping(&s, 0, 0);
	m->min_pollers = 2;
	m->max_pollers = 2;
	s.duration = SIMTIME_MINUTE;
	fixture_queue_run(&r, &s, 0);
	const struct service_use *u = stationuse_list(r.plan, r.result, 2, &count, &a);
	ck_assert_uint_eq(count, 2);
	ck_assert_double_eq(quantity(u, count, SERVICE_SQS), 2 * fixture_figure(&r, 0, "Requests", ""));
	ck_assert_double_gt(quantity(u, count, SERVICE_SQS), 0);
	ck_assert_double_eq_tol(quantity(u, count, SERVICE_POLLERS), 2 * 2 / 60.0, 1e-9);
	fixture_queue_run_fini(&r);
	fixture_scenario_fini(&s);
	arena_fini(&a);
}
END_TEST

Suite *stationuse_suite(void)
{
	Suite *s = suite_create("stationuse");
	TCase *c = tcase_create("stationuse");
	tcase_add_test(c, a_provisioned_stream);
	tcase_add_test(c, an_on_demand_stream);
	tcase_add_test(c, a_queue);
	suite_add_tcase(s, c);
	return s;
}
