#include "scenarios/read/mappings.h"

#include <string.h>

#include "models/invoke/backoff.h"
#include "scenarios/read/asyncconfig.h"
#include "scenarios/read/filters.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/property.h"
#include "scenarios/read/resources.h"
#include "scenarios/read/routes.h"
#include "scenarios/read/targets.h"
#include "scenarios/read/timestamps.h"
#include "sim/base/memory.h"

enum {
	MAPPING_BATCH_MAX = 10000,
	MAPPING_BATCH_QUEUE = 10, /* default of queues; all that a FIFO queue allows; more needs a window */
	MAPPING_BATCH_STREAM = 100,
	MAPPING_WINDOW_MAX_S = 300,
	MAPPING_CONCURRENCY_MIN = 2,
	MAPPING_CONCURRENCY_MAX = 1000,
	MAPPING_POLLERS_LEAST = 2, /* of queues, both ends; Lambda API Reference, "ProvisionedPollerConfig" */
	MAPPING_MIN_POLLERS_MAX = 200,
	MAPPING_MAX_POLLERS_MAX = 10000,
	MAPPING_MAX_POLLERS_DEFAULT = 200,
	MAPPING_PARALLEL_MAX = 10,
	MAPPING_RETRIES_MAX = 10000,
	MAPPING_AGE_MIN_S = 60,
	MAPPING_AGE_MAX_S = 604800,
	MAPPING_TUMBLING_MAX_S = 900
};

#define ON_FAILURE_KINDS (TARGET_BIT(TARGET_QUEUE) | TARGET_BIT(TARGET_TOPIC) | TARGET_BIT(TARGET_BUCKET))

/* A mapping being read. */
struct mapping_form {
	struct mapping_spec spec;
	const struct node *properties;
	bool sam, fifo, stream;
	const char *source; /* what the source is called: "an SQS queue" */
};

/* --- which property belongs to which source ----------------------------------------------------------------------------------------------- */

enum { FOR_QUEUE = 1, FOR_STREAM = 2, FOR_BOTH = 3, FOR_OTHERS = 4 };

static const char *const mapping_names[] = {
	"AmazonManagedKafkaEventSourceConfig",
	"BatchSize",
	"BisectBatchOnFunctionError",
	"DestinationConfig",
	"DocumentDBEventSourceConfig",
	"Enabled",
	"EventSourceArn",
	"FilterCriteria",
	"FunctionName",
	"FunctionResponseTypes",
	"KmsKeyArn",
	"LoggingConfig",
	"MaximumBatchingWindowInSeconds",
	"MaximumRecordAgeInSeconds",
	"MaximumRetryAttempts",
	"MetricsConfig",
	"ParallelizationFactor",
	"ProvisionedPollerConfig",
	"Queue",
	"Queues",
	"ScalingConfig",
	"SelfManagedEventSource",
	"SelfManagedKafkaEventSourceConfig",
	"SourceAccessConfigurations",
	"StartingPosition",
	"StartingPositionTimestamp",
	"Stream",
	"Tags",
	"Topics",
	"TumblingWindowInSeconds",
};

static const int mapping_sources[] = {
	FOR_OTHERS, /* AmazonManagedKafkaEventSourceConfig */
	FOR_BOTH,   /* BatchSize */
	FOR_STREAM, /* BisectBatchOnFunctionError */
	FOR_STREAM, /* DestinationConfig */
	FOR_OTHERS, /* DocumentDBEventSourceConfig */
	FOR_BOTH,   /* Enabled */
	FOR_BOTH,   /* EventSourceArn */
	FOR_BOTH,   /* FilterCriteria */
	FOR_BOTH,   /* FunctionName */
	FOR_BOTH,   /* FunctionResponseTypes */
	FOR_BOTH,   /* KmsKeyArn */
	FOR_BOTH,   /* LoggingConfig */
	FOR_BOTH,   /* MaximumBatchingWindowInSeconds */
	FOR_STREAM, /* MaximumRecordAgeInSeconds */
	FOR_STREAM, /* MaximumRetryAttempts */
	FOR_BOTH,   /* MetricsConfig */
	FOR_STREAM, /* ParallelizationFactor */
	FOR_QUEUE,  /* ProvisionedPollerConfig */
	FOR_BOTH,   /* Queue */
	FOR_OTHERS, /* Queues */
	FOR_QUEUE,  /* ScalingConfig */
	FOR_OTHERS, /* SelfManagedEventSource */
	FOR_OTHERS, /* SelfManagedKafkaEventSourceConfig */
	FOR_OTHERS, /* SourceAccessConfigurations */
	FOR_STREAM, /* StartingPosition */
	FOR_STREAM, /* StartingPositionTimestamp */
	FOR_BOTH,   /* Stream */
	FOR_BOTH,   /* Tags */
	FOR_OTHERS, /* Topics */
	FOR_STREAM, /* TumblingWindowInSeconds */
};
_Static_assert(KEY_COUNT(mapping_names) == KEY_COUNT(mapping_sources), "every property has its sources");

