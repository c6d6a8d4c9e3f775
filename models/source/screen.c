#include "models/source/screen.h"

#include <string.h>

#include "models/poll/jsontext.h"
#include "models/poll/pattern.h"
#include "models/source/attribute.h"
#include "models/source/place.h"

struct screen {
	bool (*passes)(const struct screen *x, const struct content *c);
	const struct pattern **patterns; /* any of them passes; NULL: one that passes nothing */
	size_t count;
	enum source_kind kind; /* mappings: of their records */
	struct envelope_place place;
	const struct notification_spec *notification;
};

static json_t *screen_json(const char *text, size_t length, struct arena *scratch)
{
	struct error e = {0};
	const struct jsontext *value = jsontext_read(text, length, scratch, NULL, &e);
	return value != NULL ? jsontext_json(value) : NULL;
}

static struct screen *screen_new(bool (*passes)(const struct screen *, const struct content *), const struct filter_spec *filters,
                                 size_t count, enum pattern_dialect dialect, struct arena *a)
{
	struct screen *x = ARENA_NEW(a, struct screen);
	x->passes = passes;
	x->patterns = ARENA_ARRAY(a, count, const struct pattern *);
	x->count = count;
	for (size_t i = 0; i < count; i++) {
		struct error e = {0};
		x->patterns[i] = pattern_compile(filters[i].text, filters[i].length, dialect, a, &e);
	}
	return x;
}

/* --- mappings ----------------------------------------------------------------------------------------------------------------------- */

static bool mapping_passes(const struct screen *x, const struct content *c)
{
	struct arena scratch = {0};
	const struct envelope_record r = derive_record(c);
	size_t length;
	const char *event = envelope_batch(x->kind, &x->place, &r, 1, &scratch, &length), *key = NULL;
	json_t *json = screen_json(event, length, &scratch);
	json_t *record = pattern_open_record(json_array_get(json_object_get(json, "Records"), 0), &key);
	bool passes = false;
	for (size_t i = 0; i < x->count && !passes; i++)
		passes = x->patterns[i] != NULL && pattern_match_record(x->patterns[i], record, key != NULL ? key : "");
	json_decref(record);
	json_decref(json);
	arena_fini(&scratch);
	return passes;
}

const struct screen *screen_of_mapping(const struct scenario *s, size_t mapping, struct arena *a)
{
	const struct mapping_spec *m = &s->mappings[mapping];
	if (m->filter_count == 0 || (m->source.kind != TARGET_QUEUE && m->source.kind != TARGET_STREAM))
		return NULL;
	struct screen *x = screen_new(mapping_passes, m->filters, m->filter_count, PATTERN_MAPPING_FILTER, a);
	place_of_mapping(s, m, a, &x->place, &x->kind);
	return x;
}

/* --- subscriptions ------------------------------------------------------------------------------------------------------------------ */

static bool body_passes(const struct screen *x, const struct content *c)
{
	struct error e = {0};
	return x->patterns[0] != NULL && c->text != NULL && pattern_match_text(x->patterns[0], c->text, c->length, NULL, &e) == 1;
}

static void attributes_add(json_t *map, const struct envelope_attribute *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		json_object_set_new(map, list[i].name, json_pack("{s:s, s:s}", "Type", list[i].type, "Value", list[i].value));
}

/* A message without attributes is one whose attributes are all absent. */
static bool attributes_pass(const struct screen *x, const struct content *c)
{
	struct arena scratch = {0};
	struct envelope_content inside;
	envelope_content_of(SOURCE_SNS, c->payload, c->payload_length, &scratch, &inside);
	json_t *map = json_object();
	attributes_add(map, inside.attributes, inside.attribute_count);
	attributes_add(map, c->attributes, c->attribute_count);
	bool passes = x->patterns[0] != NULL && pattern_match(x->patterns[0], map);
	json_decref(map);
	arena_fini(&scratch);
	return passes;
}

const struct screen *screen_of_subscription(const struct scenario *s, size_t topic, size_t subscription, struct arena *a)
{
	const struct subscription_spec *x = &s->topics[topic].subscriptions[subscription];
	if (!x->has_filter)
		return NULL;
	if (x->scope == FILTER_BODY)
		return screen_new(body_passes, &x->filter, 1, PATTERN_SNS_BODY, a);
	return screen_new(attributes_pass, &x->filter, 1, PATTERN_SNS_ATTRIBUTES, a);
}

/* --- rules -------------------------------------------------------------------------------------------------------------------------- */

const struct screen *screen_of_rule(const struct scenario *s, size_t bus, size_t rule, struct arena *a)
{
	const struct rule_spec *r = &s->buses[bus].rules[rule];
	if (r->pattern.text == NULL)
		return NULL;
	return screen_new(body_passes, &r->pattern, 1, PATTERN_EVENTBRIDGE, a);
}

/* --- notifications ------------------------------------------------------------------------------------------------------------------ */

/* "s3:ObjectCreated:*" takes "ObjectCreated:Put". */
static bool event_fits(const char *wanted, const char *event)
{
	if (wanted == NULL || event == NULL)
		return true;
	wanted += strncmp(wanted, "s3:", 3) == 0 ? 3 : 0;
	size_t length = strlen(wanted);
	return length > 0 && wanted[length - 1] == '*' ? strncmp(wanted, event, length - 1) == 0 : strcmp(wanted, event) == 0;
}

static bool notification_passes(const struct screen *x, const struct content *c)
{
	const struct notification_spec *n = x->notification;
	const char *key = c->key != NULL ? c->key : "", *prefix = n->prefix != NULL ? n->prefix : "",
		   *suffix = n->suffix != NULL ? n->suffix : "";
	size_t length = strlen(key), end = strlen(suffix);
	return event_fits(n->event, c->event) && strncmp(key, prefix, strlen(prefix)) == 0 && length >= end &&
	       strcmp(key + length - end, suffix) == 0;
}

const struct screen *screen_of_notification(const struct scenario *s, size_t bucket, size_t notification, struct arena *a)
{
	struct screen *x = ARENA_NEW(a, struct screen);
	x->passes = notification_passes;
	x->notification = &s->buckets[bucket].notifications[notification];
	return x;
}

bool screen_passes(const struct screen *x, const struct content *c)
{
	return x->passes(x, c);
}
