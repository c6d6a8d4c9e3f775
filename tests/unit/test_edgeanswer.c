/* What CloudFront takes from a Lambda@Edge function, and what it answers 502 to. */
#include <check.h>
#include <string.h>

#include "models/handler/edgeanswer.h"
#include "models/handler/proxy.h"
#include "models/source/envelope.h"
#include "sim/base/memory.h"

/* The event of a type, as weir makes it. */
static const char *event_of(enum envelope_edge edge, struct arena *a)
{
	const struct envelope_place place = {.edge = edge};
	size_t length;
	return envelope_batch(SOURCE_EDGE, &place, envelope_samples(NULL, 0, 1, a), 1, a, &length);
}

static int status(enum envelope_edge edge, const char *answer)
{
	struct arena a = {0};
	const char *event = event_of(edge, &a);
	int found = edge_answer_status(event, strlen(event), answer, strlen(answer));
	arena_fini(&a);
	return found;
}

START_TEST(no_answers)
{
	static const char *const answers[] = {"\"hi\"",          "null", "[]", "5", "{}", "", "no JSON", "{\"statusCode\":200}",
	                                      "{\"headers\":{}}"};
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		for (int edge = EDGE_VIEWER_REQUEST; edge <= EDGE_VIEWER_RESPONSE; edge++)
			ck_assert_int_eq(status((enum envelope_edge)edge, answers[i]), -1);
}
END_TEST

/* The request or response of the event itself, as most functions return it. */
START_TEST(events_go_on)
{
	struct arena a = {0};
	for (int edge = EDGE_VIEWER_REQUEST; edge <= EDGE_VIEWER_RESPONSE; edge++) {
		const char *event = event_of((enum envelope_edge)edge, &a);
		bool response = edge >= EDGE_ORIGIN_RESPONSE;
		const char *part = strstr(event, response ? "\"response\":" : "\"request\":") +
		                   strlen(response ? "\"response\":" : "\"request\":");
		/* The part ends where the record does: "}}]}" closes cf, record, list and event. */
		const char *answer = arena_string_n(&a, part, strlen(part) - strlen("}}]}"));
		ck_assert_int_eq(edge_answer_status(event, strlen(event), answer, strlen(answer)), response ? 200 : 0);
		if (response) /* the request is no answer to it */
			ck_assert_int_eq(status((enum envelope_edge)edge, "{\"uri\":\"/\",\"headers\":{}}"), -1);
	}
	arena_fini(&a);
}
END_TEST

#define HOST "\"host\":[{\"key\":\"Host\",\"value\":\"d111111abcdef8.cloudfront.net\"}]"

