#include "tests/unit/fixture_study.h"

#include <math.h>
#include <string.h>

#include "sim/base/memory.h"

enum { FUNCTIONS = 3, SOURCES = 4, PERIODS = 60, PERIOD_S = 60, SAMPLES = 40000 };

static const char *const plain_names[FUNCTIONS] = {"Checkout", "Thumbnails", "Notify"};
static const char *const hostile_names[FUNCTIONS] = {
	"</script><b onload=\"alert(1)\">O'Brien & Söns</b>",
	"日本語の関数-とても長い名前がついています",
	"';!touch /tmp/pwned`id`$(id)\\n%s{0}",
};
static const char *const plain_sources[SOURCES] = {"Checkout.Api", "Thumbnails.Upload", "Thumbnails.Batch", "Notify"};
static const char *const hostile_sources[SOURCES] = {"<i>&amp;</i>.Get", "日本語.Über", "a/b~c.\"d\"",
                                                     "';!touch /tmp/pwned`id`$(id)\\n%s{0}"};

static const double rates_per_s[FUNCTIONS] = {38.4, 9.2, 2.1}, medians_ms[FUNCTIONS] = {42.7, 611, 8.3};

struct feed {
	enum fixture_kind kind;
	struct sink *sink;
	struct error *e;
	int failed;
	const char *const *functions, *const *sources;
	uint64_t state; /* of the generator */
};