const char *const *mapping_property_names(size_t *count)
{
	*count = KEY_COUNT(mapping_names);
	return mapping_names;
}

static void mapping_check_names(struct reading *r, const struct mapping_form *f)
{
	for (size_t i = 0; i < KEY_COUNT(mapping_names); i++) {
		const struct node *n = node_get(f->properties, mapping_names[i]);
		if (mapping_sources[i] & (f->stream ? FOR_STREAM : FOR_QUEUE))
			continue;
		if (n && !node_is_null(n) && resolver_value(&r->resolver, n) != &resolver_absent)
			diagnostic_add(r->found, SEVERITY_ERROR, n->at, "limit/mapping", "%s is not for a mapping that reads %s",
			               mapping_names[i], f->source);
	}
	resource_unknown_properties(r, f->properties, f->sam ? "this event" : "AWS::Lambda::EventSourceMapping", mapping_names,
	                            KEY_COUNT(mapping_names));
}

/* --- what all sources have ------------------------------------------------------------------------------------------------------------------ */

static int mapping_integer(struct reading *r, const struct node *p, const char *name, int low, int high, const char *unit,
                           int fallback)
{
	return property_integer(r, p, name, low, high, unit, "limit/mapping", fallback);
}

static void mapping_batch(struct reading *r, struct mapping_form *f)
{
	const struct node *p = f->properties, *size = node_get(p, "BatchSize"),
			  *window = node_get(p, "MaximumBatchingWindowInSeconds");
	int most = f->fifo ? MAPPING_BATCH_QUEUE : MAPPING_BATCH_MAX;
	int usual = f->stream ? MAPPING_BATCH_STREAM : MAPPING_BATCH_QUEUE;
	f->spec.batch_size = mapping_integer(r, p, "BatchSize", 1, most, f->fifo ? " for a FIFO queue" : "", usual);
	f->spec.window = mapping_integer(r, p, "MaximumBatchingWindowInSeconds", 0, MAPPING_WINDOW_MAX_S, " s", 0) * SIMTIME_SECOND;
	if (f->fifo && f->spec.window > 0)
		diagnostic_add(r->found, SEVERITY_ERROR, window->at, "limit/mapping",
		               "a FIFO queue takes no MaximumBatchingWindowInSeconds");
	/* Streams: "Optional when BatchSize is at most 10" says the API; the stream's own default of 100 goes without one. */
	if (!f->stream && f->spec.batch_size > MAPPING_BATCH_QUEUE && f->spec.window < SIMTIME_SECOND)
		diagnostic_add(r->found, SEVERITY_ERROR, size->at, "limit/mapping",
		               "a BatchSize above %d needs MaximumBatchingWindowInSeconds of at least 1", MAPPING_BATCH_QUEUE);
}

static void mapping_responses(struct reading *r, struct mapping_form *f)
{
	static const char *const words[] = {"ReportBatchItemFailures"};
	const struct node *list = reading_get(r, f->properties, "FunctionResponseTypes", NULL);
	if (!list || !reading_is(r, list, NODE_LIST, "FunctionResponseTypes"))
		return;
	for (size_t i = 0; i < list->count; i++) {
		const struct node *n = reading_value(r, list->items[i], "FunctionResponseTypes");
		f->spec.report_failures |= n && key_word(r, n, "FunctionResponseTypes", words, 1) == 0;
	}
}

static void mapping_shared(struct reading *r, struct mapping_form *f)
{
	const struct node *criteria = reading_get(r, f->properties, "FilterCriteria", NULL);
	f->spec.enabled = property_bool(r, f->properties, "Enabled", true);
	mapping_batch(r, f);
	mapping_responses(r, f);
	if (criteria)
		filter_criteria_read(r, criteria, "FilterCriteria", &f->spec);
}

