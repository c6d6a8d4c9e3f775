/* intensity: the rate of a source as a function of time, and its integral turned round.
 *
 * Arrivals are a process of unit rate in "operational time", the expected number of arrivals so far. Turning that count into a time is
 * exact for every shape here: constant, a step function (repeating or not), and exponential growth on top; so a pattern changes the times,
 * never the random numbers, and common random numbers hold across rates.
 *
 * lambda(t) = rate x step(t) x exp(growth t); t = 0 is Monday 00:00 UTC for repeating patterns. */
#ifndef MODELS_ARRIVALS_INTENSITY_H
#define MODELS_ARRIVALS_INTENSITY_H

#include <stdbool.h>

#include "models/spec/source.h"
#include "sim/simtime.h"

struct intensity {
	double rate_per_ns;
	struct steps steps; /* count 0: constant */
	simtime period;     /* of repeating steps; 0: once, then zero from `end` on */
	simtime end;
	double growth_per_ns; /* of the logarithm */
	bool flat;            /* neither steps nor growth */
};

/* Where the inversion stands. `{0}` is the start. */
struct intensity_cursor {
	simtime cycle; /* start of the present repetition */
	size_t step;
	double into_ns; /* since the start of the present step */
};

void intensity_init(struct intensity *i, const struct arrival_spec *spec);

/* Moves the cursor on by `amount` expected arrivals (> 0) and returns that time, or SIMTIME_NEVER when the rest of time holds fewer. */
simtime intensity_advance(const struct intensity *i, struct intensity_cursor *c, double amount);

/* The expected number of arrivals in [0, t]. */
double intensity_expected(const struct intensity *i, simtime t);

#endif
