/* agenda: see agenda.h. */
#include "sim/agenda.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

enum {
	CLASS_SHIFT = AGENDA_SEQUENCE_BITS + AGENDA_SLOT_BITS,
	RING_MASK = AGENDA_RING - 1,
	SHIFT_MIN = 0,
	SHIFT_MAX = 48 /* 3.3 days a bucket */
};

#define SEQUENCE_END ((uint64_t)1 << AGENDA_SEQUENCE_BITS)
#define LOW_WORD(record) ((uint64_t)(record))

static agenda_record pack(simtime at, unsigned class, uint64_t sequence, uint32_t slot)
{
	uint64_t low = (uint64_t) class << CLASS_SHIFT | sequence << AGENDA_SLOT_BITS | slot;
	return (agenda_record)(uint64_t)at << 64 | low;
}

static simtime time_of(agenda_record r)
{
	return (simtime)(r >> 64);
}

/* --- 4-ary heaps of records -------------------------------------------------------------------------------------------------- */

static void heap_room(struct agenda_heap *h)
{
	if (h->count == h->capacity) {
		h->capacity = h->capacity ? 2 * h->capacity : 64;
		h->records = memory_grow(h->records, h->capacity, sizeof *h->records);
	}
}

static void heap_push(struct agenda_heap *h, agenda_record r)
{
	heap_room(h);
	size_t i = h->count++;
	while (i > 0) {
		size_t parent = (i - 1) / 4;
		if (h->records[parent] < r)
			break;
		h->records[i] = h->records[parent];
		i = parent;
	}
	h->records[i] = r;
}

/* The smallest of the children of a hole; `first` is the first child and exists. */
static inline size_t least_child(const agenda_record *r, size_t first, size_t count)
{
	size_t least = first;
	size_t end = first + 4 < count ? first + 4 : count;
	for (size_t c = first + 1; c < end; c++)
		least = r[c] < r[least] ? c : least;
	return least;
}

/* Lets `moving` sink from the hole to its place. */
static void sift(struct agenda_heap *h, size_t hole, agenda_record moving)
{
	agenda_record *r = h->records;
	for (;;) {
		size_t first = 4 * hole + 1;
		if (first >= h->count)
			break;
		size_t least = least_child(r, first, h->count);
		if (moving < r[least])
			break;
		r[hole] = r[least];
		hole = least;
	}
	r[hole] = moving;
}

static agenda_record heap_pop(struct agenda_heap *h)
{
	assert(h->count > 0);
	agenda_record top = h->records[0];
	agenda_record last = h->records[--h->count];
	if (h->count > 0)
		sift(h, 0, last);
	return top;
}

static void heap_order(struct agenda_heap *h)
{
	if (h->count < 2)
		return;
	for (size_t i = (h->count - 2) / 4 + 1; i-- > 0;)
		sift(h, i, h->records[i]);
}

/* --- the ring ---------------------------------------------------------------------------------------------------------------- */

static int64_t bucket_of(const struct agenda *a, simtime at)
{
	return at >> a->shift;
}

void agenda__mark(struct agenda *a, size_t index)
{
	a->occupied[index / 64] |= (uint64_t)1 << index % 64;
	a->summary[index / 4096] |= (uint64_t)1 << index / 64 % 64;
}

static void unmark(struct agenda *a, size_t index)
{
	uint64_t *word = &a->occupied[index / 64];
	*word &= ~((uint64_t)1 << index % 64);
	if (*word == 0)
		a->summary[index / 4096] &= ~((uint64_t)1 << index / 64 % 64);
}

/* The first occupied index >= from, or AGENDA_RING. */
static size_t occupied_from(const struct agenda *a, size_t from)
{
	if (from >= AGENDA_RING)
		return AGENDA_RING;
	uint64_t word = a->occupied[from / 64] >> from % 64;
	if (word)
		return from + (size_t)__builtin_ctzll(word);
	for (size_t w = from / 64 + 1; w < AGENDA_RING / 64;) {
		uint64_t summary = a->summary[w / 64] >> w % 64;
		if (summary == 0) {
			w = (w / 64 + 1) * 64;
			continue;
		}
		w += (size_t)__builtin_ctzll(summary);
		return w * 64 + (size_t)__builtin_ctzll(a->occupied[w]);
	}
	return AGENDA_RING;
}

/* The next occupied bucket of the ring after the current one; the ring is not empty. */
static int64_t ring_next(const struct agenda *a)
{
	size_t start = (size_t)(a->current + 1) & RING_MASK;
	size_t found = occupied_from(a, start);
	if (found == AGENDA_RING)
		found = occupied_from(a, 0);
	assert(found < AGENDA_RING);
	return a->current + 1 + (int64_t)((found - start) & RING_MASK);
}

void agenda__grow(struct agenda *a, struct agenda_bucket *b)
{
	if (b->capacity == 0 && a->spare_count > 0) {
		*b = a->spare[--a->spare_count];
		return;
	}
	b->capacity = b->capacity ? 2 * b->capacity : AGENDA_BUCKET;
	b->records = memory_grow(b->records, b->capacity, sizeof *b->records);
}

/* Moves a large bucket into the empty late heap, by exchanging their arrays: nothing is copied and both keep their room. */
static void take_many(struct agenda *a, struct agenda_bucket *b)
{
	assert(a->late.count == 0 && a->late.capacity <= UINT32_MAX);
	struct agenda_heap emptied = a->late;
	a->late = (struct agenda_heap){b->records, b->count, b->capacity};
	b->records = emptied.records;
	b->capacity = (uint32_t)emptied.capacity;
	heap_order(&a->late);
}

