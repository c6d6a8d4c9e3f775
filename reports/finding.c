#include "reports/finding.h"

#include <math.h>
#include <string.h>

#include "reports/finding_part.h"
#include "sim/base/memory.h"

/* From here on a thing is worth a sentence. Judgement, not AWS's rules. */
static const double NOTABLE_COLD = 0.01;        /* cold starts reach the p99 */
static const double NOTABLE_SLOWER = 1.2;       /* times a latency */
static const double NOTABLE_EXTRA = 1.01;       /* attempts a request */
static const double QUANTILE_ERROR = 1.0 / 256; /* of a histogram's quantiles */
static const double NOTABLE_FULL = 0.8;         /* of a limit */
static const double NOTABLE_SHARE = 0.5;        /* of the bill */

void finding__say(struct findings *f, enum finding_rank rank)
{
	f->count++;
	f->sink->begin(f->sink->ctx, rank);
}

static void finding__stop(struct findings *f)
{
	f->sink->end(f->sink->ctx, false);
}

void finding__stop_named(struct findings *f)
{
	f->sink->end(f->sink->ctx, true);
}

static double point(const struct findings *f, const struct report_function *fn, const char *metric, const char *statistic)
{
	return report_point(f->r, RECORD_FUNCTION, fn->name, metric, statistic);
}

struct figure finding__mean(const struct report *r, enum record_scope scope, const char *entity, const char *metric,
                            const char *statistic)
{
	return figure_metric(r, scope, entity, metric, statistic, "mean");
}

int64_t finding_limit(const struct report *r, const struct report_function *f)
{
	if (f->reserved != FUNCTION_UNRESERVED)
		return f->reserved;
	int64_t left = r->study.account_concurrency - r->study.account_used_by_others;
	for (size_t i = 0; i < r->functions.count; i++)
		if (r->functions.items[i].reserved > 0)
			left -= r->functions.items[i].reserved;
	return left > 0 ? left : 0;
}

bool finding_status_fails(const char *status)
{
	return status[0] < '1' || status[0] > '3';
}

/* --- objectives -------------------------------------------------------------------------------------------------------------- */

enum human_unit finding_objective_unit(const struct report_objective *o)
{
	if (o->percent || human_unit_of(o->metric) == HUMAN_SHARE)
		return HUMAN_SHARE;
	if (strcmp(o->metric, "cost") == 0 || strcmp(o->metric, "Cost") == 0)
		return HUMAN_USD;
	static const char *const times[] = {"Latency",       "Duration",        "BilledDuration",
	                                    "Age",           "IteratorAge",     "ApproximateAgeOfOldestMessage",
	                                    "AsyncEventAge", "AsyncEventDelay", "BlockedTime"};
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		if (strcmp(o->metric, times[i]) == 0)
			return HUMAN_MS;
	return HUMAN_COUNT;
}

static struct figure objective_figure(const struct report *r, size_t i, const char *end)
{
	const struct report_objective *o = &r->objectives.items[i];
	double value = strcmp(end, "low") == 0 ? o->value.low : strcmp(end, "high") == 0 ? o->value.high : o->value.mean;
	struct textbuf path = {0};
	textbuf_printf(&path, "/objectives/%zu/value/%s", i, end);
	struct figure f = figure_at(textbuf_text(&path), finding_objective_unit(o), value);
	textbuf_fini(&path);
	return f;
}

static void say_missed(struct findings *f, size_t i)
{
	if (isnan(f->r->objectives.items[i].value.mean)) {
		prose_text(f->p, " is missed: there is no value.");
		return;
	}
	prose_text(f->p, " is missed: it is ");
	prose_figure(f->p, objective_figure(f->r, i, "mean"));
	prose_text(f->p, ".");
}

/* Why there is no month's bill, as the study noted it. */
static const char *no_month(const struct report *r)
{
	for (size_t i = 0; i < r->notes.count; i++)
		if (strcmp(r->notes.items[i].topic, "cost") == 0)
			return r->notes.items[i].text;
	return "there is no monthly cost";
}

static void say_undecided(struct findings *f, size_t i)
{
	const struct report_objective *o = &f->r->objectives.items[i];
	prose_text(f->p, " is undecided: ");
	if (interval_bounded(&o->value)) {
		prose_text(f->p, "the interval from ");
		prose_figure(f->p, objective_figure(f->r, i, "low"));
		prose_text(f->p, " to ");
		prose_figure(f->p, objective_figure(f->r, i, "high"));
		prose_text(f->p, " holds the threshold. More replications would tell.");
	} else if (finding_objective_unit(o) == HUMAN_USD) {
		prose_text(f->p, no_month(f->r));
		prose_text(f->p, ".");
	} else {
		prose_text(f->p, "it never happened, so there is no value.");
	}
}

