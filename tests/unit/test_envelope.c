/* Event envelopes, compared key by key with the shapes that AWS documents, and the table of event sources. */
#include <check.h>
#include <jansson.h>
#include <string.h>

#include "models/source/envelope.h"
#include "models/source/table.h"

struct fixture {
	struct arena arena;
	json_t *event;
};

static json_t *wrapped_n(struct fixture *f, enum source_kind kind, const char *method, const char *path, const char *payload,
                         size_t length)
{
	size_t out_length = 0;
	char *text = envelope_wrap(kind, method, path, payload, length, &f->arena, &out_length);
	ck_assert_uint_eq(strlen(text), out_length);
	json_error_t error;
	f->event = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(f->event != NULL, "%s: %s", error.text, text);
	return f->event;
}

static json_t *wrapped(struct fixture *f, enum source_kind kind, const char *method, const char *path, const char *payload)
{
	return wrapped_n(f, kind, method, path, payload, payload != NULL ? strlen(payload) : 0);
}

static void done(struct fixture *f)
{
	json_decref(f->event);
	arena_fini(&f->arena);
}

static const json_t *at(const json_t *event, const char *path)
{
	char key[100];
	while (*path != '\0') {
		size_t n = strcspn(path, "/");
		snprintf(key, sizeof key, "%.*s", (int)n, path);
		event = json_object_get(event, key);
		path += n + (path[n] == '/');
	}
	return event;
}

static void text_is(const json_t *event, const char *path, const char *expected)
{
	const char *value = json_string_value(at(event, path));
	ck_assert_msg(value != NULL && strcmp(value, expected) == 0, "%s is %s, not %s", path, value ? value : "no text", expected);
}

/* Exactly these keys, in any order: what AWS does not send must not be there. */
static void keys_are(const json_t *object, const char *keys)
{
	size_t count = 0;
	char list[2000];
	snprintf(list, sizeof list, "%s", keys);
	for (char *save, *key = strtok_r(list, " ", &save); key != NULL; key = strtok_r(NULL, " ", &save), count++)
		ck_assert_msg(json_object_get(object, key) != NULL, "no key %s", key);
	ck_assert_uint_eq(json_object_size(object), count);
}

static void null_is(const json_t *event, const char *path)
{
	ck_assert_msg(json_is_null(at(event, path)), "%s is not null", path);
}

START_TEST(rest_empty_request)
{
	struct fixture f = {0};
	json_t *e = wrapped(&f, SOURCE_API, "get", "/hello", NULL);
	keys_are(e, "resource path httpMethod headers multiValueHeaders queryStringParameters multiValueQueryStringParameters "
	            "pathParameters stageVariables requestContext body isBase64Encoded");
	text_is(e, "resource", "/hello");
	text_is(e, "path", "/hello");
	text_is(e, "httpMethod", "GET");
	null_is(e, "queryStringParameters");
	null_is(e, "multiValueQueryStringParameters");
	null_is(e, "pathParameters");
	null_is(e, "stageVariables");
	null_is(e, "body");
	ck_assert(json_is_false(at(e, "isBase64Encoded")));
	keys_are(at(e, "requestContext"),
	         "resourceId resourcePath httpMethod extendedRequestId requestTime path accountId protocol stage "
	         "domainPrefix requestTimeEpoch requestId identity domainName deploymentId apiId");
	text_is(e, "requestContext/path", "/Prod/hello");
	text_is(e, "requestContext/requestTime", "06/Jan/2025:00:00:00 +0000");
	ck_assert_int_eq(json_integer_value(at(e, "requestContext/requestTimeEpoch")), 1736121600000);
	ck_assert_uint_eq(strlen(json_string_value(at(e, "requestContext/extendedRequestId"))), 16);
	ck_assert_uint_eq(strlen(json_string_value(at(e, "requestContext/requestId"))), 36);
	ck_assert_uint_eq(strlen(json_string_value(at(e, "requestContext/apiId"))), 10);
	keys_are(at(e, "requestContext/identity"),
	         "sourceIp userAgent accessKey accountId caller user userArn principalOrgId cognitoIdentityId "
	         "cognitoIdentityPoolId cognitoAuthenticationType cognitoAuthenticationProvider");
	null_is(e, "requestContext/identity/userArn");
	keys_are(at(e, "headers"), "Accept Host User-Agent X-Amzn-Trace-Id X-Forwarded-For X-Forwarded-Port X-Forwarded-Proto");
	text_is(e, "headers/X-Forwarded-Port", "443");
	const json_t *many = at(e, "multiValueHeaders/X-Forwarded-Proto");
	ck_assert_uint_eq(json_array_size(many), 1);
	ck_assert_str_eq(json_string_value(json_array_get(many, 0)), "https");
	done(&f);
}
END_TEST

