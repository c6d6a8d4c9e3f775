#include "sim/base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct error_row {
	const char *name;
	int status;
	const char *meaning;
};

static const struct error_row error_rows[] = {
#define ERROR(name, status, text) {#name, status, text},
#include "sim/base/errors.def"
#undef ERROR
};

static const struct error_row *error_row(enum error_code code)
{
	assert(code >= 0 && code < ERROR_COUNT);
	return &error_rows[code];
}

/* A text that was cut may end inside a UTF-8 sequence: drop the torn one and say that something is missing. */
static void error_mark_cut(char *text, size_t size)
{
	static const char mark[] = "...";
	size_t end = size - sizeof mark;
	while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
		end--;
	assert(end + sizeof mark <= size);
	memcpy(text + end, mark, sizeof mark);
}

int error_set(struct error *e, enum error_code code, const char *format, ...)
{
	assert(code > ERROR_OK && code < ERROR_COUNT);
	assert(format != NULL);
	if (e == NULL || e->code != ERROR_OK)
		return -1;
	e->code = code;
	va_list ap;
	va_start(ap, format);
	int length = vsnprintf(e->text, sizeof e->text, format, ap);
	va_end(ap);
	assert(length >= 0);
	if ((size_t)length >= sizeof e->text)
		error_mark_cut(e->text, sizeof e->text);
	for (char *c = e->text; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	return -1;
}

int error_exit_status(enum error_code code)
{
	return error_row(code)->status;
}

const char *error_name(enum error_code code)
{
	return error_row(code)->name;
}

const char *error_meaning(enum error_code code)
{
	return error_row(code)->meaning;
}
