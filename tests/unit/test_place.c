/* The places of a scenario as events name them. */
#include <check.h>
#include <string.h>

#include "models/source/place.h"

Suite *place_suite(void);

static struct function_spec functions[] = {{.name = "Worker", .function_name = "stack-worker"}};
static struct queue_spec queues[] = {{.name = "Orders", .fifo = true}, {.name = "Jobs"}};
static struct stream_spec streams[] = {{.name = "Clicks", .kind = STREAM_KINESIS},
                                       {.name = "Things", .kind = STREAM_DYNAMODB, .view = "NEW_IMAGE", .hash_key = "k"}};
static struct topic_spec topics[] = {{.name = "news.fifo", .fifo = true}};
static struct bucket_spec buckets[] = {{.name = "Images"}};
static const struct scenario scenario = {.region = "eu-west-1",
                                         .functions = functions,
                                         .function_count = 1,
                                         .queues = queues,
                                         .queue_count = 2,
                                         .streams = streams,
                                         .stream_count = 2,
                                         .topics = topics,
                                         .topic_count = 1,
                                         .buckets = buckets,
                                         .bucket_count = 1};

START_TEST(mappings)
{
	struct arena a = {0};
	struct envelope_place p;
	enum source_kind kind;
	struct mapping_spec m = {.name = "Worker.In", .source = {TARGET_QUEUE, 0, "Orders"}};
	place_of_mapping(&scenario, &m, &a, &p, &kind);
	ck_assert_int_eq(kind, SOURCE_SQS);
	ck_assert_str_eq(p.name, "Orders.fifo");
	ck_assert_str_eq(p.function, "stack-worker");
	ck_assert_str_eq(p.region, "eu-west-1");
	ck_assert(p.fifo && !p.window_or_filter);
	m.source.index = 1;
	m.window = SIMTIME_SECOND;
	place_of_mapping(&scenario, &m, &a, &p, &kind);
	ck_assert_str_eq(p.name, "Jobs");
	ck_assert(!p.fifo && p.window_or_filter);
	m.source = (struct target){TARGET_STREAM, 0, "Clicks"};
	m.enhanced_fan_out = true;
	place_of_mapping(&scenario, &m, &a, &p, &kind);
	ck_assert_int_eq(kind, SOURCE_KINESIS);
	ck_assert_str_eq(p.consumer, "Worker.In");
	m.source.index = 1;
	place_of_mapping(&scenario, &m, &a, &p, &kind);
	ck_assert_int_eq(kind, SOURCE_DYNAMODB);
	ck_assert_str_eq(p.view, "NEW_IMAGE");
	ck_assert_str_eq(p.hash_key, "k");
	arena_fini(&a);
}
END_TEST

START_TEST(pushed)
{
	struct arena a = {0};
	struct envelope_place p;
	place_of_topic(&scenario, 0, (struct target){TARGET_FUNCTION, 0, "Worker"}, &a, &p);
	ck_assert_str_eq(p.name, "news.fifo");
	ck_assert_str_eq(p.function, "stack-worker");
	ck_assert(p.fifo);
	const struct notification_spec n = {.event = "s3:ObjectCreated:*", .suffix = ".jpg", .target = {TARGET_QUEUE, 1, "Jobs"}};
	place_of_bucket(&scenario, 0, &n, &p);
	ck_assert_str_eq(p.name, "Images");
	ck_assert_str_eq(p.function, "Jobs");
	ck_assert_str_eq(p.suffix, ".jpg");
	ck_assert_ptr_null(p.prefix);
	place_of_bucket(&scenario, 0, NULL, &p);
	ck_assert_ptr_null(p.event);
	arena_fini(&a);
}
END_TEST

Suite *place_suite(void)
{
	Suite *suite = suite_create("place");
	TCase *tcase = tcase_create("place");
	tcase_add_test(tcase, mappings);
	tcase_add_test(tcase, pushed);
	suite_add_tcase(suite, tcase);
	return suite;
}
