/* metrics: see metrics.h. */
#include "scenarios/study/metrics.h"

#include <string.h>

#include "sim/base/memory.h"

static const double LEVEL = 0.95;

static struct interval exactly(double value)
{
	return (struct interval){value, __builtin_nan(""), __builtin_nan("")};
}

/* --- adding rows ----------------------------------------------------------------------------------------------------------------- */

struct writer {
	struct metric_rows *out;
	size_t replications;
	enum record_scope scope;
	const char *entity;
};

static void add(struct writer *w, const char *metric, const char *statistic, struct interval value)
{
	struct metric_rows *m = w->out;
	MEMORY_ROOM(m->items, m->count, m->capacity);
	m->items[m->count++] = (struct record_metric){w->scope, w->entity, metric, statistic, value, false};
}

/* Counts, levels, times and money: nothing of it is below 0, but the t interval of a few replications does not know. */
static void add_mean(struct writer *w, const char *metric, const char *statistic, const double *values)
{
	struct interval i = interval_of_mean(values, w->replications, LEVEL);
	w->out->cut += i.low < 0;
	add(w, metric, statistic, interval_within(i, 0, __builtin_inf()));
}

static void add_share(struct writer *w, const char *metric, const char *statistic, const double *part, const double *whole)
{
	struct interval i = interval_of_ratio(part, whole, w->replications, LEVEL);
	w->out->cut += i.low < 0 || i.high > 1;
	add(w, metric, statistic, interval_within(i, 0, 1));
}

/* --- distributions --------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	double p;
} quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p99.9", 0.999}};

static double quantile_ms(const struct histogram *h, double p)
{
	return h->count ? (double)histogram_quantile(h, p) / 1e6 : __builtin_nan("");
}

/* Whether a section with `n` values expects enough beyond the quantile, on the thinner side. */
static bool tail_thick_enough(uint64_t n, double p)
{
	double beyond = p > 0.5 ? 1 - p : p;
	return (double)n * beyond >= METRICS_TAIL - 1e-9; /* 100 x (1 - 0.9) is a little less than 10 */
}

struct interval metrics_quantile(const struct histogram *sections, size_t count, double p)
{
	struct histogram pooled = {0};
	double values[TALLY_SECTIONS];
	size_t n = 0;
	bool thick = true;
	for (size_t i = 0; i < count && i < TALLY_SECTIONS; i++) {
		histogram_merge(&pooled, &sections[i]);
		thick = thick && tail_thick_enough(sections[i].count, p);
		values[n++] = quantile_ms(&sections[i], p);
	}
	double point = quantile_ms(&pooled, p);
	histogram_fini(&pooled);
	return thick ? interval_of_sections(point, values, n, LEVEL) : exactly(point);
}

static double largest_ms(const struct histogram *sections)
{
	int64_t largest = -1;
	for (size_t i = 0; i < TALLY_SECTIONS; i++)
		if (sections[i].count && sections[i].largest > largest)
			largest = sections[i].largest;
	return largest < 0 ? __builtin_nan("") : (double)largest / 1e6;
}

static void add_distribution(struct writer *w, const char *metric, const double *means, const struct histogram *sections)
{
	size_t used = w->replications < TALLY_SECTIONS ? w->replications : TALLY_SECTIONS;
	add_mean(w, metric, "mean", means);
	for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++)
		add(w, metric, quantiles[i].name, metrics_quantile(sections, used, quantiles[i].p));
	add(w, metric, "max", exactly(largest_ms(sections)));
}

/* --- entities -------------------------------------------------------------------------------------------------------------------- */

static const char *const outcome_names[OUTCOMES] = {
	[OUTCOME_OK] = "ok",
	[OUTCOME_ERROR] = "error",
	[OUTCOME_TIMEOUT] = "timeout",
	[OUTCOME_CRASH] = "crash",
	[OUTCOME_OUT_OF_MEMORY] = "out of memory",
	[OUTCOME_INIT_ERROR] = "init error",
	[OUTCOME_INIT_TIMEOUT] = "init timeout",
};

