/* build: scenarios made in C, for tests that need no template, and single replications of them.
 *
 * A built scenario has no platform latency, no Init and no limits that bind unless a test sets them: what is left is the
 * queueing model that theory knows. Everything lives in the scenario's own arena. */
#ifndef TESTS_SUPPORT_BUILD_H
#define TESTS_SUPPORT_BUILD_H

#include "models/run.h"
#include "models/spec/scenario.h"

enum { BUILD_MOST = 16 }; /* functions, and sources, of one scenario */

/* An empty scenario: account concurrency 100,000, scaling and request rates unlimited, no warm-up, one replication. Owned by the
 * caller. */
struct scenario *build_scenario(simtime duration, uint64_t seed);
void build_free(struct scenario *s); /* NULL is allowed */

/* Adds a function: declared `duration`, Init 0, Timeout 900 s, 1,769 MB, unreserved, idle life fixed 600 s, newest first. `name`
 * is copied. */
struct function_spec *build_function(struct scenario *s, const char *name, struct distribution duration);

/* Adds a source of Poisson requests to function number `function`: no latency, no client, the kind's own wait limit. */
struct source_spec *build_source(struct scenario *s, const char *name, size_t function, enum source_kind kind, double rate_per_s);

/* Gives a source a client: no timeout, `attempts` attempts, no back-off, no quota, repeating everything that may be repeated. */
struct client_spec *build_client(struct source_spec *source, int attempts);

/* Distributions of nanoseconds, from seconds. */
struct distribution build_constant(double s);
struct distribution build_exponential(double mean_s);
struct distribution build_uniform(double low_s, double high_s);
struct distribution build_lognormal(double mean_s, double cv);

/* One replication after another of one scenario. */
struct trial {
	struct plan *plan;
	struct run *run;
	struct run_result *result;
};

void trial_init(struct trial *t, const struct scenario *s);                /* with the scenario's warm-up */
const struct run_result *trial_run(struct trial *t, uint64_t replication); /* valid until the next one */
void trial_fini(struct trial *t);

#endif