START_TEST(requests)
{
	static const struct {
		const char *answer;
		int status;
	} cases[] = {
		{"{\"uri\":\"/x\",\"headers\":{" HOST "}}", 0},
		{"{\"uri\":\"x\",\"headers\":{" HOST "}}", -1},
		{"{\"uri\":\"/x\",\"headers\":{" HOST ",\"x-own\":[{\"value\":\"1\"}]}}", 0},
		{"{\"uri\":\"/x\",\"headers\":{" HOST ",\"x-own\":[{\"value\":1}]}}", -1},
		{"{\"uri\":\"/x\",\"headers\":{" HOST ",\"x-own\":\"1\"}}", -1},
		{"{\"uri\":\"/x\",\"headers\":{" HOST ",\"x-own\":[{\"key\":\"Other\",\"value\":\"1\"}]}}", -1},
		{"{\"uri\":\"/x\",\"headers\":{" HOST ",\"x-edge-a\":[{\"value\":\"1\"}]}}", -1},
		{"{\"uri\":\"/x\",\"headers\":{" HOST ",\"connection\":[{\"value\":\"close\"}]}}", -1},
		{"{\"uri\":\"/x\",\"headers\":{\"host\":[{\"value\":\"other\"}]}}", -1},
		{"{\"uri\":\"/x\",\"headers\":{}}", -1},
		{"{\"uri\":\"/x\",\"querystring\":5,\"headers\":{" HOST "}}", -1},
		{"{\"uri\":\"/x\",\"headers\":{" HOST "},\"body\":{\"action\":\"replace\",\"data\":\"!\",\"encoding\":\"base64\"}}",
	         -1},
		{"{\"uri\":\"/x\",\"headers\":{" HOST
	         "},\"body\":{\"action\":\"replace\",\"data\":\"aGk=\",\"encoding\":\"base64\"}}",
	         0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg(status(EDGE_VIEWER_REQUEST, cases[i].answer) == cases[i].status, "%s", cases[i].answer);
}
END_TEST

START_TEST(responses)
{
	static const struct {
		enum envelope_edge edge;
		const char *answer;
		int status;
	} cases[] = {
		{EDGE_VIEWER_REQUEST, "{\"status\":\"302\",\"headers\":{\"location\":[{\"key\":\"Location\",\"value\":\"/\"}]}}",
	         302},
		{EDGE_VIEWER_REQUEST, "{\"status\":403}", 403},
		{EDGE_VIEWER_REQUEST, "{\"status\":\"199\"}", -1},
		{EDGE_VIEWER_REQUEST, "{\"status\":\"600\"}", -1},
		{EDGE_VIEWER_REQUEST, "{\"status\":\"abc\"}", -1},
		{EDGE_VIEWER_REQUEST, "{\"status\":\"204\",\"body\":\"x\"}", -1},
		{EDGE_VIEWER_REQUEST, "{\"status\":\"204\"}", 204},
		{EDGE_VIEWER_REQUEST, "{\"status\":\"200\",\"body\":{}}", -1},
		{EDGE_VIEWER_REQUEST, "{\"status\":\"200\",\"body\":\"aGk\",\"bodyEncoding\":\"base64\"}", -1},
		{EDGE_VIEWER_REQUEST, "{\"status\":\"200\",\"body\":\"aGk=\",\"bodyEncoding\":\"base64\"}", 200},
		{EDGE_ORIGIN_REQUEST, "{\"status\":\"200\",\"headers\":{\"content-length\":[{\"value\":\"2\"}]},\"body\":\"hi\"}",
	         -1},
		{EDGE_ORIGIN_RESPONSE, "{\"status\":\"500\"}", 500},
		{EDGE_VIEWER_RESPONSE, "{\"status\":\"500\"}", -1},
		{EDGE_VIEWER_RESPONSE, "{\"status\":\"200\",\"headers\":{\"warning\":[{\"value\":\"x\"}]}}", -1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg(status(cases[i].edge, cases[i].answer) == cases[i].status, "%s", cases[i].answer);
}
END_TEST

START_TEST(sizes)
{
	enum { VIEWER = 40 * 1024, ORIGIN = 1024 * 1024 };
	static const struct {
		enum envelope_edge edge;
		int length, status;
	} cases[] = {{EDGE_VIEWER_REQUEST, VIEWER, 200},
	             {EDGE_VIEWER_REQUEST, VIEWER + 1, -1},
	             {EDGE_ORIGIN_REQUEST, VIEWER + 1, 200},
	             {EDGE_ORIGIN_REQUEST, ORIGIN, 200},
	             {EDGE_ORIGIN_REQUEST, ORIGIN + 1, -1}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *answer = memory_format("{\"status\":\"200\",\"body\":\"%0*d\"}", cases[i].length, 0);
		ck_assert_int_eq(status(cases[i].edge, answer), cases[i].status);
		memory_free(answer);
	}
	char *uri = memory_format("{\"uri\":\"/%0*d\",\"headers\":{" HOST "}}", 8191, 0);
	ck_assert_int_eq(status(EDGE_VIEWER_REQUEST, uri), 0);
	memory_free(uri);
	uri = memory_format("{\"uri\":\"/%0*d\",\"headers\":{" HOST "}}", 8192, 0);
	ck_assert_int_eq(status(EDGE_VIEWER_REQUEST, uri), -1);
	memory_free(uri);
}
END_TEST

/* Elastic Load Balancing, "Lambda functions as targets": 502 without a statusCode, and for what is no JSON. */
START_TEST(load_balancers)
{
	static const struct {
		const char *answer;
		int status;
	} cases[] = {
		{"{\"statusCode\":200}", 200},
		{"{\"statusCode\":404,\"statusDescription\":\"404 Not Found\",\"headers\":{},\"body\":\"x\",\"isBase64Encoded\":false}",
	         404},
		{"{\"statusCode\":\"200\"}", -1},
		{"{\"statusCode\":0}", -1},
		{"{\"statusCode\":200.0}", -1},
		{"{\"body\":\"x\"}", -1},
		{"{\"statusCode\":200,\"body\":{}}", -1},
		{"{\"statusCode\":200,\"headers\":[]}", -1},
		{"\"hi\"", -1},
		{"null", -1},
		{"no JSON", -1},
		{"", -1}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg(proxy_status(SOURCE_ALB, false, cases[i].answer, strlen(cases[i].answer), false) == cases[i].status,
		              "%s", cases[i].answer);
}
END_TEST

Suite *edgeanswer_suite(void)
{
	Suite *s = suite_create("edgeanswer");
	TCase *c = tcase_create("edgeanswer");
	tcase_add_test(c, no_answers);
	tcase_add_test(c, events_go_on);
	tcase_add_test(c, requests);
	tcase_add_test(c, responses);
	tcase_add_test(c, sizes);
	tcase_add_test(c, load_balancers);
	suite_add_tcase(s, c);
	return s;
}
