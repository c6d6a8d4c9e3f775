/* fifo: see fifo.h. */
#include "models/poll/fifo.h"

#include <string.h>

#include "sim/base/memory.h"

/* --- the heap of available groups ------------------------------------------------------------------------------------------------------- */

static inline uint32_t first_ticket(const struct fifo *f, const struct messages *pool, uint32_t group)
{
	return pool->items[f->groups[group].line.first].ticket;
}

static inline void heap_put(struct fifo *f, size_t at, uint32_t group)
{
	f->heap[at] = group;
	f->groups[group].place = (uint32_t)at;
}

static void heap_up(struct fifo *f, const struct messages *pool, size_t at, uint32_t group)
{
	uint32_t ticket = first_ticket(f, pool, group);
	while (at > 0) {
		size_t parent = (at - 1) / 2;
		if (!fifo_before(ticket, first_ticket(f, pool, f->heap[parent])))
			break;
		heap_put(f, at, f->heap[parent]);
		at = parent;
	}
	heap_put(f, at, group);
}

static void heap_down(struct fifo *f, const struct messages *pool, size_t at, uint32_t group)
{
	uint32_t ticket = first_ticket(f, pool, group);
	size_t child;
	while ((child = 2 * at + 1) < f->heap_count) {
		if (child + 1 < f->heap_count &&
		    fifo_before(first_ticket(f, pool, f->heap[child + 1]), first_ticket(f, pool, f->heap[child])))
			child++;
		if (fifo_before(ticket, first_ticket(f, pool, f->heap[child])))
			break;
		heap_put(f, at, f->heap[child]);
		at = child;
	}
	heap_put(f, at, group);
}

static void heap_push(struct fifo *f, const struct messages *pool, uint32_t group)
{
	MEMORY_ROOM(f->heap, f->heap_count, f->heap_capacity);
	heap_up(f, pool, f->heap_count++, group);
}

static void heap_remove(struct fifo *f, const struct messages *pool, uint32_t group)
{
	size_t at = f->groups[group].place;
	uint32_t last = f->heap[--f->heap_count];
	f->groups[group].place = FIFO_NONE;
	if (last == group)
		return;
	heap_up(f, pool, at, last);
	heap_down(f, pool, f->groups[last].place, last);
}

/* --- groups by key ---------------------------------------------------------------------------------------------------------------------- */

static inline size_t slot_of(const struct fifo *f, uint32_t key)
{
	uint64_t z = (key + (uint64_t)1) * 0x9e3779b97f4a7c15u; /* Fibonacci hashing, Knuth volume 3, 6.4 */
	return (size_t)(z >> 32) & (f->table_size - 1);
}

/* Where the key stands, or the empty slot where it would. */
static size_t find(const struct fifo *f, uint32_t key)
{
	size_t slot = slot_of(f, key);
	while (f->table[slot] != FIFO_NONE && f->groups[f->table[slot]].key != key)
		slot = (slot + 1) & (f->table_size - 1);
	return slot;
}

static void table_grow(struct fifo *f)
{
	enum { TABLE_FIRST = 64 };
	uint32_t *old = f->table;
	size_t old_size = f->table_size;
	f->table_size = old_size ? 2 * old_size : TABLE_FIRST;
	f->table = MEMORY_ARRAY(f->table_size, uint32_t);
	memset(f->table, 0xff, f->table_size * sizeof *f->table);
	for (size_t i = 0; i < old_size; i++)
		if (old[i] != FIFO_NONE)
			f->table[find(f, f->groups[old[i]].key)] = old[i];
	memory_free(old);
}

/* Empties a slot and moves up those behind it that would no longer be found: Knuth's Algorithm R, volume 3, 6.4. */
static void table_remove(struct fifo *f, uint32_t key)
{
	size_t mask = f->table_size - 1, hole = find(f, key);
	f->used--;
	for (size_t i = (hole + 1) & mask; f->table[i] != FIFO_NONE; i = (i + 1) & mask) {
		size_t home = slot_of(f, f->groups[f->table[i]].key);
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		f->table[hole] = f->table[i];
		hole = i;
	}
	f->table[hole] = FIFO_NONE;
}

