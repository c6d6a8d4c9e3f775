#include "scenarios/read/schedules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenarios/read/buses.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/property.h"
#include "scenarios/read/resources.h"
#include "scenarios/read/targets.h"
#include "scenarios/read/timestamps.h"
#include "sim/base/memory.h"

enum { FLEXIBLE_MAX_MINUTES = 1440, FIRINGS_MAX = 10000000, DAY_S = 86400, HOUR_S = 3600 };

/* Rules: "within that minute"; the Scheduler: "precision of 60 seconds". */
static const simtime precision = SIMTIME_MINUTE;

/* --- expressions ------------------------------------------------------------------------------------------------------------------------ */

static void schedule_wrong(struct reading *r, const struct node *n, const char *why)
{
	diagnostic_add(r->found, SEVERITY_ERROR, n->at, "limit/schedule", "'%s' %s", n->text, why);
}

/* What stands in the parentheses of "rate(...)"; NULL when it is not that. */
static const char *schedule_inside(struct reading *r, const char *text, const char *word)
{
	size_t length = strlen(text), start = strlen(word);
	if (strncmp(text, word, start) != 0 || text[start] != '(' || text[length - 1] != ')')
		return NULL;
	return arena_string_n(&r->scratch, text + start + 1, length - start - 2);
}

/* "5 minutes". EventBridge asks for the singular with 1 and only then. */
static int schedule_rate(struct reading *r, const struct node *n, const char *inside, struct schedule *s)
{
	static const struct {
		const char *one, *many;
		simtime unit;
	} units[] = {{"minute", "minutes", SIMTIME_MINUTE}, {"hour", "hours", SIMTIME_HOUR}, {"day", "days", SIMTIME_DAY}};
	char *end;
	inside += strspn(inside, " ");
	long value = strspn(inside, "0123456789") ? strtol(inside, &end, 10) : 0;
	if (value < 1 || value > 1000000) {
		schedule_wrong(r, n, "needs a whole number of at least 1, as in rate(5 minutes)");
		return -1;
	}
	const char *unit = arena_string_n(&r->scratch, end + strspn(end, " "), strcspn(end + strspn(end, " "), " "));
	for (size_t i = 0; i < KEY_COUNT(units); i++) {
		if (strcmp(unit, units[i].one) != 0 && strcmp(unit, units[i].many) != 0)
			continue;
		s->period = value * units[i].unit;
		if (strcmp(unit, value == 1 ? units[i].one : units[i].many) == 0)
			return 0;
		schedule_wrong(r, n,
		               value == 1 ? "needs the singular with 1: rate(1 minute)" : "needs the plural: rate(5 minutes)");
		return -1;
	}
	schedule_wrong(r, n, "needs a unit: minutes, hours or days");
	return -1;
}

static int schedule_cron(struct reading *r, const struct node *n, const char *inside, struct schedule *s)
{
	char buffer[200];
	const char *why = cron_parse(inside, &s->cron, buffer, sizeof buffer);
	if (!why)
		return 0;
	schedule_wrong(r, n, why);
	return -1;
}

/* One-time: at(2025-01-06T08:00:00), in the schedule's own zone. */
static int schedule_at(struct reading *r, const struct node *n, const char *inside, struct schedule *s)
{
	const struct node *moment = node_scalar(&r->scratch, inside, false, n->at);
	int64_t local, utc;
	if (timestamp_read(r, moment, "at()", &s->once) < 0)
		return -1;
	local = s->once / SIMTIME_SECOND + TIMESTAMP_START_S;
	if (timezone_to_utc(&s->zone, local, &utc)) {
		s->once = (utc - TIMESTAMP_START_S) * SIMTIME_SECOND;
		return 0;
	}
	schedule_wrong(r, n, "names a time that does not exist in its zone");
	return -1;
}

