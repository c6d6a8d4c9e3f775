/* Partial batch responses: what an answer says about its batch. */
#include <check.h>
#include <string.h>

#include "models/handler/partial.h"
#include "models/source/envelope.h"

static uint32_t failed(enum source_kind kind, const char *answer)
{
	struct arena a = {0};
	size_t length;
	const char *event = envelope_batch(kind, NULL, envelope_samples("{\"a\":1}", 7, 4, &a), 4, &a, &length);
	uint32_t count = partial_failures(kind, event, length, 4, answer, strlen(answer));
	arena_fini(&a);
	return count;
}

static const enum source_kind kinds[] = {SOURCE_SQS, SOURCE_KINESIS, SOURCE_DYNAMODB};

START_TEST(answers_without_names)
{
	static const struct {
		const char *answer;
		uint32_t failed;
	} cases[] = {
		{"", 0},
		{"null", 0},
		{"{}", 0},
		{"{\"batchItemFailures\":[]}", 0},
		{"{\"batchItemFailures\":null}", 0},
		{"{\"statusCode\":200}", 0},
		{"\"ok\"", 0},
		{"[1]", 0},
		{"no JSON", 4},
		{"{\"batchItemFailures\":", 4},
		{"{\"batchItemFailures\":7}", 4},
		{"{\"batchItemFailures\":[\"x\"]}", 4},
		{"{\"batchItemFailures\":[null]}", 4},
		{"{\"batchItemFailures\":[{\"itemIdentifier\":\"\"}]}", 4},
		{"{\"batchItemFailures\":[{\"itemIdentifier\":null}]}", 4},
		{"{\"batchItemFailures\":[{\"itemIdentifier\":12}]}", 4},
		{"{\"batchItemFailures\":[{\"messageId\":\"x\"}]}", 4},
		{"{\"batchItemFailures\":[{\"itemIdentifier\":\"of nothing\"}]}", 4},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (size_t k = 0; k < 3; k++)
			ck_assert_msg(failed(kinds[k], cases[i].answer) == cases[i].failed, "%s", cases[i].answer);
		ck_assert_uint_eq(failed(SOURCE_SQS, cases[i].answer), cases[i].failed);
	}
	/* Nobody reads it elsewhere. */
	ck_assert_uint_eq(partial_failures(SOURCE_SNS, "{}", 2, 1, "no JSON", 7), 0);
	ck_assert_uint_eq(partial_failures(SOURCE_INVOKE_EVENT, "{}", 2, 1, "no JSON", 7), 0);
}
END_TEST

/* The identifier that the batch's record `i` has in the event. */
static const char *identifier(enum source_kind kind, int i, struct arena *a)
{
	static const char *const keys[] = {"\"messageId\":\"", "\"sequenceNumber\":\"", "\"SequenceNumber\":\""};
	size_t length;
	const char *at = envelope_batch(kind, NULL, envelope_samples("{\"a\":1}", 7, 4, a), 4, a, &length);
	const char *key = keys[kind == SOURCE_SQS ? 0 : kind == SOURCE_KINESIS ? 1 : 2];
	for (int k = 0; k <= i; k++) {
		at = strstr(at, key);
		ck_assert_ptr_nonnull(at);
		at += strlen(key);
	}
	return arena_string_n(a, at, strcspn(at, "\""));
}

static uint32_t failed_of(enum source_kind kind, int one, int other)
{
	struct arena a = {0};
	uint32_t count =
		failed(kind, arena_format(&a, "{\"batchItemFailures\":[{\"itemIdentifier\":\"%s\"},{\"itemIdentifier\":\"%s\"}]}",
	                                  identifier(kind, one, &a), identifier(kind, other, &a)));
	arena_fini(&a);
	return count;
}

/* Queues lose what is named; streams go on from the lowest. */
START_TEST(named_records)
{
	for (int one = 0; one < 4; one++)
		for (int other = 0; other < 4; other++) {
			int lowest = one < other ? one : other;
			ck_assert_uint_eq(failed_of(SOURCE_SQS, one, other), one == other ? 1 : 2);
			ck_assert_uint_eq(failed_of(SOURCE_KINESIS, one, other), 4 - lowest);
			ck_assert_uint_eq(failed_of(SOURCE_DYNAMODB, one, other), 4 - lowest);
		}
}
END_TEST

Suite *partial_suite(void)
{
	Suite *s = suite_create("partial");
	TCase *c = tcase_create("partial");
	tcase_add_test(c, answers_without_names);
	tcase_add_test(c, named_records);
	suite_add_tcase(s, c);
	return s;
}
