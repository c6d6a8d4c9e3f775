/* line: messages in a row, doubly linked through message.next and message.previous (that of the first means nothing): what is visible in a queue, what is delayed, a message
 * group. Every operation takes constant time; a message is in at most one line. */
#ifndef MODELS_POLL_LINE_H
#define MODELS_POLL_LINE_H

#include <assert.h>

#include "models/invoke/message.h"

struct line {
	uint32_t first, last; /* MESSAGE_NONE when empty */
};

#define LINE_EMPTY ((struct line){MESSAGE_NONE, MESSAGE_NONE})

static inline void line_append(struct line *l, struct messages *pool, uint32_t message)
{
	struct message *m = &pool->items[message];
	m->next = MESSAGE_NONE;
	m->previous = l->last;
	if (l->last == MESSAGE_NONE)
		l->first = message;
	else
		pool->items[l->last].next = message;
	l->last = message;
}

/* `message` must be in this line. The next one is not touched where the first leaves: in a backlog it has lain for long. */
static inline void line_remove(struct line *l, struct messages *pool, uint32_t message)
{
	const struct message *m = &pool->items[message];
	if (l->first == message) {
		l->first = m->next;
		if (l->first == MESSAGE_NONE)
			l->last = MESSAGE_NONE;
		return;
	}
	pool->items[m->previous].next = m->next;
	if (m->next == MESSAGE_NONE) {
		assert(l->last == message);
		l->last = m->previous;
	} else {
		pool->items[m->next].previous = m->previous;
	}
}

#endif
