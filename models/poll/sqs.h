/* sqs: an event source mapping that reads a queue: its pollers, their batches, and what an invocation's outcome does to a batch.
 *
 * A poller is busy with one batch at a time: it receives, gathers, invokes, waits for the answer, deletes, and receives again. A free one waits in a
 * long poll, which ends with the first message or empty after 20 s.
 *
 * Batches. Without a window a batch is what one receive returned (at most 10). With one, a batch is sent when BatchSize is reached, when
 * the next message would make more than 6 MB, or when the window is over; the windows of a poller follow one another, beginning when its
 * previous invocation completed. At very low traffic a batch may wait for up to 20 s whatever the window: a poller whose last long poll was empty
 * finishes the poll that it begins after the first message (SQS_LONG_POLL), or until the next message. Messages that do not pass the filters are deleted at once and join no
 * batch. A message whose visibility timeout is over before the batch is sent is no longer in it.
 *
 * Scaling, default mode (what is not documented can be set, struct scaling_spec): five pollers at the start; while messages remain and all pollers are busy, one more every 200 ms (300 a minute,
 * spread evenly: not documented), up to 1,250 or MaximumConcurrency. An extra poller ends when its long poll was empty; the first five do not,
 * but after three empty polls in a row all but two may (not with MaximumConcurrency; how long it takes is not documented), and are five again as soon as messages wait.
 * FIFO queues grow in the same way; their groups bound the concurrency. Provisioned mode: a poller has ten invocations at a time, ten receives a
 * second and 1 MB a second; it gathers one batch at a time, in windows that follow one another from when the batch before was sent (inferred: windows of the
 * ten are documented nowhere). So of the ten lanes that stand for a poller here one polls and the others run, or are spare. MinimumPollers from the start, one more every 600 ms (1,000 invocations a minute), up to MaximumPollers; an
 * extra one ends when none of its ten got anything in a long poll.
 * Messages go to the first pollers in turn, and to extra ones only when none of the first is free.
 *
 * Failures. A throttled batch is kept and tried again after 1, 2, 4, ... at most 60 s (not documented; retry_first, retry_most) until its visibility timeouts are over; then
 * it is dropped, the messages being in the queue again. Each throttle, and each function error unless the mapping reports batch item failures, takes one from the
 * mapping's concurrency, down to two; each success gives one back (the steps are not documented: "gradually"). Growth waits meanwhile.
 * Loops: a message that came through 16 functions is not handed to another one (message_goes_round); it goes to the dead-letter queue, or is dropped.
 * Partial responses: only the failed records stay; in a FIFO queue also all behind the first failed one, as the handler stops there.
 *
 * Requests for the bill: receives (also empty ones) and sends in 64 KB units, deletes in batches of ten.
 * Not modelled: the time that a receive or delete takes; windows longer than what the visibility timeout allows being stretched (the 2023 guide's
 * effective visibility); the delay until a new mapping is enabled.
 * Sources: AWS Lambda Developer Guide: "Configuring scaling behavior for SQS event source mappings", "Handling errors for an SQS event source in
 * Lambda", "Using Lambda with Amazon SQS", "Batching behavior", "Using provisioned mode", "Types of metrics for Lambda functions"; AWS Compute Blog, "Introducing faster
 * polling scale-up for AWS Lambda functions configured with Amazon SQS" (2023); AWS News Blog on provisioned mode for SQS (2025). */
#ifndef MODELS_POLL_SQS_H
#define MODELS_POLL_SQS_H

#include "models/invoke/consume.h"
#include "models/invoke/mappingstate.h"
#include "models/poll/queue.h"

