#include "scenarios/read/traffic.h"

#include <string.h>

#include "models/source/table.h"
#include "scenarios/read/arrivalkeys.h"
#include "scenarios/read/awstypes.h"
#include "scenarios/read/clientkeys.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/keyspec.h"
#include "scenarios/read/payloadkeys.h"
#include "scenarios/read/property.h"
#include "scenarios/read/schedules.h"
#include "scenarios/read/spreadkeys.h"
#include "scenarios/read/suggest.h"
#include "sim/base/memory.h"

/* A workload entry as written; its keys are read in the order in which they depend on each other. */
struct entry_form {
	const struct node *source, *arrivals, *payload, *client, *keys, *invocation;
};

#define ENTRY_READER(key)                                                                                         \
	static void entry_read_##key(struct reading *r, const struct node *value, const char *path, void *target) \
	{                                                                                                         \
		(void)r, (void)path;                                                                              \
		((struct entry_form *)target)->key = value;                                                       \
	}
ENTRY_READER(arrivals)
ENTRY_READER(payload)
ENTRY_READER(client)
ENTRY_READER(keys)
ENTRY_READER(invocation)

static void entry_read_source(struct reading *r, const struct node *value, const char *path, void *target)
{
	if (reading_is(r, value, NODE_SCALAR, path))
		((struct entry_form *)target)->source = value;
}

static const struct key entry_keys[] = {
	{.name = "Source", .type = KEY_WITH, .read = entry_read_source},
	{.name = "Arrivals", .type = KEY_WITH, .read = entry_read_arrivals},
	{.name = "Payload", .type = KEY_WITH, .read = entry_read_payload},
	{.name = "Client", .type = KEY_WITH, .read = entry_read_client},
	{.name = "InvocationType", .type = KEY_WITH, .read = entry_read_invocation},
	{.name = "Keys", .type = KEY_WITH, .read = entry_read_keys},
};

static void source_unknown(struct reading *r, const char *name, struct position at, const char *rule)
{
	const char **names = MEMORY_ARRAY(r->source_count, const char *);
	size_t count = 0;
	for (size_t i = 0; i < r->source_count; i++)
		if (r->sources[i].modelled)
			names[count++] = r->sources[i].name;
	diagnostic_add(r->found, SEVERITY_ERROR, at, rule, "no source is called '%s'", name);
	r->name_missing |= !suggest_name(r->found, name, names, count);
	memory_free(names);
}

/* Why a source cannot send, or NULL. */
static const char *entry_refusal(struct reading *r, const struct read_source *s, const char *name)
{
	const struct node *resource = node_get(node_get(r->root, "Resources"), name);
	const struct node *type = node_get(resource, "Type");
	if (s && s->modelled)
		return NULL;
	if (s && strcmp(s->type, "?") != 0)
		return s->type;
	return !s && type && type->kind == NODE_SCALAR ? type->text : NULL;
}

static struct read_source *entry_source(struct reading *r, const struct node *name)
{
	struct read_source *s = reading_source(r, name->text);
	const char *refused = entry_refusal(r, s, name->text);
	if (refused && property_is_function(refused)) {
		diagnostic_add(r->found, SEVERITY_ERROR, name->at, "read/source", "the Condition of function '%s' is false",
		               name->text);
		return NULL;
	}
	/* What a mistyped resource type was meant to be has been said at the type. */
	if (refused && !awstype_known(refused) && awstype_nearest(refused))
		return NULL;
	if (refused && strstr(refused, "Table") && !s->modelled) {
		diagnostic_add(r->found, SEVERITY_ERROR, name->at, "read/source",
		               "the table %s has no stream: it needs a StreamSpecification", name->text);
		return NULL;
	}
	if (refused) {
		diagnostic_add(r->found, SEVERITY_ERROR, name->at, "model/later", "%s as a source is not modelled yet", refused);
		return NULL;
	}
	if (!s || !s->modelled) {
		source_unknown(r, name->text, name->at, "read/source");
		return NULL;
	}
	return s;
}

/* InvocationType: Event makes an asynchronous invocation of a direct one. */
static void entry_invocation(struct reading *r, const struct node *value, const char *path, struct source_spec *out)
{
	static const char *const words[] = {"RequestResponse", "Event", "DryRun"};
	int word = key_word(r, value, path, words, KEY_COUNT(words));
	if (word == 2)
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "model/later", "InvocationType: %s is not modelled yet",
		               words[word]);
	if (word != 1)
		return;
	if (out->kind != SOURCE_INVOKE) {
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/value",
		               "InvocationType is for direct Invokes; %s is invoked as its service does it", out->name);
		return;
	}
	out->kind = SOURCE_INVOKE_EVENT;
	out->target = (struct target){TARGET_FUNCTION, out->function, r->scenario->functions[out->function].name};
}

