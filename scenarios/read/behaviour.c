#include "scenarios/read/behaviour.h"

#include <string.h>

#include "scenarios/read/emitkeys.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/suggest.h"

static struct read_function *behaviour_function(const struct reading *r, const struct function_spec *f)
{
	return &r->functions[f - r->scenario->functions];
}

static void behaviour_read_model(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const char *const words[] = {[MODEL_PROFILE] = "profile", [MODEL_DECLARED] = "declared", "every"};
	struct function_spec *f = target;
	int word = key_word(r, value, path, words, KEY_COUNT(words));
	if (word > MODEL_DECLARED) {
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "model/later", "Model: every is not modelled yet");
		diagnostic_hint(r->found, "Model: profile measures the same handler, and draws from the measurements");
	} else if (word >= 0) {
		f->model = (enum function_model)word;
		behaviour_function(r, f)->written_model = value;
	}
}

static void behaviour_read_reuse(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const char *const words[] = {[REUSE_NEWEST] = "newest", [REUSE_OLDEST] = "oldest", [REUSE_RANDOM] = "random"};
	int word = key_word(r, value, path, words, KEY_COUNT(words));
	if (word >= 0)
		((struct function_spec *)target)->reuse = (enum reuse_order)word;
}

/* --- idle life ------------------------------------------------------------------------------------------------------------------------ */

enum { BIT_POLICY, BIT_AFTER, BIT_LOW, BIT_HIGH, BIT_EVERY };

static const struct key reclaim_keys[] = {
	[BIT_POLICY] = {.name = "Policy", .type = KEY_ELSEWHERE},
	[BIT_AFTER] = {.name = "After", .type = KEY_DURATION, .offset = offsetof(struct reclaim_spec, after)},
	[BIT_LOW] = {.name = "Low", .type = KEY_DURATION, .offset = offsetof(struct reclaim_spec, low)},
	[BIT_HIGH] = {.name = "High", .type = KEY_DURATION, .offset = offsetof(struct reclaim_spec, high), .above = true},
	[BIT_EVERY] = {.name = "Every", .type = KEY_DURATION, .offset = offsetof(struct reclaim_spec, every), .above = true},
};

static const char *const reclaim_words[] =
	{[RECLAIM_FIXED] = "fixed", [RECLAIM_UNIFORM] = "uniform", [RECLAIM_HALVING] = "halving", [RECLAIM_NEVER] = "never"};

static const unsigned long reclaim_needs[] = {
	[RECLAIM_FIXED] = 1UL << BIT_AFTER,
	[RECLAIM_UNIFORM] = 1UL << BIT_LOW | 1UL << BIT_HIGH,
	[RECLAIM_HALVING] = 1UL << BIT_EVERY,
	[RECLAIM_NEVER] = 0,
};

static void reclaim_check(struct reading *r, const struct node *value, const char *path, const struct reclaim_spec *spec,
                          unsigned long seen)
{
	unsigned long needs = reclaim_needs[spec->policy];
	for (size_t i = BIT_AFTER; i <= BIT_EVERY; i++) {
		unsigned long bit = 1UL << i;
		if ((needs & bit) != (seen & bit))
			diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/reclaim", "%s: '%s' %s %s", path,
			               reclaim_words[spec->policy], needs & bit ? "needs" : "has no", reclaim_keys[i].name);
	}
	if (spec->policy == RECLAIM_UNIFORM && spec->low > spec->high)
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/reclaim", "%s: Low is greater than High", path);
}

/* {Policy: fixed, After: 6m}; `never`; or a duration, which is fixed. */
static void behaviour_read_reclaim(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const struct key plain = {.type = KEY_DURATION};
	struct reclaim_spec *spec = &((struct function_spec *)target)->reclaim;
	if (node_is_text(value, "never")) {
		spec->policy = RECLAIM_NEVER;
		return;
	}
	if (value->kind == NODE_SCALAR) {
		spec->policy = RECLAIM_FIXED;
		key_value(r, &plain, value, path, &spec->after);
		return;
	}
	size_t errors = r->found->errors;
	unsigned long seen = keys_read(r, value, reclaim_keys, KEY_COUNT(reclaim_keys), path, spec);
	const struct node *policy = reading_get(r, value, "Policy", path);
	bool fixed = !policy && (seen & 1UL << BIT_AFTER);
	if (!policy && !fixed && value->kind == NODE_MAP)
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/reclaim",
		               "%s needs a Policy: fixed, uniform, halving or never", path);
	int word = policy  ? key_word(r, policy, key_path(r, path, "Policy"), reclaim_words, KEY_COUNT(reclaim_words))
	           : fixed ? RECLAIM_FIXED
	                   : -1;
	if (word < 0 || r->found->errors > errors)
		return;
	spec->policy = (enum reclaim_policy)word;
	reclaim_check(r, value, path, spec, seen);
}

