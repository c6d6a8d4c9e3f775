#include "scenarios/read/topics.h"

#include <string.h>

#include "scenarios/read/filters.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/mappings.h"
#include "scenarios/read/property.h"
#include "scenarios/read/queues.h"
#include "scenarios/read/targets.h"
#include "sim/base/memory.h"

static const char *const topic_names[] = {
	"ArchivePolicy",
	"ContentBasedDeduplication",
	"DataProtectionPolicy",
	"DeliveryStatusLogging",
	"DisplayName",
	"FifoThroughputScope",
	"FifoTopic",
	"KmsMasterKeyId",
	"SignatureVersion",
	"Subscription",
	"Tags",
	"TopicName",
	"TracingConfig",
};

const char *const *topic_property_names(size_t *count)
{
	*count = sizeof topic_names / sizeof *topic_names;
	return topic_names;
}

/* --- one subscription ----------------------------------------------------------------------------------------------------------------------- */

/* What can be delivered to; only the first two lead to things that are simulated. */
enum protocol { PROTOCOL_LAMBDA, PROTOCOL_SQS, PROTOCOL_HTTP, PROTOCOL_HTTPS, PROTOCOL_FIREHOSE, PROTOCOL_OTHER };

static const char *const protocols[] = {
	[PROTOCOL_LAMBDA] = "lambda",
	[PROTOCOL_SQS] = "sqs",
	[PROTOCOL_HTTP] = "http",
	[PROTOCOL_HTTPS] = "https",
	[PROTOCOL_FIREHOSE] = "firehose",
	[PROTOCOL_OTHER] = "email",
	"email-json",
	"sms",
	"application",
};

static int subscription_protocol(struct reading *r, const struct node *p)
{
	const struct node *n = reading_get(r, p, "Protocol", NULL);
	if (!property_written(r, p, "Protocol"))
		diagnostic_add(r->found, SEVERITY_ERROR, p->at, "limit/subscription", "a subscription needs a Protocol");
	return n ? key_word(r, n, "Protocol", protocols, KEY_COUNT(protocols)) : -1;
}

static struct target subscription_endpoint(struct reading *r, const struct node *p, int protocol)
{
	static const struct target_rule rules[] = {
		[PROTOCOL_LAMBDA] = {"a subscription with the protocol lambda", "a Lambda function", TARGET_BIT(TARGET_FUNCTION),
	                             false, "limit/subscription"},
		[PROTOCOL_SQS] = {"a subscription with the protocol sqs", "an SQS queue", TARGET_BIT(TARGET_QUEUE), false,
	                          "limit/subscription"},
	};
	const struct node *endpoint = node_get(p, "Endpoint");
	if (protocol <= PROTOCOL_SQS)
		return target_read(r, endpoint, &rules[protocol]);
	const char *text = endpoint ? resolver_text(&r->resolver, endpoint) : NULL;
	return (struct target){TARGET_OUTSIDE, 0, reading_keep(r, text ? text : protocols[protocol])};
}

static void subscription_filter(struct reading *r, const struct node *p, struct subscription_spec *s)
{
	static const char *const scopes[] = {[FILTER_ATTRIBUTES] = "MessageAttributes", [FILTER_BODY] = "MessageBody"};
	const struct node *policy = reading_get(r, p, "FilterPolicy", NULL), *scope = reading_get(r, p, "FilterPolicyScope", NULL);
	int word = scope ? key_word(r, scope, "FilterPolicyScope", scopes, KEY_COUNT(scopes)) : FILTER_ATTRIBUTES;
	s->scope = word == FILTER_BODY ? FILTER_BODY : FILTER_ATTRIBUTES;
	if (!policy)
		return;
	s->has_filter = filter_read(r, policy, "FilterPolicy", s->scope == FILTER_BODY ? PATTERN_SNS_BODY : PATTERN_SNS_ATTRIBUTES,
	                            &s->filter) == 0;
}