START_TEST(rest_body_and_parameters)
{
	struct fixture f = {0};
	json_t *e = wrapped(&f, SOURCE_API, "POST", "/pets/{id}/{rest+}", "{\"a\": \"\\u00e9 <&>\"}\n");
	text_is(e, "body", "{\"a\": \"\\u00e9 <&>\"}");
	text_is(e, "headers/Content-Type", "application/json");
	text_is(e, "resource", "/pets/{id}/{rest+}");
	text_is(e, "path", "/pets/1/a/b");
	keys_are(at(e, "pathParameters"), "id rest");
	text_is(e, "pathParameters/id", "1");
	text_is(e, "pathParameters/rest", "a/b");
	text_is(e, "requestContext/resourcePath", "/pets/{id}/{rest+}");
	text_is(e, "requestContext/path", "/Prod/pets/1/a/b");
	done(&f);
}
END_TEST

START_TEST(any_method_is_requested_by_need)
{
	struct fixture f = {0};
	json_t *e = wrapped(&f, SOURCE_API, "any", "/{proxy+}", NULL);
	text_is(e, "httpMethod", "GET");
	done(&f);
	f = (struct fixture){0};
	e = wrapped(&f, SOURCE_HTTP_API, "x-amazon-apigateway-any-method", "/{proxy+}", "hi");
	text_is(e, "routeKey", "ANY /{proxy+}");
	text_is(e, "requestContext/http/method", "POST");
	text_is(e, "rawPath", "/a/b");
	text_is(e, "pathParameters/proxy", "a/b");
	text_is(e, "body", "hi");
	text_is(e, "headers/content-type", "text/plain; charset=utf-8");
	done(&f);
}
END_TEST

START_TEST(http_api_empty_request)
{
	struct fixture f = {0};
	json_t *e = wrapped(&f, SOURCE_HTTP_API, "get", "/hello", NULL);
	keys_are(e, "version routeKey rawPath rawQueryString headers requestContext isBase64Encoded");
	text_is(e, "version", "2.0");
	text_is(e, "routeKey", "GET /hello");
	text_is(e, "rawPath", "/hello");
	text_is(e, "rawQueryString", "");
	keys_are(at(e, "requestContext"), "accountId apiId domainName domainPrefix http requestId routeKey stage time timeEpoch");
	keys_are(at(e, "requestContext/http"), "method path protocol sourceIp userAgent");
	text_is(e, "requestContext/routeKey", "GET /hello");
	text_is(e, "requestContext/stage", "$default");
	text_is(e, "requestContext/http/protocol", "HTTP/1.1");
	ck_assert_uint_eq(strlen(json_string_value(at(e, "requestContext/requestId"))), 16);
	keys_are(at(e, "headers"),
	         "accept content-length host user-agent x-amzn-trace-id x-forwarded-for x-forwarded-port x-forwarded-proto");
	text_is(e, "headers/content-length", "0");
	done(&f);
}
END_TEST