/* --- one function ---------------------------------------------------------------------------------------------------------------------- */

#define FIELD(f) offsetof(struct function_spec, f)
#define DECLARED(key, kind, f)                                                                                                 \
	{                                                                                                                      \
		.name = key, .type = kind, .offset = FIELD(declared.f), .has = KEY_HAS(struct function_spec, declared.has_##f) \
	}

static void behaviour_read_records(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const struct key keys[] = {
		DECLARED("Cpu", KEY_TIME_SPREAD, record_cpu),
		DECLARED("Wait", KEY_TIME_SPREAD, record_wait),
		{.name = "ErrorRate", .type = KEY_SHARE, .offset = FIELD(declared.record_error_rate)},
		{.name = "Poison", .type = KEY_SHARE, .offset = FIELD(declared.record_poison)},
	};
	keys_read(r, value, keys, KEY_COUNT(keys), path, target);
}

static const struct key behaviour_keys[] = {
	{.name = "Model", .type = KEY_WITH, .read = behaviour_read_model},
	DECLARED("Duration", KEY_TIME_SPREAD, duration),
	DECLARED("Cpu", KEY_TIME_SPREAD, cpu),
	DECLARED("Wait", KEY_TIME_SPREAD, wait),
	DECLARED("Init", KEY_TIME_SPREAD, init),
	{.name = "ErrorRate", .type = KEY_SHARE, .offset = FIELD(declared.error_rate)},
	{.name = "MemoryUsed",
         .type = KEY_MEGABYTES,
         .offset = FIELD(declared.memory_used_mb),
         .has = KEY_HAS(struct function_spec, declared.has_memory_used)},
	{.name = "ResponseBytes",
         .type = KEY_BYTES,
         .offset = FIELD(declared.response_bytes),
         .has = KEY_HAS(struct function_spec, declared.has_response_bytes)},
	{.name = "LogBytes", .type = KEY_BYTES, .offset = FIELD(log_bytes)},
	{.name = "ArmFactor", .type = KEY_NUMBER, .offset = FIELD(arm_factor), .above = true, .high = 100},
	{.name = "IdleReclaim", .type = KEY_WITH, .read = behaviour_read_reclaim},
	{.name = "Reuse", .type = KEY_WITH, .read = behaviour_read_reuse},
	{.name = "Runs", .type = KEY_INTEGER, .offset = FIELD(profile_runs), .low = 1, .high = 10000},
	{.name = "ErrorsExpected", .type = KEY_BOOL, .offset = FIELD(errors_expected)},
	{.name = "PerRecord", .type = KEY_WITH, .read = behaviour_read_records},
	{.name = "Emits", .type = KEY_WITH, .read = emits_read},
	{.name = "DuplicateRate", .type = KEY_SHARE, .offset = FIELD(async.duplicate_rate)},
	{.name = "ThrottleJitter", .type = KEY_SHARE, .offset = FIELD(async.throttle_jitter)},
	{.name = "DestinationFailureRate", .type = KEY_SHARE, .offset = FIELD(async.destination_failure_rate)},
	{.name = "Calls", .type = KEY_LATER},
};

static const char *const names[] = {
	"Model",
	"Duration",
	"Cpu",
	"Wait",
	"Init",
	"ErrorRate",
	"MemoryUsed",
	"ResponseBytes",
	"LogBytes",
	"ArmFactor",
	"IdleReclaim",
	"Reuse",
	"Runs",
	"ErrorsExpected",
	"PerRecord",
	"Emits",
	"DuplicateRate",
	"ThrottleJitter",
	"DestinationFailureRate",
	"Calls",
};
_Static_assert(sizeof names / sizeof *names == KEY_COUNT(behaviour_keys), "every key has its name");

const char *const *behaviour_names(size_t *count)
{
	*count = sizeof names / sizeof *names;
	return names;
}

static void behaviour_unknown(struct reading *r, const struct node *key)
{
	const struct node *resource = node_get(node_get(r->root, "Resources"), key->text);
	if (resource) {
		diagnostic_add(r->found, SEVERITY_ERROR, key->at, "read/function",
		               "'%s' is no function that exists in this template", key->text);
		return;
	}
	diagnostic_add(r->found, SEVERITY_ERROR, key->at, "read/function", "the template has no function '%s'", key->text);
	const struct node *all = NULL;
	for (size_t i = 0; i < r->function_count; i++)
		all = node_put(&r->scratch, all, r->functions[i].logical, key, key->at);
	r->name_missing |= !suggest_key(r->found, key->text, all);
}

static void behaviour_read(struct reading *r, const struct node_pair *pair, const char *path)
{
	int index = reading_function(r, pair->key->text);
	const char *where = key_path(r, path, pair->key->text);
	if (index < 0) {
		behaviour_unknown(r, pair->key);
		return;
	}
	const struct node *value = reading_value(r, pair->value, where);
	if (!value || node_is_null(value))
		return;
	struct function_spec *f = &r->scenario->functions[index];
	size_t errors = r->found->errors;
	keys_read(r, value, behaviour_keys, KEY_COUNT(behaviour_keys), where, f);
	r->functions[index].behaviour = value;
	const struct declared_spec *d = &f->declared;
	r->functions[index].declares_cost = d->has_duration || d->has_cpu || d->has_wait;
	if (r->found->errors == errors && !r->functions[index].declares_cost && (d->has_record_cpu || d->has_record_wait))
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/behaviour",
		               "%s: PerRecord's Cpu and Wait come on top of a declared Duration, or Cpu and Wait, of a batch",
		               where);
	if (r->found->errors == errors && d->has_duration && (d->has_cpu || d->has_wait))
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/behaviour",
		               "%s has both Duration and Cpu or Wait; declare one way", where);
}

