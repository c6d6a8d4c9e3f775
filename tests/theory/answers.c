/* answers: what one caller is told and when, and what is counted and billed for it: timeouts of function, gateway and client
 * against each other, Init, rounding, refusals. Everything is exact. Sources: API Gateway Developer Guide, "Quotas for HTTP
 * APIs" (30 s), "Amazon API Gateway quotas" (29 s; 10,000 a second, burst 5,000); AWS Lambda Developer Guide, "Understanding the
 * Lambda execution environment lifecycle" (Init, 10 s), "Configure Lambda function timeout"; AWS Lambda pricing (1 ms). The
 * statuses' sources stand in models/source/table.c. */
#include <stdio.h>

#include "tests/support/build.h"
#include "tests/support/expect.h"

static const struct question {
	const char *name;
	enum source_kind kind;
	int timeout_s, reserved;
	double init_s, duration_s, latency_s;
	double client_timeout_s; /* with 3 attempts; 0: no client */
	/* expected */
	int status;
	double wait_s;
	uint64_t invocations, errors, billed_ms;
} questions[] = {
	{"HttpApi, 40 s, Timeout 60", SOURCE_HTTP_API, 60, -1, 0, 40, 0, 0, 503, 30, 1, 0, 40000},
	{"HttpApi, 40 s, Timeout 10", SOURCE_HTTP_API, 10, -1, 0, 40, 0, 0, 500, 10, 1, 1, 10000},
	{"HttpApi, 40 s, Timeout 35", SOURCE_HTTP_API, 35, -1, 0, 40, 0, 0, 503, 30, 1, 1, 35000},
	{"HttpApi, 29.9 s, Timeout 60", SOURCE_HTTP_API, 60, -1, 0, 29.9, 0, 0, 200, 29.9, 1, 0, 29900},
	{"HttpApi, Init 8 s before 25 s", SOURCE_HTTP_API, 60, -1, 8, 25, 0, 0, 503, 30, 1, 0, 33000},
	{"HttpApi, 1 s and 20 ms of the platform's", SOURCE_HTTP_API, 60, -1, 0, 1, 0.02, 0, 200, 1.02, 1, 0, 1000},
	{"HttpApi, reserved 0", SOURCE_HTTP_API, 60, 0, 0, 1, 0.02, 0, 503, 0.02, 0, 0, 0},
	{"Api, 40 s, Timeout 60", SOURCE_API, 60, -1, 0, 40, 0, 0, 504, 29, 1, 0, 40000},
	{"Api, 40 s, Timeout 10", SOURCE_API, 10, -1, 0, 40, 0, 0, 502, 10, 1, 1, 10000},
	{"Api, reserved 0", SOURCE_API, 60, 0, 0, 1, 0, 0, 500, 0, 0, 0, 0},
	{"FunctionUrl, 40 s, Timeout 60", SOURCE_FUNCTION_URL, 60, -1, 0, 40, 0, 0, 200, 40, 1, 0, 40000},
	{"FunctionUrl, 40 s, Timeout 10", SOURCE_FUNCTION_URL, 10, -1, 0, 40, 0, 0, 502, 10, 1, 1, 10000},
	{"FunctionUrl, reserved 0", SOURCE_FUNCTION_URL, 60, 0, 0, 1, 0, 0, 429, 0, 0, 0, 0},
	{"Invoke, 40 s, Timeout 60", SOURCE_INVOKE, 60, -1, 0, 40, 0, 0, 200, 40, 1, 0, 40000},
	{"Invoke, 40 s, Timeout 10", SOURCE_INVOKE, 10, -1, 0, 40, 0, 0, 200, 10, 1, 1, 10000},
	{"Invoke, reserved 0", SOURCE_INVOKE, 60, 0, 0, 1, 0, 0, 429, 0, 0, 0, 0},
	{"Invoke, Timeout exactly reached", SOURCE_INVOKE, 10, -1, 0, 10, 0, 0, 200, 10, 1, 1, 10000},
	{"Invoke, Init 12 s is cut at 10 s and run again inside", SOURCE_INVOKE, 60, -1, 12, 1, 0, 0, 200, 23, 1, 0, 13000},
	{"Invoke, Init 12 s, Timeout 5: the second Init times out", SOURCE_INVOKE, 5, -1, 12, 1, 0, 0, 200, 15, 1, 1, 5000},
	{"Invoke, 10.2 ms is billed as 11 ms", SOURCE_INVOKE, 3, -1, 0, 0.0102, 0, 0, 200, 0.0102, 1, 0, 11},
	{"Invoke, 10 ms is billed as 10 ms", SOURCE_INVOKE, 3, -1, 0, 0.01, 0, 0, 200, 0.01, 1, 0, 10},
	{"Invoke, Init 100.5 ms and 10.2 ms are rounded together", SOURCE_INVOKE, 3, -1, 0.1005, 0.0102, 0, 0, 200, 0.1107, 1, 0,
         111},
	{"Invoke, Init 0.4 ms and 0.6 ms", SOURCE_INVOKE, 3, -1, 0.0004, 0.0006, 0, 0, 200, 0.001, 1, 0, 1},
	{"Invoke, the client gives up after 5 s, three times", SOURCE_INVOKE, 60, -1, 0, 40, 0, 5, STATUS_CLIENT_TIMEOUT, 15, 3, 0,
         120000},
	{"HttpApi, the client gives up after 5 s, three times", SOURCE_HTTP_API, 60, -1, 0, 40, 0, 5, STATUS_CLIENT_TIMEOUT, 15, 3,
         0, 120000},
	{"HttpApi, a client repeats the gateway's 503", SOURCE_HTTP_API, 60, -1, 0, 40, 0, 31, 503, 90, 3, 0, 120000},
};

