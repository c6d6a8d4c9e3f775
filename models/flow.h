/* flow: the part of a plan and of a run that deals with events on their way between resources: which stations there are, what their contents and
 * filters are, what the invocations for waiting events cost. A scenario of synchronous sources alone has none of it, and pays nothing. */
#ifndef MODELS_FLOW_H
#define MODELS_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "models/invoke/consume.h"
#include "models/invoke/station.h"
#include "sim/arena.h"

/* A station as the results show it. */
struct flow_station {
	const struct station_ops *ops;
	const char *name;
	enum target_kind kind;
	bool used; /* something sends to it; unused asynchronous queues are left out of the results */
};

struct flow {
	bool used;     /* there is any station that something sends to */
	bool emitting; /* some function sends something on */
	struct flow_plan plan;
	const struct cost **async_costs;   /* by function; NULL where nothing invokes it asynchronously */
	const struct cost **mapping_costs; /* by mapping */
	struct variate transits[TARGET_KINDS];
	struct flow_station *stations; /* station_count of them, 0 when not used */
	size_t station_count;
};

/* What one replication leaves of a station; owned by the result. */
struct station_result {
	struct station_counts counts; /* after the warm-up */
	uint64_t held;                /* at the end */
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
