/* traffic: Weir.Workload and Weir.Latency: which sources send requests, how, and what the platform adds to the caller's wait. */
#ifndef SCENARIOS_READ_TRAFFIC_H
#define SCENARIOS_READ_TRAFFIC_H

#include "scenarios/read/reading.h"

/* The reader of the key Workload. */
void workload_read(struct reading *r, const struct node *value, const char *path, void *target);

/* Schedules that no entry of the workload names fire as they do in life: those that are enabled, whose events something of the template gets, and
 * which fire at all in the run become sources. After the workload is read. */
void schedules_fire(struct reading *r);

/* The reader of the key Latency; after all sources are there. */
void latencies_read(struct reading *r, const struct node *value, const char *path, void *target);

#endif
