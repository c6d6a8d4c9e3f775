/* laws: what holds in every run, tried on hundreds of random scenarios: nothing is lost or counted twice, no limit is exceeded,
 * rows add up to totals, bills to their parts. The engine asserts Little's law and conservation itself, so a run that breaks
 * them ends the program. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/source/table.h"
#include "tests/support/build.h"
#include "tests/support/chance.h"
#include "tests/support/dump.h"
#include "tests/support/expect.h"

/* One replication under examination. */
struct run_view {
	struct expect *x;
	const struct plan *p;
	const struct run_result *r;
	unsigned long long seed;
};

#define LAW(v, holds, text) expect_true((v)->x, (holds), "scenario %llu: %s", (v)->seed, text)

static uint64_t answered(const struct source_result *s)
{
	uint64_t sum = 0;
	for (int k = 0; k < STATUS_LIMIT; k++)
		sum += s->status[k];
	return sum;
}

/* --- requests
 * ------------------------------------------------------------------------------------------------------------------- */

static void source_laws(const struct run_view *v, size_t i)
{
	const struct source_spec *spec = &v->p->scenario->sources[i];
	const struct source_result *s = &v->r->sources[i];
	const struct source_type *type = source_kind_of(spec->kind);
	LAW(v, answered(s) + s->counts.unfinished == s->counts.requests, "requests = answers + unfinished");
	LAW(v, s->latency.count == answered(s), "every answer has a latency");
	LAW(v, s->counts.gateway_throttles == 0 || type->gateway_throttle, "only gateways have a throttle of their own");
	uint64_t most = spec->has_client ? (uint64_t)spec->client.max_attempts : 1;
	LAW(v, source_attempts(&s->counts) >= s->counts.requests, "at least one attempt a request");
	LAW(v, source_attempts(&s->counts) <= most * s->counts.requests, "at most MaxAttempts a request");
	if (spec->has_client)
		return;
	LAW(v, s->counts.unfinished == 0 && s->counts.retries == 0 && s->status[STATUS_CLIENT_TIMEOUT] == 0,
	    "without a client nothing is repeated");
}

/* The statuses that a source without HTTP answers may give. */
static void status_laws(const struct run_view *v, size_t i)
{
	const struct source_type *type = source_kind_of(v->p->scenario->sources[i].kind);
	const struct source_result *s = &v->r->sources[i];
	if (type->http) {
		LAW(v, s->counts.function_errors == 0, "HTTP answers show a function error by their status");
		return;
	}
	uint64_t known = s->status[type->ok_status] + s->status[STATUS_CLIENT_TIMEOUT] + s->status[type->throttle_status];
	LAW(v, known == answered(s), "a direct Invoke is answered 200 or 429");
	LAW(v, s->counts.function_errors <= s->status[type->ok_status], "function errors are answers of 200");
}

/* --- functions
 * ------------------------------------------------------------------------------------------------------------------ */

/* What a source gave to its function either ran or was refused. */
static void attempt_laws(const struct run_view *v, size_t f)
{
	uint64_t given = 0, answers = 0;
	for (size_t i = 0; i < v->p->scenario->source_count; i++) {
		const struct source_counts *c = &v->r->sources[i].counts;
		if (v->p->scenario->sources[i].function != f)
			continue;
		given += source_sent(c) - c->gateway_throttles;
		answers += answered(&v->r->sources[i]);
	}
	const struct function_result *r = &v->r->functions[f];
	LAW(v, given == counts_invocations(&r->counts) + counts_throttles(&r->counts),
	    "attempts = invocations + throttles + the gateway's");
	LAW(v, r->latency_warm.count + r->latency_cold.count <= answers, "a function's latencies are of answered requests");
}

static void count_laws(const struct run_view *v, size_t f)
{
	const struct function_spec *spec = &v->p->scenario->functions[f];
	const struct function_result *r = &v->r->functions[f];
	const struct function_counts *c = &r->counts;
	uint64_t invocations = counts_invocations(c);
	LAW(v, r->duration.count == invocations, "every invocation has a duration");
	LAW(v, r->init.count == c->cold_starts && c->cold_starts <= invocations, "every cold start has an Init");
	LAW(v, c->cold_starts + c->resets <= invocations, "an invocation starts cold, in a reset environment, or neither");
	LAW(v, c->throttles[THROTTLE_NONE] == 0, "no throttle without a reason");
	LAW(v, invocations == 0 || r->duration.largest <= spec->timeout_s * SIMTIME_SECOND, "no duration above Timeout");
	double least = ((double)r->duration.sum + (double)r->init.sum) / 1e6;
	LAW(v, (double)c->billed_ms >= least * (1 - 1e-12) && (double)c->billed_ms <= least * (1 + 1e-12) + (double)invocations,
	    "billed: durations and Inits, each invocation rounded up to 1 ms");
}

