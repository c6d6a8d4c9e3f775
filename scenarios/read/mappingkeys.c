#include "scenarios/read/mappingkeys.h"

#include <string.h>

#include "scenarios/read/keys.h"
#include "scenarios/read/resources.h"
#include "scenarios/read/suggest.h"
#include "sim/base/memory.h"

/* AWS's own most of pollers; a pause of a week outlives every record. */
enum { POLLERS_MAX = 1250, POLLS_MAX = 1000000, PAUSE_MAX_DAYS = 7 };

#define FIELD(f) offsetof(struct mapping_spec, f)
#define COUNT(key, f, most)                                                                  \
	{                                                                                    \
		.name = key, .type = KEY_INTEGER, .offset = FIELD(f), .low = 1, .high = most \
	}
#define PAUSE(key, f)                                                                                                              \
	{                                                                                                                          \
		.name = key, .type = KEY_DURATION, .offset = FIELD(f), .above = true, .high = (double)PAUSE_MAX_DAYS * SIMTIME_DAY \
	}

/* The first ones are for all mappings, the rest for those that read a queue in the default mode. */
enum { KEYS_OF_ALL = 3 };
static const struct key mapping_keys[] = {
	PAUSE("RetryFirst", retry_first),
	PAUSE("RetryMost", retry_most),
	{.name = "ThrottleJitter", .type = KEY_SHARE, .offset = FIELD(throttle_jitter)},
	COUNT("PollersStart", scaling.start, POLLERS_MAX),
	COUNT("PollersLow", scaling.low, POLLERS_MAX),
	COUNT("EmptyPolls", scaling.empty_polls, POLLS_MAX),
	{.name = "PollersGrowth", .type = KEY_RATE, .offset = FIELD(scaling.growth_per_s), .above = true, .high = 1e6},
	COUNT("PollersStep", scaling.step, POLLERS_MAX),
	COUNT("ConcurrencyFloor", scaling.floor, POLLERS_MAX),
};

static const char *const names[] = {"RetryFirst", "RetryMost",     "ThrottleJitter", "PollersStart",    "PollersLow",
                                    "EmptyPolls", "PollersGrowth", "PollersStep",    "ConcurrencyFloor"};
_Static_assert(KEY_COUNT(names) == KEY_COUNT(mapping_keys), "every key has its name");

const char *const *mapping_key_names(size_t *count)
{
	*count = KEY_COUNT(names);
	return names;
}

static struct mapping_spec *mapping_named(struct reading *r, const struct node *name)
{
	struct resource_lists *l = r->resources;
	const char **all = MEMORY_ARRAY(l->mapping_count, const char *);
	struct mapping_spec *found = NULL;
	for (size_t i = 0; i < l->mapping_count; i++) {
		all[i] = l->mappings[i].name;
		if (strcmp(all[i], name->text) == 0)
			found = &l->mappings[i];
	}
	if (!found) {
		diagnostic_add(r->found, SEVERITY_ERROR, name->at, "read/target", "no event source mapping is called '%s'",
		               name->text);
		suggest_name(r->found, name->text, all, l->mapping_count);
	}
	memory_free(all);
	return found;
}

/* Keys that are not for what this mapping reads, or not for how. */
static void mapping_keys_check(struct reading *r, const struct node *map, const char *where, const struct mapping_spec *m)
{
	bool queue = m->source.kind == TARGET_QUEUE, provisioned = m->min_pollers > 0;
	for (size_t i = KEYS_OF_ALL; i < KEY_COUNT(names); i++) {
		const struct node_pair *pair = node_pair_of(map, names[i]);
		if (!pair || node_is_null(pair->value))
			continue;
		if (!queue)
			diagnostic_add(r->found, SEVERITY_ERROR, pair->key->at, "read/value",
			               "%s: %s is for mappings that read a queue", where, names[i]);
		else if (provisioned && strcmp(names[i], "ConcurrencyFloor") != 0)
			diagnostic_add(r->found, SEVERITY_WARNING, pair->key->at, "model/unused",
			               "%s: %s is not used with ProvisionedPollerConfig", where, names[i]);
	}
	if (m->retry_first > 0 && m->retry_most > 0 && m->retry_first > m->retry_most)
		diagnostic_add(r->found, SEVERITY_ERROR, map->at, "read/value", "%s: RetryFirst is longer than RetryMost", where);
	if (m->scaling.start > 0 && m->scaling.low > m->scaling.start)
		diagnostic_add(r->found, SEVERITY_ERROR, map->at, "read/value",
		               "%s: PollersLow (%d) is more than PollersStart (%d)", where, m->scaling.low, m->scaling.start);
}

void mapping_section_read(struct reading *r, const struct node *value, const char *path, void *target)
{
	(void)target;
	if (!reading_is(r, value, NODE_MAP, path))
		return;
	for (size_t i = 0; i < value->count; i++) {
		const char *where = key_path(r, path, value->pairs[i].key->text);
		struct mapping_spec *m = mapping_named(r, value->pairs[i].key);
		const struct node *map = m ? reading_value(r, value->pairs[i].value, where) : NULL;
		if (!map || node_is_null(map))
			continue;
		keys_read(r, map, mapping_keys, KEY_COUNT(mapping_keys), where, m);
		mapping_keys_check(r, map, where, m);
	}
}
