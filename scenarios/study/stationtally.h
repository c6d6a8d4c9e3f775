/* stationtally: what all replications add up to for the stations (queues, streams, topics, buses, buckets, asynchronous events) and for what has
 * figures in the same way (event source mappings, functions of streams). The figures come as their ops name them, so that a new kind of station needs
 * nothing here. */
#ifndef SCENARIOS_STUDY_STATIONTALLY_H
#define SCENARIOS_STUDY_STATIONTALLY_H

#include <stddef.h>

#include "models/record.h"
#include "models/run.h"

enum { STATION_SECTIONS = 10 };

enum station_scalar {
	STATION_RECEIVED,
	STATION_END_0, /* one for each way to end */
	STATION_HELD = STATION_END_0 + STATION_ENDS,
	STATION_HELD_AT_START,
	STATION_ALL, /* ended or held: the denominator of the shares */
	STATION_AGE_MEAN,
	STATION_SCALARS
};

struct tally_station {
	const struct flow_station *face;
	double *scalar[STATION_SCALARS]; /* [replication] */
	double **figures;                /* [figure][replication] */
	double **series;                 /* [series][period], sums over the replications that have a value */
	uint32_t **valued;               /* [series][period], how many of them have */
	struct histogram section[STATION_SECTIONS];
};

/* How each way to end is called in results. */
const char *station_end_name(enum station_end end);

enum record_scope station_scope(const struct flow_station *face);

void tally_station_init(struct tally_station *t, const struct flow_station *face, size_t periods);
void tally_station_fini(struct tally_station *t);
void tally_station_room(struct tally_station *t, size_t capacity); /* room for `capacity` replications */
/* The sum of a series' period as if all `replications` had a value; NaN where none has. */
double tally_station_sum(const struct tally_station *t, size_t series, size_t period, size_t replications);

void tally_station_add(struct tally_station *t, const struct station_result *x, size_t periods, size_t replication);

#endif
