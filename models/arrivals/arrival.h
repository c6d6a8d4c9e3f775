/* arrival: when a source's requests come. A vtable, one implementation a process; a new process is a new file and one row of the table.
 *
 * Times come in blocks, so that the event loop only reads an array. The plan (compiled once, const, shared) is apart from the stream (one
 * a source and replication). */
#ifndef MODELS_ARRIVALS_ARRIVAL_H
#define MODELS_ARRIVALS_ARRIVAL_H

#include <stddef.h>
#include <stdint.h>

#include "models/arrivals/intensity.h"
#include "models/spec/source.h"
#include "sim/arena.h"
#include "sim/draw.h"
#include "sim/simtime.h"
#include "sim/variate.h"

enum { ARRIVAL_BLOCK = 64 };

struct arrival_plan;

struct arrival_stream {
	const struct arrival_plan *plan;
	struct draw_key key;
	uint64_t index;     /* of block[0] once filled, else of the first to come */
	double operational; /* expected arrivals so far */
	struct intensity_cursor cursor;
	size_t used;                  /* times of the block that were taken */
	simtime block[ARRIVAL_BLOCK]; /* ascending; SIMTIME_NEVER after the last */
};

struct arrival_ops {
	const char *name; /* as in the scenario */
	/* Fills block[0 .. ARRIVAL_BLOCK-1] with the times of the next requests. May draw (purpose ARRIVAL, the request's index). */
	void (*fill)(struct arrival_stream *s);
};

struct arrival_plan {
	const struct arrival_ops *ops;
	const struct arrival_spec *spec;
	uint64_t entity;
	struct intensity intensity;
	struct variate gap; /* of mean 1: exponential, gamma, constant */
};

void arrival_compile(struct arrival_plan *p, const struct arrival_spec *spec, uint64_t entity, struct arena *a);
void arrival_start(struct arrival_stream *s, const struct arrival_plan *p, const struct draw_key *key);
const char *arrival_name(enum arrival_kind kind);

/* The process's long-run mean rate a second over [0, horizon]; 0 when nothing comes. */
double arrival_mean_rate(const struct arrival_plan *p, simtime horizon);

void arrival__refill(struct arrival_stream *s);
extern const struct arrival_ops arrival_constant, arrival_renewal, arrival_poisson, arrival_rates, arrival_times;

/* The time of the next request, without taking it. */
static inline simtime arrival_peek(const struct arrival_stream *s)
{
	return s->block[s->used];
}

/* Takes it; returns the request's number, from 0. */
static inline uint64_t arrival_take(struct arrival_stream *s)
{
	uint64_t number = s->index + s->used;
	if (++s->used == ARRIVAL_BLOCK)
		arrival__refill(s);
	return number;
}

#endif
