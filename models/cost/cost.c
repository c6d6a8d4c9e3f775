/* cost: see cost.h. The table of models. */
#include "models/cost/cost.h"

static const struct cost_ops *const models[] = {
	[MODEL_PROFILE] = &cost_measured,
	[MODEL_DECLARED] = &cost_declared,
};

const struct cost *cost_new(const struct scenario *s, size_t source, uint64_t entity, struct arena *a)
{
	const struct function_spec *f = &s->functions[s->sources[source].function];
	const struct cost_ops *ops = models[f->model];
	struct cost *c = arena_alloc(a, ops->size);
	c->ops = ops;
	c->function = f;
	c->entity = entity;
	c->timeout = (simtime)f->timeout_s * SIMTIME_SECOND;
	ops->compile(c, s, source, a);
	return c;
}
