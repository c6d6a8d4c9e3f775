/* content: what events carry, known before the run: each payload of the workload and of what functions emit, in the form in which it stands at a
 * place (the body of a queue's message, the detail of an event on a bus), and what becomes of it on its way. A message holds a number of this
 * table; filters are decided once for each content, so that the event loop looks up a bit.
 *
 * Only the contents of a payload with slots differ from event to event. Where a filter looks at one of them, it is decided for each event by
 * rendering it (FILTER_ASKS).
 *
 * models/contents.c makes the table; const afterwards. */
#ifndef MODELS_INVOKE_CONTENT_H
#define MODELS_INVOKE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/invoke/message.h"

struct envelope_attribute; /* models/source/envelope.h */
struct slots;              /* models/source/slots.h */
struct derive_step;        /* models/source/derive.h */
struct derive_root;
struct scenario;

#define CONTENT_NONE UINT32_MAX

struct content {
	const char *
		text; /* as it stands: a body, a Message, data, an object, an item, an event on a bus, a function's event; NULL: empty */
	size_t length;
	size_t size; /* what services count: text and attributes */
	const char *
		payload; /* what models/source/envelope.h makes its records of: `text`, or the record that the sender gave; NULL: none */
	size_t payload_length;
	const char *name;                            /* its file as written, or who makes it; NULL: the empty event; for reports */
	const struct envelope_attribute *attributes; /* of a message, besides those in `payload` */
	size_t attribute_count;
	const char *key, *event;   /* of an object: "a b.jpg", "ObjectCreated:Put"; else NULL */
	const struct slots *slots; /* of a payload with slots: `text` is that of a sample */
	bool varies;               /* it comes of one with slots */
	uint8_t steps;             /* how many came before it */
	uint32_t origin;           /* the content that it was made of, by `step`; CONTENT_NONE: a payload */
	const struct derive_step *step;
	uint64_t entity; /* whose events carry it first; of payloads only */
};

struct contents {
	struct content *items;
	size_t count;
};

/* What a filter says about a content. */
enum { FILTER_STOPS, FILTER_PASSES, FILTER_ASKS };

/* Which contents a filter passes. */
struct filter {
	const uint8_t *passes; /* by number; NULL: all */
	/* What it says about one event, where it asks. May allocate; neither draws nor schedules. */
	bool (*decide)(const void *ctx, const struct message *m);
	const void *ctx;
};

/* Whether events with this content can pass. */
static inline bool filter_passes(const struct filter *f, uint32_t content)
{
	return f->passes == NULL || f->passes[content] != FILTER_STOPS;
}

/* Whether this event passes. */
static inline bool filter_takes(const struct filter *f, const struct message *m)
{
	if (f->passes == NULL)
		return true;
	uint8_t says = f->passes[m->payload];
	return __builtin_expect(says == FILTER_ASKS, 0) ? f->decide(f->ctx, m) : says;
}

/* The filters and changes of content on the ways between stations. `rewritten[c]` is the content that content c becomes; NULL: it stays.
 * `refused[c]`: what content c becomes is none that the target takes: too large, or no JSON for a function; NULL: it takes all. Of contents that
 * vary the sample decides. */
struct way {
	struct filter filter;
	const uint32_t *rewritten;
	const uint8_t *refused;
};

static inline uint32_t way_content(const struct way *w, uint32_t content)
{
	return w->rewritten ? w->rewritten[content] : content;
}

static inline bool way_refuses(const struct way *w, uint32_t content)
{
	return w->refused && w->refused[content];
}

/* The ways out of a function's queue of asynchronous events. */
struct async_ways {
	struct way success, failed, expired; /* to its destinations: processed, tried in vain, too old */
	struct way dead_letter;
};

/* What a plan knows about ways and contents. */
struct flow_plan {
	const struct scenario *scenario;
	struct contents contents;
	const struct derive_root *roots; /* of the payloads, by content */
	const size_t *source_base;       /* of each workload source: its payload i is content source_base + i */
	size_t emit_base;                /* the scenario's payload i is content emit_base + i */
	size_t emit_count;               /* as many as the scenario's payloads */
	struct filter *mappings;         /* by mapping: what its FilterCriteria pass */
	struct way *batches;             /* by mapping: to its on-failure destination */
	struct way **subscriptions;      /* by topic and subscription */
	struct way ***rules;             /* by bus, rule and target; the filter is the rule's pattern */
	struct way **redrives;           /* by topic and subscription: to its dead-letter queue */
	struct way ***undelivered;       /* by bus, rule and target: likewise */
	struct way **notifications;      /* by bucket and notification */
	struct way *object_events;       /* by bucket: to the default bus */
	size_t default_bus;              /* its number; SIZE_MAX where the scenario has none */
	struct async_ways *async;        /* by function */
	const uint8_t *arrives;          /* content c comes to station s: bit c of row s, by contents_arrives */
};

#endif
