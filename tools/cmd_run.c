#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/handler/profiler.h"
#include "models/occasion.h"
#include "models/os/interrupt.h"
#include "models/os/tty.h"
#include "reports/report.h"
#include "scenarios/study/study.h"
#include "sim/base/memory.h"
#include "tools/commands.h"
#include "tools/given.h"
#include "tools/progress.h"
#include "tools/render.h"
#include "tools/say.h"

/* One `weir run`: read, measure, simulate, render. Each step returns an exit status, 0 to go on. */
struct running {
	const struct options *options;
	struct diagnostics found;
	struct source_texts *texts;
	struct scenario *scenario;
	struct profile **profiles; /* owned; by function, NULL where none was needed */
	char *folder;              /* owned */
	struct progress progress;
	struct study_verdict verdict;
};

static int read_scenario(struct running *r)
{
	const struct options *o = r->options;
	struct read_options read = given_scenario(o, o->operand_count > 0 ? o->operands[0] : NULL);
	struct error e = {0};
	if (scenario_read(&read, &r->scenario, &r->found, &r->texts, &e) == 0)
		return 0;
	if (e.code == ERROR_OK)
		return 2;
	say_add_error(&r->found, &e, &read);
	return error_exit_status(e.code);
}

/* A folder that cannot be written is better known before the work than after it. */
static int probe_folder(struct running *r)
{
	struct error e = {0};
	const char *given = options_text(r->options, OPTION_OUTPUT);
	if (given != NULL && given[0] == '\0') {
		error_set(&e, ERROR_USAGE, "--output: an empty name is no folder");
		return say_error(&e);
	}
	r->folder = given != NULL ? memory_string(given) : memory_format("weir-out/%s", r->scenario->name);
	return store_probe(r->folder, &e) == 0 ? 0 : say_error(&e);
}

/* --- measuring ------------------------------------------------------------------------------------------------------------------- */

static int show_measuring(void *ctx, const char *function, const struct profile_event *with, int done, int total)
{
	struct running *r = ctx;
	char text[200], batch[32] = "";
	if (with->batch > 1)
		snprintf(batch, sizeof batch, ", %u records", (unsigned)with->batch);
	if (strcmp(with->source, function) == 0 && !*batch)
		snprintf(text, sizeof text, "measuring %.100s: %d of %d runs", function, done, total);
	else
		snprintf(text, sizeof text, "measuring %.60s (%.60s%s): %d of %d runs", function, with->source, batch, done, total);
	progress_update(&r->progress, text, total > 0 ? (double)done / total : 0);
	return interrupt_pending();
}

/* What is wrong with the code is said where the template names it; a handler that is not in the code, at Handler. */
static struct position place_of(const struct function_spec *f, const struct error *e)
{
	if (e->code != ERROR_INPUT)
		return f->at;
	bool named = strstr(e->text, "(Runtime.HandlerNotFound)") || strstr(e->text, "(Runtime.MalformedHandlerName)");
	if (named && f->handler_at.line > 0)
		return f->handler_at;
	return f->code_at.line > 0 ? f->code_at : f->at;
}

static int measure_one(struct running *r, size_t i, const struct profile_events *events)
{
	struct function_spec *f = &r->scenario->functions[i];
	struct profiler_options options = {.refresh = options_given(r->options, OPTION_REFRESH_PROFILE),
	                                   .progress = show_measuring,
	                                   .progress_ctx = r};
	struct error e = {0};
	progress_begin(&r->progress);
	if (profiler_measure(r->scenario, i, events, &options, &r->profiles[i], &e) == 0) {
		f->profile = r->profiles[i];
		return 0;
	}
	if (interrupt_pending())
		return error_exit_status(ERROR_PROCESS);
	diagnostic_add(&r->found, SEVERITY_ERROR, place_of(f, &e), "profile/handler", "%s", e.text); /* names the function */
	if (e.code == ERROR_CHECK)
		diagnostic_hint(&r->found, "ErrorsExpected: true under Functions keeps measurements that hold errors");
	return error_exit_status(e.code);
}

/* Measures the function unless that is done, or nothing invokes it. */
static int measure_if_used(struct running *r, size_t i)
{
	const struct function_spec *f = &r->scenario->functions[i];
	struct arena a = {0};
	int status = 0;
	if (f->model != MODEL_PROFILE || f->profile != NULL)
		return 0;
	struct profile_events events = occasions_of(r->scenario, i, &a);
	if (events.count > 0)
		status = measure_one(r, i, &events);
	arena_fini(&a);
	return status;
}

/* A function without traffic is never invoked, so its code need not run here. One that fails does not hide what is wrong with the
 * others; the gravest failure is the exit status. */
static int measure(struct running *r)
{
	struct scenario *s = r->scenario;
	r->profiles = MEMORY_ARRAY(s->function_count, struct profile *);
	int status = 0;
	for (size_t i = 0; i < s->function_count && !interrupt_pending(); i++) {
		int one = measure_if_used(r, i);
		status = one > status ? one : status;
	}
	progress_clear(&r->progress);
	return interrupt_pending() ? error_exit_status(ERROR_PROCESS) : status;
}

