/* weir: a simulator and capacity planner for AWS Lambda.
 *
 *   main -> commands_find -> options_parse -> cmd_NAME's run, which returns the exit status.
 *
 * The same binary, started under the name weir-exec, is the helper that becomes a handler's process (models/handler/weir_exec.h). */
#include <stdio.h>
#include <string.h>

#include "models/handler/weir_exec.h"
#include "models/os/file.h"
#include "models/os/interrupt.h"
#include "sim/base/memory.h"
#include "tools/commands.h"
#include "tools/say.h"

static int print_help(void)
{
	struct textbuf out = {0};
	commands_help(&out);
	int status = say_output(&out);
	textbuf_fini(&out);
	return status;
}

static int print_version(void)
{
	struct textbuf out = {0};
	textbuf_add(&out, "weir " WEIR_VERSION "\n");
	int status = say_output(&out);
	textbuf_fini(&out);
	return status;
}

static int print_command_help(const struct command *c)
{
	struct textbuf out = {0};
	options_help(c, &out);
	int status = say_output(&out);
	textbuf_fini(&out);
	return status;
}

static int run_command(const struct command *c, int argc, char **argv)
{
	struct options o = {0};
	struct error e = {0};
	int status;
	if (options_parse(c, argc, argv, &o, &e) != 0) {
		status = say_error(&e);
		fprintf(stderr, "`weir help %s` shows what it takes.\n", c->name);
	} else if (options_given(&o, OPTION_HELP)) {
		status = print_command_help(c);
	} else {
		status = c->run(c, &o);
	}
	options_fini(&o);
	return status;
}

static bool is_any(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static bool is_weir_exec(const char *name)
{
	const char *slash = name != NULL ? strrchr(name, '/') : NULL;
	return name != NULL && strcmp(slash != NULL ? slash + 1 : name, "weir-exec") == 0;
}

int main(int argc, char **argv)
{
	if (is_weir_exec(argv[0]))
		return weir_exec_main(argc, argv);
	memory_on_exhaustion(file_clean_up);
	interrupt_install();
	struct error e = {0};
	if (argc < 2) {
		error_set(&e, ERROR_USAGE, "no command; `weir --help` lists them");
		return say_error(&e);
	}
	if (is_any(argv[1], "--help", "-h"))
		return print_help();
	if (is_any(argv[1], "--version", "-V"))
		return print_version();
	const struct command *c = commands_find(argv[1], &e);
	return c != NULL ? run_command(c, argc - 1, argv + 1) : say_error(&e);
}
