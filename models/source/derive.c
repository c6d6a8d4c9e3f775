#include "models/source/derive.h"

#include <assert.h>
#include <string.h>

#include "models/source/aftermath.h"
#include "models/source/attribute.h"
#include "models/source/place.h"
#include "models/source/shape.h"
#include "models/source/transform.h"

enum { TOPIC_MESSAGE_MOST = 256 * 1024, EVENT_MOST = 1024 * 1024 }; /* bytes */

enum source_kind derive_kind_at(const struct scenario *s, struct target to)
{
	switch (to.kind) {
	case TARGET_QUEUE: return SOURCE_SQS;
	case TARGET_TOPIC: return SOURCE_SNS;
	case TARGET_BUS: return SOURCE_EVENT_BRIDGE;
	case TARGET_BUCKET: return SOURCE_S3;
	case TARGET_STREAM: return s->streams[to.index].kind == STREAM_KINESIS ? SOURCE_KINESIS : SOURCE_DYNAMODB;
	default: return SOURCE_INVOKE_EVENT;
	}
}

struct envelope_record derive_record(const struct content *c)
{
	return (struct envelope_record){.payload = c->payload,
	                                .length = c->payload_length,
	                                .key = c->key,
	                                .identity = 1,
	                                .receive_count = 1,
	                                .attributes = c->attributes,
	                                .attribute_count = c->attribute_count};
}

/* --- sizes -------------------------------------------------------------------------------------------------------------------------- */

/* "Amazon SQS message quotas", "Amazon SNS message attributes": name, type and value count with the body. */
static size_t attributes_size(const struct envelope_attribute *list, size_t count)
{
	size_t size = 0;
	for (size_t i = 0; i < count; i++)
		size += strlen(list[i].name) + strlen(list[i].type) + strlen(list[i].value);
	return size;
}

/* The content as data of a message or record: what envelope.h takes out of its payload. */
static void take_content(struct content *c, enum source_kind kind, struct arena *a)
{
	struct envelope_content inside;
	envelope_content_of(kind, c->payload, c->payload_length, a, &inside);
	c->text = inside.text;
	c->length = inside.length;
	c->size = inside.length + attributes_size(inside.attributes, inside.attribute_count) +
	          attributes_size(c->attributes, c->attribute_count);
}

static void set_text(struct content *c, const char *text, size_t length)
{
	c->text = c->payload = text;
	c->length = c->payload_length = c->size = length;
}

/* --- objects ------------------------------------------------------------------------------------------------------------------------ */

/* The source's own notification of a bucket; else the first; NULL: there is none. */
static const struct notification_spec *notification_of(const struct bucket_spec *b, const struct source_spec *source)
{
	for (size_t i = 0; source != NULL && i < b->notification_count; i++) {
		struct target to = b->notifications[i].target;
		if (to.kind == TARGET_FUNCTION && to.index == source->function)
			return &b->notifications[i];
	}
	return b->notification_count > 0 ? &b->notifications[0] : NULL;
}

static const char *inner_text(const json_t *of, const char *one, const char *two, const char *three)
{
	return json_string_value(json_object_get(json_object_get(json_object_get(of, one), two), three));
}

/* Key and event of the object that a payload stands for: said there, or such as the notification takes. */
static void take_object(const struct scenario *s, struct content *c, size_t bucket, const struct notification_spec *wanted,
                        struct arena *a)
{
	struct arena scratch = {0};
	struct envelope_place place;
	struct envelope_record r = derive_record(c);
	size_t length;
	place_of_bucket(s, bucket, wanted, &place);
	const char *told = envelope_object_event(&place, &r, &scratch, &length);
	json_t *json = json_loadb(told, length, JSON_ALLOW_NUL, NULL);
	c->key = arena_string(a, inner_text(json, "detail", "object", "key"));
	json_decref(json);
	told = envelope_batch(SOURCE_S3, &place, &r, 1, &scratch, &length);
	json = json_loadb(told, length, JSON_ALLOW_NUL, NULL);
	c->event = arena_string(a, shape__text(json_array_get(json_object_get(json, "Records"), 0), "eventName"));
	json_decref(json);
	arena_fini(&scratch);
}

/* --- events of a bus ---------------------------------------------------------------------------------------------------------------- */

static bool rule_feeds(const struct rule_spec *rule, const struct source_spec *source)
{
	for (size_t i = 0; source != NULL && i < rule->target_count; i++)
		if (rule->targets[i].target.kind == TARGET_FUNCTION && rule->targets[i].target.index == source->function)
			return true;
	return false;
}

