#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "models/os/file.h"
#include "models/poll/jsontext.h"
#include "models/poll/pattern.h"
#include "sim/base/json_out.h"
#include "sim/base/memory.h"
#include "tools/commands.h"
#include "tools/say.h"

/* Far above any event: an asynchronous one has at most 1 MB, a synchronous one 6 MB. */
enum { FILE_LIMIT = 64 * 1024 * 1024 };

enum finding { FINDING_MATCH, FINDING_NO_MATCH, FINDING_INVALID }; /* the exit statuses */

static const char *const finding_names[] = {"match", "no-match", "invalid"};

/* A mapping's filter looks into the body or data of the record; all others at the event as it is. */
static bool matches(const struct pattern *p, enum pattern_dialect dialect, const json_t *event)
{
	if (dialect != PATTERN_MAPPING_FILTER)
		return pattern_match(p, event);
	const char *key = NULL;
	json_t *record = pattern_open_record(event, &key);
	bool found = key != NULL ? pattern_match_record(p, record, key) : pattern_match(p, record);
	json_decref(record);
	return found;
}

static enum finding match_value(const struct pattern *p, enum pattern_dialect dialect, const struct jsontext *value,
                                struct error *e)
{
	if (value->kind != JSONTEXT_OBJECT) {
		error_set(e, ERROR_INPUT, "an event is a JSON object");
		return FINDING_INVALID;
	}
	json_t *event = jsontext_json(value);
	bool found = matches(p, dialect, event);
	json_decref(event);
	return found ? FINDING_MATCH : FINDING_NO_MATCH;
}

/* --- two files --------------------------------------------------------------------------------------------------------------------- */

struct given_text {
	const char *path;
	char *text; /* owned */
	size_t length;
};

static int read_given(struct given_text *g, struct error *e)
{
	return file_read(g->path, FILE_LIMIT, &g->text, &g->length, e);
}

static enum finding match_files(const struct given_text *pattern, const struct given_text *event, enum pattern_dialect dialect,
                                struct position *at, struct error *e)
{
	struct arena a = {0};
	enum finding finding = FINDING_INVALID;
	at->file = pattern->path;
	const struct pattern *p = pattern_compile_at(pattern->text, pattern->length, dialect, &a, at, e);
	if (p != NULL) {
		*at = (struct position){.file = event->path, .line = 1, .column = 1};
		const struct jsontext *value = jsontext_read(event->text, event->length, &a, at, e);
		if (value != NULL) {
			jsontext_position(event->text, value->from, at);
			finding = match_value(p, dialect, value, e);
		}
	}
	arena_fini(&a);
	return finding;
}

static void say_wrong(const struct position *at, const struct error *e)
{
	struct diagnostics found = {0};
	struct textbuf out = {0};
	diagnostic_add(&found, SEVERITY_ERROR, *at, "read/pattern", "%s", e->text);
	diagnostics_render(&found, NULL, NULL, &out);
	fputs(textbuf_text(&out), stderr);
	textbuf_fini(&out);
	diagnostics_fini(&found);
}

static int print_finding(enum finding finding, bool json, const struct error *e)
{
	struct textbuf out = {0};
	if (!json) {
		if (finding != FINDING_INVALID)
			textbuf_printf(&out, "%s\n", finding_names[finding]);
	} else {
		struct json_out j;
		json_out_init(&j, &out, 0);
		json_out_object(&j);
		json_out_key(&j, "result");
		json_out_string(&j, finding_names[finding]);
		if (finding == FINDING_INVALID) {
			json_out_key(&j, "error");
			json_out_string(&j, e->text);
		}
		json_out_end_object(&j);
		textbuf_add_char(&out, '\n');
	}
	int status = say_output(&out);
	textbuf_fini(&out);
	return status != 0 ? status : (int)finding;
}

static int match_two(const char *pattern_file, const char *event_file, enum pattern_dialect dialect, bool json)
{
	struct given_text pattern = {.path = pattern_file}, event = {.path = event_file};
	struct position at = {0};
	struct error e = {0};
	int status;
	if (read_given(&pattern, &e) != 0 || read_given(&event, &e) != 0) {
		status = say_error(&e);
	} else {
		enum finding finding = match_files(&pattern, &event, dialect, &at, &e);
		if (finding == FINDING_INVALID)
			say_wrong(&at, &e);
		status = print_finding(finding, json, &e);
	}
	memory_free(pattern.text);
	memory_free(event.text);
	return status;
}

/* --- many lines ----------------------------------------------------------------------------------------------------------------------- */

/* The text of a line's field: what a string holds, or the value as it is written. */
static void text_of(const struct jsontext *v, const char **text, size_t *length)
{
	*text = v->kind == JSONTEXT_STRING ? v->bytes : v->from;
	*length = v->kind == JSONTEXT_STRING ? v->length : (size_t)(v->end - v->from);
}

/* What is wrong is said with the field and the position in its text. */
static void place(struct error *e, const char *field, const struct position *at)
{
	struct error told = {0};
	error_set(&told, e->code, "%s:%d:%d: %s", field, at->line, at->column, e->text);
	*e = told;
}

