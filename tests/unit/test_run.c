/* One replication: where it begins and ends, what its rows add up to, what the warm-up leaves out, what it does not remember,
 * what it allocates. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/textbuf.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"
#include "tests/unit/fixture_scenario.h"

/* --- a result as bytes ---------------------------------------------------------------------------------------------------------- */

static void put(struct textbuf *out, const void *bytes, size_t size)
{
	textbuf_add_n(out, bytes, size);
}

static void put_function(struct textbuf *out, const struct function_result *f, size_t periods)
{
	put(out, &f->counts, sizeof f->counts);
	histogram_write(&f->duration, out);
	histogram_write(&f->latency_warm, out);
	histogram_write(&f->latency_cold, out);
	histogram_write(&f->init, out);
	put(out, &f->busy_mean, sizeof f->busy_mean);
	put(out, &f->alive_mean, sizeof f->alive_mean);
	put(out, &f->busy_max, sizeof f->busy_max);
	put(out, &f->alive_max, sizeof f->alive_max);
	for (size_t i = 0; i < periods; i++) {
		const struct function_row *r = &f->rows[i];
		textbuf_printf(out, "%u %u %u %u %ld %ld %a\n", r->invocations, r->cold_starts, r->errors, r->throttles,
		               r->busy_max, r->alive_max, r->busy_mean);
	}
}

static struct textbuf bytes_of(const struct run_result *x, const struct plan *p)
{
	struct textbuf out = {0};
	for (size_t i = 0; i < p->scenario->function_count; i++)
		put_function(&out, &x->functions[i], p->periods);
	for (size_t i = 0; i < p->scenario->source_count; i++) {
		put(&out, &x->sources[i].counts, sizeof x->sources[i].counts);
		histogram_write(&x->sources[i].latency, &out);
		put(&out, x->sources[i].status, STATUS_LIMIT * sizeof(uint64_t));
		put(&out, x->sources[i].rows, p->periods * sizeof(uint32_t));
	}
	put(&out, &x->busy_mean, sizeof x->busy_mean);
	put(&out, &x->busy_max, sizeof x->busy_max);
	put(&out, x->busy_rows, p->periods * sizeof(int64_t));
	put(&out, &x->events, sizeof x->events);
	return out;
}

static void same_bytes(const struct textbuf *a, const struct textbuf *b, const char *what, int i)
{
	ck_assert_msg(a->length == b->length && memcmp(a->text, b->text, a->length) == 0, "%s, scenario %d", what, i);
}

/* --- begin and end -------------------------------------------------------------------------------------------------------------- */

static const simtime durations[] = {
	1,
	99 * SIMTIME_MS,
	100 * SIMTIME_MS,
	100 * SIMTIME_MS + 1,
	200 * SIMTIME_MS,
	SIMTIME_SECOND,
	149 * SIMTIME_SECOND,
	150 * SIMTIME_SECOND,
	1501 * SIMTIME_SECOND,
	SIMTIME_HOUR - 1,
	SIMTIME_HOUR,
	SIMTIME_HOUR + 1,
	25 * SIMTIME_HOUR,
	SIMTIME_WEEK,
};

