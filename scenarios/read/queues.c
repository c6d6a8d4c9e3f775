#include "scenarios/read/queues.h"

#include <string.h>

#include "models/poll/sendquota.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/property.h"
#include "scenarios/read/targets.h"
#include "scenarios/read/yamltree.h"

enum {
	QUEUE_VISIBILITY_DEFAULT_S = 30,
	QUEUE_VISIBILITY_MAX_S = 43200,
	QUEUE_DELAY_MAX_S = 900,
	QUEUE_RETENTION_MIN_S = 60,
	QUEUE_RETENTION_MAX_S = 1209600,
	QUEUE_RETENTION_DEFAULT_S = 345600,
	QUEUE_MESSAGE_MIN = 1024,
	QUEUE_RECEIVE_WAIT_MAX_S = 20,
	QUEUE_RECEIVES_MAX = 1000
};

static const char *const queue_names[] = {
	"ContentBasedDeduplication",
	"DeduplicationScope",
	"DelaySeconds",
	"FifoQueue",
	"FifoThroughputLimit",
	"KmsDataKeyReusePeriodSeconds",
	"KmsMasterKeyId",
	"MaximumMessageSize",
	"MessageRetentionPeriod",
	"QueueName",
	"ReceiveMessageWaitTimeSeconds",
	"RedriveAllowPolicy",
	"RedrivePolicy",
	"SqsManagedSseEnabled",
	"Tags",
	"VisibilityTimeout",
};

const char *const *queue_property_names(size_t *count)
{
	*count = sizeof queue_names / sizeof *queue_names;
	return queue_names;
}

struct queue_spec queue_default(const char *name, struct position at)
{
	return (struct queue_spec){
		.name = name,
		.at = at,
		.visibility = QUEUE_VISIBILITY_DEFAULT_S * SIMTIME_SECOND,
		.retention = QUEUE_RETENTION_DEFAULT_S * SIMTIME_SECOND,
	};
}

const struct node *policy_map(struct reading *r, const struct node *properties, const char *name)
{
	const struct node *n = reading_get(r, properties, name, NULL);
	if (!n || n->kind == NODE_MAP)
		return n;
	struct diagnostics found = {0};
	const struct node *map = n->kind == NODE_SCALAR ? tree_read(n->text, strlen(n->text), n->at.file, &r->scratch, &found)
	                                                : NULL;
	diagnostics_fini(&found);
	if (map && map->kind == NODE_MAP)
		return map;
	diagnostic_add(r->found, SEVERITY_ERROR, n->at, "read/type", "%s must be a map, or a text that holds JSON, not %s", name,
	               n->kind == NODE_SCALAR ? "such a text" : node_kind_name(n));
	return NULL;
}

struct target policy_dead_letter(struct reading *r, const struct node *policy, const char *sender)
{
	const struct target_rule rule = {.sender = sender,
	                                 .takes = "an SQS queue",
	                                 .kinds = TARGET_BIT(TARGET_QUEUE),
	                                 .rule = "limit/redrive"};
	const struct node *arn = node_get(policy, "deadLetterTargetArn");
	return policy ? target_read(r, arn, &rule) : (struct target){0};
}

/* A duration in whole seconds. */
static simtime queue_seconds(struct reading *r, const struct node *p, const char *name, int low, int high, int fallback)
{
	return property_integer(r, p, name, low, high, " s", "limit/queue", fallback) * SIMTIME_SECOND;
}

static void queue_redrive(struct reading *r, const struct node *p, struct queue_spec *q)
{
	const struct node *policy = policy_map(r, p, "RedrivePolicy");
	if (!policy)
		return;
	if (node_is_null(node_get(policy, "deadLetterTargetArn"))) {
		diagnostic_add(r->found, SEVERITY_ERROR, node_get(p, "RedrivePolicy")->at, "limit/redrive",
		               "a RedrivePolicy needs deadLetterTargetArn");
		return;
	}
	q->dead_letter = policy_dead_letter(r, policy, "a RedrivePolicy");
	q->max_receive_count = property_integer(r, policy, "maxReceiveCount", 1, QUEUE_RECEIVES_MAX, "", "limit/redrive",
	                                        QUEUE_RECEIVES_DEFAULT);
}

static bool queue_has_suffix(const char *name)
{
	size_t length = strlen(name);
	return length >= 5 && strcmp(name + length - 5, ".fifo") == 0;
}

