#include "models/source/transform.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "models/source/shape.h"
#include "sim/base/textbuf.h"

#define ARRAY_COUNT(x) (sizeof(x) / sizeof *(x))

const char *transform_rule_arn(const struct transform_rule *rule, struct arena *a)
{
	const char *region = rule->region ? rule->region : ENVELOPE_REGION;
	return madeup_arn(a, "events", region,
	                  rule->bus ? arena_format(a, "rule/%s/%s", rule->bus, rule->name)
	                            : arena_format(a, "rule/%s", rule->name));
}

static char *finished(struct textbuf *out, struct arena *a, size_t *out_length)
{
	*out_length = out->length;
	char *text = arena_string_n(a, textbuf_text(out), out->length);
	textbuf_fini(out);
	return text;
}

/* --- paths ------------------------------------------------------------------------------------------------------------------------------- */

struct step {
	const char *name; /* of a member; NULL: an element */
	size_t length;    /* of the name */
	size_t index;
	bool all; /* * or [*] */
};

enum { INDEX_DIGITS = 9 };

static size_t step_name(const char *text, struct step *out)
{
	size_t n = 0;
	while (isalnum((unsigned char)text[n]) || (text[n] && strchr("_-/", text[n])))
		n++;
	*out = (struct step){.name = text, .length = n};
	if (n == 0 && text[0] == '*') {
		out->all = true;
		n = 1;
	}
	return n;
}

static size_t step_element(const char *text, struct step *out)
{
	size_t n = strspn(text, "0123456789");
	*out = (struct step){.all = n == 0 && text[0] == '*'};
	if (n > INDEX_DIGITS)
		return 0;
	for (size_t i = 0; i < n; i++)
		out->index = 10 * out->index + (size_t)(text[i] - '0');
	n += out->all;
	return n > 0 && text[n] == ']' ? n + 1 : 0;
}

/* The step that a rest of a path begins with: its characters, 0 where there is none. */
static size_t step_read(const char *path, struct step *out)
{
	size_t n = path[0] == '.' ? step_name(path + 1, out) : path[0] == '[' ? step_element(path + 1, out) : 0;
	return n > 0 ? n + 1 : 0;
}

bool transform_path_valid(const char *path)
{
	struct step step;
	size_t n;
	if (*path++ != '$')
		return false;
	while (*path && (n = step_read(path, &step)) > 0)
		path += n;
	return *path == '\0';
}

static json_t *follow(json_t *value, const char *path);

/* All members or elements that the rest leads to something in. */
static json_t *follow_all(json_t *value, const char *rest)
{
	json_t *list = json_array(), *one, *found;
	const char *key;
	size_t i;
	if (json_is_object(value)) {
		json_object_foreach(value, key, one) if ((found = follow(one, rest)) != NULL) json_array_append_new(list, found);
	} else {
		json_array_foreach(value, i, one) if ((found = follow(one, rest)) != NULL) json_array_append_new(list, found);
	}
	return list;
}

/* What a path's rest leads to: a new reference, or NULL. */
static json_t *follow(json_t *value, const char *path)
{
	struct step step;
	while (*path) {
		size_t n = step_read(path, &step);
		if (n == 0 || value == NULL)
			return NULL;
		path += n;
		if (step.all)
			return json_is_object(value) || json_is_array(value) ? follow_all(value, path) : NULL;
		value = step.name ? json_object_getn(value, step.name, step.length) : json_array_get(value, step.index);
	}
	return json_incref(value);
}

static json_t *value_at(json_t *event, const char *path)
{
	return path[0] == '$' ? follow(event, path + 1) : NULL;
}

char *transform_path(const char *text, size_t length, const char *path, struct arena *a, size_t *out_length)
{
	json_t *event = json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL), *value = value_at(event, path);
	struct textbuf out = {0};
	if (value)
		shape__json(&out, value);
	else
		textbuf_add(&out, "null");
	json_decref(value);
	json_decref(event);
	return finished(&out, a, out_length);
}