static const struct rule_spec *rule_of(const struct bus_spec *b, const struct source_spec *source)
{
	const struct rule_spec *first = NULL;
	for (size_t i = 0; i < b->rule_count; i++) {
		if (b->rules[i].pattern.text == NULL)
			continue;
		if (rule_feeds(&b->rules[i], source))
			return &b->rules[i];
		first = first != NULL ? first : &b->rules[i];
	}
	return first;
}

/* The first of the values that a field of a pattern names; NULL where it asks otherwise. */
static const char *asked_for(const json_t *pattern, const char *field, struct arena *a)
{
	return arena_string(a, json_string_value(json_array_get(json_object_get(pattern, field), 0)));
}

/* What an event says of itself that says nothing. */
static void place_of_bus(const struct scenario *s, size_t bus, const struct source_spec *source, struct arena *a,
                         struct envelope_place *out)
{
	const struct rule_spec *rule = rule_of(&s->buses[bus], source);
	*out = (struct envelope_place){.region = s->region, .name = s->buses[bus].name};
	if (rule == NULL)
		return;
	json_t *pattern = json_loadb(rule->pattern.text, rule->pattern.length, JSON_ALLOW_NUL, NULL);
	out->source = asked_for(pattern, "source", a);
	out->detail_type = asked_for(pattern, "detail-type", a);
	json_decref(pattern);
}

/* --- where payloads begin ----------------------------------------------------------------------------------------------------------- */

/* The event as its source makes it, for a target that takes any text. */
static void take_event(const struct scenario *s, const struct derive_root *root, struct arena *a, struct content *c)
{
	struct envelope_place place = {.region = s->region};
	const struct envelope_record r = derive_record(c);
	size_t length;
	if (root->to.kind == TARGET_BUS && root->kind == SOURCE_EVENT_BRIDGE)
		place_of_bus(s, root->to.index, root->source, a, &place);
	else if (root->source != NULL)
		place_of_source(s, root->source, &place);
	else if (root->to.kind != TARGET_FUNCTION && root->to.kind != TARGET_OUTSIDE)
		place.name = root->to.name;
	char *event = envelope_batch(root->kind, &place, &r, 1, a, &length);
	set_text(c, event, length);
}

void derive_payload(const struct scenario *s, const struct derive_root *root, const char *text, size_t length, struct arena *a,
                    struct content *out)
{
	static const enum target_kind homes[SOURCE_KINDS] = {[SOURCE_SQS] = TARGET_QUEUE,
	                                                     [SOURCE_SNS] = TARGET_TOPIC,
	                                                     [SOURCE_KINESIS] = TARGET_STREAM,
	                                                     [SOURCE_DYNAMODB] = TARGET_STREAM,
	                                                     [SOURCE_S3] = TARGET_BUCKET};
	bool home = root->to.kind != TARGET_NONE && homes[root->kind] == root->to.kind;
	set_text(out, text, length);
	out->attributes = NULL;
	out->attribute_count = 0;
	out->key = out->event = NULL;
	if (!home) {
		take_event(s, root, a, out);
		return;
	}
	if (root->to.kind == TARGET_BUCKET)
		take_object(s, out, root->to.index, notification_of(&s->buckets[root->to.index], root->source), a);
	else
		take_content(out, root->kind, a);
}

/* The ARN of what a rule sends to. */
static const char *target_arn(const struct scenario *s, struct target to, struct arena *a)
{
	static const char *const services[TARGET_KINDS] = {[TARGET_FUNCTION] = "lambda",
	                                                   [TARGET_QUEUE] = "sqs",
	                                                   [TARGET_TOPIC] = "sns",
	                                                   [TARGET_BUS] = "events",
	                                                   [TARGET_STREAM] = "kinesis"};
	static const char *const before[TARGET_KINDS] = {[TARGET_FUNCTION] = "function:",
	                                                 [TARGET_QUEUE] = "",
	                                                 [TARGET_TOPIC] = "",
	                                                 [TARGET_BUS] = "event-bus/",
	                                                 [TARGET_STREAM] = "stream/"};
	if (services[to.kind] == NULL)
		return to.name;
	const char *name = to.kind == TARGET_FUNCTION ? s->functions[to.index].function_name : to.name;
	return madeup_arn(a, services[to.kind], s->region ? s->region : ENVELOPE_REGION,
	                  arena_format(a, "%s%s", before[to.kind], name));
}

/* --- ways ---------------------------------------------------------------------------------------------------------------------------- */

