#include "tools/commands.h"
#include "tools/say.h"

static int help(const struct command *self, const struct options *o)
{
	(void)self;
	struct textbuf out = {0};
	struct error e = {0};
	const struct command *about = o->operand_count > 0 ? commands_find(o->operands[0], &e) : NULL;
	if (e.code != ERROR_OK)
		return say_error(&e);
	if (about != NULL)
		options_help(about, &out);
	else
		commands_help(&out);
	int status = say_output(&out);
	textbuf_fini(&out);
	return status;
}

static const enum option_id ids[] = {OPTION_HELP};
static const char *const choices[] = {"run", "check", "init", "report", "match", "completion", "help", NULL};

const struct command cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "explain weir or one of its commands",
	.text = "Explains weir, or one of its commands with all its options.",
	.ids = ids,
	.id_count = sizeof ids / sizeof *ids,
	.operands_most = 1,
	.choices = choices,
	.run = help,
};
