/* Studies through a sink that writes everything down: the order of calls, the same rows for any number of threads, when
 * replications end, verdicts, warm-up, interrupts. */
#include <check.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/study/study.h"
#include "sim/base/textbuf.h"
#include "sim/stopping.h"
#include "tests/unit/fixture_scenario.h"

/* --- the sink ------------------------------------------------------------------------------------------------------------------- */

struct recorder {
	struct sink sink;
	struct textbuf text;
	int calls, fail_at; /* fails at this call; 0 never */
	bool begun, ended, failed;
	struct record_study about;
	enum objective_verdict verdicts[16];
	struct interval values[16];
	size_t objectives;
	char worst[64];
};

static struct recorder *next(struct sink *s)
{
	struct recorder *r = (struct recorder *)s;
	ck_assert_msg(!r->ended && !r->failed, "a call after the end");
	r->calls++;
	return r;
}

static int done(struct recorder *r, struct error *e)
{
	if (r->calls != r->fail_at)
		return 0;
	r->failed = true;
	return error_set(e, ERROR_IO, "the sink is full");
}

static void write_interval(struct textbuf *b, const struct interval *i)
{
	textbuf_printf(b, " %a [%a %a]\n", i->mean, i->low, i->high);
}

static int begin(struct sink *s, const struct record_study *study, struct error *e)
{
	struct recorder *r = next(s);
	ck_assert(!r->begun);
	r->begun = true;
	r->about = *study;
	snprintf(r->worst, sizeof r->worst, "%s", study->worst_metric);
	textbuf_printf(&r->text, "%lu %d %a %s %ld %a %lu\n", study->replications, study->precision_reached, study->worst_precision,
	               study->worst_metric, study->warm_up, study->simulated_s, study->events);
	return done(r, e);
}

static int metric(struct sink *s, const struct record_metric *m, struct error *e)
{
	struct recorder *r = next(s);
	textbuf_printf(&r->text, "%d %s %s %s", m->scope, m->entity, m->metric, m->statistic);
	write_interval(&r->text, &m->value);
	return done(r, e);
}

static int series(struct sink *s, const struct record_series *x, struct error *e)
{
	struct recorder *r = next(s);
	textbuf_printf(&r->text, "series %d %s %s %ld", x->scope, x->entity, x->metric, x->period);
	for (size_t i = 0; i < x->count; i++)
		textbuf_printf(&r->text, " %a", x->values[i]);
	return done(r, e);
}

static int histogram(struct sink *s, const struct record_histogram *h, struct error *e)
{
	struct recorder *r = next(s);
	textbuf_printf(&r->text, "histogram %d %s %s %lu ", h->scope, h->entity, h->metric, h->histogram->count);
	histogram_write(h->histogram, &r->text);
	return done(r, e);
}

static int cost(struct sink *s, const struct record_cost *c, struct error *e)
{
	struct recorder *r = next(s);
	textbuf_printf(&r->text, "cost %d %s %s %s %a %s", c->month, c->service, c->resource, c->item, c->quantity, c->unit);
	write_interval(&r->text, &c->usd);
	return done(r, e);
}

static int objective(struct sink *s, const struct record_objective *o, struct error *e)
{
	struct recorder *r = next(s);
	r->verdicts[r->objectives] = o->verdict;
	r->values[r->objectives++] = o->value;
	textbuf_printf(&r->text, "objective %s %d", o->objective->text, o->verdict);
	write_interval(&r->text, &o->value);
	return done(r, e);
}

static int note(struct sink *s, const struct record_note *n, struct error *e)
{
	struct recorder *r = next(s);
	textbuf_printf(&r->text, "note %d %s %s\n", n->severity, n->topic, n->text);
	return done(r, e);
}

static int end(struct sink *s, struct error *e)
{
	struct recorder *r = next(s);
	if (done(r, e))
		return -1;
	r->ended = true;
	return 0;
}

