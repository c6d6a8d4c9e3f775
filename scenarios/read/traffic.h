/* traffic: Weir.Workload and Weir.Latency: which sources send requests, how, and what the platform adds to the caller's wait. */
#ifndef SCENARIOS_READ_TRAFFIC_H
#define SCENARIOS_READ_TRAFFIC_H

#include "scenarios/read/reading.h"

/* The readers of the keys Workload and Latency; Latency after Workload. */
void workload_read(struct reading *r, const struct node *value, const char *path, void *target);
void latencies_read(struct reading *r, const struct node *value, const char *path, void *target);

#endif
