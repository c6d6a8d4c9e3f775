/* bare: the yardstick of `make bench`: the least that any simulator of one function has to do, in one loop, with no structure.
 *
 * Poisson arrivals and exponential service (xoshiro256**, libm's log), a 4-ary heap of completions, a stack of idle environments
 * whose oldest end expires after 600 s, and a log-linear histogram of durations (256 buckets an octave). No limits, no clients, no
 * averages over time, no records, no report. It is built with plain -O2; making it slower would only flatter weir.
 *
 * Usage: bare RATE MEAN_SERVICE_S INVOCATIONS */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARITY = 4, SUB_BITS = 8, SUB = 1 << SUB_BITS, OCTAVES = 64 - SUB_BITS };

static const int64_t IDLE_NS = 600LL * 1000000000;

/* xoshiro256** 1.0 (Blackman and Vigna, 2018). */
struct random {
	uint64_t s[4];
};

static inline uint64_t rotate(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

static inline uint64_t random_next(struct random *r)
{
	uint64_t *s = r->s, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

static inline int64_t random_exponential(struct random *r, double mean_ns)
{
	double u = ((double)(random_next(r) >> 11) + 0.5) * 0x1p-53;
	return (int64_t)(-mean_ns * log(u) + 0.5);
}

struct completion {
	int64_t at;
	uint32_t environment;
};

struct heap {
	struct completion *items;
	size_t count, capacity;
};

static inline void heap_push(struct heap *h, struct completion c)
{
	if (h->count == h->capacity) {
		h->capacity = h->capacity ? 2 * h->capacity : 1024;
		h->items = realloc(h->items, h->capacity * sizeof *h->items);
	}
	size_t i = h->count++;
	while (i > 0) {
		size_t up = (i - 1) / ARITY;
		if (h->items[up].at <= c.at)
			break;
		h->items[i] = h->items[up];
		i = up;
	}
	h->items[i] = c;
}

static inline struct completion heap_pop(struct heap *h)
{
	struct completion top = h->items[0], last = h->items[--h->count];
	size_t i = 0;
	for (;;) {
		size_t child = ARITY * i + 1, end = child + ARITY < h->count ? child + ARITY : h->count;
		if (child >= h->count)
			break;
		size_t least = child;
		for (size_t c = child + 1; c < end; c++)
			if (h->items[c].at < h->items[least].at)
				least = c;
		if (h->items[least].at >= last.at)
			break;
		h->items[i] = h->items[least];
		i = least;
	}
	h->items[i] = last;
	return top;
}

/* Idle environments, oldest at `bottom`, newest at `top` - 1, in a ring of a power of two. */
struct idle {
	struct completion *ring;
	size_t bottom, top, capacity;
};

static void idle_grow(struct idle *s)
{
	size_t capacity = s->capacity ? 2 * s->capacity : 1024;
	struct completion *ring = malloc(capacity * sizeof *ring);
	for (size_t i = s->bottom; i < s->top; i++)
		ring[i & (capacity - 1)] = s->ring[i & (s->capacity - 1)];
	free(s->ring);
	s->ring = ring;
	s->capacity = capacity;
}

static inline void idle_push(struct idle *s, struct completion c)
{
	if (s->top - s->bottom == s->capacity)
		idle_grow(s);
	s->ring[s->top++ & (s->capacity - 1)] = c;
}

struct histogram {
	uint32_t counts[OCTAVES][SUB];
};

static inline void histogram_add(struct histogram *h, int64_t value)
{
	unsigned octave = value < SUB ? 0 : (unsigned)(64 - __builtin_clzll((uint64_t)value)) - SUB_BITS;
	unsigned shift = octave ? octave - 1 : 0;
	h->counts[octave][(uint64_t)value >> shift & (SUB - 1)]++;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: bare RATE MEAN_SERVICE_S INVOCATIONS\n");
		return 2;
	}
	double gap_ns = 1e9 / strtod(argv[1], NULL), service_ns = 1e9 * strtod(argv[2], NULL);
	uint64_t left = strtoull(argv[3], NULL, 10);
	struct random arrivals = {{1, 2, 3, 4}}, services = {{5, 6, 7, 8}};
	struct heap heap = {0};
	struct idle idle = {0};
	struct histogram *durations = calloc(1, sizeof *durations);
	uint64_t cold = 0, warm = 0, expired = 0, most = 0;
	int64_t now = 0, arrival = random_exponential(&arrivals, gap_ns);

	while (left > 0 || heap.count > 0) {
		if (heap.count > 0 && (left == 0 || heap.items[0].at <= arrival)) {
			struct completion done = heap_pop(&heap);
			now = done.at;
			idle_push(&idle, done);
			continue;
		}
		now = arrival;
		while (idle.bottom < idle.top && idle.ring[idle.bottom & (idle.capacity - 1)].at + IDLE_NS <= now) {
			idle.bottom++;
			expired++;
		}
		uint32_t environment;
		if (idle.bottom < idle.top) {
			environment = idle.ring[--idle.top & (idle.capacity - 1)].environment;
			warm++;
		} else {
			environment = (uint32_t)cold++;
		}
		int64_t service = random_exponential(&services, service_ns);
		histogram_add(durations, service);
		heap_push(&heap, (struct completion){now + service, environment});
		if (heap.count > most)
			most = heap.count;
		left--;
		arrival = now + random_exponential(&arrivals, gap_ns);
	}

	uint64_t counted = 0;
	for (int o = 0; o < OCTAVES; o++)
		for (int s = 0; s < SUB; s++)
			counted += durations->counts[o][s];
	printf("invocations %llu cold %llu warm %llu expired %llu busy-max %llu counted %llu seconds %.0f\n",
	       (unsigned long long)(cold + warm), (unsigned long long)cold, (unsigned long long)warm, (unsigned long long)expired,
	       (unsigned long long)most, (unsigned long long)counted, (double)now / 1e9);
	free(heap.items);
	free(idle.ring);
	free(durations);
	return 0;
}
