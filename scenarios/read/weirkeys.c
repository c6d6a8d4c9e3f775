#include "scenarios/read/weirkeys.h"

#include <string.h>

#include "models/money/price.h"
#include "scenarios/read/behaviour.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/mappingkeys.h"
#include "scenarios/read/objectives.h"
#include "scenarios/read/resourcekeys.h"
#include "scenarios/read/traffic.h"

/* What a scenario has when it does not say otherwise. */
static const simtime duration_default = SIMTIME_HOUR;
static const double precision_default = 0.05;
enum { SEED_DEFAULT = 1, REPLICATIONS_MAX = 1000000 };

static void weir_read_replications(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const struct key key = {.type = KEY_INTEGER, .low = 1, .high = REPLICATIONS_MAX};
	struct scenario *s = target;
	if (node_is_text(value, "auto"))
		s->replications = 0;
	else
		key_value(r, &key, value, path, &s->replications);
}

static void weir_read_warm_up(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const struct key key = {.type = KEY_DURATION};
	struct scenario *s = target;
	if (node_is_text(value, "auto"))
		s->warm_up_auto = true;
	else
		key_value(r, &key, value, path, &s->warm_up);
}

/* `unlimited`, or nothing: the rules are Lambda's own. */
static void weir_unlimited(struct reading *r, const struct node *value, const char *path, bool *out)
{
	static const char *const words[] = {"unlimited"};
	*out = key_word(r, value, path, words, 1) == 0;
}

static void weir_read_scaling(struct reading *r, const struct node *value, const char *path, void *target)
{
	weir_unlimited(r, value, path, &((struct account_spec *)target)->scaling_unlimited);
}

static void weir_read_request(struct reading *r, const struct node *value, const char *path, void *target)
{
	weir_unlimited(r, value, path, &((struct account_spec *)target)->request_unlimited);
}

static void weir_read_account(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const struct key keys[] = {
		{.name = "ConcurrentExecutions",
	         .type = KEY_INTEGER,
	         .offset = offsetof(struct account_spec, concurrent_executions),
	         .low = 1,
	         .high = 10000000},
		{.name = "UsedByOthers",
	         .type = KEY_INTEGER,
	         .offset = offsetof(struct account_spec, used_by_others),
	         .low = 0,
	         .high = 10000000},
		{.name = "ScalingRate", .type = KEY_WITH, .read = weir_read_scaling},
		{.name = "RequestRate", .type = KEY_WITH, .read = weir_read_request},
	};
	struct account_spec *account = &((struct scenario *)target)->account;
	keys_read(r, value, keys, KEY_COUNT(keys), path, account);
	if (account->used_by_others > account->concurrent_executions)
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "limit/account",
		               "UsedByOthers (%d) is more than the account's concurrency (%d)", account->used_by_others,
		               account->concurrent_executions);
}

static void weir_read_decisions(struct reading *r, const struct node *value, const char *path, void *target)
{
	(void)target;
	if (reading_is(r, value, NODE_MAP, path))
		diagnostic_add(r->found, SEVERITY_WARNING, value->at, "model/unused",
		               "%s is not used here: `run` simulates the template as it is", path);
}

#define FIELD(f) offsetof(struct scenario, f)
/* Functions before Workload before Latency and Objectives: keys_read goes through a map in its own order, so those are read apart. */
static const struct key weir_keys[] = {
	{.name = "Duration", .type = KEY_DURATION, .offset = FIELD(duration), .above = true},
	{.name = "Replications", .type = KEY_WITH, .read = weir_read_replications},
	{.name = "Precision", .type = KEY_SHARE, .offset = FIELD(precision), .above = true},
	{.name = "WarmUp", .type = KEY_WITH, .read = weir_read_warm_up},
	{.name = "Seed", .type = KEY_COUNT64, .offset = FIELD(seed)},
	{.name = "Region", .type = KEY_ELSEWHERE},
	{.name = "Account", .type = KEY_WITH, .read = weir_read_account},
	{.name = "Mappings", .type = KEY_WITH, .read = mapping_section_read},
	{.name = "Queues", .type = KEY_WITH, .read = queue_section_read},
	{.name = "Streams", .type = KEY_WITH, .read = stream_section_read},
	{.name = "Topics", .type = KEY_WITH, .read = topic_section_read},
	{.name = "Buses", .type = KEY_WITH, .read = bus_section_read},
	{.name = "Schedules", .type = KEY_WITH, .read = schedule_section_read},
	{.name = "Functions", .type = KEY_ELSEWHERE},
	{.name = "Workload", .type = KEY_ELSEWHERE},
	{.name = "Latency", .type = KEY_ELSEWHERE},
	{.name = "Objectives", .type = KEY_ELSEWHERE},
	{.name = "Decisions", .type = KEY_WITH, .read = weir_read_decisions},
	{.name = "Dependencies", .type = KEY_LATER},
};

static const struct {
	const char *name;
	key_reader *read;
} weir_parts[] = {
	{"Functions", behaviours_read},
	{"Workload", workload_read},
	{"Latency", latencies_read},
	{"Objectives", objectives_read},
};

/* A Region without prices would only be found out when the bill is made. */
static void weir_region_check(struct reading *r, const struct node *n)
{
	struct price_list prices;
	struct error e = {0};
	price_list_builtin(&prices, &r->scratch);
	if (price_list_region(&prices, n->text, &e) != 0)
		diagnostic_add(r->found, SEVERITY_ERROR, n->at, "read/region", "%s", e.text);
}

const char *weir_region(struct reading *r)
{
	const struct node *n = node_get(r->weir, "Region");
	if (!n || !reading_is(r, n, NODE_SCALAR, "Weir.Region"))
		return "us-east-1";
	weir_region_check(r, n);
	return reading_keep(r, n->text);
}

static void weir_defaults(struct scenario *s)
{
	s->duration = duration_default;
	s->precision = precision_default;
	s->seed = SEED_DEFAULT;
	s->account.concurrent_executions = SCENARIO_ACCOUNT_CONCURRENCY;
}

void weir_read(struct reading *r)
{
	struct scenario *s = r->scenario;
	weir_defaults(s);
	if (r->weir)
		keys_read(r, r->weir, weir_keys, KEY_COUNT(weir_keys), "Weir", s);
	for (size_t i = 0; i < sizeof weir_parts / sizeof *weir_parts; i++) {
		const char *path = arena_format(&r->scratch, "Weir.%s", weir_parts[i].name);
		const struct node *value = r->weir ? reading_get(r, r->weir, weir_parts[i].name, path) : NULL;
		if (value)
			weir_parts[i].read(r, value, path, s);
		if (weir_parts[i].read == workload_read)
			schedules_fire(r); /* before what speaks of sources */
	}
	const struct node *warm_up = node_get(r->weir, "WarmUp");
	if (warm_up && s->warm_up >= s->duration)
		diagnostic_add(r->found, SEVERITY_ERROR, warm_up->at, "read/range", "Weir.WarmUp must be shorter than Duration");
}