static void subscription_check(struct reading *r, const struct subscription_spec *s, const struct topic_spec *topic, int protocol)
{
	bool queue = s->target.kind == TARGET_QUEUE, fifo = queue && r->resources->queues[s->target.index].fifo;
	if (topic->fifo && protocol != PROTOCOL_SQS)
		diagnostic_add(r->found, SEVERITY_ERROR, s->at, "limit/subscription",
		               "the FIFO topic %s delivers to SQS queues only", topic->name);
	if (!topic->fifo && fifo)
		diagnostic_add(r->found, SEVERITY_ERROR, s->at, "limit/subscription",
		               "a FIFO queue subscribes to FIFO topics only: %s is FIFO, %s is not", s->target.name, topic->name);
	if (s->raw && (protocol == PROTOCOL_LAMBDA || protocol >= PROTOCOL_OTHER))
		diagnostic_add(r->found, SEVERITY_ERROR, s->at, "limit/subscription",
		               "RawMessageDelivery is for the protocols sqs, http, https and firehose, not %s",
		               protocols[protocol]);
}

/* Of a topic; `p` has the properties of AWS::SNS::Subscription, `at` is where it stands. */
static void subscription_add(struct reading *r, size_t topic, const struct node *p, struct position at, int protocol,
                             struct target target)
{
	struct resource_lists *l = r->resources;
	struct subscription_spec s = {.target = target, .at = reading_keep_at(r, at)};
	subscription_filter(r, p, &s);
	s.raw = property_bool(r, p, "RawMessageDelivery", false);
	s.dead_letter = policy_dead_letter(r, policy_map(r, p, "RedrivePolicy"), "a RedrivePolicy");
	subscription_check(r, &s, &l->topics[topic], protocol);
	MEMORY_ROOM(l->subscriptions, l->subscription_count, l->subscription_capacity);
	l->subscriptions[l->subscription_count++] = (struct owned_subscription){topic, s};
}

/* --- topics ----------------------------------------------------------------------------------------------------------------------------------- */

static void topic_check_name(struct reading *r, const struct node *p, const struct topic_spec *t)
{
	const struct node *name = reading_get(r, p, "TopicName", NULL);
	size_t length = name && name->kind == NODE_SCALAR ? strlen(name->text) : 0;
	bool suffix = length >= 5 && strcmp(name->text + length - 5, ".fifo") == 0;
	if (!length || suffix == t->fifo)
		return;
	if (t->fifo)
		diagnostic_add(r->found, SEVERITY_ERROR, name->at, "limit/topic",
		               "the name of a FIFO topic ends with .fifo; '%s' does not", name->text);
	else
		diagnostic_add(r->found, SEVERITY_ERROR, name->at, "limit/topic",
		               "only a FIFO topic's name ends with .fifo: '%s' needs FifoTopic: true", name->text);
}

void topic_read(struct reading *r, struct read_resource *resource)
{
	const struct node *p = resource->properties;
	struct topic_spec t = r->resources->topics[resource->index];
	resource_unknown_properties(r, p, "AWS::SNS::Topic", topic_names, KEY_COUNT(topic_names));
	t.fifo = property_bool(r, p, "FifoTopic", false);
	if (!t.fifo && property_bool(r, p, "ContentBasedDeduplication", false))
		diagnostic_add(r->found, SEVERITY_ERROR, node_get(p, "ContentBasedDeduplication")->at, "limit/topic",
		               "ContentBasedDeduplication is for FIFO topics; %s is none", t.name);
	topic_check_name(r, p, &t);
	r->resources->topics[resource->index] = t;
}

/* The Subscription list of a topic. */
static void topic_subscriptions(struct reading *r, size_t topic, const struct node *p)
{
	const struct node *list = reading_get(r, p, "Subscription", NULL);
	if (!list || !reading_is(r, list, NODE_LIST, "Subscription"))
		return;
	for (size_t i = 0; i < list->count; i++) {
		const struct node *n = reading_value(r, list->items[i], "Subscription");
		int protocol = n && n != &resolver_absent && reading_is(r, n, NODE_MAP, "a Subscription")
		                       ? subscription_protocol(r, n)
		                       : -1;
		if (protocol >= 0)
			subscription_add(r, topic, n, n->at, protocol, subscription_endpoint(r, n, protocol));
	}
}

