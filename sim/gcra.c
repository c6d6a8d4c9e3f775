/* gcra: see gcra.h. */
#include "sim/gcra.h"

#include <assert.h>

void gcra_init(struct gcra *g, double rate_per_s, double depth)
{
	assert(rate_per_s > 0 && depth >= 1);
	*g = (struct gcra){0};
	if (rate_per_s > 1e18) {
		g->ahead = SIMTIME_NEVER;
		return;
	}
	double step = 1e9 / rate_per_s;
	double whole = (double)(int64_t)step;
	g->step = (simtime)whole;
	g->step_fraction = (uint32_t)((step - whole) * 0x1p32);
	g->ahead = simtime_from_ns((depth - 1) * step);
}
