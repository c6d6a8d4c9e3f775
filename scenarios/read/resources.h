/* resources: the queues, topics, event buses, buckets and streams of a template while it is being read.
 *
 * First all are declared, so that a value can point to any of them whatever their order; then each is read, and what the template does not
 * write but SAM makes (a queue for a destination, for an SNS event with SqsSubscription; the default event bus) is added as it is
 * met, as is a stand-in for what a mapping reads outside the template. In the end all of it goes into the scenario's arena. */
#ifndef SCENARIOS_READ_RESOURCES_H
#define SCENARIOS_READ_RESOURCES_H

#include "scenarios/read/reading.h"

struct read_resource {
	const char *logical; /* logical ID; of a stand-in, its name outside */
	const char *type;
	const char *arn;               /* made up, as intrinsic functions make it up */
	const char *physical;          /* its name in AWS: the last part of the ARN */
	const struct node *resource;   /* as written; NULL where nothing is */
	const struct node *properties; /* NULL likewise */
	struct position at;
	enum target_kind kind;
	size_t index;                  /* among its kind */
	bool outside;                  /* a stand-in */
	bool used;                     /* has traffic or is reached by some */
	struct diagnostics unresolved; /* intrinsics that its properties need; errors once it is used */
};

/* What belongs to a topic, a bus or a bucket, until all of it is known. */
struct owned_subscription {
	size_t owner;
	struct subscription_spec spec;
};
struct owned_rule {
	size_t owner;
	struct rule_spec spec;
};
struct owned_notification {
	size_t owner;
	struct notification_spec spec;
};

struct resource_lists {
	struct read_resource *items;
	size_t count, capacity;
	struct queue_spec *queues;
	size_t queue_count, queue_capacity;
	struct topic_spec *topics;
	size_t topic_count, topic_capacity;
	struct bus_spec *buses;
	size_t bus_count, bus_capacity;
	struct bucket_spec *buckets;
	size_t bucket_count, bucket_capacity;
	struct stream_spec *streams;
	size_t stream_count, stream_capacity;
	struct mapping_spec *mappings;
	size_t mapping_count, mapping_capacity;
	struct owned_subscription *subscriptions;
	size_t subscription_count, subscription_capacity;
	struct owned_rule *rules;
	size_t rule_count, rule_capacity;
	struct owned_notification *notifications;
	size_t notification_count, notification_capacity;
	struct payload_spec *payloads; /* of what functions emit */
	size_t payload_count, payload_capacity;
};

/* Declares and reads all of the template's; after functions_read. What cannot be resolved is kept aside. */
void resources_read(struct reading *r);

/* What could not be resolved is an error for what is used; called when that is known, and in any case: it frees. */
void resources_report_unresolved(struct reading *r);

/* Puts everything into the scenario; the lists stay as they are. Called once, when all is read. */
void resources_settle(struct reading *r);
void resources_free(struct reading *r);

/* The resource of a kind with an index; the one with a logical ID, NULL when there is none. */
struct read_resource *resource_of(const struct reading *r, enum target_kind kind, size_t index);
struct read_resource *resource_named(const struct reading *r, const char *logical);

/* Adds one that no resource of the template stands for. `logical` is kept. Returns its index among its kind. */
size_t resource_add(struct reading *r, enum target_kind kind, const char *logical, struct position at);

/* What could not be resolved about something that belongs to a resource (a subscription, a rule) is said when the resource is used. */
void resource_add_unresolved(struct reading *r, enum target_kind kind, size_t index, const struct diagnostics *unresolved);

/* The bus that events go to which name none. Made on the first call. */
size_t resource_default_bus(struct reading *r);

/* The ARN of a bus of the template's own account and Region. */
const char *resource_bus_arn(struct reading *r, const char *name);

/* The Properties of a resource as a map; never NULL. */
const struct node *resource_properties(struct reading *r, const struct node *resource);

/* The Type of a resource, "" without one. */
const char *resource_type_of(const struct node *resource);

/* Misspelt properties would silently be defaults. AWS may have new ones, so only what looks like a known one is an error. `what`: the type. */
void resource_unknown_properties(struct reading *r, const struct node *properties, const char *what, const char *const *names,
                                 size_t count);

#endif
