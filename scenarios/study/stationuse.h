/* stationuse: what the queues, topics, buses, buckets, streams and schedules of a replication used that other services bill (models/money/service.h). */
#ifndef SCENARIOS_STUDY_STATIONUSE_H
#define SCENARIOS_STUDY_STATIONUSE_H

#include "models/money/service.h"
#include "models/run.h"
#include "sim/arena.h"

/* The uses, in the arena, times `factor` (how often the replication fits into what is billed). The lines depend on the plan only; without `x` all
 * quantities are 0. Of a bus all events are custom ones but those
 * that buckets and rules with a schedule send to it. */
struct service_use *stationuse_list(const struct plan *p, const struct run_result *x, double factor, size_t *count,
                                    struct arena *a);

#endif
