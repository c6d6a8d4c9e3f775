#include "scenarios/read/scenarioread.h"

#include <string.h>

#include "scenarios/read/asyncconfig.h"
#include "scenarios/read/behaviour.h"
#include "scenarios/read/buckets.h"
#include "scenarios/read/codeplace.h"
#include "scenarios/read/document.h"
#include "scenarios/read/edge.h"
#include "scenarios/read/events.h"
#include "scenarios/read/functions.h"
#include "scenarios/read/limitrules.h"
#include "scenarios/read/mappings.h"
#include "scenarios/read/override.h"
#include "scenarios/read/parameter.h"
#include "scenarios/read/queues.h"
#include "scenarios/read/reach.h"
#include "scenarios/read/resources.h"
#include "scenarios/read/texts.h"
#include "scenarios/read/unknown.h"
#include "scenarios/read/unmodelled.h"
#include "scenarios/read/weirkeys.h"
#include "scenarios/read/yamltree.h"
#include "sim/base/memory.h"

/* CloudFormation takes 500 resources ("Understand CloudFormation quotas"); ten times that is no template. */
enum { RESOURCES_MAX = 5000 };

void reading_init(struct reading *r, const struct read_options *options, struct diagnostics *found)
{
	*r = (struct reading){.options = options, .found = found};
	r->scenario = MEMORY_NEW(struct scenario);
	r->arena = &r->scenario->arena;
	r->texts = source_texts_new();
	r->folder = "";
}

/* Positions in the scenario name files in its arena, which may be freed before the diagnostics: these get the texts' own names. */
static void reading_own_names(struct reading *r)
{
	for (size_t i = 0; i < r->found->count; i++) {
		struct position *at = &r->found->items[i].at;
		if (at->file)
			at->file = source_texts_name(r->texts, at->file);
	}
}

struct scenario *reading_end(struct reading *r, bool keep)
{
	struct scenario *s = r->scenario;
	reading_own_names(r);
	events_free(r);
	resources_free(r);
	arena_fini(&r->scratch);
	if (keep)
		return s;
	scenario_free(s);
	return NULL;
}

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	arena_fini(&s->arena);
	memory_free(s);
}

static void read_env_vars(struct reading *r)
{
	const char *path = r->options->env_vars_file;
	struct position at = {.file = "--env-vars"};
	char *text;
	size_t length;
	if (!path || reading_file(r, path, NODE_FILE_MAX, at, &text, &length) < 0)
		return;
	const char *file = source_texts_add(r->texts, path, text, length);
	const struct node *n = tree_read(text, length, file, &r->scratch, r->found);
	if (n && reading_is(r, n, NODE_MAP, "the file of --env-vars"))
		r->env_vars = n;
}

static void read_resolver(struct reading *r)
{
	struct resolver *v = &r->resolver;
	v->arena = &r->scratch;
	v->root = r->root;
	v->stack_name = r->scenario->name;
	v->region = r->scenario->region = weir_region(r);
	parameter_overrides_read(v, r->options->parameters, r->options->parameter_count, r->found);
	parameters_check(v, r->found);
}

static void read_variables(struct reading *r)
{
	for (size_t i = 0; i < r->function_count; i++) {
		bool needed = r->scenario->functions[i].model == MODEL_PROFILE && r->functions[i].has_traffic;
		function_variables_read(r, i, needed);
	}
}

static void read_no_traffic(struct reading *r)
{
	const struct scenario *s = r->scenario;
	struct position at = r->root->at;
	r->name_missing = r->name_missing || (s->function_count == 0 && !r->careful);
	if (s->function_count == 0)
		diagnostic_add(r->found, r->careful ? SEVERITY_WARNING : SEVERITY_ERROR, at, "template/functions",
		               "the template has no function that exists");
	else if (s->source_count == 0 && !r->options->traffic_optional && !r->careful) {
		const struct read_source *example = &r->sources[0];
		for (size_t i = 0; i < r->source_count; i++)
			if (r->sources[i].modelled && strchr(r->sources[i].name, '.') && !strchr(example->name, '.'))
				example = &r->sources[i];
		diagnostic_add(r->found, SEVERITY_ERROR, at, "read/no-traffic",
		               "the scenario has no traffic: no Metadata.Weir.Workload, no --workload FILE, no --rate");
		diagnostic_hint(r->found, "try --rate %s=20/s, or let `weir init` write a workload", example->name);
	}
}

void reading_run(struct reading *r)
{
	size_t resources = node_get(r->root, "Resources")->count;
	if (resources > RESOURCES_MAX) {
		diagnostic_add(r->found, SEVERITY_ERROR, r->root->at, "read/limit", "%zu resources; %d is the most", resources,
		               RESOURCES_MAX);
		return;
	}
	overrides_apply(r);
	read_resolver(r);
	read_env_vars(r);
	unknown_types_check(r);
	functions_read(r);
	resources_read(r);
	asyncs_read(r);
	events_read(r);
	weir_read(r);
	reach_mark(r);
	if (r->found->errors == 0 || r->careful) {
		behaviours_settle(r);
		read_no_traffic(r);
	}
	functions_report_unresolved(r);
	resources_report_unresolved(r);
	queues_check(r);
	mappings_check(r);
	notifications_check(r);
	edge_check(r);
	reach_check_loops(r);
	resources_settle(r);
	unknown_runtimes_check(r);
	codes_find(r);
	read_variables(r);
	limits_check(r);
	unmodelled_check(r);
	events_note_passed_over(r);
}

/* After the files: 0 with *out, or -1. */
static int read_finish(struct reading *r, int status, struct scenario **out, struct source_texts **texts)
{
	if (status == 0)
		reading_run(r);
	diagnostics_sort(r->found);
	*texts = r->texts;
	*out = reading_end(r, status == 0 && r->found->errors == 0);
	return *out ? 0 : -1;
}

int scenario_read(const struct read_options *options, struct scenario **out, struct diagnostics *found, struct source_texts **texts,
                  struct error *e)
{
	struct reading r;
	reading_init(&r, options, found);
	return read_finish(&r, document_read(&r, e), out, texts);
}

int scenario_read_text(const struct read_options *options, const char *text, size_t length, const char *workload,
                       size_t workload_length, struct scenario **out, struct diagnostics *found, struct source_texts **texts)
{
	struct reading r;
	reading_init(&r, options, found);
	const char *file = source_texts_add(r.texts, "template.yaml", memory_string_n(text, length), length);
	return read_finish(&r, document_from_text(&r, file, text, length, workload, workload_length), out, texts);
}
