#include "scenarios/read/parameter.h"

#include <string.h>

#include "scenarios/read/intrinsic.h"
#include "scenarios/read/suggest.h"
#include "scenarios/read/units.h"
#include "sim/base/memory.h"

static const char command_line[] = "--parameter-overrides";

const struct node *parameter_list(struct resolver *v, const char *text, const char *delimiter, struct position at)
{
	size_t step = strlen(delimiter), count = 1, i = 0;
	for (const char *p = strstr(text, delimiter); p; p = strstr(p + step, delimiter))
		count++;
	struct node *list = ARENA_NEW(v->arena, struct node);
	*list = (struct node){.kind = NODE_LIST,
	                      .items = ARENA_ARRAY(v->arena, count, const struct node *),
	                      .count = count,
	                      .at = at};
	while (i < count) {
		const char *end = strstr(text, delimiter);
		size_t length = end ? (size_t)(end - text) : strlen(text);
		struct node *item = node_scalar(v->arena, "", false, at);
		item->text = arena_string_n(v->arena, text, length);
		list->items[i++] = item;
		text = end ? end + step : text + length;
	}
	node_finish(v->arena, list, NULL);
	return list;
}

static struct parameter_value *parameter_override(const struct resolver *v, const char *name)
{
	for (size_t i = v->override_count; i-- > 0;)
		if (strcmp(v->overrides[i].name, name) == 0)
			return &v->overrides[i];
	return NULL;
}

/* A Default may be written as a YAML list for a list type; CloudFormation wants a text. */
static const char *parameter_text(struct resolver *v, const char *name, struct position *at)
{
	const struct node *parameter = node_get(node_get(v->root, "Parameters"), name);
	struct parameter_value *given = parameter_override(v, name);
	const struct node *fallback = node_get(parameter, "Default");
	if (given) {
		given->used = true;
		at->file = command_line;
		at->line = at->column = 0;
		return given->value;
	}
	if (!fallback || fallback->kind != NODE_SCALAR)
		return NULL;
	*at = fallback->at;
	return fallback->text;
}

static const char *parameter_type(const struct resolver *v, const char *name)
{
	const struct node *type = node_get(node_get(node_get(v->root, "Parameters"), name), "Type");
	return type && type->kind == NODE_SCALAR ? type->text : "String";
}

static bool parameter_is_list(const char *type)
{
	return strcmp(type, "CommaDelimitedList") == 0 || strstr(type, "List<") != NULL;
}

const struct node *parameter_value(struct resolver *v, const char *name, struct position at)
{
	struct position of;
	const char *text = parameter_text(v, name, &of), *type = parameter_type(v, name);
	if (!text)
		return resolver__fail(v, at, "parameter '%s' has no Default; give it with --parameter-overrides %s=VALUE", name,
		                      name);
	if (!resolver__spend(v, strlen(text) / RESOLVER_STEP_BYTES, at))
		return NULL;
	if (!parameter_is_list(type))
		return node_scalar(v->arena, text, strcmp(type, "Number") == 0, at);
	return resolver__spend(v, strlen(text), at) ? parameter_list(v, text, ",", at) : NULL;
}

/* --- --parameter-overrides ----------------------------------------------------------------------------------------------------- */