/* rate(), cron() or, where `one_time`, at(). The zone is there already. */
static int schedule_expression(struct reading *r, const struct node *n, bool one_time, struct schedule *s)
{
	static const struct {
		const char *word;
		int (*read)(struct reading *r, const struct node *n, const char *inside, struct schedule *s);
	} kinds[] = {[SCHEDULE_RATE] = {"rate", schedule_rate},
	             [SCHEDULE_CRON] = {"cron", schedule_cron},
	             [SCHEDULE_AT] = {"at", schedule_at}};
	if (!reading_is(r, n, NODE_SCALAR, "a schedule"))
		return -1;
	s->expression = n->text;
	s->at = n->at;
	for (size_t i = 0; i < (one_time ? 3 : 2); i++) {
		const char *inside = schedule_inside(r, n->text, kinds[i].word);
		s->kind = (enum schedule_kind)i;
		if (inside)
			return kinds[i].read(r, n, inside, s);
	}
	schedule_wrong(r, n, one_time ? "is neither rate(...) nor cron(...) nor at(...)" : "is neither rate(...) nor cron(...)");
	return -1;
}

/* --- sources ------------------------------------------------------------------------------------------------------------------------------ */

static struct schedule *schedule_new(struct reading *r)
{
	struct schedule *s = ARENA_NEW(&r->scratch, struct schedule);
	s->end = SIMTIME_NEVER;
	s->window = precision;
	return s;
}

static bool schedule_disabled(struct reading *r, const struct node *p)
{
	static const char *const words[] = {"ENABLED", "DISABLED"};
	const struct node *state = reading_get(r, p, "State", NULL);
	return (state && key_word(r, state, "State", words, KEY_COUNT(words)) == 1) || !property_bool(r, p, "Enabled", true);
}

static struct read_source *schedule_source(struct reading *r, const struct node *logical, enum source_kind kind, const char *type)
{
	struct read_source *s = reading_source_add(r);
	s->name = logical->text;
	s->resource = resolver_physical_name(&r->resolver, logical->text);
	s->at = logical->at;
	s->function = SOURCE_NO_FUNCTION;
	s->modelled = true;
	s->kind = kind;
	s->type = type;
	return s;
}

/* Whether the Weir section's Schedules say something about one. */
static bool schedule_may_fail(const struct reading *r, const char *name)
{
	return !node_is_null(node_get(node_get(r->weir, "Schedules"), name));
}

/* Where it goes: straight to its one target, or by a bus of its own to several, or where something happens on the way. */
static void schedule_targets(struct reading *r, struct read_source *s, const struct rule_spec *rule)
{
	const struct rule_target_spec *one = &rule->targets[0];
	if (rule->target_count == 1 && !one->input_path && !one->transformer && !schedule_may_fail(r, s->name)) {
		s->target = one->target;
		s->input = one->input;
		s->function = s->target.kind == TARGET_FUNCTION ? s->target.index : SOURCE_NO_FUNCTION;
	} else if (rule->target_count > 0) {
		struct rule_spec all = *rule;
		size_t bus = resource_add(r, TARGET_BUS, s->name, s->at);
		all.pattern = (struct filter_spec){0};
		rule_add(r, bus, &all);
		s->target = (struct target){TARGET_BUS, bus, rule->name};
	}
}

void schedule_of_rule(struct reading *r, const struct node *logical, const struct node *expression, const struct rule_spec *rule)
{
	struct schedule *schedule = schedule_new(r);
	struct read_source *s = schedule_source(r, logical, SOURCE_SCHEDULE, "AWS::Events::Rule");
	schedule->disabled = rule->disabled;
	schedule_targets(r, s, rule);
	if (expression && schedule_expression(r, expression, false, schedule) == 0)
		s->schedule = schedule;
}

