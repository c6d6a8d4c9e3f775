/* queue: an SQS queue, standard or FIFO: what it holds, when what is visible, and where it goes when it was received too often or is too old.
 * Who reads it stands in sqs.h; the station that both are together in queuestation.c.
 *
 * A message is delayed, visible or in flight. Each receive gives it a new receipt, and only the newest one deletes it: of a standard queue even after its
 * visibility timeout, of a FIFO queue only before. All receives of a queue have the same visibility timeout, so the deadlines stand in a row and
 * one timer is armed for the first of them; deleted ones are skipped. Delay and retention have one timer each.
 *
 * Order. A standard queue gives back what was received before first, then what was not, each in order of arrival; a message that
 * was received QUEUE_POISON times goes behind all others, and is no longer the oldest one of ApproximateAgeOfOldestMessage. A FIFO queue: fifo.h.
 * Redrive. A message that was received maxReceiveCount times moves to the dead-letter queue when its turn comes to be received once more. Its
 * enqueue time stays in a standard queue and begins anew in a FIFO queue, and so does its delay; its receive count begins anew (the last two
 * are not documented).
 * Retention. Counted from the enqueue time; a message in flight is spared until it would be visible again (not documented).
 * At-least-once delivery. The share duplicate_rate of a standard queue's messages outlives its first deletion, once.
 * Deduplication. In a FIFO queue with ContentBasedDeduplication an event that comes again within 5 minutes is not added; bodies of
 * different events count as different, whatever payload stands for them. Without it every message has an ID of its own.
 *
 * Quota. A FIFO queue takes so many sends a second (sendquota.h); those above are refused and lost (SendsThrottled, dropped).
 *
 * Not modelled: the API rates of receives and deletes, the OverLimit errors of other consumers, DelaySeconds and retention changed in the run, fair queues,
 * redrive back from a dead-letter queue, consumers outside the template.
 * Sources: Amazon SQS Developer Guide: "Amazon SQS visibility timeout", "Using dead-letter queues in Amazon SQS", "Setting-up dead-letter
 * queue retention", "Amazon SQS message quotas", "Available CloudWatch metrics for Amazon SQS", "Exactly-once processing"; Amazon SQS API Reference:
 * ReceiveMessage, DeleteMessage. */
#ifndef MODELS_POLL_QUEUE_H
#define MODELS_POLL_QUEUE_H

#include "models/invoke/engine.h"
#include "models/invoke/station.h"
#include "models/money/service.h"
#include "models/poll/fifo.h"
#include "models/poll/line.h"
#include "models/poll/recent.h"
#include "sim/gcra.h"

enum {
	QUEUE_IN_FLIGHT = 120000, /* "Amazon SQS message quotas": in flight messages per queue */
	QUEUE_POISON = 3,         /* "Available CloudWatch metrics": received three or more times */
	QUEUE_RECEIVE_MOST = 10   /* API Reference, ReceiveMessage: MaxNumberOfMessages; DeleteMessageBatch has as many entries */
};

enum place { PLACE_NONE, PLACE_DELAYED, PLACE_VISIBLE, PLACE_AGAIN, PLACE_FLYING };

/* Figures that are counts. */
enum queue_count {
	QUEUE_SENT,
	QUEUE_RECEIVED,
	QUEUE_DELETED,
	QUEUE_EMPTY_RECEIVES,
	QUEUE_DEDUPLICATED,
	QUEUE_THROTTLED, /* sends */
	QUEUE_REQUESTS,
	QUEUE_PROCESSED_AGAIN, /* a run ended well when its message had been received anew: the work was done twice */
	QUEUE_COUNTS
};

/* A level and its area when the warm-up ended. */
struct queue_level {
	struct gauge gauge;
	area128 base;
};

struct queue_flight {
	simtime deadline;
	uint32_t message; /* MESSAGE_NONE: it was deleted */
};

/* Deadlines in order, those before `first` are over. */
struct queue_flights {
	struct queue_flight *items;
	size_t first, count, capacity;
};

/* When what came by redrive is too old: a binary heap. */
struct queue_expiry {
	simtime at;
	uint32_t message, ticket;
};
struct queue_expiries {
	struct queue_expiry *items;
	size_t count, capacity;
};

/* All messages in order of arrival, in a ring. Those that leave become MESSAGE_NONE, so that nothing of the others has to be touched. Positions go on
 * from `first` to `end` and wrap around. */
struct queue_row {
	uint32_t *items;
	uint32_t first, end; /* at `first` is a message, unless the row is empty */
	size_t capacity;     /* 0 or a power of two */
};

static inline uint32_t *queue_row_at(const struct queue_row *r, uint32_t position)
{
	return &r->items[position & (r->capacity - 1)];
}

struct sqs;