/* Requests every 100 ms (slower in longer runs), the last one in the last instant: all of them are counted, and those alone. */
START_TEST(runs_of_any_length_count_what_starts_in_them)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.duration = durations[_i];
	double gap_s = durations[_i] > SIMTIME_HOUR ? 100 : 0.1;
	s.sources[0].arrivals.rate_per_s = 1 / gap_s;
	s.functions[0].declared.duration = fixture_constant(250 * SIMTIME_MS);
	struct fixture_run r = fixture_run(&s, 0, 0);
	uint64_t want = (uint64_t)(s.duration / (simtime)(gap_s * 1e9));
	ck_assert_uint_eq(r.result->sources[0].counts.requests, want);
	ck_assert_uint_eq(counts_invocations(&r.result->functions[0].counts), want);
	ck_assert_uint_eq(r.result->functions[0].counts.billed_ms, 250 * want);
	ck_assert_uint_le(r.plan->periods, 1500);
	ck_assert_int_ge((simtime)r.plan->periods * r.plan->period, s.duration);
	ck_assert_int_lt((simtime)(r.plan->periods - 1) * r.plan->period, s.duration);
	uint64_t in_rows = 0;
	for (size_t k = 0; k < r.plan->periods; k++)
		in_rows += r.result->functions[0].rows[k].invocations;
	ck_assert_uint_eq(in_rows, want);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(nothing_ever_happens)
{
	struct scenario s;
	fixture_scenario(&s, 1, 0);
	struct fixture_run r = fixture_run(&s, SIMTIME_SECOND, 0);
	ck_assert_uint_eq(counts_invocations(&r.result->functions[0].counts), 0);
	ck_assert_double_eq(r.result->busy_mean, 0);
	ck_assert_int_eq(r.result->functions[0].alive_max, 0);
	fixture_run_fini(&r);
	s.functions[0].reclaim = (struct reclaim_spec){.policy = RECLAIM_HALVING,
	                                               .every = SIMTIME_MS}; /* its clock ticks for nobody */
	r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(r.result->events, 10000);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- rows ----------------------------------------------------------------------------------------------------------------------- */

static void function_rows(const struct run_result *x, const struct plan *p, size_t i, int seed)
{
	const struct function_result *f = &x->functions[i];
	uint64_t invocations = 0, cold = 0, errors = 0, throttles = 0;
	int64_t busy_max = 0, alive_max = 0;
	double area = 0;
	for (size_t k = 0; k < p->periods; k++) {
		const struct function_row *r = &f->rows[k];
		simtime begin = (simtime)k * p->period,
			end = begin + p->period < p->scenario->duration ? begin + p->period : p->scenario->duration;
		invocations += r->invocations;
		cold += r->cold_starts;
		errors += r->errors;
		throttles += r->throttles;
		busy_max = r->busy_max > busy_max ? r->busy_max : busy_max;
		alive_max = r->alive_max > alive_max ? r->alive_max : alive_max;
		area += r->busy_mean * (double)(end - begin);
		quick_assert(r->busy_mean <= (double)r->busy_max + 1e-9 && r->busy_max <= r->alive_max &&
		             r->busy_max <= x->busy_rows[k]);
	}
	ck_assert_msg(invocations == counts_invocations(&f->counts) && cold == f->counts.cold_starts &&
	                      errors == counts_errors(&f->counts) && throttles == counts_throttles(&f->counts),
	              "scenario %d: rows and totals differ", seed);
	ck_assert_int_eq(busy_max, f->busy_max);
	ck_assert_int_eq(alive_max, f->alive_max);
	ck_assert_double_eq_tol(area / (double)p->scenario->duration, f->busy_mean, 1e-9 * (1 + f->busy_mean));
}

static uint64_t source_rows(const struct source_result *x, size_t periods)
{
	uint64_t sum = 0;
	for (size_t k = 0; k < periods; k++)
		sum += x->rows[k];
	return sum;
}

START_TEST(rows_add_up_whatever_the_warm_up)
{
	struct scenario s;
	fixture_random_scenario(&s, 500 + _i);
	struct fixture_run r = fixture_run(&s, 0, 1);
	for (size_t i = 0; i < s.function_count; i++)
		function_rows(r.result, r.plan, i, _i);
	for (size_t i = 0; i < s.source_count; i++)
		ck_assert_uint_eq(source_rows(&r.result->sources[i], r.plan->periods), r.result->sources[i].counts.requests);
	uint64_t random = 9 + _i;
	/* Somewhere, on a period's boundary, just before the end. */
	const simtime cuts[] = {(simtime)fixture_below(&random, s.duration), s.duration / 2 / r.plan->period * r.plan->period,
	                        s.duration - 1};
	for (int c = 0; c < 3; c++) {
		struct fixture_run w = fixture_run(&s, cuts[c], 1);
		for (size_t i = 0; i < s.function_count; i++)
			ck_assert_mem_eq(w.result->functions[i].rows, r.result->functions[i].rows,
			                 r.plan->periods * sizeof(struct function_row));
		for (size_t i = 0; i < s.source_count; i++)
			ck_assert_mem_eq(w.result->sources[i].rows, r.result->sources[i].rows, r.plan->periods * sizeof(uint32_t));
		ck_assert_mem_eq(w.result->busy_rows, r.result->busy_rows, r.plan->periods * sizeof(int64_t));
		ck_assert_uint_eq(w.result->events, r.result->events);
		fixture_run_fini(&w);
	}
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- warm-up -------------------------------------------------------------------------------------------------------------------- */

/* What a run to the cut counts, and what the whole run counts after the cut, is what the whole run counts. */
static void split_function(const struct function_result *head, const struct function_result *tail,
                           const struct function_result *whole)
{
	for (int k = 0; k < OUTCOMES; k++)
		ck_assert_uint_eq(head->counts.outcomes[k] + tail->counts.outcomes[k], whole->counts.outcomes[k]);
	for (int k = 0; k < THROTTLES; k++)
		ck_assert_uint_eq(head->counts.throttles[k] + tail->counts.throttles[k], whole->counts.throttles[k]);
	ck_assert_uint_eq(head->counts.billed_ms + tail->counts.billed_ms, whole->counts.billed_ms);
	ck_assert_uint_eq(head->counts.cold_starts + tail->counts.cold_starts, whole->counts.cold_starts);
	ck_assert_uint_eq(head->counts.resets + tail->counts.resets, whole->counts.resets);
	ck_assert(head->duration.sum + tail->duration.sum == whole->duration.sum);
	ck_assert(head->init.sum + tail->init.sum == whole->init.sum);
	ck_assert_uint_eq(head->duration.count + tail->duration.count, whole->duration.count);
}

START_TEST(the_warm_up_cuts_in_two)
{
	struct scenario s;
	fixture_random_scenario(&s, 900 + _i);
	uint64_t random = _i;
	simtime cut = 2 + (simtime)fixture_below(&random, s.duration), duration = s.duration + 3;
	s.duration = duration;
	struct fixture_run whole = fixture_run(&s, 0, 5), tail = fixture_run(&s, cut, 5);
	s.duration = cut;
	struct fixture_run head = fixture_run(&s, 0, 5);
	s.duration = duration;
	for (size_t i = 0; i < s.function_count; i++) {
		const struct function_result *h = &head.result->functions[i], *t = &tail.result->functions[i],
					     *w = &whole.result->functions[i];
		split_function(h, t, w);
		double area = h->busy_mean * (double)cut + t->busy_mean * (double)(duration - cut),
		       all = w->busy_mean * (double)duration;
		ck_assert_double_eq_tol(area, all, 1e-9 * all + 1e-12);
		ck_assert_int_le(t->busy_max, w->busy_max);
		ck_assert_int_eq(h->busy_max > t->busy_max ? h->busy_max : t->busy_max, w->busy_max);
	}
	for (size_t i = 0; i < s.source_count; i++) {
		const struct source_counts *h = &head.result->sources[i].counts, *t = &tail.result->sources[i].counts,
					   *w = &whole.result->sources[i].counts;
		ck_assert_uint_eq(h->requests + t->requests, w->requests);
		ck_assert_uint_eq(h->retries + t->retries, w->retries);
		ck_assert_uint_eq(h->gateway_throttles + t->gateway_throttles, w->gateway_throttles);
		ck_assert_uint_eq(source_attempts(h) + source_attempts(t) + t->early_retries, source_attempts(w));
		uint64_t answered = 0;
		for (int k = 0; k < STATUS_LIMIT; k++)
			answered += tail.result->sources[i].status[k];
		ck_assert_uint_eq(answered + t->unfinished, t->requests); /* of requests that came after the cut, and those alone */
		ck_assert_uint_eq(tail.result->sources[i].latency.count, answered);
	}
	fixture_run_fini(&whole);
	fixture_run_fini(&tail);
	fixture_run_fini(&head);
	fixture_scenario_fini(&s);
}
END_TEST

/* Requests every second, each busy 1.5 s; cut at 5 s: what is under way then counts for levels, not for requests. */
START_TEST(levels_go_through_the_cut)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.sources[0].arrivals.rate_per_s = 1;
	s.functions[0].declared.duration = fixture_constant(1500 * SIMTIME_MS);
	struct fixture_run r = fixture_run(&s, 5 * SIMTIME_SECOND, 0);
	const struct function_result *f = &r.result->functions[0];
	ck_assert_uint_eq(counts_invocations(&f->counts), 5); /* at 6, 7, 8, 9 and 10 */
	ck_assert_uint_eq(f->counts.cold_starts, 0);
	ck_assert_double_eq_tol(f->busy_mean, 1.5, 1e-12);
	ck_assert_int_eq(f->busy_max, 2);
	ck_assert_double_eq_tol(f->alive_mean, 2, 1e-12);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* At equal gaps a stretch has as many requests as its length holds: after a warm-up and to the end; a period those from its begin on. */
START_TEST(stretches_have_one_end)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.sources[0].arrivals.kind = ARRIVAL_CONSTANT;
	s.sources[0].arrivals.rate_per_s = 1;
	s.duration = 3600 * SIMTIME_SECOND;
	const simtime warm_ups[] = {0, 1800 * SIMTIME_SECOND, 1800 * SIMTIME_SECOND + 1, 1800 * SIMTIME_SECOND - 1};
	const uint64_t expected[] = {3600, 1800, 1800, 1801};
	for (int i = 0; i < 4; i++) {
		struct fixture_run r = fixture_run(&s, warm_ups[i], 0);
		ck_assert_uint_eq(counts_invocations(&r.result->functions[0].counts), expected[i]);
		ck_assert_uint_eq(r.result->sources[0].counts.requests, expected[i]);
		size_t last = r.plan->periods - 1; /* the first request comes after one gap, the last one with the end */
		for (size_t k = 0; k <= last; k++)
			ck_assert_uint_eq(r.result->sources[0].rows[k],
			                  (uint64_t)(r.plan->period / SIMTIME_SECOND) - (k == 0) + (k == last));
		fixture_run_fini(&r);
	}
	fixture_scenario_fini(&s);
}
END_TEST

/* --- nothing is remembered ------------------------------------------------------------------------------------------------------- */

START_TEST(replications_do_not_know_of_each_other)
{
	struct scenario s;
	fixture_random_scenario(&s, 1300 + _i);
	struct plan *p = plan_new(&s, s.duration / 3);
	struct run *used = run_new(p);
	struct textbuf first[3];
	for (uint64_t k = 0; k < 3; k++) {
		struct run *fresh = run_new(p);
		struct run_result *x = run_replicate(fresh, k, NULL, NULL);
		first[k] = bytes_of(x, p);
		run_result_free(x, p);
		run_free(fresh);
	}
	const uint64_t order[] = {2, 0, 1, 1, 2, 0};
	for (int i = 0; i < 6; i++) {
		struct run_result *x = run_replicate(used, order[i], NULL, NULL);
		struct textbuf b = bytes_of(x, p);
		same_bytes(&b, &first[order[i]], "a used run gives another result", _i);
		textbuf_fini(&b);
		run_result_free(x, p);
	}
	for (int k = 0; k < 3; k++)
		textbuf_fini(&first[k]);
	run_free(used);
	plan_free(p);
	fixture_scenario_fini(&s);
}
END_TEST

static int stop_at(void *ctx)
{
	int *left = ctx;
	return --*left == 0;
}

START_TEST(an_abandoned_replication_leaves_nothing)
{
	struct scenario s;
	fixture_random_scenario(&s, 77);
	s.duration = 60 * SIMTIME_SECOND;
	fixture_burst(&s, 0, 59 * SIMTIME_SECOND, 50);
	struct plan *p = plan_new(&s, 0);
	struct run *r = run_new(p), *fresh = run_new(p);
	struct run_result *want = run_replicate(fresh, 4, NULL, NULL);
	struct textbuf wanted = bytes_of(want, p);
	for (int at = 1; at < 30; at += 7) {
		int left = at;
		ck_assert_ptr_null(run_replicate(r, 4, stop_at, &left));
		struct run_result *x = run_replicate(r, 4, NULL, NULL);
		struct textbuf b = bytes_of(x, p);
		same_bytes(&b, &wanted, "after an abandoned one", at);
		textbuf_fini(&b);
		run_result_free(x, p);
	}
	textbuf_fini(&wanted);
	run_result_free(want, p);
	run_free(r);
	run_free(fresh);
	plan_free(p);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- common random numbers ------------------------------------------------------------------------------------------------------- */

/* Another source, another function, another order: the first source's requests stay as they were. */
START_TEST(more_sources_do_not_move_the_first)
{
	struct scenario alone, more;
	fixture_scenario(&alone, 1, 1);
	fixture_scenario(&more, 2, 3);
	more.sources[1].function = more.sources[2].function = 1;
	struct scenario *both[] = {&alone, &more};
	for (int k = 0; k < 2; k++) {
		both[k]->sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_POISSON, .rate_per_s = 80};
		both[k]->functions[0].declared.duration = fixture_exponential(30 * SIMTIME_MS);
		both[k]->sources[0].latency = fixture_exponential(SIMTIME_MS);
	}
	struct fixture_run a = fixture_run(&alone, 0, 2), b = fixture_run(&more, 0, 2);
	struct textbuf x = {0}, y = {0};
	put_function(&x, &a.result->functions[0], a.plan->periods);
	put_function(&y, &b.result->functions[0], b.plan->periods);
	histogram_write(&a.result->sources[0].latency, &x);
	histogram_write(&b.result->sources[0].latency, &y);
	same_bytes(&x, &y, "the first source", 0);
	textbuf_fini(&x);
	textbuf_fini(&y);
	fixture_run_fini(&a);
	fixture_run_fini(&b);
	fixture_scenario_fini(&alone);
	fixture_scenario_fini(&more);
}
END_TEST

/* A source that shares its function is counted in another way than one that has it alone; a silent companion must not show. */
START_TEST(a_silent_companion_changes_nothing)
{
	struct scenario s[2];
	struct textbuf b[2] = {{0}, {0}};
	for (size_t k = 0; k < 2; k++) {
		fixture_scenario(&s[k], 1, 1 + k);
		s[k].sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_POISSON, .rate_per_s = 200};
		s[k].sources[0].kind = SOURCE_HTTP_API;
		s[k].functions[0].declared.duration = fixture_exponential(300 * SIMTIME_MS);
		s[k].functions[0].declared.error_rate = 0.1;
		s[k].functions[0].reserved = 40;
		struct client_spec *c = fixture_client(&s[k], 0);
		c->timeout = 400 * SIMTIME_MS;
		c->max_attempts = 2;
		c->retry_on = RETRY_5XX | RETRY_TIMEOUT;
		if (k == 1)
			s[k].sources[1].arrivals.rate_per_s = 0;
		struct fixture_run r = fixture_run(&s[k], SIMTIME_SECOND, 2);
		ck_assert_uint_gt(counts_throttles(&r.result->functions[0].counts), 100);
		put_function(&b[k], &r.result->functions[0], r.plan->periods);
		histogram_write(&r.result->sources[0].latency, &b[k]);
		put(&b[k], r.result->sources[0].status, STATUS_LIMIT * sizeof(uint64_t));
		fixture_run_fini(&r);
		fixture_scenario_fini(&s[k]);
	}
	same_bytes(&b[0], &b[1], "with a silent companion", 0);
	textbuf_fini(&b[0]);
	textbuf_fini(&b[1]);
}
END_TEST

