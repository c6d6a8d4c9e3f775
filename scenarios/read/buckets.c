#include "scenarios/read/buckets.h"

#include <string.h>
#include <strings.h>

#include "scenarios/read/keys.h"
#include "scenarios/read/property.h"
#include "scenarios/read/suggest.h"
#include "scenarios/read/targets.h"
#include "sim/base/memory.h"

static const char *const event_names[] = {
	"s3:TestEvent",
	"s3:ReducedRedundancyLostObject",
	"s3:ObjectCreated:*",
	"s3:ObjectCreated:Put",
	"s3:ObjectCreated:Post",
	"s3:ObjectCreated:Copy",
	"s3:ObjectCreated:CompleteMultipartUpload",
	"s3:ObjectRemoved:*",
	"s3:ObjectRemoved:Delete",
	"s3:ObjectRemoved:DeleteMarkerCreated",
	"s3:ObjectRestore:*",
	"s3:ObjectRestore:Post",
	"s3:ObjectRestore:Completed",
	"s3:ObjectRestore:Delete",
	"s3:Replication:*",
	"s3:Replication:OperationFailedReplication",
	"s3:Replication:OperationMissedThreshold",
	"s3:Replication:OperationReplicatedAfterThreshold",
	"s3:Replication:OperationNotTracked",
	"s3:LifecycleExpiration:*",
	"s3:LifecycleExpiration:Delete",
	"s3:LifecycleExpiration:DeleteMarkerCreated",
	"s3:LifecycleTransition",
	"s3:IntelligentTiering",
	"s3:ObjectTagging:*",
	"s3:ObjectTagging:Put",
	"s3:ObjectTagging:Delete",
	"s3:ObjectAcl:Put",
};

/* --- one notification ----------------------------------------------------------------------------------------------------------------------- */

/* Filter: {S3Key: {Rules: [{Name: prefix, Value: images/}]}}. */
static void notification_filter(struct reading *r, const struct node *p, struct notification_spec *out)
{
	const struct node *filter = reading_get(r, p, "Filter", NULL);
	const struct node *key = filter ? reading_get(r, filter, "S3Key", "Filter.S3Key") : NULL;
	const struct node *rules = key ? reading_get(r, key, "Rules", "Filter.S3Key.Rules") : NULL;
	if (filter && (!property_written(r, filter, "S3Key") || (key && !property_written(r, key, "Rules"))))
		diagnostic_add(r->found, SEVERITY_ERROR, filter->at, "limit/notification", "a Filter needs S3Key with Rules");
	if (!rules || !reading_is(r, rules, NODE_LIST, "Filter.S3Key.Rules"))
		return;
	for (size_t i = 0; i < rules->count; i++) {
		const struct node *rule = reading_value(r, rules->items[i], "Filter.S3Key.Rules");
		const char *name = rule ? property_text(r, rule, "Name") : NULL,
			   *value = rule ? property_text(r, rule, "Value") : NULL;
		bool prefix = name && strcasecmp(name, "prefix") == 0, suffix = name && strcasecmp(name, "suffix") == 0;
		const char **field = prefix ? &out->prefix : &out->suffix;
		if (!prefix && !suffix)
			diagnostic_add(r->found, SEVERITY_ERROR, rules->items[i]->at, "limit/notification",
			               "a rule's Name is prefix or suffix%s%s", name ? ", not " : "", name ? name : "");
		else if (*field)
			diagnostic_add(r->found, SEVERITY_ERROR, rules->items[i]->at, "limit/notification",
			               "there is one %s a Filter", name);
		else
			*field = value && *value ? value : NULL;
	}
}

static void notification_add(struct reading *r, size_t bucket, const struct node *event, const struct node *p, struct target target)
{
	struct resource_lists *l = r->resources;
	struct notification_spec n = {.target = target, .at = reading_keep_at(r, event->at)};
	bool known = false;
	if (!reading_is(r, event, NODE_SCALAR, "Event"))
		return;
	for (size_t i = 0; i < KEY_COUNT(event_names); i++)
		known = known || strcmp(event_names[i], event->text) == 0;
	if (!known) {
		diagnostic_add(r->found, SEVERITY_ERROR, event->at, "limit/notification", "'%s' is no event of Amazon S3",
		               event->text);
		suggest_name(r->found, event->text, event_names, KEY_COUNT(event_names));
		return;
	}
	n.event = reading_keep(r, event->text);
	notification_filter(r, p, &n);
	MEMORY_ROOM(l->notifications, l->notification_count, l->notification_capacity);
	l->notifications[l->notification_count++] = (struct owned_notification){bucket, n};
}

/* --- buckets -------------------------------------------------------------------------------------------------------------------------------- */

void bucket_read(struct reading *r, struct read_resource *resource)
{
	const struct node *configuration = reading_get(r, resource->properties, "NotificationConfiguration", NULL);
	const struct node *bus = configuration ? reading_get(r, configuration, "EventBridgeConfiguration", NULL) : NULL;
	if (!bus || !reading_is(r, bus, NODE_MAP, "EventBridgeConfiguration"))
		return;
	/* Its presence is what counts; EventBridgeEnabled is true by default. */
	r->resources->buckets[resource->index].event_bridge = property_bool(r, bus, "EventBridgeEnabled", true);
}

