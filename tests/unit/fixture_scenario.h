/* fixture_scenario: scenarios for tests of the engine, built by hand: small, declared, exact. Everything may be changed after it is made.
 *
 * Functions are called F0, F1, ...: 128 MB, Timeout 3 s, declared Duration of exactly 100 ms, Init of exactly 0, idle life 6 min, newest first.
 * Sources are called S0, S1, ... (all of function 0): direct Invoke, no client, constant 10/s, no latency. The account has 1,000; both
 * unlimited switches are off; 10 s; one replication; seed 1; us-east-1. */
#ifndef TESTS_UNIT_FIXTURE_SCENARIO_H
#define TESTS_UNIT_FIXTURE_SCENARIO_H

#include "models/cost/profile.h"
#include "models/run.h"
#include "models/spec/scenario.h"

void fixture_scenario(struct scenario *s, size_t functions, size_t sources);
void fixture_scenario_fini(struct scenario *s);

struct distribution fixture_constant(simtime ns);
struct distribution fixture_exponential(simtime mean);
struct distribution fixture_uniform_between(simtime low, simtime high);

/* The source's requests come at these times, in milliseconds, ascending. */
void fixture_times(struct scenario *s, size_t source, const double *ms, size_t count);
/* All `count` of them at once. */
void fixture_burst(struct scenario *s, size_t source, simtime at, size_t count);

/* One payload of so many bytes. */
struct payload_spec fixture_payload(struct scenario *s, size_t bytes);

/* The source's function is measured: these runs for each payload of the source, and this one Init. Run memory and CPU as given. */
void fixture_profile(struct scenario *s, size_t source, const struct profile_run *runs, size_t count, struct profile_init init);

/* A client: one attempt, no timeout, back-off 100 ms doubling up to 20 s, no jitter, repeats nothing. */
struct client_spec *fixture_client(struct scenario *s, size_t source);

/* One replication, from nothing to its result. */
struct fixture_run {
	struct plan *plan;
	struct run *run;
	struct run_result *result;
};
struct fixture_run fixture_run(const struct scenario *s, simtime warm_up, uint64_t replication);
void fixture_run_fini(struct fixture_run *r);

/* A scenario of random shape and size: any sources, limits, clients, reclaim policies; some thousand requests. The same for the
 * same seed. */
void fixture_random_scenario(struct scenario *s, uint64_t seed);

#endif