/* --- simulating ------------------------------------------------------------------------------------------------------------------- */

static int show_simulating(void *ctx, const struct study_progress *p)
{
	struct running *r = ctx;
	char text[200];
	int n = snprintf(text, sizeof text, "simulating: %llu of %llu replications", (unsigned long long)p->replications_done,
	                 (unsigned long long)p->replications_planned);
	if (isfinite(p->worst_precision) && n > 0 && (size_t)n < sizeof text)
		snprintf(text + n, sizeof text - (size_t)n, ", widest interval +/-%.1f %%", 100 * p->worst_precision);
	progress_update(&r->progress, text, p->fraction);
	return interrupt_pending();
}

static int simulate(struct running *r)
{
	struct error e = {0};
	struct study_options options = {.jobs = options_count(r->options, OPTION_JOBS, tty_processors()),
	                                .progress = show_simulating,
	                                .progress_ctx = r};
	struct sink *sink = store_new(r->folder, &e);
	if (sink == NULL)
		return say_error(&e);
	progress_begin(&r->progress);
	int status = study_run(r->scenario, &options, sink, &r->verdict, &e);
	sink->ops->fini(sink);
	progress_clear(&r->progress);
	if (status == 0 || interrupt_pending())
		return status == 0 ? 0 : error_exit_status(ERROR_PROCESS);
	return say_error(&e);
}

/* Signals wait while handlers and threads are at work, and end the program as soon as those have been stopped. */
static int work(struct running *r)
{
	interrupt_hold();
	int status = measure(r);
	if (!interrupt_pending())
		say_findings(&r->found, r->texts);
	if (status == 0)
		status = simulate(r);
	interrupt_release();
	return status;
}

/* --- telling ---------------------------------------------------------------------------------------------------------------------- */

static void say_undecided(size_t count, size_t objectives, const char *why)
{
	struct textbuf text = {0};
	textbuf_printf(&text, "%zu of %zu objectives undecided: %s", count, objectives, why);
	if (count > 0)
		say_warning(textbuf_text(&text));
	textbuf_fini(&text);
}

static int judge(const struct study_verdict *v)
{
	say_undecided(v->undecided - v->priceless - v->unmeasured, v->objectives,
	              "the 95 % interval spans the bound; more replications may decide");
	say_undecided(v->priceless, v->objectives, v->no_month);
	say_undecided(v->unmeasured, v->objectives, "what they are about never happened, so there is no value to judge");
	return v->missed > 0 ? error_exit_status(ERROR_CHECK) : 0;
}

static int run_steps(struct running *r)
{
	int status = read_scenario(r);
	if (status == 0)
		status = probe_folder(r);
	if (status != 0) {
		say_findings(&r->found, r->texts);
		return status;
	}
	status = work(r);
	if (status == 0)
		status = render_result(r->folder, r->folder, r->options);
	return status != 0 ? status : judge(&r->verdict);
}

static int run(const struct command *self, const struct options *o)
{
	(void)self;
	struct running r = {.options = o};
	progress_init(&r.progress, !options_given(o, OPTION_QUIET));
	int status = run_steps(&r);
	for (size_t i = 0; r.profiles != NULL && i < r.scenario->function_count; i++)
		profile_free(r.profiles[i]);
	memory_free(r.profiles);
	memory_free(r.folder);
	scenario_free(r.scenario);
	diagnostics_fini(&r.found);
	source_texts_free(r.texts);
	return status;
}

static const enum option_id ids[] = {
	OPTION_OUTPUT,     OPTION_TEMPLATE,        OPTION_WORKLOAD, OPTION_RATE,     OPTION_PAYLOAD, OPTION_SET,
	OPTION_PARAMETERS, OPTION_ENV_VARS,        OPTION_REGION,   OPTION_DURATION, OPTION_SEED,    OPTION_REPLICATIONS,
	OPTION_JOBS,       OPTION_REFRESH_PROFILE, OPTION_NO_PLOTS, OPTION_JSON,     OPTION_QUIET,   OPTION_HELP,
};

const struct command cmd_run = {
	.name = "run",
	.operands = "[TEMPLATE]",
	.summary = "simulate a template's traffic, print the summary, write the results",
	.text = "Runs the template's handlers to measure them (or takes their measurements from the cache), simulates its traffic under\n"
		"Lambda's rules, prints a summary and writes the results: results.sqlite, report.html, summary.json, tables and plots.\n"
		"The last line is the report's path. Without TEMPLATE: template.yaml, template.yml or template.json.\n"
		"Exit status: 0 done, objectives met or undecided; 1 an objective is missed, or a handler fails; 2 bad usage or bad input\n"
		"(nothing is written); 3 the machine failed. Interrupted: ended by the signal, nothing half-written.",
	.ids = ids,
	.id_count = sizeof ids / sizeof *ids,
	.operands_most = 1,
	.offers = OFFERS_FILES,
	.run = run,
};
