/* objectives: Weir.Objectives: lines such as
 *
 *   Hello Latency p99 < 300ms        Hello Throttles < 0.1%        Hello.Get Status 503 < 10        cost < 120 USD
 *
 * ENTITY METRIC [STATISTIC] COMPARATOR VALUE: the entity is a function, a source with traffic, or `account` (which may be left out before
 * `cost`). Names and statistics are those of summary.json without the unit. A percentage makes Throttles, Errors and ColdStarts shares. */
#ifndef SCENARIOS_READ_OBJECTIVES_H
#define SCENARIOS_READ_OBJECTIVES_H

#include "scenarios/read/reading.h"

/* The reader of the key Objectives; after functions and workload. */
void objectives_read(struct reading *r, const struct node *value, const char *path, void *target);

#endif
