/* fifo: the message groups of a FIFO queue.
 *
 * A group is named by message.key and exists while the queue holds a message of it. Its messages stand in order of arrival and are received in
 * that order; while one of them is in flight no other of the group is received, but for the receive that took the first: it may take as many
 * of the same group as it likes, and goes on with other groups. Groups come in the order of their oldest message. Only groups whose
 * oldest message is among the first FIFO_SCAN of the queue are seen.
 * Sources: Amazon SQS Developer Guide, "FIFO queue delivery logic", "Avoiding a large backlog of messages with the same message group ID";
 * AWS re:Post, "Why doesn't my Amazon SQS FIFO queue return all messages or messages in other message groups?".
 *
 * The messages in flight are always the first ones of their group. A group costs O(log groups) each time that it begins or ceases to be available. */
#ifndef MODELS_POLL_FIFO_H
#define MODELS_POLL_FIFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/poll/line.h"

/* Amazon SQS Developer Guide, "Avoiding a large backlog of messages with the same message group ID". */
enum { FIFO_SCAN = 120000 };

#define FIFO_NONE UINT32_MAX

struct fifo_group {
	struct line line;
	uint32_t waiting; /* first message that is not in flight; MESSAGE_NONE */
	uint32_t key;
	uint32_t flying; /* messages in flight */
	uint32_t place;  /* in the heap of available groups; FIFO_NONE */
	uint32_t next_free;
};

/* `{0}` is a valid empty one. All fields are private. */
struct fifo {
	struct fifo_group *groups; /* owned, as are the others */
	size_t count, capacity;
	uint32_t free;  /* head of the list of unused groups, plus 1 */
	uint32_t *heap; /* available groups, that with the oldest message first */
	size_t heap_count, heap_capacity;
	uint32_t *table; /* open addressing: groups by key; FIFO_NONE: empty */
	size_t table_size, used;
	uint32_t current; /* the group that the receive under way takes from, plus 1; 0 for none */
};

void fifo_clear(struct fifo *f);
void fifo_fini(struct fifo *f);

/* A message arrives (or its delay is over): last of its group. */
void fifo_append(struct fifo *f, struct messages *pool, uint32_t message);

/* The message that comes next in the receive under way; MESSAGE_NONE when there is none. */
uint32_t fifo_next(const struct fifo *f);

/* The message of fifo_next is received. */
void fifo_take(struct fifo *f, struct messages *pool, uint32_t message);

/* The receive is over. */
static inline void fifo_end_receive(struct fifo *f)
{
	f->current = 0;
}

/* A message in flight is visible again. */
void fifo_return(struct fifo *f, struct messages *pool, uint32_t message);

/* A message leaves the queue; `flying`: out of flight. */
void fifo_remove(struct fifo *f, struct messages *pool, uint32_t message, bool flying);

/* Whether ticket a was given before b; tickets wrap. */
static inline bool fifo_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

#endif
