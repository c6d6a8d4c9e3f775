#include "scenarios/read/asyncconfig.h"

#include <string.h>

#include "models/invoke/backoff.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/property.h"
#include "scenarios/read/resources.h"
#include "scenarios/read/targets.h"

enum { ASYNC_RETRIES_MAX = 2, ASYNC_AGE_MIN_S = 60, ASYNC_AGE_MAX_S = 21600 };

#define ON_SUCCESS_KINDS \
	(TARGET_BIT(TARGET_QUEUE) | TARGET_BIT(TARGET_TOPIC) | TARGET_BIT(TARGET_FUNCTION) | TARGET_BIT(TARGET_BUS))
#define ON_FAILURE_KINDS (ON_SUCCESS_KINDS | TARGET_BIT(TARGET_BUCKET))
#define DEAD_LETTER_KINDS (TARGET_BIT(TARGET_QUEUE) | TARGET_BIT(TARGET_TOPIC))

/* --- destinations ----------------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *type;
	enum target_kind kind;
} destination_types[] = {
	{"SQS", TARGET_QUEUE},       {"SNS", TARGET_TOPIC}, {"Lambda", TARGET_FUNCTION},
	{"EventBridge", TARGET_BUS}, {"S3", TARGET_BUCKET}, {"S3Bucket", TARGET_BUCKET},
};

/* The kind that a SAM destination says it has; TARGET_NONE when it says none, or with an error. */
static enum target_kind destination_type(struct reading *r, const struct node *map, const char *sender)
{
	const char *names[KEY_COUNT(destination_types)];
	for (size_t i = 0; i < KEY_COUNT(destination_types); i++)
		names[i] = destination_types[i].type;
	const struct node *type = reading_get(r, map, "Type", sender);
	int word = type ? key_word(r, type, arena_format(&r->scratch, "Type of %s", sender), names, KEY_COUNT(names)) : -1;
	return word < 0 ? TARGET_NONE : destination_types[word].kind;
}

static const char *destination_takes(unsigned kinds)
{
	if (kinds == DEAD_LETTER_KINDS)
		return "an SQS queue or an SNS topic";
	if (!(kinds & TARGET_BIT(TARGET_FUNCTION)))
		return "an SQS queue, an SNS topic or an S3 bucket";
	return kinds & TARGET_BIT(TARGET_BUCKET) ? "an SQS queue, an SNS topic, a Lambda function, an event bus or an S3 bucket"
	                                         : "an SQS queue, an SNS topic, a Lambda function or an event bus";
}

struct target destination_read(struct reading *r, const struct node *map, const char *sender, unsigned kinds, const char *made)
{
	if (!map || node_is_null(map) || !reading_is(r, map, NODE_MAP, sender))
		return (struct target){0};
	const struct target_rule rule = {.sender = sender,
	                                 .takes = destination_takes(kinds),
	                                 .kinds = kinds,
	                                 .no_fifo = true,
	                                 .rule = "limit/destination"};
	enum target_kind type = destination_type(r, map, sender);
	const struct node *to = node_get(map, "Destination");
	if (to && !node_is_null(to))
		return target_read(r, to, &rule);
	if (type != TARGET_NONE && !(kinds & TARGET_BIT(type)))
		diagnostic_add(r->found, SEVERITY_ERROR, map->at, "limit/destination", "%s takes %s, not %s", sender, rule.takes,
		               target_kind_name(type));
	else if (made && (type == TARGET_QUEUE || type == TARGET_TOPIC))
		return (struct target){type, resource_add(r, type, made, map->at), reading_keep(r, made)};
	else
		diagnostic_add(r->found, SEVERITY_ERROR, map->at, "limit/destination", "%s needs a Destination", sender);
	return (struct target){0};
}

/* --- one configuration ------------------------------------------------------------------------------------------------------------------ */

/* The Properties of an EventInvokeConfig: SAM's and CloudFormation's have the same names. `sam`: queues and topics may be made. */
static void async_config(struct reading *r, const struct node *config, const char *function, bool sam, struct async_spec *out)
{
	out->max_retries = property_integer(r, config, "MaximumRetryAttempts", 0, ASYNC_RETRIES_MAX, "", "limit/async",
	                                    ASYNC_RETRIES_MAX);
	out->max_age = property_integer(r, config, "MaximumEventAgeInSeconds", ASYNC_AGE_MIN_S, ASYNC_AGE_MAX_S, " s",
	                                "limit/async", ASYNC_AGE_MAX_S) *
	               SIMTIME_SECOND;
	const struct node *destinations = reading_get(r, config, "DestinationConfig", NULL);
	if (!destinations || !reading_is(r, destinations, NODE_MAP, "DestinationConfig"))
		return;
	const char *success = arena_format(&r->scratch, "%sEventInvokeConfigOnSuccess", function);
	const char *failure = arena_format(&r->scratch, "%sEventInvokeConfigOnFailure", function);
	out->on_success = destination_read(r, reading_get(r, destinations, "OnSuccess", NULL), "an OnSuccess destination",
	                                   ON_SUCCESS_KINDS, sam ? success : NULL);
	out->on_failure = destination_read(r, reading_get(r, destinations, "OnFailure", NULL), "an OnFailure destination",
	                                   ON_FAILURE_KINDS, sam ? failure : NULL);
}