/* FlexibleTimeWindow: {Mode: OFF} or {Mode: FLEXIBLE, MaximumWindowInMinutes}. */
static void schedule_window(struct reading *r, const struct node *p, struct schedule *s)
{
	static const char *const modes[] = {"OFF", "FLEXIBLE"};
	const struct node *window = reading_get(r, p, "FlexibleTimeWindow", NULL);
	if (!window || !reading_is(r, window, NODE_MAP, "FlexibleTimeWindow"))
		return;
	const struct node *mode = reading_get(r, window, "Mode", NULL), *minutes = node_get(window, "MaximumWindowInMinutes");
	bool flexible = mode && key_word(r, mode, "Mode", modes, KEY_COUNT(modes)) == 1;
	if (flexible != (minutes != NULL))
		diagnostic_add(r->found, SEVERITY_ERROR, window->at, "limit/schedule",
		               flexible ? "a FLEXIBLE window needs MaximumWindowInMinutes"
		                        : "MaximumWindowInMinutes belongs to Mode: FLEXIBLE");
	if (flexible)
		s->window = property_integer(r, window, "MaximumWindowInMinutes", 1, FLEXIBLE_MAX_MINUTES, " minutes",
		                             "limit/schedule", 1) *
		            SIMTIME_MINUTE;
}

/* What the Scheduler has beyond a rule. 0, or -1 with errors. */
static int schedule_scheduler(struct reading *r, const struct node *p, struct schedule *s)
{
	const struct node *zone = reading_get(r, p, "ScheduleExpressionTimezone", NULL),
			  *expression = reading_get(r, p, "ScheduleExpression", NULL);
	const struct node *start = reading_get(r, p, "StartDate", NULL), *end = reading_get(r, p, "EndDate", NULL);
	const char *why = zone && reading_is(r, zone, NODE_SCALAR, "ScheduleExpressionTimezone")
	                          ? timezone_find(zone->text, &r->scratch, &s->zone)
	                          : NULL;
	if (why) {
		diagnostic_add(r->found, SEVERITY_ERROR, zone->at, "limit/schedule", "'%s' %s", zone->text, why);
		return -1;
	}
	schedule_window(r, p, s);
	s->disabled = schedule_disabled(r, p);
	if ((start && timestamp_read(r, start, "StartDate", &s->start) < 0) ||
	    (end && timestamp_read(r, end, "EndDate", &s->end) < 0))
		return -1;
	if (start && end && s->end <= s->start)
		diagnostic_add(r->found, SEVERITY_ERROR, end->at, "limit/schedule", "EndDate is not after StartDate");
	if (!property_written(r, p, "ScheduleExpression"))
		diagnostic_add(r->found, SEVERITY_ERROR, p->at, "limit/schedule", "a schedule needs a ScheduleExpression");
	return expression ? schedule_expression(r, expression, true, s) : -1;
}

void schedule_of_resource(struct reading *r, const struct node_pair *resource)
{
	static const char *const names[] = {"Description",
	                                    "EndDate",
	                                    "FlexibleTimeWindow",
	                                    "GroupName",
	                                    "KmsKeyArn",
	                                    "Name",
	                                    "ScheduleExpression",
	                                    "ScheduleExpressionTimezone",
	                                    "StartDate",
	                                    "State",
	                                    "Target"};
	const struct target_rule anything = {.sender = "a schedule", .takes = "", .kinds = TARGETS_ALL, .rule = "limit/schedule"};
	const struct node *p = resource_properties(r, resource->value), *to = reading_get(r, p, "Target", NULL);
	struct read_source *s = schedule_source(r, resource->key, SOURCE_SCHEDULER, "AWS::Scheduler::Schedule");
	struct schedule *schedule = schedule_new(r);
	resource_unknown_properties(r, p, "AWS::Scheduler::Schedule", names, KEY_COUNT(names));
	if (!node_get(p, "FlexibleTimeWindow"))
		diagnostic_add(r->found, SEVERITY_ERROR, resource->key->at, "limit/schedule", "%s needs a FlexibleTimeWindow",
		               s->name);
	if (to && reading_is(r, to, NODE_MAP, "Target") && node_get(to, "Arn")) {
		struct rule_target_spec *target = ARENA_NEW(r->arena, struct rule_target_spec);
		*target = rule_delivery(r, to, target_read(r, node_get(to, "Arn"), &anything), NULL);
		struct rule_spec rule = {.name = s->name, .targets = target, .target_count = target->target.kind != TARGET_NONE};
		schedule_targets(r, s, &rule);
	} else {
		diagnostic_add(r->found, SEVERITY_ERROR, to ? to->at : resource->key->at, "limit/schedule",
		               "%s needs a Target with an Arn", s->name);
	}
	if (schedule_scheduler(r, p, schedule) == 0)
		s->schedule = schedule;
}

