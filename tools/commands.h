/* commands: the table of all commands; weir.c dispatches by it. A new command is a new cmd_NAME.c and one row in commands.c. */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

#include "tools/options.h"

extern const struct command cmd_run, cmd_check, cmd_init, cmd_report, cmd_match, cmd_completion, cmd_help;

enum { COMMANDS = 7 };
extern const struct command *const commands[COMMANDS];

/* NULL when there is none of this name; then `e` says so, with the nearest name (ERROR_USAGE). */
const struct command *commands_find(const char *name, struct error *e);

/* The text of `weir --help`. */
void commands_help(struct textbuf *out);

#endif