static const simtime AT_ONE_SECOND = SIMTIME_SECOND;

static struct scenario *one_request(const struct question *q)
{
	struct scenario *s = build_scenario(100 * SIMTIME_SECOND, 7);
	struct function_spec *f = build_function(s, "F", build_constant(q->duration_s));
	f->timeout_s = q->timeout_s;
	f->reserved = q->reserved;
	f->declared.init = build_constant(q->init_s);
	struct source_spec *source = build_source(s, "F", 0, q->kind, 0);
	source->arrivals = (struct arrival_spec){.kind = ARRIVAL_TIMES, .times = &AT_ONE_SECOND, .time_count = 1};
	source->latency = build_constant(q->latency_s);
	if (q->client_timeout_s > 0)
		build_client(source, 3)->timeout = (simtime)(q->client_timeout_s * 1e9);
	return s;
}

static void ask(struct expect *x, const struct question *q)
{
	struct scenario *s = one_request(q);
	struct trial t;
	trial_init(&t, s);
	const struct run_result *r = trial_run(&t, 0);
	const struct function_counts *c = &r->functions[0].counts;
	expect_count(x, r->sources[0].status[q->status], 1, "%s: answers with status %d", q->name, q->status);
	expect_near(x, (double)r->sources[0].latency.largest / 1e9, q->wait_s, 1e-9, "%s: seconds until then", q->name);
	expect_count(x, counts_invocations(c), q->invocations, "%s: Invocations", q->name);
	expect_count(x, counts_errors(c), q->errors, "%s: Errors", q->name);
	expect_count(x, c->billed_ms, q->billed_ms, "%s: billed ms", q->name);
	trial_fini(&t);
	build_free(s);
}

/* 20,000 requests a second: the bucket of 5,000 is empty after half a second, then 10,000 a second pass. REST and HTTP APIs
 * share it. */
static void gateway_throttles(struct expect *x)
{
	struct scenario *s = build_scenario(2 * SIMTIME_SECOND, 7);
	build_function(s, "F", build_constant(0.001));
	build_source(s, "Rest", 0, SOURCE_API, 10000)->arrivals.kind = ARRIVAL_CONSTANT;
	build_source(s, "Http", 0, SOURCE_HTTP_API, 10000)->arrivals.kind = ARRIVAL_CONSTANT;
	build_source(s, "Url", 0, SOURCE_FUNCTION_URL, 100)->arrivals.kind = ARRIVAL_CONSTANT;
	struct trial t;
	trial_init(&t, s);
	const struct run_result *r = trial_run(&t, 0);
	const struct source_result *rest = &r->sources[0], *http = &r->sources[1], *url = &r->sources[2];
	uint64_t passed = rest->counts.requests + http->counts.requests - rest->counts.gateway_throttles -
	                  http->counts.gateway_throttles;
	expect_between(x, (double)passed, 24999, 25001, "gateway, 20,000 a second for 2 s: passed");
	expect_count(x, rest->status[429], rest->counts.gateway_throttles, "gateway: REST API answers 429");
	expect_count(x, http->status[429], http->counts.gateway_throttles, "gateway: HTTP API answers 429");
	expect_count(x, url->counts.gateway_throttles + url->status[429], 0, "gateway: throttles of a function URL");
	expect_count(x, counts_throttles(&r->functions[0].counts), 0, "gateway: Throttles of the function");
	trial_fini(&t);
	build_free(s);
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		ask(&x, &questions[i]);
	gateway_throttles(&x);
	return expect_end(&x);
}
