/* repeat: a study is the same for any number of threads, and common random numbers hold: what is decided about one request never
 * moves the draws of another, so that two configurations differ only where they must. */
#include <stdio.h>
#include <string.h>

#include "scenarios/study/study.h"
#include "tests/support/build.h"
#include "tests/support/chance.h"
#include "tests/support/dump.h"
#include "tests/support/expect.h"

/* --- threads
 * -------------------------------------------------------------------------------------------------------------------- */

/* All rows of the study, or why it failed. */
static void study_text(const struct scenario *s, unsigned jobs, struct textbuf *out)
{
	struct dump_sink sink;
	struct study_options options = {.jobs = jobs};
	struct study_verdict verdict;
	struct error e = {0};
	dump_sink_init(&sink, out);
	if (study_run(s, &options, &sink.base, &verdict, &e))
		textbuf_printf(out, "failed: %s\n", e.text);
	textbuf_printf(out, "objectives %zu missed %zu undecided %zu\n", verdict.objectives, verdict.missed, verdict.undecided);
}

static void add_objectives(struct chance *c, struct scenario *s)
{
	static const char *const metrics[] = {"Latency",    "Duration", "ConcurrentExecutions", "Throttles", "Errors",
	                                      "ColdStarts", "cost"};
	for (size_t i = 0; i < s->function_count; i++) {
		const char *metric = metrics[chance_below(c, 7)];
		s->objectives[s->objective_count++] = (struct objective_spec){
			.text = arena_format(&s->arena, "%s %s", s->functions[i].name, metric),
			.entity = s->functions[i].name,
			.metric = metric,
			.statistic = chance_happens(c, 0.5) ? "mean" : "p99",
			.percent = chance_happens(c, 0.3),
			.comparator = COMPARATOR_BELOW,
			.threshold = chance_log(c, 0.001, 1000),
		};
	}
}

static bool same_for_any_jobs(uint64_t seed, unsigned jobs, unsigned *failed, uint64_t *bytes)
{
	struct scenario *s = chance_scenario(seed, 3000);
	struct chance c = {seed + 1000000};
	struct textbuf one = {0}, many = {0};
	s->replications = chance_happens(&c, 0.3) ? 0 : 1 + (int)chance_below(&c, 25);
	s->precision = 0.2;
	s->warm_up_auto = chance_happens(&c, 0.2);
	if (s->warm_up_auto)
		s->warm_up = 0;
	add_objectives(&c, s);
	study_text(s, 1, &one);
	study_text(s, jobs, &many);
	bool same = one.length == many.length && memcmp(one.text, many.text, one.length) == 0;
	*failed += strstr(one.text, "failed: ") != NULL;
	*bytes += one.length;
	textbuf_fini(&one);
	textbuf_fini(&many);
	build_free(s);
	return same;
}

static void threads(struct expect *x)
{
	const uint64_t scenarios = x->full ? 1000 : 60;
	unsigned failed = 0, differ = 0;
	uint64_t bytes = 0;
	for (uint64_t seed = 1; seed <= scenarios; seed++) {
		if (same_for_any_jobs(seed, 2 + seed % 4, &failed, &bytes))
			continue;
		differ++;
		expect_true(x, false, "scenario %llu: rows differ with the number of threads", (unsigned long long)seed);
	}
	expect_count(x, differ, 0, "studies of %llu random scenarios (%.1f MB of rows) that differ with the number of threads",
	             (unsigned long long)scenarios, (double)bytes / 1e6);
	expect_between(x, failed, 0, (double)scenarios / 4, "of these, refused for good reason (no steady state)");
}

/* --- common random numbers
 * ------------------------------------------------------------------------------------------------------ */

static struct scenario *shop(void)
{
	struct scenario *s = build_scenario(1000 * SIMTIME_SECOND, 77);
	build_function(s, "A", build_lognormal(0.5, 1))->declared.error_rate = 0.1;
	build_function(s, "B", build_exponential(0.2));
	build_source(s, "A.Get", 0, SOURCE_HTTP_API, 20);
	build_source(s, "B", 1, SOURCE_INVOKE, 30);
	return s;
}

/* The arrivals of both sources, and the durations of A: as text. */
static void arrivals_and_durations(const struct scenario *s, bool durations, struct textbuf *out)
{
	struct trial t;
	trial_init(&t, s);
	const struct run_result *r = trial_run(&t, 3);
	textbuf_clear(out);
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < t.plan->periods; k++)
			textbuf_printf(out, "%u ", r->sources[i].rows[k]);
	if (durations)
		histogram_write(&r->functions[0].duration, out);
	trial_fini(&t);
}

static void changed(struct expect *x, const char *what, const struct scenario *before, const struct scenario *after, bool durations)
{
	struct textbuf a = {0}, b = {0};
	arrivals_and_durations(before, durations, &a);
	arrivals_and_durations(after, durations, &b);
	expect_true(x, a.length == b.length && memcmp(a.text, b.text, a.length) == 0, "%s: the same arrivals%s", what,
	            durations ? " and durations" : "");
	textbuf_fini(&a);
	textbuf_fini(&b);
}

/* What may be changed without moving a draw. */
static void common_numbers(struct expect *x)
{
	enum { CHANGES = 6 };
	static const char *const names[CHANGES] = {"idle life 1 s",      "random reuse, uniform life", "B reserves 3 and throttles",
	                                           "B's clients repeat", "platform latency",           "a third source on B"};
	struct scenario *before = shop();
	for (int i = 0; i < CHANGES; i++) {
		struct scenario *s = shop();
		switch (i) {
		case 0: s->functions[0].reclaim.after = SIMTIME_SECOND; break;
		case 1:
			s->functions[0].reuse = REUSE_RANDOM;
			s->functions[0].reclaim =
				(struct reclaim_spec){.policy = RECLAIM_UNIFORM, .low = SIMTIME_SECOND, .high = SIMTIME_MINUTE};
			break;
		case 2: s->functions[1].reserved = 3; break;
		case 3:
			s->functions[1].declared.error_rate = 0.3;
			build_client(&s->sources[1], 4)->backoff_base = SIMTIME_SECOND;
			break;
		case 4: s->sources[0].latency = build_lognormal(0.02, 1); break;
		case 5: build_source(s, "B.Other", 1, SOURCE_FUNCTION_URL, 10); break;
		}
		changed(x, names[i], before, s, true);
		build_free(s);
	}
	struct scenario *s = shop();
	s->functions[0].reserved = 5;
	changed(x, "A reserves 5 and throttles", before, s, false);
	build_free(s);
	build_free(before);
}

/* Another seed and another replication do change everything. */
static void other_numbers(struct expect *x)
{
	struct scenario *s = shop();
	struct textbuf a = {0}, b = {0};
	arrivals_and_durations(s, true, &a);
	s->seed++;
	arrivals_and_durations(s, true, &b);
	expect_true(x, a.length != b.length || memcmp(a.text, b.text, a.length) != 0, "another seed: other arrivals");
	textbuf_fini(&a);
	textbuf_fini(&b);
	build_free(s);
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	threads(&x);
	common_numbers(&x);
	other_numbers(&x);
	return expect_end(&x);
}