/* --- variables --------------------------------------------------------------------------------------------------------------------------- */

enum predefined { RULE_ARN, RULE_NAME, INGESTION_TIME, EVENT_JSON, EVENT, PREDEFINED };

static const char *const predefined_names[PREDEFINED] = {[RULE_ARN] = "aws.events.rule-arn",
                                                         [RULE_NAME] = "aws.events.rule-name",
                                                         [INGESTION_TIME] = "aws.events.event.ingestion-time",
                                                         [EVENT_JSON] = "aws.events.event.json",
                                                         [EVENT] = "aws.events.event"};

static bool is_name(const char *name, const char *text, size_t length)
{
	return strlen(name) == length && memcmp(name, text, length) == 0;
}

static int predefined_of(const char *name, size_t length)
{
	for (int i = 0; i < PREDEFINED; i++)
		if (is_name(predefined_names[i], name, length))
			return i;
	return -1;
}

static const struct input_variable *variable_of(const struct input_transformer *t, const char *name, size_t length)
{
	for (size_t i = 0; i < t->variable_count; i++)
		if (is_name(t->variables[i].name, name, length))
			return &t->variables[i];
	return NULL;
}

static json_t *event_without_detail(json_t *event)
{
	static const char *const members[][2] =
		{{"id", "id"},         {"account", "account"}, {"detail-type", "detailType"}, {"time", "time"},
	         {"source", "source"}, {"region", "region"},   {"resources", "resources"},    {"version", "version"}};
	json_t *out = json_object();
	for (size_t i = 0; i < ARRAY_COUNT(members); i++) {
		json_t *value = json_object_get(event, members[i][0]);
		if (value)
			json_object_set(out, members[i][1], value);
	}
	return out;
}

static json_t *predefined_value(enum predefined which, const struct transform_rule *rule, json_t *event)
{
	struct arena scratch = {0};
	json_t *value = NULL;
	switch (which) {
	case RULE_ARN: value = json_string(transform_rule_arn(rule, &scratch)); break;
	case RULE_NAME: value = json_string(rule->name); break;
	case INGESTION_TIME: value = json_incref(json_object_get(event, "time")); break;
	case EVENT_JSON: value = json_incref(event); break;
	case EVENT: value = event_without_detail(event); break;
	case PREDEFINED: break;
	}
	arena_fini(&scratch);
	return value;
}

/* --- templates --------------------------------------------------------------------------------------------------------------------------- */

/* The name that a '<' begins: its length, or 0 where no '>' follows. */
static size_t variable_length(const char *text)
{
	const char *end = strchr(text + 1, '>');
	return end ? (size_t)(end - text - 1) : 0;
}

/* Whether the reader of a template is in quotes after one more character; *escaped is its own. */
static bool in_quotes(bool in, bool *escaped, char c)
{
	bool was = *escaped;
	*escaped = in && !was && c == '\\';
	return c == '"' && !was ? !in : in;
}

static bool begins_compact(const char *template)
{
	char first = template[strspn(template, " \t\r\n")];
	return first == '{' || first == '[';
}

static void add_value(struct textbuf *out, const json_t *value, bool quoted)
{
	if (value == NULL)
		textbuf_add(out, quoted ? "" : "\"\"");
	else if (quoted && json_is_string(value))
		textbuf_add_n(out, json_string_value(value), json_string_length(value));
	else
		shape__json(out, value);
}

struct filling {
	const struct input_transformer *transformer;
	const struct transform_rule *rule;
	json_t *event; /* NULL: only the form of the template matters */
};

/* A variable in its place; false where there is none of this name. */
static bool add_variable(struct textbuf *out, const struct filling *f, const char *name, size_t length, bool quoted)
{
	int predefined = predefined_of(name, length);
	const struct input_variable *v = variable_of(f->transformer, name, length);
	if (predefined < 0 && v == NULL)
		return false;
	if (f->event == NULL) {
		textbuf_add(out, quoted ? "" : "0"); /* any value, but no key */
		return true;
	}
	json_t *value = predefined >= 0 ? predefined_value((enum predefined)predefined, f->rule, f->event)
	                                : value_at(f->event, v->path);
	add_value(out, value, quoted);
	json_decref(value);
	return true;
}