static void find_objectives(struct findings *f, enum objective_verdict verdict)
{
	for (size_t i = 0; i < f->r->objectives.count; i++) {
		const struct report_objective *o = &f->r->objectives.items[i];
		if (o->verdict != verdict)
			continue;
		finding__say(f, verdict == OBJECTIVE_MISSED ? FINDING_BAD : FINDING_WATCH);
		prose_name(f->p, o->text);
		(verdict == OBJECTIVE_MISSED ? say_missed : say_undecided)(f, i);
		finding__stop(f);
	}
}

bool finding_verdict(const struct report *r, struct prose *p, enum finding_rank *rank)
{
	size_t n = r->objectives.count, missed = 0, undecided = 0;
	for (size_t i = 0; i < n; i++) {
		missed += r->objectives.items[i].verdict == OBJECTIVE_MISSED;
		undecided += r->objectives.items[i].verdict == OBJECTIVE_UNDECIDED;
	}
	if (n == 0)
		return false;
	*rank = missed ? FINDING_BAD : undecided ? FINDING_WATCH : FINDING_GOOD;
	if (missed)
		prose_printf(p, n == 1 ? "The objective is missed" : "%zu of %zu objectives %s missed", missed, n,
		             missed == 1 ? "is" : "are");
	else if (undecided)
		prose_printf(p, n == 1 ? "The objective is undecided" : "%zu of %zu objectives %s undecided", undecided, n,
		             undecided == 1 ? "is" : "are");
	else
		prose_printf(p, n == 1 ? "The objective is met" : "All %zu objectives are met", n);
	return true;
}

/* --- functions --------------------------------------------------------------------------------------------------------------- */

/* Whether anything is meant to come to the function by itself: a source of its own, or asynchronous events. What only reads a queue or a stream that
 * stays empty, or has no traffic at all, is told by a note of the study. */
static bool is_addressed(const struct report *r, const struct report_function *fn)
{
	for (size_t i = 0; i < r->sources.count; i++)
		if (r->sources.items[i].function >= 0 && &r->functions.items[r->sources.items[i].function] == fn)
			return true;
	return report_point(r, RECORD_FUNCTION, fn->name, "AsyncEventsReceived", "") > 0;
}

static void find_unused(struct findings *f, const struct report_function *fn)
{
	if (point(f, fn, "Invocations", "") != 0 || point(f, fn, "Throttles", "") > 0 || !is_addressed(f->r, fn))
		return;
	finding__say(f, FINDING_WATCH);
	prose_name(f->p, fn->name);
	prose_text(f->p, " was never invoked.");
	finding__stop_named(f);
}

/* How an invocation may fail, as the statistics of Outcomes are named, and in words. */
static const struct {
	const char *outcome, *one, *many;
} failures[] = {
	{"error", "function error", "function errors"},
	{"timeout", "timeout", "timeouts"},
	{"crash", "crash of the runtime", "crashes of the runtime"},
	{"out of memory", "run out of memory", "runs out of memory"},
	{"init error", "error in Init", "errors in Init"},
	{"init timeout", "Init timeout", "Init timeouts"},
};

/* ": 63 function errors, 74 timeouts". */
static void say_split(struct findings *f, const struct report_function *fn)
{
	const char *between = ": ";
	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
		double n = point(f, fn, "Outcomes", failures[i].outcome);
		if (!(n > 0))
			continue;
		prose_text(f->p, between);
		prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, fn->name, "Outcomes", failures[i].outcome));
		prose_printf(f->p, " %s", n == 1 ? failures[i].one : failures[i].many);
		between = ", ";
	}
}

static void find_errors(struct findings *f, const struct report_function *fn)
{
	if (!(point(f, fn, "Errors", "") > 0))
		return;
	finding__say(f, FINDING_WATCH);
	prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, fn->name, "ErrorShare", ""));
	prose_text(f->p, " of the invocations of ");
	prose_name(f->p, fn->name);
	prose_text(f->p, " end in an error");
	say_split(f, fn);
	prose_text(f->p, ".");
	finding__stop_named(f);
}

