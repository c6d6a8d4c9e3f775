/* The Weir section: run length, account, behaviour, distributions, objectives; the workload file; the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

#define WORKLOAD "    Workload: [{Source: Hello, Arrivals: 1/s}]\n"

static struct fixture_read weir(const char *keys)
{
	char *all = memory_format("%s%s", WORKLOAD, keys), *text = fixture_read_template("", all);
	struct fixture_read f = fixture_read_text(text, NULL);
	memory_free(all);
	memory_free(text);
	return f;
}

static struct fixture_read good(const char *keys)
{
	struct fixture_read f = weir(keys);
	fixture_read_expect_clean(&f);
	return f;
}

static void bad(const char *keys, const char *says)
{
	struct fixture_read f = weir(keys);
	ck_assert_msg(f.scenario == NULL, "'%s' is not refused", keys);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
}

START_TEST(run_and_account)
{
	struct fixture_read f = good(
		"    Duration: 90m\n    Replications: 12\n    Precision: 2%\n    WarmUp: 5m\n    Seed: 18446744\n    Region: eu-central-1\n"
		"    Account: {ConcurrentExecutions: 500, UsedByOthers: 100, ScalingRate: unlimited, RequestRate: unlimited}\n");
	const struct scenario *s = f.scenario;
	ck_assert_int_eq(s->duration, 90 * SIMTIME_MINUTE);
	ck_assert_int_eq(s->replications, 12);
	ck_assert_double_eq(s->precision, 0.02);
	ck_assert_int_eq(s->warm_up, 5 * SIMTIME_MINUTE);
	ck_assert(!s->warm_up_auto);
	ck_assert_uint_eq(s->seed, 18446744);
	ck_assert_str_eq(s->region, "eu-central-1");
	ck_assert_int_eq(s->account.concurrent_executions, 500);
	ck_assert_int_eq(s->account.used_by_others, 100);
	ck_assert(s->account.scaling_unlimited);
	ck_assert(s->account.request_unlimited);
	fixture_read_end(&f);
	f = good("    Replications: auto\n    WarmUp: auto\n");
	ck_assert_int_eq(f.scenario->replications, 0);
	ck_assert(f.scenario->warm_up_auto);
	fixture_read_end(&f);
}
END_TEST

START_TEST(wrong_keys)
{
	bad("    Durration: 5m\n", ":9:5 error read/unknown-key Weir has no key 'Durration' = did you mean 'Duration'?");
	bad("    Duration: 0s\n", "Weir.Duration must be greater than 0");
	bad("    Duration: [5m]\n", "read/type Weir.Duration must be a duration, not a list");
	bad("    Duration:\n", "read/type Weir.Duration must be a duration, not nothing");
	bad("    Duration: -5m\n", "'-5m' is negative");
	bad("    WarmUp: 1h\n", "WarmUp must be shorter than Duration");
	bad("    Replications: 0\n", "must be at least 1");
	bad("    Replications: many\n", "must be a whole number; 'many' is no number");
	bad("    Precision: 0\n", "must be greater than 0");
	bad("    Seed: -1\n", "Weir.Seed must be a whole number; '-1' is negative");
	bad("    Region: Ireland\n", ":9:13 error read/region no prices for the Region 'Ireland'; known: us-east-1, ");
	bad("    Region: eu-wets-1\n", ":9:13 error read/region no prices for the Region 'eu-wets-1' (did you mean 'eu-west-1'?)");
	bad("    Region:\n", ":9:12 error read/type Weir.Region must be a text, not nothing");
	bad("    Account: {ConcurentExecutions: 5}\n", "did you mean 'ConcurrentExecutions'?");
	bad("    Account: {UsedByOthers: 1001}\n", "UsedByOthers (1001) is more than");
	bad("    Account: {ScalingRate: 5}\n", "ScalingRate cannot be '5' = known: unlimited");
	bad("    Account: 5\n", "Weir.Account must be a map, not a text");
	bad("    Dependencies: {Db: {}}\n", "Weir.Dependencies is not modelled yet");
	fixture_read_refused("Resources: {H: {Type: AWS::Serverless::Function}}\nMetadata: {Weir: [1]}\n",
	                     "Metadata.Weir must be a map, not a list");
	struct fixture_read f = good("    Decisions: {Hello.MemorySize: [128, 256]}\n");
	fixture_read_expect(&f, "warning model/unused Weir.Decisions");
	fixture_read_end(&f);
}
END_TEST

static struct fixture_read behaviour(const char *keys)
{
	char *all = memory_format("    Functions: {Hello: {%s}}\n", keys);
	struct fixture_read f = weir(all);
	memory_free(all);
	return f;
}

static void bad_behaviour(const char *keys, const char *says)
{
	struct fixture_read f = behaviour(keys);
	ck_assert_msg(f.scenario == NULL, "'%s' is not refused", keys);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
}

START_TEST(behaviours)
{
	struct fixture_read f = behaviour(
		"Cpu: 20ms, Wait: {Distribution: exponential, Mean: 60ms}, Init: 300ms, ErrorRate: 0.1%, ArmFactor: 1.1,\n"
		"      MemoryUsed: 90MB, LogBytes: 600B, ResponseBytes: 4KB, Reuse: oldest, Runs: 5, ErrorsExpected: true,\n"
		"      IdleReclaim: {Policy: uniform, Low: 5m, High: 7m}");
	fixture_read_expect_clean(&f);
	const struct function_spec *h = &f.scenario->functions[0];
	ck_assert_int_eq(h->model, MODEL_DECLARED);
	ck_assert(h->declared.has_cpu && h->declared.has_wait && h->declared.has_init && !h->declared.has_duration);
	ck_assert(h->declared.has_memory_used && h->declared.has_response_bytes);
	ck_assert_double_eq(h->declared.cpu.a, 20e6);
	ck_assert_int_eq(h->declared.wait.kind, DISTRIBUTION_EXPONENTIAL);
	ck_assert_double_eq(h->declared.error_rate, 0.001);
	ck_assert_double_eq(h->declared.memory_used_mb, 90);
	ck_assert_double_eq(h->declared.response_bytes, 4096);
	ck_assert_double_eq(h->log_bytes, 600);
	ck_assert_double_eq(h->arm_factor, 1.1);
	ck_assert_int_eq(h->reuse, REUSE_OLDEST);
	ck_assert_int_eq(h->profile_runs, 5);
	ck_assert(h->errors_expected);
	ck_assert_int_eq(h->reclaim.policy, RECLAIM_UNIFORM);
	ck_assert_int_eq(h->reclaim.high, 7 * SIMTIME_MINUTE);
	fixture_read_end(&f);
	f = behaviour("Model: profile, IdleReclaim: never");
	ck_assert_int_eq(f.scenario->functions[0].model, MODEL_PROFILE);
	ck_assert_int_eq(f.scenario->functions[0].reclaim.policy, RECLAIM_NEVER);
	fixture_read_end(&f);
	f = behaviour("Model: profile, IdleReclaim: 10m, Duration: 5ms");
	ck_assert_int_eq(f.scenario->functions[0].reclaim.after, 10 * SIMTIME_MINUTE);
	fixture_read_expect(&f, "warning model/unused");
	fixture_read_end(&f);
}
END_TEST

static void behaves(const char *behaviour, const char *says)
{
	char *weir = memory_format("    Functions: {Hello: {%s}}\n    Workload: [{Source: Hello, Arrivals: 1/s}]", behaviour);
	char *text = fixture_read_template("", weir);
	struct fixture_read f = fixture_read_text(text, NULL);
	fixture_read_expect_clean(&f);
	if (*says)
		fixture_read_expect(&f, says);
	else
		ck_assert_int_eq(f.scenario->functions[0].reclaim.after, 3 * SIMTIME_MINUTE);
	fixture_read_end(&f);
	memory_free(weir);
	memory_free(text);
}

START_TEST(keys_without_effect)
{
	behaves("Duration: 5ms, Runs: 3", "warning model/unused Hello: Runs is not used with Model: declared");
	behaves("Duration: 5ms, ErrorsExpected: true",
	        "warning model/unused Hello: ErrorsExpected is not used with Model: declared");
	behaves("Duration: 5ms, LogBytes: 1KB", "warning model/unused Hello: LogBytes is not used yet");
	behaves("Duration: 5ms, IdleReclaim: {After: 3m}", "");
}
END_TEST

START_TEST(wrong_behaviours)
{
	bad_behaviour("Model: every", "model/later Model: every is not modelled yet");
	bad_behaviour("Model: declare", "Model cannot be 'declare' = did you mean 'declared'?");
	bad_behaviour("Model: declared", "neither Duration nor Cpu and Wait are");
	bad_behaviour("Duration: 5ms, Cpu: 5ms", "declare one way");
	bad_behaviour("Duration: 5", "'5' has no unit");
	bad_behaviour("Duration: 5ms, ErrorRate: 2", "'2' is too large");
	bad_behaviour("Duration: 5ms, ErrorRate: -1%", "'-1%' is negative");
	bad_behaviour("PerRecord: {Cpu: 2ms}", "error read/behaviour Weir.Functions.Hello: PerRecord's Cpu and Wait come on top");
	bad_behaviour("Duration: 5ms, Emits: [{Count: 2}]", "error read/target Weir.Functions.Hello.Emits[0] needs To");
	bad_behaviour("Duration: 5ms, Calls: []", "Calls is not modelled yet");
	bad_behaviour("Duration: 5ms, MemoryUsed: 90", "'90' has no unit = such as 90MB");
	bad_behaviour("Duration: 5ms, Reuse: newst", "did you mean 'newest'?");
	bad_behaviour("Duration: 5ms, IdleReclaim: {Low: 5m}", "needs a Policy");
	bad_behaviour("Duration: 5ms, IdleReclaim: {Policy: fixed}", "'fixed' needs After");
	bad_behaviour("Duration: 5ms, IdleReclaim: {Policy: never, After: 5m}", "'never' has no After");
	bad_behaviour("Duration: 5ms, IdleReclaim: {Policy: uniform, Low: 9m, High: 7m}", "Low is greater than High");
	bad_behaviour("Duration: 5ms, IdleReclaim: sometimes", "is no number");
	bad("    Functions: {Helo: {Duration: 5ms}}\n", "the template has no function 'Helo' = did you mean 'Hello'?");
	bad("    Functions: [Hello]\n", "Weir.Functions must be a map, not a list");
	bad("    Functions: {Hello: 5}\n", "Weir.Functions.Hello must be a map, not a text");
}
END_TEST

/* What a family's numbers are seen by: its parameters; the first and last sample; the first weight and the number of parts. */
static struct distribution duration(const char *written)
{
	char *all = memory_format("Duration: %s", written);
	struct fixture_read f = behaviour(all);
	fixture_read_expect_clean(&f);
	struct distribution d = f.scenario->functions[0].declared.duration;
	if (d.kind == DISTRIBUTION_EMPIRICAL) {
		d.a = d.samples[0];
		d.b = d.samples[d.sample_count - 1];
	} else if (d.kind == DISTRIBUTION_MIXTURE) {
		d.a = d.weights[0];
		d.b = (double)d.part_count;
	}
	fixture_read_end(&f);
	memory_free(all);
	return d;
}

