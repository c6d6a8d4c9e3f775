/* Declared costs: what is drawn for a request depends on its number and attempt alone. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "models/cost/cost.h"
#include "models/cost/quota.h"
#include "models/spec/purpose.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"
#include "tests/unit/fixture_scenario.h"

enum { ENTITY = 31 };
static const struct draw_key KEY = {9, 4};

enum { SHAPES = 24 };

/* Duration, Cpu alone, Wait alone, both; errors; arm64; Timeout short enough to cut. */
static void random_shape(struct scenario *s, int i)
{
	fixture_scenario(s, 1, 1);
	struct function_spec *f = &s->functions[0];
	f->declared.has_duration = i % 4 == 0;
	f->declared.has_cpu = i % 4 == 1 || i % 4 == 3;
	f->declared.has_wait = i % 4 == 2 || i % 4 == 3;
	f->declared.duration = fixture_exponential(700 * SIMTIME_MS);
	f->declared.cpu = fixture_uniform_between(0, 40 * SIMTIME_MS);
	f->declared.wait = fixture_exponential(400 * SIMTIME_MS);
	f->declared.init = fixture_exponential(200 * SIMTIME_MS);
	f->declared.error_rate = i / 4 % 3 == 0 ? 0 : i / 4 % 3 == 1 ? 0.3 : 1;
	f->architecture = i % 2 ? ARCHITECTURE_ARM64 : ARCHITECTURE_X86_64;
	f->arm_factor = 1.25;
	f->timeout_s = 1;
	f->memory_mb = 128 << i / 4;
}

static bool same_work(struct work a, struct work b)
{
	return a.duration == b.duration && a.outcome == b.outcome && a.status == b.status;
}

START_TEST(blocks_give_what_single_requests_give)
{
	struct scenario s;
	random_shape(&s, _i);
	const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
	const size_t counts[] = {64, 4, 60};
	const uint64_t firsts[] = {0, 64, 4, 1 << 20, (uint64_t)1 << 40};
	bool timed_out = false, failed = false, fine = false;
	for (size_t k = 0; k < 5; k++)
		for (size_t m = 0; m < 3; m++) {
			struct work block[COST_BLOCK];
			memset(block, 0x5a, sizeof block);
			c->ops->warm(c, &KEY, firsts[k], counts[m], block);
			for (size_t i = 0; i < counts[m]; i++) {
				struct work one = c->ops->one(c, &KEY, firsts[k] + i, 0, false);
				quick_assert(same_work(block[i], one), "shape %d, request %lu", _i, firsts[k] + i);
				timed_out = timed_out || one.outcome == OUTCOME_TIMEOUT;
				failed = failed || one.outcome == OUTCOME_ERROR;
				fine = fine || one.outcome == OUTCOME_OK;
				quick_assert(one.duration >= 0 && one.duration <= SIMTIME_SECOND);
				quick_assert((one.outcome == OUTCOME_TIMEOUT) == (one.duration == SIMTIME_SECOND));
			}
		}
	double rate = s.functions[0].declared.error_rate;
	ck_assert(failed == (rate > 0) && fine == (rate < 1));
	ck_assert(timed_out || _i % 4 == 1);
	fixture_scenario_fini(&s);
}
END_TEST

