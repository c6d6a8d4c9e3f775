/* quota: see quota.h. */
#include "models/cost/quota.h"

#include <assert.h>

#include "models/spec/function.h"

struct quota quota_for_memory(int memory_mb)
{
	assert(memory_mb > 0);
	double share = memory_mb / FUNCTION_VCPU_MB;
	struct quota q = {QUOTA_PERIOD, QUOTA_PERIOD};
	if (share < 1)
		q.budget = simtime_from_ns((double)QUOTA_PERIOD * share);
	return q;
}

simtime quota_wall(const struct quota *q, simtime cpu, simtime phase)
{
	assert(cpu >= 0 && phase >= 0 && phase < q->period);
	if (q->budget >= q->period)
		return cpu;
	simtime left_in_period = q->period - phase;
	simtime first = q->budget < left_in_period ? q->budget : left_in_period;
	if (cpu <= first)
		return cpu;
	simtime rest = cpu - first;
	simtime full_periods = (rest - 1) / q->budget; /* those after which work remains */
	return left_in_period + full_periods * q->period + (rest - full_periods * q->budget);
}