START_TEST(http_api_catch_all)
{
	static const char *const paths[] = {"$default", "", NULL};
	for (size_t i = 0; i < 3; i++) {
		struct fixture f = {0};
		json_t *e = wrapped(&f, SOURCE_HTTP_API, "$default", paths[i], NULL);
		text_is(e, "routeKey", "$default");
		text_is(e, "requestContext/routeKey", "$default");
		text_is(e, "rawPath", "/");
		text_is(e, "requestContext/http/method", "GET");
		ck_assert_ptr_null(at(e, "pathParameters"));
		done(&f);
	}
}
END_TEST

START_TEST(function_url)
{
	struct fixture f = {0};
	json_t *e = wrapped(&f, SOURCE_FUNCTION_URL, NULL, NULL, "[1, 2]");
	keys_are(e, "version routeKey rawPath rawQueryString headers requestContext body isBase64Encoded");
	text_is(e, "routeKey", "$default");
	text_is(e, "requestContext/routeKey", "$default");
	text_is(e, "requestContext/stage", "$default");
	text_is(e, "requestContext/accountId", "anonymous");
	text_is(e, "requestContext/domainName", "abcdefghijklmnopqrstuvwxyz123456.lambda-url.us-east-1.on.aws");
	ck_assert_uint_eq(strlen(json_string_value(at(e, "requestContext/apiId"))), 32);
	ck_assert_uint_eq(strlen(json_string_value(at(e, "requestContext/requestId"))), 36);
	keys_are(at(e, "headers"), "accept content-length content-type host user-agent x-amzn-tls-cipher-suite x-amzn-tls-version "
	                           "x-amzn-trace-id x-forwarded-for x-forwarded-port x-forwarded-proto");
	text_is(e, "headers/content-length", "6");
	text_is(e, "body", "[1, 2]");
	text_is(e, "requestContext/http/method", "POST");
	done(&f);
}
END_TEST

/* RFC 4648, section 10, has the test vectors; these bytes are no UTF-8, or hold a NUL. */
START_TEST(bytes_become_base64)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *text, *sent;
	} cases[] = {{"\xff", 1, "/w==", "1"},
	             {"\xff\xfe", 2, "//4=", "2"},
	             {"\xff\xfe\xfd", 3, "//79", "3"},
	             {"fo\0bar", 6, "Zm8AYmFy", "6"},
	             {"\xc0\x80", 2, "wIA=", "2"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fixture f = {0};
		json_t *e = wrapped_n(&f, SOURCE_HTTP_API, "post", "/x", cases[i].bytes, cases[i].length);
		text_is(e, "body", cases[i].text);
		text_is(e, "headers/content-length", cases[i].sent);
		text_is(e, "headers/content-type", "application/octet-stream");
		ck_assert(json_is_true(at(e, "isBase64Encoded")));
		done(&f);
	}
}
END_TEST

