#include "tools/say.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int say_error(const struct error *e)
{
	fprintf(stderr, "weir: error: %s\n", e->text);
	return error_exit_status(e->code);
}

void say_warning(const char *text)
{
	fprintf(stderr, "weir: warning: %s\n", text);
}

void say_findings(struct diagnostics *found, struct source_texts *texts)
{
	struct textbuf out = {0};
	diagnostics_sort(found);
	diagnostics_render(found, texts != NULL ? source_texts_line : NULL, texts, &out);
	fputs(textbuf_text(&out), stderr);
	textbuf_fini(&out);
}

/* Messages about files begin with the path; it stands in the finding's position already. */
void say_add_error(struct diagnostics *found, const struct error *e, const char *file)
{
	const char *text = e->text;
	size_t n = file != NULL ? strlen(file) : 0;
	if (n > 0 && strncmp(text, file, n) == 0 && text[n] == ':' && text[n + 1] == ' ')
		text += n + 2;
	diagnostic_add(found, SEVERITY_ERROR, (struct position){.file = file, .line = 1, .column = 1}, "read/file", "%s", text);
}

int say_output(const struct textbuf *out)
{
	if (out->length == 0 || (fwrite(out->text, 1, out->length, stdout) == out->length && fflush(stdout) == 0))
		return 0;
	struct error e = {0};
	error_set(&e, ERROR_IO, "standard output cannot be written: %s", strerrordesc_np(errno));
	return say_error(&e);
}
