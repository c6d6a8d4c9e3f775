/* simtime: see simtime.h. */
#include "sim/simtime.h"

#include "sim/base/wide.h"

WIDE_CLONES void simtime_all_from_ns(const double *restrict ns, size_t count, simtime *restrict out)
{
	const double longest = (double)SIMTIME_LONGEST;
	for (size_t i = 0; i < count; i++) {
		double x = ns[i] > 0 ? ns[i] : -0.5; /* becomes 0 */
		x = x < longest ? x : longest;
		out[i] = (simtime)(x + 0.5);
	}
}