void behaviours_read(struct reading *r, const struct node *value, const char *path, void *target)
{
	(void)target;
	if (!reading_is(r, value, NODE_MAP, path))
		return;
	for (size_t i = 0; i < value->count; i++)
		behaviour_read(r, &value->pairs[i], path);
}

/* Keys that do nothing with this model, or nothing yet. */
static void behaviour_unused(struct reading *r, const struct read_function *rf, const struct function_spec *f)
{
	static const char *const measured[] = {"Runs", "ErrorsExpected"};
	for (size_t i = 0; f->model == MODEL_DECLARED && i < KEY_COUNT(measured); i++) {
		const struct node_pair *pair = node_pair_of(rf->behaviour, measured[i]);
		if (pair && !node_is_null(pair->value))
			diagnostic_add(r->found, SEVERITY_WARNING, pair->key->at, "model/unused",
			               "%s: %s is not used with Model: declared", f->name, measured[i]);
	}
	const struct node_pair *log = node_pair_of(rf->behaviour, "LogBytes");
	if (log && !node_is_null(log->value))
		diagnostic_add(r->found, SEVERITY_WARNING, log->key->at, "model/unused", "%s: LogBytes is not used yet", f->name);
}

void behaviours_settle(struct reading *r)
{
	for (size_t i = 0; i < r->function_count; i++) {
		const struct read_function *rf = &r->functions[i];
		struct function_spec *f = &r->scenario->functions[i];
		if (!rf->written_model && rf->declares_cost)
			f->model = MODEL_DECLARED;
		if (f->model == MODEL_DECLARED && !rf->declares_cost)
			diagnostic_add(r->found, SEVERITY_ERROR, rf->written_model->at, "read/behaviour",
			               "%s is declared, but neither Duration nor Cpu and Wait are", f->name);
		if (f->model == MODEL_PROFILE && rf->declares_cost)
			diagnostic_add(r->found, SEVERITY_WARNING, rf->written_model->at, "model/unused",
			               "%s: Duration, Cpu and Wait are not used with Model: profile", f->name);
		behaviour_unused(r, rf, f);
	}
}