static void limit_laws(const struct run_view *v, size_t f)
{
	const struct scenario *s = v->p->scenario;
	const struct function_result *r = &v->r->functions[f];
	int64_t limit = s->account.concurrent_executions - s->account.used_by_others;
	if (s->functions[f].reserved != FUNCTION_UNRESERVED)
		limit = s->functions[f].reserved;
	LAW(v, r->busy_max <= limit, "concurrency within the reservation or the account");
	LAW(v, r->busy_max <= r->alive_max && r->busy_mean <= r->alive_mean * (1 + 1e-12), "a busy environment is alive");
	/* A new environment is made only when none is idle, so when all alive ones are busy. */
	LAW(v, v->p->warm_up > 0 || r->alive_max == r->busy_max, "never more environments than the highest concurrency");
}

/* New environments: 1,000 at once and 100 a second. Admissions: 10 times the concurrency a second, one second's worth at once. */
static void rate_laws(const struct run_view *v, size_t f)
{
	const struct scenario *s = v->p->scenario;
	const struct function_result *r = &v->r->functions[f];
	uint64_t starts = 0, worst = 0;
	for (size_t i = 0; i < v->p->periods; i++) {
		double end_s = simtime_s(v->p->period) * (double)(i + 1);
		starts += r->rows[i].cold_starts;
		worst += (double)starts > 1001 + 100 * end_s;
	}
	LAW(v, s->account.scaling_unlimited || worst == 0, "new environments within the scaling rate");
	double most = 10.0 * s->functions[f].reserved * (simtime_s(s->duration) + 1) + 1;
	uint64_t admitted = 0;
	for (size_t i = 0; i < v->p->periods; i++)
		admitted += r->rows[i].invocations;
	if (s->functions[f].reserved > 0 && !s->account.request_unlimited)
		LAW(v, (double)admitted <= most, "admissions within 10 x the reservation");
}

/* --- rows
 * ----------------------------------------------------------------------------------------------------------------------- */

static void row_laws(const struct run_view *v, size_t f)
{
	const struct function_result *r = &v->r->functions[f];
	struct function_row sum = {0};
	double area = 0, left_s = simtime_s(v->p->scenario->duration), period_s = simtime_s(v->p->period);
	for (size_t i = 0; i < v->p->periods; i++) {
		const struct function_row *row = &r->rows[i];
		sum.invocations += row->invocations;
		sum.cold_starts += row->cold_starts;
		sum.errors += row->errors;
		sum.throttles += row->throttles;
		sum.busy_max = row->busy_max > sum.busy_max ? row->busy_max : sum.busy_max;
		sum.alive_max = row->alive_max > sum.alive_max ? row->alive_max : sum.alive_max;
		area += row->busy_mean * fmin(left_s, period_s);
		left_s -= period_s;
	}
	if (v->p->warm_up > 0)
		return;
	bool counts = sum.invocations == counts_invocations(&r->counts) && sum.cold_starts == r->counts.cold_starts &&
	              sum.errors == counts_errors(&r->counts) && sum.throttles == counts_throttles(&r->counts);
	LAW(v, counts, "rows add up to the counts");
	LAW(v, sum.busy_max == r->busy_max && sum.alive_max == r->alive_max, "the rows' highest levels are the run's");
	double whole = r->busy_mean * simtime_s(v->p->scenario->duration);
	LAW(v, fabs(area - whole) <= 1e-9 * whole + 1e-9, "the rows' mean concurrency is the run's");
}

static void account_laws(const struct run_view *v)
{
	const struct scenario *s = v->p->scenario;
	double mean = 0;
	int64_t most = 0, row_max = 0;
	for (size_t f = 0; f < s->function_count; f++) {
		mean += v->r->functions[f].busy_mean;
		most += v->r->functions[f].busy_max;
	}
	for (size_t i = 0; i < v->p->periods; i++)
		row_max = v->r->busy_rows[i] > row_max ? v->r->busy_rows[i] : row_max;
	LAW(v, fabs(mean - v->r->busy_mean) <= 1e-9 * mean, "the account's mean concurrency is the functions' sum");
	LAW(v, v->r->busy_max <= most, "the account's highest concurrency is at most the functions' sum");
	LAW(v, v->r->busy_max <= s->account.concurrent_executions - s->account.used_by_others, "concurrency within the account");
	LAW(v, v->p->warm_up > 0 || row_max == v->r->busy_max, "the account's rows hold its highest concurrency");
}

static void all_laws(const struct run_view *v)
{
	for (size_t i = 0; i < v->p->scenario->source_count; i++) {
		source_laws(v, i);
		status_laws(v, i);
	}
	for (size_t f = 0; f < v->p->scenario->function_count; f++) {
		attempt_laws(v, f);
		count_laws(v, f);
		limit_laws(v, f);
		rate_laws(v, f);
		row_laws(v, f);
	}
	account_laws(v);
}

/* --- the same again
 * ------------------------------------------------------------------------------------------------------------- */

/* Replication r is the same whatever its run did before. */
static void same_again(const struct run_view *v, struct trial *t, uint64_t replication)
{
	struct textbuf first = {0}, again = {0};
	dump_result(trial_run(t, replication), t->plan, &first);
	struct run *fresh = run_new(t->plan);
	struct run_result *r = run_replicate(fresh, replication, NULL, NULL);
	dump_result(r, t->plan, &again);
	LAW(v, first.length == again.length && memcmp(first.text, again.text, first.length) == 0,
	    "a replication depends on its number only");
	run_result_free(r, t->plan);
	run_free(fresh);
	textbuf_fini(&first);
	textbuf_fini(&again);
}

