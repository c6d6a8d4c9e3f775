#include "scenarios/read/filters.h"

#include <string.h>

#include "scenarios/read/keys.h"
#include "scenarios/read/nodejson.h"
#include "scenarios/read/property.h"

/* Lambda Developer Guide, "Control which events Lambda sends to your function": up to five filters, ten by a quota increase. */
enum { FILTERS_MAX = 5, FILTERS_MAX_ON_REQUEST = 10 };

/* A place inside a text that is written in quotes on one line can be pointed to; else the text's own place is all there is. */
static struct position filter_fault_at(struct reading *r, struct position at, struct position inside)
{
	const char *line = at.line && inside.line == 1 ? source_texts_line(r->texts, at.file, at.line) : NULL;
	size_t length = line ? strcspn(line, "\r\n") : 0;
	if ((size_t)at.column <= length && (line[at.column - 1] == '\'' || line[at.column - 1] == '"'))
		at.column += inside.column;
	return at;
}

static int filter_check(struct reading *r, const struct filter_spec *filter, const struct node *n, const char *what,
                        enum pattern_dialect dialect)
{
	struct error e = {0};
	struct position inside = {0};
	if (pattern_compile_at(filter->text, filter->length, dialect, &r->scratch, &inside, &e))
		return 0;
	struct position at = n->kind == NODE_SCALAR ? filter_fault_at(r, n->at, inside) : n->at;
	diagnostic_add(r->found, SEVERITY_ERROR, at, "limit/pattern", "%s: %s", what, e.text);
	return -1;
}

int filter_read(struct reading *r, const struct node *n, const char *what, enum pattern_dialect dialect, struct filter_spec *out)
{
	const struct node *value = reading_value(r, n, what);
	*out = (struct filter_spec){0};
	if (!value || node_is_null(value))
		return -1;
	if (value->kind == NODE_SCALAR) {
		out->text = reading_keep(r, value->text);
		out->length = strlen(value->text);
	} else {
		out->text = node_json(r, value, what, &out->length);
	}
	out->at = reading_keep_at(r, value->at);
	if (out->text && filter_check(r, out, value, what, dialect) == 0)
		return 0;
	*out = (struct filter_spec){0};
	return -1;
}

static void filter_one(struct reading *r, const struct node *n, const char *what, struct filter_spec *out)
{
	const struct node *filter = reading_value(r, n, what);
	if (!filter || !reading_is(r, filter, NODE_MAP, what))
		return;
	const struct node *pattern = reading_get(r, filter, "Pattern", what);
	if (!property_written(r, filter, "Pattern"))
		diagnostic_add(r->found, SEVERITY_ERROR, filter->at, "limit/filters", "%s needs a Pattern", what);
	if (pattern)
		filter_read(r, pattern, key_path(r, what, "Pattern"), PATTERN_MAPPING_FILTER, out);
}

void filter_criteria_read(struct reading *r, const struct node *n, const char *what, struct mapping_spec *out)
{
	if (!reading_is(r, n, NODE_MAP, what))
		return;
	const struct node *list = reading_get(r, n, "Filters", what);
	if (!list || !reading_is(r, list, NODE_LIST, key_path(r, what, "Filters")))
		return;
	if (list->count > FILTERS_MAX)
		diagnostic_add(r->found, list->count > FILTERS_MAX_ON_REQUEST ? SEVERITY_ERROR : SEVERITY_WARNING, list->at,
		               "limit/filters", "a mapping has at most %d filters (%d by a quota increase), not %zu", FILTERS_MAX,
		               FILTERS_MAX_ON_REQUEST, list->count);
	struct filter_spec *filters = ARENA_ARRAY(r->arena, list->count, struct filter_spec);
	for (size_t i = 0; i < list->count; i++) {
		filter_one(r, list->items[i], arena_format(&r->scratch, "%s.Filters[%zu]", what, i), &filters[out->filter_count]);
		out->filter_count += filters[out->filter_count].text != NULL;
	}
	out->filters = filters;
}
