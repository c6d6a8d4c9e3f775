/* fixture_scenario: see fixture_scenario.h. */
#include "tests/unit/fixture_scenario.h"

#include <check.h>
#include <string.h>

#include "models/source/table.h"
#include "tests/unit/fixture_random.h"

struct distribution fixture_constant(simtime ns)
{
	return (struct distribution){.kind = DISTRIBUTION_CONSTANT, .a = (double)ns};
}

struct distribution fixture_exponential(simtime mean)
{
	return (struct distribution){.kind = DISTRIBUTION_EXPONENTIAL, .a = (double)mean};
}

struct distribution fixture_uniform_between(simtime low, simtime high)
{
	return (struct distribution){.kind = DISTRIBUTION_UNIFORM, .a = (double)low, .b = (double)high};
}

static void make_function(struct scenario *s, size_t i)
{
	struct function_spec *f = &s->functions[i];
	f->name = f->function_name = arena_format(&s->arena, "F%zu", i);
	f->runtime = "python3.12";
	f->memory_mb = FUNCTION_MEMORY_DEFAULT_MB;
	f->timeout_s = FUNCTION_TIMEOUT_DEFAULT_S;
	f->ephemeral_mb = FUNCTION_EPHEMERAL_MIN_MB;
	f->reserved = FUNCTION_UNRESERVED;
	f->model = MODEL_DECLARED;
	f->declared.has_duration = f->declared.has_init = true;
	f->declared.duration = fixture_constant(100 * SIMTIME_MS);
	f->declared.init = fixture_constant(0);
	f->arm_factor = 1;
	f->reclaim = (struct reclaim_spec){.policy = RECLAIM_FIXED, .after = 6 * SIMTIME_MINUTE};
	f->reuse = REUSE_NEWEST;
}

static void make_source(struct scenario *s, size_t i)
{
	static const struct payload_spec empty = {.event = "{}", .event_length = 2, .weight = 1};
	struct source_spec *x = &s->sources[i];
	x->name = arena_format(&s->arena, "S%zu", i);
	x->kind = SOURCE_INVOKE;
	x->arrivals = (struct arrival_spec){.kind = ARRIVAL_CONSTANT, .rate_per_s = 10};
	x->payloads = &empty;
	x->payload_count = 1;
	x->has_latency = true;
	x->latency = fixture_constant(0);
	x->wait_limit = SIMTIME_NEVER;
}

void fixture_scenario(struct scenario *s, size_t functions, size_t sources)
{
	*s = (struct scenario){.name = "fixture",
	                       .file = "template.yaml",
	                       .text = "",
	                       .duration = 10 * SIMTIME_SECOND,
	                       .replications = 1,
	                       .precision = 0.05,
	                       .seed = 1,
	                       .region = "us-east-1"};
	s->account.concurrent_executions = SCENARIO_ACCOUNT_CONCURRENCY;
	s->functions = ARENA_ARRAY(&s->arena, functions, struct function_spec);
	s->function_count = functions;
	s->sources = ARENA_ARRAY(&s->arena, sources, struct source_spec);
	s->source_count = sources;
	for (size_t i = 0; i < functions; i++)
		make_function(s, i);
	for (size_t i = 0; i < sources; i++)
		make_source(s, i);
}

void fixture_scenario_fini(struct scenario *s)
{
	arena_fini(&s->arena);
}

void fixture_times(struct scenario *s, size_t source, const double *ms, size_t count)
{
	simtime *times = ARENA_ARRAY(&s->arena, count + 1, simtime);
	for (size_t i = 0; i < count; i++)
		times[i] = simtime_from_ns(ms[i] * 1e6);
	s->sources[source].arrivals = (struct arrival_spec){.kind = ARRIVAL_TIMES, .times = times, .time_count = count};
}

void fixture_burst(struct scenario *s, size_t source, simtime at, size_t count)
{
	simtime *times = ARENA_ARRAY(&s->arena, count, simtime);
	for (size_t i = 0; i < count; i++)
		times[i] = at;
	s->sources[source].arrivals = (struct arrival_spec){.kind = ARRIVAL_TIMES, .times = times, .time_count = count};
}

