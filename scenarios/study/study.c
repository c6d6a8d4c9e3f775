/* study: see study.h. */
#include "scenarios/study/study.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "models/run.h"
#include "scenarios/study/assumption.h"
#include "scenarios/study/metrics.h"
#include "scenarios/study/month.h"
#include "scenarios/study/tally.h"
#include "scenarios/study/verdict.h"
#include "scenarios/study/write.h"
#include "sim/base/memory.h"
#include "sim/spread.h"
#include "sim/stopping.h"
#include "sim/warmup.h"

/* More requests than this in one replication would take hours: almost certainly a mistyped rate. */
static const double REQUESTS_MOST = 2e10;

struct study {
	const struct scenario *scenario;
	const struct study_options *options;
	struct plan *plan;
	struct arena arena;
	struct price_list prices;
	struct month month;
	struct tally tally;
	struct stopping stopping;
	atomic_uint_fast64_t periods_done; /* of all replications, about (the warm-up's end counts as well), for progress */
	atomic_uint_fast64_t replications_done;
	atomic_flag reporting;
	atomic_bool interrupted;
	_Atomic(const char *) overfull; /* the station that holds most, when too many events waited at once */
	uint64_t planned;
	double worst_precision;
};

/* --- workers --------------------------------------------------------------------------------------------------------------------- */

struct worker {
	struct study *study;
	struct run *run;
};

static void *worker_new(void *ctx)
{
	struct study *s = ctx;
	struct worker *w = MEMORY_NEW(struct worker);
	w->study = s;
	w->run = run_new(s->plan);
	return w;
}

static void worker_free(void *worker)
{
	struct worker *w = worker;
	run_free(w->run);
	memory_free(w);
}

/* Tells the caller how far the study is; whoever comes while another thread is telling passes by. */
static void report_progress(struct study *s)
{
	if (!s->options->progress || atomic_flag_test_and_set(&s->reporting))
		return;
	double whole = (double)s->planned * (double)s->plan->periods;
	double done = (double)atomic_load(&s->periods_done);
	struct study_progress p = {
		.replications_done = atomic_load(&s->replications_done),
		.replications_planned = s->planned,
		.fraction = done < whole ? done / whole : 1,
		.worst_precision = s->worst_precision,
	};
	if (s->options->progress(s->options->progress_ctx, &p))
		atomic_store(&s->interrupted, true);
	atomic_flag_clear(&s->reporting);
}

static int at_period(void *ctx)
{
	struct study *s = ctx;
	atomic_fetch_add(&s->periods_done, 1);
	report_progress(s);
	return atomic_load(&s->interrupted);
}

static void *work(void *worker, uint64_t item)
{
	struct worker *w = worker;
	struct run_result *x = run_replicate(w->run, item, at_period, w->study);
	const char *overfull = x ? NULL : run_overfull(w->run);
	if (overfull) {
		atomic_store(&w->study->overfull, overfull);
		atomic_store(&w->study->interrupted, true);
	}
	atomic_fetch_add(&w->study->periods_done, 1);
	atomic_fetch_add(&w->study->replications_done, x != NULL);
	return x;
}

static int stopped(void *ctx)
{
	struct study *s = ctx;
	return atomic_load(&s->interrupted);
}

/* An interrupt abandons some replications while others end: only those before the first abandoned one are added. */
static void merge(void *ctx, uint64_t item, void *result)
{
	struct study *s = ctx;
	struct run_result *x = result;
	if (!x)
		return;
	assert(item == s->tally.replications || stopped(s));
	if (item == s->tally.replications)
		tally_add(&s->tally, x);
	run_result_free(x, s->plan);
}

static const struct spread_task task = {worker_new, worker_free, work, merge, stopped};

/* Replications until there are `count`; -1 when interrupted. */
static int replicate(struct study *s, uint64_t count, struct error *e)
{
	s->planned = count;
	spread_run(&task, s, s->tally.replications, count, s->options->jobs);
	const char *overfull = atomic_load(&s->overfull);
	if (overfull)
		return error_set(
			e, ERROR_INPUT,
			"more than %d events wait at once, most of them at %s: they come faster than they leave, or multiply in a loop "
			"(weir check tells of loops); lower the rate or the duration",
			MESSAGES_MOST, overfull);
	if (atomic_load(&s->interrupted))
		return error_set(e, ERROR_CHECK, "interrupted after %zu replications", s->tally.replications);
	return 0;
}

/* --- precision ------------------------------------------------------------------------------------------------------------------- */

struct watch {
	struct interval *values;
	const char **names;
	size_t count;
};

static void watch_row(struct watch *w, const struct record_metric *m, struct arena *a)
{
	if (!m)
		return;
	w->values[w->count] = m->value;
	w->names[w->count++] = arena_format(a, "%s %s%s%s", m->entity[0] ? m->entity : "account", m->metric,
	                                    m->statistic[0] ? " " : "", m->statistic);
}

/* The mean Latency of every function, and every metric that an objective names. */
static struct watch watch_make(const struct study *s, const struct metric_rows *rows, struct arena *a)
{
	size_t most = s->scenario->function_count + s->scenario->objective_count;
	struct watch w = {ARENA_ARRAY(a, most + 1, struct interval), ARENA_ARRAY(a, most + 1, const char *), 0};
	for (size_t i = 0; i < s->scenario->function_count; i++)
		watch_row(&w, metrics_find(rows, s->scenario->functions[i].name, "Latency_ms", "mean"), a);
	for (size_t i = 0; i < s->scenario->objective_count; i++)
		watch_row(&w, verdict_row(rows, &s->scenario->objectives[i]), a);
	return w;
}