/* Against the definition: the distribution's quantile at the word of this purpose, this attempt, this number. */
START_TEST(durations_are_quantiles_of_words)
{
	struct scenario s;
	random_shape(&s, 3); /* Cpu and Wait, arm64 */
	struct function_spec *f = &s.functions[0];
	f->timeout_s = 900;
	const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
	struct quota q = quota_for_memory(f->memory_mb);
	for (uint64_t request = 0; request < 3000; request++) {
		uint64_t attempt = request % 3;
		double u_cpu = draw_uniform(draw_word(&KEY, ENTITY, PURPOSE_SERVICE, attempt, request));
		double u_wait = draw_uniform(draw_word(&KEY, ENTITY, PURPOSE_WAIT, attempt, request));
		simtime phase = (simtime)draw_below(draw_word(&KEY, ENTITY, PURPOSE_PHASE, attempt, request), (uint64_t)q.period);
		simtime cpu = simtime_from_ns(u_cpu * 40e6 * 1.25);
		double wait = -log1p(-u_wait) * 400e6;
		double want = (double)quota_wall(&q, cpu, phase) + wait;
		double got = (double)c->ops->one(c, &KEY, request, attempt, false).duration;
		/* The CPU time is right within a nanosecond, but one more may cost a rest of a whole period. */
		bool near = fabs(got - want) <= 4 + wait * 1e-6 ||
		            fabs(fabs(got - want) - (double)(q.period - q.budget)) <= 4 + wait * 1e-6;
		quick_assert(near, "request %lu: %.0f, not %.0f", request, got, want);
		struct init_work init = c->ops->init(c, &KEY, request, attempt, request % 2);
		double u_init = draw_uniform(draw_word(&KEY, ENTITY, PURPOSE_INIT, 2 * attempt + request % 2, request));
		quick_assert(init.outcome == OUTCOME_OK && fabs((double)init.duration + log1p(-u_init) * 200e6) <= 2 + 2e8 * 1e-5);
	}
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(attempts_and_reruns_draw_anew)
{
	struct scenario s;
	random_shape(&s, 0);
	s.functions[0].timeout_s = 900;
	const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
	for (uint64_t request = 0; request < 100; request++)
		for (uint64_t attempt = 1; attempt < 5; attempt++) {
			ck_assert_int_ne(c->ops->one(c, &KEY, request, attempt, false).duration,
			                 c->ops->one(c, &KEY, request, 0, false).duration);
			ck_assert_int_ne(c->ops->init(c, &KEY, request, attempt, 0).duration,
			                 c->ops->init(c, &KEY, request, attempt, 1).duration);
			ck_assert_int_ne(c->ops->init(c, &KEY, request, attempt, 0).duration,
			                 c->ops->init(c, &KEY, request, attempt - 1, 1).duration);
		}
	fixture_scenario_fini(&s);
}
END_TEST

/* Cold and warm are the same draw: only Init comes on top. */
START_TEST(the_handler_takes_no_longer_when_cold)
{
	struct scenario s;
	random_shape(&s, 3);
	const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
	for (uint64_t request = 0; request < 100; request++)
		ck_assert(same_work(c->ops->one(c, &KEY, request, 0, true), c->ops->one(c, &KEY, request, 0, false)));
	fixture_scenario_fini(&s);
}
END_TEST

/* The same request, request by request, at more memory. */
START_TEST(more_memory_is_never_slower)
{
	struct scenario s;
	simtime last[500];
	double sums[3] = {0};
	const int sizes[] = {128, 512, 1769};
	for (int k = 0; k < 3; k++) {
		random_shape(&s, 1);
		s.functions[0].memory_mb = sizes[k];
		s.functions[0].timeout_s = 900;
		const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
		for (uint64_t i = 0; i < 500; i++) {
			simtime d = c->ops->one(c, &KEY, i, 0, false).duration;
			quick_assert(k == 0 || d <= last[i]);
			last[i] = d;
			sums[k] += (double)d;
		}
		fixture_scenario_fini(&s);
	}
	ck_assert_double_gt(sums[0], 5 * sums[2]);
}
END_TEST

START_TEST(error_rates_are_met)
{
	const double rates[] = {0, 1e-3, 0.25, 0.999, 1};
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.functions[0].declared.error_rate = rates[_i];
	const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
	enum { N = 64000 };
	int failed = 0;
	for (uint64_t first = 0; first < N; first += COST_BLOCK) {
		struct work block[COST_BLOCK];
		c->ops->warm(c, &KEY, first, COST_BLOCK, block);
		for (int i = 0; i < COST_BLOCK; i++)
			failed += block[i].outcome == OUTCOME_ERROR;
	}
	ck_assert_double_eq_tol(failed / (double)N, rates[_i], 5 * sqrt(rates[_i] * (1 - rates[_i]) / N) + 1e-12);
	fixture_scenario_fini(&s);
}
END_TEST

/* A duration of exactly Timeout is a timeout; one nanosecond less is not. */
START_TEST(the_timeout_cuts)
{
	const struct {
		simtime duration;
		uint8_t outcome;
	} cases[] = {{2 * SIMTIME_SECOND - 1, OUTCOME_OK}, {2 * SIMTIME_SECOND, OUTCOME_TIMEOUT}, {SIMTIME_DAY, OUTCOME_TIMEOUT}};
	for (size_t i = 0; i < 3; i++) {
		struct scenario s;
		fixture_scenario(&s, 1, 1);
		s.functions[0].timeout_s = 2;
		s.functions[0].declared.duration = fixture_constant(cases[i].duration);
		const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
		struct work w = c->ops->one(c, &KEY, 5, 0, false);
		ck_assert_uint_eq(w.outcome, cases[i].outcome);
		ck_assert_int_eq(w.duration, cases[i].outcome == OUTCOME_OK ? cases[i].duration : 2 * SIMTIME_SECOND);
		fixture_scenario_fini(&s);
	}
}
END_TEST

/* Without Init in the scenario: by runtime, its median near the published one. */
START_TEST(an_undeclared_init_is_that_of_the_runtime)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.functions[0].declared.has_init = false;
	const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
	int below = 0;
	for (uint64_t i = 0; i < 10000; i++)
		below += c->ops->init(c, &KEY, i, 0, 0).duration < 85 * SIMTIME_MS; /* python3.12 */
	ck_assert_double_eq_tol(below / 10000.0, 0.5, 0.025);
	fixture_scenario_fini(&s);
}
END_TEST

Suite *declared_suite(void)
{
	Suite *s = suite_create("declared");
	TCase *c = tcase_create("declared");
	tcase_add_loop_test(c, blocks_give_what_single_requests_give, 0, SHAPES);
	tcase_add_test(c, durations_are_quantiles_of_words);
	tcase_add_test(c, attempts_and_reruns_draw_anew);
	tcase_add_test(c, the_handler_takes_no_longer_when_cold);
	tcase_add_test(c, more_memory_is_never_slower);
	tcase_add_loop_test(c, error_rates_are_met, 0, 5);
	tcase_add_test(c, the_timeout_cuts);
	tcase_add_test(c, an_undeclared_init_is_that_of_the_runtime);
	suite_add_tcase(s, c);
	return s;
}
