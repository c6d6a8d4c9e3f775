#include "scenarios/read/override.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/read/keys.h"
#include "scenarios/read/property.h"
#include "scenarios/read/settable.h"
#include "scenarios/read/suggest.h"
#include "scenarios/read/texts.h"
#include "scenarios/read/yamltree.h"
#include "sim/base/memory.h"

enum { OVERRIDE_PARTS = 16 };

/* "A.B.C=VALUE", taken apart. */
struct override {
	struct reading *r;
	const char *option; /* "--set" */
	const char *text;
	char *path;
	char *parts[OVERRIDE_PARTS];
	size_t part_count;
	struct settable_names
		names[OVERRIDE_PARTS]; /* which are known for each part; items NULL: those inside the part before it, or any */
	const char *value;
	struct position at;
};

static int override_fail(struct override *o, const char *rule, const char *text)
{
	diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, rule, "%s", text);
	return -1;
}

/* Cuts at the first '='. */
static int override_cut(struct override *o, const char *wanted)
{
	const char *equals = strchr(o->text, '=');
	o->at.file = source_texts_add(o->r->texts, o->option, NULL, 0);
	if (!equals || equals == o->text) {
		diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, "read/option", "'%s' is not %s", o->text, wanted);
		return -1;
	}
	o->path = arena_string_n(&o->r->scratch, o->text, (size_t)(equals - o->text));
	o->value = equals + 1;
	char *name = arena_format(&o->r->scratch, "%s %s", o->option, o->path);
	o->at.file = source_texts_add(o->r->texts, name, NULL, 0);
	return 0;
}

static int override_parts(struct override *o)
{
	char *rest = arena_string(&o->r->scratch, o->path);
	while (rest) {
		if (o->part_count == OVERRIDE_PARTS)
			return override_fail(o, "read/option", "the name has too many parts");
		char *dot = strchr(rest, '.');
		if (dot)
			*dot = '\0';
		o->parts[o->part_count++] = rest;
		rest = dot ? dot + 1 : NULL;
	}
	if (o->part_count < 2)
		return override_fail(o, "read/option", "the name must be Logical.Property");
	return 0;
}

/* A plain text, or YAML where it begins like a map, a list or a quoted text. */
static const struct node *override_value(struct override *o)
{
	if (!o->value[0] || !strchr("{[\"'!", o->value[0]))
		return node_scalar(&o->r->scratch, o->value, true, o->at);
	return tree_read(o->value, strlen(o->value), o->at.file, &o->r->scratch, o->r->found);
}

/* --- what is known --------------------------------------------------------------------------------------------------------------------- */

/* "Q.RedrivePolicy": the parts before `end`. */
static const char *override_way(struct override *o, size_t end)
{
	const char *way = o->parts[0];
	for (size_t i = 1; i < end; i++)
		way = arena_format(&o->r->scratch, "%s.%s", way, o->parts[i]);
	return way;
}

/* What was meant may stand further inside: MaximumRetryAttempts is EventInvokeConfig.MaximumRetryAttempts. */
static const char *override_deeper(struct override *o, const struct settable_names *names, const char *part)
{
	const char *map;
	for (size_t i = 0; (map = settable_map(i)) != NULL; i++) {
		const struct settable_names children = settable_inside(map);
		if (settable_has(names, map) && settable_has(&children, part))
			return arena_format(&o->r->scratch, "%s.%s", map, part);
	}
	return NULL;
}

static int override_unknown(struct override *o, size_t part, const struct settable_names *names, const struct settable_names *more)
{
	const struct settable_names none = {0};
	more = more ? more : &none;
	const char *deeper = override_deeper(o, names, o->parts[part]);
	const char **all = MEMORY_ARRAY(names->count + more->count, const char *);
	if (names->count)
		memcpy(all, names->items, names->count * sizeof *all);
	if (more->count)
		memcpy(all + names->count, more->items, more->count * sizeof *all);
	diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, "read/unknown-key", "%s has no property '%s'", override_way(o, part),
	               o->parts[part]);
	if (deeper)
		diagnostic_hint(o->r->found, "did you mean '%s'?", deeper);
	else
		suggest_name(o->r->found, o->parts[part], all, names->count + more->count);
	memory_free(all);
	return -1;
}

static int override_later(struct override *o, const char *what)
{
	diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, "model/later",
	               "%s is not modelled yet, so its properties change nothing", what);
	return -1;
}

/* --- putting --------------------------------------------------------------------------------------------------------------------------- */