/* A timeout bills exactly Timeout; a percentile that has reached it says nothing of the handler. */
static void find_timeouts(struct findings *f, const struct report_function *fn)
{
	double n = point(f, fn, "Outcomes", "timeout"), limit_ms = (double)fn->timeout_s * 1000;
	if (!(n > 0))
		return;
	bool cut = point(f, fn, "Duration_ms", "p99") >= limit_ms * (1 - QUANTILE_ERROR);
	finding__say(f, cut ? FINDING_BAD : FINDING_WATCH);
	prose_name(f->p, fn->name);
	prose_printf(f->p, " runs into its Timeout of %lld s ", (long long)fn->timeout_s);
	prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, fn->name, "Outcomes", "timeout"));
	prose_printf(f->p, " time%s, billed in full each time", n == 1 ? "" : "s");
	if (cut)
		prose_text(f->p, "; the p99 of its Duration is that limit");
	prose_text(f->p, ".");
	finding__stop_named(f);
}

static double quantile_ms(const struct histogram *h, double p)
{
	return h != NULL && h->count > 0 ? (double)histogram_quantile(h, p) / SIMTIME_MS : NAN;
}

/* Cold starts decide a percentile when it would be clearly better without them, not whenever there are many of them. */
static void find_cold(struct findings *f, const struct report_function *fn)
{
	const struct histogram *warm = report_histogram(f->r, RECORD_FUNCTION, fn->name, "Latency.warm");
	const struct histogram *cold = report_histogram(f->r, RECORD_FUNCTION, fn->name, "Latency.cold");
	double p99 = point(f, fn, "Latency_ms", "p99"), warm_p99 = quantile_ms(warm, 0.99);
	bool decide = p99 >= NOTABLE_SLOWER * warm_p99;
	bool slow = decide || isnan(warm_p99) || quantile_ms(cold, 0.5) >= NOTABLE_SLOWER * quantile_ms(warm, 0.5);
	if (!(point(f, fn, "ColdStartShare", "") >= NOTABLE_COLD) || !slow)
		return;
	finding__say(f, FINDING_WATCH);
	prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, fn->name, "ColdStartShare", ""));
	prose_text(f->p, " of the invocations of ");
	prose_name(f->p, fn->name);
	prose_text(f->p, " are cold starts");
	if (decide) {
		prose_text(f->p, ", enough to decide its p99 latency: ");
		prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, fn->name, "Latency_ms", "p99"));
		prose_text(f->p, ", and ");
		prose_figure(f->p, figure_at("", HUMAN_MS, warm_p99));
		prose_text(f->p, " without them");
	}
	prose_text(f->p, ".");
	finding__stop_named(f);
}

static void find_full(struct findings *f, const struct report_function *fn)
{
	double most = point(f, fn, "ConcurrentExecutions", "max");
	int64_t limit = finding_limit(f->r, fn);
	if (point(f, fn, "Throttles", "") > 0 || !(most > 0) || !(most >= NOTABLE_FULL * (double)limit))
		return;
	finding__say(f, FINDING_WATCH);
	prose_name(f->p, fn->name);
	prose_text(f->p, " peaks at ");
	prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, fn->name, "ConcurrentExecutions", "max"));
	prose_printf(f->p, " concurrent executions of the %lld it may have.", (long long)limit);
	finding__stop_named(f);
}

static void find_loop(struct findings *f, const struct report_function *fn)
{
	if (!(point(f, fn, "RecursiveInvocationsDropped", "") > 0))
		return;
	finding__say(f, FINDING_BAD);
	prose_name(f->p, fn->name);
	prose_text(f->p, " is part of a loop that Lambda stopped ");
	prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, fn->name, "RecursiveInvocationsDropped", ""));
	prose_text(f->p, " times.");
	finding__stop_named(f);
}

static void find_retries(struct findings *f)
{
	size_t count;
	const char **names = report_entities(f->r, RECORD_SOURCE, &count);
	for (size_t i = 0; i < count; i++) {
		if (!(report_point(f->r, RECORD_SOURCE, names[i], "Amplification", "") >= NOTABLE_EXTRA))
			continue;
		finding__say(f, FINDING_WATCH);
		prose_text(f->p, "Clients of ");
		prose_name(f->p, names[i]);
		prose_text(f->p, " make ");
		prose_figure(f->p, finding__mean(f->r, RECORD_SOURCE, names[i], "Amplification", ""));
		prose_text(f->p, " attempts a request: their retries are load of their own.");
		finding__stop_named(f);
	}
	memory_free(names);
}