static void queue_check_name(struct reading *r, const struct node *p, const struct queue_spec *q)
{
	const struct node *name = reading_get(r, p, "QueueName", NULL), *fifo = node_get(p, "FifoQueue");
	if (!name || name->kind != NODE_SCALAR)
		return;
	if (q->fifo && !queue_has_suffix(name->text))
		diagnostic_add(r->found, SEVERITY_ERROR, name->at, "limit/queue",
		               "the name of a FIFO queue ends with .fifo; '%s' does not", name->text);
	if (!q->fifo && queue_has_suffix(name->text))
		diagnostic_add(r->found, SEVERITY_ERROR, fifo ? fifo->at : name->at, "limit/queue",
		               "only a FIFO queue's name ends with .fifo: '%s' needs FifoQueue: true", name->text);
}

/* What only FIFO queues have. */
static void queue_fifo(struct reading *r, const struct node *p, struct queue_spec *q)
{
	static const char *const only[] = {"ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"};
	static const char *const scopes[] = {"queue", "messageGroup"}, *const limits[] = {"perQueue", "perMessageGroupId"};
	for (size_t i = 0; !q->fifo && i < KEY_COUNT(only); i++) {
		const struct node *n = reading_get(r, p, only[i], NULL);
		if (n && !node_is_text(n, "false"))
			diagnostic_add(r->found, SEVERITY_ERROR, n->at, "limit/queue", "%s is for FIFO queues; %s is none", only[i],
			               q->name);
	}
	if (!q->fifo)
		return;
	const struct node *scope = reading_get(r, p, "DeduplicationScope", NULL),
			  *limit = reading_get(r, p, "FifoThroughputLimit", NULL);
	bool by_group = scope && key_word(r, scope, "DeduplicationScope", scopes, KEY_COUNT(scopes)) == 1;
	q->content_deduplication = property_bool(r, p, "ContentBasedDeduplication", false);
	q->high_throughput = limit && key_word(r, limit, "FifoThroughputLimit", limits, KEY_COUNT(limits)) == 1;
	if (q->high_throughput && !by_group)
		diagnostic_add(r->found, SEVERITY_ERROR, limit->at, "limit/queue",
		               "FifoThroughputLimit: perMessageGroupId needs DeduplicationScope: messageGroup");
}

void queue_read(struct reading *r, struct read_resource *resource)
{
	const struct node *p = resource->properties;
	struct queue_spec q = queue_default(reading_keep(r, resource->logical), reading_keep_at(r, resource->at));
	resource_unknown_properties(r, p, "AWS::SQS::Queue", queue_names, KEY_COUNT(queue_names));
	q.fifo = property_bool(r, p, "FifoQueue", false);
	q.visibility = queue_seconds(r, p, "VisibilityTimeout", 0, QUEUE_VISIBILITY_MAX_S, QUEUE_VISIBILITY_DEFAULT_S);
	q.delay = queue_seconds(r, p, "DelaySeconds", 0, QUEUE_DELAY_MAX_S, 0);
	q.retention = queue_seconds(r, p, "MessageRetentionPeriod", QUEUE_RETENTION_MIN_S, QUEUE_RETENTION_MAX_S,
	                            QUEUE_RETENTION_DEFAULT_S);
	q.receive_wait = queue_seconds(r, p, "ReceiveMessageWaitTimeSeconds", 0, QUEUE_RECEIVE_WAIT_MAX_S, 0);
	q.message_most = (size_t)property_integer(r, p, "MaximumMessageSize", QUEUE_MESSAGE_MIN, QUEUE_MESSAGE_MOST, " bytes",
	                                          "limit/queue", QUEUE_MESSAGE_MOST);
	queue_check_name(r, p, &q);
	queue_fifo(r, p, &q);
	queue_redrive(r, p, &q);
	q.send_rate = q.fifo ? sendquota_of(q.high_throughput, r->scenario->region) : 0;
	r->resources->queues[resource->index] = q;
}

void queues_check(struct reading *r)
{
	const struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->queue_count; i++) {
		const struct queue_spec *q = &l->queues[i];
		if (q->dead_letter.kind != TARGET_QUEUE || l->queues[q->dead_letter.index].fifo == q->fifo)
			continue;
		const struct read_resource *resource = resource_of(r, TARGET_QUEUE, i);
		const struct node *policy = node_get(resource->properties, "RedrivePolicy");
		diagnostic_add(r->found, SEVERITY_ERROR, policy->at, "limit/redrive",
		               "the dead-letter queue of a %s queue must be a %s queue too; %s is not",
		               q->fifo ? "FIFO" : "standard", q->fifo ? "FIFO" : "standard", q->dead_letter.name);
	}
}
