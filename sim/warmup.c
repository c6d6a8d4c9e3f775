#include "sim/warmup.h"

#include <assert.h>
#include <math.h>

enum {
	WARMUP_BATCH = 5, /* the 5 of MSER-5 */
	WARMUP_LEAST = 4  /* fewer batches tell nothing */
};

static double warmup_batch_mean(const double *values, size_t batch)
{
	double sum = 0;
	for (size_t i = 0; i < WARMUP_BATCH; i++)
		sum += values[batch * WARMUP_BATCH + i];
	return sum / WARMUP_BATCH;
}

/* Walks from the last batch to the first, so that mean and squares of "all from here on" grow by one value at a time (Welford). */
size_t warmup_mser5(const double *values, size_t n)
{
	assert(values != NULL || n == 0);
	size_t batches = n / WARMUP_BATCH, half = batches / 2, best = half;
	if (batches < WARMUP_LEAST)
		return n;
	double mean = 0, squares = 0, least = INFINITY;
	for (size_t i = batches; i-- > 0;) {
		double value = warmup_batch_mean(values, i), count = (double)(batches - i), away = value - mean;
		mean += away / count;
		squares += away * (value - mean);
		double statistic = squares / (count * count);
		if (i <= half && statistic <= least) { /* among equals the shortest cut */
			least = statistic;
			best = i;
		}
	}
	assert(best <= half);
	return best == half ? n : best * WARMUP_BATCH;
}