struct payload_spec fixture_payload(struct scenario *s, size_t bytes)
{
	char *text = arena_alloc(&s->arena, bytes + 1);
	memset(text, '1', bytes);
	return (struct payload_spec){.event = "{}", .event_length = 2, .text = text, .text_length = bytes, .weight = 1};
}

void fixture_profile(struct scenario *s, size_t source, const struct profile_run *runs, size_t count, struct profile_init init)
{
	const struct source_spec *x = &s->sources[source];
	struct profile *p = ARENA_NEW(&s->arena, struct profile);
	p->runtime_used = "Python 3.11.2 (/usr/bin/python3)";
	p->code_sha256 = "0000";
	p->backend = "none";
	p->inits = ARENA_NEW(&s->arena, struct profile_init);
	p->inits[0] = init;
	p->init_count = 1;
	p->payloads = ARENA_ARRAY(&s->arena, x->payload_count, struct profile_payload);
	p->payload_count = x->payload_count;
	for (size_t i = 0; i < x->payload_count; i++) {
		struct profile_run *copy = ARENA_ARRAY(&s->arena, count, struct profile_run);
		memcpy(copy, runs, count * sizeof *runs);
		p->payloads[i] = (struct profile_payload){.source = x->name, .payload = i, .runs = copy, .run_count = count};
	}
	s->functions[x->function].model = MODEL_PROFILE;
	s->functions[x->function].profile = p;
}

struct client_spec *fixture_client(struct scenario *s, size_t source)
{
	struct client_spec *c = &s->sources[source].client;
	s->sources[source].has_client = true;
	*c = (struct client_spec){.timeout = SIMTIME_NEVER,
	                          .max_attempts = 1,
	                          .backoff_base = 100 * SIMTIME_MS,
	                          .throttle_base = 100 * SIMTIME_MS,
	                          .backoff_factor = 2,
	                          .backoff_max = 20 * SIMTIME_SECOND,
	                          .jitter = JITTER_NONE,
	                          .processes = 1};
	return c;
}

struct fixture_run fixture_run(const struct scenario *s, simtime warm_up, uint64_t replication)
{
	struct fixture_run r;
	r.plan = plan_new(s, warm_up);
	r.run = run_new(r.plan);
	r.result = run_replicate(r.run, replication, NULL, NULL);
	ck_assert_ptr_nonnull(r.result);
	return r;
}

void fixture_run_fini(struct fixture_run *r)
{
	run_result_free(r->result, r->plan);
	run_free(r->run);
	plan_free(r->plan);
}

/* --- random scenarios ----------------------------------------------------------------------------------------------------------- */

static simtime random_time(uint64_t *random, simtime most)
{
	return 1 + (simtime)fixture_below(random, (uint64_t)most);
}

static struct distribution random_duration(uint64_t *random, simtime most)
{
	switch (fixture_below(random, 3)) {
	case 0: return fixture_constant(random_time(random, most));
	case 1: return fixture_exponential(random_time(random, most));
	default: return fixture_uniform_between(0, random_time(random, most));
	}
}

static void random_function(struct function_spec *f, uint64_t *random)
{
	f->memory_mb = 128 + (int)fixture_below(random, 3000);
	f->timeout_s = 1 + (int)fixture_below(random, 5);
	f->declared.has_duration = fixture_below(random, 2);
	f->declared.duration = random_duration(random, 2 * SIMTIME_SECOND);
	f->declared.has_cpu = f->declared.has_wait = !f->declared.has_duration;
	f->declared.cpu = random_duration(random, 50 * SIMTIME_MS);
	f->declared.wait = random_duration(random, 500 * SIMTIME_MS);
	f->declared.init = random_duration(random, fixture_below(random, 4) ? SIMTIME_SECOND : 15 * SIMTIME_SECOND);
	f->declared.error_rate = fixture_below(random, 2) ? 0 : fixture_uniform(random) / 3;
	f->reserved = fixture_below(random, 2) ? FUNCTION_UNRESERVED : (int)fixture_below(random, 20);
	f->reclaim.policy = (enum reclaim_policy)fixture_below(random, 4);
	f->reclaim.after = f->reclaim.low = random_time(random, 20 * SIMTIME_SECOND);
	f->reclaim.high = f->reclaim.low + random_time(random, 20 * SIMTIME_SECOND);
	f->reclaim.every = random_time(random, 20 * SIMTIME_SECOND);
	f->reuse = (enum reuse_order)fixture_below(random, 3);
}