static const struct subscription_spec *subscription_of(const struct scenario *s, const struct derive_step *step)
{
	return &s->topics[step->of].subscriptions[step->part];
}

static const struct rule_target_spec *rule_target_of(const struct scenario *s, const struct derive_step *step)
{
	return &s->buses[step->of].rules[step->part].targets[step->target];
}

static bool rule_changes(const struct rule_target_spec *t)
{
	return t->input != NULL || t->input_path != NULL || t->transformer != NULL;
}

bool derive_changes(const struct scenario *s, const struct derive_step *step)
{
	if (step->to.kind == TARGET_OUTSIDE)
		return false; /* nobody looks at it there */
	return step->kind != DERIVE_RULE || rule_changes(rule_target_of(s, step));
}

/* The text as data of a message, also where it looks like a whole event of the service that it is sent with. */
static void set_data(struct content *c, enum source_kind kind, const char *text, size_t length, struct arena *a)
{
	struct textbuf out = {0};
	struct json_out j;
	bool topic = kind == SOURCE_SNS;
	set_text(c, text, length);
	take_content(c, kind, a);
	if (length == 0 || (c->length == length && memcmp(c->text, text, length) == 0))
		return;
	json_out_init(&j, &out, 0);
	json_out_object(&j);
	shape__field(&j, topic ? "EventSource" : "eventSource", topic ? "aws:sns" : "aws:sqs");
	if (topic) {
		json_out_key(&j, "Sns");
		json_out_object(&j);
	}
	json_out_key(&j, topic ? "Message" : "body");
	json_out_string_n(&j, text, length);
	if (topic)
		json_out_end_object(&j);
	json_out_end_object(&j);
	c->payload = arena_string_n(a, textbuf_text(&out), out.length);
	c->payload_length = out.length;
	textbuf_fini(&out);
	take_content(c, kind, a);
}

/* Source: Amazon SNS Developer Guide, "Amazon SNS raw message delivery": the message as it was published, its attributes as SQS's. */
static void raw_delivery(const struct content *from, struct arena *a, struct content *out)
{
	struct envelope_content inside;
	envelope_content_of(SOURCE_SNS, from->payload, from->payload_length, a, &inside);
	out->attributes = attribute__join(from->attributes, from->attribute_count, inside.attributes, inside.attribute_count, a,
	                                  &out->attribute_count);
	set_data(out, SOURCE_SQS, inside.text, inside.length, a);
}

static void subscription(const struct scenario *s, const struct derive_step *step, const struct content *from, struct arena *a,
                         struct content *out)
{
	struct envelope_place place;
	const struct envelope_record r = derive_record(from);
	size_t length;
	place_of_topic(s, step->of, step->to, a, &place);
	if (step->to.kind == TARGET_FUNCTION) {
		char *event = envelope_batch(SOURCE_SNS, &place, &r, 1, a, &length);
		set_text(out, event, length);
	} else if (subscription_of(s, step)->raw) {
		raw_delivery(from, a, out);
	} else {
		char *told = envelope_notification(&place, &r, a, &length);
		set_text(out, told, length);
	}
}

/* The schedules' own buses have their rule's name, and their rules stand on the default bus. */
static struct transform_rule transform_rule_of(const struct scenario *s, const struct derive_step *step)
{
	const struct bus_spec *bus = &s->buses[step->of];
	const char *name = bus->rules[step->part].name;
	bool own = strcmp(bus->name, "default") != 0 && strcmp(bus->name, name) != 0;
	return (struct transform_rule){s->region, own ? bus->name : NULL, name};
}

/* What a rule's target gets; in a queue or topic it is data, whatever it looks like. */
static void rule_input(const struct scenario *s, const struct derive_step *step, const struct content *from, struct arena *a,
                       struct content *out)
{
	const struct rule_target_spec *t = rule_target_of(s, step);
	const struct transform_rule rule = transform_rule_of(s, step);
	const char *text = t->input;
	size_t length = text ? strlen(text) : 0;
	out->varies = from->varies && text == NULL;
	if (t->transformer)
		text = transform_input(t->transformer, &rule, from->text, from->length, a, &length);
	else if (t->input_path)
		text = transform_path(from->text, from->length, t->input_path, a, &length);
	if (step->to.kind == TARGET_QUEUE || step->to.kind == TARGET_TOPIC)
		set_data(out, derive_kind_at(s, step->to), text, length, a);
	else
		set_text(out, text, length);
}