static void notifications_of(struct reading *r, size_t bucket, const struct node *configuration)
{
	static const struct {
		const char *list, *to;
		struct target_rule rule;
	} kinds[] = {
		{"LambdaConfigurations",
	         "Function",
	         {"a LambdaConfiguration", "a Lambda function", TARGET_BIT(TARGET_FUNCTION), true, "limit/notification"}},
		{"QueueConfigurations",
	         "Queue",
	         {"a QueueConfiguration", "an SQS queue", TARGET_BIT(TARGET_QUEUE), true, "limit/notification"}},
		{"TopicConfigurations",
	         "Topic",
	         {"a TopicConfiguration", "an SNS topic", TARGET_BIT(TARGET_TOPIC), true, "limit/notification"}},
	};
	for (size_t k = 0; k < KEY_COUNT(kinds); k++) {
		const struct node *list = reading_get(r, configuration, kinds[k].list, NULL);
		for (size_t i = 0; list && reading_is(r, list, NODE_LIST, kinds[k].list) && i < list->count; i++) {
			const struct node *n = reading_value(r, list->items[i], kinds[k].list);
			const struct node *event = n ? reading_get(r, n, "Event", NULL) : NULL;
			struct target target = n ? target_read(r, node_get(n, kinds[k].to), &kinds[k].rule) : (struct target){0};
			if (n && !(property_written(r, n, "Event") && property_written(r, n, kinds[k].to)))
				diagnostic_add(r->found, SEVERITY_ERROR, n->at, "limit/notification", "%s needs Event and %s",
				               kinds[k].rule.sender, kinds[k].to);
			else if (event && target.kind != TARGET_NONE)
				notification_add(r, bucket, event, n, target);
		}
	}
}

void notifications_read(struct reading *r)
{
	struct resource_lists *l = r->resources;
	size_t declared = l->count;
	for (size_t i = 0; i < declared; i++) {
		if (l->items[i].kind != TARGET_BUCKET || !l->items[i].resource)
			continue;
		size_t index = l->items[i].index;
		struct diagnostics unresolved = l->items[i].unresolved;
		r->tentative = &unresolved;
		const struct node *configuration = reading_get(r, l->items[i].properties, "NotificationConfiguration", NULL);
		if (configuration && reading_is(r, configuration, NODE_MAP, "NotificationConfiguration"))
			notifications_of(r, index, configuration);
		r->tentative = NULL;
		l->items[i].unresolved = unresolved;
		if (l->buckets[index].event_bridge)
			resource_default_bus(r);
	}
}

void bucket_of_event(struct reading *r, struct read_source *s, const struct node *properties)
{
	static const char *const names[] = {"Bucket", "Events", "Filter"};
	const struct node *events = properties ? reading_get(r, properties, "Events", NULL) : NULL;
	struct target function = {TARGET_FUNCTION, s->function, r->scenario->functions[s->function].name};
	if (!property_written(r, properties, "Events") || !property_written(r, properties, "Bucket")) {
		diagnostic_add(r->found, SEVERITY_ERROR, s->at, "template/event",
		               "event %s needs Properties with Bucket and Events", s->name);
		return;
	}
	resource_unknown_properties(r, properties, "an S3 event", names, KEY_COUNT(names));
	s->target = target_or_stand_in(r, node_get(properties, "Bucket"), TARGET_BUCKET, s->name);
	if (s->target.kind != TARGET_BUCKET)
		return;
	if (resource_of(r, TARGET_BUCKET, s->target.index)->outside)
		diagnostic_add(r->found, SEVERITY_ERROR, node_get(properties, "Bucket")->at, "template/event",
		               "the Bucket of an S3 event must be one of the same template");
	for (size_t i = 0; events && events->kind == NODE_LIST && i < events->count; i++) {
		const struct node *event = reading_value(r, events->items[i], "Events");
		if (event)
			notification_add(r, s->target.index, event, properties, function);
	}
	if (events && events->kind != NODE_LIST)
		notification_add(r, s->target.index, events, properties, function);
}

/* --- overlaps ------------------------------------------------------------------------------------------------------------------------------- */

static bool events_meet(const char *a, const char *b)
{
	size_t of_a = strlen(a), of_b = strlen(b);
	bool all_a = a[of_a - 1] == '*', all_b = b[of_b - 1] == '*';
	size_t length = all_a ? of_a - 1 : of_b - 1;
	if (all_a && all_b && of_b < of_a)
		length = of_b - 1;
	return all_a || all_b ? strncmp(a, b, length) == 0 : strcmp(a, b) == 0;
}

/* Whether there is a key that has both as its prefix (or, from the end, as its suffix). */
static bool affixes_meet(const char *a, const char *b, bool suffix)
{
	size_t of_a = a ? strlen(a) : 0, of_b = b ? strlen(b) : 0, length = of_a < of_b ? of_a : of_b;
	if (length == 0)
		return true;
	return memcmp(suffix ? a + of_a - length : a, suffix ? b + of_b - length : b, length) == 0;
}

static bool notifications_meet(const struct notification_spec *a, const struct notification_spec *b)
{
	return events_meet(a->event, b->event) && affixes_meet(a->prefix, b->prefix, false) &&
	       affixes_meet(a->suffix, b->suffix, true);
}

void notifications_check(struct reading *r)
{
	const struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->notification_count; i++) {
		const struct notification_spec *n = &l->notifications[i].spec;
		for (size_t k = 0; k < i; k++) {
			const struct notification_spec *before = &l->notifications[k].spec;
			if (l->notifications[k].owner != l->notifications[i].owner || !notifications_meet(before, n))
				continue;
			diagnostic_add(
				r->found, SEVERITY_ERROR, n->at, "limit/notification",
				"%s: this overlaps with the notification in line %d: an object may fall under both, which S3 refuses",
				l->buckets[l->notifications[i].owner].name, before->at.line);
			break;
		}
	}
}