static void is(const char *written, enum distribution_kind kind, double a, double b)
{
	struct distribution d = duration(written);
	ck_assert_msg(d.kind == kind, "%s", written);
	ck_assert_msg(__builtin_fabs(d.a - a) <= 1e-9 * __builtin_fabs(a) && __builtin_fabs(d.b - b) <= 1e-6 * __builtin_fabs(b),
	              "%s: %.17g %.17g", written, d.a, d.b);
}

START_TEST(distributions)
{
	fixture_read_file("ms.csv", "duration_ms\n30\n10\n20\n");
	fixture_read_file("s.csv", "x,seconds\n1,0.5\n1,0.25\n");
	fixture_read_file("plain.csv", "value\n5\n7us\n");
	is("80ms", DISTRIBUTION_CONSTANT, 80e6, 0);
	is("{Distribution: constant, Value: 80ms}", DISTRIBUTION_CONSTANT, 80e6, 0);
	is("{Distribution: uniform, Low: 1ms, High: 3ms}", DISTRIBUTION_UNIFORM, 1e6, 3e6);
	is("{Distribution: exponential, Mean: 1s}", DISTRIBUTION_EXPONENTIAL, 1e9, 0);
	is("{Distribution: lognormal, Median: 80ms, Sigma: 0.5}", DISTRIBUTION_LOGNORMAL, 80e6, 0.5);
	/* ln(5) / 2.3263478740408408 */
	is("{Distribution: lognormal, Median: 80ms, P99: 400ms}", DISTRIBUTION_LOGNORMAL, 80e6, 0.69183);
	is("{Distribution: lognormal, Median: 80ms, P10: 40ms}", DISTRIBUTION_LOGNORMAL, 80e6,
	   0.6931471805599453 / 1.2815515655446004);
	is("{Distribution: lognormal, Median: 80ms, P99.9: 80ms}", DISTRIBUTION_CONSTANT, 80e6, 0);
	is("{Distribution: gamma, Mean: 8ms, CV: 0.5}", DISTRIBUTION_GAMMA, 8e6, 0.5);
	is("{Distribution: weibull, Mean: 8ms, CV: 2}", DISTRIBUTION_WEIBULL, 8e6, 2);
	is("{Distribution: pareto, Minimum: 8ms, Shape: 2.5}", DISTRIBUTION_PARETO, 8e6, 2.5);
	is("{Distribution: empirical, File: ms.csv}", DISTRIBUTION_EMPIRICAL, 10e6, 30e6);
	is("{Distribution: empirical, File: ms.csv, Column: duration_ms}", DISTRIBUTION_EMPIRICAL, 10e6, 30e6);
	is("{Distribution: empirical, File: s.csv, Column: seconds}", DISTRIBUTION_EMPIRICAL, 0.25e9, 0.5e9);
	is("{Distribution: empirical, File: plain.csv, Unit: s}", DISTRIBUTION_EMPIRICAL, 7000, 5e9);
	is("{Distribution: mixture, Parts: [{Weight: 9, Distribution: constant, Value: 5ms},\n"
	   "        {Weight: 1, Distribution: mixture, Parts: [{Weight: 1, Distribution: exponential, Mean: 1s}]}]}",
	   DISTRIBUTION_MIXTURE, 9, 2);
}
END_TEST