/* Source: Amazon EventBridge User Guide, "Using dead-letter queues to process undelivered events": the attributes, and that the condition is
 * there only after retries. */
static void undelivered(const struct scenario *s, const struct derive_step *step, const struct content *from, struct arena *a,
                        struct content *out)
{
	const struct rule_target_spec *t = rule_target_of(s, step);
	const struct transform_rule rule = transform_rule_of(s, step);
	struct derive_step delivery = *step;
	struct content copy = *from;
	delivery.kind = DERIVE_RULE;
	delivery.to = t->target;
	if (derive_changes(s, &delivery))
		derive_content(s, &delivery, from, a, &copy);
	bool refused = derive_refused(s, &delivery, &copy);
	const struct envelope_attribute list[] = {
		{"RULE_ARN", "String", transform_rule_arn(&rule, a)},
		{"TARGET_ARN", "String", target_arn(s, t->target, a)},
		{"ERROR_CODE", "String", refused ? "INVALID_PARAMETER" : "ERROR_FROM_TARGET"},
		{"ERROR_MESSAGE", "String", refused ? "The target does not take this event." : "The target's service refused."},
		{"RETRY_ATTEMPTS", "Number", arena_format(a, "%d", refused ? 0 : t->max_retries)},
		{"EXHAUSTED_RETRY_CONDITION", "String", "MaximumRetryAttempts"},
	};
	size_t count = sizeof list / sizeof *list - refused;
	struct envelope_attribute *kept = ARENA_ARRAY(a, count, struct envelope_attribute);
	memcpy(kept, list, count * sizeof *kept);
	out->attributes = kept;
	out->attribute_count = count;
	set_data(out, SOURCE_SQS, from->text, from->length, a);
}

static void object_event(const struct scenario *s, const struct derive_step *step, const struct content *from, struct arena *a,
                         struct content *out)
{
	struct envelope_place place;
	const struct envelope_record r = derive_record(from);
	size_t length;
	bool bus = step->kind == DERIVE_OBJECT_EVENT;
	place_of_bucket(s, step->of, bus ? NULL : &s->buckets[step->of].notifications[step->part], &place);
	place.event = from->event;
	char *told = bus ? envelope_object_event(&place, &r, a, &length) : envelope_batch(SOURCE_S3, &place, &r, 1, a, &length);
	set_text(out, told, length);
}

/* The runs that an event has had when it is told about. */
static struct aftermath_event aftermath_of(const struct scenario *s, const struct derive_step *step, const struct content *from)
{
	const struct function_spec *f = &s->functions[step->of];
	static const enum aftermath_condition conditions[] = {[DERIVE_SUCCESS] = AFTERMATH_SUCCESS,
	                                                      [DERIVE_FAILED] = AFTERMATH_RETRIES_EXHAUSTED,
	                                                      [DERIVE_EXPIRED] = AFTERMATH_EVENT_AGE_EXCEEDED,
	                                                      [DERIVE_DEAD_LETTER] = AFTERMATH_RETRIES_EXHAUSTED};
	int runs[] = {[DERIVE_SUCCESS] = 1,
	              [DERIVE_FAILED] = 1 + f->async.max_retries,
	              [DERIVE_EXPIRED] = 0,
	              [DERIVE_DEAD_LETTER] = 1 + f->async.max_retries};
	return (struct aftermath_event){.region = s->region,
	                                .function = f->function_name,
	                                .identity = 1,
	                                .condition = conditions[step->kind],
	                                .invocations = f->reserved == 0 ? 0 : runs[step->kind],
	                                .payload = from->text,
	                                .length = from->length,
	                                .failed = step->kind != DERIVE_SUCCESS};
}

static void destination(const struct scenario *s, const struct derive_step *step, const struct content *from, struct arena *a,
                        struct content *out)
{
	struct aftermath_event event = aftermath_of(s, step, from);
	size_t length;
	char *record = step->to.kind == TARGET_BUS ? aftermath_on_bus(&event, s->buses[step->to.index].name, a, &length)
	                                           : aftermath_record(&event, a, &length);
	if (step->to.kind == TARGET_TOPIC && step->kind != DERIVE_SUCCESS && length > TOPIC_MESSAGE_MOST) {
		/* Lambda API Reference, "OnFailure": the payload is left out of what a topic does not take whole. */
		event.payload = NULL;
		event.length = 0;
		record = aftermath_record(&event, a, &length);
	}
	set_text(out, record, length);
	if (step->to.kind == TARGET_BUCKET) {
		out->key = aftermath_object_key(&event, a);
		out->event = "ObjectCreated:Put";
	}
}