enum {
	SQS_POLLERS_START = 5,        /* "Configuring scaling behavior": batches at once */
	SQS_POLLERS_LOW = 2,          /* same: optimised at low traffic */
	SQS_POLLERS_MOST = 1250,      /* same: concurrent invokes of a mapping */
	SQS_EMPTY_POLLS = 3,          /* in a row before the optimisation; not documented */
	SQS_LANES = 10,               /* "Using provisioned mode": concurrent invokes of a poller */
	SQS_UNIT_POLLS = 10,          /* same: polls a second */
	SQS_UNIT_BYTES = 1024 * 1024, /* same: bytes a second */
	SQS_PROVISIONED_MIN = 2,      /* API reference, ProvisionedPollerConfig: defaults */
	SQS_PROVISIONED_MOST = 200,
	SQS_FAILURE_FLOOR = 2, /* concurrency that failures leave; not documented */
	/* "Lambda quotas": invocation payload, synchronous, 6 MB. */
	SQS_PAYLOAD_MOST = 6 * 1024 * 1024,
	/* A record besides its body: the example event of "Using Lambda with Amazon SQS" has some 440 bytes, and a receipt handle some 200. */
	SQS_RECORD_METADATA = 640
};

#define SQS_LONG_POLL (20 * SIMTIME_SECOND)             /* "Using Lambda with Amazon SQS": up to 20 s */
#define SQS_GROWTH_INTERVAL (SIMTIME_MINUTE / 300)      /* 300 more a minute */
#define SQS_PROVISIONED_INTERVAL (SIMTIME_MINUTE / 100) /* 1,000 more a minute, ten at a time */
#define SQS_BACKOFF_FIRST SIMTIME_SECOND                /* not documented */
#define SQS_BACKOFF_MOST SIMTIME_MINUTE

#define SQS_NO_POLLER UINT32_MAX

enum poller_state {
	POLLER_FREE,    /* does not exist at present */
	POLLER_POLLING, /* in a long poll, perhaps with part of a batch */
	POLLER_PAUSED,  /* provisioned: its rate allows no receive yet */
	POLLER_HOLDING, /* a throttled batch */
	POLLER_SPARE,   /* provisioned: another lane of the poller gathers */
	POLLER_RUNNING
};

struct poller {
	uint8_t state;
	bool armed; /* a task will look at its long poll */
	bool slow;  /* very low traffic: the poll after the first message runs its 20 s */
	bool full;  /* the next message would make the batch too large */
	bool cold;  /* of the invocation under way, as are the outcome and */
	bool mixed; /* whether records of it fail by themselves */
	uint8_t outcome;
	uint32_t next, previous; /* in the row of polling ones */
	uint32_t count;          /* of the batch */
	uint32_t empties;        /* empty long polls in a row */
	uint32_t throttles;      /* of the batch, in a row */
	uint64_t bytes;          /* of the batch */
	simtime poll_from;       /* the long poll under way began */
	simtime window_from;     /* the first window began */
	simtime window_end;      /* of the batch's window */
	simtime close_at;        /* when the batch is sent at the latest */
	simtime closing;         /* for when a task was made for that */
	simtime received_first, received_last;
};

/* A message of a batch. */
struct poller_entry {
	uint32_t message, receipt;
};

/* Pollers in a row. */
struct poller_row {
	uint32_t first, last;
};

/* Rates of a provisioned poller: when the next receive may be, as theoretical arrival times (sim/gcra.h). */
struct poller_unit {
	simtime polls, bytes;
	simtime received;   /* when it last got something */
	uint32_t gathering; /* the lane that polls or gathers; SQS_NO_POLLER */
};

struct sqs {
	const struct mapping_spec *spec;
	size_t index; /* of the mapping in the scenario */
	size_t local; /* among the queue's */
	const struct consumer *consumer;
	struct mapping_state *state;
	uint32_t batch_size;
	bool provisioned;
	int64_t low, floor;   /* pollers at very low traffic, concurrency that failures leave */
	uint32_t empty_polls; /* before a base poller may end */
	simtime retry_first, retry_most;
	int64_t base, most, step;      /* pollers at the start and at most, and how many more at a time; provisioned: lanes */
	simtime interval;              /* of growth */
	int64_t limit, cut;            /* what scaling allows, and what failures take of it */
	int64_t running, base_running; /* pollers that exist */
	bool growing;                  /* a growth task is due */
	struct poller_row idle_base, idle_extra;
	uint32_t free_extra;    /* list of those that ended; SQS_NO_POLLER */
	struct poller *pollers; /* owned; the first `base` are the base */
	size_t count, capacity;
	/* Batches: poller i has the places i * batch_size and up. Owned. */
	struct poller_entry *entries;
	uint8_t *fails;
	struct message *firsts;    /* owned; by poller: of its batch, what is sent on is made of it. Where functions send on */
	uint32_t *observed;        /* owned; for an observer, see struct observer */
	struct poller_unit *units; /* owned; provisioned only, one for SQS_LANES pollers */
	struct queue_level concurrency;
	struct queue_level provisioned_pollers;
};