START_TEST(wrong_distributions)
{
	fixture_read_file("bad.csv", "ms\n5\n-7\n");
	bad_behaviour("Duration: {Distribution: lognormal, Median: 80ms}", "needs Median and one of Sigma");
	bad_behaviour("Duration: {Distribution: lognormal, Median: 80ms, P99: 400ms, Sigma: 1}", "needs Median and one of Sigma");
	bad_behaviour("Duration: {Distribution: lognormal, P99: 400ms}", "lognormal needs Median");
	bad_behaviour("Duration: {Distribution: lognormal, Median: 80ms, P99: 40ms}", "the percentile is below the median");
	bad_behaviour("Duration: {Distribution: lognormal, Median: 80ms, P10: 90ms}", "the percentile is above the median");
	bad_behaviour("Duration: {Distribution: lognormal, Median: 0ms, Sigma: 1}", "Median must be greater than 0");
	bad_behaviour("Duration: {Distribution: lognormal, Median: 1ms, Sigma: 1, Weight: 2}", "has no key 'Weight'");
	bad_behaviour("Duration: {Distribution: uniform, Low: 5ms, High: 1ms}", "Low is greater than High");
	bad_behaviour("Duration: {Distribution: gama, Mean: 5ms, CV: 1}", "Distribution cannot be 'gama' = did you mean 'gamma'?");
	bad_behaviour("Duration: {Distribution: gamma, Mean: 5ms, CV: 0}", "CV must be greater than 0");
	bad_behaviour("Duration: {Distribution: gamma, Mean: 5ms}", "gamma needs CV");
	bad_behaviour("Duration: {Mean: 5ms}", "needs the key Distribution");
	bad_behaviour("Duration: {Distribution: mixture}", "mixture needs Parts");
	bad_behaviour("Duration: {Distribution: mixture, Parts: []}", "a mixture needs Parts");
	bad_behaviour("Duration: {Distribution: mixture, Parts: [{Distribution: constant, Value: 1ms}]}",
	              "Parts[0]: a part of a mixture needs a Weight");
	bad_behaviour("Duration: {Distribution: mixture, Parts: [5ms]}", "Parts[0] must be a map");
	bad_behaviour("Duration: {Distribution: empirical, File: bad.csv}",
	              "bad.csv:3:1 error read/csv column 1: '-7' is negative");
	bad_behaviour("Duration: {Distribution: empirical, File: bad.csv, Column: s}", "no column is called 's'");
	bad_behaviour("Duration: {Distribution: empirical, File: none.csv}", "read/file none.csv");
}
END_TEST

