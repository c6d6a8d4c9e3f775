/* build: see build.h. */
#include "tests/support/build.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/source/table.h"
#include "sim/base/memory.h"

struct scenario *build_scenario(simtime duration, uint64_t seed)
{
	struct scenario *s = MEMORY_NEW(struct scenario);
	s->name = s->file = "built";
	s->text = "";
	s->duration = duration;
	s->replications = 1;
	s->precision = 0.05;
	s->seed = seed;
	s->region = "us-east-1";
	s->account = (struct account_spec){.concurrent_executions = 100000, .scaling_unlimited = true, .request_unlimited = true};
	s->functions = ARENA_ARRAY(&s->arena, BUILD_MOST, struct function_spec);
	s->sources = ARENA_ARRAY(&s->arena, BUILD_MOST, struct source_spec);
	s->objectives = ARENA_ARRAY(&s->arena, BUILD_MOST, struct objective_spec);
	return s;
}

void build_free(struct scenario *s)
{
	if (!s)
		return;
	arena_fini(&s->arena);
	memory_free(s);
}

struct function_spec *build_function(struct scenario *s, const char *name, struct distribution duration)
{
	assert(s->function_count < BUILD_MOST);
	struct function_spec *f = &s->functions[s->function_count++];
	*f = (struct function_spec){
		.name = arena_string(&s->arena, name),
		.runtime = "provided.al2023",
		.memory_mb = 1769,
		.timeout_s = FUNCTION_TIMEOUT_MAX_S,
		.ephemeral_mb = FUNCTION_EPHEMERAL_MIN_MB,
		.reserved = FUNCTION_UNRESERVED,
		.model = MODEL_DECLARED,
		.declared = {.has_duration = true, .duration = duration, .has_init = true, .init = {.kind = DISTRIBUTION_CONSTANT}},
		.arm_factor = 1,
		.reclaim = {.policy = RECLAIM_FIXED, .after = 600 * SIMTIME_SECOND},
		.reuse = REUSE_NEWEST,
	};
	f->function_name = f->name;
	return f;
}

struct source_spec *build_source(struct scenario *s, const char *name, size_t function, enum source_kind kind, double rate_per_s)
{
	assert(s->source_count < BUILD_MOST && function < s->function_count);
	struct source_spec *source = &s->sources[s->source_count++];
	struct payload_spec *payload = ARENA_NEW(&s->arena, struct payload_spec);
	*payload = (struct payload_spec){.event = "{}", .event_length = 2, .weight = 1};
	*source = (struct source_spec){
		.name = arena_string(&s->arena, name),
		.kind = kind,
		.function = function,
		.arrivals = {.kind = ARRIVAL_POISSON, .rate_per_s = rate_per_s},
		.payloads = payload,
		.payload_count = 1,
		.has_latency = true,
		.latency = {.kind = DISTRIBUTION_CONSTANT},
		.wait_limit = source_kind_of(kind)->wait_limit,
	};
	return source;
}

struct client_spec *build_client(struct source_spec *source, int attempts)
{
	source->has_client = true;
	source->client = (struct client_spec){
		.timeout = SIMTIME_NEVER,
		.max_attempts = attempts,
		.backoff_factor = 2,
		.backoff_max = SIMTIME_NEVER,
		.retry_on = RETRY_429 | RETRY_5XX | RETRY_TIMEOUT | RETRY_FUNCTION_ERROR,
		.processes = 1,
	};
	return &source->client;
}

struct distribution build_constant(double s)
{
	return (struct distribution){.kind = DISTRIBUTION_CONSTANT, .a = s * 1e9};
}

struct distribution build_exponential(double mean_s)
{
	return (struct distribution){.kind = DISTRIBUTION_EXPONENTIAL, .a = mean_s * 1e9};
}

struct distribution build_uniform(double low_s, double high_s)
{
	return (struct distribution){.kind = DISTRIBUTION_UNIFORM, .a = low_s * 1e9, .b = high_s * 1e9};
}

/* CV^2 = exp(sigma^2) - 1, mean = median x exp(sigma^2 / 2). */
struct distribution build_lognormal(double mean_s, double cv)
{
	double variance = log1p(cv * cv);
	return (struct distribution){.kind = DISTRIBUTION_LOGNORMAL, .a = mean_s * 1e9 * exp(-variance / 2), .b = sqrt(variance)};
}

void trial_init(struct trial *t, const struct scenario *s)
{
	t->plan = plan_new(s, s->warm_up);
	t->run = run_new(t->plan);
	t->result = NULL;
}

const struct run_result *trial_run(struct trial *t, uint64_t replication)
{
	run_result_free(t->result, t->plan);
	return t->result = run_replicate(t->run, replication, NULL, NULL);
}

void trial_fini(struct trial *t)
{
	run_result_free(t->result, t->plan);
	run_free(t->run);
	plan_free(t->plan);
	memset(t, 0, sizeof *t);
}