static void entry_arrivals(struct reading *r, const struct entry_form *form, const struct read_source *s, const struct node *entry,
                           const char *path, struct source_spec *out)
{
	if (form->arrivals) {
		arrivals_read(r, form->arrivals, key_path(r, path, "Arrivals"), out);
	} else if (s->schedule) {
		schedule_times(r, s->schedule, r->scenario->duration, &out->arrivals);
		out->spread = s->schedule->window;
		if (out->arrivals.time_count == 0)
			diagnostic_add(r->found, SEVERITY_WARNING, s->schedule->at, "model/unused",
			               "%s does not fire in the %g s of the run%s", s->schedule->expression,
			               simtime_s(r->scenario->duration), s->schedule->disabled ? ": it is disabled" : "");
	} else if (!r->options->traffic_optional) {
		diagnostic_add(r->found, SEVERITY_ERROR, entry->at, "read/arrivals", "%s (%s) needs Arrivals, such as 20/s", path,
		               form->source->text);
	}
}

static void entry_fill(struct reading *r, const struct entry_form *form, const struct read_source *s, struct source_spec *out)
{
	*out = (struct source_spec){
		.name = reading_keep(r, form->source->text),
		.at = reading_keep_at(r, form->source->at),
		.kind = s->kind,
		.function = s->function,
		.target = {s->target.kind, s->target.index, reading_keep(r, s->target.name)},
		.arrivals = {.kind = ARRIVAL_POISSON},
		.wait_limit = s->wait_limit,
		.method = reading_keep(r, s->method),
		.payload_1_0 = s->payload_format && strcmp(s->payload_format, "1.0") == 0,
		.path = reading_keep(r, s->path),
		.edge = s->edge,
		.resource = reading_keep(r, s->resource),
		.resource_type = reading_keep(r, s->resource_type),
		.properties = reading_keep(r, s->properties),
		.viewer_functions = s->viewer_functions,
	};
}

static void entry_keys_of(struct reading *r, const struct entry_form *form, const char *path, struct source_spec *out)
{
	if (!form->keys)
		return;
	keyspec_read(r, form->keys, key_path(r, path, "Keys"), &out->keys);
	if (!keyspec_matters(r, &out->target))
		diagnostic_add(r->found, SEVERITY_WARNING, form->keys->at, "model/unused",
		               "%s: Keys are for streams and FIFO queues and topics; %s has none", path, out->name);
}

/* Nobody waits for the answer of an asynchronous event. */
static void entry_client(struct reading *r, const struct entry_form *form, const char *path, struct source_spec *out)
{
	client_default(&out->client);
	if (!form->client)
		return;
	if (source_kind_of(out->kind)->mode != SOURCE_SYNCHRONOUS) {
		diagnostic_add(r->found, SEVERITY_ERROR, form->client->at, "read/client",
		               "%s: nobody waits for the answer of %s; it has no Client", path, out->name);
		return;
	}
	out->has_client = true;
	client_read(r, form->client, key_path(r, path, "Client"), &out->client);
}

static void entry_unresolved(struct reading *r, struct read_source *s)
{
	for (size_t i = 0; i < s->unresolved.count; i++) {
		const struct diagnostic *d = &s->unresolved.items[i];
		diagnostic_add(r->found, d->severity, d->at, d->rule, "%s", d->text);
	}
}

/* Whether an earlier entry is for the same thing in the same way. Direct Invokes may be of both types. */
static bool entry_twice(struct reading *r, struct read_source *s, const struct source_spec *out)
{
	bool *has = out->kind == SOURCE_INVOKE_EVENT ? &s->has_invoke_events : &s->has_entry;
	if (*has)
		diagnostic_add(r->found, SEVERITY_ERROR, out->at, "read/source", "'%s' has two workload entries; give it one",
		               out->name);
	bool twice = *has;
	*has = s->has_traffic = true;
	return twice;
}

static void entry_read(struct reading *r, const struct node *entry, const char *path, struct source_spec *out)
{
	struct entry_form form = {0};
	size_t errors = r->found->errors;
	keys_read(r, entry, entry_keys, KEY_COUNT(entry_keys), path, &form);
	if (!form.source && r->found->errors == errors)
		diagnostic_add(r->found, SEVERITY_ERROR, entry->at, "read/source", "%s needs a Source", path);
	struct read_source *s = form.source ? entry_source(r, form.source) : NULL;
	if (!s)
		return;
	entry_fill(r, &form, s, out);
	if (form.invocation)
		entry_invocation(r, form.invocation, key_path(r, path, "InvocationType"), out);
	if (entry_twice(r, s, out))
		return;
	r->scenario->source_count++;
	entry_unresolved(r, s);
	payloads_read(r, form.payload, key_path(r, path, "Payload"), form.payload ? NULL : s->input, out);
	entry_arrivals(r, &form, s, entry, path, out);
	entry_keys_of(r, &form, path, out);
	entry_client(r, &form, path, out);
}