/* --- queues ----------------------------------------------------------------------------------------------------------------------------------- */

static void mapping_pollers(struct reading *r, struct mapping_form *f)
{
	const struct node *pollers = reading_get(r, f->properties, "ProvisionedPollerConfig", NULL);
	if (!pollers || !reading_is(r, pollers, NODE_MAP, "ProvisionedPollerConfig"))
		return;
	f->spec.min_pollers = mapping_integer(r, pollers, "MinimumPollers", MAPPING_POLLERS_LEAST, MAPPING_MIN_POLLERS_MAX, "",
	                                      MAPPING_POLLERS_LEAST);
	f->spec.max_pollers = mapping_integer(r, pollers, "MaximumPollers", MAPPING_POLLERS_LEAST, MAPPING_MAX_POLLERS_MAX, "",
	                                      MAPPING_MAX_POLLERS_DEFAULT);
	if (f->spec.max_pollers < f->spec.min_pollers)
		diagnostic_add(r->found, SEVERITY_ERROR, pollers->at, "limit/mapping",
		               "MaximumPollers (%d) is less than MinimumPollers (%d)", f->spec.max_pollers, f->spec.min_pollers);
	if (f->spec.max_concurrency)
		diagnostic_add(r->found, SEVERITY_ERROR, pollers->at, "limit/mapping",
		               "ProvisionedPollerConfig and ScalingConfig.MaximumConcurrency exclude each other");
}

static void mapping_queue(struct reading *r, struct mapping_form *f)
{
	const struct node *scaling = reading_get(r, f->properties, "ScalingConfig", NULL);
	if (scaling && reading_is(r, scaling, NODE_MAP, "ScalingConfig"))
		f->spec.max_concurrency = mapping_integer(r, scaling, "MaximumConcurrency", MAPPING_CONCURRENCY_MIN,
		                                          MAPPING_CONCURRENCY_MAX, "", 0);
	mapping_pollers(r, f);
}

/* --- streams ---------------------------------------------------------------------------------------------------------------------------------- */

static void mapping_starting(struct reading *r, struct mapping_form *f)
{
	static const char *const words[] =
		{[STARTING_LATEST] = "LATEST", [STARTING_TRIM_HORIZON] = "TRIM_HORIZON", [STARTING_AT_TIMESTAMP] = "AT_TIMESTAMP"};
	const struct node *n = reading_get(r, f->properties, "StartingPosition", NULL);
	const struct node *at = reading_get(r, f->properties, "StartingPositionTimestamp", NULL);
	bool kinesis = r->resources->streams[f->spec.source.index].kind == STREAM_KINESIS;
	if (!property_written(r, f->properties, "StartingPosition"))
		diagnostic_add(r->found, SEVERITY_ERROR, f->spec.at, "limit/mapping", "%s needs a StartingPosition: %s",
		               f->spec.name, kinesis ? "LATEST, TRIM_HORIZON or AT_TIMESTAMP" : "LATEST or TRIM_HORIZON");
	if (!n)
		return;
	int word = key_word(r, n, "StartingPosition", words, kinesis ? KEY_COUNT(words) : 2);
	f->spec.starting = word < 0 ? STARTING_LATEST : (enum starting_position)word;
	if (at && f->spec.starting != STARTING_AT_TIMESTAMP)
		diagnostic_add(r->found, SEVERITY_ERROR, at->at, "limit/mapping",
		               "StartingPositionTimestamp belongs to StartingPosition: AT_TIMESTAMP");
	if (word == STARTING_AT_TIMESTAMP && !property_written(r, f->properties, "StartingPositionTimestamp"))
		diagnostic_add(r->found, SEVERITY_ERROR, n->at, "limit/mapping", "AT_TIMESTAMP needs StartingPositionTimestamp");
	if (at && f->spec.starting == STARTING_AT_TIMESTAMP)
		timestamp_read(r, at, "StartingPositionTimestamp", &f->spec.starting_time);
}

