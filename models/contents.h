/* contents: the table of what events carry (models/invoke/content.h), made of a scenario before it runs: each payload where it begins, closed under the
 * ways between stations, each content made once for each way that it takes; and what each filter says about each content that comes to it.
 *
 * Ways may go round, and every round would wrap the last one's text: after CONTENTS_STEPS changes a content stays as it is, as does one that
 * would grow beyond what the services take, and all that come when there are CONTENTS_DERIVED_MOST of them already. */
#ifndef MODELS_CONTENTS_H
#define MODELS_CONTENTS_H

#include "models/invoke/content.h"
#include "models/source/slots.h"
#include "models/spec/scenario.h"
#include "sim/arena.h"

enum {
	CONTENTS_STEPS = MESSAGE_HOPS_MOST, /* Lambda stops most loops after as many */
	CONTENTS_TEXT_MOST =
		1024 * 1024, /* of a derived one: the largest message of SQS, SNS and EventBridge, the largest asynchronous event */
	CONTENTS_DERIVED_MOST = 4096,
	CONTENTS_BYTES_MOST = 64 * 1024 * 1024 /* of all derived ones */
};

/* Fills all of *p; it borrows the scenario and lives in the arena. Payloads with slots that do not compile (the reader has refused them)
 * are taken as they are. */
void contents_compile(struct flow_plan *p, const struct scenario *s, struct arena *a);

/* Whether events with this content may come to a station (station_of). */
bool contents_arrives(const struct flow_plan *p, uint32_t station, uint32_t content);

/* The payload that a content comes of. */
uint32_t contents_first(const struct flow_plan *p, uint32_t content);

/* A content as one event carries it: `number` is that of the event at its source, from 0; `born` its birth. In `a`, or the table's own. */
void contents_render(const struct flow_plan *p, uint32_t content, uint64_t number, simtime born, struct arena *a,
                     struct content *out);

/* The same of one of a few events that stand for all: what is left to chance is dealt to them. */
void contents_deal(const struct flow_plan *p, uint32_t content, uint64_t number, simtime born, const struct slots_deal *deal,
                   struct arena *a, struct content *out);

#endif
