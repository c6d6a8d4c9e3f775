/* chance: see chance.h. */
#include "tests/support/chance.h"

#include <math.h>
#include <stdlib.h>

#include "models/cost/profile.h"
#include "tests/support/build.h"

/* --- choosing
 * ------------------------------------------------------------------------------------------------------------------- */

static uint64_t next(struct chance *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

double chance_uniform(struct chance *c)
{
	return ((double)(next(c) >> 11) + 0.5) * 0x1p-53;
}

uint64_t chance_below(struct chance *c, uint64_t n)
{
	return (uint64_t)(((unsigned __int128)next(c) * n) >> 64);
}

bool chance_happens(struct chance *c, double probability)
{
	return chance_uniform(c) < probability;
}

double chance_log(struct chance *c, double low, double high)
{
	return low * pow(high / low, chance_uniform(c));
}

static simtime chance_time(struct chance *c, double low_s, double high_s)
{
	return (simtime)(chance_log(c, low_s, high_s) * 1e9);
}

static int by_time(const void *a, const void *b)
{
	simtime x = *(const simtime *)a, y = *(const simtime *)b;
	return (x > y) - (x < y);
}

/* --- distributions
 * -------------------------------------------------------------------------------------------------------------- */

static struct distribution simple(struct chance *c, double mean_ns)
{
	switch (chance_below(c, 7)) {
	case 0: return (struct distribution){.kind = DISTRIBUTION_UNIFORM, .a = mean_ns / 2, .b = mean_ns * 1.5};
	case 1: return (struct distribution){.kind = DISTRIBUTION_EXPONENTIAL, .a = mean_ns};
	case 2: return (struct distribution){.kind = DISTRIBUTION_LOGNORMAL, .a = mean_ns, .b = chance_log(c, 0.05, 2)};
	case 3: return (struct distribution){.kind = DISTRIBUTION_GAMMA, .a = mean_ns, .b = chance_log(c, 0.2, 3)};
	case 4: return (struct distribution){.kind = DISTRIBUTION_WEIBULL, .a = mean_ns, .b = chance_log(c, 0.2, 3)};
	case 5: return (struct distribution){.kind = DISTRIBUTION_PARETO, .a = mean_ns / 2, .b = chance_log(c, 1.1, 4)};
	default: return (struct distribution){.kind = DISTRIBUTION_CONSTANT, .a = floor(mean_ns)};
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static struct distribution any(struct chance *c, struct arena *a, double mean_ns)
{
	enum { PARTS = 2, SAMPLES = 9 };
	if (chance_happens(c, 0.1)) {
		struct distribution d = {.kind = DISTRIBUTION_EMPIRICAL,
		                         .samples = ARENA_ARRAY(a, SAMPLES, double),
		                         .sample_count = SAMPLES};
		for (int i = 0; i < SAMPLES; i++)
			d.samples[i] = floor(mean_ns * chance_log(c, 0.1, 10));
		qsort(d.samples, SAMPLES, sizeof *d.samples, by_value);
		return d;
	}
	if (chance_happens(c, 0.02)) { /* rarely: they take long to compile */
		struct distribution d = {.kind = DISTRIBUTION_MIXTURE, .part_count = PARTS};
		d.parts = ARENA_ARRAY(a, PARTS, struct distribution);
		d.weights = ARENA_ARRAY(a, PARTS, double);
		for (int i = 0; i < PARTS; i++) {
			d.parts[i] = simple(c, mean_ns * chance_log(c, 0.1, 10));
			d.weights[i] = chance_log(c, 0.01, 1);
		}
		return d;
	}
	return simple(c, mean_ns);
}

/* --- functions
 * ------------------------------------------------------------------------------------------------------------------ */

static struct reclaim_spec reclaim(struct chance *c, simtime duration)
{
	const simtime often = duration / 2000; /* halving has a clock of its own: no more events than requests */
	struct reclaim_spec r = {.policy = (enum reclaim_policy)chance_below(c, 4)};
	r.after = chance_happens(c, 0.05) ? 0 : chance_time(c, 0.01, 1000);
	r.low = chance_time(c, 0.01, 500);
	r.high = r.low + (chance_happens(c, 0.1) ? 0 : chance_time(c, 0.01, 500));
	r.every = chance_time(c, 1, 1000);
	r.every = r.every > often ? r.every : often;
	return r;
}

static void declare(struct chance *c, struct arena *a, struct function_spec *f)
{
	struct declared_spec *d = &f->declared;
	double mean_ns = chance_log(c, 1e5, 2e10);
	*d = (struct declared_spec){0};
	d->has_duration = chance_happens(c, 0.7);
	d->duration = any(c, a, mean_ns);
	d->has_cpu = !d->has_duration;
	d->cpu = any(c, a, mean_ns / 3);
	d->has_wait = d->has_cpu && chance_happens(c, 0.7);
	d->wait = any(c, a, mean_ns / 3);
	d->has_init = chance_happens(c, 0.8);
	d->init = chance_happens(c, 0.3) ? build_constant(0) : any(c, a, chance_log(c, 1e7, 3e10));
	d->error_rate = chance_happens(c, 0.5) ? 0 : chance_happens(c, 0.1) ? 1 : chance_uniform(c) / 2;
}

static struct profile_run profile_run(struct chance *c, double mean_ns)
{
	struct profile_run run = {
		.cpu = (simtime)chance_log(c, mean_ns / 10, mean_ns),
		.wait = chance_happens(c, 0.3) ? 0 : (simtime)chance_log(c, mean_ns / 10, mean_ns),
		.memory_bytes = (int64_t)chance_log(c, 1e7, 3e8),
		.response_bytes = 100,
		.outcome = chance_happens(c, 0.6) ? OUTCOME_OK : (enum outcome)chance_below(c, OUTCOME_OUT_OF_MEMORY + 1),
		.first = chance_happens(c, 0.2),
	};
	static const int statuses[] = {0, 200, 201, 404, 429, 500, 503, -1, 599, 700};
	run.status = run.outcome == OUTCOME_OK ? statuses[chance_below(c, sizeof statuses / sizeof *statuses)] : 0;
	return run;
}

/* A profile for every source of the function, with all outcomes of Init and of invocations. */
static void profile(struct chance *c, struct scenario *s, size_t function)
{
	enum { INITS = 5, RUNS = 12 };
	struct arena *a = &s->arena;
	struct profile *p = ARENA_NEW(a, struct profile);
	double mean_ns = chance_log(c, 1e6, 1e10);
	p->runtime_used = "made up";
	p->code_sha256 = p->backend = "none";
	p->inits = ARENA_ARRAY(a, INITS, struct profile_init);
	p->init_count = INITS;
	bool troubled = chance_happens(c, 0.3);
	for (int i = 0; i < INITS; i++) {
		p->inits[i] = (struct profile_init){.wall = chance_time(c, 0.01, troubled ? 30 : 3), .outcome = OUTCOME_OK};
		if (troubled && chance_happens(c, 0.3))
			p->inits[i].outcome = chance_happens(c, 0.5) ? OUTCOME_INIT_ERROR : OUTCOME_INIT_TIMEOUT;
	}
	p->payloads = ARENA_ARRAY(a, s->source_count, struct profile_payload);
	for (size_t i = 0; i < s->source_count; i++) {
		if (s->sources[i].function != function)
			continue;
		struct profile_payload *q = &p->payloads[p->payload_count++];
		*q = (struct profile_payload){.source = s->sources[i].name,
		                              .runs = ARENA_ARRAY(a, RUNS, struct profile_run),
		                              .run_count = RUNS};
		for (int k = 0; k < RUNS; k++)
			q->runs[k] = profile_run(c, mean_ns);
	}
	s->functions[function].model = MODEL_PROFILE;
	s->functions[function].profile = p;
}

static void function(struct chance *c, struct scenario *s, int *left_to_reserve)
{
	static const int memories[] = {128, 256, 512, 1024, 1769, 3008, 10240};
	static const char *const runtimes[] = {"python3.12", "nodejs20.x", "provided.al2023", "java21", NULL};
	struct function_spec *f = build_function(s, arena_format(&s->arena, "F%zu", s->function_count), build_constant(1));
	declare(c, &s->arena, f);
	f->runtime = runtimes[chance_below(c, 5)];
	f->architecture = chance_happens(c, 0.3) ? ARCHITECTURE_ARM64 : ARCHITECTURE_X86_64;
	f->arm_factor = chance_happens(c, 0.5) ? 1 : 1.2;
	f->memory_mb = memories[chance_below(c, 7)];
	f->ephemeral_mb = chance_happens(c, 0.2) ? 2048 : FUNCTION_EPHEMERAL_MIN_MB;
	f->timeout_s = (int)chance_log(c, 1, 901);
	f->reclaim = reclaim(c, s->duration);
	f->reuse = (enum reuse_order)chance_below(c, 3);
	if (*left_to_reserve > 0 && chance_happens(c, 0.3)) {
		f->reserved = chance_happens(c, 0.1) ? 0 : (int)chance_log(c, 1, *left_to_reserve + 1);
		*left_to_reserve -= f->reserved;
	}
}

/* --- sources
 * -------------------------------------------------------------------------------------------------------------------- */

static struct steps steps(struct chance *c, struct arena *a, simtime whole, double level)
{
	size_t n = 1 + chance_below(c, 6);
	simtime *offset = ARENA_ARRAY(a, n, simtime);
	double *value = ARENA_ARRAY(a, n, double);
	for (size_t i = 0; i < n; i++) {
		offset[i] = whole / (simtime)n * (simtime)i;
		value[i] = chance_happens(c, 0.2) ? 0 : level * chance_log(c, 0.2, 3);
	}
	return (struct steps){offset, value, n};
}

static void recorded(struct chance *c, struct arena *a, struct arrival_spec *v, simtime duration, double requests)
{
	size_t n = 1 + (size_t)requests;
	simtime *times = ARENA_ARRAY(a, n, simtime);
	for (size_t i = 0; i < n; i++)
		times[i] = (simtime)(chance_uniform(c) * 1.1 * (double)duration) / (chance_happens(c, 0.1) ? SIMTIME_SECOND : 1);
	qsort(times, n, sizeof *times, by_time);
	v->times = times;
	v->time_count = n;
}

static struct arrival_spec arrivals(struct chance *c, struct scenario *s, double requests)
{
	struct arrival_spec v = {.kind = (enum arrival_kind)chance_below(c, ARRIVAL_KINDS)};
	double rate = requests / simtime_s(s->duration);
	if (v.kind == ARRIVAL_TIMES) {
		recorded(c, &s->arena, &v, s->duration, requests);
		return v;
	}
	if (v.kind == ARRIVAL_RATES) {
		v.rates_end = 1000 + (simtime)((double)s->duration * (0.2 + chance_uniform(c)));
		v.rates = steps(c, &s->arena, v.rates_end, rate);
		return v;
	}
	v.rate_per_s = rate;
	v.cv = chance_happens(c, 0.1) ? 0 : chance_log(c, 0.2, 4);
	if (chance_happens(c, 0.3)) {
		v.pattern_period = chance_happens(c, 0.5) ? SIMTIME_DAY : SIMTIME_WEEK;
		v.pattern = steps(c, &s->arena, v.pattern_period, 1);
	}
	if (chance_happens(c, 0.3))
		v.growth_per_month = chance_uniform(c) * 1.5 - 0.5;
	return v;
}

static void client(struct chance *c, struct source_spec *source)
{
	struct client_spec *k = build_client(source, 1 + (int)chance_below(c, 6));
	if (chance_happens(c, 0.6))
		k->timeout = chance_time(c, 0.01, 60);
	k->backoff_base = k->throttle_base = chance_happens(c, 0.1) ? 0 : chance_time(c, 0.001, 10);
	if (chance_happens(c, 0.2))
		k->throttle_base = chance_time(c, 0.001, 10);
	k->backoff_factor = 1 + 2 * chance_uniform(c);
	if (chance_happens(c, 0.7))
		k->backoff_max = chance_time(c, 0.01, 30);
	k->jitter = (enum jitter)chance_below(c, 3);
	k->retry_on = (unsigned)chance_below(c, 16);
	if (chance_happens(c, 0.3)) {
		k->quota = 500;
		k->quota_cost = 1 + (int)chance_below(c, 14);
		k->quota_timeout_cost = 1 + (int)chance_below(c, 14);
		k->quota_throttle_cost = 1 + (int)chance_below(c, 14);
	}
	k->processes = 1 + (int)chance_below(c, 20);
}

static void source(struct chance *c, struct scenario *s, double requests)
{
	size_t function = chance_below(c, s->function_count);
	enum source_kind kind = (enum source_kind)chance_below(c, SOURCE_FUNCTION_URL + 1);
	struct source_spec *v = build_source(s, arena_format(&s->arena, "F%zu.S%zu", function, s->source_count), function, kind, 1);
	v->arrivals = arrivals(c, s, requests);
	v->has_latency = chance_happens(c, 0.5);
	if (chance_happens(c, 0.5))
		v->latency = any(c, &s->arena, chance_log(c, 1e5, 1e9));
	if (v->wait_limit != SIMTIME_NEVER && chance_happens(c, 0.3))
		v->wait_limit = chance_time(c, 0.05, 29);
	if (chance_happens(c, 0.5))
		client(c, v);
}

/* --- the whole
 * ------------------------------------------------------------------------------------------------------------------ */

struct scenario *chance_scenario(uint64_t seed, double requests)
{
	struct chance c = {seed};
	struct scenario *s = build_scenario(chance_time(&c, 0.5, 30 * 86400.0), next(&c));
	if (chance_happens(&c, 0.5))
		s->warm_up = (simtime)((double)s->duration * 0.9 * chance_uniform(&c));
	int limit = chance_happens(&c, 0.3) ? 1000 : (int)chance_log(&c, 1, 3000);
	s->account = (struct account_spec){
		.concurrent_executions = limit,
		.used_by_others = chance_happens(&c, 0.7) ? 0 : (int)chance_below(&c, (uint64_t)limit + 1),
		.scaling_unlimited = chance_happens(&c, 0.3),
		.request_unlimited = chance_happens(&c, 0.3),
	};
	int left_to_reserve = limit - s->account.used_by_others - SCENARIO_KEPT_UNRESERVED;
	size_t functions = 1 + chance_below(&c, 4), sources = chance_happens(&c, 0.02) ? 0 : 1 + chance_below(&c, 6);
	double all = chance_log(&c, 3, requests);
	for (size_t i = 0; i < functions; i++)
		function(&c, s, &left_to_reserve);
	for (size_t i = 0; i < sources; i++)
		source(&c, s, all / (double)sources);
	for (size_t i = 0; i < functions; i++)
		if (chance_happens(&c, 0.4))
			profile(&c, s, i);
	return s;
}