/* A function that is invoked both ways is two sources; they need two names. */
static void name_apart(struct reading *r)
{
	struct source_spec *s = r->scenario->sources;
	for (size_t i = 0; i < r->scenario->source_count; i++)
		for (size_t k = 0; s[i].kind == SOURCE_INVOKE_EVENT && k < r->scenario->source_count; k++)
			if (k != i && strcmp(s[k].name, s[i].name) == 0) {
				s[i].name = arena_format(r->arena, "%s:Event", s[i].name);
				break;
			}
}

void workload_read(struct reading *r, const struct node *value, const char *path, void *target)
{
	(void)target;
	if (!reading_is(r, value, NODE_LIST, path))
		return;
	r->scenario->sources = ARENA_ARRAY(r->arena, value->count + r->source_count, struct source_spec);
	for (size_t i = 0; i < value->count; i++) {
		const char *where = arena_format(&r->scratch, "%s[%zu]", path, i);
		const struct node *entry = reading_value(r, value->items[i], where);
		if (entry && entry != &resolver_absent)
			entry_read(r, entry, where, &r->scenario->sources[r->scenario->source_count]);
	}
	name_apart(r);
}

/* --- schedules that no entry names --------------------------------------------------------------------------------------------------- */

/* Whether it fires at all, and something of the template gets it. What cannot be known of it is told. */
static bool schedule_is_on(struct reading *r, const struct read_source *s)
{
	if (!s->schedule || s->has_entry || s->schedule->disabled || s->target.kind == TARGET_NONE ||
	    s->target.kind == TARGET_OUTSIDE)
		return false;
	const struct diagnostics *function = s->function == SOURCE_NO_FUNCTION ? NULL : &r->functions[s->function].unresolved;
	const struct diagnostics *unresolved = s->unresolved.count || !function ? &s->unresolved : function;
	if (unresolved->count == 0)
		return true;
	const struct diagnostic *d = &unresolved->items[0];
	diagnostic_add(r->found, r->careful ? SEVERITY_NOTE : SEVERITY_WARNING, d->at, d->rule, "%s does not fire here: %s",
	               s->name, d->text);
	return false;
}

static void schedule_fires(struct reading *r, struct read_source *s, struct source_spec *out)
{
	const struct entry_form form = {.source = node_scalar(&r->scratch, s->name, false, s->at)};
	struct arrival_spec times;
	if (schedule_times(r, s->schedule, r->scenario->duration, &times) < 0)
		return;
	if (times.time_count == 0) {
		if (r->careful)
			diagnostic_add(r->found, SEVERITY_NOTE, s->schedule->at, "model/unused",
			               "%s does not fire in the %g s of the run", s->schedule->expression,
			               simtime_s(r->scenario->duration));
		return;
	}
	entry_fill(r, &form, s, out);
	out->arrivals = times;
	out->spread = s->schedule->window;
	client_default(&out->client);
	payloads_read(r, NULL, s->name, s->input, out);
	s->has_entry = s->has_traffic = true;
	r->scenario->source_count++;
}

void schedules_fire(struct reading *r)
{
	struct scenario *scenario = r->scenario;
	if (r->options->traffic_optional && !r->careful)
		return;
	if (!scenario->sources)
		scenario->sources = ARENA_ARRAY(r->arena, r->source_count, struct source_spec);
	for (size_t i = 0; i < r->source_count; i++)
		if (schedule_is_on(r, &r->sources[i]))
			schedule_fires(r, &r->sources[i], &scenario->sources[scenario->source_count]);
}

/* --- latency --------------------------------------------------------------------------------------------------------------------------- */

static void latency_read(struct reading *r, const struct node_pair *pair, const char *path)
{
	const char *name = pair->key->text, *where = key_path(r, path, name);
	const struct read_source *s = reading_source(r, name);
	struct distribution latency;
	if (!s || !s->modelled) {
		source_unknown(r, name, pair->key->at, "read/source");
		return;
	}
	const struct node *value = reading_value(r, pair->value, where);
	if (!value || spread_read(r, value, where, &latency) < 0)
		return;
	for (size_t i = 0; i < r->scenario->source_count; i++) {
		struct source_spec *source = &r->scenario->sources[i];
		if (reading_source(r, source->name) != s)
			continue;
		source->has_latency = true;
		source->latency = latency;
	}
}

void latencies_read(struct reading *r, const struct node *value, const char *path, void *target)
{
	(void)target;
	if (!reading_is(r, value, NODE_MAP, path))
		return;
	for (size_t i = 0; i < value->count; i++)
		latency_read(r, &value->pairs[i], path);
}
