#include <string.h>

#include "tools/commands.h"
#include "tools/say.h"

static int completion(const struct command *self, const struct options *o)
{
	struct error e = {0};
	if (o->operand_count == 0 || strcmp(o->operands[0], self->choices[0]) != 0) {
		error_set(&e, ERROR_USAGE, "weir completion needs the name of a shell: bash");
		return say_error(&e);
	}
	struct textbuf out = {0};
	options_completion(commands, COMMANDS, &out);
	int status = say_output(&out);
	textbuf_fini(&out);
	return status;
}

static const enum option_id ids[] = {OPTION_HELP};
static const char *const choices[] = {"bash", NULL};

const struct command cmd_completion = {
	.name = "completion",
	.operands = "bash",
	.summary = "print a script that completes weir's command lines",
	.text = "Prints a script for bash that completes commands, options and file names. To use it in every shell:\n"
		"  weir completion bash > ~/.local/share/bash-completion/completions/weir",
	.ids = ids,
	.id_count = sizeof ids / sizeof *ids,
	.operands_most = 1,
	.choices = choices,
	.run = completion,
};
