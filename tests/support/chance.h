/* chance: random scenarios, for laws that hold in all of them: every kind of source, arrival process, distribution, client,
 * limit, reclaim policy and order of reuse; declared costs and made-up profiles with every outcome. The same seed gives the same
 * scenario. */
#ifndef TESTS_SUPPORT_CHANCE_H
#define TESTS_SUPPORT_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/spec/scenario.h"

/* A generator good enough to choose with: splitmix64. */
struct chance {
	uint64_t state;
};

double chance_uniform(struct chance *c);             /* in (0, 1) */
uint64_t chance_below(struct chance *c, uint64_t n); /* 0 .. n-1 */
bool chance_happens(struct chance *c, double probability);
double chance_log(struct chance *c, double low, double high); /* log-uniform */

/* A scenario of about `requests` requests at most (log-uniform below it). Freed with build_free. */
struct scenario *chance_scenario(uint64_t seed, double requests);

#endif
