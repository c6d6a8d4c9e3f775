#include "scenarios/read/payloadkeys.h"

#include <jansson.h>
#include <string.h>

#include "models/invoke/engine.h"
#include "models/invoke/message.h"
#include "models/source/envelope.h"
#include "models/source/slots.h"
#include "models/source/table.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/resources.h"
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

/* A payload's text: as it stands in its file, and as the first event has it, whose slots are filled. */
struct payload_text {
	const char *file; /* for positions */
	const char *text, *sample;
	size_t length, sample_length;
	struct position at; /* where the file is named */
};

/* Fills the sample; slots that are none are errors. */
static int payload_fill(struct reading *r, const struct source_spec *source, struct payload_text *p)
{
	const struct slots_event first = {.identity = message_identity(engine_entity(source->name), 0, 0)};
	const struct slots *slots;
	p->sample = p->text;
	p->sample_length = p->length;
	if (slots_compile(p->text, p->length, p->file, r->found, &r->scratch, &slots) < 0)
		return -1;
	if (slots)
		p->sample = slots_render(slots, &first, &r->scratch, &p->sample_length);
	return 0;
}

/* A direct Invoke takes JSON only; its text is checked here, so that the message names the line. Filled slots move what stands behind them. */
static int payload_check(struct reading *r, const struct payload_text *p)
{
	json_error_t fault;
	json_t *value = json_loadb(p->sample, p->sample_length, JSON_DECODE_ANY, &fault);
	if (value) {
		json_decref(value);
		return 0;
	}
	int column = fault.column > 0 && p->sample == p->text ? fault.column : 1;
	if (fault.line < 1)
		diagnostic_add(r->found, SEVERITY_ERROR, p->at, "read/payload", "'%s' is no JSON: %s", p->file, fault.text);
	else
		diagnostic_add(r->found, SEVERITY_ERROR, (struct position){p->file, fault.line, column}, "read/payload",
		               "a direct Invoke needs JSON: %s", fault.text);
	return -1;
}

/* What a service takes at once. Sources: Lambda Developer Guide, "Lambda quotas" (6 MB, 1 MB asynchronously); Amazon SQS API Reference,
 * "CreateQueue" (1 MiB); Amazon SNS Developer Guide, "Publishing large messages" (up to 1 MiB); Amazon EventBridge User Guide, "PutEvents"
 * (1 MB); Amazon Kinesis Data Streams, "Quotas and limits" (10 MiB a record); Amazon DynamoDB, "Quotas" (an item of 400 KB). An object
 * of S3 is not in its event. */
static size_t payload_limit(enum source_kind kind)
{
	enum { MIB = 1024 * 1024, ITEM_MAX = 400 * 1024, RECORD_MAX = 10 * MIB };
	switch (kind) {
	case SOURCE_S3: return PAYLOAD_MAX;
	case SOURCE_KINESIS: return RECORD_MAX;
	case SOURCE_DYNAMODB: return ITEM_MAX;
	case SOURCE_ALB: return MIB; /* Elastic Load Balancing, Lambda functions as targets: above, the client gets 413 */
	default: return source_kind_of(kind)->mode == SOURCE_SYNCHRONOUS ? PAYLOAD_MAX : MIB;
	}
}

/* The text is NULL for the empty event. With slots the event is the first one. */
static int payload_event(struct reading *r, const struct source_spec *source, const struct payload_text *p,
                         struct payload_spec *out)
{
	bool waited_for = source_kind_of(source->kind)->mode == SOURCE_SYNCHRONOUS;
	size_t limit = payload_limit(source->kind), size;
	const char *refusal = envelope_refusal(source->kind, p->sample, p->sample_length);
	if (refusal) {
		diagnostic_add(r->found, SEVERITY_ERROR, p->at, "read/payload", "%s: %s", source->name, refusal);
		return -1;
	}
	out->event = envelope_of_source(r->scenario, source, p->sample, p->sample_length, r->arena, &out->event_length);
	out->text = p->text ? arena_string_n(r->arena, p->text, p->length) : NULL;
	out->text_length = p->length;
	bool whole = waited_for && source->kind != SOURCE_ALB; /* whose limit is the body's */
	size = whole ? out->event_length : p->sample_length;
	if (size <= limit)
		return 0;
	diagnostic_add(r->found, SEVERITY_ERROR, p->at, "limit/payload", "the event has %zu bytes; %s takes %zu", size,
	               whole ? "Lambda" : source_kind_of(source->kind)->service, limit);
	return -1;
}

