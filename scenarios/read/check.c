#include <string.h>

#include "models/os/clock.h"
#include "models/source/table.h"
#include "scenarios/read/document.h"
#include "scenarios/read/references.h"
#include "scenarios/read/runtimes.h"
#include "scenarios/read/scenarioread.h"

/* The read timeout of the AWS SDKs. Source: botocore/httpsession.py, DEFAULT_TIMEOUT. */
static const simtime sdk_timeout = 60 * SIMTIME_SECOND;

/* --- the template ----------------------------------------------------------------------------------------------------------------------- */

static bool check_has_transform(const struct node *transform, const char *name)
{
	if (!transform || transform->kind == NODE_SCALAR)
		return node_is_text(transform, name);
	if (transform->kind == NODE_MAP)
		return node_is_text(node_get(transform, "Name"), name);
	for (size_t i = 0; i < transform->count; i++)
		if (check_has_transform(transform->items[i], name))
			return true;
	return false;
}

static void check_transform(struct reading *r)
{
	static const char sam[] = "AWS::Serverless-2016-10-31";
	const struct node *resources = node_get(r->root, "Resources");
	if (check_has_transform(node_get(r->root, "Transform"), sam))
		return;
	for (size_t i = 0; i < resources->count; i++) {
		const struct node *type = node_get(resources->pairs[i].value, "Type");
		if (!type || type->kind != NODE_SCALAR || strncmp(type->text, "AWS::Serverless::", 17) != 0)
			continue;
		diagnostic_add(r->found, SEVERITY_ERROR, type->at, "template/transform",
		               "%s needs the template to say Transform: %s", type->text, sam);
		return;
	}
}

/* --- one function ------------------------------------------------------------------------------------------------------------------------ */

/* The civil date of a day since 1970-01-01 as 20261124. Source: H. Hinnant, "chrono-compatible low-level date algorithms". */
static int check_date(int64_t days)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100), month = (5 * of_year + 2) / 153;
	int64_t day = of_year - (153 * month + 2) / 5 + 1, calendar = month < 10 ? month + 3 : month - 9;
	int64_t year = year_of_era + era * 400 + (calendar <= 2);
	return (int)(year * 10000 + calendar * 100 + day);
}

static void check_runtime(struct reading *r, const struct read_function *rf, const struct function_spec *f)
{
	const struct node *n = node_get(rf->properties, "Runtime");
	const struct runtime *runtime = f->runtime ? runtime_find(f->runtime) : NULL;
	struct position at = n ? n->at : rf->resource->at;
	int today = check_date(clock_epoch_ms() / 86400000);
	if (!runtime || runtime->deprecated == 0 || runtime->deprecated > today)
		return;
	if (runtime->deprecated > 1)
		diagnostic_add(r->found, SEVERITY_WARNING, at, "runtime/retired", "%s is deprecated since %04d-%02d-%02d",
		               f->runtime, runtime->deprecated / 10000, runtime->deprecated / 100 % 100, runtime->deprecated % 100);
	else
		diagnostic_add(r->found, SEVERITY_WARNING, at, "runtime/retired",
		               "%s is retired: AWS creates no new functions with it", f->runtime);
}

static void check_reserved(struct reading *r, const struct read_function *rf, const struct function_spec *f)
{
	const struct node *n = node_get(rf->properties, "ReservedConcurrentExecutions");
	if (n && f->reserved == 0)
		diagnostic_add(r->found, SEVERITY_WARNING, n->at, "limit/reserved-zero",
		               "%s reserves 0: every invocation is throttled", f->name);
}

static void check_variables(struct reading *r, const struct read_function *rf)
{
	/* Source: Lambda Developer Guide, "Defined runtime environment variables", reserved. */
	static const char *const taken[] = {
		"_HANDLER",
		"_X_AMZN_TRACE_ID",
		"AWS_DEFAULT_REGION",
		"AWS_REGION",
		"AWS_EXECUTION_ENV",
		"AWS_LAMBDA_FUNCTION_NAME",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
		"AWS_LAMBDA_FUNCTION_VERSION",
		"AWS_LAMBDA_INITIALIZATION_TYPE",
		"AWS_LAMBDA_LOG_GROUP_NAME",
		"AWS_LAMBDA_LOG_STREAM_NAME",
		"AWS_ACCESS_KEY",
		"AWS_ACCESS_KEY_ID",
		"AWS_SECRET_ACCESS_KEY",
		"AWS_SESSION_TOKEN",
		"AWS_LAMBDA_RUNTIME_API",
		"LAMBDA_TASK_ROOT",
		"LAMBDA_RUNTIME_DIR",
	};
	const struct node *variables = node_get(node_get(rf->properties, "Environment"), "Variables");
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		const struct node_pair *pair = node_pair_of(variables, taken[i]);
		if (pair)
			diagnostic_add(r->found, SEVERITY_ERROR, pair->key->at, "template/variable",
			               "%s is Lambda's own variable; a function cannot set it", taken[i]);
	}
}

