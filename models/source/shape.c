#include "models/source/shape.h"

#include <string.h>

#include "sim/base/utf8.h"

/* --- reading ----------------------------------------------------------------------------------------------------------------------- */

/* A NUL is UTF-8 but no text. */
static bool is_plain_text(const char *bytes, size_t length)
{
	uint32_t c;
	for (size_t i = 0; i < length;) {
		i += utf8_next(bytes + i, length - i, &c);
		if (c == UTF8_INVALID || c == 0)
			return false;
	}
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* White space around a JSON text means nothing, and a client would not send a file's last newline. */
static const char *trimmed(const char *text, size_t *length, struct arena *a)
{
	for (; *length > 0 && is_blank(*text); ++text)
		--*length;
	while (*length > 0 && is_blank(text[*length - 1]))
		--*length;
	return arena_string_n(a, text, *length);
}

struct shape_payload shape__payload(const char *payload, size_t length, struct arena *a)
{
	struct shape_payload p = {0};
	if (payload == NULL || length == 0)
		return p;
	p.json = json_loadb(payload, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	p.length = length;
	p.text = p.json != NULL ? trimmed(payload, &p.length, a) : arena_string_n(a, payload, length);
	p.binary = p.json == NULL && !is_plain_text(payload, length);
	return p;
}

void shape__payload_end(struct shape_payload *p)
{
	json_decref(p->json);
	*p = (struct shape_payload){0};
}

bool shape__is_text(const json_t *object, const char *key)
{
	return json_is_string(json_object_get(object, key));
}

bool shape__only_has(const json_t *object, const char *const *known, size_t count)
{
	for (void *at = json_object_iter((json_t *)object); at != NULL; at = json_object_iter_next((json_t *)object, at)) {
		size_t i = 0;
		while (i < count && strcmp(known[i], json_object_iter_key(at)) != 0)
			i++;
		if (i == count)
			return false;
	}
	return true;
}

const char *shape__text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool is_source(const json_t *record, const char *source_key, const char *source)
{
	const char *value = shape__text(record, source_key);
	return value != NULL && strcmp(value, source) == 0;
}

bool shape__is_records(const json_t *event, const char *source_key, const char *source)
{
	return is_source(json_array_get(json_object_get(event, "Records"), 0), source_key, source);
}

json_t *shape__record(json_t *event, const char *source_key, const char *source, const char *part)
{
	json_t *inner = json_array_get(json_object_get(event, "Records"), 0);
	json_t *record = inner != NULL ? inner : event;
	bool fits = is_source(record, source_key, source) ||
	            (json_object_get(record, source_key) == NULL && json_is_object(json_object_get(record, part)));
	return fits ? record : NULL;
}

const char *shape__message(const struct shape_payload *p, size_t *length, struct arena *a)
{
	*length = p->length;
	if (!p->binary)
		return p->text != NULL ? p->text : "";
	const char *text = madeup_base64(a, p->text, p->length);
	*length = strlen(text);
	return text;
}

/* --- writing ----------------------------------------------------------------------------------------------------------------------- */

void shape__field(struct json_out *j, const char *key, const char *value)
{
	json_out_key(j, key);
	json_out_string(j, value);
}

void shape__some(struct json_out *j, const char *key, const char *value)
{
	if (value != NULL)
		shape__field(j, key, value);
}

void shape__count(struct json_out *j, const char *key, int64_t value)
{
	json_out_key(j, key);
	json_out_int(j, value);
}

void shape__flag(struct json_out *j, const char *key, bool value)
{
	json_out_key(j, key);
	json_out_bool(j, value);
}

static void shape_json_number(struct textbuf *out, const json_t *value)
{
	char text[JSON_OUT_NUMBER];
	if (json_is_integer(value)) {
		textbuf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return;
	}
	json_out_number(text, json_real_value(value));
	textbuf_add(out, text);
}

static void shape_json_object(struct textbuf *out, const json_t *value)
{
	const char *comma = "";
	for (void *at = json_object_iter((json_t *)value); at != NULL; at = json_object_iter_next((json_t *)value, at)) {
		const char *key = json_object_iter_key(at);
		textbuf_add(out, comma);
		json_out_quote(out, key, strlen(key));
		textbuf_add_char(out, ':');
		shape__json(out, json_object_iter_value(at));
		comma = ",";
	}
}

void shape__json(struct textbuf *out, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		textbuf_add_char(out, '{');
		shape_json_object(out, value);
		textbuf_add_char(out, '}');
		return;
	case JSON_ARRAY:
		textbuf_add_char(out, '[');
		for (size_t i = 0; i < json_array_size(value); i++) {
			textbuf_add(out, i > 0 ? "," : "");
			shape__json(out, json_array_get(value, i));
		}
		textbuf_add_char(out, ']');
		return;
	case JSON_STRING: json_out_quote(out, json_string_value(value), json_string_length(value)); return;
	case JSON_INTEGER:
	case JSON_REAL: shape_json_number(out, value); return;
	case JSON_TRUE: textbuf_add(out, "true"); return;
	case JSON_FALSE: textbuf_add(out, "false"); return;
	case JSON_NULL: textbuf_add(out, "null"); return;
	}
}

void shape__member(struct json_out *j, const char *key, const json_t *value)
{
	if (value == NULL)
		return;
	struct textbuf text = {0};
	shape__json(&text, value);
	json_out_key(j, key);
	json_out_raw(j, text.text, text.length);
	textbuf_fini(&text);
}

void shape__records(struct json_out *j)
{
	json_out_object(j);
	json_out_key(j, "Records");
	json_out_array(j);
}

void shape__records_end(struct json_out *j)
{
	json_out_end_array(j);
	json_out_end_object(j);
}

const char *shape__arn(const struct shape_event *e, const char *service, const char *prefix, const char *name)
{
	if (e->place->name != NULL)
		name = e->place->name;
	return madeup_arn(e->arena, service, e->region, arena_format(e->arena, "%s%s", prefix, name));
}
