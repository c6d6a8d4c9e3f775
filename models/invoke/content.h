/* content: what events carry, known before the run: each payload of the workload and of what functions emit, in the form in which it stands at a
 * place (the body of a queue's message, the detail of an event on a bus). A message holds a number of this table; filters are decided once for
 * each content, so that the event loop looks up a bit.
 *
 * plan.c makes the table; const afterwards. */
#ifndef MODELS_INVOKE_CONTENT_H
#define MODELS_INVOKE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct content {
	const char *text; /* as it stands; NULL: the empty event */
	size_t length;
	const char *name; /* its file as written, or who makes it; for reports */
};

struct contents {
	struct content *items;
	size_t count;
};

/* Which contents a filter passes, by number; NULL: all. */
struct filter {
	const uint8_t *passes;
};

static inline bool filter_passes(const struct filter *f, uint32_t content)
{
	return f->passes == NULL || f->passes[content];
}

/* The filters and changes of content on the ways between stations. `rewritten[c]` is the content that content c becomes; NULL: it stays. */
struct way {
	struct filter filter;
	const uint32_t *rewritten;
};

static inline uint32_t way_content(const struct way *w, uint32_t content)
{
	return w->rewritten ? w->rewritten[content] : content;
}

/* What plan.c knows about ways and contents. */
struct flow_plan {
	struct contents contents;
	const size_t *source_base;  /* of each workload source: its payload i is content source_base + i */
	size_t emit_base;           /* the scenario's payload i is content emit_base + i */
	struct filter *mappings;    /* by mapping: what its FilterCriteria pass */
	struct way **subscriptions; /* by topic and subscription */
	struct way ***rules;        /* by bus, rule and target; the filter is the rule's pattern */
	struct way **notifications; /* by bucket and notification */
};

#endif
