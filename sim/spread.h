/* spread: does numbered pieces of work on several threads; the answer must not depend on how many.
 *
 * A worker owns what one thread needs (a run). `work` does item i with it and leaves a result; `merge` takes results in order of i,
 * one at a time, on whichever thread finished: so sums of doubles are the same for any number of threads. A result that
 * is early waits; at most 2 x jobs results exist at once. */
#ifndef SIM_SPREAD_H
#define SIM_SPREAD_H

#include <stdint.h>

struct spread_task {
	void *(*worker_new)(void *ctx); /* once a thread */
	void (*worker_free)(void *worker);
	void *(*work)(void *worker, uint64_t item);            /* returns a result that merge takes over */
	void (*merge)(void *ctx, uint64_t item, void *result); /* in order of item, never two at once */
	int (*stop)(void *ctx);                                /* nonzero ends early (an interrupt); may be NULL */
};

/* Does items from .. to-1 on `jobs` threads (at least 1; 1 uses the calling thread). Returns how many items were merged: fewer than
 * to - from only after `stop`. */
uint64_t spread_run(const struct spread_task *task, void *ctx, uint64_t from, uint64_t to, unsigned jobs);

#endif