/* Fills a template; where `unknown` is wanted, it ends at the first variable that nobody knows, whose place goes there. */
static void fill(struct textbuf *out, const struct filling *f, const char **unknown)
{
	bool in = false, escaped = false, compact = begins_compact(f->transformer->template);
	for (const char *c = f->transformer->template; *c; c++) {
		size_t n = *c == '<' ? variable_length(c) : 0;
		if (n > 0 && add_variable(out, f, c + 1, n, in)) {
			c += n + 1;
			escaped = false;
			continue;
		}
		if (n > 0 && unknown) {
			*unknown = c;
			return;
		}
		in = in_quotes(in, &escaped, *c);
		if (in || !compact || !strchr(" \t\r\n", *c))
			textbuf_add_char(out, *c);
	}
}

char *transform_input(const struct input_transformer *t, const struct transform_rule *rule, const char *text, size_t length,
                      struct arena *a, size_t *out_length)
{
	json_t *event = json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	struct filling f = {t, rule, event ? event : json_null()};
	struct textbuf out = {0};
	fill(&out, &f, NULL);
	json_decref(f.event);
	return finished(&out, a, out_length);
}

/* --- what is refused --------------------------------------------------------------------------------------------------------------------- */

/* One or more JSON values, one after the other. */
static bool is_json(const char *text, size_t length)
{
	size_t at = 0, values = 0;
	for (;;) {
		json_error_t e;
		at += strspn(text + at, " \t\r\n");
		if (at >= length)
			return values > 0;
		json_t *value = json_loadb(text + at, length - at, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &e);
		if (value == NULL)
			return false;
		json_decref(value);
		at += (size_t)e.position;
		values++;
	}
}

static const char *refused_variable(const struct input_variable *v, struct arena *a)
{
	size_t length = strlen(v->name);
	size_t known = strspn(v->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
	if (strncasecmp(v->name, "AWS", 3) == 0)
		return arena_format(a, "the variable '%s': names that begin with AWS are reserved", v->name);
	if (length == 0 || length > TRANSFORM_NAME_MOST || known < length)
		return arena_format(a, "the variable '%s': a name has letters, digits, _ and -, at most %d", v->name,
		                    TRANSFORM_NAME_MOST);
	if (strlen(v->path) > TRANSFORM_NAME_MOST)
		return arena_format(a, "the path of the variable '%s' is longer than %d", v->name, TRANSFORM_NAME_MOST);
	return NULL;
}

const char *transform_refusal(const struct input_transformer *t, struct arena *a)
{
	const char *why = NULL, *unknown = NULL;
	struct textbuf out = {0};
	struct filling f = {t, NULL, NULL};
	size_t length = strlen(t->template);
	if (t->variable_count > TRANSFORM_VARIABLES_MOST)
		return arena_format(a, "InputPathsMap has %zu variables; %d is the most", t->variable_count,
		                    TRANSFORM_VARIABLES_MOST);
	if (length == 0 || length > TRANSFORM_TEMPLATE_MOST)
		return arena_format(a, "InputTemplate has %zu bytes, not 1 to %d", length, TRANSFORM_TEMPLATE_MOST);
	for (size_t i = 0; i < t->variable_count && !why; i++)
		why = refused_variable(&t->variables[i], a);
	if (why)
		return why;
	fill(&out, &f, &unknown);
	if (unknown)
		why = arena_format(a, "InputTemplate contains the variable <%.*s>, which InputPathsMap does not define",
		                   (int)variable_length(unknown), unknown + 1);
	else if (!is_json(textbuf_text(&out), out.length))
		why = "InputTemplate is no JSON: a text needs quotes, and a variable cannot be a key";
	textbuf_fini(&out);
	return why;
}
