/* What a rule's target gets in the event's place: paths, templates, and what PutTargets refuses. */
#include <check.h>
#include <string.h>

#include "models/source/transform.h"
#include "sim/base/memory.h"

Suite *transform_suite(void);

/* The event of the guide's examples. */
static const char event[] =
	"{\"version\":\"0\",\"id\":\"7bf73129-1428-4cd3-a780-95db273d1602\",\"detail-type\":\"EC2 Instance State-change Notification\","
	"\"source\":\"aws.ec2\",\"account\":\"123456789012\",\"time\":\"2015-11-11T21:29:54Z\",\"region\":\"us-east-1\","
	"\"resources\":[\"arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111\"],"
	"\"detail\":{\"instance-id\":\"i-0123456789\",\"state\":\"RUNNING\",\"n\":5,\"nothing\":null,\"said\":\"a \\\"b\\\"\","
	"\"list\":[{\"id\":1},{\"id\":2},{\"no\":3}],\"a/b_c\":true}}";

static const struct transform_rule rule = {"us-east-2", NULL, "example"};

START_TEST(paths)
{
	static const struct {
		const char *path, *part;
	} rows[] = {
		{"$.detail.state", "\"RUNNING\""},
		{"$.detail.instance-id", "\"i-0123456789\""},
		{"$.detail.n", "5"},
		{"$.detail.nothing", "null"},
		{"$.detail.a/b_c", "true"},
		{"$.detail.list[0].id", "1"},
		{"$.detail.list[1]", "{\"id\":2}"},
		{"$.detail.list[*].id", "[1,2]"},
		{"$.detail.list[9]", "null"},
		{"$.detail.list.id", "null"},
		{"$.detail.state.more", "null"},
		{"$.resources", "[\"arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111\"]"},
		{"$.resources[*]", "[\"arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111\"]"},
		{"$.missing", "null"},
		{"$", event},
		{"detail", "null"},
		{"$.detail['state']", "null"},
		{"$..state", "null"},
		{"$.detail.list[99999999999999999999]", "null"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = {0};
		size_t length;
		const char *part = transform_path(event, sizeof event - 1, rows[i].path, &a, &length);
		ck_assert_str_eq(part, rows[i].part);
		ck_assert_uint_eq(length, strlen(rows[i].part));
		arena_fini(&a);
	}
}
END_TEST

START_TEST(valid_paths)
{
	static const char *const good[] = {"$", "$.a", "$.detail.instance-id", "$.a[0].b", "$.a[*]", "$.*", "$.a/b"};
	static const char *const bad[] = {"",      "a",        ".a",      "$a",   "$.",    "$.a[",
	                                  "$.a[]", "$.a['b']", "$.a[-1]", "$..a", "$.a b", "$.a[1"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ck_assert_msg(transform_path_valid(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!transform_path_valid(bad[i]), "%s", bad[i]);
}
END_TEST

static const struct input_variable variables[] = {
	{"timestamp", "$.time"},      {"instance", "$.detail.instance-id"}, {"state", "$.detail.state"},
	{"n", "$.detail.n"},          {"missing", "$.detail.missing"},      {"said", "$.detail.said"},
	{"list", "$.detail.list[0]"}, {"nothing", "$.detail.nothing"},
};

static struct input_transformer transformer(const char *template)
{
	return (struct input_transformer){variables, sizeof variables / sizeof *variables, template};
}

/* The guide's table of examples first, then what was recorded, then what the guide says in words. */
START_TEST(templates)
{
	static const struct {
		const char *template, *made;
	} rows[] = {
		{"\"instance <instance> is in <state>\"", "\"instance i-0123456789 is in RUNNING\""},
		{"\"instance \\\"<instance>\\\" is in <state>\"", "\"instance \\\"i-0123456789\\\" is in RUNNING\""},
		{"{\n  \"instance\" : <instance>,\n  \"state\": <state>\n}",
	         "{\"instance\":\"i-0123456789\",\"state\":\"RUNNING\"}"},
		{"{\n \"instance\" : <instance>,\n \"state\": \"<state>\",\n \"instanceStatus\": \"instance \\\"<instance>\\\" is in <state>\"\n}",
	         "{\"instance\":\"i-0123456789\",\"state\":\"RUNNING\",\"instanceStatus\":\"instance \\\"i-0123456789\\\" is in RUNNING\"}"},
		{"{\n  \"instance\" : <instance>,\n  \"state\": [ 9, <state>, true ],\n  \"Transformed\" : \"Yes\"\n}",
	         "{\"instance\":\"i-0123456789\",\"state\":[9,\"RUNNING\",true],\"Transformed\":\"Yes\"}"},
		{"{\"ruleArn\" : <aws.events.rule-arn>, \"ruleName\" : <aws.events.rule-name>}",
	         "{\"ruleArn\":\"arn:aws:events:us-east-2:123456789012:rule/example\",\"ruleName\":\"example\"}"},
		{"\"<aws.events.rule-name> triggered\"", "\"example triggered\""},
		{"\"detail <missing>\"", "\"detail \""},
		{"{\"command\": <missing>}", "{\"command\":\"\"}"},
		{"\"{[/Check <state>\"", "\"{[/Check RUNNING\""},
		{"{\"e\": <aws.events.event>}",
	         "{\"e\":{\"id\":\"7bf73129-1428-4cd3-a780-95db273d1602\",\"account\":\"123456789012\","
	         "\"detailType\":\"EC2 Instance State-change Notification\",\"time\":\"2015-11-11T21:29:54Z\",\"source\":\"aws.ec2\","
	         "\"region\":\"us-east-1\",\"resources\":[\"arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111\"],\"version\":\"0\"}}"},
		{"{\"t\": <aws.events.event.ingestion-time>}", "{\"t\":\"2015-11-11T21:29:54Z\"}"},
		{"{\"n\": <n>, \"text\": \"<n>\", \"nothing\": <nothing>}", "{\"n\":5,\"text\":\"5\",\"nothing\":null}"},
		{"{\"said\": <said>}", "{\"said\":\"a \\\"b\\\"\"}"},
		{"{\"said\": \"<said>\"}", "{\"said\":\"a \"b\"\"}"}, /* not escaped */
		{"\"<list>\"", "\"{\"id\":1}\""},
		{"\"one <n>\"\n\"two <state>\"", "\"one 5\"\n\"two RUNNING\""},
		{"{\"a b\" : \" c \"}", "{\"a b\":\" c \"}"},
		{"5", "5"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = {0};
		struct input_transformer t = transformer(rows[i].template);
		size_t length;
		ck_assert_msg(transform_refusal(&t, &a) == NULL, "%s: %s", rows[i].template, transform_refusal(&t, &a));
		const char *made = transform_input(&t, &rule, event, sizeof event - 1, &a, &length);
		ck_assert_str_eq(made, rows[i].made);
		arena_fini(&a);
	}
}
END_TEST

START_TEST(the_whole_event)
{
	struct arena a = {0};
	struct input_transformer t = transformer("{\"e\": <aws.events.event.json>}");
	size_t length;
	const char *made = transform_input(&t, &rule, event, sizeof event - 1, &a, &length);
	ck_assert_str_eq(made, arena_format(&a, "{\"e\":%s}", event));
	struct transform_rule other = {NULL, "shop", "orders"};
	ck_assert_str_eq(transform_rule_arn(&other, &a), "arn:aws:events:us-east-1:123456789012:rule/shop/orders");
	arena_fini(&a);
}
END_TEST

START_TEST(refusals)
{
	static const struct {
		const char *template, *why;
	} rows[] = {
		{"\"<unknown>\"", "InputTemplate contains the variable <unknown>, which InputPathsMap does not define"},
		{"<instance> is in <state>", "InputTemplate is no JSON"},
		{"{<instance>: 1}", "InputTemplate is no JSON"},
		{"{\"a\": <instance>", "InputTemplate is no JSON"},
		{"", "InputTemplate has 0 bytes"},
		{" ", "InputTemplate is no JSON"},
		{"\"a", "InputTemplate is no JSON"},
	};
	struct arena a = {0};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct input_transformer t = transformer(rows[i].template);
		const char *why = transform_refusal(&t, &a);
		ck_assert_msg(why && strncmp(why, rows[i].why, strlen(rows[i].why)) == 0, "%s: %s", rows[i].template, why);
	}
	char *long_text = arena_alloc(&a, TRANSFORM_TEMPLATE_MOST + 2);
	memset(long_text, '1', TRANSFORM_TEMPLATE_MOST + 1);
	long_text[0] = long_text[TRANSFORM_TEMPLATE_MOST] = '"';
	struct input_transformer t = transformer(long_text);
	ck_assert_ptr_nonnull(transform_refusal(&t, &a));
	long_text[TRANSFORM_TEMPLATE_MOST - 1] = '"';
	long_text[TRANSFORM_TEMPLATE_MOST] = '\0';
	ck_assert_ptr_null(transform_refusal(&t, &a));
	static const struct input_variable reserved = {"awsThing", "$.a"}, spaced = {"a b", "$.a"};
	ck_assert_ptr_nonnull(transform_refusal(&(struct input_transformer){&reserved, 1, "1"}, &a));
	ck_assert_ptr_nonnull(transform_refusal(&(struct input_transformer){&spaced, 1, "1"}, &a));
	struct input_variable *many = ARENA_ARRAY(&a, TRANSFORM_VARIABLES_MOST + 1, struct input_variable);
	for (int i = 0; i <= TRANSFORM_VARIABLES_MOST; i++)
		many[i] = (struct input_variable){arena_format(&a, "v%d", i), "$.a"};
	ck_assert_ptr_nonnull(transform_refusal(&(struct input_transformer){many, TRANSFORM_VARIABLES_MOST + 1, "1"}, &a));
	ck_assert_ptr_null(transform_refusal(&(struct input_transformer){many, TRANSFORM_VARIABLES_MOST, "1"}, &a));
	arena_fini(&a);
}
END_TEST

Suite *transform_suite(void)
{
	Suite *s = suite_create("transform");
	TCase *tc = tcase_create("inputs");
	tcase_add_test(tc, paths);
	tcase_add_test(tc, valid_paths);
	tcase_add_test(tc, templates);
	tcase_add_test(tc, the_whole_event);
	tcase_add_test(tc, refusals);
	suite_add_tcase(s, tc);
	return s;
}
