/* What a start adds, with a made-up cost whose Init is scripted: first try, then the try inside the invocation. */
#include <check.h>

#include "models/life/start.h"

struct script {
	struct cost base;
	struct init_work first, again;
};

static struct init_work scripted_init(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt,
                                      unsigned rerun)
{
	const struct script *s = (const struct script *)c;
	ck_assert_uint_eq(request, 12);
	ck_assert_uint_eq(attempt, 3);
	ck_assert_uint_eq(key->seed, 5);
	return rerun ? s->again : s->first;
}

static const struct cost_ops ops = {.size = sizeof(struct script), .init = scripted_init};
static const struct draw_key KEY = {5, 0};

enum { OK = OUTCOME_OK, BAD = OUTCOME_INIT_ERROR, LATE = OUTCOME_TIMEOUT };

static const struct {
	const char *what;
	bool cold;
	simtime first_ms;
	uint8_t first;
	simtime again_ms;
	uint8_t again;
	simtime work_ms; /* outcome OK, status 201 */
	simtime timeout_ms;
	simtime before_ms, init_ms, duration_ms; /* wanted */
	uint8_t outcome;
	int status;
} cases[] = {
	{"a plain cold start", true, 400, OK, 999, OK, 50, 3000, 400, 400, 50, OK, 201},
	{"Init of exactly 10 s is in time", true, 10000, OK, 999, OK, 50, 3000, 10000, 10000, 50, OK, 201},
	{"Init over 10 s is cut and run again inside", true, 10001, OK, 2000, OK, 50, 3000, 10000, 0, 2050, OK, 201},
	{"and may time the invocation out", true, 60000, OK, 2990, OK, 50, 3000, 10000, 0, 3000, LATE, 201},
	{"a timeout that Init alone fills", true, 60000, OK, 60000, OK, 50, 3000, 10000, 0, 3000, LATE, 201},
	{"the second try may be longer than 10 s", true, 12000, OK, 12000, OK, 50, 30000, 10000, 0, 12050, OK, 201},
	{"a failed Init is run again inside", true, 700, BAD, 650, OK, 50, 3000, 700, 0, 700, OK, 201},
	{"failing again ends the invocation", true, 700, BAD, 650, BAD, 50, 3000, 700, 0, 650, BAD, 0},
	{"unless the timeout ends it first", true, 700, BAD, 3000, BAD, 50, 3000, 700, 0, 3000, LATE, 0},
	{"a failed Init after more than 10 s counts 10", true, 15000, BAD, 1, OK, 1, 3000, 10000, 0, 2, OK, 201},
	{"a reset environment runs Init inside", false, 999, OK, 300, OK, 50, 3000, 0, 0, 350, OK, 201},
	{"with a failing one", false, 999, OK, 300, BAD, 50, 3000, 0, 0, 300, BAD, 0},
	{"with no Init at all", true, 0, OK, 0, OK, 0, 1000, 0, 0, 0, OK, 201},
	{"exactly at the timeout is a timeout", false, 999, OK, 950, OK, 50, 1000, 0, 0, 1000, LATE, 201},
};

START_TEST(each_way_to_start)
{
	struct script c = {{.ops = &ops, .timeout = cases[_i].timeout_ms * SIMTIME_MS},
	                   {cases[_i].first_ms * SIMTIME_MS, cases[_i].first},
	                   {cases[_i].again_ms * SIMTIME_MS, cases[_i].again}};
	struct start s = cases[_i].cold ? start_cold(&c.base, &KEY, 12, 3) : start_reset(&c.base, &KEY, 12, 3);
	struct work w = {.duration = cases[_i].work_ms * SIMTIME_MS, .outcome = OUTCOME_OK, .status = 201};
	w = start_with(&s, w, c.base.timeout);
	ck_assert_msg(s.before == cases[_i].before_ms * SIMTIME_MS, "%s: %ld ns before", cases[_i].what, s.before);
	ck_assert_msg(s.init == cases[_i].init_ms * SIMTIME_MS, "%s: Init %ld ns", cases[_i].what, s.init);
	ck_assert_msg(w.duration == cases[_i].duration_ms * SIMTIME_MS, "%s: Duration %ld ns", cases[_i].what, w.duration);
	ck_assert_msg(w.outcome == cases[_i].outcome, "%s: outcome %d", cases[_i].what, w.outcome);
	if (w.outcome != OUTCOME_TIMEOUT)
		ck_assert_msg(w.status == cases[_i].status, "%s: status %d", cases[_i].what, w.status);
}
END_TEST

/* What the handler would have ended in stays, its time grows. */
START_TEST(other_outcomes_pass_through)
{
	struct start s = {.inside = 10, .outcome = OUTCOME_OK};
	const uint8_t outcomes[] = {OUTCOME_ERROR, OUTCOME_CRASH, OUTCOME_OUT_OF_MEMORY};
	for (size_t i = 0; i < sizeof outcomes; i++) {
		struct work w = start_with(&s, (struct work){.duration = 5, .outcome = outcomes[i]}, 100);
		ck_assert_int_eq(w.duration, 15);
		ck_assert_uint_eq(w.outcome, outcomes[i]);
	}
	struct work late = start_with(&s, (struct work){.duration = 100, .outcome = OUTCOME_TIMEOUT}, 100);
	ck_assert_int_eq(late.duration, 100); /* exactly the timeout, Init or not */
}
END_TEST

Suite *start_suite(void)
{
	Suite *s = suite_create("start");
	TCase *c = tcase_create("start");
	tcase_add_loop_test(c, each_way_to_start, 0, sizeof cases / sizeof *cases);
	tcase_add_test(c, other_outcomes_pass_through);
	suite_add_tcase(s, c);
	return s;
}
