#include "tools/render.h"

#include <stdlib.h>
#include <string.h>

#include "models/os/tty.h"
#include "reports/report.h"
#include "sim/base/memory.h"
#include "tools/say.h"

/* https://no-color.org: a variable that is set and not empty. */
static bool wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return tty_is(TTY_OUTPUT) && (no == NULL || *no == '\0') && term != NULL && strcmp(term, "dumb") != 0;
}

/* One warning a line. */
static void say_warnings(const struct textbuf *warnings)
{
	const char *text = textbuf_text(warnings);
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		char *line = memory_string_n(text, n);
		if (n > 0)
			say_warning(line);
		memory_free(line);
		text += n + (text[n] == '\n');
	}
}

static int print(const struct report *report, const char *folder, const struct options *o)
{
	struct textbuf out = {0};
	size_t n = strlen(folder);
	if (options_given(o, OPTION_JSON))
		report_summary(report, &out);
	else if (!options_given(o, OPTION_QUIET))
		report_terminal(report, tty_width(TTY_OUTPUT), wants_colour(), &out);
	if (!options_given(o, OPTION_JSON))
		textbuf_printf(&out, "%s%sreport.html\n", folder, n > 0 && folder[n - 1] == '/' ? "" : "/");
	int status = say_output(&out);
	textbuf_fini(&out);
	return status;
}

int render_result(const char *result, const char *folder, const struct options *o)
{
	struct error e = {0};
	struct textbuf warnings = {0};
	struct report_outputs outputs = {.plots = !options_given(o, OPTION_NO_PLOTS), .page = true, .csv = true, .summary = true};
	struct report *report = report_open(result, &e);
	int status = 0;
	if (report == NULL || report_write(report, folder, &outputs, &warnings, &e) != 0)
		status = say_error(&e);
	say_warnings(&warnings);
	if (status == 0)
		status = print(report, folder, o);
	textbuf_fini(&warnings);
	report_free(report);
	return status;
}
