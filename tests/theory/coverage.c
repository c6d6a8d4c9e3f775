/* coverage: whether intervals that say 95 % hold the truth 95 times in 100. Whole studies, as a user gets them, are repeated
 * with other seeds; each asks for metrics whose exact values theory knows. The share of the seeds whose interval holds the truth
 * must lie in the central 99.9 % of the binomial distribution (200 seeds: 179 to 198; 1,000: 926 to 971); quantiles and studies
 * that choose the number of their replications themselves, whose intervals are approximate, in 92 to 98 % of 1,000.
 *
 * Steady states: all service times are exponential (or there is no queue), so what is left of the empty start after w seconds is
 * below exp(-w / mean), and each warm-up is at least 30 means: nothing beside a tenth of any half-width. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/study/study.h"
#include "tests/support/build.h"
#include "tests/support/expect.h"

/* How the intervals come about, and so how exact their coverage is. */
enum sort { FIXED, QUANTILE, SEQUENTIAL };

struct question {
	enum sort sort;
	const char *entity, *metric, *statistic;
	double truth;
	unsigned asked, held;
	double half_width; /* sum of relative ones */
};

/* --- a sink that listens for the answers
 * ---------------------------------------------------------------------------------------- */

struct ear {
	struct sink base;
	struct question *questions;
	size_t count;
	uint64_t replications;
};

static int begin(struct sink *s, const struct record_study *study, struct error *e)
{
	(void)e;
	((struct ear *)s)->replications += study->replications;
	return 0;
}

static int metric(struct sink *s, const struct record_metric *m, struct error *e)
{
	(void)e;
	struct ear *ear = (struct ear *)s;
	for (size_t i = 0; i < ear->count; i++) {
		struct question *q = &ear->questions[i];
		if (strcmp(m->entity, q->entity) != 0 || strcmp(m->metric, q->metric) != 0 ||
		    strcmp(m->statistic, q->statistic) != 0 || m->scope == RECORD_ACCOUNT)
			continue;
		q->asked++;
		q->held += m->value.low <= q->truth && q->truth <= m->value.high;
		q->half_width += interval_half_width(&m->value) / q->truth;
	}
	return 0;
}

static int series(struct sink *s, const struct record_series *r, struct error *e)
{
	(void)s, (void)r, (void)e;
	return 0;
}

static int histogram(struct sink *s, const struct record_histogram *h, struct error *e)
{
	(void)s, (void)h, (void)e;
	return 0;
}

static int cost(struct sink *s, const struct record_cost *c, struct error *e)
{
	(void)s, (void)c, (void)e;
	return 0;
}

static int objective(struct sink *s, const struct record_objective *o, struct error *e)
{
	(void)s, (void)o, (void)e;
	return 0;
}

static int note(struct sink *s, const struct record_note *n, struct error *e)
{
	(void)s, (void)n, (void)e;
	return 0;
}

static int end(struct sink *s, struct error *e)
{
	(void)s, (void)e;
	return 0;
}

static void fini(struct sink *s)
{
	(void)s;
}

static const struct sink_ops listen = {begin, metric, series, histogram, cost, objective, note, end, fini};

/* --- test beds
 * ------------------------------------------------------------------------------------------------------------------ */

static double erlang_b(int servers, double load)
{
	double b = 1;
	for (int n = 1; n <= servers; n++)
		b = load * b / (n + load * b);
	return b;
}

/* One function, one source of Poisson requests, exponential durations. */
static struct scenario *bed(double rate, double mean_s, double warm_up_s, double counted_s, int replications)
{
	struct scenario *s = build_scenario((simtime)((warm_up_s + counted_s) * 1e9), 1);
	s->warm_up = (simtime)(warm_up_s * 1e9);
	s->replications = replications;
	build_function(s, "F", build_exponential(mean_s));
	build_source(s, "S", 0, SOURCE_INVOKE, rate);
	return s;
}