static const struct sink_ops ops = {begin, metric, series, histogram, cost, objective, note, end, NULL};

static int run_study(const struct scenario *s, unsigned jobs, struct recorder *r, struct study_verdict *v, struct error *e)
{
	*r = (struct recorder){.sink = {&ops}, .fail_at = r->fail_at};
	struct study_options options = {.jobs = jobs};
	return study_run(s, &options, &r->sink, v, e);
}

static void must_run(const struct scenario *s, struct recorder *r, struct study_verdict *v)
{
	struct error e = {0};
	r->fail_at = 0;
	ck_assert_msg(run_study(s, 1, r, v, &e) == 0, "%s", e.text);
	ck_assert(r->begun && r->ended);
}

/* Two functions, three sources, a client, some throttles; Poisson. */
static void busy_scenario(struct scenario *s)
{
	fixture_scenario(s, 2, 3);
	s->functions[0].reserved = 5;
	for (int i = 0; i < 3; i++) {
		s->sources[i].function = i % 2;
		s->sources[i].arrivals = (struct arrival_spec){.kind = ARRIVAL_POISSON, .rate_per_s = 10 + 10 * i};
		s->functions[i % 2].declared.duration = fixture_exponential(120 * SIMTIME_MS);
	}
	s->sources[1].kind = SOURCE_HTTP_API;
	struct client_spec *c = fixture_client(s, 2);
	c->max_attempts = 3;
	c->retry_on = RETRY_429;
	c->jitter = JITTER_FULL;
}

/* --- the same rows --------------------------------------------------------------------------------------------------------------- */

START_TEST(threads_do_not_show)
{
	struct scenario s;
	busy_scenario(&s);
	s.replications = _i == 0 ? 0 : _i == 1 ? 23 : 2;
	s.warm_up = SIMTIME_SECOND;
	struct recorder a = {.fail_at = 0}, b = {.fail_at = 0};
	struct study_verdict v;
	must_run(&s, &a, &v);
	for (unsigned jobs = 2; jobs <= 4; jobs++) {
		struct error e = {0};
		ck_assert_int_eq(run_study(&s, jobs, &b, &v, &e), 0);
		ck_assert_uint_eq(a.text.length, b.text.length);
		ck_assert_int_eq(memcmp(a.text.text, b.text.text, a.text.length), 0);
		textbuf_fini(&b.text);
	}
	ck_assert_uint_eq(a.about.replications, s.replications ? (uint64_t)s.replications : a.about.replications);
	textbuf_fini(&a.text);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(a_seed_is_a_study)
{
	struct scenario s;
	busy_scenario(&s);
	s.replications = 3;
	struct recorder a = {.fail_at = 0}, b = {.fail_at = 0};
	struct study_verdict v;
	must_run(&s, &a, &v);
	s.seed = 2;
	must_run(&s, &b, &v);
	ck_assert(a.text.length != b.text.length || memcmp(a.text.text, b.text.text, a.text.length) != 0);
	textbuf_fini(&a.text);
	textbuf_fini(&b.text);
	fixture_scenario_fini(&s);
}
END_TEST

/* A sink that fails, at every call it gets: -1 with its own words, and not another call. */
START_TEST(a_failing_sink_ends_the_study)
{
	struct scenario s;
	busy_scenario(&s);
	s.replications = 2;
	s.objectives = ARENA_NEW(&s.arena, struct objective_spec);
	s.objectives[0] =
		(struct objective_spec){.text = "o", .entity = "F0", .metric = "Latency", .statistic = "p99", .threshold = 1};
	s.objective_count = 1;
	struct recorder r = {.fail_at = 0};
	struct study_verdict v;
	must_run(&s, &r, &v);
	int calls = r.calls;
	textbuf_fini(&r.text);
	ck_assert_int_gt(calls, 100);
	for (int k = 1; k <= calls; k++) {
		struct error e = {0};
		r.fail_at = k;
		ck_assert_int_eq(run_study(&s, 1, &r, &v, &e), -1);
		ck_assert_str_eq(e.text, "the sink is full");
		ck_assert_int_eq(r.calls, k);
		textbuf_fini(&r.text);
	}
	fixture_scenario_fini(&s);
}
END_TEST

/* --- how many replications -------------------------------------------------------------------------------------------------------- */

START_TEST(exact_figures_need_the_first_ten)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.replications = 0;
	struct recorder r;
	struct study_verdict v;
	must_run(&s, &r, &v);
	ck_assert_uint_eq(r.about.replications, STOPPING_FIRST);
	ck_assert(r.about.precision_reached);
	ck_assert_double_eq(r.about.worst_precision, 0);
	textbuf_fini(&r.text);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(an_unreachable_precision_ends_at_the_cap_and_says_so)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.replications = 0;
	s.precision = 1e-7;
	s.functions[0].declared.duration = fixture_exponential(100 * SIMTIME_MS);
	struct recorder r;
	struct study_verdict v;
	must_run(&s, &r, &v);
	ck_assert_uint_eq(r.about.replications, STOPPING_CAP);
	ck_assert(!r.about.precision_reached);
	ck_assert_double_gt(r.about.worst_precision, 1e-7);
	ck_assert_str_eq(r.worst, "F0 Latency_ms mean");
	textbuf_fini(&r.text);
	/* Fixed is fixed: nothing was promised. */
	s.replications = 4;
	must_run(&s, &r, &v);
	ck_assert_uint_eq(r.about.replications, 4);
	ck_assert(r.about.precision_reached);
	textbuf_fini(&r.text);
	fixture_scenario_fini(&s);
}
END_TEST