static void objective(const char *written, const char *entity, const char *metric, const char *statistic, bool percent,
                      enum comparator comparator, double threshold)
{
	char *all = memory_format("    Objectives: [\"%s\"]\n", written);
	struct fixture_read f = good(all);
	const struct objective_spec *o = f.scenario->objectives;
	ck_assert_uint_eq(f.scenario->objective_count, 1);
	ck_assert_str_eq(o->text, written);
	ck_assert_str_eq(o->entity, entity);
	ck_assert_str_eq(o->metric, metric);
	ck_assert_str_eq(o->statistic, statistic);
	ck_assert(o->percent == percent);
	ck_assert_int_eq(o->comparator, comparator);
	ck_assert_double_eq_tol(o->threshold, threshold, 1e-12 * threshold);
	fixture_read_end(&f);
	memory_free(all);
}

START_TEST(objectives)
{
	objective("Hello Latency p99 < 300ms", "Hello", "Latency", "p99", false, COMPARATOR_BELOW, 300);
	objective("Hello Latency<=1.5s", "Hello", "Latency", "mean", false, COMPARATOR_AT_MOST, 1500);
	objective("Hello Throttles < 0.1%", "Hello", "Throttles", "mean", true, COMPARATOR_BELOW, 0.001);
	objective("Hello Errors < 5", "Hello", "Errors", "mean", false, COMPARATOR_BELOW, 5);
	objective("Hello ColdStarts <= 1 %", "Hello", "ColdStarts", "mean", true, COMPARATOR_AT_MOST, 0.01);
	objective("Hello Requests >= 100", "Hello", "Requests", "mean", false, COMPARATOR_AT_LEAST, 100);
	objective("Hello Status 429 < 10", "Hello", "Status", "429", false, COMPARATOR_BELOW, 10);
	objective("Hello ConcurrentExecutions max > 3", "Hello", "ConcurrentExecutions", "max", false, COMPARATOR_ABOVE, 3);
	objective("Hello AsyncEventDelay p99 < 1m", "Hello", "AsyncEventDelay", "p99", false, COMPARATOR_BELOW, 60000);
	objective("Hello DeadLettered <= 0.5%", "Hello", "DeadLettered", "mean", true, COMPARATOR_AT_MOST, 0.005);
	objective("cost < 120 USD", "account", "cost", "mean", false, COMPARATOR_BELOW, 120);
	objective("account cost < 120.50 USD/month", "account", "cost", "mean", false, COMPARATOR_BELOW, 120.5);
	objective("Hello cost < 1e2USD", "Hello", "cost", "mean", false, COMPARATOR_BELOW, 100);
	objective("account ConcurrentExecutions max < 900", "account", "ConcurrentExecutions", "max", false, COMPARATOR_BELOW, 900);
}
END_TEST