/* Repeats the study of `s` with the seeds 1, 2, ... and judges every question. */
static void judge(struct expect *x, const char *name, struct scenario *s, struct question *questions, size_t count)
{
	const unsigned seeds = x->full ? 1000 : 200;
	static const double full_low[] = {926, 920, 920}, full_high[] = {971, 980, 980};
	struct ear ear = {{&listen}, questions, count, 0};
	struct study_options options = {.jobs = 1};
	struct study_verdict verdict;
	struct error e = {0};
	for (unsigned seed = 1; seed <= seeds; seed++) {
		s->seed = seed;
		if (study_run(s, &options, &ear.base, &verdict, &e))
			expect_true(x, false, "%s, seed %u: %s", name, seed, e.text);
	}
	expect_title("%s: %u seeds, %.1f replications on average", name, seeds, (double)ear.replications / seeds);
	for (size_t i = 0; i < count; i++) {
		const struct question *q = &questions[i];
		char what[200];
		snprintf(what, sizeof what, "%s %s %s = %.6g, half-width %.1f %%: %.1f %% of the intervals hold it", q->entity,
		         q->metric, q->statistic, q->truth, 100 * q->half_width / seeds, 100.0 * q->held / seeds);
		if (expect_true(x, q->asked == seeds, "every study answers %s %s %s", q->entity, q->metric, q->statistic))
			expect_between(x, q->held, x->full ? full_low[q->sort] : 179, x->full ? full_high[q->sort] : 198, "%s",
			               what);
	}
	build_free(s);
}

#define JUDGE(x, name, s, questions) judge(x, name, s, questions, sizeof questions / sizeof *questions)

/* No limits: concurrency, durations, bills. A billed duration is geometric: its mean is 1 / (1 - exp(-1 ms / mean)) ms. */
static void unlimited(struct expect *x)
{
	const double seconds = 100, rate = 10, requests = rate * seconds, billed_ms = -1 / expm1(-1.0 / 1000);
	const double gb_seconds = requests * billed_ms / 1000 * 1769 / 1024;
	/* AWS Lambda pricing, us-east-1: x86_64, first tier. */
	const double usd = requests * 0.20e-6 + gb_seconds * 0.0000166667;
	struct question questions[] = {
		{FIXED, "F", "ConcurrentExecutions", "mean", rate, 0, 0, 0},
		{FIXED, "F", "Invocations", "", requests, 0, 0, 0},
		{FIXED, "F", "Duration_ms", "mean", 1000, 0, 0, 0},
		{FIXED, "F", "Latency_ms", "mean", 1000, 0, 0, 0},
		{FIXED, "F", "BilledDuration_ms", "", billed_ms, 0, 0, 0},
		{FIXED, "F", "GBSeconds", "", gb_seconds, 0, 0, 0},
		{FIXED, "F", "Cost_usd", "run", usd, 0, 0, 0},
		{FIXED, "S", "Requests", "", requests, 0, 0, 0},
	};
	JUDGE(x, "M/M/infinity, 10 a second, 20 replications", bed(rate, 1, 30, seconds, 20), questions);
}

static void reserved(struct expect *x)
{
	const double b = erlang_b(10, 9), seconds = 200;
	struct question questions[] = {
		{FIXED, "F", "ThrottleShare", "", b, 0, 0, 0},
		{FIXED, "F", "Throttles", "", 9 * seconds * b, 0, 0, 0},
		{FIXED, "F", "ConcurrentExecutions", "mean", 9 * (1 - b), 0, 0, 0},
		{FIXED, "S", "Latency_ms", "mean", 1000 * (1 - b), 0, 0, 0},
		{FIXED, "S", "Status", "429", 9 * seconds * b, 0, 0, 0},
	};
	struct scenario *s = bed(9, 1, 30, seconds, 20);
	s->functions[0].reserved = 10;
	JUDGE(x, "Erlang loss, 9 erlang on 10 reserved, 20 replications", s, questions);
}

