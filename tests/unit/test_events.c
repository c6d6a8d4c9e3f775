/* Event sources and traffic: names, routes, limits, workload entries, clients, payloads, the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static const char template[] =
	"Resources:\n"
	"  Hello:\n"
	"    Type: AWS::Serverless::Function\n"
	"    Properties:\n"
	"      Timeout: 10\n"
	"      FunctionUrlConfig: {AuthType: NONE}\n"
	"      Events:\n"
	"        Get: {Type: HttpApi, Properties: {Path: '/hello/{id}', Method: get, TimeoutInMillis: 5000}}\n"
	"        All: {Type: HttpApi}\n"
	"        Rest: {Type: Api, Properties: {Path: /rest, Method: any}}\n"
	"        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}\n"
	"  Orders: {Type: AWS::SQS::Queue}\n"
	"  Stream: {Type: AWS::Kinesis::Stream}\n"
	"  Raw: {Type: AWS::Lambda::Function, Properties: {Timeout: 10}}\n"
	"  Parent: {Type: AWS::ApiGateway::Resource, Properties: {PathPart: orders, ParentId: !GetAtt Rest.RootResourceId}}\n"
	"  Child: {Type: AWS::ApiGateway::Resource, Properties: {PathPart: '{id}', ParentId: !Ref Parent}}\n"
	"  GetOrder:\n"
	"    Type: AWS::ApiGateway::Method\n"
	"    Properties:\n"
	"      HttpMethod: GET\n"
	"      ResourceId: !Ref Child\n"
	"      Integration: {Type: AWS_PROXY, TimeoutInMillis: 2000,\n"
	"        Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Raw.Arn}/invocations'}\n"
	"  Two: {Type: AWS::Lambda::Function}\n"
	"  Integration: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: !GetAtt Two.Arn, PayloadFormatVersion: '2.0'}}\n"
	"  Route: {Type: AWS::ApiGatewayV2::Route, Properties: {RouteKey: POST /two, Target: !Join [/, [integrations, !Ref Integration]]}}\n"
	"  TwoUrl: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !GetAtt Two.Arn, AuthType: NONE}}\n"
	"  Three: {Type: AWS::Lambda::Function}\n"
	"  Quick: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Target: !GetAtt Three.Arn}}\n"
	"Metadata: {Weir: {Functions: {Hello: {Duration: 5ms}, Raw: {Duration: 5ms}, Two: {Duration: 5ms}, Three: {Duration: 5ms}}}}\n";

/* The last names of SAM's resources are those of their events. */
START_TEST(names_and_access_that_aws_refuses)
{
	static const struct {
		const char *properties, *says; /* NULL: nothing */
	} cases[] = {
		{"Events: {Get_it: {Type: HttpApi}}",
	         "error template/name a logical ID has 1 to 255 letters and digits, and nothing else; 'Get_it' has not"},
		{"Events: {'': {Type: HttpApi}}", "'' has not"},
		{"Events: {Get2: {Type: HttpApi}}", NULL},
		{"FunctionUrlConfig: {AuthType: SOME}", "error template/event Hello.Url: AuthType is NONE or AWS_IAM, not 'SOME'"},
		{"FunctionUrlConfig: {AuthType: none}", "not 'none'"},
		{"FunctionUrlConfig: {AuthType: [NONE]}", "not a list"},
		{"FunctionUrlConfig: {AuthType: AWS_IAM}", NULL},
		{"FunctionUrlConfig: {AuthType: !Ref Auth}", NULL},
		{"FunctionUrlConfig: {AuthType: !ImportValue x}", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *hello = fixture_read_template(cases[i].properties, "    Workload: [{Source: Hello, Arrivals: 1/s}]");
		char *text = memory_format("Parameters: {Auth: {Type: String, Default: NONE}}\n%s", hello);
		struct fixture_read f = fixture_read_text(text, NULL);
		if (cases[i].says)
			fixture_read_expect(&f, cases[i].says);
		else
			fixture_read_expect_clean(&f);
		fixture_read_end(&f);
		memory_free(text);
		memory_free(hello);
	}
}
END_TEST

static const struct source_spec *source(const struct fixture_read *f, const char *name)
{
	for (size_t i = 0; i < f->scenario->source_count; i++)
		if (strcmp(f->scenario->sources[i].name, name) == 0)
			return &f->scenario->sources[i];
	ck_abort_msg("no source %s", name);
	return NULL;
}

static struct fixture_read with_rates(const char *const *rates, size_t count)
{
	struct read_options options = {.rates = rates, .rate_count = count};
	return fixture_read_text(template, &options);
}

START_TEST(every_source_by_its_name)
{
	static const struct {
		const char *name;
		enum source_kind kind;
		const char *method, *path;
		simtime wait_limit;
	} expected[] = {
		{"Hello", SOURCE_INVOKE, NULL, NULL, SIMTIME_NEVER},
		{"Hello.Get", SOURCE_HTTP_API, "GET", "/hello/{id}", 5 * SIMTIME_SECOND},
		{"Hello.All", SOURCE_HTTP_API, "$default", "$default", 30 * SIMTIME_SECOND},
		{"Hello.Rest", SOURCE_API, "ANY", "/rest", 29 * SIMTIME_SECOND},
		{"Hello.Url", SOURCE_FUNCTION_URL, "ANY", "/", SIMTIME_NEVER},
		{"Raw.GetOrder", SOURCE_API, "GET", "/orders/{id}", 2 * SIMTIME_SECOND},
		{"Two.Route", SOURCE_HTTP_API, "POST", "/two", 30 * SIMTIME_SECOND},
		{"Two.Url", SOURCE_FUNCTION_URL, "ANY", "/", SIMTIME_NEVER},
		{"Three.Api", SOURCE_HTTP_API, "$default", "$default", 30 * SIMTIME_SECOND},
	};
	const char *rates[9];
	for (size_t i = 0; i < 9; i++)
		rates[i] = memory_format("%s=2/s", expected[i].name);
	struct fixture_read f = with_rates(rates, 9);
	fixture_read_expect_clean(&f);
	ck_assert_uint_eq(f.scenario->source_count, 9);
	for (size_t i = 0; i < 9; i++) {
		const struct source_spec *s = source(&f, expected[i].name);
		ck_assert_int_eq(s->kind, expected[i].kind);
		ck_assert_int_eq(s->wait_limit, expected[i].wait_limit);
		ck_assert(expected[i].method ? strcmp(s->method, expected[i].method) == 0 : s->method == NULL);
		ck_assert(expected[i].path ? strcmp(s->path, expected[i].path) == 0 : s->path == NULL);
		ck_assert_double_eq(s->arrivals.rate_per_s, 2);
		ck_assert_int_eq(s->arrivals.kind, ARRIVAL_POISSON);
		ck_assert_uint_eq(s->payload_count, 1);
		ck_assert_int_eq(s->client.max_attempts, 1);
		memory_free((char *)rates[i]);
	}
	ck_assert_msg(!strstr(textbuf_text(&f.said), "passed-over"), "%s", textbuf_text(&f.said));
	fixture_read_end(&f);
}
END_TEST

static void refused_rate(const char *rate, const char *says)
{
	struct fixture_read f = with_rates(&rate, 1);
	ck_assert_ptr_null(f.scenario);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
}

START_TEST(sources_that_cannot_send)
{
	refused_rate("Parent=1/s", "--rate Parent:0:0 error model/later AWS::ApiGateway::Resource as a source is not modelled yet");
	refused_rate("Hello.Gte=1/s", "no source is called 'Hello.Gte' = did you mean 'Hello.Get'?");
	refused_rate("Nobody=1/s", "no source is called 'Nobody' = known: Hello, Hello.Get");
	refused_rate("Hello=-1/s", "'-1/s' is negative");
	refused_rate("Hello=20", "'20' has no unit = such as 20/s, 300/m or 5/h");
	refused_rate("Hello", "'Hello' is not Source=RATE");
}
END_TEST

static void event(const char *event, const char *says)
{
	char *text = memory_format(
		"Resources: {Hello: {Type: AWS::Serverless::Function, Properties: {Events: {E: %s}}}}\n"
		"Metadata: {Weir: {Functions: {Hello: {Duration: 1ms}}, Workload: [{Source: Hello, Arrivals: 1/s}]}}\n",
		event);
	fixture_read_refused(text, says);
	memory_free(text);
}

START_TEST(wrong_events)
{
	event("{Type: Api}", "Hello.E has no Path");
	event("{Type: Api, Properties: {Path: /}}", "Hello.E has no Method");
	event("{Type: HttpApii}", "'HttpApii' is no event type = did you mean 'HttpApi'?");
	event("{Properties: {Path: /}}", "event Hello.E has no Type");
	event("5", "Hello.E must be a map, not a text");
	event("{Type: HttpApi, Properties: {TimeoutInMillis: 30001}}",
	      "limit/gateway TimeoutInMillis must be 50 to 30000 ms, not 30001");
	event("{Type: Api, Properties: {Path: /, Method: get, TimeoutInMillis: 49}}", "limit/gateway");
	event("{Type: Api, Properties: {Path: /, Method: get, TimeoutInMillis: 900001}}",
	      "error limit/gateway TimeoutInMillis must be 50 to 900000 ms, not 900001");
}
END_TEST

START_TEST(gateways_with_a_raised_limit)
{
	static const char *const texts[] = {"29000", "29001", "900000"};
	for (size_t i = 0; i < 3; i++) {
		char *properties =
			memory_format("Events: {E: {Type: Api, Properties: {Path: /, Method: get, TimeoutInMillis: %s}}}",
		                      texts[i]);
		char *text = fixture_read_template(properties, "    Functions: {Hello: {Duration: 5ms}}\n"
		                                               "    Workload: [{Source: Hello.E, Arrivals: 1/s}]");
		struct fixture_read f = fixture_read_text(text, NULL);
		fixture_read_expect_clean(&f);
		ck_assert_int_eq(source(&f, "Hello.E")->wait_limit, atoi(texts[i]) * SIMTIME_MS);
		ck_assert_uint_eq(f.found.warnings, i > 0);
		if (i > 0)
			fixture_read_expect(&f, "warning limit/gateway TimeoutInMillis above 29000 ms needs a quota increase");
		fixture_read_end(&f);
		memory_free(properties);
		memory_free(text);
	}
}
END_TEST

static struct fixture_read workload(const char *entries)
{
	char *weir = memory_format("    Functions: {Hello: {Duration: 5ms}}\n    Workload: [%s]\n", entries);
	char *text = fixture_read_template("Events: {Get: {Type: HttpApi, Properties: {Path: /x, Method: post}}}", weir);
	struct fixture_read f = fixture_read_text(text, NULL);
	memory_free(weir);
	memory_free(text);
	return f;
}

static struct fixture_read good(const char *entries)
{
	struct fixture_read f = workload(entries);
	fixture_read_expect_clean(&f);
	return f;
}

static void bad(const char *entries, const char *says)
{
	struct fixture_read f = workload(entries);
	ck_assert_ptr_null(f.scenario);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
}

START_TEST(clients)
{
	struct fixture_read f = good(
		"{Source: Hello, Arrivals: 1/s, Client: {Timeout: 5s, MaxAttempts: 3, Backoff: {Base: 100ms, Factor: 3, Max: 1s,\n"
		"      Jitter: equal}, RetryOn: [429, error]}}, {Source: Hello.Get, Arrivals: 1/s, Client: {Preset: standard, Timeout: 9s}}");
	const struct client_spec *c = &source(&f, "Hello")->client;
	ck_assert_int_eq(c->timeout, 5 * SIMTIME_SECOND);
	ck_assert_int_eq(c->max_attempts, 3);
	ck_assert_int_eq(c->backoff_base, 100 * SIMTIME_MS);
	ck_assert_int_eq(c->throttle_base, 100 * SIMTIME_MS);
	ck_assert_double_eq(c->backoff_factor, 3);
	ck_assert_int_eq(c->backoff_max, SIMTIME_SECOND);
	ck_assert_int_eq(c->jitter, JITTER_EQUAL);
	ck_assert_uint_eq(c->retry_on, RETRY_429 | RETRY_FUNCTION_ERROR);
	c = &source(&f, "Hello.Get")->client;
	ck_assert_str_eq(c->preset, "standard");
	ck_assert_int_eq(c->timeout, 9 * SIMTIME_SECOND);
	fixture_read_end(&f);
	f = good("{Source: Hello, Arrivals: 1/s, Client: standard-2026}, {Source: Hello.Get, Arrivals: 1/s, Client: legacy}");
	c = &source(&f, "Hello")->client;
	ck_assert_int_eq(c->timeout, 60 * SIMTIME_SECOND);
	ck_assert_int_eq(c->max_attempts, 3);
	ck_assert_int_eq(c->backoff_base, 50 * SIMTIME_MS);
	ck_assert_int_eq(c->throttle_base, SIMTIME_SECOND);
	ck_assert_int_eq(c->backoff_max, 20 * SIMTIME_SECOND);
	ck_assert_int_eq(c->quota, 500);
	ck_assert_int_eq(c->quota_cost, 14);
	ck_assert_int_eq(c->quota_throttle_cost, 5);
	c = &source(&f, "Hello.Get")->client;
	ck_assert_int_eq(c->max_attempts, 5);
	ck_assert_int_eq(c->backoff_max, SIMTIME_NEVER);
	ck_assert_int_eq(c->quota, 0);
	fixture_read_end(&f);
	bad("{Source: Hello, Arrivals: 1/s, Client: standrad}", "Client cannot be 'standrad' = did you mean 'standard'?");
	bad("{Source: Hello, Arrivals: 1/s, Client: {MaxAttempts: 0}}", "MaxAttempts must be at least 1, not 0");
	bad("{Source: Hello, Arrivals: 1/s, Client: {Timeout: 0s}}", "must be greater than 0 s, not 0s");
	bad("{Source: Hello, Arrivals: 1/s, Client: {RetryOn: [404]}}", "RetryOn cannot be '404'");
	bad("{Source: Hello, Arrivals: 1/s, Client: {RetryOn: 429}}", "RetryOn must be a list, not a text");
	bad("{Source: Hello, Arrivals: 1/s, Client: {Backof: {}}}", "Client has no key 'Backof' = did you mean 'Backoff'?");
}
END_TEST

START_TEST(payloads)
{
	fixture_read_file("a.json", "{\"a\": 1}");
	fixture_read_file("b.txt", "not json");
	struct fixture_read f = good("{Source: Hello, Arrivals: 1/s, Payload: a.json}, {Source: Hello.Get, Arrivals: 1/s,\n"
	                             "      Payload: [{File: a.json, Weight: 9}, {File: b.txt, Weight: 1}]}");
	const struct source_spec *s = source(&f, "Hello");
	ck_assert_str_eq(s->payloads[0].event, "{\"a\": 1}");
	ck_assert_str_eq(s->payloads[0].file, "a.json");
	s = source(&f, "Hello.Get");
	ck_assert_uint_eq(s->payload_count, 2);
	ck_assert_double_eq(s->payloads[0].weight, 9);
	ck_assert_ptr_nonnull(strstr(s->payloads[1].event, "not json"));
	ck_assert_ptr_nonnull(strstr(s->payloads[1].event, "POST /x"));
	fixture_read_end(&f);
	f = good("{Source: Hello, Arrivals: 1/s}");
	ck_assert_str_eq(source(&f, "Hello")->payloads[0].event, "{}");
	ck_assert_double_eq(source(&f, "Hello")->payloads[0].weight, 1);
	fixture_read_end(&f);
	bad("{Source: Hello, Arrivals: 1/s, Payload: b.txt}", "b.txt:1:3 error read/payload a direct Invoke needs JSON");
	bad("{Source: Hello, Arrivals: 1/s, Payload: nope.json}", "read/file nope.json");
	bad("{Source: Hello, Arrivals: 1/s, Payload: hello}", "read/file hello");
	bad("{Source: Hello, Arrivals: 1/s, Payload: []}", "is an empty list");
	bad("{Source: Hello, Arrivals: 1/s, Payload: [{File: a.json, Weight: 0}]}", "Weight must be greater than 0");
	bad("{Source: Hello, Arrivals: 1/s, Payload: {Weight: 2}}", "needs a File");
}
END_TEST

START_TEST(wrong_entries)
{
	bad("{Arrivals: 1/s}", "Weir.Workload[0] needs a Source");
	bad("{Source: Hello}", "Weir.Workload[0] (Hello) needs Arrivals");
	bad("{Source: Hello, Arrivals: 1/s}, {Source: Hello, Arrivals: 1/s}", "has two workload entries");
	bad("{Source: Hello, Arrivals: 1/s, Keys: {Distribution: zipf}}", "error read/keys Weir.Workload[0].Keys needs a Count");
	bad("{Source: Hello, Arrivals: 1/s, InvocationType: DryRun}", "InvocationType: DryRun is not modelled yet");
	bad("{Sorce: Hello, Arrivals: 1/s}", "has no key 'Sorce' = did you mean 'Source'?");
	bad("5", "Weir.Workload[0] must be a map, not a text");
	fixture_read_refused("Resources: {Hello: {Type: AWS::Serverless::Function}}\n", "the scenario has no traffic");
	fixture_read_refused("Resources: {T: {Type: AWS::SNS::Topic}}\n", "the template has no function that exists");
}
END_TEST

START_TEST(arrivals)
{
	fixture_read_file("rates.csv", "seconds,rate\n0,1\n60,2.5\n120,0\n");
	fixture_read_file("late.csv", "seconds,rate\n60,2\n");
	fixture_read_file("times.csv", "what,Seconds\nx,0.5\nx,0.5\ny,2\n");
	fixture_read_file("pattern.csv", "offset,factor\n0,1\n6h,2\n2d,0.5\n");
	struct fixture_read f = good(
		"{Source: Hello, Arrivals: {Process: rates, File: rates.csv}}, {Source: Hello.Get, Arrivals: {Process: times, File: times.csv}}");
	const struct arrival_spec *a = &source(&f, "Hello")->arrivals;
	ck_assert_uint_eq(a->rates.count, 3);
	ck_assert_int_eq(a->rates.offset[1], 60 * SIMTIME_SECOND);
	ck_assert_double_eq(a->rates.value[1], 2.5);
	ck_assert_int_eq(a->rates_end, 180 * SIMTIME_SECOND);
	a = &source(&f, "Hello.Get")->arrivals;
	ck_assert_uint_eq(a->time_count, 3);
	ck_assert_int_eq(a->times[1], SIMTIME_SECOND / 2);
	fixture_read_end(&f);
	f = good(
		"{Source: Hello, Arrivals: {Process: rates, File: late.csv}}, {Source: Hello.Get, Arrivals: {Rate: 60/m, Pattern: pattern.csv, Growth: 4%/month}}");
	a = &source(&f, "Hello")->arrivals;
	ck_assert_uint_eq(a->rates.count, 2);
	ck_assert_int_eq(a->rates.offset[0], 0);
	ck_assert_double_eq(a->rates.value[0], 0);
	ck_assert_int_eq(a->rates.offset[1], 60 * SIMTIME_SECOND);
	a = &source(&f, "Hello.Get")->arrivals;
	ck_assert_int_eq(a->kind, ARRIVAL_POISSON);
	ck_assert_uint_eq(a->pattern.count, 3);
	ck_assert_int_eq(a->pattern_period, SIMTIME_WEEK);
	ck_assert_double_eq_tol(a->growth_per_month, 0.04, 1e-15);
	fixture_read_end(&f);
}
END_TEST

START_TEST(built_in_patterns_have_mean_1)
{
	struct fixture_read f = good(
		"{Source: Hello, Arrivals: {Rate: 1/s, Pattern: day}}, {Source: Hello.Get, Arrivals: {Rate: 1/s, Pattern: week}}");
	static const char *const names[] = {"Hello", "Hello.Get"};
	static const size_t hours[] = {24, 168};
	for (size_t i = 0; i < 2; i++) {
		const struct arrival_spec *a = &source(&f, names[i])->arrivals;
		double sum = 0;
		ck_assert_uint_eq(a->pattern.count, hours[i]);
		ck_assert_int_eq(a->pattern_period, (simtime)hours[i] * SIMTIME_HOUR);
		for (size_t k = 0; k < hours[i]; k++)
			sum += a->pattern.value[k];
		ck_assert_double_eq_tol(sum / (double)hours[i], 1, 1e-12);
	}
	fixture_read_end(&f);
}
END_TEST

START_TEST(wrong_arrivals)
{
	fixture_read_file("down.csv", "seconds,rate\n0,1\n0,2\n");
	fixture_read_file("minus.csv", "seconds,rate\n0,1\n5,-2\n");
	fixture_read_file("row.csv", "seconds,rate\n0,1\n5,x\n6\n");
	fixture_read_file("late.csv", "offset,factor\n5,1\n");
	fixture_read_file("long.csv", "offset,factor\n0,1\n7d,1\n");
	fixture_read_file("zero.csv", "offset,factor\n0,0\n5,0\n");
	fixture_read_file("back.csv", "seconds\n5\n4\n");
	fixture_read_file("name.csv", "second,rate\n5,1\n");
	fixture_read_file("none.csv", "seconds,rate\n");
	fixture_read_file("far.csv", "\xEF\xBB\xBFname,\"x,\ny\",seconds,rate\nGr\xC3\xBC\xC3\x9F,\"a\n,b\", 1 ,  fast\n");
	fixture_read_file("quote.csv", "seconds,rate\n0,\"1\" 2\n");
	bad("{Source: Hello, Arrivals: {Process: rates, File: far.csv}}",
	    "far.csv:4:11 error read/csv column 4: 'fast' is no number");
	bad("{Source: Hello, Arrivals: {Process: rates, File: quote.csv}}", "quote.csv:2:7 error read/csv");
	bad("{Source: Hello, Arrivals: {Process: rates, File: down.csv}}", "down.csv:3:1 error read/csv times must ascend");
	bad("{Source: Hello, Arrivals: {Process: rates, File: minus.csv}}", "minus.csv:3:3 error read/csv the value is negative");
	bad("{Source: Hello, Arrivals: {Process: rates, File: row.csv}}", "row.csv:3:3 error read/csv column 2: 'x' is no number");
	bad("{Source: Hello, Arrivals: {Process: rates, File: row.csv}}",
	    "row.csv:4:1 error read/csv the row has 1 column, but column 2 (rate) is needed");
	bad("{Source: Hello, Arrivals: {Process: rates, File: none.csv}}", "'none.csv' has no rows");
	bad("{Source: Hello, Arrivals: {Process: rates, File: name.csv}}",
	    "no column is called 'seconds' = did you mean 'second'?");
	bad("{Source: Hello, Arrivals: {Process: rates, File: no.csv}}", "read/file no.csv");
	bad("{Source: Hello, Arrivals: {Process: times, File: back.csv}}", "back.csv:3:1 error read/csv times must not go back");
	bad("{Source: Hello, Arrivals: {Rate: 1/s, Pattern: late.csv}}", "the first offset must be 0");
	bad("{Source: Hello, Arrivals: {Rate: 1/s, Pattern: long.csv}}", "less than a week");
	bad("{Source: Hello, Arrivals: {Rate: 1/s, Pattern: zero.csv}}", "all factors are 0");
	bad("{Source: Hello, Arrivals: {Process: poisson}}", "'poisson' needs Rate");
	bad("{Source: Hello, Arrivals: {Process: renewal, Rate: 1/s}}", "'renewal' needs CV");
	bad("{Source: Hello, Arrivals: {Process: times, File: back.csv, Growth: 4%/month}}", "'times' has no Growth");
	bad("{Source: Hello, Arrivals: {Process: mmpp}}", "arrivals by 'mmpp' are not modelled yet");
	bad("{Source: Hello, Arrivals: {Process: closed, Rate: 1/s}}", "arrivals by 'closed' are not modelled yet");
	struct fixture_read f = workload("{Source: Hello, Arrivals: {Process: closed, Users: 5, ThinkTime: 2s}}");
	ck_assert_uint_eq(f.found.errors, 1);
	fixture_read_expect(&f, "arrivals by 'closed' are not modelled yet");
	fixture_read_end(&f);
	bad("{Source: Hello, Arrivals: {Process: poison, Rate: 1/s}}", "did you mean 'poisson'?");
	bad("{Source: Hello, Arrivals: {Rate: 1/s, Pattern: month}}",
	    "cannot be 'month': it is day, week, or the name of a CSV file");
	bad("{Source: Hello, Arrivals: {Rate: 1/s, Growth: -100%/month}}", "'-100%/month' leaves nothing");
	bad("{Source: Hello, Arrivals: 1/s, Client: {RetryOn: [4xy]}}",
	    "RetryOn cannot be '4xy' = known: 429, 5xx, timeout, error\n");
	bad("{Source: Hello, Arrivals: {Rate: 1/s, CV: 2}}", "'poisson' has no CV");
	bad("{Source: Hello, Arrivals: [1/s]}", "Arrivals must be a map, not a list");
}
END_TEST

START_TEST(paths_belong_to_their_file)
{
	ck_assert_int_eq(
		system("mkdir -p sub/events && echo '{\"x\": 1}' > sub/events/a.json && echo '{\"y\": 1}' > top.json && mkdir sub/hello && cp hello/app.py sub/hello"),
		0);
	char *text = fixture_read_template("", "    Workload: [{Source: Hello, Arrivals: 1/s, Payload: events/a.json}]");
	fixture_read_file("sub/template.yaml", text);
	memory_free(text);
	struct read_options options = {.template_file = "sub/template.yaml"};
	struct fixture_read f = {0};
	struct error e = {0};
	ck_assert_int_eq(scenario_read(&options, &f.scenario, &f.found, &f.texts, &e), 0);
	ck_assert_str_eq(source(&f, "Hello")->payloads[0].event, "{\"x\": 1}\n");
	ck_assert_str_eq(f.scenario->functions[0].code, "sub/hello");
	ck_assert_str_eq(f.scenario->name, "sub");
	fixture_read_end(&f);
	static const char *const given[] = {"Hello=top.json"};
	options.payloads = given;
	options.payload_count = 1;
	ck_assert_int_eq(scenario_read(&options, &f.scenario, &f.found, &f.texts, &e), 0);
	ck_assert_str_eq(source(&f, "Hello")->payloads[0].event, "{\"y\": 1}\n");
	fixture_read_end(&f);
}
END_TEST

START_TEST(latency_by_source)
{
	static const char weir[] = "    Functions: {Hello: {Duration: 5ms}}\n"
				   "    Workload: [{Source: Hello, Arrivals: 1/s}]\n"
				   "    Latency: {Hello: {Distribution: gamma, Mean: 10ms, CV: 0.5}, %s: 5ms}\n";
	char *some = memory_format(weir, "Hello.Get"), *none = memory_format(weir, "Helo");
	char *text = fixture_read_template("Events: {Get: {Type: HttpApi}}", some), *other = fixture_read_template("", none);
	struct fixture_read f = fixture_read_text(text, NULL);
	fixture_read_expect_clean(&f);
	ck_assert(source(&f, "Hello")->has_latency);
	ck_assert_int_eq(source(&f, "Hello")->latency.kind, DISTRIBUTION_GAMMA);
	ck_assert_double_eq(source(&f, "Hello")->latency.a, 10e6);
	fixture_read_end(&f);
	fixture_read_refused(other, "no source is called 'Helo' = did you mean 'Hello'?");
	memory_free(some);
	memory_free(none);
	memory_free(text);
	memory_free(other);
}
END_TEST

Suite *events_suite(void);

Suite *events_suite(void)
{
	Suite *suite = suite_create("events");
	TCase *tcase = tcase_create("traffic");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, names_and_access_that_aws_refuses);
	tcase_add_test(tcase, every_source_by_its_name);
	tcase_add_test(tcase, sources_that_cannot_send);
	tcase_add_test(tcase, wrong_events);
	tcase_add_test(tcase, gateways_with_a_raised_limit);
	tcase_add_test(tcase, clients);
	tcase_add_test(tcase, payloads);
	tcase_add_test(tcase, wrong_entries);
	tcase_add_test(tcase, arrivals);
	tcase_add_test(tcase, built_in_patterns_have_mean_1);
	tcase_add_test(tcase, wrong_arrivals);
	tcase_add_test(tcase, paths_belong_to_their_file);
	tcase_add_test(tcase, latency_by_source);
	suite_add_tcase(suite, tcase);
	return suite;
}