/* A template with one of each kind of place, and an objective. */
static struct fixture_read places(const char *written)
{
	char *text = memory_format(
		"Resources:\n"
		"  Hello:\n"
		"    Type: AWS::Serverless::Function\n"
		"    Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: hello}\n"
		"  Orders: {Type: AWS::SQS::Queue}\n"
		"  News: {Type: AWS::SNS::Topic}\n"
		"  Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}\n"
		"Metadata: {Weir: {Duration: 1h, Functions: {Hello: {Duration: 5ms}}, Workload: [{Source: Orders, Arrivals: 1/s}], Objectives: [\"%s\"]}}\n",
		written);
	struct fixture_read f = fixture_read_text(text, NULL);
	memory_free(text);
	return f;
}

static const struct {
	const char *written, *metric, *statistic;
	bool percent;
	double threshold;
} of_places[] = {
	{"Orders Age p99 < 60s", "Age", "p99", false, 60000},
	{"Orders DeadLettered <= 0", "DeadLettered", "mean", false, 0},
	{"Orders Expired < 0.1%", "Expired", "mean", true, 0.001},
	{"Orders ApproximateAgeOfOldestMessage < 5m", "ApproximateAgeOfOldestMessage", "max", false, 300000},
	{"Orders ApproximateNumberOfMessagesVisible max < 1000", "ApproximateNumberOfMessagesVisible", "max", false, 1000},
	{"Clicks IteratorAge max < 10s", "IteratorAge", "max", false, 10000},
	{"News Delivered >= 99%", "Delivered", "mean", true, 0.99},
};

