#include <stdio.h>

#include "sim/base/memory.h"
#include "tools/commands.h"
#include "tools/given.h"
#include "tools/say.h"

/* All files of one call: findings are printed file by file, or all together as JSON. */
struct checking {
	const struct options *options;
	bool json;
	int status;
	struct diagnostics all;      /* for JSON */
	struct source_texts **texts; /* owned; positions point into them */
	size_t text_count, text_capacity;
};

static void keep(struct diagnostics *all, const struct diagnostics *found)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct diagnostic *d = &found->items[i];
		diagnostic_add(all, d->severity, d->at, d->rule, "%s", d->text);
		if (d->hint != NULL)
			diagnostic_hint(all, "%s", d->hint);
	}
}

static void count(const char *file, const struct diagnostics *found)
{
	printf("%s: %zu error%s, %zu warning%s\n", file, found->errors, found->errors == 1 ? "" : "s", found->warnings,
	       found->warnings == 1 ? "" : "s");
}

static void check_one(struct checking *c, const char *file)
{
	struct read_options read = given_scenario(c->options, file);
	struct diagnostics found = {0};
	struct source_texts *texts = NULL;
	struct error e = {0};
	read.traffic_optional = true;
	int status = 0;
	if (scenario_check(&read, &found, &texts, &e) != 0) {
		status = e.code != ERROR_OK ? error_exit_status(e.code) : 2;
		if (e.code != ERROR_OK)
			say_add_error(&found, &e, &read);
	}
	if (status == 0 && found.errors > 0)
		status = 1;
	if (c->json)
		keep(&c->all, &found);
	else
		say_findings(&found, texts);
	if (!c->json && !options_given(c->options, OPTION_QUIET))
		count(read.template_file != NULL ? read.template_file : "template.yaml", &found);
	if (status > c->status)
		c->status = status;
	diagnostics_fini(&found);
	MEMORY_ROOM(c->texts, c->text_count, c->text_capacity);
	c->texts[c->text_count++] = texts;
}

static int check(const struct command *self, const struct options *o)
{
	(void)self;
	struct checking c = {.options = o, .json = options_given(o, OPTION_JSON)};
	if (o->operand_count == 0)
		check_one(&c, NULL);
	for (size_t i = 0; i < o->operand_count; i++)
		check_one(&c, o->operands[i]);
	struct textbuf out = {0};
	if (c.json) {
		diagnostics_sort(&c.all);
		diagnostics_json(&c.all, &out);
	}
	int written = say_output(&out);
	textbuf_fini(&out);
	diagnostics_fini(&c.all);
	for (size_t i = 0; i < c.text_count; i++)
		source_texts_free(c.texts[i]);
	memory_free(c.texts);
	return written != 0 ? written : c.status;
}

static const enum option_id ids[] = {OPTION_TEMPLATE, OPTION_WORKLOAD, OPTION_SET,   OPTION_PARAMETERS, OPTION_ENV_VARS,
                                     OPTION_REGION,   OPTION_JSON,     OPTION_QUIET, OPTION_HELP};

const struct command cmd_check = {
	.name = "check",
	.operands = "[FILE...]",
	.summary = "diagnose templates and workloads without running anything",
	.text = "Reads templates and says what is wrong with them, and what a careful reviewer would ask about: timeouts that do not fit\n"
		"together, handlers that are not there, retired runtimes.\n"
		"Exit status: 0 no errors (warnings may be there); 1 errors found; 2 a file cannot be read at all.",
	.ids = ids,
	.id_count = sizeof ids / sizeof *ids,
	.operands_most = (size_t)-1,
	.offers = OFFERS_FILES,
	.run = check,
};
