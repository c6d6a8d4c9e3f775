/* fixture_random: random numbers for property tests, from a seed that a failing test can print. splitmix64 (Steele, Lea, Flood
 * 2014); independent of the program's own generator. */
#ifndef TESTS_UNIT_FIXTURE_RANDOM_H
#define TESTS_UNIT_FIXTURE_RANDOM_H

#include <stdint.h>

static inline uint64_t fixture_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Below n, n >= 1; the bias does not matter here. */
static inline uint64_t fixture_below(uint64_t *state, uint64_t n)
{
	return fixture_random(state) % n;
}

static inline double fixture_uniform(uint64_t *state)
{
	return ((double)(fixture_random(state) >> 11) + 0.5) * 0x1p-53;
}

#endif
