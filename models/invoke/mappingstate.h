/* mappingstate: what one event source mapping did in a replication: what it read, sent to its function and lost, where events ended for it, and
 * how old they were. A queue or stream may be read by several mappings; each counts for itself, and a station's figure of the same name is the
 * sum over its mappings.
 *
 * Of a stream every mapping is handed every record, and a record ends once for each of them: received = ended + held. A queue's messages are shared out:
 * `ended` are those that this mapping ended, `held` those in its hands; what it gives back is the queue's again.
 * Names and meaning: AWS Lambda Developer Guide, "Types of metrics for Lambda functions": event source mapping metrics, by EventSourceMappingUUID. */
#ifndef MODELS_INVOKE_MAPPINGSTATE_H
#define MODELS_INVOKE_MAPPINGSTATE_H

#include <assert.h>

#include "models/invoke/station.h"
#include "sim/gauge.h"

enum mapping_count {
	MAPPING_POLLED,
	MAPPING_FILTERED,
	MAPPING_INVOKED,
	MAPPING_FAILED,
	MAPPING_DROPPED,
	MAPPING_FAILURE_DELIVERED, /* streams: to the on-failure destination */
	MAPPING_DELETED,           /* queues */
	MAPPING_BATCHES,           /* invocations */
	MAPPING_COUNTS
};

/* IteratorAge: of the last record of each batch whose invocation is done. */
struct mapping_ages {
	uint64_t count;
	area128 sum;
	simtime max;
};

struct mapping_state {
	uint64_t counts[MAPPING_COUNTS]; /* this and the next three: since the run began, or the warm-up ended */
	uint64_t received;               /* records of a stream */
	uint64_t ended[STATION_ENDS];
	struct mapping_ages ages;
	uint64_t held;
	uint64_t held_at_start; /* when the warm-up ended */
	simtime age_period;     /* the greatest IteratorAge of the period; -1: none */
};

static inline void mapping_count(struct mapping_state *m, enum mapping_count what, uint64_t by)
{
	m->counts[what] += by;
}

/* An event ends for the mapping that held it. */
static inline void mapping_end(struct mapping_state *m, enum station_end how)
{
	assert(m->held > 0);
	m->ended[how]++;
	m->held--;
}

static inline void mapping_age(struct mapping_state *m, simtime age)
{
	m->ages.count++;
	m->ages.sum += (uint64_t)age;
	m->ages.max = age > m->ages.max ? age : m->ages.max;
	m->age_period = age > m->age_period ? age : m->age_period;
}

/* The ages of both. */
static inline void mapping_ages_add(struct mapping_ages *to, const struct mapping_ages *from)
{
	to->count += from->count;
	to->sum += from->sum;
	to->max = from->max > to->max ? from->max : to->max;
}

/* In ms; NaN where there are none. */
static inline double mapping_ages_mean(const struct mapping_ages *a)
{
	return a->count ? (double)a->sum / (double)a->count / 1e6 : __builtin_nan("");
}
static inline double mapping_ages_max(const struct mapping_ages *a)
{
	return a->count ? (double)a->max / 1e6 : __builtin_nan("");
}

/* A replication begins, a warm-up ends: all of the engine's mappings. */
void mapping_states_start(struct engine *e);
void mapping_states_warm_up_end(struct engine *e);

#endif
