#include "scenarios/read/functions.h"

#include <limits.h>
#include <string.h>

#include "scenarios/read/keys.h"
#include "scenarios/read/merge.h"
#include "scenarios/read/property.h"
#include "scenarios/read/suggest.h"
#include "sim/base/memory.h"
#include "sim/base/nearname.h"

/* The published default of an idle environment's life: mikhail.io, "When does cold start happen on AWS Lambda?" (5 to 7 minutes). */
static const simtime idle_default = 6 * SIMTIME_MINUTE;
/* Runs of a handler for each payload. */
enum { FUNCTION_PROFILE_RUNS = 30 };

static const char *resource_type(const struct node *resource)
{
	const struct node *type = node_get(resource, "Type");
	return type && type->kind == NODE_SCALAR ? type->text : "";
}

/* Misspelt properties would silently be defaults. AWS may have new ones, so only what looks like a known one is an error. */
static void function_unknown_properties(struct reading *r, const struct read_function *f)
{
	size_t count;
	const char *const *names = property_names(f->sam, &count);
	const struct node *properties = node_get(f->resource, "Properties");
	for (size_t i = 0; properties && properties->kind == NODE_MAP && i < properties->count; i++) {
		const struct node *key = properties->pairs[i].key;
		if (property_known(f->sam, key->text) || strncmp(key->text, "Fn::", 4) == 0)
			continue;
		bool near = nearname_find(key->text, names, count) != NULL;
		diagnostic_add(r->found, near ? SEVERITY_ERROR : SEVERITY_WARNING, key->at, "template/property",
		               "'%s' is no property of %s that weir knows", key->text,
		               f->sam ? "AWS::Serverless::Function" : "AWS::Lambda::Function");
		suggest_name(r->found, key->text, names, count);
	}
}

static enum architecture function_architecture(struct reading *r, const struct node *properties)
{
	static const char *const words[] = {[ARCHITECTURE_X86_64] = "x86_64", [ARCHITECTURE_ARM64] = "arm64"};
	const struct node *list = reading_get(r, properties, "Architectures", NULL);
	if (!list || !reading_is(r, list, NODE_LIST, "Architectures") || list->count == 0)
		return ARCHITECTURE_X86_64;
	/* SAM adds the lists of Globals and of the function, and Lambda takes only one. */
	const struct node *last = reading_value(r, list->items[list->count - 1], "Architectures");
	int word = last ? key_word(r, last, "Architectures", words, 2) : -1;
	if (list->count > 1)
		diagnostic_add(
			r->found, SEVERITY_WARNING, list->at, "template/architectures",
			"a function has one architecture, but %zu are given (SAM adds those of Globals); the last one counts",
			list->count);
	return word < 0 ? ARCHITECTURE_X86_64 : (enum architecture)word;
}

static void function_limits_read(struct reading *r, struct function_spec *f, const struct node *p)
{
	f->memory_mb = property_integer(r, p, "MemorySize", FUNCTION_MEMORY_MIN_MB, FUNCTION_MEMORY_MAX_MB, " MB", "limit/memory",
	                                FUNCTION_MEMORY_DEFAULT_MB);
	f->timeout_s = property_integer(r, p, "Timeout", 1, FUNCTION_TIMEOUT_MAX_S, " s", "limit/timeout",
	                                FUNCTION_TIMEOUT_DEFAULT_S);
	f->reserved = property_integer(r, p, "ReservedConcurrentExecutions", 0, INT_MAX, "", "limit/reserved", FUNCTION_UNRESERVED);
	f->ephemeral_mb = FUNCTION_EPHEMERAL_MIN_MB;
	const struct node *storage = reading_get(r, p, "EphemeralStorage", NULL);
	if (storage && reading_is(r, storage, NODE_MAP, "EphemeralStorage"))
		f->ephemeral_mb = property_integer(r, storage, "Size", FUNCTION_EPHEMERAL_MIN_MB, FUNCTION_EPHEMERAL_MAX_MB, " MB",
		                                   "limit/storage", FUNCTION_EPHEMERAL_MIN_MB);
}