/* Tasks of a mapping, about poller `subject` but SQS_GROW. */
enum sqs_task { SQS_POLL_OVER, SQS_WINDOW_OVER, SQS_RETRY, SQS_RESULT, SQS_RESUME, SQS_GROW, SQS_TASKS };

/* The mappings of a queue: life; see struct station_ops. */
void sqs_compile(struct engine *e, struct queue *q, struct arena *a);
void sqs_start(struct engine *e, struct queue *q);
void sqs_fini(struct queue *q);

/* Whether some mapping would do something if a message were visible. */
bool sqs_wants(const struct queue *q);

/* QUEUE_WAKE: polling pollers receive, mapping by mapping in turn. */
void sqs_wake(struct engine *e, struct queue *q, simtime now);

/* A task of mapping `local`. */
void sqs_timer(struct engine *e, struct queue *q, size_t local, enum sqs_task what, uint32_t poller, simtime now);

/* --- within the folder: pollers as such (poller.c) --------------------------------------------------------------------------------------- */

void poller__start(struct engine *e, struct queue *q, struct sqs *m);
void poller__fini(struct sqs *m);

static inline int64_t poller__allowed(const struct sqs *m)
{
	return m->limit - m->cut;
}

static inline bool poller__wants(const struct sqs *m)
{
	return m->idle_base.first != SQS_NO_POLLER || m->idle_extra.first != SQS_NO_POLLER || m->running < poller__allowed(m) ||
	       (!m->growing && m->limit < m->most);
}

/* A poller for a message that is visible: a polling one, no longer in its row, or a new one; SQS_NO_POLLER: none is free. */
uint32_t poller__pick(struct sqs *m, simtime now);

/* Begins a long poll. */
void poller__rest(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now);

/* Out of the row of polling ones. */
void poller__leave_row(struct sqs *m, uint32_t i);

/* The poller ends; it must not be in a row. */
void poller__release(struct sqs *m, uint32_t i);

/* The long poll may be over. */
void poller__poll_over(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now);

/* All are busy and messages wait. */
void poller__want_more(struct engine *e, struct queue *q, struct sqs *m, simtime now);

/* The growth task. */
void poller__grow(struct sqs *m, bool messages_wait, simtime now);

/* A failure of an invocation, and a success. */
void poller__cut(struct sqs *m);
void poller__restore(struct sqs *m);

/* Provisioned: whether the lane is, or becomes, the one that gathers; if not, it is spare. Others always do. */
bool poller__gathers(struct sqs *m, uint32_t i);

/* Provisioned: the lane gathers no longer: another one of its poller, if one is spare, does. */
void poller__sent(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now);

/* Provisioned: when the poller may receive next; `now` or earlier: at once. And that it received. */
simtime poller__unit_ready(const struct sqs *m, uint32_t i);
void poller__unit_received(struct sqs *m, uint32_t i, uint64_t bytes, simtime now);
static inline simtime poller__ready(const struct sqs *m, uint32_t i)
{
	return m->provisioned ? poller__unit_ready(m, i) : 0;
}
static inline void poller__received(struct sqs *m, uint32_t i, uint64_t bytes, simtime now)
{
	if (m->provisioned)
		poller__unit_received(m, i, bytes, now);
}

/* The task's number among the station's. */
static inline unsigned sqs__what(const struct sqs *m, enum sqs_task what)
{
	return (unsigned)(QUEUE_TASKS + m->local * SQS_TASKS + what);
}

#endif
