/* study: replications of one scenario, until the precision is reached, handed to a sink.
 *
 * Replication r of seed s is the same whatever the number of threads. With auto, replications grow in batches (sim/stopping.h); the
 * watched metrics are the mean Latency of every function and every metric in an objective. */
#ifndef SCENARIOS_STUDY_STUDY_H
#define SCENARIOS_STUDY_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/record.h"
#include "models/spec/scenario.h"
#include "sim/base/error.h"

struct study_progress {
	uint64_t replications_done, replications_planned; /* planned grows with auto */
	double fraction;                                  /* of the planned work, 0..1 */
	double worst_precision;                           /* NaN until known */
};

struct study_options {
	unsigned jobs; /* threads, at least 1 */
	/* Called on any thread, one at a time, now and then; may be NULL. Nonzero interrupts: study_run then returns -1 with ERROR_CHECK "interrupted". */
	int (*progress)(void *ctx, const struct study_progress *p);
	void *progress_ctx;
};

struct study_verdict {
	size_t objectives, missed;
	size_t undecided;   /* all of them; of these: */
	size_t priceless;   /* about a monthly cost that cannot be stated, because of `no_month` */
	size_t unmeasured;  /* about something that no replication had */
	char no_month[256]; /* "no monthly cost: why"; cut off where it is longer; "" where there is one */
};

/* Runs the study and gives everything to the sink between begin and end. The scenario's functions with MODEL_PROFILE must have a profile.
 * Returns 0, or -1 with `e` filled (from the sink, or an interrupt; sink->fini is the caller's in every case). */
int study_run(const struct scenario *s, const struct study_options *options, struct sink *sink, struct study_verdict *verdict,
              struct error *e);

#endif