/* Source: Lambda Developer Guide, "Adding a dead-letter queue": ErrorCode is 200 where the function failed, else the status of the refusal. */
static void dead_letter(const struct scenario *s, const struct derive_step *step, const struct content *from, struct arena *a,
                        struct content *out)
{
	enum { FUNCTION_ERROR = 200, REFUSED = 429 };
	const struct aftermath_event event = aftermath_of(s, step, from);
	struct envelope_attribute *list = ARENA_ARRAY(a, AFTERMATH_ATTRIBUTES, struct envelope_attribute);
	aftermath_dead_letter(&event, event.invocations > 0 ? FUNCTION_ERROR : REFUSED, a, list);
	out->attributes = list;
	out->attribute_count = AFTERMATH_ATTRIBUTES;
	set_data(out, derive_kind_at(s, step->to), from->text, from->length, a);
}

static void batch_record(const struct scenario *s, const struct derive_step *step, const struct content *from, struct arena *a,
                         struct content *out)
{
	const struct mapping_spec *m = &s->mappings[step->of];
	const struct envelope_record r = derive_record(from);
	const struct aftermath_batch batch = {.identity = 1,
	                                      .invocations = m->max_retries == MAPPING_FOREVER ? 1 : 1 + m->max_retries,
	                                      .payload = step->to.kind == TARGET_BUCKET,
	                                      .records = &r,
	                                      .count = 1};
	struct envelope_place place;
	enum source_kind kind;
	size_t length;
	place_of_mapping(s, m, a, &place, &kind);
	char *record = aftermath_batch_record(kind, &place, &batch, a, &length);
	set_text(out, record, length);
	if (step->to.kind == TARGET_BUCKET) {
		out->key = aftermath_batch_key(kind, m->name, &batch, a);
		out->event = "ObjectCreated:Put";
	}
}

void derive_content(const struct scenario *s, const struct derive_step *step, const struct content *from, struct arena *a,
                    struct content *out)
{
	*out = (struct content){.varies = from->varies, .steps = (uint8_t)(from->steps + 1), .step = step};
	switch (step->kind) {
	case DERIVE_SUBSCRIPTION:
	case DERIVE_REDRIVE: /* as a queue would have got it */
		out->name = s->topics[step->of].name;
		subscription(s, step, from, a, out);
		break;
	case DERIVE_RULE:
		out->name = s->buses[step->of].rules[step->part].name;
		rule_input(s, step, from, a, out);
		break;
	case DERIVE_UNDELIVERED:
		out->name = s->buses[step->of].rules[step->part].name;
		undelivered(s, step, from, a, out);
		break;
	case DERIVE_NOTIFICATION:
	case DERIVE_OBJECT_EVENT:
		out->name = s->buckets[step->of].name;
		object_event(s, step, from, a, out);
		break;
	case DERIVE_SUCCESS:
	case DERIVE_FAILED:
	case DERIVE_EXPIRED:
		out->name = s->functions[step->of].name;
		destination(s, step, from, a, out);
		break;
	case DERIVE_DEAD_LETTER:
		out->name = s->functions[step->of].name;
		dead_letter(s, step, from, a, out);
		break;
	case DERIVE_BATCH:
		out->name = s->mappings[step->of].name;
		batch_record(s, step, from, a, out);
		break;
	}
}

/* --- what targets take --------------------------------------------------------------------------------------------------------------- */

static size_t most_at(const struct scenario *s, struct target to)
{
	switch (to.kind) {
	case TARGET_QUEUE: return s->queues[to.index].message_most ? s->queues[to.index].message_most : QUEUE_MESSAGE_MOST;
	case TARGET_TOPIC: return TOPIC_MESSAGE_MOST;
	case TARGET_BUS:
	case TARGET_FUNCTION: return EVENT_MOST;
	default: return SIZE_MAX;
	}
}

static bool is_json(const struct content *c)
{
	json_t *value = json_loadb(c->text, c->length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	json_decref(value);
	return value != NULL;
}

bool derive_refused(const struct scenario *s, const struct derive_step *step, const struct content *became)
{
	if (step->kind == DERIVE_NOTIFICATION || step->kind == DERIVE_OBJECT_EVENT || step->kind == DERIVE_BATCH)
		return false;
	bool transformed = step->kind == DERIVE_RULE && rule_target_of(s, step)->transformer != NULL;
	return became->size > most_at(s, step->to) || (transformed && step->to.kind == TARGET_FUNCTION && !is_json(became));
}
