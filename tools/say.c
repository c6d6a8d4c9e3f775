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

/* Messages about files begin with the path and a colon; in a finding it stands in the position already. */
static const char *after_path(const char *text, const char *file)
{
	size_t n = file != NULL ? strlen(file) : 0;
	return n > 0 && strncmp(text, file, n) == 0 && text[n] == ':' && text[n + 1] == ' ' ? text + n + 2 : NULL;
}

void say_add_error(struct diagnostics *found, const struct error *e, const struct read_options *read)
{
	const char *files[] = {read->template_file, read->workload_file, read->env_vars_file}, *text = NULL;
	struct position at = {.file = read->template_file, .line = 1, .column = 1};
	for (size_t i = 0; i < sizeof files / sizeof *files && text == NULL; i++) {
		text = after_path(e->text, files[i]);
		at.file = text != NULL ? files[i] : at.file;
	}
	diagnostic_add(found, SEVERITY_ERROR, at, "read/file", "%s", text != NULL ? text : e->text);
}

int say_output(const struct textbuf *out)
{
	if (out->length == 0 || (fwrite(out->text, 1, out->length, stdout) == out->length && fflush(stdout) == 0))
		return 0;
	struct error e = {0};
	error_set(&e, ERROR_IO, "standard output cannot be written: %s", strerrordesc_np(errno));
	return say_error(&e);
}