START_TEST(objectives_of_places)
{
	struct fixture_read f = places(of_places[_i].written);
	ck_assert_msg(f.scenario != NULL && f.scenario->objective_count == 1, "%s", of_places[_i].written);
	const struct objective_spec *o = f.scenario->objectives;
	ck_assert_str_eq(o->metric, of_places[_i].metric);
	ck_assert_str_eq(o->statistic, of_places[_i].statistic);
	ck_assert(o->percent == of_places[_i].percent);
	ck_assert_double_eq_tol(o->threshold, of_places[_i].threshold, 1e-9);
	fixture_read_end(&f);
}
END_TEST

static const char *const wrong_of_places[][2] = {
	{"News Age < 1s", "News has no metric 'Age'"},
	{"Orders IteratorAge < 1s", "Orders has no metric 'IteratorAge'"},
	{"Orders Age < 5", "Age is compared with a duration"},
	{"Order Age < 1s", "did you mean 'Orders'?"},
};

START_TEST(wrong_objectives_of_places)
{
	struct fixture_read f = places(wrong_of_places[_i][0]);
	ck_assert_ptr_null(f.scenario);
	fixture_read_expect(&f, wrong_of_places[_i][1]);
	fixture_read_end(&f);
}
END_TEST

static void bad_objective(const char *written, const char *says)
{
	char *all = memory_format("    Objectives: [\"%s\"]\n", written);
	bad(all, says);
	memory_free(all);
}

