#include <string.h>

#include "models/os/file.h"
#include "sim/base/memory.h"
#include "tools/commands.h"
#include "tools/render.h"
#include "tools/say.h"

/* The folder that a result stands in: itself, or that of its results.sqlite. */
static char *home_of(const char *result)
{
	const char *slash = strrchr(result, '/');
	if (file_is_folder(result))
		return memory_string(result);
	if (slash == NULL)
		return memory_string(".");
	return memory_string_n(result, slash == result ? 1 : (size_t)(slash - result));
}

static int report(const struct command *self, const struct options *o)
{
	(void)self;
	struct error e = {0};
	if (o->operand_count == 0) {
		error_set(&e, ERROR_USAGE, "weir report needs a result: a folder that weir run has written, or its results.sqlite");
		return say_error(&e);
	}
	const char *given = options_text(o, OPTION_AGAIN);
	char *folder = given != NULL ? memory_string(given) : home_of(o->operands[0]);
	int status = render_result(o->operands[0], folder, o);
	memory_free(folder);
	return status;
}

static const enum option_id ids[] = {OPTION_AGAIN, OPTION_NO_PLOTS, OPTION_JSON, OPTION_QUIET, OPTION_HELP};

const struct command cmd_report = {
	.name = "report",
	.operands = "RESULT",
	.summary = "render a result again",
	.text = "Renders a result that weir run has written: the summary, report.html, summary.json, tables and plots. The same result\n"
		"gives the same bytes. RESULT is the folder, or the results.sqlite in it. The last line is the report's path.",
	.ids = ids,
	.id_count = sizeof ids / sizeof *ids,
	.operands_most = 1,
	.offers = OFFERS_FILES,
	.run = report,
};
