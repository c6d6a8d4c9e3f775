#include "scenarios/read/payloadkeys.h"

#include <jansson.h>

#include "models/source/envelope.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/texts.h"
#include "sim/base/memory.h"

struct payload_form {
	struct payload_spec spec;
	const struct node *file;
};

static void payload_read_file(struct reading *r, const struct node *value, const char *path, void *target)
{
	if (reading_is(r, value, NODE_SCALAR, path))
		((struct payload_form *)target)->file = value;
}

/* A direct Invoke takes JSON only; its text is checked here, so that the message names the line. */
static int payload_check(struct reading *r, const char *file, char **text, size_t length, struct position at)
{
	json_error_t fault;
	json_t *value = json_loadb(*text, length, JSON_DECODE_ANY, &fault);
	if (value) {
		json_decref(value);
		return 0;
	}
	const char *name = source_texts_add(r->texts, file, *text, length);
	*text = NULL;
	if (fault.line < 1)
		diagnostic_add(r->found, SEVERITY_ERROR, at, "read/payload", "'%s' is no JSON: %s", file, fault.text);
	else
		diagnostic_add(r->found, SEVERITY_ERROR, (struct position){name, fault.line, fault.column > 0 ? fault.column : 1},
		               "read/payload", "a direct Invoke needs JSON: %s", fault.text);
	return -1;
}

static int payload_event(struct reading *r, const struct source_spec *source, const char *text, size_t length, struct position at,
                         struct payload_spec *out)
{
	out->event = envelope_wrap(source->kind, source->method, source->path, text, length, r->arena, &out->event_length);
	if (out->event_length <= PAYLOAD_MAX)
		return 0;
	diagnostic_add(r->found, SEVERITY_ERROR, at, "limit/payload", "the event has %zu bytes; Lambda takes %d", out->event_length,
	               PAYLOAD_MAX);
	return -1;
}

static int payload_file(struct reading *r, const struct source_spec *source, const struct node *n, struct payload_spec *out)
{
	char *text;
	size_t length;
	const char *file = reading_path(r, n->text, n->at);
	if (reading_file(r, file, PAYLOAD_MAX, n->at, &text, &length) < 0)
		return -1;
	out->file = reading_keep(r, n->text);
	int status = source->kind == SOURCE_INVOKE ? payload_check(r, file, &text, length, n->at) : 0;
	if (status == 0)
		status = payload_event(r, source, text, length, n->at, out);
	memory_free(text);
	return status;
}

/* "a.json", or {File: a.json, Weight: 9}. */
static int payload_read(struct reading *r, const struct node *value, const char *path, const struct source_spec *source,
                        struct payload_spec *out)
{
	static const struct key keys[] = {
		{.name = "File", .type = KEY_WITH, .read = payload_read_file},
		{.name = "Weight",
	         .type = KEY_NUMBER,
	         .offset = offsetof(struct payload_form, spec.weight),
	         .above = true,
	         .high = 1e12},
	};
	struct payload_form form = {.spec = {.weight = 1}};
	size_t errors = r->found->errors;
	if (value->kind == NODE_SCALAR)
		form.file = value;
	else
		keys_read(r, value, keys, KEY_COUNT(keys), path, &form);
	if (r->found->errors > errors)
		return -1;
	if (node_is_null(form.file)) {
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/payload", "%s needs a File", path);
		return -1;
	}
	*out = form.spec;
	return payload_file(r, source, form.file, out);
}

int payloads_read(struct reading *r, const struct node *value, const char *path, struct source_spec *out)
{
	bool list = value && value->kind == NODE_LIST;
	size_t count = list ? value->count : 1;
	struct payload_spec *payloads = ARENA_ARRAY(r->arena, count, struct payload_spec);
	int status = 0;
	out->payloads = payloads;
	out->payload_count = count;
	if (!value) {
		payloads[0].weight = 1;
		return payload_event(r, out, NULL, 0, (struct position){0}, &payloads[0]);
	}
	if (count == 0) {
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/payload", "%s is an empty list", path);
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		const char *where = list ? arena_format(&r->scratch, "%s[%zu]", path, i) : path;
		const struct node *item = list ? reading_value(r, value->items[i], where) : value;
		if (!item || payload_read(r, item, where, out, &payloads[i]) < 0)
			status = -1;
	}
	return status;
}
