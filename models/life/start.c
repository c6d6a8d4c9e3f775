/* start: see start.h. */
#include "models/life/start.h"

static struct start rerun(struct start s, const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt)
{
	struct init_work again = c->ops->init(c, key, request, attempt, 1);
	s.inside = again.duration;
	s.outcome = again.outcome;
	return s;
}

struct start start_cold(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt)
{
	struct init_work first = c->ops->init(c, key, request, attempt, 0);
	struct start s = {.outcome = OUTCOME_OK};
	if (first.outcome == OUTCOME_OK && first.duration <= START_INIT_LIMIT) {
		s.before = s.init = first.duration;
		return s;
	}
	s.before = first.duration < START_INIT_LIMIT ? first.duration : START_INIT_LIMIT;
	return rerun(s, c, key, request, attempt);
}

struct start start_reset(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt)
{
	struct start s = {.outcome = OUTCOME_OK};
	return rerun(s, c, key, request, attempt);
}

struct work start_with(const struct start *s, struct work w, simtime timeout)
{
	if (s->outcome != OUTCOME_OK)
		w = (struct work){.duration = 0, .outcome = s->outcome, .status = 0};
	w.duration += s->inside;
	work_cut(&w, timeout);
	return w;
}