START_TEST(whole_events_pass)
{
	static const char rest[] = " {\"httpMethod\":\"GET\", \"path\":\"/x\", \"requestContext\":{}}\n";
	static const char http2[] =
		"{\"version\":\"2.0\",\"routeKey\":\"GET /x\",\"requestContext\":{\"http\":{\"method\":\"GET\"}}}";
	static const struct {
		enum source_kind kind;
		const char *event;
		int whole;
	} cases[] = {
		{SOURCE_API, rest, 1},
		{SOURCE_API, http2, 0},
		{SOURCE_HTTP_API, rest, 1},
		{SOURCE_HTTP_API, http2, 1},
		{SOURCE_FUNCTION_URL, http2, 1},
		{SOURCE_FUNCTION_URL, rest, 0},
		{SOURCE_INVOKE, rest, 1},
		{SOURCE_INVOKE, "no json", 1},
		{SOURCE_API, "{\"requestContext\":{}}", 0},
		{SOURCE_API, "[]", 0},
		{SOURCE_HTTP_API, "{\"version\":\"2.0\"}", 0},
		{SOURCE_HTTP_API, "{\"version\":2.0,\"rawPath\":\"/\"}", 0},
		{SOURCE_API, "", 0},
		{SOURCE_API, "{\"httpMethod\":1,\"path\":\"/\"}", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t length = strlen(cases[i].event), out_length;
		ck_assert_msg(envelope_is_whole(cases[i].kind, cases[i].event, length) == cases[i].whole, "case %zu", i);
		struct arena a = {0};
		char *out = envelope_wrap(cases[i].kind, "get", "/x", cases[i].event, length, &a, &out_length);
		ck_assert_int_eq(strcmp(out, cases[i].event) == 0, cases[i].whole);
		arena_fini(&a);
	}
}
END_TEST

START_TEST(invoke_without_payload)
{
	struct arena a = {0};
	size_t length;
	ck_assert_str_eq(envelope_wrap(SOURCE_INVOKE, NULL, NULL, NULL, 0, &a, &length), "{}");
	ck_assert_uint_eq(length, 2);
	ck_assert_str_eq(envelope_wrap(SOURCE_INVOKE, NULL, NULL, "0.0", 3, &a, &length), "0.0");
	arena_fini(&a);
}
END_TEST

START_TEST(odd_templates)
{
	static const struct {
		const char *path, *raw;
	} cases[] = {{"/a{b", "/a{b"}, {"/{}", "/{}"}, {"/{+}", "/1"}, {"hello", "/hello"}, {"/x/{a}{b}", "/x/11"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fixture f = {0};
		json_t *e = wrapped(&f, SOURCE_HTTP_API, "get", cases[i].path, NULL);
		text_is(e, "rawPath", cases[i].raw);
		done(&f);
	}
}
END_TEST

START_TEST(statuses_by_source)
{
	static const struct {
		const char *name;
		int throttle, error, timeout, limit;
		simtime wait;
	} rows[] = {{"Invoke", 429, 200, 200, 0, SIMTIME_NEVER},
	            {"Api", 500, 502, 502, 504, 29 * SIMTIME_SECOND},
	            {"HttpApi", 503, 500, 500, 503, 30 * SIMTIME_SECOND},
	            {"FunctionUrl", 429, 502, 502, 0, SIMTIME_NEVER}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum source_kind kind;
		const struct source_type *t = source_kind_named(rows[i].name, &kind);
		ck_assert_ptr_nonnull(t);
		ck_assert_ptr_eq(t, source_kind_of(kind));
		ck_assert_int_eq(t->throttle_status, rows[i].throttle);
		ck_assert_int_eq(t->error_status, rows[i].error);
		ck_assert_int_eq(t->timeout_status, rows[i].timeout);
		ck_assert_int_eq(t->wait_limit_status, rows[i].limit);
		ck_assert_int_eq(t->wait_limit, rows[i].wait);
		struct distribution d;
		source_latency_default(kind, &d);
		ck_assert_double_eq_tol(distribution_quantile(&d, 0.5, 0.5), (double)t->latency_median, 1);
		ck_assert_double_eq_tol(distribution_quantile(&d, 0.99, 0.01), (double)t->latency_p99, 1);
	}
	enum source_kind kind;
	ck_assert_ptr_null(source_kind_named("api", &kind));
}
END_TEST

Suite *envelope_suite(void)
{
	Suite *suite = suite_create("envelope");
	TCase *shapes = tcase_create("shapes");
	tcase_add_test(shapes, rest_empty_request);
	tcase_add_test(shapes, rest_body_and_parameters);
	tcase_add_test(shapes, any_method_is_requested_by_need);
	tcase_add_test(shapes, http_api_empty_request);
	tcase_add_test(shapes, http_api_catch_all);
	tcase_add_test(shapes, function_url);
	tcase_add_test(shapes, bytes_become_base64);
	tcase_add_test(shapes, whole_events_pass);
	tcase_add_test(shapes, invoke_without_payload);
	tcase_add_test(shapes, odd_templates);
	suite_add_tcase(suite, shapes);
	TCase *table = tcase_create("table");
	tcase_add_test(table, statuses_by_source);
	suite_add_tcase(suite, table);
	return suite;
}
