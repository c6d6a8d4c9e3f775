/* stopping: how many replications are enough for a relative precision.
 *
 * Starts at STOPPING_FIRST and grows in batches of STOPPING_BATCH; stops when every watched interval's half-width is at most
 * precision x |mean|, or at the cap, which is then said. Looking only after each batch keeps the coverage near the nominal one. */
#ifndef SIM_STOPPING_H
#define SIM_STOPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/interval.h"

enum { STOPPING_FIRST = 10, STOPPING_BATCH = 10, STOPPING_CAP = 200 };

struct stopping {
	double precision; /* relative half-width, 0.05 */
	uint64_t cap;
	bool reached; /* all watched intervals were tight enough at the last look */
	size_t worst; /* index of the widest one at the last look */
	double worst_relative;
};

void stopping_init(struct stopping *s, double precision, uint64_t cap);

/* Looks at the intervals after `done` replications. Returns how many more to run: 0 to stop. Unknown means (no samples) and exact
 * zeros with zero width are satisfied; a known mean without ends is not. */
uint64_t stopping_next(struct stopping *s, uint64_t done, const struct interval *watched, size_t count);

#endif