static uint32_t group_new(struct fifo *f, uint32_t key)
{
	uint32_t group;
	if (f->free) {
		group = f->free - 1;
		f->free = f->groups[group].next_free;
	} else {
		MEMORY_ROOM(f->groups, f->count, f->capacity);
		group = (uint32_t)f->count++;
	}
	f->groups[group] = (struct fifo_group){.line = LINE_EMPTY, .waiting = MESSAGE_NONE, .key = key, .place = FIFO_NONE};
	return group;
}

static void group_free(struct fifo *f, uint32_t group)
{
	table_remove(f, f->groups[group].key);
	f->groups[group].next_free = f->free;
	f->free = group + 1;
	if (f->current == group + 1)
		f->current = 0;
}

static uint32_t group_of(const struct fifo *f, const struct messages *pool, uint32_t message)
{
	uint32_t group = f->table[find(f, pool->items[message].key)];
	assert(group != FIFO_NONE);
	return group;
}

/* --- messages --------------------------------------------------------------------------------------------------------------------------- */

void fifo_append(struct fifo *f, struct messages *pool, uint32_t message)
{
	if (2 * (f->used + 1) > f->table_size)
		table_grow(f);
	uint32_t key = pool->items[message].key;
	size_t slot = find(f, key);
	bool fresh = f->table[slot] == FIFO_NONE;
	if (fresh) {
		uint32_t group = group_new(f, key);
		f->table[slot] = group;
		f->used++;
	}
	struct fifo_group *g = &f->groups[f->table[slot]];
	line_append(&g->line, pool, message);
	if (g->waiting == MESSAGE_NONE)
		g->waiting = message;
	if (fresh)
		heap_push(f, pool, f->table[slot]);
}

uint32_t fifo_next(const struct fifo *f)
{
	if (f->current && f->groups[f->current - 1].waiting != MESSAGE_NONE)
		return f->groups[f->current - 1].waiting;
	return f->heap_count ? f->groups[f->heap[0]].waiting : MESSAGE_NONE;
}

void fifo_take(struct fifo *f, struct messages *pool, uint32_t message)
{
	uint32_t group = group_of(f, pool, message);
	struct fifo_group *g = &f->groups[group];
	assert(g->waiting == message);
	if (g->place != FIFO_NONE)
		heap_remove(f, pool, group);
	f->current = group + 1;
	g->flying++;
	g->waiting = pool->items[message].next;
}

/* One fewer is in flight; the last one makes the group available. */
static void landed(struct fifo *f, struct messages *pool, uint32_t group)
{
	struct fifo_group *g = &f->groups[group];
	assert(g->flying > 0);
	if (--g->flying > 0)
		return;
	g->waiting = g->line.first;
	if (g->line.first == MESSAGE_NONE)
		group_free(f, group);
	else
		heap_push(f, pool, group);
}

void fifo_return(struct fifo *f, struct messages *pool, uint32_t message)
{
	landed(f, pool, group_of(f, pool, message));
}

void fifo_remove(struct fifo *f, struct messages *pool, uint32_t message, bool flying)
{
	uint32_t group = group_of(f, pool, message);
	struct fifo_group *g = &f->groups[group];
	bool available = g->place != FIFO_NONE;
	if (available) /* the oldest message may change */
		heap_remove(f, pool, group);
	if (g->waiting == message)
		g->waiting = pool->items[message].next;
	line_remove(&g->line, pool, message);
	if (flying)
		landed(f, pool, group);
	else if (g->line.first == MESSAGE_NONE)
		group_free(f, group);
	else if (available)
		heap_push(f, pool, group);
}

/* --- life ------------------------------------------------------------------------------------------------------------------------------- */

void fifo_clear(struct fifo *f)
{
	f->count = f->heap_count = f->used = 0;
	f->free = f->current = 0;
	if (f->table)
		memset(f->table, 0xff, f->table_size * sizeof *f->table);
}

void fifo_fini(struct fifo *f)
{
	memory_free(f->groups);
	memory_free(f->heap);
	memory_free(f->table);
	*f = (struct fifo){0};
}
