/* run: one replication of a scenario: the event loop, and what it leaves behind.
 *
 * A plan is compiled once from a scenario and shared, const, by all threads. A run holds what changes; a thread keeps one and uses it for
 * replication after replication. Replication r of a seed is the same whoever runs it, and when. What stays out of the agenda: arrivals (a
 * small heap over sources), period boundaries and the end of the warm-up (the next mark). Nothing in the loop allocates once it is warm,
 * compares strings or looks anything up by name.
 *
 * Counted: nothing starts after the scenario's Duration; what has started runs to its end and is counted and billed in full. Levels are
 * clipped to the run. Everything but the series leaves out the warm-up, with what arrives at its last moment. A period of the series begins with
 * what happens at its first moment, as CloudWatch's do; the last one has the run's last moment too. */
#ifndef MODELS_RUN_H
#define MODELS_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "models/flow.h"
#include "models/invoke/engine.h"
#include "sim/arena.h"

struct plan {
	const struct scenario *scenario;
	struct arena arena;
	struct function_plan *functions;
	struct source_plan *sources;
	simtime warm_up;
	simtime period; /* of the series */
	size_t periods;
	double rate_per_s; /* expected requests a second of all sources */
	struct flow flow;
};

/* Compiles; the scenario must outlive the plan and have its profiles. `warm_up` replaces the scenario's. Cannot fail. */
struct plan *plan_new(const struct scenario *s, simtime warm_up);
void plan_free(struct plan *p);

/* What one replication leaves of a function; histograms are owned by the result. */
struct function_result {
	struct function_counts counts;
	struct histogram duration, latency_warm, latency_cold, init;
	double busy_mean, alive_mean;
	int64_t busy_max, alive_max;
	struct function_row *rows; /* plan->periods of them */
};

struct source_result {
	struct source_counts counts;
	struct histogram latency;
	uint64_t *status; /* STATUS_LIMIT counters */
	uint32_t *rows;   /* requests in each period */
};

struct run_result {
	struct function_result *functions;
	struct source_result *sources;
	double busy_mean; /* of the account */
	int64_t busy_max;
	int64_t *busy_rows;              /* account: each period's maximum */
	struct station_result *stations; /* plan->flow.face_count of them */
	uint64_t in_transit;             /* events on their way between stations at the end */
	uint64_t events;
};

struct run;
struct run *run_new(const struct plan *p);
void run_free(struct run *r);

/* The state that it works on, for who watches it (struct observer). */
struct engine *run_engine(struct run *r);

/* Runs replication number `replication`. The result is the caller's (run_result_free). `stop` may be NULL; it is looked at now and then, and
 * nonzero abandons the replication: NULL is returned. So does having more than MESSAGES_MOST events under way at once. */
struct run_result *run_replicate(struct run *r, uint64_t replication, int (*stop)(void *ctx), void *ctx);

/* After NULL: the station that holds most of the events that were too many; NULL when they were not. The scenario's. */
const char *run_overfull(const struct run *r);

void run_result_free(struct run_result *x, const struct plan *p);

#endif
