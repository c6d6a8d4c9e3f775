/* write: see write.h. */
#include "scenarios/study/write.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/study/assumption.h"
#include "scenarios/study/verdict.h"
#include "sim/base/memory.h"

struct output {
	struct sink *sink;
	struct error *error;
	const struct tally *tally;
};

/* --- series ---------------------------------------------------------------------------------------------------------------------- */

/* `sums` over replications become averages. */
static int series(struct output *o, enum record_scope scope, const char *entity, const char *metric, const double *sums)
{
	const struct plan *p = o->tally->plan;
	double *values = MEMORY_ARRAY(p->periods, double);
	for (size_t i = 0; i < p->periods; i++)
		values[i] = sums[i] / (double)o->tally->replications;
	struct record_series r = {scope, entity, metric, p->period, values, p->periods};
	int failed = o->sink->ops->series(o->sink, &r, o->error);
	memory_free(values);
	return failed;
}

static int function_series(struct output *o, const char *name, const struct tally_function *f)
{
	const struct {
		const char *metric;
		const double *sums;
	} all[] = {
		{"Invocations", f->invocations}, {"ColdStarts", f->cold_starts},        {"Errors", f->errors},
		{"Throttles", f->throttles},     {"ConcurrentExecutions", f->busy_max}, {"ConcurrentExecutions.mean", f->busy_mean},
		{"Environments", f->alive_max},
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (series(o, RECORD_FUNCTION, name, all[i].metric, all[i].sums))
			return -1;
	return 0;
}

static int station_series(struct output *o, const struct tally_station *s)
{
	if (!s->face->used || !s->face->ops)
		return 0;
	size_t periods = o->tally->plan->periods;
	double *sums = MEMORY_ARRAY(periods, double);
	int status = 0;
	for (size_t i = 0; status == 0 && i < s->face->ops->series_count; i++) {
		for (size_t k = 0; k < periods; k++)
			sums[k] = tally_station_sum(s, i, k, o->tally->replications);
		status = series(o, station_scope(s->face), s->face->name, s->face->ops->series[i], sums) ? -1 : 0;
	}
	memory_free(sums);
	return status;
}

static int all_series(struct output *o)
{
	const struct scenario *s = o->tally->plan->scenario;
	for (size_t i = 0; i < s->function_count; i++)
		if (function_series(o, s->functions[i].name, &o->tally->functions[i]))
			return -1;
	for (size_t i = 0; i < s->source_count; i++)
		if (series(o, RECORD_SOURCE, s->sources[i].name, "Requests", o->tally->sources[i].requests))
			return -1;
	for (size_t i = 0; i < o->tally->plan->flow.face_count; i++)
		if (station_series(o, &o->tally->stations[i]))
			return -1;
	return series(o, RECORD_ACCOUNT, "", "ConcurrentExecutions", o->tally->busy_rows);
}

/* --- distributions --------------------------------------------------------------------------------------------------------------- */

static int one_histogram(struct output *o, enum record_scope scope, const char *entity, const char *metric,
                         const struct histogram *h)
{
	struct record_histogram r = {scope, entity, metric, h};
	return o->sink->ops->histogram(o->sink, &r, o->error);
}

static int pooled(struct output *o, enum record_scope scope, const char *entity, const char *metric,
                  const struct histogram *sections)
{
	struct histogram all = {0};
	for (size_t i = 0; i < TALLY_SECTIONS; i++)
		histogram_merge(&all, &sections[i]);
	int failed = one_histogram(o, scope, entity, metric, &all);
	histogram_fini(&all);
	return failed;
}

static int all_histograms(struct output *o)
{
	const struct scenario *s = o->tally->plan->scenario;
	for (size_t i = 0; i < s->function_count; i++) {
		const struct tally_function *f = &o->tally->functions[i];
		const char *name = s->functions[i].name;
		if (pooled(o, RECORD_FUNCTION, name, "Latency", f->section[H_LATENCY]) ||
		    one_histogram(o, RECORD_FUNCTION, name, "Latency.warm", &f->warm) ||
		    one_histogram(o, RECORD_FUNCTION, name, "Latency.cold", &f->cold) ||
		    pooled(o, RECORD_FUNCTION, name, "Duration", f->section[H_DURATION]) ||
		    one_histogram(o, RECORD_FUNCTION, name, "Init", &f->init))
			return -1;
	}
	for (size_t i = 0; i < o->tally->plan->flow.face_count; i++) {
		const struct tally_station *x = &o->tally->stations[i];
		if (x->face->used && x->face->face == FACE_STATION &&
		    pooled(o, station_scope(x->face), x->face->name, x->face->kind == TARGET_FUNCTION ? "AsyncEventDelay" : "Age",
		           x->section))
			return -1;
	}
	for (size_t i = 0; i < s->source_count; i++)
		if (pooled(o, RECORD_SOURCE, s->sources[i].name, "Latency", o->tally->sources[i].section))
			return -1;
	return 0;
}

/* --- money ----------------------------------------------------------------------------------------------------------------------- */

/* What a line takes is never less than 0, what it gives back (the free tier) never more. */
static struct interval line_interval(const double *usd, size_t replications)
{
	struct interval i = interval_of_mean(usd, replications, 0.95);
	return i.mean < 0 ? interval_within(i, -__builtin_inf(), 0) : interval_within(i, 0, __builtin_inf());
}

static int bill(struct output *o, struct tally *t, bool month)
{
	struct arena a = {0};
	struct bill names;
	int failed = 0;
	tally_bill_names(t, month, &names, &a);
	for (size_t i = 0; i < names.count && !failed; i++) {
		const struct bill_line *l = &names.lines[i];
		struct record_cost c = {
			.month = month,
			.service = l->service,
			.resource = l->resource,
			.item = l->item,
			.quantity = t->line_quantity[month][i] / (double)t->replications,
			.unit = l->unit,
			.usd = line_interval(t->line_usd[month][i], t->replications),
		};
		failed = o->sink->ops->cost(o->sink, &c, o->error);
	}
	if (!failed && month && names.note) {
		struct record_note n = {SEVERITY_WARNING, "cost", names.note};
		failed = o->sink->ops->note(o->sink, &n, o->error);
	}
	arena_fini(&a);
	return failed;
}

static int money(struct output *o, struct tally *t, const struct month *month)
{
	struct record_note n = {SEVERITY_NOTE, "cost", month->text};
	if (bill(o, t, false) || (month->known && bill(o, t, true)))
		return -1;
	return o->sink->ops->note(o->sink, &n, o->error);
}

/* --- objectives ------------------------------------------------------------------------------------------------------------------ */

/* Why an objective is undecided: more replications help only where there is an interval. */
static void count_undecided(struct study_verdict *v, const struct record_objective *r, const struct record_metric *m)
{
	bool cost = m && m->metric && strcmp(m->metric, "Cost_usd") == 0;
	v->undecided++;
	v->priceless += cost && !interval_known(&r->value);
	v->unmeasured += !cost && !interval_known(&r->value);
}

static int objectives(struct output *o, const struct metric_rows *rows, struct study_verdict *verdict)
{
	const struct scenario *s = o->tally->plan->scenario;
	for (size_t i = 0; i < s->objective_count; i++) {
		const struct record_metric *m = verdict_row(rows, &s->objectives[i]);
		struct record_objective r = {&s->objectives[i], OBJECTIVE_UNDECIDED, m ? m->value : INTERVAL_NONE};
		r.verdict = verdict_of(r.objective, &r.value);
		verdict->missed += r.verdict == OBJECTIVE_MISSED;
		if (r.verdict == OBJECTIVE_UNDECIDED)
			count_undecided(verdict, &r, m);
		if (o->sink->ops->objective(o->sink, &r, o->error))
			return -1;
	}
	return 0;
}

static int metrics(struct output *o, const struct metric_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		if (o->sink->ops->metric(o->sink, &rows->items[i], o->error))
			return -1;
	return 0;
}

/* How intervals come to end at 0, and what that means. */
static int cut_note(struct output *o, const struct metric_rows *rows)
{
	char text[200];
	struct record_note n = {SEVERITY_NOTE, "precision", text};
	if (rows->cut == 0)
		return 0;
	snprintf(
		text, sizeof text,
		"the intervals of %zu figure%s end where the possible ends (at 0, or a share of 1): %zu replications are few for what is "
		"as rare or as uneven as that",
		rows->cut, rows->cut == 1 ? "" : "s", o->tally->replications);
	return o->sink->ops->note(o->sink, &n, o->error);
}

int write_study(const struct record_study *about, struct tally *t, const struct metric_rows *rows, const struct month *month,
                struct sink *sink, struct study_verdict *verdict, struct error *e)
{
	struct output o = {sink, e, t};
	if (!month->known)
		snprintf(verdict->no_month, sizeof verdict->no_month, "%s", month->text);
	if (sink->ops->begin(sink, about, e) || metrics(&o, rows) || all_series(&o) || all_histograms(&o) || money(&o, t, month) ||
	    objectives(&o, rows, verdict) || cut_note(&o, rows) || assumption_record(t->plan, sink, e))
		return -1;
	return sink->ops->end(sink, e);
}