/* -1 stands for no limit; 0 to 59 s are refused. */
static void mapping_age(struct reading *r, struct mapping_form *f)
{
	const struct node *n = reading_get(r, f->properties, "MaximumRecordAgeInSeconds", NULL);
	f->spec.max_record_age = SIMTIME_NEVER;
	if (!n || node_is_text(n, "-1"))
		return;
	int seconds = mapping_integer(r, f->properties, "MaximumRecordAgeInSeconds", MAPPING_AGE_MIN_S, MAPPING_AGE_MAX_S,
	                              " s, or -1 for no limit", MAPPING_FOREVER);
	if (seconds > 0)
		f->spec.max_record_age = seconds * SIMTIME_SECOND;
}

static void mapping_stream(struct reading *r, struct mapping_form *f)
{
	f->spec.throttle_jitter = BACKOFF_JITTER_DEFAULT;
	const struct node *p = f->properties, *destination = reading_get(r, p, "DestinationConfig", NULL);
	mapping_starting(r, f);
	mapping_age(r, f);
	f->spec.parallelization = mapping_integer(r, p, "ParallelizationFactor", 1, MAPPING_PARALLEL_MAX, "", 1);
	f->spec.bisect = property_bool(r, p, "BisectBatchOnFunctionError", false);
	f->spec.max_retries = mapping_integer(r, p, "MaximumRetryAttempts", MAPPING_FOREVER, MAPPING_RETRIES_MAX, "",
	                                      MAPPING_FOREVER);
	f->spec.tumbling_window = mapping_integer(r, p, "TumblingWindowInSeconds", 0, MAPPING_TUMBLING_MAX_S, " s", 0) *
	                          SIMTIME_SECOND;
	if (destination && reading_is(r, destination, NODE_MAP, "DestinationConfig"))
		f->spec.on_failure = destination_read(r, reading_get(r, destination, "OnFailure", NULL), "an OnFailure destination",
		                                      ON_FAILURE_KINDS, NULL);
	if (f->spec.tumbling_window && f->spec.parallelization > 1)
		diagnostic_add(r->found, SEVERITY_ERROR, node_get(p, "TumblingWindowInSeconds")->at, "limit/mapping",
		               "a tumbling window needs a ParallelizationFactor of 1, not %d", f->spec.parallelization);
}

/* --- both ways to write one --------------------------------------------------------------------------------------------------------------- */

/* The consumer's own stream, when a mapping reads a registered consumer. */
static const struct node *mapping_consumer(struct reading *r, const struct node *arn)
{
	static const char *const types[] = {"AWS::Kinesis::StreamConsumer"};
	const char *logical = arn ? resolver_target(&r->resolver, arn, types, 1) : NULL;
	const struct node *resource = logical ? node_get(node_get(r->root, "Resources"), logical) : NULL;
	return resource ? node_get(resource_properties(r, resource), "StreamARN") : NULL;
}

static bool mapping_of_consumer_arn(struct reading *r, const struct node *arn)
{
	const char *text = resolver_text(&r->resolver, arn);
	return text && strstr(text, "/consumer/");
}

/* A table that has no stream, to which a mapping points. */
static const char *mapping_table_without_stream(struct reading *r, const struct node *arn)
{
	static const char *const types[] = {"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"};
	const char *logical = arn ? resolver_target(&r->resolver, arn, types, KEY_COUNT(types)) : NULL;
	const struct node *resource = logical ? node_get(node_get(r->root, "Resources"), logical) : NULL;
	return resource && !resource_named(r, logical) && resolver_exists(&r->resolver, resource) != 0 ? logical : NULL;
}

/* The queue or stream that a value points to, or its stand-in. */
static void mapping_source(struct reading *r, struct mapping_form *f, const struct node *arn, enum target_kind kind,
                           const char *fallback)
{
	const struct node *stream = kind == TARGET_STREAM ? mapping_consumer(r, arn) : NULL;
	const char *table = kind == TARGET_STREAM ? mapping_table_without_stream(r, arn) : NULL;
	if (table)
		diagnostic_add(r->found, SEVERITY_ERROR, arn->at, "limit/stream",
		               "%s reads the stream of %s, which has no StreamSpecification", f->spec.name, table);
	f->spec.enhanced_fan_out = stream || (kind == TARGET_STREAM && arn && mapping_of_consumer_arn(r, arn));
	f->spec.source = target_or_stand_in(r, stream ? stream : arn, kind, fallback);
	f->stream = kind == TARGET_STREAM;
	if (f->spec.source.kind == TARGET_QUEUE)
		f->fifo = r->resources->queues[f->spec.source.index].fifo;
	f->source = f->stream ? "a stream" : f->fifo ? "a FIFO queue" : "an SQS queue";
}