/* A warm-up changes what is counted, never what happens: the series are the same without it, and the totals are what comes
 * after. */
static void warm_up_changes_nothing(const struct run_view *v, struct trial *t, uint64_t replication)
{
	struct plan *cold = plan_new(t->plan->scenario, 0);
	struct run *run = run_new(cold);
	struct run_result *all = run_replicate(run, replication, NULL, NULL);
	const struct run_result *r = trial_run(t, replication);
	bool same = all->events == r->events && memcmp(all->busy_rows, r->busy_rows, cold->periods * sizeof *r->busy_rows) == 0;
	for (size_t f = 0; f < cold->scenario->function_count; f++) {
		const struct function_result *a = &all->functions[f], *b = &r->functions[f];
		same = same && memcmp(a->rows, b->rows, cold->periods * sizeof *a->rows) == 0;
		same = same && b->counts.billed_ms <= a->counts.billed_ms && b->counts.cold_starts <= a->counts.cold_starts;
	}
	for (size_t i = 0; i < cold->scenario->source_count; i++)
		same = same && memcmp(all->sources[i].rows, r->sources[i].rows, cold->periods * sizeof *r->sources[i].rows) == 0;
	LAW(v, same, "a warm-up leaves the series as they are");
	run_result_free(all, cold);
	run_free(run);
	plan_free(cold);
}

/* What was seen, so that the laws are known to have been tried. */
struct seen {
	uint64_t events, throttles[THROTTLES], outcomes[OUTCOMES], retries, unfinished, resets, given_up;
};

static void look(struct seen *n, const struct plan *p, const struct run_result *r)
{
	n->events += r->events;
	for (size_t f = 0; f < p->scenario->function_count; f++) {
		const struct function_counts *c = &r->functions[f].counts;
		for (int k = 0; k < THROTTLES; k++)
			n->throttles[k] += c->throttles[k];
		for (int k = 0; k < OUTCOMES; k++)
			n->outcomes[k] += c->outcomes[k];
		n->resets += c->resets;
	}
	for (size_t i = 0; i < p->scenario->source_count; i++) {
		n->retries += r->sources[i].counts.retries;
		n->unfinished += r->sources[i].counts.unfinished;
		n->given_up += r->sources[i].status[STATUS_CLIENT_TIMEOUT];
	}
}

static void scenario_laws(struct expect *x, uint64_t seed, struct seen *n)
{
	struct scenario *s = chance_scenario(seed, x->full ? 100000 : 20000);
	struct trial t;
	trial_init(&t, s);
	struct run_view v = {x, t.plan, NULL, (unsigned long long)seed};
	for (uint64_t replication = 0; replication < 2; replication++) {
		v.r = trial_run(&t, replication);
		all_laws(&v);
		look(n, t.plan, v.r);
	}
	same_again(&v, &t, 0);
	if (s->warm_up > 0)
		warm_up_changes_nothing(&v, &t, 0);
	trial_fini(&t);
	build_free(s);
}

static void all_kinds_seen(struct expect *x, const struct seen *n)
{
	for (int k = 1; k < THROTTLES; k++)
		if (k != THROTTLE_SCALING_REQUESTS || x->full)
			expect_true(x, n->throttles[k] > 0, "seen: throttles by %s (%llu)", throttle_name((enum throttle)k),
			            (unsigned long long)n->throttles[k]);
	for (int k = 0; k < OUTCOMES; k++)
		if (k != OUTCOME_INIT_TIMEOUT) /* an Init over 10 s is run again inside: it ends as a timeout of the invocation */
			expect_true(x, n->outcomes[k] > 0, "seen: outcome %d (%llu)", k, (unsigned long long)n->outcomes[k]);
	expect_true(x, n->retries > 0, "seen: retries (%llu)", (unsigned long long)n->retries);
	expect_true(x, n->unfinished > 0, "seen: unfinished requests (%llu)", (unsigned long long)n->unfinished);
	expect_true(x, n->given_up > 0, "seen: clients that gave up (%llu)", (unsigned long long)n->given_up);
	expect_true(x, n->resets > 0, "seen: resets (%llu)", (unsigned long long)n->resets);
}

int main(int argc, char **argv)
{
	struct expect x;
	struct seen n = {0};
	expect_begin(&x, argc, argv);
	const uint64_t scenarios = x.full ? 5000 : 400;
	x.quiet = true;
	for (uint64_t seed = 1; seed <= scenarios; seed++)
		scenario_laws(&x, seed, &n);
	x.quiet = false;
	expect_title("%u laws in %llu random scenarios, %llu events", x.passed + x.failed, (unsigned long long)scenarios,
	             (unsigned long long)n.events);
	all_kinds_seen(&x, &n);
	return expect_end(&x);
}