/* Batch after batch until the precision is reached. A fixed number is one batch. */
static int replicate_enough(struct study *s, struct error *e)
{
	uint64_t count = s->scenario->replications ? (uint64_t)s->scenario->replications : STOPPING_FIRST;
	stopping_init(&s->stopping, s->scenario->precision, STOPPING_CAP);
	for (;;) {
		if (replicate(s, count, e))
			return -1;
		struct metric_rows rows;
		struct arena a = {0};
		metrics_make(&s->tally, &rows);
		struct watch w = watch_make(s, &rows, &a);
		uint64_t more = stopping_next(&s->stopping, count, w.values, w.count);
		s->worst_precision = s->stopping.worst_relative;
		arena_fini(&a);
		metrics_fini(&rows);
		if (s->scenario->replications || more == 0)
			return 0;
		count += more;
	}
}

/* --- warm-up --------------------------------------------------------------------------------------------------------------------- */

static void restart(struct study *s, simtime warm_up)
{
	tally_fini(&s->tally);
	plan_free(s->plan);
	s->plan = plan_new(s->scenario, warm_up);
	s->month = month_of(s->scenario, warm_up, &s->arena);
	tally_init(&s->tally, s->plan, &s->prices, s->month.known, s->month.factor);
	atomic_store(&s->periods_done, 0);
	atomic_store(&s->replications_done, 0);
}

/* The cut that MSER-5 finds for concurrency and environments of every function, the largest of them; in periods. */
static size_t warm_up_periods(const struct study *s)
{
	size_t cut = 0;
	for (size_t i = 0; i < s->scenario->function_count; i++) {
		const struct tally_function *f = &s->tally.functions[i];
		const double *series[] = {f->busy_mean, f->alive_max};
		for (size_t k = 0; k < 2; k++) {
			size_t c = warmup_mser5(series[k], s->plan->periods);
			cut = c > cut ? c : cut;
		}
	}
	return cut;
}

/* A pilot finds the cut, then everything is simulated again without what it cuts. */
static int find_warm_up(struct study *s, struct error *e)
{
	if (replicate(s, s->scenario->replications ? (uint64_t)s->scenario->replications : STOPPING_FIRST, e))
		return -1;
	size_t cut = warm_up_periods(s);
	if (cut >= s->plan->periods)
		return error_set(
			e, ERROR_CHECK,
			"WarmUp: auto found no steady state in %.10g s: simulate longer, or state WarmUp (a load that follows a pattern has none)",
			simtime_s(s->scenario->duration));
	restart(s, (simtime)cut * s->plan->period);
	return 0;
}

/* --- the whole ------------------------------------------------------------------------------------------------------------------- */

static int check_size(const struct study *s, struct error *e)
{
	double requests = s->plan->rate_per_s * simtime_s(s->scenario->duration);
	if (requests <= REQUESTS_MOST)
		return 0;
	return error_set(
		e, ERROR_INPUT,
		"one replication would have about %.3g requests; at most %.0e are simulated: lower the rate or the duration",
		requests, REQUESTS_MOST);
}

static const char *worst_metric(const struct study *s, const struct metric_rows *rows, struct arena *a)
{
	struct watch w = watch_make(s, rows, a);
	return s->stopping.worst < w.count ? w.names[s->stopping.worst] : "";
}

static int write_all(struct study *s, struct sink *sink, struct study_verdict *verdict, struct error *e)
{
	struct metric_rows rows;
	metrics_make(&s->tally, &rows);
	struct record_study about = {
		.scenario = s->scenario,
		.replications = s->tally.replications,
		.precision_reached = s->scenario->replications != 0 || s->stopping.reached,
		.worst_precision = s->stopping.worst_relative,
		.worst_metric = worst_metric(s, &rows, &s->arena),
		.warm_up = s->plan->warm_up,
		.simulated_s = simtime_s(s->scenario->duration - s->plan->warm_up),
		.events = s->tally.events,
	};
	int failed = write_study(&about, &s->tally, &rows, &s->month, sink, verdict, e);
	metrics_fini(&rows);
	return failed;
}

static int run_all(struct study *s, struct sink *sink, struct study_verdict *verdict, struct error *e)
{
	if (check_size(s, e) || (s->scenario->warm_up_auto && find_warm_up(s, e)) || replicate_enough(s, e))
		return -1;
	return write_all(s, sink, verdict, e);
}

int study_run(const struct scenario *scenario, const struct study_options *options, struct sink *sink,
              struct study_verdict *verdict, struct error *e)
{
	struct study s = {.scenario = scenario,
	                  .options = options,
	                  .reporting = ATOMIC_FLAG_INIT,
	                  .worst_precision = __builtin_nan("")};
	*verdict = (struct study_verdict){.objectives = scenario->objective_count};
	price_list_builtin(&s.prices, &s.arena);
	int failed = price_list_region(&s.prices, scenario->region, e);
	if (!failed) {
		restart(&s, scenario->warm_up);
		failed = run_all(&s, sink, verdict, e);
		tally_fini(&s.tally);
		plan_free(s.plan);
	}
	arena_fini(&s.arena);
	return failed;
}