/* A file on the disk, named at `at`. */
static int payload_load(struct reading *r, const struct source_spec *source, const char *name, struct position at,
                        struct payload_spec *out)
{
	enum { FILE_MAX = 10 * 1024 * 1024 };
	char *text;
	struct payload_text p = {.file = reading_path(r, name, at), .at = at};
	if (reading_file(r, p.file, source->kind == SOURCE_KINESIS ? FILE_MAX : PAYLOAD_MAX, at, &text, &p.length) < 0)
		return -1;
	p.file = source_texts_add(r->texts, p.file, text, p.length);
	p.text = text;
	out->file = reading_keep(r, name);
	bool json = source->kind == SOURCE_INVOKE || source->kind == SOURCE_INVOKE_EVENT;
	if (payload_fill(r, source, &p) < 0 || (json && payload_check(r, &p) < 0))
		return -1;
	return payload_event(r, source, &p, out);
}

static int payload_empty(struct reading *r, const struct source_spec *source, struct position at, struct payload_spec *out)
{
	return payload_event(r, source, &(struct payload_text){.at = at}, out);
}

/* A schedule's Input, which AWS takes as it stands: what looks like a slot is none. */
static int payload_given(struct reading *r, const struct source_spec *source, const char *given, struct payload_spec *out)
{
	struct payload_text p = {.sample = given, .sample_length = strlen(given), .at = source->at};
	char *escaped = arena_alloc(&r->scratch, 2 * p.sample_length + 1);
	for (const char *c = given; *c;) {
		bool braces = c[0] == '{' && c[1] == '{';
		memcpy(escaped + p.length, "{{{{", 4 * (size_t)braces);
		p.length += 4 * (size_t)braces;
		if (!braces)
			escaped[p.length++] = *c;
		c += 1 + braces;
	}
	p.text = escaped;
	return payload_event(r, source, &p, out);
}

int payload_of_file(struct reading *r, const char *file, struct position at, const struct source_spec *source,
                    struct payload_spec *out)
{
	*out = (struct payload_spec){.weight = 1};
	return *file ? payload_load(r, source, file, at, out) : payload_empty(r, source, at, out);
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
	return payload_load(r, source, form.file->text, form.file->at, out);
}

int payloads_read(struct reading *r, const struct node *value, const char *path, const char *given, struct source_spec *out)
{
	bool list = value && value->kind == NODE_LIST;
	size_t count = list ? value->count : 1;
	struct payload_spec *payloads = ARENA_ARRAY(r->arena, count, struct payload_spec);
	int status = 0;
	out->payloads = payloads;
	out->payload_count = count;
	if (!value) {
		payloads[0].weight = 1;
		return given ? payload_given(r, out, given, &payloads[0]) : payload_empty(r, out, out->at, &payloads[0]);
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

/* --- what functions emit ------------------------------------------------------------------------------------------------------------------ */

static enum source_kind payload_kind_at(const struct reading *r, const struct target *to)
{
	switch (to->kind) {
	case TARGET_QUEUE: return SOURCE_SQS;
	case TARGET_TOPIC: return SOURCE_SNS;
	case TARGET_BUS: return SOURCE_EVENT_BRIDGE;
	case TARGET_BUCKET: return SOURCE_S3;
	case TARGET_STREAM: return r->resources->streams[to->index].kind == STREAM_KINESIS ? SOURCE_KINESIS : SOURCE_DYNAMODB;
	default: return SOURCE_INVOKE_EVENT;
	}
}

int payload_of_emit(struct reading *r, const struct node *value, const char *path, const struct target *to,
                    struct payload_spec *out)
{
	struct source_spec source = {.name = to->name, .kind = payload_kind_at(r, to), .function = SOURCE_NO_FUNCTION};
	*out = (struct payload_spec){.weight = 1};
	if (!value)
		return payload_empty(r, &source, (struct position){0}, out);
	return payload_read(r, value, path, &source, out);
}