static enum finding match_fields(const struct jsontext *pattern, const struct jsontext *event, enum pattern_dialect dialect,
                                 struct arena *a, struct error *e)
{
	struct position at = {.line = 1, .column = 1};
	const char *text;
	size_t length;
	text_of(pattern, &text, &length);
	const struct pattern *p = pattern_compile_at(text, length, dialect, a, &at, e);
	if (p == NULL) {
		place(e, "pattern", &at);
		return FINDING_INVALID;
	}
	at = (struct position){.line = 1, .column = 1};
	if (event->kind == JSONTEXT_STRING)
		event = jsontext_read(event->bytes, event->length, a, &at, e);
	enum finding finding = event != NULL ? match_value(p, dialect, event, e) : FINDING_INVALID;
	if (finding == FINDING_INVALID)
		place(e, "event", &at);
	return finding;
}

static enum finding match_line(const struct jsontext *line, enum pattern_dialect dialect, struct arena *a, struct error *e)
{
	const struct jsontext *pattern = jsontext_get(line, "pattern"), *event = jsontext_get(line, "event");
	if (line->kind != JSONTEXT_OBJECT)
		error_set(e, ERROR_INPUT, "a line is an object: {\"id\": ..., \"pattern\": ..., \"event\": ...}");
	else if (pattern == NULL || event == NULL)
		error_set(e, ERROR_INPUT, "the line has no \"%s\"", pattern == NULL ? "pattern" : "event");
	else
		return match_fields(pattern, event, dialect, a, e);
	return FINDING_INVALID;
}

static void answer(struct textbuf *out, const char *line, size_t length, enum pattern_dialect dialect)
{
	struct arena a = {0};
	struct error e = {0};
	struct position at = {0};
	enum finding finding = FINDING_INVALID;
	const struct jsontext *v = jsontext_read(line, length, &a, &at, &e), *id = NULL;
	if (v == NULL) {
		place(&e, "line", &at);
	} else {
		id = jsontext_get(v, "id");
		finding = match_line(v, dialect, &a, &e);
	}
	textbuf_add(out, "{\"id\":");
	if (id != NULL)
		textbuf_add_n(out, id->from, (size_t)(id->end - id->from));
	else
		textbuf_add(out, "null");
	textbuf_printf(out, ",\"result\":\"%s\"", finding_names[finding]);
	if (finding == FINDING_INVALID) {
		textbuf_add(out, ",\"error\":");
		json_out_quote(out, e.text, strlen(e.text));
	}
	textbuf_add(out, "}\n");
	arena_fini(&a);
}

/* The next line of standard input without its end; false at the end of the input. */
static bool next_line(struct textbuf *line)
{
	int c;
	textbuf_clear(line);
	while ((c = getc(stdin)) != EOF && c != '\n')
		textbuf_add_char(line, (char)c);
	return c != EOF || line->length > 0;
}

static int match_lines(enum pattern_dialect dialect)
{
	struct textbuf line = {0}, out = {0};
	struct error e = {0};
	int status = 0;
	while (status == 0 && next_line(&line)) {
		textbuf_clear(&out);
		answer(&out, textbuf_text(&line), line.length, dialect);
		status = say_output(&out);
	}
	if (status == 0 && ferror(stdin)) {
		error_set(&e, ERROR_IO, "standard input cannot be read: %s", strerrordesc_np(errno));
		status = say_error(&e);
	}
	textbuf_fini(&line);
	textbuf_fini(&out);
	return status;
}

/* --- the command ---------------------------------------------------------------------------------------------------------------------- */

static int match(const struct command *self, const struct options *o)
{
	(void)self;
	struct error e = {0};
	enum pattern_dialect dialect = PATTERN_EVENTBRIDGE;
	const char *pattern = options_text(o, OPTION_PATTERN), *event = options_text(o, OPTION_EVENT),
		   *name = options_text(o, OPTION_DIALECT);
	bool batch = options_given(o, OPTION_BATCH);
	if (name != NULL && !pattern_dialect_find(name, &dialect))
		error_set(&e, ERROR_USAGE, "--dialect is eventbridge, filter, sns-body or sns-attributes, not '%.60s'", name);
	else if (batch && (pattern != NULL || event != NULL))
		error_set(&e, ERROR_USAGE,
		          "--batch reads patterns and events from standard input; leave out --pattern and --event");
	else if (!batch && (pattern == NULL || event == NULL))
		error_set(&e, ERROR_USAGE, "--%s FILE is missing; or --batch for lines on standard input",
		          pattern == NULL ? "pattern" : "event");
	if (e.code != ERROR_OK)
		return say_error(&e);
	return batch ? match_lines(dialect) : match_two(pattern, event, dialect, options_given(o, OPTION_JSON));
}

static const enum option_id ids[] = {OPTION_PATTERN, OPTION_EVENT, OPTION_BATCH, OPTION_DIALECT, OPTION_JSON, OPTION_HELP};

const struct command cmd_match = {
	.name = "match",
	.operands = "",
	.summary = "does this event match this pattern",
	.text = "Tells whether an event passes the pattern of an EventBridge rule, the filter of an event source mapping or a filter policy\n"
		"of SNS. --batch answers each line {\"id\", \"pattern\", \"event\"} with {\"id\", \"result\"}, in order.\n"
		"Exit status: 0 match; 1 no match; 2 the pattern is invalid or a file cannot be read. With --batch 0 when all lines are\n"
		"answered.",
	.ids = ids,
	.id_count = sizeof ids / sizeof *ids,
	.operands_most = 0,
	.run = match,
};
