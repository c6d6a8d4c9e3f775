#include "tests/unit/fixture_shape.h"

#include <check.h>
#include <dirent.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "models/source/table.h"

enum { WRONG = 400, PATH = 300 };

/* --- comparing --------------------------------------------------------------------------------------------------------------------- */

static const char *form_of(const char *name)
{
	static const char *const forms[][2] = {
		{"UUID", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"},
		{"HEX32", "[0-9a-f]{32}"},
		{"BASE64", "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"},
		{"ISO_S", "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z"},
		{"ISO_MS", "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9][.][0-9]{3}Z"},
		{"CLF", "[0-3][0-9]/[A-Z][a-z]{2}/[0-9]{4}:[0-2][0-9]:[0-5][0-9]:[0-5][0-9] [+]0000"},
		{"IP", "[0-9]{1,3}([.][0-9]{1,3}){3}"},
		{"TRACE", "Root=1-[0-9a-f]{8}-[0-9a-f]{24}"},
		{"EXTENDED", "[A-Za-z0-9_+/-]{15}="},
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (strcmp(forms[i][0], name) == 0)
			return forms[i][1];
	ck_abort_msg("no form is called %s", name);
}

static int has_form(const char *text, const char *form)
{
	char pattern[600];
	regex_t compiled;
	size_t length = strlen(form);
	if (*form == '/')
		snprintf(pattern, sizeof pattern, "^(%.*s)$", (int)length - 2, form + 1);
	else
		snprintf(pattern, sizeof pattern, "^(%s)$", form_of(form));
	ck_assert_msg(regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) == 0, "%s is no regular expression", pattern);
	int found = regexec(&compiled, text, 0, NULL, 0) == 0;
	regfree(&compiled);
	return found;
}

static int text_differs(const char *expected, const json_t *event, const char *path, char *wrong)
{
	const char *text = json_string_value(event);
	if (text != NULL && (*expected == '~' ? has_form(text, expected + 1) : strcmp(text, expected) == 0))
		return 0;
	snprintf(wrong, WRONG, "%.100s is %.100s, not %.100s", path, text ? text : "no text", expected);
	return -1;
}

static int object_differs(const json_t *example, const json_t *event, const char *path, char *wrong)
{
	const char *key;
	json_t *value;
	char inner[PATH];
	json_object_foreach((json_t *)event, key, value) if (json_object_get(example, key) == NULL)
	{
		snprintf(wrong, WRONG, "%.100s has a key '%.100s' too many", path, key);
		return -1;
	}
	json_object_foreach((json_t *)example, key, value)
	{
		const json_t *other = json_object_get(event, key);
		snprintf(inner, sizeof inner, "%.150s/%.100s", path, key);
		if (other == NULL) {
			snprintf(wrong, WRONG, "%.200s is missing", inner);
			return -1;
		}
		if (fixture_shape_differs(value, other, inner, wrong))
			return -1;
	}
	return 0;
}

static int array_differs(const json_t *example, const json_t *event, const char *path, char *wrong)
{
	char inner[PATH];
	if (json_array_size(example) != json_array_size(event)) {
		snprintf(wrong, WRONG, "%.200s has %zu elements", path, json_array_size(event));
		return -1;
	}
	for (size_t i = 0; i < json_array_size(example); i++) {
		snprintf(inner, sizeof inner, "%.250s[%zu]", path, i);
		if (fixture_shape_differs(json_array_get(example, i), json_array_get(event, i), inner, wrong))
			return -1;
	}
	return 0;
}

int fixture_shape_differs(const json_t *example, const json_t *event, const char *path, char *wrong)
{
	if (json_is_string(example))
		return text_differs(json_string_value(example), event, path, wrong);
	if (json_typeof(example) != json_typeof(event)) {
		snprintf(wrong, WRONG, "%.200s has another type", path);
		return -1;
	}
	if (json_is_object(example))
		return object_differs(example, event, path, wrong);
	if (json_is_array(example))
		return array_differs(example, event, path, wrong);
	if (json_equal(example, event))
		return 0;
	snprintf(wrong, WRONG, "%.200s has another value: %g", path, json_number_value(event));
	return -1;
}

void fixture_shape_compare(const char *name, const json_t *example, const char *text, size_t length)
{
	char wrong[WRONG];
	json_error_t error;
	json_t *event = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	ck_assert_msg(event != NULL, "%s: %s: %s", name, error.text, text);
	ck_assert_uint_eq(strlen(text), length);
	ck_assert_msg(fixture_shape_differs(example, event, "", wrong) == 0, "%s: %s in %s", name, wrong, text);
	json_decref(event);
}

/* --- making ------------------------------------------------------------------------------------------------------------------------ */

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int number_of(const json_t *object, const char *key)
{
	return (int)json_integer_value(json_object_get(object, key));
}

static simtime time_of(const json_t *object, const char *key, simtime unit)
{
	return (simtime)json_integer_value(json_object_get(object, key)) * unit;
}

static bool is_set(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

/* A string is the payload itself, any other JSON value its text. */
static const char *payload_of(const json_t *object, const char *key, struct arena *a, size_t *length)
{
	const json_t *value = json_object_get(object, key);
	*length = 0;
	if (value == NULL)
		return NULL;
	char *dumped = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
	const char *text = arena_string(a, dumped ? dumped : json_string_value(value));
	free(dumped);
	*length = strlen(text);
	return text;
}

static const struct envelope_window *window_of(const json_t *json, struct arena *a)
{
	if (json == NULL)
		return NULL;
	struct envelope_window *w = ARENA_NEW(a, struct envelope_window);
	w->start = time_of(json, "start_s", SIMTIME_SECOND);
	w->end = time_of(json, "end_s", SIMTIME_SECOND);
	w->shard = (size_t)number_of(json, "shard");
	w->final = is_set(json, "final");
	w->early = is_set(json, "early");
	w->state = payload_of(json, "state", a, &w->state_length);
	return w;
}

static struct envelope_place place_of(const json_t *json, struct arena *a)
{
	static const char *const edges[] = {"viewer-request", "origin-request", "origin-response", "viewer-response"};
	struct envelope_place p = {.region = text_of(json, "region"),
	                           .name = text_of(json, "name"),
	                           .function = text_of(json, "function"),
	                           .method = text_of(json, "method"),
	                           .path = text_of(json, "path"),
	                           .payload_1_0 = is_set(json, "payload_1_0"),
	                           .multi_value = is_set(json, "multi_value"),
	                           .fifo = is_set(json, "fifo"),
	                           .window_or_filter = is_set(json, "window_or_filter"),
	                           .consumer = text_of(json, "consumer"),
	                           .view = text_of(json, "view"),
	                           .hash_key = text_of(json, "hash_key"),
	                           .window = window_of(json_object_get(json, "window"), a),
	                           .event = text_of(json, "event"),
	                           .prefix = text_of(json, "prefix"),
	                           .suffix = text_of(json, "suffix"),
	                           .source = text_of(json, "source"),
	                           .detail_type = text_of(json, "detail_type")};
	for (int i = 0; i < 4 && text_of(json, "edge"); i++)
		if (strcmp(text_of(json, "edge"), edges[i]) == 0)
			p.edge = (enum envelope_edge)i;
	return p;
}

static const struct envelope_attribute *attributes_of(const json_t *list, struct arena *a)
{
	struct envelope_attribute *all = ARENA_ARRAY(a, json_array_size(list), struct envelope_attribute);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		all[i] = (struct envelope_attribute){text_of(one, "name"), text_of(one, "type"), text_of(one, "value")};
	}
	return all;
}

static struct envelope_record *records_of(const json_t *list, struct arena *a)
{
	struct envelope_record *all = ARENA_ARRAY(a, json_array_size(list), struct envelope_record);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		struct envelope_record *r = &all[i];
		r->payload = payload_of(one, "payload", a, &r->length);
		if (text_of(one, "payload_base64")) {
			ck_assert_str_eq(text_of(one, "payload_base64"), "//4="); /* the one that is needed */
			r->payload = "\xff\xfe";
			r->length = 2;
		}
		r->key = text_of(one, "key");
		r->identity = (uint64_t)number_of(one, "identity");
		r->sent = time_of(one, "sent_ms", SIMTIME_MS);
		r->first_received = time_of(one, "first_received_ms", SIMTIME_MS);
		r->arrival = time_of(one, "arrival_ms", SIMTIME_MS);
		r->receive_count = number_of(one, "receive_count");
		r->sequence = (uint64_t)json_integer_value(json_object_get(one, "sequence"));
		r->shard = (size_t)number_of(one, "shard");
		r->dead_letter_source = text_of(one, "dead_letter_source");
		r->trace = text_of(one, "trace");
		r->attributes = attributes_of(json_object_get(one, "attributes"), a);
		r->attribute_count = json_array_size(json_object_get(one, "attributes"));
	}
	return all;
}