/* What an objective names is watched too: a rare throttle needs more replications than the mean latency does. */
START_TEST(objectives_are_watched)
{
	uint64_t replications[2];
	for (int k = 0; k < 2; k++) {
		struct scenario s;
		fixture_scenario(&s, 1, 1);
		s.replications = 0;
		s.duration = 20 * SIMTIME_SECOND;
		s.functions[0].reserved = 4;
		s.sources[0].arrivals.kind = ARRIVAL_POISSON;
		s.objectives = ARENA_NEW(&s.arena, struct objective_spec);
		s.objectives[0] = (struct objective_spec){.text = "few",
		                                          .entity = "F0",
		                                          .metric = "Throttles",
		                                          .statistic = "mean",
		                                          .percent = true,
		                                          .threshold = 0.5};
		s.objective_count = k;
		struct recorder r;
		struct study_verdict v;
		must_run(&s, &r, &v);
		replications[k] = r.about.replications;
		if (k)
			ck_assert_str_eq(r.worst, "F0 ThrottleShare");
		textbuf_fini(&r.text);
		fixture_scenario_fini(&s);
	}
	ck_assert_uint_eq(replications[0], 10);
	ck_assert_uint_gt(replications[1], 10);
}
END_TEST

/* --- objectives ------------------------------------------------------------------------------------------------------------------- */