/* The rule or schedule that SAM makes of an event is called as Name says, or by function and event: "HelloNightly". Source: AWS SAM Developer
 * Guide, "Generated CloudFormation resources". */
static const char *schedule_event_name(struct reading *r, const struct read_source *s, const struct node *properties)
{
	const struct node *n = node_get(properties, "Name");
	const char *name = n ? resolver_text(&r->resolver, n) : NULL, *dot = strchr(s->name, '.');
	if (name && *name)
		return name;
	return dot ? arena_format(&r->scratch, "%.*s%s", (int)(dot - s->name), s->name, dot + 1) : s->name;
}

void schedule_of_event(struct reading *r, struct read_source *s, const struct node *properties)
{
	static const char *const of_rules[] = {"DeadLetterConfig", "Description", "Enabled", "Input", "Name",
	                                       "RetryPolicy",      "Schedule",    "State"};
	static const char *const of_scheduler[] = {"DeadLetterConfig",
	                                           "Description",
	                                           "EndDate",
	                                           "FlexibleTimeWindow",
	                                           "GroupName",
	                                           "Input",
	                                           "KmsKeyArn",
	                                           "Name",
	                                           "OmitName",
	                                           "PermissionsBoundary",
	                                           "RetryPolicy",
	                                           "RoleArn",
	                                           "ScheduleExpression",
	                                           "ScheduleExpressionTimezone",
	                                           "StartDate",
	                                           "State"};
	bool rule = s->kind == SOURCE_SCHEDULE;
	const struct node *expression = properties ? reading_get(r, properties, rule ? "Schedule" : "ScheduleExpression", NULL)
	                                           : NULL;
	struct schedule *schedule = schedule_new(r);
	struct target function = {TARGET_FUNCTION, s->function, r->scenario->functions[s->function].name};
	s->target = function;
	s->resource = schedule_event_name(r, s, properties);
	if (!property_written(r, properties, rule ? "Schedule" : "ScheduleExpression"))
		diagnostic_add(r->found, SEVERITY_ERROR, s->at, "template/event", "event %s needs Properties with %s", s->name,
		               rule ? "Schedule" : "ScheduleExpression");
	if (!expression)
		return;
	resource_unknown_properties(r, properties, "this event", rule ? of_rules : of_scheduler,
	                            rule ? KEY_COUNT(of_rules) : KEY_COUNT(of_scheduler));
	struct rule_target_spec *target = ARENA_NEW(r->arena, struct rule_target_spec);
	*target = rule_delivery(r, properties, function, arena_format(&r->scratch, "%sQueue", s->name));
	schedule_targets(r, s,
	                 &(struct rule_spec){reading_keep(r, s->name), reading_keep_at(r, s->at), .targets = target,
	                                     .target_count = 1});
	if (rule) {
		schedule->disabled = schedule_disabled(r, properties);
		if (schedule_expression(r, expression, false, schedule) == 0)
			s->schedule = schedule;
	} else if (schedule_scheduler(r, properties, schedule) == 0) {
		s->schedule = schedule;
	}
}

/* --- the moments ---------------------------------------------------------------------------------------------------------------------------- */