static void random_arrivals(struct scenario *s, struct arrival_spec *a, uint64_t *random)
{
	*a = (struct arrival_spec){.kind = (enum arrival_kind)fixture_below(random, ARRIVAL_KINDS),
	                           .rate_per_s = 0.1 + 40 * fixture_uniform(random),
	                           .cv = 2};
	size_t n = 1 + fixture_below(random, 200);
	simtime *times = ARENA_ARRAY(&s->arena, n, simtime);
	double *values = ARENA_ARRAY(&s->arena, n, double);
	for (size_t i = 0; i < n; i++) {
		times[i] = i == 0 ? 0 : times[i - 1] + random_time(random, SIMTIME_SECOND);
		values[i] = (double)fixture_below(random, 60);
	}
	a->times = times;
	a->time_count = n;
	a->rates = (struct steps){times, values, n};
	a->rates_end = times[n - 1] + SIMTIME_SECOND;
	if (fixture_below(random, 3) == 0)
		a->growth_per_month = fixture_uniform(random) - 0.5;
}

static void random_client(struct scenario *s, size_t source, uint64_t *random)
{
	struct client_spec *c = fixture_client(s, source);
	c->timeout = fixture_below(random, 3) ? random_time(random, 3 * SIMTIME_SECOND) : SIMTIME_NEVER;
	c->max_attempts = 1 + (int)fixture_below(random, 5);
	c->backoff_base = random_time(random, SIMTIME_SECOND);
	c->throttle_base = random_time(random, SIMTIME_SECOND);
	c->jitter = (enum jitter)fixture_below(random, 3);
	c->retry_on = (unsigned)fixture_below(random, 16);
	c->processes = 1 + (int)fixture_below(random, 3);
	if (fixture_below(random, 2)) {
		c->quota = 20;
		c->quota_cost = 5;
		c->quota_timeout_cost = 10;
		c->quota_throttle_cost = 3;
	}
}

void fixture_random_scenario(struct scenario *s, uint64_t seed)
{
	uint64_t random = seed;
	fixture_scenario(s, 1 + fixture_below(&random, 3), 1 + fixture_below(&random, 4));
	s->seed = seed;
	s->duration = random_time(&random, fixture_below(&random, 4) ? 60 * SIMTIME_SECOND : SIMTIME_SECOND);
	s->account = (struct account_spec){(int)fixture_below(&random, 100), (int)fixture_below(&random, 10),
	                                   fixture_below(&random, 2), fixture_below(&random, 2)};
	for (size_t i = 0; i < s->function_count; i++)
		random_function(&s->functions[i], &random);
	for (size_t i = 0; i < s->source_count; i++) {
		struct source_spec *x = &s->sources[i];
		x->function = fixture_below(&random, s->function_count);
		x->kind = (enum source_kind)fixture_below(&random, SOURCE_INVOKE_EVENT);
		x->wait_limit = source_kind_of(x->kind)->wait_limit;
		if (x->wait_limit != SIMTIME_NEVER && fixture_below(&random, 2))
			x->wait_limit = random_time(&random, 2 * SIMTIME_SECOND);
		x->latency = random_duration(&random, 50 * SIMTIME_MS);
		random_arrivals(s, &x->arrivals, &random);
		if (fixture_below(&random, 2))
			random_client(s, i, &random);
	}
}
