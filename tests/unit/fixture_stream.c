/* fixture_stream: see fixture_stream.h. */
#include "tests/unit/fixture_stream.h"

#include <check.h>
#include <string.h>

#include "sim/base/memory.h"

enum { MAPPINGS = 8 };

struct scripted {
	struct cost base;
	struct fixture_stream *fixture;
};

static uint64_t number_of(const struct fixture_stream *f, uint64_t identity)
{
	const struct source_plan *p = &f->plan->sources[0];
	for (uint64_t i = 0; i < 2 * FIXTURE_STREAM_CALLS; i++)
		if (message_identity(p->entity, 0, i) == identity)
			return i;
	return UINT64_MAX;
}

static struct work batch(const struct cost *c, const struct draw_key *key, const struct cost_batch *b)
{
	(void)key;
	struct fixture_stream *f = ((const struct scripted *)c)->fixture;
	struct work w = {.duration = f->duration, .outcome = OUTCOME_OK};
	if (b->attempt < 64 && (f->errors >> b->attempt & 1))
		w.outcome = OUTCOME_ERROR;
	f->calls[f->call_count].attempt = b->attempt; /* the observer comes next */
	return w;
}

static struct init_work init(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt, unsigned rerun)
{
	(void)c, (void)key, (void)request, (void)attempt, (void)rerun;
	return (struct init_work){0, OUTCOME_OK};
}

static bool record_fails(const struct cost *c, const struct draw_key *key, uint64_t identity, uint32_t payload, uint32_t attempt)
{
	(void)key, (void)payload;
	const struct fixture_stream *f = ((const struct scripted *)c)->fixture;
	for (size_t i = 0; i < f->bad_count; i++)
		if (message_identity(f->plan->sources[0].entity, 0, f->bad[i].record) == identity)
			return attempt < f->bad[i].runs;
	return false;
}

static const struct cost_ops scripted_ops = {.size = sizeof(struct scripted),
                                             .batch = batch,
                                             .init = init,
                                             .record_fails = record_fails};

static void watch(void *ctx, size_t mapping, const uint32_t *messages, size_t count, simtime now)
{
	struct fixture_stream *f = ctx;
	const struct message *pool = run_engine(f->run)->messages.items;
	struct stream_call *c = &f->calls[f->call_count];
	ck_assert_uint_lt(f->call_count++, FIXTURE_STREAM_CALLS - 1);
	c->at = now;
	c->mapping = mapping;
	c->count = count;
	c->first = count ? number_of(f, pool[messages[0]].identity) : UINT64_MAX;
	c->last = count ? number_of(f, pool[messages[count - 1]].identity) : UINT64_MAX;
}

struct fixture_stream *fixture_stream_new(simtime duration)
{
	struct fixture_stream *f = MEMORY_NEW(struct fixture_stream);
	struct scenario *s = &f->s;
	fixture_scenario(s, MAPPINGS, 1);
	s->duration = duration;
	f->duration = 100 * SIMTIME_MS;
	for (size_t i = 0; i < MAPPINGS; i++)
		s->functions[i].timeout_s = FUNCTION_TIMEOUT_MAX_S;
	s->streams = f->stream = ARENA_NEW(&s->arena, struct stream_spec);
	s->stream_count = 1;
	*f->stream = (struct stream_spec){.name = "Stream", .kind = STREAM_KINESIS, .shards = 1, .retention = 24 * SIMTIME_HOUR};
	s->mappings = f->mapping = ARENA_ARRAY(&s->arena, MAPPINGS, struct mapping_spec);
	s->mapping_count = 1;
	*f->mapping = (struct mapping_spec){.name = "F0.Stream",
	                                    .source = {TARGET_STREAM, 0, "Stream"},
	                                    .enabled = true,
	                                    .batch_size = 100,
	                                    .starting = STARTING_LATEST,
	                                    .parallelization = 1,
	                                    .max_retries = MAPPING_FOREVER,
	                                    .max_record_age = SIMTIME_NEVER,
	                                    .enhanced_fan_out = true};
	struct source_spec *x = &s->sources[0];
	x->kind = SOURCE_KINESIS;
	x->function = SOURCE_NO_FUNCTION;
	x->target = (struct target){TARGET_STREAM, 0, "Stream"};
	return f;
}

struct mapping_spec *fixture_stream_mapping(struct fixture_stream *f, size_t i)
{
	f->s.mappings[i] = f->s.mappings[0];
	f->s.mappings[i].name = arena_format(&f->s.arena, "F%zu.Stream", i);
	f->s.mappings[i].function = i;
	f->s.mapping_count = f->s.mapping_count > i ? f->s.mapping_count : i + 1;
	return &f->s.mappings[i];
}

