/* snsshape: a topic's notification, to a function and to a queue. Sources: Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS
 * notifications"; Amazon SNS Developer Guide, "Parsing Amazon SNS message formats". */
#include <inttypes.h>
#include <string.h>

#include "models/source/attribute.h"
#include "models/source/shape.h"

static bool is_sns(const json_t *event)
{
	return shape__is_records(event, "EventSource", "aws:sns");
}

/* What a sender gives to Publish, or the notification that a queue would get: a Message, and nothing but what goes with it. Source: Amazon SNS API
 * Reference, "Publish". */
static bool is_publish(const json_t *payload)
{
	static const char *const known[] = {"Message",          "Subject",        "MessageAttributes",
	                                    "MessageStructure", "MessageGroupId", "MessageDeduplicationId",
	                                    "TopicArn",         "TargetArn",      "Type",
	                                    "MessageId",        "Timestamp",      "Signature",
	                                    "SignatureVersion", "SigningCertURL", "UnsubscribeURL",
	                                    "SequenceNumber"};
	return shape__is_text(payload, "Message") && shape__only_has(payload, known, sizeof known / sizeof *known);
}

void shape__sns_content(struct shape_payload *p, struct arena *a, struct envelope_content *out)
{
	const json_t *sns = json_object_get(shape__record(p->json, "EventSource", "aws:sns", "Sns"), "Sns");
	if (sns == NULL && is_publish(p->json))
		sns = p->json;
	const json_t *message = json_object_get(sns, "Message");
	*out = (struct envelope_content){0};
	if (!json_is_string(message)) {
		out->text = shape__message(p, &out->length, a);
		return;
	}
	out->length = json_string_length(message);
	out->text = arena_string_n(a, json_string_value(message), out->length);
	out->key = arena_string(a, shape__text(sns, "MessageGroupId"));
	out->subject = arena_string(a, shape__text(sns, "Subject"));
	out->attributes = attribute__read(json_object_get(sns, "MessageAttributes"), a, &out->attribute_count);
}

struct notification {
	const char *topic, *subscription;
	struct envelope_content content;
	const struct envelope_attribute *attributes;
	size_t attribute_count;
};

static struct notification notification_of(const struct shape_event *e)
{
	const struct envelope_record *r = &e->records[0];
	struct notification n = {.topic = shape__arn(e, "sns", "", e->place->fifo ? "topic.fifo" : "topic")};
	const char *function = e->place->function != NULL ? e->place->function : "";
	uint64_t identity = madeup_identity(arena_format(e->arena, "%s %s", n.topic, function));
	n.subscription = arena_format(e->arena, "%s:%s", n.topic, madeup_uuid(e->arena, identity, MADEUP_SUBSCRIPTION));
	envelope_content_of(SOURCE_SNS, r->payload, r->length, e->arena, &n.content);
	n.attributes = attribute__join(r->attributes, r->attribute_count, n.content.attributes, n.content.attribute_count, e->arena,
	                               &n.attribute_count);
	return n;
}

/* What both forms share. Two keys end in "Url" for functions, in "URL" for all others. */
static void parts(struct json_out *j, const struct shape_event *e, const struct notification *n, bool queue)
{
	const struct envelope_record *r = &e->records[0];
	struct arena *a = e->arena;
	uint64_t region = madeup_identity(e->region);
	shape__field(j, "Type", "Notification");
	shape__field(j, "MessageId", madeup_uuid(a, r->identity, MADEUP_MESSAGE));
	if (e->place->fifo) /* 20 digits, growing */
		shape__field(j, "SequenceNumber", arena_format(a, "1%019" PRIu64, r->sequence));
	shape__field(j, "TopicArn", n->topic);
	if (!queue || n->content.subject != NULL)
		shape__field(j, "Subject", n->content.subject);
	json_out_key(j, "Message");
	json_out_string_n(j, n->content.text, n->content.length);
	shape__field(j, "Timestamp", madeup_iso_ms(a, r->sent));
	shape__field(j, "SignatureVersion", "1");
	shape__field(j, "Signature", arena_format(a, "%s==", madeup_text(a, r->identity, MADEUP_SIGNATURE, MADEUP_BASE64, 342)));
	shape__field(j, queue ? "SigningCertURL" : "SigningCertUrl",
	             arena_format(a, "https://sns.%s.%s/SimpleNotificationService-%s.pem", e->region, madeup_domain(e->region),
	                          madeup_text(a, region, MADEUP_CREATION, MADEUP_HEX, 32)));
	shape__field(j, queue ? "UnsubscribeURL" : "UnsubscribeUrl",
	             arena_format(a, "https://sns.%s.%s/?Action=Unsubscribe&SubscriptionArn=%s", e->region,
	                          madeup_domain(e->region), n->subscription));
	if (queue && n->attribute_count == 0)
		return;
	json_out_key(j, "MessageAttributes");
	attribute__write_sns(j, n->attributes, n->attribute_count);
}

void shape__notification(struct json_out *j, const struct shape_event *e)
{
	struct notification n = notification_of(e);
	json_out_object(j);
	parts(j, e, &n, true);
	json_out_end_object(j);
}

static void sns_write(struct json_out *j, const struct shape_event *e)
{
	struct notification n = notification_of(e);
	shape__records(j);
	json_out_object(j);
	shape__field(j, "EventSource", "aws:sns");
	shape__field(j, "EventVersion", "1.0");
	shape__field(j, "EventSubscriptionArn", n.subscription);
	json_out_key(j, "Sns");
	json_out_object(j);
	parts(j, e, &n, false);
	json_out_end_object(j);
	json_out_end_object(j);
	shape__records_end(j);
}

const struct shape shape__sns = {is_sns, sns_write};
