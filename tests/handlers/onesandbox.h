/* onesandbox: one sandbox of one function, invoked event by event. */
#ifndef TESTS_HANDLERS_ONESANDBOX_H
#define TESTS_HANDLERS_ONESANDBOX_H

#include "tests/handlers/onefunction.h"

struct closer {
	struct arena arena;
	struct launch_plan plan;
	struct sandbox_spec spec;
	struct sandbox *box;
	struct sandbox_result r;
	struct error e;
};

static bool closer_init(struct closer *c, struct bench *b)
{
	*c = (struct closer){0};
	if (!check(launcher_plan(&b->function, "eu-west-1", work, &c->arena, &c->plan, &c->e) == 0, __LINE__, "%s", c->e.text))
		return false;
	c->spec = (struct sandbox_spec){.arguments = c->plan.arguments,
	                                .environment = c->plan.environment,
	                                .folder = c->plan.folder,
	                                .arn = c->plan.arn,
	                                .memory_bytes = (int64_t)b->function.memory_mb * MB,
	                                .file_bytes = MB,
	                                .init_limit_ns = 10000 * MS};
	return true;
}

static bool closer_start(struct closer *c)
{
	c->box = sandbox_start(&c->spec, &c->r, &c->e);
	return check(c->box != NULL, __LINE__, "%s", c->e.text);
}

static bool closer_invoke(struct closer *c, const char *event, int64_t timeout_ns)
{
	return check(sandbox_invoke(c->box, event, strlen(event), timeout_ns, &c->r, &c->e) == 0, __LINE__, "%s", c->e.text);
}

static void closer_fini(struct closer *c)
{
	sandbox_free(c->box);
	sandbox_result_fini(&c->r);
	arena_fini(&c->arena);
}

#endif
