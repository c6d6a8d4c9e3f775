#include "scenarios/read/emitkeys.h"

#include <string.h>

#include "scenarios/read/keys.h"
#include "scenarios/read/keyspec.h"
#include "scenarios/read/payloadkeys.h"
#include "scenarios/read/resources.h"
#include "scenarios/read/suggest.h"
#include "scenarios/read/targets.h"
#include "sim/base/memory.h"

enum { EMIT_COUNT_MAX = 10000 };

struct emit_form {
	struct emit_spec spec;
	const struct node *to, *payload, *keys;
};

#define EMIT_READER(key)                                                                                         \
	static void emit_read_##key(struct reading *r, const struct node *value, const char *path, void *target) \
	{                                                                                                        \
		(void)r, (void)path;                                                                             \
		((struct emit_form *)target)->key = value;                                                       \
	}
EMIT_READER(to)
EMIT_READER(payload)
EMIT_READER(keys)

static const struct key emit_keys[] = {
	{.name = "To", .type = KEY_WITH, .read = emit_read_to},
	{.name = "Count", .type = KEY_NUMBER, .offset = offsetof(struct emit_form, spec.count), .low = 0, .high = EMIT_COUNT_MAX},
	{.name = "PerRecord", .type = KEY_BOOL, .offset = offsetof(struct emit_form, spec.per_record)},
	{.name = "Payload", .type = KEY_WITH, .read = emit_read_payload},
	{.name = "Keys", .type = KEY_WITH, .read = emit_read_keys},
};

static void emit_unknown(struct reading *r, const struct node *to)
{
	const struct resource_lists *l = r->resources;
	const char **names = MEMORY_ARRAY(l->count + r->function_count, const char *);
	size_t count = 0;
	for (size_t i = 0; i < l->count; i++)
		names[count++] = l->items[i].logical;
	for (size_t i = 0; i < r->function_count; i++)
		names[count++] = r->functions[i].logical;
	diagnostic_add(r->found, SEVERITY_ERROR, to->at, "read/target",
	               "'%s' is no queue, topic, bus, bucket, stream or function of this template", to->text);
	suggest_name(r->found, to->text, names, count);
	memory_free(names);
}

/* A logical ID; `default` for the default bus; an ARN, of the template's or of what lies outside. */
static struct target emit_target(struct reading *r, const struct node *to)
{
	const struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->items[i].logical, to->text) == 0)
			return (struct target){l->items[i].kind, l->items[i].index, l->items[i].logical};
	int function = reading_function(r, to->text);
	if (function >= 0)
		return (struct target){TARGET_FUNCTION, (size_t)function, r->scenario->functions[function].name};
	if (strcmp(to->text, "default") == 0)
		return (struct target){TARGET_BUS, resource_default_bus(r), "default"};
	if (strncmp(to->text, "arn:", 4) == 0)
		return target_of_arn(r, to->text);
	emit_unknown(r, to);
	return (struct target){0};
}

/* The payloads of all functions are one table. */
static size_t emit_payload_add(struct reading *r, const struct payload_spec *payload)
{
	struct resource_lists *l = r->resources;
	MEMORY_ROOM(l->payloads, l->payload_count, l->payload_capacity);
	l->payloads[l->payload_count] = *payload;
	return l->payload_count++;
}

static bool emit_read(struct reading *r, const struct node *value, const char *path, struct emit_spec *out)
{
	struct emit_form form = {.spec = {.count = 1}};
	struct payload_spec payload;
	size_t errors = r->found->errors;
	keys_read(r, value, emit_keys, KEY_COUNT(emit_keys), path, &form);
	if (!form.to && r->found->errors == errors)
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/target", "%s needs To", path);
	if (!form.to || !reading_is(r, form.to, NODE_SCALAR, key_path(r, path, "To")))
		return false;
	form.spec.to = emit_target(r, form.to);
	form.spec.at = reading_keep_at(r, value->at);
	if (form.keys)
		keyspec_read(r, form.keys, key_path(r, path, "Keys"), &form.spec.keys);
	if (form.keys && form.spec.to.kind != TARGET_NONE && !keyspec_matters(r, &form.spec.to))
		diagnostic_add(r->found, SEVERITY_WARNING, form.keys->at, "model/unused",
		               "%s: Keys are for streams and FIFO queues and topics; %s has none", path, form.spec.to.name);
	if (form.spec.to.kind == TARGET_NONE ||
	    payload_of_emit(r, form.payload, key_path(r, path, "Payload"), &form.spec.to, &payload) < 0)
		return false;
	form.spec.payload = emit_payload_add(r, &payload);
	*out = form.spec;
	return true;
}

void emits_read(struct reading *r, const struct node *value, const char *path, void *target)
{
	struct function_spec *f = target;
	if (!reading_is(r, value, NODE_LIST, path))
		return;
	struct emit_spec *emits = ARENA_ARRAY(r->arena, value->count, struct emit_spec);
	for (size_t i = 0; i < value->count; i++) {
		const char *where = arena_format(&r->scratch, "%s[%zu]", path, i);
		const struct node *n = reading_value(r, value->items[i], where);
		if (n && n != &resolver_absent)
			f->emit_count += emit_read(r, n, where, &emits[f->emit_count]);
	}
	f->emits = emits;
}
