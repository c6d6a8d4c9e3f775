/* station: a place where events arrive, wait and leave: a function's queue of asynchronous events, an SQS queue, a stream, a topic, an event
 * bus, a bucket. A vtable, one implementation a kind; a new kind is a new file and a row of the plan's table.
 *
 * What is common stands here: who owns a message, how an event is sent from one station to another, tasks (a station's own future), and the
 * account of every event that came: each ends in exactly one way or is still held when the run ends, and run.c checks the sum.
 *
 * Stations are numbered: first the functions' asynchronous queues in the scenario's order of functions, then queues, topics, buses, buckets,
 * streams, and at last one that stands for everything outside the template. */
#ifndef MODELS_INVOKE_STATION_H
#define MODELS_INVOKE_STATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/invoke/message.h"
#include "models/spec/scenario.h"
#include "sim/arena.h"
#include "sim/histogram.h"
#include "sim/variate.h"

struct engine;
struct station;

/* How an event leaves a station for good. */
enum station_end {
	END_DELIVERED,     /* processed, or handed on to all who wanted it */
	END_FILTERED,      /* no filter, subscription or rule wanted it */
	END_DEAD_LETTERED, /* given up, and kept in a dead-letter queue or a destination for failures */
	END_DROPPED,       /* given up and lost */
	END_EXPIRED,       /* too old: retention, MaximumEventAge, MaximumRecordAge; and lost */
	STATION_ENDS
};

struct station_counts {
	uint64_t received;
	uint64_t ended[STATION_ENDS];
};

/* One of the figures that a kind of station reports; `name` as CloudWatch has it where it does. */
enum figure_kind {
	FIGURE_COUNT, /* of events in the run after the warm-up */
	FIGURE_MEAN,  /* time average, or average over events */
	FIGURE_MAX
};

struct station_figure {
	const char *name, *statistic; /* "ApproximateNumberOfMessagesVisible", "max"; statistic "" for counts */
	enum figure_kind kind;
};

struct station_ops {
	size_t size;                          /* of the implementation's state, which begins with a struct station */
	const struct station_figure *figures; /* besides those that all have */
	size_t figure_count;
	const char *const *series; /* names of its series, sampled at the end of each period */
	size_t series_count;
	/* Once for a run, into zeroed memory; what lives as long as the run goes into the arena. */
	void (*compile)(struct engine *e, struct station *s, struct arena *a);
	/* A replication begins: empty again. May schedule tasks. */
	void (*start)(struct engine *e, struct station *s);
	/* An event arrives; the station owns the message from now on. May schedule, draw and send. */
	void (*receive)(struct engine *e, struct station *s, uint32_t message, simtime now);
	/* A task of its own is due. */
	void (*task)(struct engine *e, struct station *s, unsigned what, uint32_t subject, simtime now);
	/* The warm-up ends: figures begin anew, what is held stays. */
	void (*warm_up_end)(struct engine *e, struct station *s, simtime now);
	/* How many messages it holds now: received = ended + held. */
	uint64_t (*held)(const struct engine *e, const struct station *s);
	/* The values of `series` for the period that ends now; begins the next one. */
	void (*sample)(struct engine *e, struct station *s, simtime now, double *out);
	/* The values of `figures` at the end of the run. */
	void (*collect)(struct engine *e, struct station *s, simtime now, double *out);
	void (*fini)(
		struct station *s); /* frees what is not in the arena; may be NULL, as may task, warm_up_end, sample and collect */
};

struct station {
	const struct station_ops *ops;
	const char *name; /* logical ID */
	const void *spec; /* struct queue_spec and so on; for a function's queue its struct function_spec */
	uint32_t index;
	uint64_t entity;                    /* whose stream of draws */
	struct station_counts counts, base; /* since the run began; what of it lies before the end of the warm-up */
	uint64_t held_at_start;             /* what was held when the warm-up ended: counts - base = held - held_at_start */
	struct histogram age;   /* of events, from arrival here until they were first processed or handed on, after the warm-up */
	struct variate transit; /* how long an event takes to come here from whoever sends it */
};

/* --- the stations of a plan ------------------------------------------------------------------------------------------------------- */

size_t station_count_of(const struct scenario *s);

/* The station that a target names; the last one for TARGET_OUTSIDE. Not for TARGET_NONE. */
uint32_t station_of(const struct scenario *s, struct target target);

/* The logical ID of what a target names; "outside". */
const char *station_name(const struct scenario *s, struct target target);

/* Creates all stations of e->scenario, compiled, in `a`: ops and transit times by enum target_kind. */
void stations_new(struct engine *e, const struct station_ops *const kinds[TARGET_KINDS], const struct variate *transits,
                  struct arena *a);
void stations_start(struct engine *e);
void stations_warm_up_end(struct engine *e, simtime now);
void stations_fini(struct engine *e);

/* received = ended + held, for each station, and every message of the pool belongs to one or is on its way. */
void stations_check(const struct engine *e);

/* --- moving events ---------------------------------------------------------------------------------------------------------------- */

/* An event arrives now. */
void station_receive(struct engine *e, uint32_t station, uint32_t message, simtime now);

/* A new event for `target`, made now of `parent` (whose fields it takes but for identity, times and counts): arrives after the station's transit time.
 * `edge` and `ordinal` tell apart the children of one parent. `payload` is its content. */
void station_send_child(struct engine *e, struct target target, const struct message *parent, uint64_t edge, uint64_t ordinal,
                        uint32_t payload, simtime now);

/* The same, but handed over now, without a way in between. */
void station_hand_child(struct engine *e, struct target target, const struct message *parent, uint64_t edge, uint64_t ordinal,
                        uint32_t payload, simtime now);

/* An event ends here: counted, and its message freed. */
void station_end(struct engine *e, struct station *s, uint32_t message, enum station_end how, simtime now);

/* A task of the station: ops->task(what, subject) at `at`. There is no cancelling: see sim/agenda.h. */
void station_task(struct engine *e, const struct station *s, simtime at, unsigned what, uint32_t subject);

/* The same when the invocation in `environment`, which has just begun, is over. Results are due when all environments of that instant are free, and before
 * anything arrives at a station and other tasks. */
void station_result_task(struct engine *e, const struct station *s, uint32_t environment, unsigned what, uint32_t subject);

/* The environment is free: its result is due, at once when nothing else happens in this instant. */
void station_result(struct engine *e, uint32_t environment, simtime now);

/* EVENT_TASK and EVENT_RESULT. */
void station_fire(struct engine *e, uint32_t task, simtime now);

/* EVENT_HOP. */
void station_arrive(struct engine *e, uint32_t message, simtime now);

/* Draws for an event: purpose, and which draw of that purpose about it. */
uint64_t station_draw(const struct engine *e, const struct message *m, unsigned purpose, uint64_t index);

#endif
