/* anew: the events of payloads with slots, for measuring: another one for each run. Run k gets the k-th event of its source, one with n records the
 * n from n x k on; an event is born a second after the one before it. What slots fill in by chance is dealt to the runs (struct
 * slots_deal in models/source/slots.h), so that as few runs as one measures see all of its distribution.
 *
 * Where a filter on its way looks at such a content, only those that pass come: the first of each ANEW_TRIED events, by chance alone.
 *
 * Same scenario, same events: nothing here depends on a seed or a clock. */
#ifndef MODELS_ANEW_H
#define MODELS_ANEW_H

#include "models/cost/profile.h"
#include "models/invoke/content.h"
#include "models/source/envelope.h"
#include "sim/arena.h"

enum {
	ANEW_CARDS_MOST = 100, /* runs in one deck; more runs take more decks */
	ANEW_TRIED = 1000      /* none of so many passes: the first one stands for them */
};

/* A request or an asynchronous event with a content that varies: fills e->text, length, render and the rest that goes with it. `runs` is how
 * many are sure to be made. What is borrowed (the plan) and the arena must live as long as *e. */
void anew_single(struct profile_event *e, const struct flow_plan *plan, uint32_t content, int runs, struct arena *a);

/* A batch of e->batch such events, those that `filter` passes. The place and the records, whose payloads are replaced, are copied. */
void anew_batch(struct profile_event *e, const struct flow_plan *plan, uint32_t content, const struct filter *filter, int runs,
                const struct envelope_place *place, const struct envelope_record *records, struct arena *a);

#endif
