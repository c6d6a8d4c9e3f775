/* environment: see environment.h. */
#include "models/life/environment.h"

#include <string.h>

#include "sim/agenda.h"
#include "sim/base/memory.h"

uint32_t environment_born(struct environments *e, uint32_t function)
{
	assert(function < ENVIRONMENT_FUNCTIONS);
	uint32_t index;
	if (e->free_count > 0) {
		index = e->free[--e->free_count];
	} else {
		MEMORY_ROOM(e->items, e->count, e->capacity);
		if (e->count == AGENDA_SLOTS) /* 16.8 million at once: events could not name more */
			memory_exhausted();
		index = (uint32_t)e->count++;
		e->items[index] = (struct environment){0};
	}
	struct environment *v = &e->items[index];
	assert(v->state == ENVIRONMENT_FREE);
	v->function = (uint16_t)function;
	v->state = ENVIRONMENT_BUSY;
	v->reset = false;
	return index;
}

void environment_reclaimed(struct environments *e, uint32_t index)
{
	struct environment *v = &e->items[index];
	assert(v->state == ENVIRONMENT_IDLE);
	v->state = ENVIRONMENT_FREE;
	v->spell++;
	MEMORY_ROOM(e->free, e->free_count, e->free_capacity);
	e->free[e->free_count++] = index;
}

void environments_clear(struct environments *e)
{
	e->count = e->free_count = 0;
}

void environments_fini(struct environments *e)
{
	memory_free(e->items);
	memory_free(e->free);
	memset(e, 0, sizeof *e);
}