/* One word: up to white space that is not inside quotes. Quotes are taken away. */
static const char *parameter_word(struct arena *a, const char **text)
{
	*text += strspn(*text, " \t\n");
	if (!**text)
		return NULL;
	char *word = arena_string(a, *text);
	size_t length = 0;
	char quote = '\0';
	const char *p = *text;
	for (; *p && (quote || !strchr(" \t\n", *p)); p++) {
		if (quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? '\0' : *p;
		else
			word[length++] = *p;
	}
	word[length] = '\0';
	*text = p;
	return word;
}

static void parameter_set(struct resolver *v, const char *name, const char *value, struct diagnostics *found)
{
	struct position at = {.file = command_line};
	const struct node *parameters = node_get(v->root, "Parameters");
	if (!node_get(parameters, name)) {
		diagnostic_add(found, SEVERITY_ERROR, at, "parameter/unknown", "the template has no parameter '%s'", name);
		suggest_key(found, name, parameters);
		return;
	}
	v->overrides[v->override_count++] = (struct parameter_value){.name = name, .value = value};
}

/* "ParameterKey=K,ParameterValue=V" or "K=V". */
static void parameter_word_read(struct resolver *v, const char *word, struct diagnostics *found)
{
	static const char key[] = "ParameterKey=", middle[] = ",ParameterValue=";
	struct position at = {.file = command_line};
	const char *name = word, *end = strchr(word, '='), *value = end ? end + 1 : NULL;
	if (strncmp(word, key, sizeof key - 1) == 0) {
		name = word + sizeof key - 1;
		end = strstr(name, middle);
		value = end ? end + sizeof middle - 1 : NULL;
	}
	if (!end || end == name) {
		diagnostic_add(found, SEVERITY_ERROR, at, "read/parameter", "'%s' is not Key=Value", word);
		return;
	}
	parameter_set(v, arena_string_n(v->arena, name, (size_t)(end - name)), value, found);
}

static bool parameter_has_key(const char *word)
{
	size_t name = strcspn(word, "= \t");
	return word[name] == '=';
}

void parameter_overrides_read(struct resolver *v, const char *const *texts, size_t count, struct diagnostics *found)
{
	size_t room = 0;
	for (size_t i = 0; i < count; i++)
		room += strlen(texts[i]);
	v->overrides = ARENA_ARRAY(v->arena, room + 1, struct parameter_value);
	for (size_t i = 0; i < count; i++) {
		const char *text = texts[i], *word;
		while ((word = parameter_word(v->arena, &text)) != NULL) {
			/* `Key=a value with spaces`, unquoted: what follows belongs to the value unless it has a key of its own. */
			while (*text && !parameter_has_key(text + strspn(text, " \t\n")) && text[strspn(text, " \t\n")]) {
				const char *more = parameter_word(v->arena, &text);
				word = arena_format(v->arena, "%s %s", word, more);
			}
			parameter_word_read(v, word, found);
		}
	}
}

/* --- checks ---------------------------------------------------------------------------------------------------------------------- */

static bool parameter_allowed(const struct node *allowed, const char *text)
{
	if (!allowed || allowed->kind != NODE_LIST)
		return true;
	for (size_t i = 0; i < allowed->count; i++)
		if (node_is_text(allowed->items[i], text))
			return true;
	return false;
}

static bool parameter_bound(const struct node *parameter, const char *key, double *value)
{
	const struct node *n = node_get(parameter, key);
	return n && n->kind == NODE_SCALAR && units_number(n->text, value) == UNIT_OK;
}

static void parameter_check_number(const struct node *parameter, const char *name, const char *text, struct position at,
                                   struct diagnostics *found)
{
	double value, bound;
	if (units_number(text, &value) != UNIT_OK) {
		diagnostic_add(found, SEVERITY_ERROR, at, "parameter/type", "parameter '%s' is a Number, but '%s' is none", name,
		               text);
		return;
	}
	if (parameter_bound(parameter, "MinValue", &bound) && value < bound)
		diagnostic_add(found, SEVERITY_ERROR, at, "parameter/range", "parameter '%s' is %s, below its MinValue %g", name,
		               text, bound);
	if (parameter_bound(parameter, "MaxValue", &bound) && value > bound)
		diagnostic_add(found, SEVERITY_ERROR, at, "parameter/range", "parameter '%s' is %s, above its MaxValue %g", name,
		               text, bound);
}

static void parameter_check_length(const struct node *parameter, const char *name, const char *text, struct position at,
                                   struct diagnostics *found)
{
	double bound, length = (double)strlen(text);
	if (parameter_bound(parameter, "MinLength", &bound) && length < bound)
		diagnostic_add(found, SEVERITY_ERROR, at, "parameter/range", "parameter '%s' is shorter than its MinLength %g",
		               name, bound);
	if (parameter_bound(parameter, "MaxLength", &bound) && length > bound)
		diagnostic_add(found, SEVERITY_ERROR, at, "parameter/range", "parameter '%s' is longer than its MaxLength %g", name,
		               bound);
}

static void parameter_check(struct resolver *v, const char *name, const struct node *parameter, struct diagnostics *found)
{
	struct position at;
	const char *text = parameter_text(v, name, &at), *type = parameter_type(v, name);
	if (!text)
		return;
	if ((strcmp(type, "String") == 0 || strcmp(type, "Number") == 0) &&
	    !parameter_allowed(node_get(parameter, "AllowedValues"), text))
		diagnostic_add(found, SEVERITY_ERROR, at, "parameter/allowed",
		               "'%s' is none of the AllowedValues of parameter '%s'", text, name);
	else if (strcmp(type, "Number") == 0)
		parameter_check_number(parameter, name, text, at, found);
	else if (strcmp(type, "String") == 0)
		parameter_check_length(parameter, name, text, at, found);
}

void parameters_check(struct resolver *v, struct diagnostics *found)
{
	const struct node *parameters = node_get(v->root, "Parameters");
	if (!parameters || parameters->kind != NODE_MAP)
		return;
	for (size_t i = 0; i < parameters->count; i++) {
		const struct node_pair *pair = &parameters->pairs[i];
		if (pair->value->kind == NODE_MAP)
			parameter_check(v, pair->key->text, pair->value, found);
		else
			diagnostic_add(found, SEVERITY_ERROR, pair->value->at, "read/type",
			               "parameter '%s' must be a map with a Type, not %s", pair->key->text,
			               node_kind_name(pair->value));
	}
}