static void add_function(struct writer *w, const struct tally_function *f, bool has_month)
{
	add_mean(w, "Invocations", "", f->scalar[F_INVOCATIONS]);
	add_mean(w, "Errors", "", f->scalar[F_ERRORS]);
	add_mean(w, "Throttles", "", f->scalar[F_THROTTLES]);
	add_mean(w, "ColdStarts", "", f->scalar[F_COLD_STARTS]);
	add_mean(w, "ConcurrentExecutions", "mean", f->scalar[F_BUSY_MEAN]);
	add_mean(w, "ConcurrentExecutions", "max", f->scalar[F_BUSY_MAX]);
	add_mean(w, "Environments", "mean", f->scalar[F_ALIVE_MEAN]);
	add_mean(w, "Environments", "max", f->scalar[F_ALIVE_MAX]);
	add_distribution(w, "Duration_ms", f->scalar[F_DURATION_MEAN], f->section[H_DURATION]);
	add_distribution(w, "Latency_ms", f->scalar[F_LATENCY_MEAN], f->section[H_LATENCY]);
	add_mean(w, "BilledDuration_ms", "", f->scalar[F_BILLED_MEAN]);
	add_mean(w, "GBSeconds", "", f->scalar[F_GB_SECONDS]);
	add_mean(w, "Resets", "", f->scalar[F_RESETS]);
	add_mean(w, "RecursiveInvocationsDropped", "", f->scalar[F_RECURSIONS]);
	add_share(w, "ColdStartShare", "", f->scalar[F_COLD_STARTS], f->scalar[F_INVOCATIONS]);
	add_share(w, "ErrorShare", "", f->scalar[F_ERRORS], f->scalar[F_INVOCATIONS]);
	add_share(w, "ThrottleShare", "", f->scalar[F_THROTTLES], f->scalar[F_ATTEMPTS]);
	for (int k = THROTTLE_NONE + 1; k < THROTTLES; k++)
		add_mean(w, "ThrottleReasons", throttle_name((enum throttle)k), f->scalar[F_THROTTLE_0 + k]);
	for (int k = 0; k < OUTCOMES; k++)
		add_mean(w, "Outcomes", outcome_names[k], f->scalar[F_OUTCOME_0 + k]);
	add_mean(w, "Cost_usd", "run", f->scalar[F_COST_RUN]);
	if (has_month)
		add_mean(w, "Cost_usd", "month", f->scalar[F_COST_MONTH]);
	else
		add(w, "Cost_usd", "month", INTERVAL_NONE);
}

static bool any(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (values[i] != 0)
			return true;
	return false;
}

/* Where the status shows a function error it is counted there. */
static void add_source(struct writer *w, const struct tally_source *s, enum source_kind kind)
{
	add_mean(w, "Requests", "", s->scalar[S_REQUESTS]);
	add_mean(w, "Attempts", "", s->scalar[S_ATTEMPTS]);
	add_mean(w, "Amplification", "", s->scalar[S_AMPLIFICATION]);
	for (size_t k = 1; k < STATUS_LIMIT; k++)
		if (s->status[k])
			add_mean(w, "Status", arena_format(&w->out->arena, "%zu", k), s->status[k]);
	if (s->status[STATUS_CLIENT_TIMEOUT])
		add_mean(w, "Status", "timeout", s->status[STATUS_CLIENT_TIMEOUT]);
	if (kind == SOURCE_INVOKE)
		add_mean(w, "FunctionErrors", "", s->scalar[S_FUNCTION_ERRORS]);
	for (int k = FAILURE_NONE + 1; k < FAILURES; k++)
		if (any(s->scalar[S_FAILURE_0 + k], w->replications))
			add_mean(w, "Failures", failure_name((enum failure)k), s->scalar[S_FAILURE_0 + k]);
	add_share(w, "FailureShare", "", s->scalar[S_FAILED], s->scalar[S_ANSWERS]);
	add_mean(w, "Unfinished", "", s->scalar[S_UNFINISHED]);
	add_distribution(w, "Latency_ms", s->scalar[S_LATENCY_MEAN], s->section);
}

