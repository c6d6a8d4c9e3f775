/* times: requests at given times, from a recording. */
#include "models/arrivals/arrival.h"

static void fill(struct arrival_stream *s)
{
	const struct arrival_spec *spec = s->plan->spec;
	for (size_t i = 0; i < ARRIVAL_BLOCK; i++) {
		uint64_t number = s->index + i;
		s->block[i] = number < spec->time_count ? spec->times[number] : SIMTIME_NEVER;
	}
}

const struct arrival_ops arrival_times = {"times", fill};
