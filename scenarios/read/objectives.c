#include "scenarios/read/objectives.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "scenarios/read/resources.h"
#include "scenarios/read/suggest.h"
#include "scenarios/read/units.h"
#include "sim/base/memory.h"

enum objective_value { VALUE_TIME, VALUE_COUNT, VALUE_SHARED_COUNT /* a percentage makes it a share */, VALUE_MONEY };
enum {
	OF_FUNCTION = 1,
	OF_SOURCE = 2,
	OF_ACCOUNT = 4,
	OF_QUEUE = 8,
	OF_STREAM = 16,
	OF_FANOUT = 32, /* topics, buses and buckets */
	OF_QUEUE_MAPPING = 64,
	OF_STREAM_MAPPING = 128,
	OF_STREAM_FUNCTION = 256, /* that a mapping reads a stream for */
	OF_MAPPING = OF_QUEUE_MAPPING | OF_STREAM_MAPPING,
	OF_PLACE = OF_QUEUE | OF_STREAM | OF_FANOUT,
	OBJECTIVE_WORDS = 6
};

/* The statistics that a metric has; the first is meant where none is written. */
static const char *const of_times[] = {"mean", "p50", "p90", "p95", "p99", "p99.9", "max"};
static const char *const of_gauges[] = {"mean", "max"};
static const char *const of_means[] = {"mean"};
static const char *const of_peaks[] = {"max"};

static const struct objective_metric {
	const char *name;
	int entities;
	enum objective_value value;
	const char *const *statistics;
	size_t statistic_count;
} metrics[] = {
	{"Latency", OF_FUNCTION | OF_SOURCE, VALUE_TIME, of_times, 7},
	{"Duration", OF_FUNCTION, VALUE_TIME, of_times, 7},
	{"BilledDuration", OF_FUNCTION, VALUE_TIME, of_means, 1},
	{"Invocations", OF_FUNCTION, VALUE_COUNT, of_means, 1},
	{"Errors", OF_FUNCTION, VALUE_SHARED_COUNT, of_means, 1},
	{"Throttles", OF_FUNCTION, VALUE_SHARED_COUNT, of_means, 1},
	{"ColdStarts", OF_FUNCTION, VALUE_SHARED_COUNT, of_means, 1},
	{"ConcurrentExecutions", OF_FUNCTION | OF_ACCOUNT, VALUE_COUNT, of_gauges, 2},
	{"Environments", OF_FUNCTION, VALUE_COUNT, of_gauges, 2},
	{"GBSeconds", OF_FUNCTION, VALUE_COUNT, of_means, 1},
	{"Requests", OF_SOURCE, VALUE_COUNT, of_means, 1},
	{"Attempts", OF_SOURCE, VALUE_COUNT, of_means, 1},
	{"Amplification", OF_SOURCE, VALUE_COUNT, of_means, 1},
	{"Status", OF_SOURCE, VALUE_COUNT, NULL, 0},
	{"Received", OF_PLACE, VALUE_COUNT, of_means, 1},
	{"Delivered", OF_PLACE | OF_MAPPING | OF_FUNCTION, VALUE_SHARED_COUNT, of_means, 1},
	{"Filtered", OF_PLACE | OF_MAPPING | OF_FUNCTION, VALUE_SHARED_COUNT, of_means, 1},
	{"DeadLettered", OF_PLACE | OF_MAPPING | OF_FUNCTION, VALUE_SHARED_COUNT, of_means, 1},
	{"Dropped", OF_PLACE | OF_MAPPING | OF_FUNCTION, VALUE_SHARED_COUNT, of_means, 1},
	{"Expired", OF_PLACE | OF_MAPPING | OF_FUNCTION, VALUE_SHARED_COUNT, of_means, 1},
	{"InFlight", OF_PLACE | OF_MAPPING | OF_FUNCTION, VALUE_SHARED_COUNT, of_means, 1},
	{"Age", OF_QUEUE | OF_STREAM, VALUE_TIME, of_times, 7},
	{"ApproximateAgeOfOldestMessage", OF_QUEUE, VALUE_TIME, of_peaks, 1},
	{"ApproximateNumberOfMessagesVisible", OF_QUEUE, VALUE_COUNT, of_gauges, 2},
	{"ApproximateNumberOfMessagesNotVisible", OF_QUEUE, VALUE_COUNT, of_gauges, 2},
	{"SendsThrottled", OF_QUEUE, VALUE_COUNT, of_means, 1},
	{"ProcessedAgain", OF_QUEUE, VALUE_COUNT, of_means, 1},
	{"PolledEventCount", OF_MAPPING, VALUE_COUNT, of_means, 1},
	{"FilteredOutEventCount", OF_MAPPING, VALUE_COUNT, of_means, 1},
	{"InvokedEventCount", OF_MAPPING, VALUE_COUNT, of_means, 1},
	{"FailedInvokeEventCount", OF_MAPPING, VALUE_COUNT, of_means, 1},
	{"DroppedEventCount", OF_MAPPING, VALUE_COUNT, of_means, 1},
	{"OnFailureDestinationDeliveredEventCount", OF_STREAM_MAPPING, VALUE_COUNT, of_means, 1},
	{"DeletedEventCount", OF_QUEUE_MAPPING, VALUE_COUNT, of_means, 1},
	{"Batches", OF_MAPPING, VALUE_COUNT, of_means, 1},
	{"IteratorAge", OF_STREAM | OF_STREAM_MAPPING | OF_STREAM_FUNCTION, VALUE_TIME, of_gauges, 2},
	{"BlockedTime", OF_STREAM, VALUE_TIME, of_peaks, 1},
	{"WriteProvisionedThroughputExceeded", OF_STREAM, VALUE_COUNT, of_means, 1},
	{"AsyncEventsReceived", OF_FUNCTION, VALUE_COUNT, of_means, 1},
	{"AsyncEventsDropped", OF_FUNCTION, VALUE_COUNT, of_means, 1},
	{"AsyncEventAge", OF_FUNCTION, VALUE_TIME, of_gauges, 2},
	{"AsyncEventDelay", OF_FUNCTION, VALUE_TIME, of_times, 7},
	{"RecursiveInvocationsDropped", OF_FUNCTION, VALUE_COUNT, of_means, 1},
	{"Retries", OF_FUNCTION, VALUE_COUNT, of_means, 1},
	{"cost", OF_FUNCTION | OF_ACCOUNT, VALUE_MONEY, of_means, 1},
};