/* Where what came here ended, in numbers and as shares of all that ended here or was still here at the end. */
static void add_ends(struct writer *w, const struct tally_station *s, const char *number, const char *share)
{
	for (int k = 0; k < STATION_ENDS; k++)
		add_mean(w, number, station_end_name((enum station_end)k), s->scalar[STATION_END_0 + k]);
	add_mean(w, number, "in flight", s->scalar[STATION_HELD]);
	for (int k = 0; k < STATION_ENDS; k++)
		add_share(w, share, station_end_name((enum station_end)k), s->scalar[STATION_END_0 + k], s->scalar[STATION_ALL]);
	add_share(w, share, "in flight", s->scalar[STATION_HELD], s->scalar[STATION_ALL]);
}

/* A station, under its own name; asynchronous events under their function's, beside what it has already. */
static void add_station(struct writer *w, const struct tally_station *s)
{
	const struct station_ops *ops = s->face->ops;
	bool asynchronous = s->face->kind == TARGET_FUNCTION;
	bool mapping = s->face->face == FACE_MAPPING;
	for (size_t i = 0; ops && i < ops->figure_count; i++)
		add_mean(w, ops->figures[i].name, ops->figures[i].statistic, s->figures[i]);
	if (s->face->face == FACE_STREAMS_FUNCTION)
		return;
	if (!asynchronous && !(mapping && s->face->kind == TARGET_QUEUE)) /* what a queue has belongs to none of its mappings */
		add_mean(w, "Received", "", s->scalar[STATION_RECEIVED]);
	/* What came before the warm-up ended, and ends after it. */
	if (any(s->scalar[STATION_HELD_AT_START], w->replications))
		add_mean(w, asynchronous ? "AsyncEventsHeldAtStart" : "HeldAtStart", "", s->scalar[STATION_HELD_AT_START]);
	add_ends(w, s, asynchronous ? "AsyncEventsEnded" : "Ended", asynchronous ? "AsyncEventsEndedShare" : "EndedShare");
	if (!mapping)
		add_distribution(w, asynchronous ? "AsyncEventDelay_ms" : "Age_ms", s->scalar[STATION_AGE_MEAN], s->section);
}

static void add_stations(struct writer *w, const struct tally *t)
{
	for (size_t i = 0; i < t->plan->flow.face_count; i++) {
		const struct tally_station *s = &t->stations[i];
		if (!s->face->used)
			continue;
		w->scope = station_scope(s->face);
		w->entity = s->face->name;
		add_station(w, s);
	}
}

void metrics_make(const struct tally *t, struct metric_rows *out)
{
	*out = (struct metric_rows){0};
	const struct scenario *s = t->plan->scenario;
	struct writer w = {.out = out, .replications = t->replications};
	w.scope = RECORD_FUNCTION;
	for (size_t i = 0; i < s->function_count; i++) {
		w.entity = s->functions[i].name;
		add_function(&w, &t->functions[i], t->has_month);
	}
	w.scope = RECORD_SOURCE;
	for (size_t i = 0; i < s->source_count; i++) {
		w.entity = s->sources[i].name;
		add_source(&w, &t->sources[i], s->sources[i].kind);
	}
	add_stations(&w, t);
	w.scope = RECORD_ACCOUNT;
	w.entity = "";
	add_mean(&w, "ConcurrentExecutions", "mean", t->busy_mean);
	add_mean(&w, "ConcurrentExecutions", "max", t->busy_max);
	w.scope = RECORD_RUN;
	add_mean(&w, "Cost_usd", "run", t->cost_run);
	if (t->has_month)
		add_mean(&w, "Cost_usd", "month", t->cost_month);
	else
		add(&w, "Cost_usd", "month", INTERVAL_NONE);
}

void metrics_fini(struct metric_rows *m)
{
	memory_free(m->items);
	arena_fini(&m->arena);
	*m = (struct metric_rows){0};
}

const struct record_metric *metrics_find(const struct metric_rows *m, const char *entity, const char *metric, const char *statistic)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct record_metric *x = &m->items[i];
		bool named = strcmp(x->entity, entity) == 0 || (x->scope == RECORD_ACCOUNT && strcmp(entity, "account") == 0);
		if (named && strcmp(x->metric, metric) == 0 && strcmp(x->statistic, statistic) == 0)
			return x;
	}
	return NULL;
}
