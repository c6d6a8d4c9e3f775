#include "tools/commands.h"

#include <string.h>

#include "sim/base/nearname.h"

const struct command *const commands[COMMANDS] = {&cmd_run,   &cmd_check,      &cmd_init, &cmd_report,
                                                  &cmd_match, &cmd_completion, &cmd_help};

const struct command *commands_find(const char *name, struct error *e)
{
	const char *names[COMMANDS];
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
		names[i] = commands[i]->name;
	}
	const char *near = nearname_find(name, names, COMMANDS);
	error_set(e, ERROR_USAGE, "weir has no command '%.100s'%s%s%s", name, near ? "; did you mean '" : "", near ? near : "",
	          near ? "'?" : "");
	return NULL;
}

void commands_help(struct textbuf *out)
{
	textbuf_add(
		out,
		"Usage: weir COMMAND [OPTION...] [OPERAND...]\n\n"
		"Simulates AWS Lambda: runs the handlers of a SAM or CloudFormation template to measure them, then days of\n"
		"traffic against them under Lambda's documented rules, and reports latency, throttles, cold starts and the bill.\n\n"
		"Commands:\n");
	for (size_t i = 0; i < COMMANDS; i++)
		textbuf_printf(out, "  %-12s%s\n", commands[i]->name, commands[i]->summary);
	textbuf_add(out,
	            "\n`weir help COMMAND` tells more; so do the manual pages weir(1) and weir-scenario(5).\n"
	            "Exit status: 0 done; 1 an objective or a check failed; 2 bad usage or bad input; 3 the machine failed.\n");
}
