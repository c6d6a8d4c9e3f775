/* month: whether what was simulated can stand for a month, and how often it fits into one. A month is 730 hours.
 *
 * Only whole periods of the traffic's pattern can: the simulated time (without the warm-up) must be a multiple of every pattern's period.
 * A file of rates stands for itself, repeated, when the run covers it exactly (a last row of rate 0 may be left out); a single
 * rate is a constant one. Growing traffic and recorded times have no typical month. A schedule
 * fires in the month as it did in the simulated time. */
#ifndef SCENARIOS_STUDY_MONTH_H
#define SCENARIOS_STUDY_MONTH_H

#include <stdbool.h>

#include "models/spec/scenario.h"
#include "sim/arena.h"

struct month {
	bool known;
	double factor;    /* 730 h / simulated time */
	const char *text; /* how the figure was made, or why there is none; in the arena */
};

struct month month_of(const struct scenario *s, simtime warm_up, struct arena *a);

#endif