START_TEST(verdicts_are_counted)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.replications = 10;
	s.sources[0].arrivals.kind = ARRIVAL_POISSON;
	s.functions[0].declared.duration = fixture_exponential(100 * SIMTIME_MS);
	struct objective_spec all[] = {
		{.text = "met", .entity = "F0", .metric = "Latency", .statistic = "mean", .threshold = 1000},
		{.text = "missed", .entity = "F0", .metric = "Latency", .statistic = "mean", .threshold = 10},
		{.text = "undecided", .entity = "F0", .metric = "Latency", .statistic = "mean", .threshold = 100},
		{.text = "no such metric", .entity = "F0", .metric = "Beauty", .statistic = "mean", .threshold = 100},
		{.text = "cheap", .entity = "F0", .metric = "cost", .statistic = "mean", .threshold = 1000},
		{.text = "account",
	         .entity = "account",
	         .metric = "ConcurrentExecutions",
	         .statistic = "max",
	         .comparator = COMPARATOR_AT_LEAST,
	         .threshold = 100},
	};
	const enum objective_verdict want[] = {OBJECTIVE_MET,       OBJECTIVE_MISSED, OBJECTIVE_UNDECIDED,
	                                       OBJECTIVE_UNDECIDED, OBJECTIVE_MET,    OBJECTIVE_MISSED};
	s.objectives = all;
	s.objective_count = 6;
	struct recorder r;
	struct study_verdict v;
	must_run(&s, &r, &v);
	ck_assert_uint_eq(r.objectives, 6);
	for (int i = 0; i < 6; i++)
		ck_assert_msg(r.verdicts[i] == want[i], "%s: %d", all[i].text, r.verdicts[i]);
	ck_assert(v.objectives == 6 && v.missed == 2 && v.undecided == 2);
	textbuf_fini(&r.text);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- warm-up ---------------------------------------------------------------------------------------------------------------------- */

/* Service of exactly 20 s: concurrency climbs for 20 s and is level from then on. */
START_TEST(auto_finds_where_the_level_begins)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.replications = 10;
	s.warm_up_auto = true;
	s.duration = 140 * SIMTIME_SECOND;
	s.functions[0].timeout_s = 60;
	s.functions[0].declared.duration = fixture_constant(20 * SIMTIME_SECOND);
	s.sources[0].arrivals.rate_per_s = 20;
	struct recorder r;
	struct study_verdict v;
	must_run(&s, &r, &v);
	ck_assert_int_ge(r.about.warm_up, 19 * SIMTIME_SECOND);
	ck_assert_int_le(r.about.warm_up, 25 * SIMTIME_SECOND);
	ck_assert_double_eq_tol(r.about.simulated_s, 140 - simtime_s(r.about.warm_up), 1e-9);
	ck_assert_uint_eq(r.about.replications, 10);
	textbuf_fini(&r.text);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(auto_refuses_what_has_no_level)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.warm_up_auto = true;
	s.duration = 60 * SIMTIME_SECOND;
	s.functions[0].timeout_s = 900;
	s.functions[0].declared.duration = fixture_constant(800 * SIMTIME_SECOND); /* climbs all the time */
	struct recorder r = {.fail_at = 0};
	struct study_verdict v;
	struct error e = {0};
	ck_assert_int_eq(run_study(&s, 1, &r, &v, &e), -1);
	ck_assert_int_eq(e.code, ERROR_CHECK);
	ck_assert_ptr_nonnull(strstr(e.text, "WarmUp"));
	ck_assert(!r.begun);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- refusals --------------------------------------------------------------------------------------------------------------------- */

START_TEST(too_much_is_refused_before_it_begins)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.sources[0].arrivals.rate_per_s = 1e9;
	s.duration = SIMTIME_HOUR;
	struct recorder r = {.fail_at = 0};
	struct study_verdict v;
	struct error e = {0};
	ck_assert_int_eq(run_study(&s, 1, &r, &v, &e), -1);
	ck_assert_int_eq(error_exit_status(e.code), 2);
	ck_assert_ptr_nonnull(strstr(e.text, "3.6e+12"));
	s.sources[0].arrivals.rate_per_s = 1;
	s.region = "mars-1";
	e = (struct error){0};
	ck_assert_int_eq(run_study(&s, 1, &r, &v, &e), -1);
	ck_assert_int_eq(error_exit_status(e.code), 2);
	ck_assert_ptr_nonnull(strstr(e.text, "mars-1"));
	ck_assert(!r.begun);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- progress and interrupts ------------------------------------------------------------------------------------------------------- */

struct watcher {
	atomic_int calls, inside;
	int stop_at;
	double last;
	uint64_t planned_last;
	const char *wrong;
};

