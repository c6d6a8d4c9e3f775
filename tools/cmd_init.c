#include <stdio.h>

#include "models/os/file.h"
#include "tools/commands.h"
#include "tools/given.h"
#include "tools/say.h"

/* An existing file may be somebody's work. */
static int write_new(const char *path, const struct textbuf *stub)
{
	struct error e = {0};
	if (file_exists(path))
		error_set(&e, ERROR_USAGE, "%s exists already; remove it, or name another file", path);
	else
		file_write(path, textbuf_text(stub), stub->length, &e);
	return e.code != ERROR_OK ? say_error(&e) : 0;
}

static int init(const struct command *self, const struct options *o)
{
	(void)self;
	struct read_options read = given_scenario(o, o->operand_count > 0 ? o->operands[0] : NULL);
	struct diagnostics found = {0};
	struct source_texts *texts = NULL;
	struct textbuf stub = {0};
	struct error e = {0};
	const char *path = options_text(o, OPTION_STUB);
	int status = 0;
	if (scenario_stub(&read, &stub, &found, &texts, &e) != 0) {
		status = e.code != ERROR_OK ? error_exit_status(e.code) : 2;
		if (e.code != ERROR_OK)
			say_add_error(&found, &e, &read);
	}
	say_findings(&found, texts);
	if (status == 0)
		status = path != NULL ? write_new(path, &stub) : say_output(&stub);
	textbuf_fini(&stub);
	diagnostics_fini(&found);
	source_texts_free(texts);
	return status;
}

static const enum option_id ids[] = {OPTION_STUB, OPTION_TEMPLATE, OPTION_PARAMETERS, OPTION_HELP};

const struct command cmd_init = {
	.name = "init",
	.operands = "[TEMPLATE]",
	.summary = "write a workload stub for a template's event sources",
	.text = "Writes the Metadata section that a template needs to be simulated: one workload entry for each event source of each\n"
		"function, with comments. Put it into the template, or keep it in a file of its own for --workload.",
	.ids = ids,
	.id_count = sizeof ids / sizeof *ids,
	.operands_most = 1,
	.offers = OFFERS_FILES,
	.run = init,
};