/* The index of its topic, or -1. */
static int subscription_of_resource(struct reading *r, const struct node_pair *pair)
{
	static const char *const names[] = {"DeliveryPolicy",      "Endpoint", "FilterPolicy",
	                                    "FilterPolicyScope",   "Protocol", "RawMessageDelivery",
	                                    "RedrivePolicy",       "Region",   "ReplayPolicy",
	                                    "SubscriptionRoleArn", "TopicArn"};
	const struct node *p = resource_properties(r, pair->value), *topic = node_get(p, "TopicArn");
	resource_unknown_properties(r, p, "AWS::SNS::Subscription", names, KEY_COUNT(names));
	if (!topic) {
		diagnostic_add(r->found, SEVERITY_ERROR, pair->key->at, "limit/subscription", "%s needs a TopicArn",
		               pair->key->text);
		return -1;
	}
	int protocol = subscription_protocol(r, p);
	struct target target = {0};
	if (protocol >= 0)
		target = subscription_endpoint(r, p, protocol);
	struct target owner = target_or_stand_in(r, topic, TARGET_TOPIC, pair->key->text);
	if (owner.kind == TARGET_TOPIC && target.kind != TARGET_NONE)
		subscription_add(r, owner.index, p, pair->key->at, protocol, target);
	return owner.kind == TARGET_TOPIC ? (int)owner.index : -1;
}

void subscriptions_read(struct reading *r)
{
	const struct node *resources = node_get(r->root, "Resources");
	size_t declared = r->resources->count;
	for (size_t i = 0; i < declared; i++) {
		struct read_resource topic = r->resources->items[i];
		if (topic.kind != TARGET_TOPIC || !topic.resource)
			continue;
		r->tentative = &topic.unresolved;
		topic_subscriptions(r, topic.index, topic.properties);
		r->tentative = NULL;
		r->resources->items[i].unresolved = topic.unresolved;
	}
	for (size_t i = 0; i < resources->count; i++) {
		const struct node_pair *pair = &resources->pairs[i];
		struct diagnostics unresolved = {0};
		if (strcmp(resource_type_of(pair->value), "AWS::SNS::Subscription") != 0 ||
		    resolver_exists(&r->resolver, pair->value) == 0)
			continue;
		r->tentative = &unresolved;
		int topic = subscription_of_resource(r, pair);
		if (topic >= 0)
			resource_add_unresolved(r, TARGET_TOPIC, (size_t)topic, &unresolved);
		diagnostics_fini(&unresolved);
	}
	r->tentative = NULL;
}

/* --- events ----------------------------------------------------------------------------------------------------------------------------------- */

/* SqsSubscription: true, or a map that names a queue of the template. */
static struct target topic_event_queue(struct reading *r, const struct read_source *s, const struct node *n)
{
	const struct node *arn = n->kind == NODE_MAP ? node_get(n, "QueueArn") : NULL;
	if (arn)
		return target_or_stand_in(r, arn, TARGET_QUEUE, s->name);
	/* SAM names it after the function and the event. */
	const char *dot = strchr(s->name, '.');
	const char *name = arena_format(&r->scratch, "%.*s%sQueue", (int)(dot - s->name), s->name, dot + 1);
	return (struct target){TARGET_QUEUE, resource_add(r, TARGET_QUEUE, name, s->at), reading_keep(r, name)};
}

void topic_of_event(struct reading *r, struct read_source *s, const struct node *properties)
{
	static const char *const names[] = {"FilterPolicy", "FilterPolicyScope", "RedrivePolicy",
	                                    "Region",       "SqsSubscription",   "Topic"};
	if (!properties || properties->kind != NODE_MAP || node_is_null(node_get(properties, "Topic"))) {
		diagnostic_add(r->found, SEVERITY_ERROR, s->at, "template/event", "event %s needs Properties with Topic", s->name);
		return;
	}
	resource_unknown_properties(r, properties, "an SNS event", names, KEY_COUNT(names));
	struct target function = {TARGET_FUNCTION, s->function, r->scenario->functions[s->function].name}, target = function;
	const struct node *sqs = reading_get(r, properties, "SqsSubscription", NULL);
	bool queued = sqs && !node_is_text(sqs, "false");
	s->target = target_or_stand_in(r, node_get(properties, "Topic"), TARGET_TOPIC, s->name);
	if (queued) {
		target = topic_event_queue(r, s, sqs);
		if (target.kind == TARGET_QUEUE)
			mapping_of_queue(r, s, target, sqs);
	}
	if (s->target.kind == TARGET_TOPIC && target.kind != TARGET_NONE)
		subscription_add(r, s->target.index, properties, s->at, queued ? PROTOCOL_SQS : PROTOCOL_LAMBDA, target);
}