static int watch(void *ctx, const struct study_progress *p)
{
	struct watcher *w = ctx;
	if (atomic_fetch_add(&w->inside, 1) != 0)
		w->wrong = "two at a time";
	if (!(p->fraction >= 0 && p->fraction <= 1))
		w->wrong = "a fraction outside 0..1";
	if (p->replications_done > p->replications_planned)
		w->wrong = "more done than planned";
	if (p->replications_planned < w->planned_last)
		w->wrong = "the plan shrinks";
	w->planned_last = p->replications_planned;
	w->last = p->fraction;
	atomic_fetch_sub(&w->inside, 1);
	return atomic_fetch_add(&w->calls, 1) + 1 == w->stop_at;
}

static int watched(const struct scenario *s, unsigned jobs, struct watcher *w, struct recorder *r, struct error *e)
{
	*r = (struct recorder){.sink = {&ops}};
	struct study_options options = {.jobs = jobs, .progress = watch, .progress_ctx = w};
	struct study_verdict v;
	return study_run(s, &options, &r->sink, &v, e);
}

START_TEST(progress_never_claims_more_than_there_is)
{
	const simtime warm_ups[] = {0, SIMTIME_SECOND, 1234567};
	for (unsigned jobs = 1; jobs <= 2; jobs++)
		for (int k = 0; k < 3; k++) {
			struct scenario s;
			busy_scenario(&s);
			s.replications = k == 2 ? 0 : 40;
			s.duration = 2 * SIMTIME_SECOND;
			s.warm_up = warm_ups[k];
			struct watcher w = {.stop_at = 0};
			struct recorder r;
			struct error e = {0};
			ck_assert_int_eq(watched(&s, jobs, &w, &r, &e), 0);
			ck_assert_msg(w.wrong == NULL, "%s", w.wrong);
			ck_assert_int_gt(w.calls, 100);
			ck_assert_double_gt(w.last, 0.9);
			textbuf_fini(&r.text);
			fixture_scenario_fini(&s);
		}
}
END_TEST

/* At any moment, with any number of threads, some of which are ahead of others: an error, nothing written, nothing leaked. */
START_TEST(interrupts_end_the_study_at_any_moment)
{
	for (int at = 1; at < 400; at += at < 30 ? 1 : 17) {
		struct scenario s;
		busy_scenario(&s);
		s.replications = 40;
		s.duration = 2 * SIMTIME_SECOND;
		struct watcher w = {.stop_at = at};
		struct recorder r;
		struct error e = {0};
		ck_assert_int_eq(watched(&s, _i + 1, &w, &r, &e), -1);
		ck_assert_int_eq(e.code, ERROR_CHECK);
		ck_assert_ptr_nonnull(strstr(e.text, "interrupted"));
		ck_assert_int_eq(r.calls, 0);
		fixture_scenario_fini(&s);
	}
}
END_TEST

Suite *study_suite(void)
{
	Suite *s = suite_create("study");
	TCase *c = tcase_create("study");
	tcase_add_loop_test(c, threads_do_not_show, 0, 3);
	tcase_add_test(c, a_seed_is_a_study);
	tcase_add_test(c, a_failing_sink_ends_the_study);
	tcase_add_test(c, exact_figures_need_the_first_ten);
	tcase_add_test(c, an_unreachable_precision_ends_at_the_cap_and_says_so);
	tcase_add_test(c, objectives_are_watched);
	tcase_add_test(c, verdicts_are_counted);
	tcase_add_test(c, auto_finds_where_the_level_begins);
	tcase_add_test(c, auto_refuses_what_has_no_level);
	tcase_add_test(c, too_much_is_refused_before_it_begins);
	tcase_add_test(c, progress_never_claims_more_than_there_is);
	tcase_add_loop_test(c, interrupts_end_the_study_at_any_moment, 0, 4);
	suite_add_tcase(s, c);
	return s;
}