/* DeadLetterConfig (CloudFormation) or DeadLetterQueue (SAM): {TargetArn}. */
static void async_dead_letter(struct reading *r, const struct read_function *f, struct async_spec *out)
{
	const char *name = f->sam ? "DeadLetterQueue" : "DeadLetterConfig";
	const struct target_rule rule = {.sender = name,
	                                 .takes = "an SQS queue or an SNS topic",
	                                 .kinds = DEAD_LETTER_KINDS,
	                                 .no_fifo = true,
	                                 .rule = "limit/destination"};
	const struct node *n = reading_get(r, f->properties, name, NULL);
	if (n && reading_is(r, n, NODE_MAP, name))
		out->dead_letter = target_read(r, node_get(n, "TargetArn"), &rule);
}

static void async_of_function(struct reading *r, const struct read_function *f, struct async_spec *out)
{
	static const char *const words[] = {"Terminate", "Allow"};
	const struct node *loop = reading_get(r, f->properties, "RecursiveLoop", NULL);
	out->max_retries = ASYNC_RETRIES_MAX;
	out->max_age = ASYNC_AGE_MAX_S * SIMTIME_SECOND;
	out->throttle_jitter = BACKOFF_JITTER_DEFAULT;
	out->recursion_allowed = loop && key_word(r, loop, "RecursiveLoop", words, KEY_COUNT(words)) == 1;
	async_dead_letter(r, f, out);
	const struct node *config = f->sam ? reading_get(r, f->properties, "EventInvokeConfig", NULL) : NULL;
	if (config && reading_is(r, config, NODE_MAP, "EventInvokeConfig"))
		async_config(r, config, f->logical, true, out);
}

/* --- configurations as resources: one for each qualifier ---------------------------------------------------------------------------------- */

/* The configuration that a function's events are handled by. */
struct chosen {
	const struct node_pair *pair; /* NULL: none, or the function's own */
	bool latest;                  /* it is for $LATEST, which is what runs where no version or alias is named */
};

/* The function that a resource configures, -1 where it is none that is simulated. */
static int config_function(struct reading *r, const struct node_pair *pair)
{
	if (strcmp(resource_type_of(pair->value), "AWS::Lambda::EventInvokeConfig") != 0 ||
	    resolver_exists(&r->resolver, pair->value) == 0)
		return -1;
	return target_function(r, node_get(resource_properties(r, pair->value), "FunctionName"));
}

static void choose(struct reading *r, const struct node_pair *pair, struct chosen *c)
{
	const struct node *qualifier = reading_get(r, resource_properties(r, pair->value), "Qualifier", NULL);
	bool latest = qualifier && qualifier->kind == NODE_SCALAR && strcmp(qualifier->text, "$LATEST") == 0;
	if (c->pair && (c->latest || !latest))
		return;
	*c = (struct chosen){pair, latest};
}

/* Versions and aliases are not told apart: one configuration is used, and who has several is told which. */
static void async_of_resource(struct reading *r, const struct node_pair *pair, int function, const struct chosen *c)
{
	static const char *const names[] = {"DestinationConfig", "FunctionName", "MaximumEventAgeInSeconds", "MaximumRetryAttempts",
	                                    "Qualifier"};
	const struct node *p = resource_properties(r, pair->value);
	resource_unknown_properties(r, p, "AWS::Lambda::EventInvokeConfig", names, KEY_COUNT(names));
	if (pair != c->pair) {
		diagnostic_add(
			r->found, SEVERITY_WARNING, pair->value->at, "model/later",
			"%s has another configuration of asynchronous invocation, and versions and aliases are not told apart yet: all of "
			"its events are handled by %s",
			r->scenario->functions[function].name, c->pair->key->text);
		return;
	}
	r->tentative = &r->functions[function].unresolved;
	async_config(r, p, pair->key->text, false, &r->scenario->functions[function].async);
	r->tentative = NULL;
}

static void async_resources(struct reading *r)
{
	const struct node *resources = node_get(r->root, "Resources");
	struct chosen *chosen = ARENA_ARRAY(&r->scratch, r->function_count + 1, struct chosen);
	int *functions = ARENA_ARRAY(&r->scratch, resources->count + 1, int);
	for (size_t i = 0; i < resources->count; i++) {
		functions[i] = config_function(r, &resources->pairs[i]);
		if (functions[i] >= 0)
			choose(r, &resources->pairs[i], &chosen[functions[i]]);
	}
	for (size_t i = 0; i < resources->count; i++)
		if (functions[i] >= 0)
			async_of_resource(r, &resources->pairs[i], functions[i], &chosen[functions[i]]);
}

void asyncs_read(struct reading *r)
{
	for (size_t i = 0; i < r->function_count; i++) {
		r->tentative = &r->functions[i].unresolved;
		async_of_function(r, &r->functions[i], &r->scenario->functions[i].async);
	}
	r->tentative = NULL;
	async_resources(r);
}
