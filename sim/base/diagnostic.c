#include "sim/base/diagnostic.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "sim/base/json_out.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"

enum {
	DIAGNOSTIC_WINDOW = 110, /* characters of a source line that are shown */
	DIAGNOSTIC_BEFORE = 60   /* of these, how many stand before the column when the line is longer */
};

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"error", "warning", "note"};
	assert((size_t)severity < sizeof names / sizeof names[0]);
	return names[severity];
}

/* True for what would move the cursor or change a terminal: C0, DEL and C1. */
static bool diagnostic_controls(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* A formatted text on one line, valid UTF-8, at most DIAGNOSTIC_TEXT bytes and an ellipsis; owned by the caller. */
__attribute__((format(printf, 1, 0))) static char *diagnostic_line(const char *format, va_list ap)
{
	struct textbuf raw = {0}, clean = {0};
	textbuf_vprintf(&raw, format, ap);
	for (size_t i = 0; i < raw.length;) {
		uint32_t c;
		size_t n = utf8_next(raw.text + i, raw.length - i, &c);
		if (clean.length + n > DIAGNOSTIC_TEXT) {
			textbuf_add(&clean, "...");
			break;
		}
		if (c == UTF8_INVALID)
			textbuf_add_char(&clean, '?');
		else if (diagnostic_controls(c))
			textbuf_add_char(&clean, ' ');
		else
			textbuf_add_n(&clean, raw.text + i, n);
		i += n;
	}
	textbuf_fini(&raw);
	return textbuf_detach(&clean);
}

static void diagnostic_fini(struct diagnostic *one)
{
	memory_free(one->rule);
	memory_free(one->text);
	memory_free(one->hint);
}

/* A full list makes room for a finding that weighs more by dropping the last one that weighs less. */
static bool diagnostics_make_room(struct diagnostics *d, enum severity severity)
{
	if (d->count < DIAGNOSTIC_LIMIT)
		return true;
	d->dropped++;
	for (size_t i = d->count; i-- > 0;) {
		if (d->items[i].severity > severity) {
			diagnostic_fini(&d->items[i]);
			memmove(&d->items[i], &d->items[i + 1], (d->count - i - 1) * sizeof d->items[0]);
			d->count--;
			return true;
		}
	}
	return false;
}

void diagnostic_add(struct diagnostics *d, enum severity severity, struct position at, const char *rule, const char *format, ...)
{
	assert(rule != NULL && format != NULL);
	assert(severity >= SEVERITY_ERROR && severity <= SEVERITY_NOTE);
	d->errors += severity == SEVERITY_ERROR;
	d->warnings += severity == SEVERITY_WARNING;
	d->last_dropped = !diagnostics_make_room(d, severity);
	if (d->last_dropped)
		return;
	MEMORY_ROOM(d->items, d->count, d->capacity);
	struct diagnostic *one = &d->items[d->count++];
	*one = (struct diagnostic){.severity = severity, .at = at, .rule = memory_string(rule)};
	va_list ap;
	va_start(ap, format);
	one->text = diagnostic_line(format, ap);
	va_end(ap);
	assert(d->count <= DIAGNOSTIC_LIMIT);
}

void diagnostic_hint(struct diagnostics *d, const char *format, ...)
{
	assert(format != NULL);
	assert(d->count > 0);
	if (d->last_dropped)
		return;
	struct diagnostic *one = &d->items[d->count - 1];
	memory_free(one->hint);
	va_list ap;
	va_start(ap, format);
	one->hint = diagnostic_line(format, ap);
	va_end(ap);
}

static int diagnostic_compare_files(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int diagnostic_compare(const struct diagnostic *a, const struct diagnostic *b)
{
	if (a->severity != b->severity)
		return a->severity < b->severity ? -1 : 1;
	int files = diagnostic_compare_files(a->at.file, b->at.file);
	if (files != 0)
		return files;
	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	return (a->at.column > b->at.column) - (a->at.column < b->at.column);
}

/* Insertion keeps equal ones in order, which qsort does not promise; the list is short. */
void diagnostics_sort(struct diagnostics *d)
{
	assert(d->count <= DIAGNOSTIC_LIMIT);
	for (size_t i = 1; i < d->count; i++) {
		struct diagnostic one = d->items[i];
		size_t j = i;
		for (; j > 0 && diagnostic_compare(&one, &d->items[j - 1]) < 0; j--)
			d->items[j] = d->items[j - 1];
		d->items[j] = one;
	}
}

static void diagnostic_head(const struct diagnostic *one, struct textbuf *out)
{
	textbuf_add(out, one->at.file ? one->at.file : "weir");
	if (one->at.file && one->at.line > 0) {
		textbuf_printf(out, ":%d", one->at.line);
		if (one->at.column > 0)
			textbuf_printf(out, ":%d", one->at.column);
	}
	textbuf_printf(out, ": %s: %s [%s]\n", severity_name(one->severity), one->text, one->rule);
}

/* One character of the source line, and below it what keeps the caret in step: a tab under a tab, else a space. */
static void diagnostic_show(uint32_t c, const char *bytes, size_t n, struct textbuf *shown, struct textbuf *below, bool before)
{
	bool tab = c == '\t';
	if (!tab && (c == UTF8_INVALID || diagnostic_controls(c)))
		textbuf_add_char(shown, '?');
	else
		textbuf_add_n(shown, bytes, n);
	if (before)
		textbuf_add_char(below, tab ? '\t' : ' ');
}

/* Appends the visible window of the line to `shown`, and the way to the caret to `below`. `column` counts from 1; for one past the
 * end the caret stands behind the text. */
static void diagnostic_window(const char *line, size_t length, int column, struct textbuf *shown, struct textbuf *below)
{
	assert(column >= 1);
	long from = column > DIAGNOSTIC_WINDOW ? column - DIAGNOSTIC_BEFORE : 1, at = 1;
	if (from > 1) {
		textbuf_add(shown, "...");
		textbuf_add(below, "   ");
	}
	for (size_t i = 0; i < length; at++) {
		uint32_t c;
		size_t n = utf8_next(line + i, length - i, &c);
		if (at >= from + DIAGNOSTIC_WINDOW) {
			textbuf_add(shown, "...");
			break;
		}
		if (at >= from)
			diagnostic_show(c, line + i, n, shown, below, at < column);
		i += n;
	}
}

static void diagnostic_source(const struct diagnostic *one, const char *line, struct textbuf *out)
{
	struct textbuf shown = {0}, below = {0};
	diagnostic_window(line, strcspn(line, "\r\n"), one->at.column, &shown, &below);
	textbuf_printf(out, "%6d | %s\n       | %s^\n", one->at.line, textbuf_text(&shown), textbuf_text(&below));
	textbuf_fini(&shown);
	textbuf_fini(&below);
}

void diagnostics_render(const struct diagnostics *d, const char *(*line_of)(void *ctx, const char *file, int line), void *ctx,
                        struct textbuf *out)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct diagnostic *one = &d->items[i];
		diagnostic_head(one, out);
		bool placed = one->at.file && one->at.line > 0 && one->at.column > 0;
		const char *line = placed && line_of ? line_of(ctx, one->at.file, one->at.line) : NULL;
		if (line)
			diagnostic_source(one, line, out);
		if (one->hint)
			textbuf_printf(out, "       = %s\n", one->hint);
	}
	if (d->dropped)
		textbuf_printf(out, "weir: note: %zu more finding%s not shown\n", d->dropped, d->dropped == 1 ? " is" : "s are");
}

void diagnostics_json(const struct diagnostics *d, struct textbuf *out)
{
	struct json_out j;
	json_out_init(&j, out, 0);
	json_out_object(&j);
	json_out_key(&j, "diagnostics");
	json_out_array(&j);
	for (size_t i = 0; i < d->count; i++) {
		const struct diagnostic *one = &d->items[i];
		json_out_object(&j);
		json_out_key(&j, "file");
		json_out_string(&j, one->at.file);
		json_out_key(&j, "line");
		json_out_int(&j, one->at.line);
		json_out_key(&j, "column");
		json_out_int(&j, one->at.column);
		json_out_key(&j, "severity");
		json_out_string(&j, severity_name(one->severity));
		json_out_key(&j, "rule");
		json_out_string(&j, one->rule);
		json_out_key(&j, "text");
		json_out_string(&j, one->text);
		json_out_end_object(&j);
	}
	json_out_end_array(&j);
	json_out_end_object(&j);
	textbuf_add_char(out, '\n');
}

void diagnostics_fini(struct diagnostics *d)
{
	for (size_t i = 0; i < d->count; i++)
		diagnostic_fini(&d->items[i]);
	memory_free(d->items);
	*d = (struct diagnostics){0};
}