static void function_read(struct reading *r, struct read_function *rf, struct function_spec *f)
{
	const struct node *p = rf->properties;
	*f = (struct function_spec){.name = reading_keep(r, rf->logical), .at = reading_keep_at(r, rf->resource->at)};
	f->function_name = reading_keep(r, resolver_physical_name(&r->resolver, rf->logical));
	f->runtime = property_text(r, p, "Runtime");
	f->handler = property_text(r, p, "Handler");
	f->handler_at = f->handler ? reading_keep_at(r, node_get(p, "Handler")->at) : (struct position){0};
	f->architecture = function_architecture(r, p);
	f->model = MODEL_PROFILE;
	f->arm_factor = 1;
	f->profile_runs = FUNCTION_PROFILE_RUNS;
	f->reclaim = (struct reclaim_spec){.policy = RECLAIM_FIXED, .after = idle_default};
	function_limits_read(r, f, p);
	function_unknown_properties(r, rf);
}

/* The Properties as a map, Globals merged in for SAM. */
static const struct node *function_properties(struct reading *r, const struct node *resource, bool sam)
{
	const struct node *properties = node_get(resource, "Properties");
	const struct node *globals = sam ? node_get(node_get(r->root, "Globals"), "Function") : NULL;
	if (properties && !node_is_null(properties) && !reading_is(r, properties, NODE_MAP, "Properties"))
		properties = NULL;
	if (globals && globals->kind != NODE_MAP)
		globals = NULL;
	if (!properties || properties->kind != NODE_MAP)
		properties = node_put(&r->scratch, NULL, "Description", node_scalar(&r->scratch, "", false, resource->at),
		                      resource->at);
	return merge_nodes(&r->scratch, globals, properties, MERGE_ADD_LISTS, NODE_DEPTH_MAX);
}

/* A function whose condition cannot be known is taken to exist; that is a mistake only when it has traffic. */
static bool function_exists(struct reading *r, const struct node *resource, struct diagnostics *unresolved)
{
	int truth = resolver_exists(&r->resolver, resource);
	if (truth < 0)
		diagnostic_add(unresolved, SEVERITY_ERROR, r->resolver.problem_at, "read/intrinsic",
		               "%s, and the condition decides whether this function exists", r->resolver.problem);
	return truth != 0;
}

static void function_add(struct reading *r, const struct node_pair *pair, const char *type)
{
	struct read_function *rf = &r->functions[r->function_count];
	if (!function_exists(r, pair->value, &rf->unresolved))
		return;
	property_check_logical(r, pair->key);
	rf->logical = pair->key->text;
	rf->resource = pair->value;
	rf->sam = strcmp(type, "AWS::Serverless::Function") == 0;
	rf->properties = function_properties(r, pair->value, rf->sam);
	r->function_count++;
}

void functions_read(struct reading *r)
{
	const struct node *resources = node_get(r->root, "Resources");
	r->functions = arena_alloc_array(&r->scratch, resources->count, sizeof *r->functions);
	for (size_t i = 0; i < resources->count; i++) {
		const char *type = resource_type(resources->pairs[i].value);
		if (property_is_function(type))
			function_add(r, &resources->pairs[i], type);
	}
	r->scenario->function_count = r->function_count;
	r->scenario->functions = ARENA_ARRAY(r->arena, r->function_count, struct function_spec);
	for (size_t i = 0; i < r->function_count; i++) {
		r->tentative = &r->functions[i].unresolved;
		function_read(r, &r->functions[i], &r->scenario->functions[i]);
	}
	r->tentative = NULL;
}

void functions_report_unresolved(struct reading *r)
{
	for (size_t i = 0; i < r->function_count; i++) {
		struct diagnostics *d = &r->functions[i].unresolved;
		bool used = r->functions[i].has_traffic, later = !used && reading_traffic_later(r);
		for (size_t k = 0; (used || later) && k < d->count; k++)
			diagnostic_add(r->found, used ? d->items[k].severity : SEVERITY_NOTE, d->items[k].at, d->items[k].rule,
			               "%s", d->items[k].text);
		diagnostics_fini(d);
	}
}

