/* flow: the part of a plan and of a run that deals with events on their way between resources: which stations there are, what their contents and
 * filters are, what the invocations for waiting events cost. A scenario of synchronous sources alone has none of it, and pays nothing. */
#ifndef MODELS_FLOW_H
#define MODELS_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "models/invoke/consume.h"
#include "models/invoke/station.h"
#include "sim/arena.h"

/* What the results show figures of besides functions and sources. */
enum flow_face {
	FACE_STATION,
	FACE_MAPPING,         /* an event source mapping (models/mappingfigures.h) */
	FACE_STREAMS_FUNCTION /* a function that mappings read streams for */
};

/* A station as the results show it, or one of the others. */
struct flow_station {
	enum flow_face face;
	const struct station_ops *ops; /* of others than stations only figures and series */
	const char *name;
	enum target_kind kind; /* of a mapping: that of its source */
	size_t index;          /* of others than stations: in the scenario's mappings or functions */
	bool used; /* something sends to it; unused asynchronous queues are left out of the results, as are disabled mappings */
};

struct flow {
	bool used;     /* there is any station that something sends to */
	bool emitting; /* some function sends something on */
	struct flow_plan plan;
	const struct cost **async_costs;   /* by function; NULL where nothing invokes it asynchronously */
	const struct cost **mapping_costs; /* by mapping */
	struct variate transits[TARGET_KINDS];
	struct flow_station *stations; /* the stations, then the mappings, then functions of streams; none when not used */
	size_t station_count;          /* of them stations */
	size_t face_count;             /* all */
};

/* What one replication leaves of a station or of one of the others (these have no age); owned by the result. */
struct station_result {
	struct station_counts counts; /* after the warm-up */
	uint64_t held;                /* at the end */
	uint64_t held_at_start;       /* when the warm-up ended: received + held_at_start = sum of ended + held */
	struct histogram age;
	double *figures; /* as many as ops->figures */
	double *series;  /* value v of period i is series[v x periods + i] */
};

void flow_compile(struct flow *f, const struct scenario *s, struct arena *a);

/* Gives an engine its consumers and stations, in `a`. */
void flow_attach(struct engine *e, const struct flow *f, struct arena *a);

struct station_result *flow_results_new(const struct flow *f, size_t periods);
void flow_results_free(struct station_result *x, const struct flow *f);

/* The series' values of the period that ends. */
void flow_sample(struct engine *e, const struct flow *f, struct station_result *out, size_t period, size_t periods, simtime now);
void flow_collect(struct engine *e, const struct flow *f, struct station_result *out, simtime now);

#endif