/* Latency of all requests: throttled ones wait 0, so P(latency > t) = (1 - B) exp(-t / mean); throttles come in bursts, so the
 * values depend on each other. Over 100 values lie beyond p99 in each of the ten sections. */
static void tails(struct expect *x)
{
	const double b = erlang_b(10, 9), mean_ms = 100;
	struct question questions[] = {
		{QUANTILE, "S", "Latency_ms", "p50", mean_ms * log(2 * (1 - b)), 0, 0, 0},
		{QUANTILE, "S", "Latency_ms", "p95", mean_ms * log(20 * (1 - b)), 0, 0, 0},
		{QUANTILE, "S", "Latency_ms", "p99", mean_ms * log(100 * (1 - b)), 0, 0, 0},
		{QUANTILE, "F", "Latency_ms", "p99", mean_ms * log(100), 0, 0, 0},
		{QUANTILE, "F", "Duration_ms", "p90", mean_ms * log(10), 0, 0, 0},
	};
	struct scenario *s = bed(90, mean_ms / 1000, 5, 150, 10);
	s->functions[0].reserved = 10;
	JUDGE(x, "quantiles of an Erlang loss system, 10 replications", s, questions);
}

/* More replications than sections: each section pools five. Lognormal with CV 2 and no queue. */
static void pooled_tails(struct expect *x)
{
	struct distribution d = build_lognormal(0.1, 2);
	const double median_ms = d.a / 1e6;
	struct question questions[] = {
		{QUANTILE, "F", "Duration_ms", "p50", median_ms, 0, 0, 0},
		{QUANTILE, "F", "Duration_ms", "p99", median_ms * exp(d.b * 2.3263478740408408), 0, 0, 0},
	};
	struct scenario *s = bed(100, 0.1, 0, 24, 50);
	s->functions[0].declared.duration = d;
	JUDGE(x, "quantiles of lognormal durations, 50 replications", s, questions);
}

/* The exact share of cold starts is computed in coldstarts.c. */
static void cold_starts(struct expect *x)
{
	struct question questions[] = {
		{FIXED, "F", "ColdStartShare", "", 0.0773738269, 0, 0, 0},
		{FIXED, "F", "ColdStarts", "", 2000 * 0.0773738269, 0, 0, 0},
	};
	struct scenario *s = bed(1, 1, 50, 2000, 20);
	s->functions[0].reclaim.after = 10 * SIMTIME_SECOND;
	JUDGE(x, "cold starts, 1 a second, idle life 10 s, 20 replications", s, questions);
}

static void sequential(struct expect *x, double precision)
{
	struct question questions[] = {{SEQUENTIAL, "F", "Latency_ms", "mean", 1000, 0, 0, 0}};
	struct scenario *s = bed(1, 1, 0, 150, 0);
	s->precision = precision;
	char name[80];
	snprintf(name, sizeof name, "replications until mean latency is known to %g %%", 100 * precision);
	JUDGE(x, name, s, questions);
}

/* An objective on throttles is watched too; that interval is the jackknife's. */
static void sequential_share(struct expect *x)
{
	const struct objective_spec o = {.text = "F Throttles < 50%",
	                                 .entity = "F",
	                                 .metric = "Throttles",
	                                 .statistic = "mean",
	                                 .percent = true,
	                                 .comparator = COMPARATOR_BELOW,
	                                 .threshold = 0.5};
	struct question questions[] = {{SEQUENTIAL, "F", "ThrottleShare", "", erlang_b(10, 9), 0, 0, 0}};
	struct scenario *s = bed(9, 1, 30, 100, 0);
	s->functions[0].reserved = 10;
	s->objectives[s->objective_count++] = o;
	s->precision = 0.04;
	JUDGE(x, "replications until the throttled share is known to 4 %", s, questions);
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	unlimited(&x);
	reserved(&x);
	cold_starts(&x);
	tails(&x);
	pooled_tails(&x);
	sequential(&x, 0.03);
	sequential(&x, 0.02);
	sequential_share(&x);
	return expect_end(&x);
}
