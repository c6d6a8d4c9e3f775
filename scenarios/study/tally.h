/* tally: what all replications of a study add up to, kept so that every figure and its interval can be made from it.
 *
 * Scalars are kept one a replication; distributions are pooled in SECTIONS sections (replication r goes to section r mod SECTIONS), because
 * a quantile's interval comes from the sections' quantiles around the pooled one. Series are summed as each replication ends, so
 * memory grows by some hundred bytes a replication and not at all with invocations. Results must be added in order of replication. */
#ifndef SCENARIOS_STUDY_TALLY_H
#define SCENARIOS_STUDY_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "models/money/bill.h"
#include "models/run.h"
#include "scenarios/study/stationtally.h"
#include "sim/base/error.h"

enum { TALLY_SECTIONS = 10 };

enum function_scalar {
	F_INVOCATIONS,
	F_ERRORS,
	F_THROTTLES,
	F_COLD_STARTS,
	F_BUSY_MEAN,
	F_BUSY_MAX,
	F_ALIVE_MEAN,
	F_ALIVE_MAX,
	F_DURATION_MEAN,
	F_LATENCY_MEAN,
	F_BILLED_MEAN,
	F_GB_SECONDS,
	F_RESETS,
	F_RECURSIONS,
	F_ATTEMPTS, /* invocations and throttles: the denominator of the throttled share */
	F_COST_MONTH,
	F_COST_RUN,
	F_THROTTLE_0, /* one for each reason, then one for each outcome */
	F_OUTCOME_0 = F_THROTTLE_0 + THROTTLES,
	FUNCTION_SCALARS = F_OUTCOME_0 + OUTCOMES
};

enum source_scalar {
	S_REQUESTS,
	S_ATTEMPTS,
	S_AMPLIFICATION,
	S_UNFINISHED,
	S_FUNCTION_ERRORS,
	S_LATENCY_MEAN,
	S_ANSWERS, /* final answers, of the client's giving up too: the denominator of the failed share */
	S_FAILED,
	S_FAILURE_0, /* one for each cause */
	SOURCE_SCALARS = S_FAILURE_0 + FAILURES
};

enum function_histogram { H_DURATION, H_LATENCY, FUNCTION_SECTIONED };

struct tally_function {
	double *scalar[FUNCTION_SCALARS]; /* [replication] */
	struct histogram section[FUNCTION_SECTIONED][TALLY_SECTIONS];
	struct histogram warm, cold, init;
	double *invocations, *cold_starts, *errors, *throttles, *busy_max, *busy_mean, *alive_max; /* sums by period */
};

struct tally_source {
	double *scalar[SOURCE_SCALARS];
	double **status; /* [STATUS_LIMIT], NULL until that status is seen; then [replication] */
	struct histogram section[TALLY_SECTIONS];
	double *requests;
};

struct tally {
	const struct plan *plan;
	const struct price_list *prices;
	bool has_month;          /* a month's figure can be stated */
	double month_factor;     /* runs in a month */
	struct arena bill_arena; /* reset for each bill */
	size_t replications, capacity;
	struct tally_function *functions;
	struct tally_source *sources;
	double *busy_mean, *busy_max, *cost_month, *cost_run; /* of the account, [replication] */
	struct tally_station *stations;                       /* plan->flow.face_count of them */
	double *busy_rows;                                    /* account: sum of the periods' maxima */
	size_t line_count[2];                                 /* bill lines: [0] a run's at list price, [1] a month's */
	double **line_usd[2];                                 /* [line][replication] */
	double *line_quantity[2];                             /* sums */
	uint64_t events;
};

void tally_init(struct tally *t, const struct plan *p, const struct price_list *prices, bool has_month, double month_factor);
void tally_fini(struct tally *t);

/* Adds the next replication's result (borrowed). The Region's prices exist (price_list_region). */
void tally_add(struct tally *t, const struct run_result *x);

/* A bill with this study's lines, for their names; quantities are zero. In the arena. */
void tally_bill_names(struct tally *t, bool month, struct bill *out, struct arena *a);

#endif
