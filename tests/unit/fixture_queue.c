/* fixture_queue: see fixture_queue.h. */
#include "tests/unit/fixture_queue.h"

#include <check.h>
#include <string.h>

#include "sim/base/memory.h"

enum { FIXTURE_MAPPINGS = 8 };

void fixture_queues(struct scenario *s, size_t count)
{
	s->queues = ARENA_ARRAY(&s->arena, count, struct queue_spec);
	s->queue_count = count;
	for (size_t i = 0; i < count; i++)
		s->queues[i] = (struct queue_spec){.name = arena_format(&s->arena, "Q%zu", i),
		                                   .visibility = 30 * SIMTIME_SECOND,
		                                   .retention = 4 * SIMTIME_DAY};
	s->mappings = ARENA_ARRAY(&s->arena, FIXTURE_MAPPINGS, struct mapping_spec);
}

struct mapping_spec *fixture_mapping(struct scenario *s, size_t queue, size_t function)
{
	ck_assert_uint_lt(s->mapping_count, FIXTURE_MAPPINGS);
	struct mapping_spec *m = &s->mappings[s->mapping_count];
	*m = (struct mapping_spec){.name = arena_format(&s->arena, "M%zu", s->mapping_count),
	                           .source = {TARGET_QUEUE, queue, s->queues[queue].name},
	                           .function = function,
	                           .enabled = true,
	                           .batch_size = 10};
	s->mapping_count++;
	return m;
}

void fixture_send(struct scenario *s, size_t source, size_t queue, simtime transit)
{
	struct source_spec *x = &s->sources[source];
	x->kind = SOURCE_SQS;
	x->function = SOURCE_NO_FUNCTION;
	x->target = (struct target){TARGET_QUEUE, queue, s->queues[queue].name};
	x->latency = fixture_constant(transit);
}

static void record(void *ctx, size_t mapping, const uint32_t *messages, size_t count, simtime now)
{
	struct fixture_queue_run *r = ctx;
	struct engine *e = run_engine(r->run);
	for (size_t i = 0; i < count; i++) {
		const struct message *m = &e->messages.items[messages[i]];
		MEMORY_ROOM(r->records, r->count, r->capacity);
		r->records[r->count++] = (struct fixture_record){r->batches, mapping,     now,       m->identity,
		                                                 m->key,     m->receives, m->ticket, m->since};
	}
	r->batches++;
	if (r->look)
		r->look(r, e, now);
}

void fixture_queue_run(struct fixture_queue_run *r, const struct scenario *s, simtime warm_up)
{
	r->plan = plan_new(s, warm_up);
	r->run = run_new(r->plan);
	run_engine(r->run)->observer = (struct observer){record, r};
	r->result = run_replicate(r->run, 0, NULL, NULL);
	ck_assert_ptr_nonnull(r->result);
}

void fixture_queue_run_fini(struct fixture_queue_run *r)
{
	run_result_free(r->result, r->plan);
	run_free(r->run);
	plan_free(r->plan);
	memory_free(r->records);
}

size_t fixture_batch_size(const struct fixture_queue_run *r, size_t batch)
{
	size_t n = 0;
	for (size_t i = 0; i < r->count; i++)
		n += r->records[i].batch == batch;
	return n;
}

simtime fixture_batch_at(const struct fixture_queue_run *r, size_t batch)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->records[i].batch == batch)
			return r->records[i].at;
	ck_abort_msg("no batch %zu", batch);
	return 0;
}

const struct station_result *fixture_queue_result(const struct fixture_queue_run *r, size_t queue)
{
	return &r->result->stations[station_of(r->plan->scenario, (struct target){TARGET_QUEUE, queue, NULL})];
}

double fixture_figure(const struct fixture_queue_run *r, size_t queue, const char *name, const char *statistic)
{
	for (size_t i = 0; i < station_queue.figure_count; i++)
		if (!strcmp(station_queue.figures[i].name, name) && !strcmp(station_queue.figures[i].statistic, statistic))
			return fixture_queue_result(r, queue)->figures[i];
	ck_abort_msg("no figure %s %s", name, statistic);
	return 0;
}

uint64_t fixture_ended(const struct fixture_queue_run *r, size_t queue, enum station_end how)
{
	return fixture_queue_result(r, queue)->counts.ended[how];
}