void fixture_stream_destination(struct fixture_stream *f)
{
	f->mapping->on_failure = (struct target){TARGET_OUTSIDE, 0, "arn:aws:sqs:us-east-1:123456789012:failures"};
}

void fixture_stream_bytes(struct fixture_stream *f, size_t bytes)
{
	struct payload_spec *p = ARENA_NEW(&f->s.arena, struct payload_spec);
	*p = fixture_payload(&f->s, bytes - 1); /* and one digit of a key */
	f->s.sources[0].payloads = p;
}

void fixture_stream_run(struct fixture_stream *f)
{
	f->plan = plan_new(&f->s, 0);
	for (size_t i = 0; i < f->s.mapping_count; i++) {
		struct scripted *c = ARENA_NEW(&f->s.arena, struct scripted);
		const struct mapping_spec *m = &f->s.mappings[i];
		c->base = (struct cost){.ops = &scripted_ops,
		                        .function = &f->s.functions[m->function],
		                        .entity = i,
		                        .consumer = m->name,
		                        .timeout = f->s.functions[m->function].timeout_s * SIMTIME_SECOND};
		c->fixture = f;
		f->plan->flow.mapping_costs[i] = &c->base;
	}
	if (f->passes)
		f->plan->flow.plan.mappings[0] = (struct filter){.passes = f->passes};
	f->run = run_new(f->plan);
	run_engine(f->run)->observer = (struct observer){watch, f};
	f->result = run_replicate(f->run, 0, NULL, NULL);
	ck_assert_ptr_nonnull(f->result);
}

void fixture_stream_free(struct fixture_stream *f)
{
	if (f->plan) {
		run_result_free(f->result, f->plan);
		run_free(f->run);
		plan_free(f->plan);
	}
	fixture_scenario_fini(&f->s);
	memory_free(f);
}

const struct station_result *fixture_stream_result(const struct fixture_stream *f)
{
	return &f->result->stations[station_of(&f->s, (struct target){TARGET_STREAM, 0, NULL})];
}

double fixture_stream_figure(const struct fixture_stream *f, const char *name, const char *statistic)
{
	const struct flow_station *s = &f->plan->flow.stations[station_of(&f->s, (struct target){TARGET_STREAM, 0, NULL})];
	for (size_t i = 0; i < s->ops->figure_count; i++)
		if (strcmp(s->ops->figures[i].name, name) == 0 && strcmp(s->ops->figures[i].statistic, statistic) == 0)
			return fixture_stream_result(f)->figures[i];
	ck_abort_msg("no figure %s %s", name, statistic);
}

uint64_t fixture_stream_given_up(const struct fixture_stream *f)
{
	return f->result->stations[station_of(&f->s, (struct target){TARGET_OUTSIDE, 0, NULL})].counts.received;
}

void fixture_stream_expect_call(const struct fixture_stream *f, size_t i, simtime at, uint64_t first, size_t count)
{
	ck_assert_uint_lt(i, f->call_count);
	const struct stream_call *c = &f->calls[i];
	ck_assert_msg(c->at == at && c->count == count && (count == 0 || (c->first == first && c->last == first + count - 1)),
	              "call %zu: at %ld, %zu records from %lu; expected at %ld, %zu from %lu", i, c->at, c->count, c->first, at,
	              count, first);
}

void fixture_stream_expect_ends(const struct fixture_stream *f, uint64_t delivered, uint64_t dead_lettered, uint64_t dropped,
                                uint64_t expired, uint64_t filtered, uint64_t held)
{
	const struct station_result *r = fixture_stream_result(f);
	ck_assert_uint_eq(r->counts.ended[END_DELIVERED], delivered);
	ck_assert_uint_eq(r->counts.ended[END_DEAD_LETTERED], dead_lettered);
	ck_assert_uint_eq(r->counts.ended[END_DROPPED], dropped);
	ck_assert_uint_eq(r->counts.ended[END_EXPIRED], expired);
	ck_assert_uint_eq(r->counts.ended[END_FILTERED], filtered);
	ck_assert_uint_eq(r->held, held);
}

void fixture_stream_expect_figure(const struct fixture_stream *f, const char *name, const char *statistic, double value)
{
	double is = fixture_stream_figure(f, name, statistic);
	ck_assert_msg(is == value, "%s %s is %.9g, not %.9g", name, statistic, is, value);
}