struct firings {
	simtime *items;
	size_t count, capacity;
	simtime from, until; /* what counts: the run, within StartDate and EndDate; without `until` itself */
};

static bool firing_add(struct firings *f, simtime at)
{
	if (at < f->from || at >= f->until)
		return true;
	if (f->count == FIRINGS_MAX)
		return false;
	MEMORY_ROOM(f->items, f->count, f->capacity);
	f->items[f->count++] = at;
	return true;
}

/* The first one comes a period after the begin of the run, or at StartDate. */
static bool firings_of_rate(const struct schedule *s, struct firings *f)
{
	simtime at = s->start ? s->start : s->period;
	if (at < 0)
		at += (-at + s->period - 1) / s->period * s->period;
	for (; at < f->until; at += s->period)
		if (!firing_add(f, at))
			return false;
	return true;
}

/* The minutes of one day, in the zone's own time. A time that clocks are put forward over is passed over, one that comes twice counts once. */
static bool firings_of_day(const struct schedule *s, int64_t day, struct firings *f)
{
	for (int minute = 0; minute < 24 * 60; minute++) {
		int64_t utc;
		if (!(s->cron.hours >> minute / 60 & 1) || !(s->cron.minutes >> minute % 60 & 1) ||
		    !timezone_to_utc(&s->zone, day + minute * 60, &utc))
			continue;
		if (!firing_add(f, (utc - TIMESTAMP_START_S) * SIMTIME_SECOND))
			return false;
	}
	return true;
}

static bool firings_of_cron(const struct schedule *s, struct firings *f)
{
	int64_t last = TIMESTAMP_START_S + f->until / SIMTIME_SECOND + DAY_S;
	for (int64_t day = TIMESTAMP_START_S - DAY_S; day <= last; day += DAY_S) {
		struct civil c = civil_of(day);
		if (cron_on_day(&s->cron, c.year, c.month, c.day) && !firings_of_day(s, day, f))
			return false;
	}
	return true;
}

static int firing_compare(const void *a, const void *b)
{
	simtime x = *(const simtime *)a, y = *(const simtime *)b;
	return (x > y) - (x < y);
}

static bool firings_find(const struct schedule *s, struct firings *f)
{
	if (s->disabled)
		return true;
	if (s->kind == SCHEDULE_RATE)
		return firings_of_rate(s, f);
	if (s->kind == SCHEDULE_AT)
		return firing_add(f, s->once);
	return firings_of_cron(s, f);
}

/* Of the begin and the end of the time that counts one belongs to it, so that it has as many firings as its length holds: the end of what begins a period
 * after the begin of the run and of what follows a warm-up, else the begin. */
static simtime run_end(const struct reading *r, const struct schedule *s, simtime duration)
{
	bool at_end = (s->kind == SCHEDULE_RATE && !s->start) || r->scenario->warm_up > 0 || r->scenario->warm_up_auto;
	return at_end ? duration + 1 : duration;
}

int schedule_times(struct reading *r, const struct schedule *s, simtime duration, struct arrival_spec *out)
{
	simtime until = run_end(r, s, duration);
	struct firings f = {.from = s->start > 0 ? s->start : 0, .until = s->end < until ? s->end : until};
	bool fits = firings_find(s, &f);
	if (!fits)
		diagnostic_add(r->found, SEVERITY_ERROR, s->at, "read/limit", "%s fires more than %d times", s->expression,
		               FIRINGS_MAX);
	else if (f.count)
		qsort(f.items, f.count, sizeof *f.items, firing_compare);
	simtime *times = ARENA_ARRAY(r->arena, f.count, simtime);
	if (f.count)
		memcpy(times, f.items, f.count * sizeof *times);
	*out = (struct arrival_spec){.kind = ARRIVAL_TIMES, .times = times, .time_count = f.count};
	memory_free(f.items);
	return fits ? 0 : -1;
}
