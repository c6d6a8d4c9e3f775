/* cost: see cost.h. The table of models. */
#include "models/cost/cost.h"

static const struct cost_ops *const models[] = {
	[MODEL_PROFILE] = &cost_measured,
	[MODEL_DECLARED] = &cost_declared,
};

static struct cost *start(const struct scenario *s, size_t function, uint64_t entity, struct arena *a)
{
	const struct function_spec *f = &s->functions[function];
	const struct cost_ops *ops = models[f->model];
	struct cost *c = arena_alloc(a, ops->size);
	c->ops = ops;
	c->function = f;
	c->entity = entity;
	c->attempts = 1;
	c->timeout = (simtime)f->timeout_s * SIMTIME_SECOND;
	return c;
}

const struct cost *cost_new(const struct scenario *s, size_t source, uint64_t entity, struct arena *a)
{
	struct cost *c = start(s, s->sources[source].function, entity, a);
	c->ops->compile(c, s, source, a);
	return c;
}

const struct cost *cost_new_consumer(const struct scenario *s, size_t function, const char *name, uint64_t entity, struct arena *a)
{
	struct cost *c = start(s, function, entity, a);
	c->consumer = name;
	c->ops->compile(c, s, COST_CONSUMER, a);
	return c;
}
