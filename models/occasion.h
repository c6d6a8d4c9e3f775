/* occasion: the events that a function's handler can get in a scenario, for measuring it: one for each payload of each synchronous source; one for
 * each content that comes to its queue of asynchronous events; and for each event source mapping batches of 1, 10 and 100 records of each
 * content that it can read, as far as BatchSize and the size of an event allow (the largest possible batch stands in for a size that is
 * not).
 *
 * Of a queue the same batches come as what is received for the second and third time (ApproximateReceiveCount), as far as maxReceiveCount allows:
 * measured only where the records fail before that. Between 1 and the next size, a batch of 3: where the next size takes too long.
 *
 * What can come to what is known from the contents (models/contents.h), less what only functions emit that nothing invokes. Records of a batch
 * are events of one content: mixtures of contents are not measured (models/cost/measured.c makes their cost of those of each content). A content with slots is another one in each record and each run (anew.h). */
#ifndef MODELS_OCCASION_H
#define MODELS_OCCASION_H

#include <stddef.h>

#include "models/cost/profile.h"
#include "models/spec/scenario.h"
#include "sim/arena.h"

/* The events of one function, everything in `a` or the scenario's own, always in the same order; none when nothing invokes it. */
struct profile_events occasions_of(const struct scenario *s, size_t function, struct arena *a);

#endif