START_TEST(wrong_objectives)
{
	bad_objective("Hello Latency", "is no objective: it has no '<' or '>'");
	bad_objective("Hello < 3", "needs an entity and a metric");
	bad_objective(
		"Helo Errors < 3",
		"'Helo' is neither a function, a source with traffic, a queue, stream, event source mapping, topic, bus or bucket nor 'account' = did you mean 'Hello'?");
	bad_objective("Hello Latenci < 3ms", "Hello has no metric 'Latenci' = did you mean 'Latency'?");
	bad_objective("Hello Latency p98 < 3ms", "Latency has no statistic 'p98'");
	bad_objective("Hello Latency p99 p90 < 3ms", "too many words");
	bad_objective("Hello a b c d e f g < 3ms", "too many words");
	bad_objective("Hello Latency < 3", "Latency is compared with a duration such as 300ms; '3' has no unit");
	bad_objective("Hello Latency < -3ms", "is negative");
	bad_objective("Hello Throttles < 101%", "is too large");
	bad_objective("Hello Status < 5", "Status needs a status");
	bad_objective("cost < 120", "has no unit");
	bad_objective("cost < 120 EUR", "is compared with dollars a month");
	bad_objective("account Latency < 5ms", "account has no metric 'Latency'");
	bad_objective("Hello Errors < x", "'x' is no number");
	bad("    Objectives: Hello Errors < 3\n", "Weir.Objectives must be a list, not a text");
}
END_TEST

START_TEST(workload_file_counts_before_the_template)
{
	char *text =
		fixture_read_template("", WORKLOAD
	                              "    Duration: 5m\n    Seed: 7\n    Account: {ConcurrentExecutions: 500, UsedByOthers: 10}\n"
	                              "    Functions: {Hello: {Duration: 5ms, IdleReclaim: {Policy: fixed, After: 1m}}}\n");
	static const char *const files[] = {
		"Duration: 2h\nAccount: {UsedByOthers: 20}\nFunctions: {Hello: {IdleReclaim: {Policy: never}}}\nWorkload: [{Source: Hello, Arrivals: 9/s}]\n",
		"Weir: {Duration: 2h, Account: {UsedByOthers: 20}, Functions: {Hello: {IdleReclaim: never}}, Workload: [{Source: Hello, Arrivals: 9/s}]}\n",
		"{\"Metadata\": {\"Weir\": {\"Duration\": \"2h\", \"Account\": {\"UsedByOthers\": 20}, \"Functions\": {\"Hello\": {\"IdleReclaim\": \"never\"}},\n"
		" \"Workload\": [{\"Source\": \"Hello\", \"Arrivals\": \"9/s\"}]}}}",
	};
	for (size_t i = 0; i < 3; i++) {
		struct fixture_read f = fixture_read_two(text, files[i], NULL);
		fixture_read_expect_clean(&f);
		ck_assert_int_eq(f.scenario->duration, 2 * SIMTIME_HOUR);
		ck_assert_uint_eq(f.scenario->seed, 7);
		ck_assert_int_eq(f.scenario->account.concurrent_executions, 500);
		ck_assert_int_eq(f.scenario->account.used_by_others, 20);
		ck_assert_int_eq(f.scenario->functions[0].reclaim.policy, RECLAIM_NEVER);
		ck_assert_double_eq(f.scenario->functions[0].declared.duration.a, 5e6);
		ck_assert_uint_eq(f.scenario->source_count, 1);
		ck_assert_double_eq(f.scenario->sources[0].arrivals.rate_per_s, 9);
		ck_assert_ptr_nonnull(strstr(f.scenario->text, "\n---\n"));
		fixture_read_end(&f);
	}
	memory_free(text);
}
END_TEST