static struct aftermath_event aftermath_of(const json_t *json, struct arena *a)
{
	struct aftermath_event e = {.function = text_of(json, "function"),
	                            .qualifier = text_of(json, "qualifier"),
	                            .identity = 1,
	                            .at = time_of(json, "at_ms", SIMTIME_MS),
	                            .condition = (enum aftermath_condition)number_of(json, "condition"),
	                            .invocations = number_of(json, "invocations"),
	                            .failed = is_set(json, "failed"),
	                            .error_type = text_of(json, "error_type"),
	                            .error_message = text_of(json, "error_message")};
	e.payload = payload_of(json, "payload", a, &e.length);
	e.answer = payload_of(json, "answer", a, &e.answer_length);
	return e;
}

static char *batch_record(enum source_kind kind, const struct envelope_place *place, const json_t *json,
                          const struct envelope_record *records, size_t count, struct arena *a, size_t *length)
{
	const struct aftermath_batch batch = {.at = time_of(json, "at_ms", SIMTIME_MS),
	                                      .too_old = is_set(json, "too_old"),
	                                      .invocations = number_of(json, "invocations"),
	                                      .payload = is_set(json, "with_payload"),
	                                      .records = records,
	                                      .count = count};
	return aftermath_batch_record(kind, place, &batch, a, length);
}