/* --- environment variables ----------------------------------------------------------------------------------------------------------- */

/* The SAM CLI's --env-vars: by logical ID or by function name; `Parameters` is for all. */
static const char *variable_override(const struct reading *r, const struct function_spec *f, const char *name)
{
	const char *const sections[] = {f->name, f->function_name, "Parameters"};
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		const struct node *value = node_get(node_get(r->env_vars, sections[i]), name);
		if (value && value->kind == NODE_SCALAR)
			return node_is_null(value) ? "" : value->text;
	}
	return NULL;
}

/* What a handler gets for what cannot be known here: a text that shows where it comes from. */
static const char *variable_unresolved(struct reading *r, const char *name, const struct node *value)
{
	static const char mark[] = "unresolved:";
	const struct node *n = value;
	while (n->kind != NODE_SCALAR && n->count > 0)
		n = n->kind == NODE_MAP ? n->pairs[0].value : n->items[0];
	return arena_format(&r->scratch, "%s%s", mark, n->kind == NODE_SCALAR ? n->text : name);
}

static const char *variable_value(struct reading *r, const struct function_spec *f, const struct node_pair *pair, bool needed)
{
	const char *name = pair->key->text, *given = variable_override(r, f, name);
	if (given)
		return given;
	const struct node *value = resolver_value(&r->resolver, pair->value);
	if (value == &resolver_absent)
		return NULL;
	if (value && value->kind == NODE_SCALAR)
		return value->text;
	if (needed && value)
		diagnostic_add(r->found, SEVERITY_ERROR, pair->value->at, "read/type", "variable %s of %s must be a text, not %s",
		               name, f->name, node_kind_name(value));
	if (value)
		return "";
	const char *text = variable_unresolved(r, name, pair->value);
	if (needed) {
		diagnostic_add(r->found, SEVERITY_WARNING, r->resolver.problem_at, "read/intrinsic",
		               "%s, so the handler of %s gets %s=%s", r->resolver.problem, f->name, name, text);
		diagnostic_hint(r->found, "give it with --env-vars FILE: {\"%s\": {\"%s\": \"...\"}}", f->name, name);
	}
	return text;
}

static void variables_check(struct reading *r, const struct function_spec *f, const struct node *variables)
{
	enum { TOTAL_MAX = 4096 }; /* Lambda Developer Guide, "Lambda quotas": 4 KB for all environment variables together */
	size_t total = 0;
	for (size_t i = 0; i < f->variable_count; i++)
		total += strlen(f->variables[i].name) + strlen(f->variables[i].value);
	if (total > TOTAL_MAX)
		diagnostic_add(r->found, SEVERITY_ERROR, variables->at, "limit/environment",
		               "the environment variables of %s take %zu bytes; Lambda allows %d", f->name, total, TOTAL_MAX);
}

void function_variables_read(struct reading *r, size_t index, bool needed)
{
	struct function_spec *f = &r->scenario->functions[index];
	const struct node *environment = reading_get(r, r->functions[index].properties, "Environment", NULL);
	if (!environment || !reading_is(r, environment, NODE_MAP, "Environment"))
		return;
	const struct node *variables = reading_get(r, environment, "Variables", "Environment.Variables");
	if (!variables || !reading_is(r, variables, NODE_MAP, "Environment.Variables"))
		return;
	struct environment_variable *out = ARENA_ARRAY(r->arena, variables->count, struct environment_variable);
	for (size_t i = 0; i < variables->count; i++) {
		const char *value = variable_value(r, f, &variables->pairs[i], needed);
		if (value)
			out[f->variable_count++] =
				(struct environment_variable){.name = reading_keep(r, variables->pairs[i].key->text),
			                                      .value = reading_keep(r, value)};
	}
	f->variables = out;
	variables_check(r, f, variables);
}