/* --- timeouts ------------------------------------------------------------------------------------------------------------------------------ */

static struct position check_timeout_at(const struct reading *r, size_t function)
{
	const struct node *n = node_get(r->functions[function].properties, "Timeout");
	return n ? n->at : r->functions[function].resource->at;
}

static void check_gateway(struct reading *r, const struct read_source *s)
{
	if (s->function == SOURCE_NO_FUNCTION)
		return;
	const struct function_spec *f = &r->scenario->functions[s->function];
	if (!s->modelled || s->wait_limit == SIMTIME_NEVER || s->wait_limit >= f->timeout_s * SIMTIME_SECOND)
		return;
	const struct source_type *type = source_kind_of(s->kind);
	diagnostic_add(
		r->found, SEVERITY_WARNING, s->wait_limit_at.line ? s->wait_limit_at : check_timeout_at(r, s->function),
		"timeout/gateway",
		"%s: the %s gives up after %g s, but %s may run %d s: the caller gets %d and the invocation goes on and costs",
		s->name, type->service, simtime_s(s->wait_limit), f->name, f->timeout_s, type->wait_limit_status);
}

static void check_sdk(struct reading *r, size_t function, struct position at, const char *who)
{
	const struct function_spec *f = &r->scenario->functions[function];
	if (f->timeout_s * SIMTIME_SECOND <= sdk_timeout)
		return;
	diagnostic_add(r->found, SEVERITY_WARNING, at, "timeout/sdk",
	               "%s: the AWS SDKs stop reading after 60 s and invoke again, but %s may run %d s: two run at once", who,
	               f->name, f->timeout_s);
	diagnostic_hint(r->found, "callers need a read timeout above %d s, or an asynchronous invocation", f->timeout_s);
}

static void check_client(struct reading *r, const struct source_spec *source)
{
	if (source_kind_of(source->kind)->mode != SOURCE_SYNCHRONOUS)
		return;
	const struct function_spec *f = &r->scenario->functions[source->function];
	const struct client_spec *c = &source->client;
	simtime runs = f->timeout_s * SIMTIME_SECOND;
	if (!source->has_client || (c->preset && c->timeout == sdk_timeout)) {
		if (source->kind == SOURCE_INVOKE)
			check_sdk(r, source->function, source->at, source->name);
		return;
	}
	if (c->timeout == SIMTIME_NEVER)
		return;
	simtime waits = source->wait_limit < runs ? source->wait_limit : runs;
	if (c->timeout < waits)
		diagnostic_add(
			r->found, SEVERITY_WARNING, source->at, "timeout/client",
			"%s: the client gives up after %g s, but %s may run %d s: up to %d invocations of one request run and cost",
			source->name, simtime_s(c->timeout), f->name, f->timeout_s, c->max_attempts);
	else if (c->max_attempts > 1 && c->timeout < c->max_attempts * runs)
		diagnostic_add(r->found, SEVERITY_NOTE, source->at, "timeout/client",
		               "%s: %g s are for each attempt; if they are meant for all %d, that is less than %d x %d s",
		               source->name, simtime_s(c->timeout), c->max_attempts, c->max_attempts, f->timeout_s);
}

/* Who calls a function that has no event source, and says nothing about its client, calls it through an SDK. */
static void check_silent_function(struct reading *r, size_t function)
{
	for (size_t i = 0; i < r->source_count; i++)
		if (strchr(r->sources[i].name, '.') && r->sources[i].function == function)
			return;
	if (!r->functions[function].has_traffic)
		check_sdk(r, function, check_timeout_at(r, function), r->functions[function].logical);
}

void reading_check(struct reading *r)
{
	check_transform(r);
	references_check(r);
	for (size_t i = 0; i < r->function_count; i++) {
		check_runtime(r, &r->functions[i], &r->scenario->functions[i]);
		check_reserved(r, &r->functions[i], &r->scenario->functions[i]);
		check_variables(r, &r->functions[i]);
		check_silent_function(r, i);
	}
	for (size_t i = 0; i < r->source_count; i++)
		check_gateway(r, &r->sources[i]);
	for (size_t i = 0; i < r->scenario->source_count; i++)
		check_client(r, &r->scenario->sources[i]);
}

int scenario_check(const struct read_options *options, struct diagnostics *found, struct source_texts **texts, struct error *e)
{
	struct reading r;
	struct read_options all = *options;
	all.traffic_optional = true;
	reading_init(&r, &all, found);
	r.careful = true;
	int status = document_read(&r, e);
	if (status == 0) {
		reading_run(&r);
		reading_check(&r);
	}
	diagnostics_sort(found);
	*texts = r.texts;
	reading_end(&r, false);
	return status;
}