/* A generator good enough for made-up data: splitmix64. */
static double uniform(struct feed *f)
{
	uint64_t z = f->state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

static double normal(struct feed *f)
{
	return sqrt(-2 * log(uniform(f))) * cos(2 * M_PI * uniform(f));
}

static void metric_of(struct feed *f, enum record_scope scope, const char *entity, const char *metric, const char *statistic,
                      double mean, double half)
{
	struct record_metric m = {scope, entity, metric, statistic, {mean, mean - half, mean + half}, half == 0};
	if (!f->failed)
		f->failed = f->sink->ops->metric(f->sink, &m, f->e);
}

static void times_of(struct feed *f, enum record_scope scope, const char *entity, const char *metric, double median)
{
	static const char *const names[] = {"mean", "p50", "p90", "p95", "p99", "p99.9", "max"};
	static const double factors[] = {1.18, 1, 1.9, 2.4, 14, 21, 38};
	for (int i = 0; i < 7; i++)
		metric_of(f, scope, entity, metric, names[i], median * factors[i],
		          i == 6 ? NAN : median * factors[i] * (0.005 + 0.004 * i));
}

static void feed_function(struct feed *f, int i)
{
	const char *name = f->functions[i];
	double median = medians_ms[i], calls = rates_per_s[i] * PERIODS * PERIOD_S;
	metric_of(f, RECORD_FUNCTION, name, "Invocations", "", calls, calls * 0.0031);
	metric_of(f, RECORD_FUNCTION, name, "Errors", "", i == 2 ? 7.6 : 0, i == 2 ? 1.7 : 0);
	metric_of(f, RECORD_FUNCTION, name, "Throttles", "", i == 1 ? 1034.2 : 0, i == 1 ? 96 : 0);
	metric_of(f, RECORD_FUNCTION, name, "ColdStarts", "", calls * 0.0042 * (i + 1), calls * 0.0002);
	metric_of(f, RECORD_FUNCTION, name, "ConcurrentExecutions", "mean", calls * median * 1.18e-3 / 3600,
	          calls * median * 2e-5 / 3600);
	metric_of(f, RECORD_FUNCTION, name, "ConcurrentExecutions", "max", i == 1 ? 12 : 11.3, i == 1 ? 0 : 0.9);
	metric_of(f, RECORD_FUNCTION, name, "Environments", "mean", 9.1, 0.2);
	metric_of(f, RECORD_FUNCTION, name, "Environments", "max", 12, 0.8);
	times_of(f, RECORD_FUNCTION, name, "Duration_ms", median * 0.9);
	times_of(f, RECORD_FUNCTION, name, "Latency_ms", median);
	metric_of(f, RECORD_FUNCTION, name, "BilledDuration_ms", "", median * 0.93, median * 0.01);
	metric_of(f, RECORD_FUNCTION, name, "ColdStartShare", "", 0.0042 * (i + 1), 0.0002);
	metric_of(f, RECORD_FUNCTION, name, "ErrorShare", "", i == 2 ? 0.00101 : 0, i == 2 ? 0.0002 : 0);
	metric_of(f, RECORD_FUNCTION, name, "ThrottleShare", "", i == 1 ? 0.0303 : 0, i == 1 ? 0.0028 : 0);
	metric_of(f, RECORD_FUNCTION, name, "ThrottleReasons", "ReservedFunctionConcurrentInvocationLimitExceeded",
	          i == 1 ? 1034.2 : 0, i == 1 ? 96 : 0);
	metric_of(f, RECORD_FUNCTION, name, "Cost_usd", "run", 0.195 / (i + 1), 0.001);
	metric_of(f, RECORD_FUNCTION, name, "Cost_usd", "month", i == 0 ? 41.54 : i == 1 ? 398.13 : 1.21, 0.16);
	metric_of(f, RECORD_FUNCTION, name, "GBSeconds", "", calls * median * 0.25e-3, calls * median * 0.002e-3);
}

static void feed_source(struct feed *f, int i)
{
	static const char *const refused[SOURCES] = {"503", "429", "429", "503"};
	const char *name = f->sources[i];
	static const double all[SOURCES] = {138240, 30110, 3010, 7560}, unanswered[SOURCES] = {0, 201.4, 12, 0};
	static const double factors[SOURCES] = {1, 1.31, 1.1, 1}, medians[SOURCES] = {52, 640, 633, 9.1};
	double requests = all[i], lost = unanswered[i], more = factors[i];
	metric_of(f, RECORD_SOURCE, name, "Requests", "", requests, requests * 0.003);
	metric_of(f, RECORD_SOURCE, name, "Attempts", "", requests * more, requests * 0.004);
	metric_of(f, RECORD_SOURCE, name, "Amplification", "", more, more == 1 ? 0 : 0.02);
	metric_of(f, RECORD_SOURCE, name, "Status", "200", requests - lost, requests * 0.003);
	if (lost > 0)
		metric_of(f, RECORD_SOURCE, name, "Status", refused[i], lost, lost * 0.1);
	times_of(f, RECORD_SOURCE, name, "Latency_ms", medians[i]);
}

static void feed_series_of(struct feed *f, enum record_scope scope, const char *name, const char *metric, double level,
                           double swing, double noise)
{
	double values[PERIODS];
	for (int i = 0; i < PERIODS; i++)
		values[i] = fmax(0, level + swing * sin(i * 0.11) + noise * normal(f));
	struct record_series s = {scope, name, metric, PERIOD_S * SIMTIME_SECOND, values, PERIODS};
	if (!f->failed)
		f->failed = f->sink->ops->series(f->sink, &s, f->e);
}

static void feed_series(struct feed *f, const char *name, const char *metric, double level, double swing, double noise)
{
	feed_series_of(f, RECORD_FUNCTION, name, metric, level, swing, noise);
}

static void feed_all_series(struct feed *f, int i)
{
	const char *name = f->functions[i];
	double rate = rates_per_s[i] * PERIOD_S;
	feed_series(f, name, "Invocations", rate, rate * 0.3, sqrt(rate) / 3);
	feed_series(f, name, "Throttles", i == 1 ? 12 : 0, i == 1 ? 20 : 0, i == 1 ? 3 : 0);
	feed_series(f, name, "ColdStarts", 2, 1, 0.3);
	feed_series(f, name, "Errors", i == 2 ? 0.1 : 0, 0, 0);
	feed_series(f, name, "ConcurrentExecutions", i == 1 ? 10.5 : 8, 2.5, 0.4);
	feed_series(f, name, "ConcurrentExecutions.mean", i == 1 ? 6 : 2, 1, 0.2);
	feed_series(f, name, "Environments", i == 1 ? 11 : 9.5, 1.4, 0.1);
}

static void feed_histogram(struct feed *f, const char *name, const char *metric, double median_ms, double sigma, int samples)
{
	struct histogram h = {0};
	for (int i = 0; i < samples; i++)
		histogram_add(&h, (int64_t)(median_ms * 1e6 * exp(sigma * normal(f))));
	struct record_histogram r = {RECORD_FUNCTION, name, metric, &h};
	if (!f->failed)
		f->failed = f->sink->ops->histogram(f->sink, &r, f->e);
	histogram_fini(&h);
}

static void feed_histograms(struct feed *f, int i)
{
	const char *name = f->functions[i];
	double median = medians_ms[i];
	feed_histogram(f, name, "Latency", median, 0.5, SAMPLES);
	feed_histogram(f, name, "Latency.warm", median, 0.45, SAMPLES);
	feed_histogram(f, name, "Latency.cold", median + 480, 0.2, SAMPLES / 100);
	feed_histogram(f, name, "Duration", median * 0.9, 0.45, SAMPLES);
	feed_histogram(f, name, "Init", 430, 0.2, SAMPLES / 100);
}

/* Of 1,000 events each: all that ended and what is left. */
static void feed_ends(struct feed *f, enum record_scope scope, const char *name, const char *number, const char *share)
{
	static const char *const ends[] = {"delivered", "filtered", "dead-lettered", "dropped", "expired", "in flight"};
	static const double counts[] = {950, 20, 12, 6, 4, 8};
	for (int i = 0; i < 6; i++)
		metric_of(f, scope, name, number, ends[i], counts[i], counts[i] * 0.1);
	for (int i = 0; i < 6; i++)
		metric_of(f, scope, name, share, ends[i], counts[i] / 1000, counts[i] / 10000);
}

static void feed_queue(struct feed *f, const char *name)
{
	metric_of(f, RECORD_QUEUE, name, "NumberOfMessagesSent", "", 1000, 12);
	metric_of(f, RECORD_QUEUE, name, "NumberOfMessagesReceived", "", 1100, 12);
	metric_of(f, RECORD_QUEUE, name, "ProcessedAgain", "", 3, 1);
	metric_of(f, RECORD_QUEUE, name, "ApproximateAgeOfOldestMessage_ms", "max", 3 * 86400e3, 86400e3);
	metric_of(f, RECORD_QUEUE, name, "ApproximateNumberOfMessagesVisible", "max", 60, 2);
	metric_of(f, RECORD_QUEUE, name, "Received", "", 1000, 12);
	feed_ends(f, RECORD_QUEUE, name, "Ended", "EndedShare");
	times_of(f, RECORD_QUEUE, name, "Age_ms", 111);
	double values[PERIODS];
	for (int i = 0; i < PERIODS; i++)
		values[i] = i; /* the backlog grows */
	struct record_series s = {RECORD_QUEUE, name,   "ApproximateNumberOfMessagesVisible", PERIOD_S * SIMTIME_SECOND,
	                          values,       PERIODS};
	if (!f->failed)
		f->failed = f->sink->ops->series(f->sink, &s, f->e);
	feed_series_of(f, RECORD_QUEUE, name, "ApproximateNumberOfMessagesNotVisible", 4, 2, 0.5);
	feed_series_of(f, RECORD_QUEUE, name, "ApproximateAgeOfOldestMessage_ms", 4e6, 1e6, 1e5);
}

static void feed_places(struct feed *f)
{
	const char *stream = f->sources[1], *topic = f->sources[2];
	feed_queue(f, f->sources[0]);
	metric_of(f, RECORD_STREAM, stream, "IncomingRecords", "", 1000, 10);
	metric_of(f, RECORD_STREAM, stream, "IteratorAge_ms", "max", 20 * 3600e3, 1e3);
	metric_of(f, RECORD_STREAM, stream, "BlockedTime_ms", "max", 3600e3, 1e3);
	metric_of(f, RECORD_STREAM, stream, "WriteProvisionedThroughputExceeded", "", 17, 2);
	metric_of(f, RECORD_STREAM, stream, "Received", "", 1000, 10);
	feed_ends(f, RECORD_STREAM, stream, "Ended", "EndedShare");
	feed_series_of(f, RECORD_STREAM, stream, "Backlog", 70, 10, 3);
	feed_series_of(f, RECORD_STREAM, stream, "IteratorAge_ms", 900, 300, 30);
	metric_of(f, RECORD_TOPIC, topic, "NumberOfMessagesPublished", "", 500, 5);
	metric_of(f, RECORD_TOPIC, topic, "Received", "", 500, 5);
	feed_ends(f, RECORD_TOPIC, topic, "Ended", "EndedShare");
	metric_of(f, RECORD_FUNCTION, f->functions[2], "AsyncEventsReceived", "", 1000, 5);
	feed_ends(f, RECORD_FUNCTION, f->functions[2], "AsyncEventsEnded", "AsyncEventsEndedShare");
	feed_series(f, f->functions[2], "AsyncEventsWaiting", 7, 3, 1);
}

static void cost_of(struct feed *f, bool month, const char *service, const char *resource, const char *item, double quantity,
                    const char *unit, double usd)
{
	double half = fabs(usd) * 0.004;
	struct record_cost c = {month, service, resource, item, quantity, unit, {usd, usd - half, usd + half}};
	if (!f->failed)
		f->failed = f->sink->ops->cost(f->sink, &c, f->e);
}

static void feed_bill(struct feed *f, bool month)
{
	double hours = month ? 730 : 1;
	for (int i = 0; i < FUNCTIONS; i++) {
		double calls = (double[]){138240, 33120, 7560}[i] * hours, gbs = calls * (double[]){0.0127, 1.22, 0.0012}[i];
		cost_of(f, month, "AWS Lambda", f->functions[i], "Requests", calls, "request", calls * 0.2e-6);
		cost_of(f, month, "AWS Lambda", f->functions[i], i == 1 ? "Duration (arm64)" : "Duration (x86_64)", gbs,
		        "GB-second", gbs * (i == 1 ? 0.0000133334 : 0.0000166667));
	}
	double api = 138240 * hours;
	cost_of(f, month, "Amazon API Gateway", f->sources[0], "HTTP API requests", api, "request", api * 1e-6);
	if (month) {
		cost_of(f, month, "AWS Lambda", "", "Free tier (requests)", -1e6, "request", -0.2);
		cost_of(f, month, "AWS Lambda", "", "Free tier (GB-seconds)", -4e5, "GB-second", -6.67);
	}
}

static void objective_of(struct feed *f, const struct objective_spec *spec, enum objective_verdict verdict, double value,
                         double half)
{
	struct record_objective o = {spec, verdict, {value, value - half, value + half}};
	if (!f->failed)
		f->failed = f->sink->ops->objective(f->sink, &o, f->e);
}

static void feed_objectives(struct feed *f)
{
	const struct objective_spec latency =
		{"Checkout Latency p99 < 300ms", {0}, f->functions[0], "Latency", "p99", false, COMPARATOR_BELOW, 300};
	const struct objective_spec throttles =
		{"Thumbnails Throttles < 0.1%", {0}, f->functions[1], "Throttles", "mean", true, COMPARATOR_BELOW, 0.001};
	const struct objective_spec cost = {"account cost <= 2000", {0}, "account", "cost", "mean", false,
	                                    COMPARATOR_AT_MOST,     2000};
	objective_of(f, &latency, OBJECTIVE_MISSED, 597.8, 12);
	objective_of(f, &throttles, OBJECTIVE_MISSED, 0.0303, 0.0028);
	objective_of(f, &cost, OBJECTIVE_MET, 634.4, 2.6);
}

static void note_of(struct feed *f, enum severity severity, const char *topic, const char *text)
{
	struct record_note n = {severity, topic, text};
	if (!f->failed)
		f->failed = f->sink->ops->note(f->sink, &n, f->e);
}

/* --- the scenario ------------------------------------------------------------------------------------------------------------ */

static void fill_functions(struct function_spec *functions, const char *const *names)
{
	for (int i = 0; i < FUNCTIONS; i++)
		functions[i] = (struct function_spec){
			.name = names[i],
			.function_name = names[i],
			.runtime = (const char *[]){"python3.12", "nodejs20.x", "provided.al2023"}[i],
			.handler = "app.handler",
			.architecture = i == 1 ? ARCHITECTURE_ARM64 : ARCHITECTURE_X86_64,
			.memory_mb = (int[]){256, 1769, 128}[i],
			.timeout_s = (int[]){10, 30, 3}[i],
			.ephemeral_mb = 512,
			.reserved = i == 1 ? 12 : FUNCTION_UNRESERVED,
			.model = i == 2 ? MODEL_DECLARED : MODEL_PROFILE,
			.reclaim = {.policy = RECLAIM_FIXED, .after = 6 * SIMTIME_MINUTE},
		};
}

static void fill_sources(struct source_spec *sources, const char *const *names)
{
	for (int i = 0; i < SOURCES; i++)
		sources[i] = (struct source_spec){
			.name = names[i],
			.kind = (enum source_kind[]){SOURCE_HTTP_API, SOURCE_FUNCTION_URL, SOURCE_INVOKE, SOURCE_INVOKE}[i],
			.function = (size_t[]){0, 1, 1, 2}[i],
			.arrivals = {.kind = ARRIVAL_POISSON, .rate_per_s = (double[]){38.4, 8.36, 0.84, 2.1}[i]},
			.has_client = i == 1 || i == 2,
			.client = {.preset = "standard",
		                   .timeout = 5 * SIMTIME_SECOND,
		                   .max_attempts = 3,
		                   .retry_on = RETRY_429 | RETRY_5XX | RETRY_TIMEOUT},
			.wait_limit = i == 0 ? 30 * SIMTIME_SECOND : SIMTIME_NEVER,
			.method = i == 0 ? "POST" : NULL,
			.path = i == 0 ? "/checkout" : NULL,
		};
	sources[0].arrivals.growth_per_month = 0.04;
}

static void feed_empty(struct feed *f)
{
	static const char *const counts[] = {"Invocations", "Errors", "Throttles", "ColdStarts"};
	for (int i = 0; i < 4; i++)
		metric_of(f, RECORD_FUNCTION, f->functions[0], counts[i], "", 0, NAN);
	times_of(f, RECORD_FUNCTION, f->functions[0], "Latency_ms", NAN);
	feed_histogram(f, f->functions[0], "Latency", 1, 1, 0);
	note_of(f, SEVERITY_WARNING, "cost", "no month's bill: the run is no whole number of periods of the traffic's pattern");
}

static void feed_full(struct feed *f)
{
	for (int i = 0; i < FUNCTIONS; i++)
		feed_function(f, i);
	for (int i = 0; i < SOURCES; i++)
		feed_source(f, i);
	metric_of(f, RECORD_ACCOUNT, "", "ConcurrentExecutions", "mean", 9.6, 0.1);
	metric_of(f, RECORD_ACCOUNT, "", "ConcurrentExecutions", "max", 31.2, 1.4);
	metric_of(f, RECORD_RUN, "", "Cost_usd", "run", 0.732, 0.003);
	metric_of(f, RECORD_RUN, "", "Cost_usd", "month", 534.93, 2.2);
	for (int i = 0; i < FUNCTIONS; i++)
		feed_all_series(f, i);
	for (int i = 0; i < FUNCTIONS; i++)
		feed_histograms(f, i);
	feed_places(f);
	feed_bill(f, true);
	feed_bill(f, false);
	feed_objectives(f);
	note_of(f, SEVERITY_WARNING, "profile", "Thumbnails: measured with Node.js 20.11, the template says nodejs22.x");
	note_of(f, SEVERITY_NOTE, "assumption", "an idle environment lives 6 minutes (default; AWS promises nothing)");
	note_of(f, SEVERITY_NOTE, "cost",
	        f->kind == FIXTURE_HOSTILE ? "<script>alert('note')</script>" : "free tier included: the account's own");
}

int fixture_study(enum fixture_kind kind, struct sink *sink, struct error *e)
{
	bool empty = kind == FIXTURE_EMPTY;
	struct feed f = {.kind = kind, .sink = sink, .e = e, .state = 1};
	f.functions = kind == FIXTURE_HOSTILE ? hostile_names : plain_names;
	f.sources = kind == FIXTURE_HOSTILE ? hostile_sources : plain_sources;
	struct function_spec functions[FUNCTIONS];
	struct source_spec sources[SOURCES];
	fill_functions(functions, f.functions);
	fill_sources(sources, f.sources);
	struct scenario scenario = {
		.name = kind == FIXTURE_HOSTILE ? "<title>\"shop\" & 'co'</title>" : "shop",
		.file = "shop/template.yaml",
		.text = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Checkout: {Type: AWS::Serverless::Function} # <script>\n",
		.duration = SIMTIME_HOUR,
		.precision = 0.05,
		.seed = kind == FIXTURE_HOSTILE ? UINT64_MAX : 1,
		.region = "us-east-1",
		.account = {.concurrent_executions = 1000, .used_by_others = 300},
		.functions = functions,
		.function_count = empty ? 1 : FUNCTIONS,
		.sources = sources,
		.source_count = empty ? 1 : SOURCES,
	};
	struct queue_spec queue = {.name = f.sources[0],
	                           .visibility = 30 * SIMTIME_SECOND,
	                           .retention = 4 * SIMTIME_DAY,
	                           .dead_letter = {TARGET_OUTSIDE, 0, f.sources[3]},
	                           .max_receive_count = 3};
	struct stream_spec stream = {.name = f.sources[1], .shards = 2, .retention = SIMTIME_DAY};
	struct topic_spec topic = {.name = f.sources[2], .subscription_count = 1};
	if (!empty) {
		scenario.queues = &queue;
		scenario.queue_count = 1;
		scenario.streams = &stream;
		scenario.stream_count = 1;
		scenario.topics = &topic;
		scenario.topic_count = 1;
	}
	struct record_study study =
		{&scenario, empty ? 1 : 20,     true, empty ? NAN : 0.0211, empty ? NULL : "Thumbnails Latency mean", 0,
	         3600,      empty ? 0 : 7234221};
	f.failed = sink->ops->begin(sink, &study, e);
	if (empty)
		feed_empty(&f);
	else
		feed_full(&f);
	return f.failed ? -1 : sink->ops->end(sink, e);
}