/* One objective while it is being read. */
struct objective_line {
	struct reading *r;
	const struct node *node;
	const char *words[OBJECTIVE_WORDS]; /* before the comparator */
	size_t word_count;
	const char *value; /* after it */
	int entity;
};

static int objective_fail(struct objective_line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int objective_fail(struct objective_line *l, const char *format, ...)
{
	va_list arguments;
	char text[300];
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	diagnostic_add(l->r->found, SEVERITY_ERROR, l->node->at, "read/objective", "%s", text);
	return -1;
}

/* Cuts the text at its comparator; the words before it go to l->words. */
static int objective_split(struct objective_line *l, enum comparator *comparator)
{
	const char *sign = strpbrk(l->node->text, "<>");
	if (!sign) {
		objective_fail(l, "'%s' is no objective: it has no '<' or '>'", l->node->text);
		diagnostic_hint(l->r->found, "such as: Hello Latency p99 < 300ms");
		return -1;
	}
	bool equal = sign[1] == '=';
	*comparator = *sign == '<' ? (equal ? COMPARATOR_AT_MOST : COMPARATOR_BELOW)
	                           : (equal ? COMPARATOR_AT_LEAST : COMPARATOR_ABOVE);
	l->value = sign + 1 + equal;
	l->value += strspn(l->value, " \t");
	char *left = arena_string_n(&l->r->scratch, l->node->text, (size_t)(sign - l->node->text)), *rest = NULL;
	for (char *word = strtok_r(left, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
		if (l->word_count == OBJECTIVE_WORDS)
			return objective_fail(l, "'%s' has too many words before the comparator", l->node->text);
		l->words[l->word_count++] = word;
	}
	return 0;
}

static const struct source_spec *objective_source(const struct reading *r, const char *name)
{
	for (size_t i = 0; i < r->scenario->source_count; i++)
		if (strcmp(r->scenario->sources[i].name, name) == 0)
			return &r->scenario->sources[i];
	return NULL;
}

/* The kind of a resource that events go through; 0 when it is none. */
static int objective_place(const struct reading *r, const char *name)
{
	const struct read_resource *resource = resource_named(r, name);
	if (resource == NULL)
		return 0;
	switch (resource->kind) {
	case TARGET_QUEUE: return OF_QUEUE;
	case TARGET_STREAM: return OF_STREAM;
	case TARGET_TOPIC:
	case TARGET_BUS:
	case TARGET_BUCKET: return OF_FANOUT;
	default: return 0;
	}
}

/* What mappings make of a name: one of them, or a function that one reads a stream for. */
static int objective_mapping(const struct reading *r, const char *name)
{
	int entity = 0;
	for (size_t i = 0; i < r->resources->mapping_count; i++) {
		const struct mapping_spec *m = &r->resources->mappings[i];
		bool stream = m->source.kind == TARGET_STREAM;
		if (m->enabled && strcmp(m->name, name) == 0)
			entity |= stream ? OF_STREAM_MAPPING : OF_QUEUE_MAPPING;
		if (stream && m->enabled && strcmp(r->functions[m->function].logical, name) == 0)
			entity |= OF_STREAM_FUNCTION;
	}
	return entity;
}

static int objective_unknown_entity(struct objective_line *l, const char *name)
{
	struct reading *r = l->r;
	size_t count = 0;
	size_t room = r->function_count + r->source_count + r->resources->count + r->resources->mapping_count + 1;
	const char **names = MEMORY_ARRAY(room, const char *);
	for (size_t i = 0; i < r->function_count; i++)
		names[count++] = r->functions[i].logical;
	for (size_t i = 0; i < r->scenario->source_count; i++)
		names[count++] = r->scenario->sources[i].name;
	for (size_t i = 0; i < r->resources->count; i++)
		if (objective_place(r, r->resources->items[i].logical))
			names[count++] = r->resources->items[i].logical;
	for (size_t i = 0; i < r->resources->mapping_count; i++)
		names[count++] = r->resources->mappings[i].name;
	names[count++] = "account";
	const struct read_source *silent = reading_source(r, name);
	objective_fail(
		l,
		silent ? "source '%s' has no traffic"
		       : "'%s' is neither a function, a source with traffic, a queue, stream, event source mapping, topic, bus or bucket nor 'account'",
		name);
	if (!silent)
		suggest_name(r->found, name, names, count);
	memory_free(names);
	return -1;
}

/* The entity is the first word; `cost` alone is the account's. */
static int objective_entity(struct objective_line *l, struct objective_spec *o)
{
	if (l->word_count == 1 && strcasecmp(l->words[0], "cost") == 0) {
		l->words[1] = "cost";
		l->words[0] = "account";
		l->word_count = 2;
	}
	if (l->word_count < 2)
		return objective_fail(l, "'%s' needs an entity and a metric before the comparator", l->node->text);
	const char *name = l->words[0];
	l->entity = strcmp(name, "account") == 0 ? OF_ACCOUNT : 0;
	l->entity |= reading_function(l->r, name) >= 0 ? OF_FUNCTION : 0;
	l->entity |= objective_source(l->r, name) ? OF_SOURCE : 0;
	l->entity |= objective_place(l->r, name) | objective_mapping(l->r, name);
	o->entity = reading_keep(l->r, name);
	return l->entity ? 0 : objective_unknown_entity(l, name);
}

static const struct objective_metric *objective_metric(struct objective_line *l)
{
	const char *names[sizeof metrics / sizeof *metrics];
	size_t count = 0;
	for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
		if (!(metrics[i].entities & l->entity))
			continue;
		names[count++] = metrics[i].name;
		if (strcmp(metrics[i].name, l->words[1]) == 0 ||
		    (metrics[i].value == VALUE_MONEY && strcasecmp("cost", l->words[1]) == 0))
			return &metrics[i];
	}
	objective_fail(l, "%s has no metric '%s'", l->words[0], l->words[1]);
	suggest_name(l->r->found, l->words[1], names, count);
	return NULL;
}

static int objective_statistic(struct objective_line *l, const struct objective_metric *m, struct objective_spec *o)
{
	const char *word = l->word_count > 2 ? l->words[2] : NULL;
	if (l->word_count > 3)
		return objective_fail(l, "'%s' has too many words before the comparator", l->node->text);
	if (!m->statistics && !word)
		return objective_fail(l, "%s needs a status: %s %s 503 < 10", m->name, l->words[0], m->name);
	if (!word)
		word = m->statistics[0];
	o->statistic = reading_keep(l->r, word);
	if (!m->statistics)
		return 0;
	for (size_t i = 0; i < m->statistic_count; i++)
		if (strcmp(m->statistics[i], word) == 0)
			return 0;
	objective_fail(l, "%s has no statistic '%s'", m->name, word);
	suggest_name(l->r->found, word, m->statistics, m->statistic_count);
	return -1;
}

static enum unit_fault objective_money(const char *text, double *usd)
{
	size_t number = strcspn(text, "Uu");
	while (number && isspace((unsigned char)text[number - 1]))
		number--;
	char room[64];
	if (number >= sizeof room)
		return UNIT_NOT_A_NUMBER;
	memcpy(room, text, number);
	room[number] = '\0';
	const char *unit = text + number + strspn(text + number, " ");
	if (strncmp(unit, "USD", 3) != 0)
		return *unit ? UNIT_UNKNOWN : UNIT_MISSING;
	unit += 3 + strspn(unit + 3, " ");
	if (*unit && strcmp(unit, "/month") != 0)
		return UNIT_UNKNOWN;
	return units_number(room, usd);
}

static int objective_value(struct objective_line *l, const struct objective_metric *m, struct objective_spec *o)
{
	enum unit_fault fault;
	const char *wanted = "a number";
	bool percent = l->value[0] && l->value[strlen(l->value) - 1] == '%';
	if (m->value == VALUE_TIME) {
		fault = units_duration(l->value, &o->threshold);
		o->threshold /= 1e6;
		wanted = "a duration such as 300ms";
	} else if (m->value == VALUE_MONEY) {
		fault = objective_money(l->value, &o->threshold);
		wanted = "dollars a month such as 120 USD";
	} else if (m->value == VALUE_SHARED_COUNT && percent) {
		fault = units_share(l->value, &o->threshold);
		o->percent = true;
		wanted = "a share such as 0.1% or a number";
	} else {
		fault = units_number(l->value, &o->threshold);
	}
	if (fault == UNIT_OK && o->threshold < 0)
		fault = UNIT_NEGATIVE;
	if (fault == UNIT_OK)
		return 0;
	return objective_fail(l, "%s is compared with %s; '%s' %s", m->name, wanted, l->value, unit_fault_text(fault));
}

static int objective_read(struct reading *r, const struct node *n, struct objective_spec *o)
{
	struct objective_line l = {.r = r, .node = n};
	*o = (struct objective_spec){.text = reading_keep(r, n->text), .at = reading_keep_at(r, n->at)};
	if (objective_split(&l, &o->comparator) < 0 || objective_entity(&l, o) < 0)
		return -1;
	const struct objective_metric *m = objective_metric(&l);
	if (!m || objective_statistic(&l, m, o) < 0)
		return -1;
	o->metric = m->name;
	return objective_value(&l, m, o);
}

void objectives_read(struct reading *r, const struct node *value, const char *path, void *target)
{
	(void)target;
	if (!reading_is(r, value, NODE_LIST, path))
		return;
	r->scenario->objectives = ARENA_ARRAY(r->arena, value->count, struct objective_spec);
	for (size_t i = 0; i < value->count; i++) {
		const char *where = arena_format(&r->scratch, "%s[%zu]", path, i);
		const struct node *n = reading_value(r, value->items[i], where);
		if (n && reading_is(r, n, NODE_SCALAR, where) &&
		    objective_read(r, n, &r->scenario->objectives[r->scenario->objective_count]) == 0)
			r->scenario->objective_count++;
	}
}