static const struct node *override_put(struct override *o, const struct node *n, size_t from, const struct node *value);

/* "0", "1" ... of a list's items. */
static const struct node *override_put_item(struct override *o, const struct node *list, size_t from, const struct node *value)
{
	struct arena *a = &o->r->scratch;
	const char *part = o->parts[from];
	bool whole = *part && strlen(part) < 10 && part[strspn(part, "0123456789")] == '\0';
	size_t index = whole ? strtoul(part, NULL, 10) : list->count;
	if (index >= list->count) {
		diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, "read/unknown-key",
		               "%s is a list of %zu; '%s' is none of its items", override_way(o, from), list->count, part);
		diagnostic_hint(o->r->found, "items are counted from 0");
		return NULL;
	}
	struct node *changed = ARENA_NEW(a, struct node);
	*changed = *list;
	changed->items = ARENA_ARRAY(a, list->count, const struct node *);
	memcpy(changed->items, list->items, list->count * sizeof *list->items);
	if (from + 1 < o->part_count && !o->names[from + 1].items)
		o->names[from + 1] = settable_inside(o->parts[from - 1]);
	changed->items[index] = override_put(o, list->items[index], from + 1, value);
	if (!changed->items[index])
		return NULL;
	node_finish(a, changed, NULL);
	return changed;
}

/* A text where a map is needed: JSON in a text will do. */
static const struct node *override_map_of_text(struct override *o, const struct node *n, size_t from)
{
	struct diagnostics found = {0};
	const struct node *map = n->text[0] == '{' ? tree_read(n->text, strlen(n->text), n->at.file, &o->r->scratch, &found) : NULL;
	diagnostics_fini(&found);
	if (map && map->kind == NODE_MAP)
		return map;
	diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, "read/value", "%s is a text; it has nothing inside that could be set",
	               override_way(o, from));
	return NULL;
}

/* A copy of `n` in which parts[from..] leads to the value; maps that are missing are made. NULL with an error. */
static const struct node *override_put(struct override *o, const struct node *n, size_t from, const struct node *value)
{
	if (from == o->part_count)
		return value;
	if (node_is_null(n))
		n = NULL;
	if (n && resolver_is_intrinsic(n)) {
		diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, "read/value",
		               "%s is an intrinsic function; what it stands for cannot be changed in part", override_way(o, from));
		diagnostic_hint(o->r->found, "set the whole of it: --set '%s={...}'", override_way(o, from));
		return NULL;
	}
	if (n && n->kind == NODE_LIST)
		return override_put_item(o, n, from, value);
	if (n && n->kind == NODE_SCALAR && !(n = override_map_of_text(o, n, from)))
		return NULL;
	if (from > 0 && !o->names[from].items)
		o->names[from] = settable_inside(o->parts[from - 1]);
	if (o->names[from].items && !settable_has(&o->names[from], o->parts[from])) {
		override_unknown(o, from, &o->names[from], NULL);
		return NULL;
	}
	const struct node *inner = override_put(o, node_get(n, o->parts[from]), from + 1, value);
	return inner ? node_put(&o->r->scratch, n, o->parts[from], inner, o->at) : NULL;
}

/* The path from parts[from] on in a part of the Weir section; parts[0] stays what it is: a name may have dots. */
static int override_weir(struct override *o, const char *section, size_t from, const struct node *value)
{
	struct arena *a = &o->r->scratch;
	const struct node *inner = node_get(o->r->weir, section), *named = node_get(inner, o->parts[0]);
	memset(o->names, 0, sizeof o->names); /* what is inside is checked when it is read */
	inner = inner && inner->kind == NODE_MAP ? inner : NULL;
	const struct node *changed = override_put(o, named, from, value);
	if (!changed)
		return -1;
	o->r->weir = node_put(a, o->r->weir, section, node_put(a, inner, o->parts[0], changed, o->at), o->at);
	return 0;
}

static int override_property(struct override *o, const struct node *resource, const struct node *value)
{
	struct reading *r = o->r;
	const struct node *properties = override_put(o, node_get(resource, "Properties"), 1, value);
	if (!properties)
		return -1;
	const struct node *changed = node_put(&r->scratch, resource, "Properties", properties, o->at);
	const struct node *resources = node_put(&r->scratch, node_get(r->root, "Resources"), o->parts[0], changed, o->at);
	r->root = node_put(&r->scratch, r->root, "Resources", resources, o->at);
	r->resolver.root = r->root;
	return 0;
}

/* --- events of a function ---------------------------------------------------------------------------------------------------------------- */