char *fixture_shape_event(struct fixture_shape *shape, size_t *length)
{
	struct arena *a = &shape->arena;
	enum source_kind kind;
	const json_t *example = shape->example, *list = json_object_get(example, "records");
	const char *make = text_of(example, "make");
	ck_assert_msg(source_kind_named(text_of(example, "kind"), &kind) != NULL, "%s: what kind is it?", shape->name);
	ck_assert_msg(text_of(example, "source") != NULL, "%s names no source", shape->name);
	struct envelope_place place = place_of(json_object_get(example, "place"), a);
	const struct envelope_record *records = records_of(list, a);
	const json_t *after = json_object_get(example, "aftermath");
	struct aftermath_event aftermath = aftermath_of(after, a);
	if (make == NULL)
		return envelope_batch(kind, &place, records, json_array_size(list), a, length);
	if (strcmp(make, "notification") == 0)
		return envelope_notification(&place, records, a, length);
	if (strcmp(make, "object event") == 0)
		return envelope_object_event(&place, records, a, length);
	if (strcmp(make, "destination") == 0)
		return aftermath_record(&aftermath, a, length);
	if (strcmp(make, "destination on bus") == 0)
		return aftermath_on_bus(&aftermath, text_of(after, "bus"), a, length);
	if (strcmp(make, "batch") == 0)
		return batch_record(kind, &place, after, records, json_array_size(list), a, length);
	ck_abort_msg("%s: nothing makes '%s'", shape->name, make);
}

/* --- the folder -------------------------------------------------------------------------------------------------------------------- */

static int is_example(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

int fixture_shapes(void (*each)(struct fixture_shape *shape))
{
	struct dirent **entries;
	int count = scandir("tests/shapes", &entries, is_example, alphasort);
	ck_assert_msg(count > 0, "start it in the folder of the Makefile");
	for (int i = 0; i < count; i++) {
		struct fixture_shape shape = {0};
		char path[400];
		json_error_t error;
		snprintf(path, sizeof path, "tests/shapes/%s", entries[i]->d_name);
		snprintf(shape.name, sizeof shape.name, "%.60s", entries[i]->d_name);
		shape.example = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
		ck_assert_msg(shape.example != NULL, "%s:%d: %s", path, error.line, error.text);
		each(&shape);
		json_decref(shape.example);
		arena_fini(&shape.arena);
		free(entries[i]);
	}
	free(entries);
	return count;
}
