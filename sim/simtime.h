/* simtime: simulated time and durations, whole nanoseconds from the start of the run.
 *
 * 63 bits hold 292 years. Drawn times are rounded to the nearest nanosecond; truncation would bias a rate of 100,000/s by 5e-5. */
#ifndef SIM_SIMTIME_H
#define SIM_SIMTIME_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t simtime;
typedef unsigned __int128 area128; /* time-weighted sums: 1e5 environments x 30 days is 2.6e20 ns, too large for 64 bits */

#define SIMTIME_NEVER INT64_MAX
#define SIMTIME_US ((simtime)1000)
#define SIMTIME_MS ((simtime)1000000)
#define SIMTIME_SECOND ((simtime)1000000000)
#define SIMTIME_MINUTE (60 * SIMTIME_SECOND)
#define SIMTIME_HOUR (3600 * SIMTIME_SECOND)
#define SIMTIME_DAY (86400 * SIMTIME_SECOND)
#define SIMTIME_WEEK (7 * SIMTIME_DAY)

/* The longest time that may be asked for or drawn: 100 years. Longer ones are clipped, so that sums never overflow. */
#define SIMTIME_LONGEST (36525 * SIMTIME_DAY)

/* Nanoseconds as a double to simtime: nearest, negative to 0, above SIMTIME_LONGEST to SIMTIME_LONGEST. */
static inline simtime simtime_from_ns(double ns)
{
	if (!(ns > 0))
		return 0;
	if (ns >= (double)SIMTIME_LONGEST)
		return SIMTIME_LONGEST;
	return (simtime)(ns + 0.5);
}

/* The same for `count` of them. */
void simtime_all_from_ns(const double *ns, size_t count, simtime *out);

static inline double simtime_ms(simtime t)
{
	return (double)t / 1e6;
}
static inline double simtime_s(simtime t)
{
	return (double)t / 1e9;
}

#endif
