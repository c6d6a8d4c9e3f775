/* recent: see recent.h. */
#include "models/poll/recent.h"

#include <string.h>

#include "sim/base/memory.h"

static inline size_t home_of(const struct recent *r, uint64_t identity)
{
	return (size_t)(identity * 0x9e3779b97f4a7c15u >> 32) & (r->table_size - 1);
}

static inline const struct recent_item *item_at(const struct recent *r, size_t slot)
{
	return &r->ring[r->table[slot] - 1];
}

static size_t find(const struct recent *r, uint64_t identity)
{
	size_t slot = home_of(r, identity);
	while (r->table[slot] && item_at(r, slot)->identity != identity)
		slot = (slot + 1) & (r->table_size - 1);
	return slot;
}

/* Knuth's Algorithm R, volume 3, 6.4. */
static void forget(struct recent *r, uint64_t identity)
{
	size_t mask = r->table_size - 1, hole = find(r, identity);
	for (size_t i = (hole + 1) & mask; r->table[i]; i = (i + 1) & mask) {
		size_t home = home_of(r, item_at(r, i)->identity);
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		r->table[hole] = r->table[i];
		hole = i;
	}
	r->table[hole] = 0;
}

static void drop_old(struct recent *r, simtime now)
{
	while (r->count > 0 && now - r->ring[r->first].at >= RECENT_INTERVAL) {
		forget(r, r->ring[r->first].identity);
		r->first = (r->first + 1) & (r->capacity - 1);
		r->count--;
	}
}

static void grow(struct recent *r)
{
	enum { RECENT_FIRST = 64 };
	size_t capacity = r->capacity ? 2 * r->capacity : RECENT_FIRST;
	struct recent_item *ring = MEMORY_ARRAY(capacity, struct recent_item);
	for (size_t i = 0; i < r->count; i++)
		ring[i] = r->ring[(r->first + i) & (r->capacity - 1)];
	memory_free(r->ring);
	memory_free(r->table);
	r->ring = ring;
	r->first = 0;
	r->capacity = capacity;
	r->table_size = 2 * capacity;
	r->table = MEMORY_ARRAY(r->table_size, uint32_t);
	for (size_t i = 0; i < r->count; i++)
		r->table[find(r, ring[i].identity)] = (uint32_t)i + 1;
}

bool recent_seen(struct recent *r, uint64_t identity, simtime now)
{
	drop_old(r, now);
	if (r->count == r->capacity)
		grow(r);
	size_t slot = find(r, identity);
	if (r->table[slot])
		return true;
	size_t place = (r->first + r->count++) & (r->capacity - 1);
	r->ring[place] = (struct recent_item){now, identity};
	r->table[slot] = (uint32_t)place + 1;
	return false;
}

void recent_clear(struct recent *r)
{
	r->first = r->count = 0;
	if (r->table)
		memset(r->table, 0, r->table_size * sizeof *r->table);
}

void recent_fini(struct recent *r)
{
	memory_free(r->ring);
	memory_free(r->table);
	*r = (struct recent){0};
}
