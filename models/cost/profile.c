#include "models/cost/profile.h"

#include "sim/base/memory.h"

void profile_free(struct profile *p)
{
	if (p == NULL)
		return;
	arena_fini(&p->arena);
	memory_free(p);
}
