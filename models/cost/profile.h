/* profile: what was measured when a function's handler really ran. Made by models/handler (or read from the cache), drawn from by
 * models/cost/measured. Times are the machine's own, of a process that runs without a CPU quota; the quota model carries them to a MemorySize. */
#ifndef MODELS_COST_PROFILE_H
#define MODELS_COST_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/spec/function.h"
#include "models/spec/source.h"
#include "sim/arena.h"
#include "sim/simtime.h"

/* One measured invocation. */
struct profile_run {
	simtime cpu;          /* user and system time of the whole process group */
	simtime wait;         /* wall time less CPU time, at least 0 */
	int64_t memory_bytes; /* peak resident memory of the group */
	int64_t response_bytes;
	enum outcome outcome;
	int status; /* statusCode that the answer carries for an HTTP source; 0 when it carries none; -1 when it is no valid answer for its source */
	bool first;              /* the first invocation after its Init */
	uint32_t failed_records; /* of a batch: how many its answer reports as failed (batchItemFailures) */
};

/* One measured start. An Init that Lambda would cut off after 10 s (INIT_TIMEOUT) is run again inside the first invocation: where
 * that came through, the figures are the whole length of this second try. */
struct profile_init {
	simtime cpu, wall;    /* from the start of the process to its first `next` */
	enum outcome outcome; /* OUTCOME_OK, INIT_ERROR or INIT_TIMEOUT */
};

/* The runs with one payload of one source; of a consumer of events, with one content in batches of one size. */
struct profile_payload {
	const char *source; /* source_spec.name; of a consumer: the function's name, or the mapping's */
	size_t payload;     /* index into the source's payloads; of a consumer: the content's number (models/invoke/content.h) */
	struct profile_run *runs;
	size_t run_count; /* 0: it did not have to be measured */
	uint32_t batch;   /* records in the event; 0 stands for 1 */
	uint32_t attempt; /* how often its records had been received before */
};

/* When an event has to be measured at all. */
enum profile_need {
	NEED_ALWAYS,
	NEED_AGAIN, /* a retry: where its records failed when they came one by one the time before */
	NEED_LESS   /* a smaller batch: where the one listed before it took more than Timeout or MemorySize allow */
};

/* What a function is measured with: one event of one way into it, or, of a payload with slots, another one for each run. All pointers are
 * borrowed. */
struct profile_event {
	const char *source; /* as in struct profile_payload */
	size_t payload;
	uint32_t batch;   /* at least 1 */
	uint32_t attempt; /* as in struct profile_payload */
	enum profile_need need;
	const char *name; /* the payload's, for people; NULL */
	enum source_kind kind;
	bool payload_1_0; /* HTTP API: PayloadFormatVersion 1.0 */
	const char *text; /* as the handler receives it; where each run gets another, that of run 0 */
	size_t length;
	/* The event of a run, from 0, in `a`; NULL: all get `text`. */
	char *(*render)(const struct profile_event *e, uint64_t run, struct arena *a, size_t *length);
	const struct anew *anew; /* models/anew.h: what it renders */
	const char *recipe;      /* all texts come of this one, with its slots */
	size_t recipe_length;
};

struct profile_events {
	struct profile_event *items;
	size_t count;
};

struct profile {
	struct arena arena;       /* holds the rest */
	const char *runtime_used; /* "Python 3.11.2 (/usr/bin/python3)" */
	const char *runtime_note; /* how it differs from the template's Runtime; NULL when it does not */
	const char *code_note;    /* what the handler did to its own code; NULL when nothing */
	const char *code_sha256;  /* 64 hexadecimal digits */
	const char *backend;      /* the CPU-share back-end in force while measuring: "none" */
	struct profile_init *inits;
	size_t init_count;
	struct profile_payload *payloads;
	size_t payload_count;
};

void profile_free(struct profile *p); /* NULL is allowed */

#endif