/* The array of an emptied bucket is put aside. */
static void spare(struct agenda *a, struct agenda_bucket *b)
{
	MEMORY_ROOM(a->spare, a->spare_count, a->spare_capacity);
	a->spare[a->spare_count++] = *b;
	*b = (struct agenda_bucket){0};
}

/* Empties a bucket of the ring into the current one's place. */
static void ring_take(struct agenda *a, int64_t bucket)
{
	size_t index = (size_t)bucket & RING_MASK;
	struct agenda_bucket *b = &a->ring[index];
	if (b->count == 0)
		return;
	a->in_ring -= b->count;
	if (b->count > AGENDA_NEAR)
		take_many(a, b);
	else
		for (uint32_t i = 0; i < b->count; i++)
			agenda__push_near(a, b->records[i]);
	b->count = 0;
	unmark(a, index);
	if (b->capacity > 0)
		spare(a, b);
}

void agenda__push_late(struct agenda *a, agenda_record r)
{
	heap_push(&a->late, r);
}

void agenda__push_far(struct agenda *a, agenda_record r)
{
	heap_push(&a->far, r);
}

agenda_record agenda__pop_late(struct agenda *a)
{
	if (a->near_count > 0 && a->near[a->near_count - 1] < a->late.records[0])
		return a->near[--a->near_count];
	return heap_pop(&a->late);
}

bool agenda__advance(struct agenda *a)
{
	assert(a->near_count == 0 && a->late.count == 0);
	int64_t next = INT64_MAX;
	if (a->in_ring > 0)
		next = ring_next(a);
	if (a->far.count > 0) {
		int64_t far = bucket_of(a, time_of(a->far.records[0]));
		next = far < next ? far : next;
	}
	if (next == INT64_MAX)
		return false;
	assert(next > a->current);
	a->current = next;
	ring_take(a, next);
	while (a->far.count > 0 && bucket_of(a, time_of(a->far.records[0])) == next)
		agenda__push_near(a, heap_pop(&a->far));
	return true;
}

/* --- sequence numbers -------------------------------------------------------------------------------------------------------- */

static int compare_pointers(const void *x, const void *y)
{
	agenda_record a = **(agenda_record *const *)x, b = **(agenda_record *const *)y;
	return a < b ? -1 : a > b;
}

/* Gives all pending events new sequence numbers from 0 in their present order. Happens once in 6.9e10 pushes; since the order of
 * any two records is kept, heaps stay heaps. */
void agenda__renumber(struct agenda *a)
{
	size_t n = agenda_count(a), k = 0;
	agenda_record **all = MEMORY_ARRAY(n + 1, agenda_record *);
	for (size_t i = 0; i < a->near_count; i++)
		all[k++] = &a->near[i];
	for (size_t i = 0; i < a->late.count; i++)
		all[k++] = &a->late.records[i];
	for (size_t i = 0; i < a->far.count; i++)
		all[k++] = &a->far.records[i];
	for (size_t b = 0; b < AGENDA_RING; b++)
		for (size_t i = 0; i < a->ring[b].count; i++)
			all[k++] = &a->ring[b].records[i];
	assert(k == n && n < SEQUENCE_END);
	qsort(all, n, sizeof *all, compare_pointers);
	for (size_t i = 0; i < n; i++) {
		uint64_t low = LOW_WORD(*all[i]);
		*all[i] = pack(time_of(*all[i]), (unsigned)(low >> CLASS_SHIFT), i, (uint32_t)low & (AGENDA_SLOTS - 1));
	}
	a->sequence = n;
	memory_free(all);
}

/* --- the interface ----------------------------------------------------------------------------------------------------------- */

void agenda_init(struct agenda *a, double rate_per_s)
{
	memset(a, 0, sizeof *a);
	double width_ns = rate_per_s > 0 ? AGENDA_BUCKET * 1e9 / rate_per_s : 1e18;
	a->shift = SHIFT_MIN;
	while (a->shift < SHIFT_MAX && (double)((uint64_t)1 << (a->shift + 1)) <= width_ns)
		a->shift++;
	a->ring = MEMORY_ARRAY(AGENDA_RING, struct agenda_bucket);
	a->current = -1;
}

void agenda_clear(struct agenda *a)
{
	for (size_t b = 0; b < AGENDA_RING; b++)
		a->ring[b].count = 0;
	memset(a->occupied, 0, sizeof a->occupied);
	memset(a->summary, 0, sizeof a->summary);
	a->near_count = a->late.count = a->far.count = a->in_ring = 0;
	a->current = -1;
	a->sequence = 0;
}

void agenda_fini(struct agenda *a)
{
	for (size_t b = 0; a->ring && b < AGENDA_RING; b++)
		memory_free(a->ring[b].records);
	memory_free(a->ring);
	while (a->spare_count > 0)
		memory_free(a->spare[--a->spare_count].records);
	memory_free(a->spare);
	memory_free(a->late.records);
	memory_free(a->far.records);
	memset(a, 0, sizeof *a);
}

size_t agenda_count(const struct agenda *a)
{
	return a->near_count + a->late.count + a->in_ring + a->far.count;
}
