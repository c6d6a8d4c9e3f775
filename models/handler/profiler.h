/* profiler: runs a function's real handler and measures it, or finds the same measurement in the cache.
 *
 * A profile is kept under $XDG_CACHE_HOME/weir (default ~/.cache/weir), named by the SHA-256 of everything it depends on: the code, the
 * handler's name, the runtime's version, environment variables, MemorySize, Timeout, events (of those with slots: the text with its slots, and the first two), number of runs and the machine. */
#ifndef MODELS_HANDLER_PROFILER_H
#define MODELS_HANDLER_PROFILER_H

#include <stdbool.h>
#include <stddef.h>

#include "models/cost/profile.h"
#include "models/spec/scenario.h"
#include "sim/base/error.h"

struct profiler_options {
	bool refresh;          /* measure again although the cache has it */
	const char *cache_dir; /* NULL: the default */
	/* Called now and then while measuring: `done` of `total` runs of this function, `with` being the event of the present one; may be
	 * NULL. Nonzero stops (an interrupt). */
	int (*progress)(void *ctx, const char *function, const struct profile_event *with, int done, int total);
	void *progress_ctx;
};

/* Measures one function of the scenario with each of these events (without any: with `{}`), Runs times each; where each run gets another event
 * (profile_event.render) up to four times as many, until the standard error of the mean duration is 5 % of it.
 * Returns 0 with *out owned by the caller (profile_free), or -1 with `e` filled: ERROR_INPUT when the handler cannot be found or started
 * (the message names the missing module or interpreter), ERROR_CHECK "k of N runs ended in TYPE: first message" when runs failed and
 * errors are not expected (nothing is stored then), ERROR_PROCESS when the machine failed. */
int profiler_measure(const struct scenario *s, size_t function, const struct profile_events *events,
                     const struct profiler_options *options, struct profile **out, struct error *e);

#endif
