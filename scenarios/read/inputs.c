#include "scenarios/read/inputs.h"

#include "models/source/transform.h"
#include "scenarios/read/property.h"

/* A path that leads nowhere is no error of PutTargets. */
static void input_path_check(struct reading *r, const struct node *n, const char *path)
{
	if (!transform_path_valid(path))
		diagnostic_add(r->found, SEVERITY_WARNING, n->at, "limit/rule",
		               "'%s' is no JSON path that EventBridge follows, such as $.detail.items[0].id: it finds nothing",
		               path);
}

static void input_variables(struct reading *r, const struct node *paths, struct input_transformer *t)
{
	struct input_variable *list = ARENA_ARRAY(r->arena, paths->count, struct input_variable);
	for (size_t i = 0; i < paths->count; i++) {
		const struct node *name = paths->pairs[i].key, *path = reading_get(r, paths, name->text, "InputPathsMap");
		if (!path || !reading_is(r, path, NODE_SCALAR, "a path of InputPathsMap"))
			continue;
		input_path_check(r, path, path->text);
		list[t->variable_count++] = (struct input_variable){reading_keep(r, name->text), reading_keep(r, path->text)};
	}
	t->variables = list;
}

static const struct input_transformer *input_transformer(struct reading *r, const struct node *map)
{
	const struct node *n = reading_get(r, map, "InputTransformer", NULL);
	if (!n || !reading_is(r, n, NODE_MAP, "InputTransformer"))
		return NULL;
	struct input_transformer *t = ARENA_NEW(r->arena, struct input_transformer);
	const struct node *paths = reading_get(r, n, "InputPathsMap", NULL);
	t->template = property_text(r, n, "InputTemplate");
	if (paths && reading_is(r, paths, NODE_MAP, "InputPathsMap"))
		input_variables(r, paths, t);
	if (!t->template) {
		if (!property_written(r, n, "InputTemplate"))
			diagnostic_add(r->found, SEVERITY_ERROR, n->at, "limit/rule", "an InputTransformer needs an InputTemplate");
		return NULL;
	}
	const char *why = transform_refusal(t, &r->scratch);
	if (!why)
		return t;
	diagnostic_add(r->found, SEVERITY_ERROR, node_get(n, "InputTemplate")->at, "limit/rule", "%s", why);
	return NULL;
}

void inputs_read(struct reading *r, const struct node *map, struct rule_target_spec *out)
{
	out->input = property_text(r, map, "Input");
	out->input_path = property_text(r, map, "InputPath");
	out->transformer = input_transformer(r, map);
	if (out->input_path)
		input_path_check(r, node_get(map, "InputPath"), out->input_path);
	if ((out->input != NULL) + (out->input_path != NULL) + (out->transformer != NULL) > 1) {
		diagnostic_add(r->found, SEVERITY_ERROR, map->at, "limit/rule",
		               "a target has one of Input, InputPath and InputTransformer, not several");
		out->input_path = NULL;
		out->transformer = NULL;
	}
}