/* Makes room for a part before parts[at]. */
static int override_insert(struct override *o, size_t at, const char *part)
{
	if (o->part_count == OVERRIDE_PARTS)
		return override_fail(o, "read/option", "the name has too many parts");
	memmove(&o->parts[at + 1], &o->parts[at], (o->part_count - at) * sizeof *o->parts);
	o->parts[at] = arena_string(&o->r->scratch, part);
	o->part_count++;
	return 0;
}

static struct settable_names override_keys_of(struct override *o, const struct node *map)
{
	const char **names = ARENA_ARRAY(&o->r->scratch, map->count, const char *);
	for (size_t i = 0; i < map->count; i++)
		names[i] = map->pairs[i].key->text;
	return (struct settable_names){names, map->count};
}

/* F.Events.Jobs...: the event must be there, unless the whole of it is set. */
static int override_event(struct override *o, const struct node *resource, const struct node *events, const struct node *value)
{
	static const char *const parts[] = {"Properties", "Type"};
	const struct settable_names inside = {parts, KEY_COUNT(parts)};
	struct settable event = {0};
	const struct node *one = node_get(events, o->parts[2]), *type = node_get(one, "Type");
	if (o->part_count > 3) {
		o->names[2] = override_keys_of(o, events);
		o->names[3] = inside;
		if (one && !settable_has(&inside, o->parts[3]) && override_insert(o, 3, "Properties") < 0)
			return -1;
	}
	if (o->part_count <= 4 || !one)
		return override_property(o, resource, value);
	if (!type || type->kind != NODE_SCALAR)
		return override_property(o, resource, value);
	if (!settable_of_event(type->text, &event))
		return override_later(o, type->text);
	if (!settable_has(&event.keys, o->parts[4])) {
		o->names[4] = event.properties;
		return override_property(o, resource, value);
	}
	o->parts[0] = arena_format(&o->r->scratch, "%s.%s", o->parts[0], o->parts[2]);
	o->part_count -= 3;
	memmove(&o->parts[1], &o->parts[4], (o->part_count - 1) * sizeof *o->parts);
	return override_weir(o, event.section, 1, value);
}

/* A property of a function, one of its Weir keys, or something of one of its events: F.Jobs.BatchSize is F.Events.Jobs.Properties.BatchSize. */
static int override_function(struct override *o, const struct node *resource, const struct settable *function,
                             const struct node *value)
{
	const struct node *events = node_get(node_get(resource, "Properties"), "Events");
	bool known = settable_has(&function->properties, o->parts[1]), has_events = events && events->kind == NODE_MAP;
	if (settable_has(&function->keys, o->parts[1]))
		return override_weir(o, function->section, 1, value);
	if (!known && has_events && node_get(events, o->parts[1]) && o->part_count > 2) {
		if (override_insert(o, 1, "Events") < 0)
			return -1;
		known = true;
	}
	if (!known)
		return override_unknown(o, 1, &function->properties, &function->keys);
	if (has_events && strcmp(o->parts[1], "Events") == 0 && o->part_count > 2)
		return override_event(o, resource, events, value);
	return override_property(o, resource, value);
}

/* --- resources ------------------------------------------------------------------------------------------------------------------------------ */

static int override_unknown_resource(struct override *o)
{
	struct reading *r = o->r;
	struct settable any;
	const struct node *resources = node_get(r->root, "Resources");
	const char **names = MEMORY_ARRAY(resources->count, const char *);
	size_t count = 0;
	for (size_t i = 0; i < resources->count; i++) {
		const struct node *type = node_get(resources->pairs[i].value, "Type");
		if (type && type->kind == NODE_SCALAR && settable_of_type(type->text, &any))
			names[count++] = resources->pairs[i].key->text;
	}
	diagnostic_add(r->found, SEVERITY_ERROR, o->at, "read/function", "the template has no resource '%s'", o->parts[0]);
	suggest_name(r->found, o->parts[0], names, count);
	memory_free(names);
	return -1;
}

static int override_account(struct override *o, const struct node *value)
{
	const struct node *account = override_put(o, node_get(o->r->weir, "Account"), 1, value);
	if (account)
		o->r->weir = node_put(&o->r->scratch, o->r->weir, "Account", account, o->at);
	return account ? 0 : -1;
}