/* --- memory --------------------------------------------------------------------------------------------------------------------- */

struct watch {
	unsigned long marks[1600];
	size_t count;
};

static int watch_allocations(void *ctx)
{
	struct watch *w = ctx;
	ck_assert_uint_lt(w->count, 1600);
	w->marks[w->count++] = memory_allocations();
	return 0;
}

enum { WARM = 5 }; /* million invocations after which nearly every bucket of the agenda has met a crowd */

/* A million invocations in one replication of a run that has seen others; a mark every hundredth or so. Returns what was
 * allocated after the first 10,000 of them. */
static unsigned long allocations_after_ten_thousand(struct scenario *s)
{
	s->duration = 10000 * SIMTIME_SECOND;
	struct plan *p = plan_new(s, 0);
	struct run *r = run_new(p);
	struct run_result *x;
	for (uint64_t k = 0; k < WARM; k++) {
		x = run_replicate(r, k, NULL, NULL);
		ck_assert_uint_gt(x->sources[0].counts.requests, 990000);
		run_result_free(x, p);
	}
	static struct watch w;
	w.count = 0;
	x = run_replicate(r, WARM, watch_allocations, &w);
	ck_assert_uint_gt(w.count, 100);
	unsigned long grown = w.marks[w.count - 1] - w.marks[w.count / 100];
	run_result_free(x, p);
	run_free(r);
	plan_free(p);
	fixture_scenario_fini(s);
	return grown;
}

