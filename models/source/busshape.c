/* busshape: EventBridge: events of a bus, rules with a schedule, the Scheduler. Sources: Amazon EventBridge User Guide, "Events",
 * "Target input"; EventBridge Scheduler User Guide, "Adding context attributes". */
#include <string.h>

#include "models/source/shape.h"
#include "sim/base/textbuf.h"

static const char *const members[] = {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"};

/* Said in an event's own words, whole or in part. */
static bool is_event_form(const json_t *payload)
{
	return shape__is_text(payload, "detail-type") ||
	       (shape__is_text(payload, "source") && json_is_object(json_object_get(payload, "detail")));
}

static bool is_bus_event(const json_t *event)
{
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (json_object_get(event, members[i]) == NULL)
			return false;
	return is_event_form(event);
}

void shape__bus_envelope(struct json_out *j, const char *region, const struct shape_bus *b)
{
	json_out_object(j);
	shape__field(j, "version", "0");
	shape__field(j, "id", b->id);
	shape__field(j, "detail-type", b->detail_type);
	shape__field(j, "source", b->source);
	shape__field(j, "account", ENVELOPE_ACCOUNT);
	shape__field(j, "time", b->time);
	shape__field(j, "region", region);
	json_out_key(j, "resources");
	json_out_array(j);
	for (size_t i = 0; i < b->resource_count; i++)
		json_out_string(j, b->resources[i]);
	json_out_end_array(j);
	json_out_key(j, "detail");
	if (b->detail != NULL && b->detail_length > 0)
		json_out_raw(j, b->detail, b->detail_length);
	else
		json_out_raw(j, "{}", 2);
	json_out_end_object(j);
}

/* --- an event of a bus ------------------------------------------------------------------------------------------------------------------ */

/* An entry of PutEvents: Amazon EventBridge API Reference, "PutEventsRequestEntry". */
static bool is_entry(const json_t *payload)
{
	return json_object_get(payload, "Detail") != NULL &&
	       (shape__is_text(payload, "DetailType") || shape__is_text(payload, "Source"));
}

/* Detail is JSON text; an object stands for its own text. */
static const char *entry_detail(const json_t *entry, size_t *length, struct arena *a)
{
	const json_t *detail = json_object_get(entry, "Detail");
	struct textbuf text = {0};
	if (json_is_string(detail)) {
		struct shape_payload p = shape__payload(json_string_value(detail), json_string_length(detail), a);
		if (p.json != NULL)
			textbuf_add_n(&text, p.text, p.length);
		shape__payload_end(&p);
	}
	if (text.length == 0)
		shape__json(&text, detail);
	*length = text.length;
	const char *copy = arena_string_n(a, text.text, text.length);
	textbuf_fini(&text);
	return copy;
}

static const char *const *entry_resources(const json_t *entry, size_t *count, struct arena *a)
{
	const json_t *list = json_object_get(entry, "Resources");
	const char **texts = ARENA_ARRAY(a, json_array_size(list), const char *);
	*count = 0;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_is_string(json_array_get(list, i)))
			texts[(*count)++] = arena_string(a, json_string_value(json_array_get(list, i)));
	return texts;
}

static const char *either(const char *one, const char *two, struct arena *a)
{
	return one != NULL ? arena_string(a, one) : two;
}

static bool is_member(const char *key)
{
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (strcmp(members[i], key) == 0)
			return true;
	return false;
}

/* What EventBridge always says is added where it is missing; what is given stays, in the order of an event. */
static void event_form_write(struct json_out *j, const struct shape_event *e, const struct shape_bus *b, const json_t *given)
{
	struct textbuf text = {0};
	struct json_out inner;
	json_out_init(&inner, &text, 0);
	shape__bus_envelope(&inner, e->region, b);
	json_t *whole = json_loadb(text.text, text.length, JSON_ALLOW_NUL, NULL);
	textbuf_fini(&text);
	json_out_object(j);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		const json_t *own = json_object_get(given, members[i]);
		shape__member(j, members[i], own != NULL ? own : json_object_get(whole, members[i]));
	}
	for (void *at = json_object_iter((json_t *)given); at != NULL; at = json_object_iter_next((json_t *)given, at))
		if (!is_member(json_object_iter_key(at)))
			shape__member(j, json_object_iter_key(at), json_object_iter_value(at));
	json_out_end_object(j);
	json_decref(whole);
}