static void find_money(struct findings *f)
{
	double all = report_bill_gross(f->r);
	if (report_bill(f->r, true).mean == 0)
		return; /* all of it is free */
	for (size_t i = 0; i < f->r->functions.count && f->r->functions.count > 1; i++) {
		const char *name = f->r->functions.items[i].name;
		double usd = report_point(f->r, RECORD_FUNCTION, name, "Cost_usd", "month");
		if (!(usd >= NOTABLE_SHARE * all) || !(usd > 0))
			continue;
		finding__say(f, FINDING_WATCH);
		prose_text(f->p, "Most of the bill is ");
		prose_name(f->p, name);
		prose_text(f->p, ": ");
		prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, name, "Cost_usd", "month"));
		prose_text(f->p, " a month before the free tier.");
		finding__stop(f);
	}
}

static void find_precision(struct findings *f)
{
	const struct report_study *s = &f->r->study;
	if (s->precision_reached)
		return;
	finding__say(f, FINDING_WATCH);
	prose_text(f->p, "The precision asked for, ±");
	prose_figure(f->p, figure_at("/precision/asked", HUMAN_SHARE, s->precision_asked));
	prose_text(f->p, ", was not reached");
	if (s->worst_metric != NULL && !isnan(s->worst_precision)) {
		prose_text(f->p, ": ");
		prose_name(f->p, s->worst_metric);
		prose_text(f->p, " is known to ±");
		prose_figure(f->p, figure_at("/precision/worst", HUMAN_SHARE, s->worst_precision));
	}
	prose_text(f->p, ".");
	finding__stop(f);
}

void finding_list(const struct report *r, const struct finding_sink *sink)
{
	static void (*const of_function[])(struct findings * f,
	                                   const struct report_function *fn) = {finding__throttles, find_timeouts, find_errors,
	                                                                        find_cold,          find_full,     find_unused,
	                                                                        find_loop};
	struct findings f = {r, sink, sink->prose, 0};
	find_objectives(&f, OBJECTIVE_MISSED);
	find_objectives(&f, OBJECTIVE_UNDECIDED);
	finding__failures(&f);
	finding__stations_bad(&f);
	for (size_t kind = 0; kind < sizeof of_function / sizeof of_function[0]; kind++)
		for (size_t i = 0; i < r->functions.count; i++)
			of_function[kind](&f, &r->functions.items[i]);
	finding__stations_watched(&f);
	find_retries(&f);
	find_money(&f);
	find_precision(&f);
	if (f.count > 0)
		return;
	finding__say(&f, FINDING_GOOD);
	prose_text(
		f.p,
		"Nothing stands out: no throttles, no errors, no failed requests, nothing lost, no cold starts that matter, room below every limit.");
	finding__stop(&f);
}

/* --- headline ---------------------------------------------------------------------------------------------------------------- */

static void headline_scale(const struct report *r, struct prose *p)
{
	size_t functions = r->functions.count, sources = r->sources.count;
	struct textbuf length = {0};
	human_time(&length, r->study.simulated_s);
	prose_text(p, textbuf_text(&length));
	textbuf_fini(&length);
	prose_printf(p, " of traffic from %zu source%s to %zu function%s, simulated ", sources, sources == 1 ? "" : "s", functions,
	             functions == 1 ? "" : "s");
	if (r->study.replications == 1)
		prose_text(p, "once. ");
	else
		prose_printf(p, "%lld times. ", (long long)r->study.replications);
}

static void headline_money(const struct report *r, struct prose *p)
{
	struct interval usd = report_bill(r, true);
	if (isnan(usd.mean)) {
		prose_text(p, "No month's bill could be made from it.");
		return;
	}
	prose_text(p, "It would cost ");
	prose_figure(p, figure_at("/cost/total/mean", HUMAN_USD, usd.mean));
	prose_text(p, " a month");
	if (isfinite(usd.low) && isfinite(usd.high) && usd.low < usd.high) {
		prose_text(p, " (");
		prose_figure(p, figure_at("/cost/total/low", HUMAN_USD, usd.low));
		prose_text(p, " to ");
		prose_figure(p, figure_at("/cost/total/high", HUMAN_USD, usd.high));
		prose_text(p, ")");
	}
	prose_text(p, ".");
}

void finding_headline(const struct report *r, bool verdict, struct prose *p)
{
	enum finding_rank rank;
	headline_scale(r, p);
	if (verdict && finding_verdict(r, p, &rank))
		prose_text(p, ". ");
	headline_money(r, p);
}