static int override_set(struct override *o)
{
	struct settable settable;
	if (override_cut(o, "Logical.Property=VALUE") < 0 || override_parts(o) < 0)
		return -1;
	const struct node *resource = node_get(node_get(o->r->root, "Resources"), o->parts[0]), *type = node_get(resource, "Type");
	const struct node *value = override_value(o);
	if (!value)
		return -1;
	if (!resource)
		return strcmp(o->parts[0], "Account") == 0 ? override_account(o, value) : override_unknown_resource(o);
	if (!type || type->kind != NODE_SCALAR || !settable_of_type(type->text, &settable))
		return override_later(o, type && type->kind == NODE_SCALAR ? type->text : "a resource without Type");
	o->names[1] = settable.properties;
	if (property_is_function(type->text))
		return override_function(o, resource, &settable, value);
	if (settable_has(&settable.keys, o->parts[1]))
		return override_weir(o, settable.section, 1, value);
	if (!settable_has(&settable.properties, o->parts[1]))
		return override_unknown(o, 1, &settable.properties, &settable.keys);
	return override_property(o, resource, value);
}

/* --- traffic ------------------------------------------------------------------------------------------------------------------------- */

/* What the key of an entry becomes. A rate replaces the rate alone: process, pattern and growth stay as they are written, unless the
 * process has no rate of its own. */
static const struct node *override_entry_value(struct arena *a, const struct node *entry, const char *key, const struct node *value,
                                               struct position at)
{
	const struct node *arrivals = node_get(entry, "Arrivals");
	if (strcmp(key, "Arrivals") != 0 || !arrivals || arrivals->kind != NODE_MAP)
		return value;
	const struct node *process = node_get(arrivals, "Process");
	if (node_is_text(process, "rates") || node_is_text(process, "times"))
		return value;
	return node_put(a, arrivals, "Rate", value, at);
}

/* The workload with one key of the source's entry changed; a new entry when it has none. */
static const struct node *override_workload(struct override *o, const struct node *workload, const char *key,
                                            const struct node *value)
{
	struct arena *a = &o->r->scratch;
	size_t count = workload ? workload->count : 0;
	bool done = false;
	struct node *list = ARENA_NEW(a, struct node);
	*list = (struct node){.kind = NODE_LIST, .at = workload ? workload->at : o->at};
	list->items = ARENA_ARRAY(a, count + 1, const struct node *);
	for (; list->count < count; list->count++) {
		const struct node *entry = workload->items[list->count];
		if (node_is_text(node_get(entry, "Source"), o->path)) {
			entry = node_put(a, entry, key, override_entry_value(a, entry, key, value, o->at), o->at);
			done = true;
		}
		list->items[list->count] = entry;
	}
	if (!done) {
		const struct node *source = node_scalar(a, o->path, true, o->at);
		list->items[list->count++] = node_put(a, node_put(a, NULL, "Source", source, o->at), key, value, o->at);
	}
	node_finish(a, list, NULL);
	return list;
}

static void override_traffic(struct reading *r, const char *option, const char *text, const char *key, const char *wanted)
{
	struct override o = {.r = r, .option = option, .text = text};
	if (override_cut(&o, wanted) < 0)
		return;
	const struct node *workload = node_get(r->weir, "Workload");
	if (workload && workload->kind != NODE_LIST)
		workload = NULL;
	const struct node *value = node_scalar(&r->scratch, o.value, true, o.at);
	workload = override_workload(&o, workload, key, value);
	r->weir = node_put(&r->scratch, r->weir, "Workload", workload, o.at);
}

static void override_key(struct reading *r, const char *option, const char *key, const char *text)
{
	if (!text)
		return;
	struct position at = {.file = source_texts_add(r->texts, option, NULL, 0)};
	r->weir = node_put(&r->scratch, r->weir, key, node_scalar(&r->scratch, text, true, at), at);
}

void overrides_apply(struct reading *r)
{
	const struct read_options *o = r->options;
	override_key(r, "--region", "Region", o->region);
	override_key(r, "--duration", "Duration", o->duration);
	override_key(r, "--replications", "Replications", o->replications);
	override_key(r, "--seed", "Seed", o->seed);
	for (size_t i = 0; i < o->set_count; i++) {
		struct override one = {.r = r, .option = "--set", .text = o->sets[i]};
		override_set(&one);
	}
	for (size_t i = 0; i < o->rate_count; i++)
		override_traffic(r, "--rate", o->rates[i], "Arrivals", "Source=RATE, such as Hello.Get=20/s");
	for (size_t i = 0; i < o->payload_count; i++)
		override_traffic(r, "--payload", o->payloads[i], "Payload", "Source=FILE, such as Hello.Get=events/get.json");
}
