/* quota: how long a piece of CPU work takes under Lambda's CPU share.
 *
 * Lambda gives a function MemorySize / 1,769 of a vCPU by CFS bandwidth control: in every period of 20 ms a quota of 20 ms x the share
 * (at most one CPU for a single thread). Work that starts somewhere in a period, with that period's quota unused, runs until the quota is
 * gone, rests until the next period, and so on. Waiting is not stretched.
 * Sources: AWS Lambda Developer Guide, "Configure Lambda function memory" (1,769 MB is one vCPU); period and quota measured:
 * pwrdrvr/lambda-throttling, README and tests (2025); M. Akin, "How does proportional CPU allocation work with AWS Lambda?" (2018). */
#ifndef MODELS_COST_QUOTA_H
#define MODELS_COST_QUOTA_H

#include "sim/simtime.h"

#define QUOTA_PERIOD (20 * SIMTIME_MS)

struct quota {
	simtime period;
	simtime budget; /* CPU time in a period; = period: never throttled */
};

/* For a MemorySize in MB (at least 1) and a single thread. */
struct quota quota_for_memory(int memory_mb);

/* Wall time of `cpu` (>= 0) ns of work that starts `phase` (0 <= phase < period) into a period. */
simtime quota_wall(const struct quota *q, simtime cpu, simtime phase);

#endif
