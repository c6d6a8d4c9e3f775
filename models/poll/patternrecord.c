/* Events, records and messages as patterns see them. */
#include <stdint.h>
#include <string.h>

#include "models/poll/jsontext.h"
#include "models/poll/patternparts.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"

static bool match_plain(const struct pattern *p, const json_t *event)
{
	for (size_t i = 0; i < p->count; i++)
		if (pattern__branch_match(&p->branches[i], event))
			return true;
	return p->everything && json_is_object(event);
}

/* --- SNS attributes ------------------------------------------------------------------------------------------------------------------ */

static json_t *read_json(const char *text, size_t length)
{
	struct arena a = {0};
	struct error e = {0};
	const struct jsontext *v = jsontext_read(text, length, &a, NULL, &e);
	json_t *made = v != NULL ? jsontext_json(v) : NULL;
	arena_fini(&a);
	return made;
}

static const char *text_of(const json_t *object, const char *one, const char *other)
{
	const char *text = json_string_value(json_object_get(object, one));
	return text != NULL ? text : json_string_value(json_object_get(object, other));
}

static bool is_numeral(const json_t *v)
{
	return json_is_string(v) && json_string_length(v) > 0 && json_string_value(v)[0] == JSONTEXT_NUMERAL;
}

/* A new reference; NULL for what counts as absent. */
static json_t *attribute_value(json_t *attribute)
{
	if (!json_is_object(attribute))
		return json_incref(attribute);
	const char *type = text_of(attribute, "Type", "DataType"), *text = text_of(attribute, "Value", "StringValue");
	if (type == NULL || text == NULL)
		return NULL;
	if (strcmp(type, "String") == 0)
		return json_string_nocheck(text);
	bool number = strcmp(type, "Number") == 0;
	if (!number && strcmp(type, "String.Array") != 0)
		return NULL;
	json_t *v = read_json(text, strlen(text));
	if (v != NULL && (number ? json_is_number(v) || is_numeral(v) : json_is_array(v)))
		return v;
	json_decref(v);
	return NULL;
}

static bool match_attributes(const struct pattern *p, const json_t *attributes)
{
	json_t *plain = json_object(), *attribute;
	const char *name;
	size_t length;
	json_object_keylen_foreach((json_t *)attributes, name, length, attribute)
	{
		json_t *v = attribute_value(attribute);
		if (v != NULL)
			json_object_setn_new_nocheck(plain, name, length, v);
	}
	bool matches = match_plain(p, plain);
	json_decref(plain);
	return matches;
}

bool pattern_match(const struct pattern *p, const json_t *event)
{
	if (p->dialect == PATTERN_SNS_ATTRIBUTES)
		return json_is_object(event) && match_attributes(p, event);
	return match_plain(p, event);
}

int pattern_match_text(const struct pattern *p, const char *event, size_t length, struct position *at, struct error *e)
{
	struct arena a = {0};
	const struct jsontext *v = jsontext_read(event, length, &a, at, e);
	int result = -1;
	if (v != NULL && v->kind != JSONTEXT_OBJECT) {
		if (at != NULL)
			jsontext_position(event, v->from, at);
		error_set(e, ERROR_INPUT, "an event is a JSON object");
	} else if (v != NULL) {
		json_t *json = jsontext_json(v);
		result = pattern_match(p, json);
		json_decref(json);
	}
	arena_fini(&a);
	return result;
}

/* --- records ------------------------------------------------------------------------------------------------------------------------ */

enum form { FORM_NONE, FORM_TEXT, FORM_JSON };

/* How a branch asks for the data: not at all, as a text, or for fields inside of it. */
static enum form form_of(const struct branch *b, const char *key)
{
	size_t n = strlen(key);
	for (size_t i = 0; i < b->count; i++) {
		const struct field *f = b->fields[i];
		if (f->length >= n && memcmp(f->path, key, n) == 0 && (f->length == n || f->path[n] == '.'))
			return f->length == n ? FORM_TEXT : FORM_JSON;
	}
	return FORM_NONE;
}

bool pattern_match_record(const struct pattern *p, const json_t *record, const char *data_key)
{
	const json_t *data = json_object_get(record, data_key);
	enum form there = json_is_object(data) || json_is_array(data) ? FORM_JSON : FORM_TEXT;
	for (size_t i = 0; i < p->count; i++) {
		enum form asked = form_of(&p->branches[i], data_key);
		if ((asked == FORM_NONE || asked == there) && pattern__branch_match(&p->branches[i], record))
			return true;
	}
	return false;
}

json_t *pattern_data_text(const char *text, size_t length)
{
	json_t *v = read_json(text, length);
	if (json_is_object(v) || json_is_array(v))
		return v;
	json_decref(v);
	return json_stringn_nocheck(text, length);
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The decoded bytes (owned) and how many; NULL for what is no base64 (RFC 4648, padded). */
static char *base64_decode(const char *text, size_t length, size_t *count)
{
	size_t padding = 0;
	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	if (length % 4 != 0)
		return NULL;
	char *bytes = memory_alloc(length / 4 * 3);
	uint32_t group = 0;
	*count = 0;
	for (size_t i = 0; i < length - padding; i++) {
		int digit = base64_digit(text[i]);
		if (digit < 0) {
			memory_free(bytes);
			return NULL;
		}
		group = group << 6 | (uint32_t)digit;
		if (i % 4 > 0)
			bytes[(*count)++] = (char)(group >> (6 - 2 * (i % 4)));
	}
	return bytes;
}

static bool is_utf8(const char *bytes, size_t count)
{
	for (size_t i = 0; i < count;) {
		uint32_t c;
		i += utf8_next(bytes + i, count - i, &c);
		if (c == UTF8_INVALID)
			return false;
	}
	return true;
}

json_t *pattern_data_base64(const char *text, size_t length)
{
	size_t count;
	char *bytes = base64_decode(text, length, &count);
	bool usable = bytes != NULL && is_utf8(bytes, count);
	json_t *v = usable ? pattern_data_text(bytes, count) : pattern_data_text(text, length);
	memory_free(bytes);
	return v;
}

static json_t *with_data(const json_t *record, const char *key, json_t *data_of(const char *text, size_t length))
{
	json_t *made = json_copy((json_t *)record), *data = json_object_get(record, key);
	if (json_is_string(data))
		json_object_set_new_nocheck(made, key, data_of(json_string_value(data), json_string_length(data)));
	return made;
}

json_t *pattern_open_record(const json_t *record, const char **data_key)
{
	const json_t *kinesis = json_object_get(record, "kinesis");
	if (json_is_object(kinesis)) {
		*data_key = "data";
		return with_data(kinesis, "data", pattern_data_base64);
	}
	if (json_object_get(record, "body") != NULL) {
		*data_key = "body";
		return with_data(record, "body", pattern_data_text);
	}
	*data_key = json_object_get(record, "data") != NULL       ? "data"
	            : json_object_get(record, "value") != NULL    ? "value"
	            : json_object_get(record, "dynamodb") != NULL ? "dynamodb"
	                                                          : NULL;
	return *data_key != NULL ? with_data(record, *data_key, pattern_data_base64) : json_incref((json_t *)record);
}

bool pattern_dialect_find(const char *name, enum pattern_dialect *dialect)
{
	static const char *const dialects[] = {"eventbridge", "filter", "sns-body", "sns-attributes"};
	for (unsigned i = 0; i < sizeof dialects / sizeof *dialects; i++) {
		if (strcmp(name, dialects[i]) == 0) {
			*dialect = (enum pattern_dialect)i;
			return true;
		}
	}
	return false;
}
