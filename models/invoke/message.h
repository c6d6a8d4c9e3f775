/* message: the events that are under way or lie somewhere: in a queue, in a stream, in a function's queue of asynchronous events.
 *
 * A message belongs to exactly one place at a time; a place that sends a copy on (a topic with three subscriptions) makes new ones. `identity`
 * names the event for its whole life: every draw about it is a function of the identity, so it is the same in every configuration. Children's
 * identities are functions of their parent's. */
#ifndef MODELS_INVOKE_MESSAGE_H
#define MODELS_INVOKE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/spec/resource.h"
#include "sim/simtime.h"

#define MESSAGE_NONE UINT32_MAX
#define MESSAGE_NO_SOURCE UINT32_MAX

/* Function invocations of one chain of events after which Lambda stops it.
 * Source: Lambda Developer Guide, "Use Lambda recursive loop detection": about 16. */
enum { MESSAGE_HOPS_MOST = 16 };

struct message {
	simtime born;  /* when the event came to be, at its source */
	simtime since; /* when it came where it is */
	uint64_t identity;
	uint32_t source;   /* the workload source that its chain began with, an index */
	uint32_t payload;  /* into the plan's contents (models/invoke/content.h) */
	uint32_t key;      /* partition key or message group, a number; 0 where there is none */
	uint32_t receives; /* how often it was received or run */
	uint32_t next;     /* the place's own list; MESSAGE_NONE at its end */
	uint16_t hops;     /* functions that its chain ran through */
	uint8_t throttles; /* refusals in a row */
	uint8_t outcome;   /* of the run under way */
	bool cold;
	/* What queues keep about it (models/poll/queue.h); 0 elsewhere. */
	uint8_t place;       /* enum place: delayed, visible, in flight */
	bool duplicated : 1; /* it outlived its first deletion */
	bool processed : 1;  /* a run ended well, whether or not it could be deleted then */
	uint8_t traced;      /* see message_hop */
	uint32_t previous;   /* in the list of `next` */
	uint32_t position;   /* in the row of all of the queue */
	uint32_t flight;     /* in flight: its place among the deadlines */
	uint32_t ticket;     /* number of its arrival, over all queues; names this stay */
	uint32_t receipt;    /* number of its last receive, over all queues */
	uint32_t number;     /* of the event at its source, or of what a function emits, from 0; copies keep it */
	uint32_t station;    /* where it is on its way to */
	simtime enqueued;    /* from when retention counts */
};

/* Messages of one replication after which it is given up, about 1 GB of them. What a queue keeps of a day without its consumer fits, and what goes
 * round and multiplies is found before the machine's memory is full. */
enum { MESSAGES_MOST = 8 << 20 };

/* All messages of a run; indices are reused. */
struct messages {
	struct message *items;
	size_t count, capacity, live;
	size_t most;    /* with more than these at once, `alarm` is set to -1 ... */
	simtime *alarm; /* ... so that the run looks; NULL: nobody does */
	uint32_t free;
	uint32_t numbers; /* last ticket or receipt that a queue gave */
};

/* Whether there were more at once than `most`. */
static inline bool messages_overfull(const struct messages *m)
{
	return m->count > m->most;
}

/* `traced` is how many functions of its chain loop detection knows of, and whether it has stopped the chain before. */
enum { MESSAGE_TRACED = 0x7f, MESSAGE_STOPPED = 0x80 };

/* What is made of `m` from now on came through one more function. A service that does not pass the trace on begins anew (station_send_child). */
static inline void message_hop(struct message *m)
{
	m->hops++;
	if ((m->traced & MESSAGE_TRACED) < MESSAGE_TRACED)
		m->traced++;
}

/* Whether loop detection keeps a function from running once more for it. */
static inline bool message_goes_round(const struct message *m, const struct async_spec *function)
{
	return (m->traced & MESSAGE_TRACED) >= MESSAGE_HOPS_MOST && !function->recursion_allowed;
}

/* Loop detection keeps `m` from a function. Whether it may go to a dead-letter queue or a destination: a function that reads there still gets it, as
 * a chain of its own; when that one is stopped too it ends, or it would go round for ever. AWS does not say what becomes of it. */
static inline bool message_stop(struct message *m)
{
	bool first = !(m->traced & MESSAGE_STOPPED);
	m->traced = MESSAGE_STOPPED;
	return first;
}

/* A message lies across two cache lines, and may not have been touched for long. */
static inline void message_fetch(const struct messages *m, uint32_t index)
{
	const char *first = (const char *)&m->items[index];
	__builtin_prefetch(first, 1);
	__builtin_prefetch(first + sizeof(struct message) - 1, 1);
}

uint32_t message_new(struct messages *m, const struct message *value);

/* The same without a value: the caller fills it in place: it holds whatever was there before. */
uint32_t message_room(struct messages *m);
void message_free(struct messages *m, uint32_t index);
void messages_clear(struct messages *m);
void messages_fini(struct messages *m);

/* The identity of the `ordinal`-th event that came of `parent` through `edge` (splitmix64's finisher over the three). */
uint64_t message_identity(uint64_t parent, uint64_t edge, uint64_t ordinal);

#endif