struct queue {
	struct station station;
	const struct queue_spec *spec;
	struct queue *dead_letter; /* NULL: none, or outside */
	bool redrives;             /* there is a RedrivePolicy */
	bool mixed_ages;           /* redrive brings messages of any age: retention goes by `expiries` */
	struct line again, fresh;  /* standard: visible ones */
	struct line late;          /* delayed ones */
	struct fifo fifo;
	struct recent recent;
	struct gcra sends;
	struct queue_flights flights;
	struct queue_expiries expiries;
	struct queue_row row;
	uint32_t elder; /* the oldest one of ApproximateAgeOfOldestMessage */
	uint32_t edge;  /* FIFO: the last one that is seen (FIFO_SCAN) */
	bool visibility_armed, delay_armed, waking;
	simtime retention_at; /* when the retention timer is due */
	struct queue_level visible, flying, delayed;
	simtime age_most; /* of the oldest one, after the warm-up, while it was that */
	uint64_t counts[QUEUE_COUNTS];
	struct sqs *mappings; /* in the arena */
	size_t mapping_count, turn;
};

/* Tasks of the station; those of mapping i follow: QUEUE_TASKS + i * SQS_TASKS. */
enum queue_task { QUEUE_DELAY_OVER, QUEUE_VISIBILITY_OVER, QUEUE_TOO_OLD, QUEUE_WAKE, QUEUE_TASKS };

/* Life; see struct station_ops. */
void queue_compile(struct engine *e, struct queue *q, struct arena *a);
void queue_start(struct engine *e, struct queue *q);
void queue_fini(struct queue *q);

/* A message is sent to the queue. */
void queue_send(struct engine *e, struct queue *q, uint32_t message, simtime now);

/* QUEUE_DELAY_OVER, QUEUE_VISIBILITY_OVER, QUEUE_TOO_OLD. */
void queue_timer(struct engine *e, struct queue *q, enum queue_task what, simtime now);

/* The message that a receive would get next; MESSAGE_NONE: there is none, or too many are in flight. Redrives what was received too often. */
uint32_t queue__find(struct engine *e, struct queue *q, simtime now);
static inline uint32_t queue_next(struct engine *e, struct queue *q, simtime now)
{
	return q->visible.gauge.level > 0 ? queue__find(e, q, now) : MESSAGE_NONE;
}

/* The message of queue_next goes round in a loop of functions: to the dead-letter queue if there is one, else it is dropped.
 * Source: Lambda Developer Guide, "Use Lambda recursive loop detection". */
enum station_end queue_stop(struct engine *e, struct queue *q, uint32_t message, simtime now);

/* Receives the message of queue_next; returns its receipt. */
uint32_t queue_take(struct engine *e, struct queue *q, uint32_t message, simtime now);

/* A receive, a series of queue_next and queue_take, is over. */
static inline void queue_end_receive(struct queue *q)
{
	fifo_end_receive(&q->fifo);
}

/* Deletes by receipt; false when that is not the newest one (or, FIFO, its visibility timeout is over): nothing happens then. `how` is END_DELIVERED or
 * END_FILTERED. */
bool queue_delete(struct engine *e, struct queue *q, uint32_t message, uint32_t receipt, enum station_end how, simtime now);

/* Makes visible again everything whose visibility timeout is over by now. */
void queue_surface(struct engine *e, struct queue *q, simtime now);

/* Whether the message is in flight under this receipt. */
static inline bool queue_holds(const struct engine *e, uint32_t message, uint32_t receipt)
{
	const struct message *m = &e->messages.items[message];
	return m->receipt == receipt && m->place == PLACE_FLYING;
}

/* Whether the message is still in the queue and the same that was received under this receipt, be it the newest one or not. */
static inline bool queue_keeps(const struct engine *e, uint32_t message, uint32_t receipt)
{
	const struct message *m = &e->messages.items[message];
	return m->ticket != 0 && fifo_before(m->ticket, receipt);
}

/* There may be something to receive: wakes the mappings at this instant, after what else happens in it. */
void queue_stir(struct engine *e, struct queue *q, simtime now);

/* Seconds since the oldest message arrived; 0 when empty. */
double queue_age_s(const struct engine *e, const struct queue *q, simtime now);

/* Remembers the age that the oldest message has now. */
void queue_note_age(const struct engine *e, struct queue *q, simtime now);

/* The end of the warm-up clears the counts. */
static inline void queue_count(struct queue *q, enum queue_count what, uint64_t by)
{
	q->counts[what] += by;
}

/* API requests that a call with `bytes` of payload is billed as. */
static inline uint64_t queue_units(uint64_t bytes)
{
	return service_units(bytes, SERVICE_CHUNK);
}

static inline void queue_shift(struct queue_level *l, int64_t by, simtime now)
{
	if (now != l->gauge.since) /* most changes of an instant come together */
		gauge_settle(&l->gauge, now);
	l->gauge.level += by;
	assert(l->gauge.level >= 0);
	if (l->gauge.level > l->gauge.max)
		l->gauge.max = l->gauge.level;
}

/* For models/run. */
extern const struct station_ops station_queue;

#endif