static void mapping_add(struct reading *r, struct mapping_form *f)
{
	struct resource_lists *l = r->resources;
	mapping_check_names(r, f);
	mapping_shared(r, f);
	if (f->stream)
		mapping_stream(r, f);
	else
		mapping_queue(r, f);
	MEMORY_ROOM(l->mappings, l->mapping_count, l->mapping_capacity);
	l->mappings[l->mapping_count++] = f->spec;
}

static void mapping_init(struct reading *r, struct mapping_form *f, const char *name, struct position at, size_t function,
                         const struct node *properties)
{
	*f = (struct mapping_form){.properties = properties};
	f->spec = (struct mapping_spec){.name = reading_keep(r, name),
	                                .at = reading_keep_at(r, at),
	                                .function = function,
	                                .parallelization = 1,
	                                .max_retries = MAPPING_FOREVER,
	                                .max_record_age = SIMTIME_NEVER};
}

void mapping_of_event(struct reading *r, struct read_source *s, const struct node *properties)
{
	struct mapping_form f;
	enum target_kind kind = s->kind == SOURCE_SQS ? TARGET_QUEUE : TARGET_STREAM;
	const char *property = kind == TARGET_QUEUE ? "Queue" : "Stream";
	if (!properties || properties->kind != NODE_MAP || node_is_null(node_get(properties, property))) {
		diagnostic_add(r->found, SEVERITY_ERROR, s->at, "template/event", "event %s needs Properties with %s", s->name,
		               property);
		return;
	}
	mapping_init(r, &f, s->name, s->at, s->function, properties);
	f.sam = true;
	mapping_source(r, &f, node_get(properties, property), kind, s->name);
	s->target = f.spec.source;
	if (f.spec.source.kind == kind) {
		if (kind == TARGET_STREAM && resource_of(r, kind, f.spec.source.index)->outside)
			r->resources->streams[f.spec.source.index].kind = s->kind == SOURCE_KINESIS ? STREAM_KINESIS
			                                                                            : STREAM_DYNAMODB;
		mapping_add(r, &f);
	}
}

void mapping_of_queue(struct reading *r, const struct read_source *s, struct target queue, const struct node *properties)
{
	struct mapping_form f;
	struct resource_lists *l = r->resources;
	mapping_init(r, &f, s->name, s->at, s->function, properties->kind == NODE_MAP ? properties : NULL);
	f.spec.source = queue;
	f.fifo = l->queues[queue.index].fifo;
	mapping_shared(r, &f);
	MEMORY_ROOM(l->mappings, l->mapping_count, l->mapping_capacity);
	l->mappings[l->mapping_count++] = f.spec;
}

/* What a mapping reads that is not modelled: its source is there to be refused by name. */
static void mapping_unmodelled(struct reading *r, const struct node_pair *resource, size_t function, const struct node *p)
{
	const char *arn = node_get(p, "EventSourceArn") ? resolver_text(&r->resolver, node_get(p, "EventSourceArn")) : NULL;
	struct read_source *s = event_add(r, function, resource->key->text, resource->key->at);
	s->type = node_get(p, "Queues")                                      ? "MQ"
	          : node_get(p, "DocumentDBEventSourceConfig")               ? "DocumentDB"
	          : node_get(p, "SelfManagedEventSource")                    ? "SelfManagedKafka"
	          : node_get(p, "Topics") || (arn && strstr(arn, ":kafka:")) ? "MSK"
	                                                                     : "AWS::Lambda::EventSourceMapping";
}

/* Whether a value points to a queue or a stream; TARGET_NONE for other things. */
static enum target_kind mapping_kind(struct reading *r, const struct node *p, const struct node *arn)
{
	static const char *const queues[] = {"AWS::SQS::Queue"};
	static const char *const streams[] = {"AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer", "AWS::DynamoDB::Table",
	                                      "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"};
	if (!arn || node_get(p, "Queues") || node_get(p, "Topics") || node_get(p, "DocumentDBEventSourceConfig"))
		return TARGET_NONE;
	if (resolver_target(&r->resolver, arn, queues, KEY_COUNT(queues)))
		return TARGET_QUEUE;
	if (resolver_target(&r->resolver, arn, streams, KEY_COUNT(streams)))
		return TARGET_STREAM;
	const char *text = resolver_text(&r->resolver, arn);
	enum target_kind kind = text ? target_kind_of_arn(text) : node_get(p, "StartingPosition") ? TARGET_STREAM : TARGET_QUEUE;
	return kind == TARGET_QUEUE || kind == TARGET_STREAM ? kind : TARGET_NONE;
}