START_TEST(command_line_counts_before_all)
{
	static const char *const sets[] = {"Hello.MemorySize=512",
	                                   "Hello.Timeout=20",
	                                   "Hello.Environment.Variables.X=a=b",
	                                   "Hello.Model=declared",
	                                   "Hello.Duration={Distribution: uniform, Low: 1ms, High: 2ms}",
	                                   "Account.UsedByOthers=30",
	                                   "Hello.ReservedConcurrentExecutions=null"};
	static const char *const rates[] = {"Hello=300/m"};
	struct read_options o = {.sets = sets,
	                         .set_count = 7,
	                         .rates = rates,
	                         .rate_count = 1,
	                         .duration = "10m",
	                         .replications = "4",
	                         .seed = "9",
	                         .region = "eu-west-1"};
	char *text = fixture_read_template("MemorySize: 256, ReservedConcurrentExecutions: 950", WORKLOAD "    Duration: 5m\n");
	struct fixture_read f = fixture_read_text(text, &o);
	fixture_read_expect_clean(&f);
	const struct function_spec *h = &f.scenario->functions[0];
	ck_assert_int_eq(h->memory_mb, 512);
	ck_assert_int_eq(h->timeout_s, 20);
	ck_assert_int_eq(h->reserved, FUNCTION_UNRESERVED);
	ck_assert_str_eq(h->variables[0].value, "a=b");
	ck_assert_int_eq(h->declared.duration.kind, DISTRIBUTION_UNIFORM);
	ck_assert_int_eq(f.scenario->account.used_by_others, 30);
	ck_assert_int_eq(f.scenario->duration, 10 * SIMTIME_MINUTE);
	ck_assert_int_eq(f.scenario->replications, 4);
	ck_assert_uint_eq(f.scenario->seed, 9);
	ck_assert_str_eq(f.scenario->region, "eu-west-1");
	ck_assert_double_eq(f.scenario->sources[0].arrivals.rate_per_s, 5);
	fixture_read_end(&f);
	memory_free(text);
}
END_TEST

static void bad_set(const char *set, const char *says)
{
	struct read_options o = {.sets = &set, .set_count = 1};
	char *text = fixture_read_template("", WORKLOAD);
	struct fixture_read f = fixture_read_text(text, &o);
	ck_assert_ptr_null(f.scenario);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
	memory_free(text);
}

START_TEST(wrong_sets)
{
	bad_set("Hello.MemorySiz=1",
	        "--set Hello.MemorySiz:0:0 error read/unknown-key Hello has no property 'MemorySiz' = did you mean 'MemorySize'?");
	bad_set("Helo.MemorySize=1", "the template has no resource 'Helo' = did you mean 'Hello'?");
	bad_set("Hello.MemorySize=77", "--set Hello.MemorySize:0:0 error limit/memory");
	bad_set("Hello=77", "the name must be Logical.Property");
	bad_set("Hello.MemorySize", "is not Logical.Property=VALUE");
	bad_set("=5", "is not Logical.Property=VALUE");
	bad_set("Hello.Model={", "read/");
	bad_set("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r=1", "too many parts");
}
END_TEST

Suite *weirkeys_suite(void);

Suite *weirkeys_suite(void)
{
	Suite *suite = suite_create("weirkeys");
	TCase *tcase = tcase_create("keys");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, run_and_account);
	tcase_add_test(tcase, wrong_keys);
	tcase_add_test(tcase, behaviours);
	tcase_add_test(tcase, keys_without_effect);
	tcase_add_test(tcase, wrong_behaviours);
	tcase_add_test(tcase, distributions);
	tcase_add_test(tcase, wrong_distributions);
	tcase_add_test(tcase, objectives);
	tcase_add_test(tcase, wrong_objectives);
	tcase_add_loop_test(tcase, objectives_of_places, 0, (int)(sizeof of_places / sizeof of_places[0]));
	tcase_add_loop_test(tcase, wrong_objectives_of_places, 0, (int)(sizeof wrong_of_places / sizeof wrong_of_places[0]));
	tcase_add_test(tcase, workload_file_counts_before_the_template);
	tcase_add_test(tcase, command_line_counts_before_all);
	tcase_add_test(tcase, wrong_sets);
	suite_add_tcase(suite, tcase);
	return suite;
}
