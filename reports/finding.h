/* finding: what the reader should look at first, in plain words. The terminal and the page say the same. */
#ifndef REPORTS_FINDING_H
#define REPORTS_FINDING_H

#include "reports/prose.h"

enum finding_rank { FINDING_BAD, FINDING_WATCH, FINDING_GOOD };

/* Where sentences go: `begin` is called before each, `end` after it. `named`: it is about one function or source, whose name is the only
 * one in it; the same may be said of others. */
struct finding_sink {
	struct prose *prose;
	void (*begin)(void *ctx, enum finding_rank rank);
	void (*end)(void *ctx, bool named);
	void *ctx;
};

/* One paragraph: what was simulated, whether the objectives are met (where `verdict` asks for it), what it costs. */
void finding_headline(const struct report *r, bool verdict, struct prose *p);

/* The verdict alone: "1 of 3 objectives is missed". False when there are no objectives (nothing is written). */
bool finding_verdict(const struct report *r, struct prose *p, enum finding_rank *rank);

/* What to look at, the worst first; one good sentence when there is nothing. */
void finding_list(const struct report *r, const struct finding_sink *sink);

/* Whether a final answer with this status ("503", "timeout") is a failure: 400 or more, or a client that gave up. A direct Invoke's answer
 * of 200 may be one too: the metric FunctionErrors counts those. */
bool finding_status_fails(const char *status);

/* The unit of an objective's value. */
enum human_unit finding_objective_unit(const struct report_objective *o);

/* How many environments a function can have: reserved concurrency, or what the account leaves to the functions without any. */
int64_t finding_limit(const struct report *r, const struct report_function *f);

#endif