void mapping_of_resource(struct reading *r, const struct node_pair *resource)
{
	struct mapping_form f;
	const struct node *p = resource_properties(r, resource->value), *arn = node_get(p, "EventSourceArn");
	int function = target_function(r, node_get(p, "FunctionName"));
	if (function < 0)
		return;
	enum target_kind kind = mapping_kind(r, p, arn);
	if (kind == TARGET_NONE) {
		mapping_unmodelled(r, resource, (size_t)function, p);
		return;
	}
	r->tentative = &r->functions[function].unresolved;
	mapping_init(r, &f, resource->key->text, resource->key->at, (size_t)function, p);
	mapping_source(r, &f, arn, kind, resource->key->text);
	if (f.spec.source.kind == kind)
		mapping_add(r, &f);
	r->tentative = NULL;
}

/* --- what does not fit together --------------------------------------------------------------------------------------------------------------- */

static struct position mapping_visibility_at(const struct reading *r, const struct mapping_spec *m)
{
	const struct read_resource *queue = resource_of(r, TARGET_QUEUE, m->source.index);
	const struct node *n = node_get(queue->properties, "VisibilityTimeout");
	return n ? n->at : queue->outside ? m->at : queue->at;
}

/* Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping": the visibility timeout may not be less than the
 * function's timeout, and should be six times that, plus the window. */
static void mapping_visibility(struct reading *r, const struct mapping_spec *m)
{
	enum { ADVISED = 6 };
	const struct function_spec *f = &r->scenario->functions[m->function];
	simtime visibility = r->resources->queues[m->source.index].visibility, runs = f->timeout_s * SIMTIME_SECOND;
	struct position at = mapping_visibility_at(r, m);
	if (runs > visibility) {
		diagnostic_add(
			r->found, SEVERITY_ERROR, at, "timeout/visibility",
			"%s: the visibility timeout of %s (%g s) is less than the timeout of %s (%d s); Lambda refuses the mapping",
			m->name, m->source.name, simtime_s(visibility), f->name, f->timeout_s);
		diagnostic_hint(r->found, "AWS advises six times the function's timeout: VisibilityTimeout: %d",
		                ADVISED * f->timeout_s + (int)(m->window / SIMTIME_SECOND));
	} else if (r->careful && visibility < ADVISED * runs + m->window)
		diagnostic_add(r->found, SEVERITY_NOTE, at, "timeout/visibility",
		               "%s: AWS advises a visibility timeout of %d x %d s%s = %g s; %s has %g s", m->name, ADVISED,
		               f->timeout_s, m->window ? " and the batching window" : "", simtime_s(ADVISED * runs + m->window),
		               m->source.name, simtime_s(visibility));
}

/* Lambda API reference, CreateEventSourceMapping: ResourceConflictException, "An event source mapping with ... arn ... and function ... already
 * exists". Consumers with enhanced fan-out have ARNs of their own. */
static void mapping_twice(struct reading *r, const struct mapping_spec *m)
{
	for (const struct mapping_spec *x = r->resources->mappings; x < m; x++)
		if (x->source.kind == m->source.kind && x->source.index == m->source.index && x->function == m->function &&
		    !x->enhanced_fan_out && !m->enhanced_fan_out) {
			diagnostic_add(r->found, SEVERITY_ERROR, m->at, "limit/mapping",
			               "%s and %s both map %s to %s; Lambda refuses the second one", x->name, m->name,
			               m->source.name, r->scenario->functions[m->function].name);
			return;
		}
}

void mappings_check(struct reading *r)
{
	const struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->mapping_count; i++) {
		const struct mapping_spec *m = &l->mappings[i];
		const struct read_resource *source = resource_of(r, m->source.kind, m->source.index);
		if (m->source.kind == TARGET_QUEUE)
			mapping_visibility(r, m);
		mapping_twice(r, m);
		if (source->outside && r->careful)
			diagnostic_add(r->found, SEVERITY_NOTE, m->at, "template/outside",
			               "%s reads %s, which is not in the template: it is taken to have AWS's defaults", m->name,
			               source->logical);
	}
}