static void bus_write(struct json_out *j, const struct shape_event *e)
{
	const struct envelope_record *r = &e->records[0];
	struct arena *a = e->arena;
	struct shape_payload p = shape__payload(r->payload, r->length, a);
	struct shape_bus b = {.id = madeup_uuid(a, r->identity, MADEUP_MESSAGE),
	                      .source = e->place->source != NULL ? e->place->source : "weir",
	                      .detail_type = e->place->detail_type != NULL ? e->place->detail_type : "Event",
	                      .time = madeup_iso_s(a, r->sent)};
	if (is_event_form(p.json)) {
		event_form_write(j, e, &b, p.json);
		shape__payload_end(&p);
		return;
	}
	if (is_entry(p.json)) {
		b.detail = entry_detail(p.json, &b.detail_length, a);
		b.resources = entry_resources(p.json, &b.resource_count, a);
		b.source = either(shape__text(p.json, "Source"), b.source, a);
		b.detail_type = either(shape__text(p.json, "DetailType"), b.detail_type, a);
		b.time = either(shape__text(p.json, "Time"), b.time, a);
	} else if (p.json != NULL) {
		b.detail = p.text;
		b.detail_length = p.length;
	} else if (p.text != NULL) {
		struct textbuf text = {0};
		size_t length;
		const char *message = shape__message(&p, &length, a);
		json_out_quote(&text, message, length);
		b.detail = arena_string_n(a, text.text, text.length);
		b.detail_length = text.length;
		textbuf_fini(&text);
	}
	shape__bus_envelope(j, e->region, &b);
	shape__payload_end(&p);
}

/* --- a constant input -------------------------------------------------------------------------------------------------------------------- */

/* JSON as it is; any other text as a JSON string. */
static void input_write(struct json_out *j, const struct shape_event *e)
{
	const struct envelope_record *r = &e->records[0];
	struct shape_payload p = shape__payload(r->payload, r->length, e->arena);
	size_t length;
	const char *text = shape__message(&p, &length, e->arena);
	if (p.json != NULL)
		json_out_raw(j, text, length);
	else if (p.text != NULL)
		json_out_string_n(j, text, length);
	else
		json_out_raw(j, "{}", 2);
	shape__payload_end(&p);
}

static bool has_payload(const struct shape_event *e)
{
	return e->records[0].payload != NULL && e->records[0].length > 0;
}

/* A rule's Input replaces the event. */
static void scheduled_write(struct json_out *j, const struct shape_event *e)
{
	const char *arn = shape__arn(e, "events", "rule/", "rule");
	if (has_payload(e)) {
		input_write(j, e);
		return;
	}
	shape__bus_envelope(j, e->region,
	                    &(struct shape_bus){.id = madeup_uuid(e->arena, e->records[0].identity, MADEUP_MESSAGE),
	                                        .detail_type = "Scheduled Event",
	                                        .source = "aws.events",
	                                        .time = madeup_iso_s(e->arena, e->records[0].sent),
	                                        .resources = &arn,
	                                        .resource_count = 1});
}

/* --- the Scheduler ----------------------------------------------------------------------------------------------------------------------- */

struct context_attribute {
	const char *name, *value;
};

static const char *with_context(const char *text, size_t length, const struct context_attribute *list, size_t count,
                                struct arena *a)
{
	struct textbuf out = {0};
	for (size_t i = 0; i < length;) {
		size_t k = 0, n = 0;
		while (k < count && (n = strlen(list[k].name), n > length - i || memcmp(text + i, list[k].name, n) != 0))
			k++;
		if (k < count) {
			textbuf_add(&out, list[k].value);
			i += n;
		} else {
			textbuf_add_char(&out, text[i++]);
		}
	}
	const char *copy = arena_string_n(a, out.text, out.length);
	textbuf_fini(&out);
	return copy;
}

/* Without an Input the Scheduler sends an envelope whose detail is a string: seen in recorded events; the guide shows none. */
static void scheduler_write(struct json_out *j, const struct shape_event *e)
{
	struct arena *a = e->arena;
	const struct envelope_record *r = &e->records[0];
	const char *arn = shape__arn(e, "scheduler", "schedule/default/", "schedule");
	if (!has_payload(e)) {
		static const char detail[] = "\"{}\"";
		shape__bus_envelope(j, e->region,
		                    &(struct shape_bus){.id = madeup_uuid(a, r->identity, MADEUP_MESSAGE),
		                                        .detail_type = "Scheduled Event",
		                                        .source = "aws.scheduler",
		                                        .time = madeup_iso_s(a, r->sent),
		                                        .resources = &arn,
		                                        .resource_count = 1,
		                                        .detail = detail,
		                                        .detail_length = sizeof detail - 1});
		return;
	}
	const struct context_attribute list[] = {
		{"<aws.scheduler.schedule-arn>", arn},
		{"<aws.scheduler.scheduled-time>", madeup_iso_s(a, r->sent)},
		{"<aws.scheduler.execution-id>", madeup_text(a, r->identity, MADEUP_REQUEST, MADEUP_LOWER, 16)},
		{"<aws.scheduler.attempt-number>", arena_format(a, "%d", r->receive_count > 0 ? r->receive_count : 1)},
	};
	const char *text = with_context(r->payload, r->length, list, sizeof list / sizeof *list, a);
	struct envelope_record filled = *r;
	filled.payload = text;
	filled.length = strlen(text);
	struct shape_event input = *e;
	input.records = &filled;
	input_write(j, &input);
}

const struct shape shape__bus = {is_bus_event, bus_write};
const struct shape shape__input = {NULL, input_write};
const struct shape shape__scheduled = {NULL, scheduled_write};
const struct shape shape__scheduler = {NULL, scheduler_write};