/* A histogram may still meet its first value of an octave, a bucket of the agenda a greater crowd: some hundred in a million
 * invocations, fewer in the next. */
START_TEST(the_loop_does_not_allocate)
{
	static const enum reclaim_policy policies[] = {RECLAIM_FIXED, RECLAIM_UNIFORM, RECLAIM_HALVING, RECLAIM_NEVER};
	static const enum reuse_order orders[] = {REUSE_NEWEST, REUSE_OLDEST, REUSE_RANDOM, REUSE_NEWEST};
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.functions[0].reclaim = (struct reclaim_spec){policies[_i], SIMTIME_MINUTE, SIMTIME_MINUTE, 2 * SIMTIME_MINUTE,
	                                               SIMTIME_MINUTE};
	s.functions[0].reuse = orders[_i];
	s.functions[0].declared.duration = fixture_exponential(200 * SIMTIME_MS);
	s.sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_POISSON, .rate_per_s = 100};
	ck_assert_uint_le(allocations_after_ten_thousand(&s), 300);
}
END_TEST

/* With clients, throttles and retries, and nothing random at all: none, exactly. */
START_TEST(a_regular_loop_does_not_allocate_at_all)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.functions[0].reserved = 8;
	s.sources[0].arrivals.rate_per_s = 100;
	struct client_spec *c = fixture_client(&s, 0);
	c->max_attempts = 3;
	c->retry_on = RETRY_429;
	ck_assert_uint_eq(allocations_after_ten_thousand(&s), 0);
}
END_TEST

Suite *run_suite(void)
{
	Suite *s = suite_create("run");
	TCase *c = tcase_create("run");
	tcase_add_loop_test(c, runs_of_any_length_count_what_starts_in_them, 0, sizeof durations / sizeof *durations);
	tcase_add_test(c, nothing_ever_happens);
	tcase_add_loop_test(c, rows_add_up_whatever_the_warm_up, 0, 60);
	tcase_add_loop_test(c, the_warm_up_cuts_in_two, 0, 60);
	tcase_add_test(c, levels_go_through_the_cut);
	tcase_add_test(c, stretches_have_one_end);
	tcase_add_loop_test(c, replications_do_not_know_of_each_other, 0, 40);
	tcase_add_test(c, an_abandoned_replication_leaves_nothing);
	tcase_add_test(c, more_sources_do_not_move_the_first);
	tcase_add_test(c, a_silent_companion_changes_nothing);
	tcase_add_loop_test(c, the_loop_does_not_allocate, 0, 4);
	tcase_add_test(c, a_regular_loop_does_not_allocate_at_all);
	suite_add_tcase(s, c);
	return s;
}
