/* message: see message.h. */
#include "models/invoke/message.h"

#include <assert.h>
#include <string.h>

#include "sim/agenda.h"
#include "sim/base/memory.h"

uint32_t message_room(struct messages *m)
{
	uint32_t index = m->free;
	if (index != MESSAGE_NONE) {
		m->free = m->items[index].next;
		if (m->free != MESSAGE_NONE) /* the next one is fetched while this one is used */
			message_fetch(m, m->free);
	} else {
		if (m->count == AGENDA_SLOTS) /* 16.8 million: events could not name more */
			memory_exhausted();
		if (m->count >= m->most && m->alarm)
			*m->alarm = -1;
		MEMORY_ROOM(m->items, m->count, m->capacity);
		index = (uint32_t)m->count++;
	}
	m->live++;
	return index;
}

uint32_t message_new(struct messages *m, const struct message *value)
{
	uint32_t index = message_room(m);
	m->items[index] = *value;
	m->items[index].next = MESSAGE_NONE;
	return index;
}

void message_free(struct messages *m, uint32_t index)
{
	assert(index < m->count && m->live > 0);
	m->items[index].next = m->free;
	m->free = index;
	m->live--;
}

void messages_clear(struct messages *m)
{
	m->count = m->live = 0;
	m->free = MESSAGE_NONE;
	m->numbers = 0;
}

void messages_fini(struct messages *m)
{
	memory_free(m->items);
	memset(m, 0, sizeof *m);
}

uint64_t message_identity(uint64_t parent, uint64_t edge, uint64_t ordinal)
{
	uint64_t z = parent + 0x9e3779b97f4a7c15u * (edge + 1) + 0xd1b54a32d192ed03u * (ordinal + 1);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}
