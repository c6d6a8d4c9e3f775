/* Events between resources, in scenarios of random shape: functions, queues (FIFO ones and redrive chains), topics, buses, buckets, streams,
 * mappings, destinations and emissions in any order, loops too. Whatever happens, every event is accounted for (run.c asserts it for each
 * station after each replication; here it is added up once more, and by source), and the same seed gives the same result. */
#include <check.h>
#include <string.h>

#include "models/flow.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"
#include "tests/unit/fixture_scenario.h"

enum { SEEDS = 240, GROUPS = 8, SOURCES_MOST = 5 };

/* --- making one ----------------------------------------------------------------------------------------------------------------------------- */

struct maker {
	struct scenario *s;
	uint64_t random;
};

static bool odds(struct maker *m, unsigned one_in)
{
	return fixture_below(&m->random, one_in) == 0;
}

static simtime between(struct maker *m, simtime low, simtime high)
{
	return low + (simtime)fixture_below(&m->random, (uint64_t)(high - low) + 1);
}

static size_t count_of(const struct scenario *s, enum target_kind kind)
{
	const size_t counts[TARGET_KINDS] = {
		[TARGET_FUNCTION] = s->function_count,
		[TARGET_QUEUE] = s->queue_count,
		[TARGET_TOPIC] = s->topic_count,
		[TARGET_BUS] = s->bus_count,
		[TARGET_BUCKET] = s->bucket_count,
		[TARGET_STREAM] = s->stream_count,
		[TARGET_OUTSIDE] = 1,
	};
	return counts[kind];
}

#define KIND(k) (1u << TARGET_##k)

/* A target of one of the kinds, or none when there is no such resource. FIFO queues only where `fifo` says so. */
static struct target target_among(struct maker *m, unsigned kinds, bool fifo)
{
	for (int tries = 0; tries < 20; tries++) {
		enum target_kind kind = (enum target_kind)fixture_below(&m->random, TARGET_KINDS);
		size_t count = count_of(m->s, kind);
		if (!(kinds >> kind & 1) || count == 0)
			continue;
		size_t index = fixture_below(&m->random, count);
		if (kind == TARGET_QUEUE && m->s->queues[index].fifo && !fifo)
			continue;
		return (struct target){kind, index, "t"};
	}
	return (struct target){0};
}

static struct keys_spec keys(struct maker *m)
{
	return (struct keys_spec){(enum key_kind)fixture_below(&m->random, 3), 1 + (uint32_t)fixture_below(&m->random, 30),
	                          2 * fixture_uniform(&m->random)};
}

static struct distribution duration(struct maker *m, simtime most)
{
	switch (fixture_below(&m->random, 3)) {
	case 0: return fixture_constant(between(m, 1, most));
	case 1: return fixture_exponential(between(m, 1, most));
	default: return fixture_uniform_between(0, between(m, 1, most));
	}
}

static double share(struct maker *m)
{
	return odds(m, 2) ? 0 : odds(m, 6) ? 1 : fixture_uniform(&m->random) / 3;
}

static const char *name(struct maker *m, const char *kind, size_t i)
{
	return arena_format(&m->s->arena, "%s%zu", kind, i);
}

static void make_queues(struct maker *m)
{
	struct scenario *s = m->s;
	s->queue_count = fixture_below(&m->random, 5);
	s->queues = ARENA_ARRAY(&s->arena, s->queue_count, struct queue_spec);
	for (size_t i = 0; i < s->queue_count; i++) {
		struct queue_spec *q = &s->queues[i];
		*q = (struct queue_spec){.name = name(m, "Q", i),
		                         .fifo = odds(m, 3),
		                         .content_deduplication = odds(m, 2),
		                         .visibility = between(m, 5, 40) * SIMTIME_SECOND,
		                         .delay = odds(m, 3) ? between(m, 0, 20) * SIMTIME_SECOND : 0,
		                         .retention = between(m, 60, 600) * SIMTIME_SECOND};
		q->duplicate_rate = q->fifo ? 0 : share(m);
		q->message_most = odds(m, 4) ? between(m, 1, 400) : 0; /* smaller than what may come */
	}
	for (size_t i = 0; i < s->queue_count; i++) {
		struct queue_spec *q = &s->queues[i];
		struct target dead = target_among(m, KIND(QUEUE) | KIND(OUTSIDE), q->fifo);
		bool fits = dead.kind == TARGET_OUTSIDE ||
		            (dead.kind == TARGET_QUEUE && dead.index > i && s->queues[dead.index].fifo == q->fifo);
		if (!fits || odds(m, 3))
			continue;
		q->dead_letter = dead;
		q->max_receive_count = 1 + (int)fixture_below(&m->random, 4);
	}
}

static void make_streams(struct maker *m)
{
	struct scenario *s = m->s;
	s->stream_count = fixture_below(&m->random, 3);
	s->streams = ARENA_ARRAY(&s->arena, s->stream_count, struct stream_spec);
	for (size_t i = 0; i < s->stream_count; i++)
		s->streams[i] = (struct stream_spec){.name = name(m, "K", i),
		                                     .kind = odds(m, 2) ? STREAM_KINESIS : STREAM_DYNAMODB,
		                                     .on_demand = odds(m, 4),
		                                     .shards = 1 + (int)fixture_below(&m->random, 4),
		                                     .retention = between(m, 60, 600) * SIMTIME_SECOND,
		                                     .view = "NEW_IMAGE",
		                                     .hash_key = "id"};
}

static struct filter_spec *filter(struct maker *m)
{
	static const char *const texts[] = {"{\"body\":{\"a\":[1]}}", "{\"a\":[1]}", "{\"data\":{\"a\":[2]}}",
	                                    "{\"detail\":{\"a\":[1]}}"};
	struct filter_spec *f = ARENA_NEW(&m->s->arena, struct filter_spec);
	f->text = texts[fixture_below(&m->random, sizeof texts / sizeof *texts)];
	f->length = strlen(f->text);
	return f;
}

static struct target dead_letter(struct maker *m)
{
	return target_among(m, KIND(QUEUE) | KIND(OUTSIDE), false);
}

/* So that many a delivery fails for good within minutes, a bus's at least. */
static struct delivery_spec delivery(struct maker *m)
{
	return (struct delivery_spec){odds(m, 2) ? 0 : odds(m, 4) ? 1 : fixture_uniform(&m->random), fixture_uniform(&m->random)};
}

static void make_topics(struct maker *m)
{
	struct scenario *s = m->s;
	s->topic_count = fixture_below(&m->random, 3);
	s->topics = ARENA_ARRAY(&s->arena, s->topic_count, struct topic_spec);
	for (size_t i = 0; i < s->topic_count; i++) {
		size_t count = fixture_below(&m->random, 3), made = 0;
		struct subscription_spec *x = ARENA_ARRAY(&s->arena, count, struct subscription_spec);
		for (size_t k = 0; k < count; k++) {
			x[made] = (struct subscription_spec){.target = target_among(m, KIND(FUNCTION) | KIND(QUEUE) | KIND(OUTSIDE),
			                                                            false),
			                                     .has_filter = odds(m, 3),
			                                     .scope = FILTER_BODY,
			                                     .raw = odds(m, 2)};
			if (x[made].has_filter)
				x[made].filter = *filter(m);
			made += x[made].target.kind != TARGET_NONE;
		}
		s->topics[i] = (struct topic_spec){.name = name(m, "T", i),
		                                   .subscriptions = x,
		                                   .subscription_count = made,
		                                   .delivery = delivery(m)};
	}
}

/* What the target gets in the event's place; of the last transformer a function gets no JSON, and refuses. */
static void make_input(struct maker *m, struct rule_target_spec *t)
{
	static const struct input_variable variables[] = {{"a", "$.detail.a"}, {"detail", "$.detail"}};
	static const struct input_transformer transformers[] = {{variables, 2, "{\"a\": <a>, \"event\": <aws.events.event.json>}"},
	                                                        {variables, 2, "\"<detail>\""}};
	switch (fixture_below(&m->random, 5)) {
	case 0: t->input_path = "$.detail"; break;
	case 1: t->transformer = &transformers[fixture_below(&m->random, 2)]; break;
	case 2: t->input = "{\"a\":1}"; break;
	default: break;
	}
}

static struct rule_spec rule(struct maker *m, size_t number)
{
	struct rule_target_spec *t = ARENA_ARRAY(&m->s->arena, 2, struct rule_target_spec);
	struct rule_spec x = {.name = name(m, "R", number), .disabled = odds(m, 5), .targets = t};
	for (size_t k = 0, count = fixture_below(&m->random, 3); k < count; k++) {
		t[x.target_count] = (struct rule_target_spec){.target = target_among(m,
		                                                                     KIND(FUNCTION) | KIND(QUEUE) | KIND(TOPIC) |
		                                                                             KIND(STREAM) | KIND(OUTSIDE),
		                                                                     true),
		                                              .max_age = between(m, 60, 400) * SIMTIME_SECOND,
		                                              .max_retries = (int)fixture_below(&m->random, 12),
		                                              .dead_letter = odds(m, 2) ? dead_letter(m) : (struct target){0}};
		make_input(m, &t[x.target_count]);
		x.target_count += t[x.target_count].target.kind != TARGET_NONE;
	}
	if (odds(m, 3))
		x.pattern = *filter(m);
	return x;
}

static void make_buses(struct maker *m)
{
	struct scenario *s = m->s;
	s->bus_count = fixture_below(&m->random, 3);
	s->buses = ARENA_ARRAY(&s->arena, s->bus_count, struct bus_spec);
	for (size_t i = 0; i < s->bus_count; i++) {
		size_t count = fixture_below(&m->random, 3);
		struct rule_spec *rules = ARENA_ARRAY(&s->arena, count, struct rule_spec);
		for (size_t k = 0; k < count; k++)
			rules[k] = rule(m, 10 * i + k);
		s->buses[i] =
			(struct bus_spec){.name = name(m, "B", i), .rules = rules, .rule_count = count, .delivery = delivery(m)};
	}
}

static void make_buckets(struct maker *m)
{
	struct scenario *s = m->s;
	s->bucket_count = fixture_below(&m->random, 2);
	s->buckets = ARENA_ARRAY(&s->arena, s->bucket_count, struct bucket_spec);
	for (size_t i = 0; i < s->bucket_count; i++) {
		struct notification_spec *n = ARENA_NEW(&s->arena, struct notification_spec);
		*n = (struct notification_spec){.event = "s3:ObjectCreated:*",
		                                .target = target_among(m, KIND(FUNCTION) | KIND(QUEUE), false)};
		s->buckets[i] = (struct bucket_spec){.name = name(m, "P", i),
		                                     .notifications = n,
		                                     .notification_count = n->target.kind != TARGET_NONE};
	}
}

static void make_queue_mapping(struct maker *m, struct mapping_spec *x)
{
	const struct queue_spec *q = &m->s->queues[x->source.index];
	x->batch_size = 1 + (int)fixture_below(&m->random, 10);
	if (!q->fifo && odds(m, 2)) {
		x->batch_size = 1 + (int)fixture_below(&m->random, 200);
		x->window = between(m, 1, 30) * SIMTIME_SECOND;
	}
	if (odds(m, 3))
		x->max_concurrency = 2 + (int)fixture_below(&m->random, 10);
	else if (odds(m, 3))
		x->min_pollers = x->max_pollers = 2;
}

static void make_stream_mapping(struct maker *m, struct mapping_spec *x)
{
	x->batch_size = 1 + (int)fixture_below(&m->random, 200);
	x->window = odds(m, 2) ? 0 : between(m, 1, 30) * SIMTIME_SECOND;
	x->starting = (enum starting_position)fixture_below(&m->random, 3);
	x->starting_time = between(m, 0, 30) * SIMTIME_SECOND;
	x->bisect = odds(m, 2);
	x->max_retries = odds(m, 2) ? MAPPING_FOREVER : (int)fixture_below(&m->random, 5);
	x->max_record_age = odds(m, 2) ? SIMTIME_NEVER : between(m, 60, 120) * SIMTIME_SECOND;
	x->enhanced_fan_out = m->s->streams[x->source.index].kind == STREAM_KINESIS && odds(m, 3);
	if (odds(m, 3))
		x->tumbling_window = between(m, 1, 60) * SIMTIME_SECOND;
	else
		x->parallelization = 1 + (int)fixture_below(&m->random, 10);
	if (odds(m, 2))
		x->on_failure = target_among(m, KIND(QUEUE) | KIND(BUCKET) | KIND(OUTSIDE), false);
}

static void make_mappings(struct maker *m)
{
	struct scenario *s = m->s;
	size_t most = 2 * (s->queue_count + s->stream_count);
	s->mappings = ARENA_ARRAY(&s->arena, most, struct mapping_spec);
	for (size_t i = 0; i < most; i++) {
		struct mapping_spec *x = &s->mappings[s->mapping_count];
		*x = (struct mapping_spec){.name = name(m, "M", s->mapping_count),
		                           .source = target_among(m, KIND(QUEUE) | KIND(STREAM), true),
		                           .function = fixture_below(&m->random, s->function_count),
		                           .enabled = !odds(m, 8),
		                           .report_failures = odds(m, 2),
		                           .parallelization = 1,
		                           .max_retries = MAPPING_FOREVER,
		                           .max_record_age = SIMTIME_NEVER};
		if (x->source.kind == TARGET_NONE)
			continue;
		if (odds(m, 3)) {
			x->filters = filter(m);
			x->filter_count = 1;
		}
		if (x->source.kind == TARGET_QUEUE)
			make_queue_mapping(m, x);
		else
			make_stream_mapping(m, x);
		s->mapping_count++;
	}
}

/* A function sends on less than it gets, on average, and its destinations make no more of it, so that loops die out where nothing stops them. */
static void make_emissions(struct maker *m, struct function_spec *f)
{
	struct emit_spec *x = ARENA_ARRAY(&m->s->arena, 2, struct emit_spec);
	for (size_t k = 0, count = fixture_below(&m->random, 3); k < count; k++) {
		x[f->emit_count] = (struct emit_spec){.to = target_among(m, ~0u, true),
		                                      .count = fixture_uniform(&m->random) / 4,
		                                      .payload = fixture_below(&m->random, m->s->payload_count),
		                                      .keys = keys(m)};
		f->emit_count += x[f->emit_count].to.kind != TARGET_NONE;
	}
	f->emits = x;
}

static void make_function(struct maker *m, struct function_spec *f)
{
	const unsigned sinks = KIND(QUEUE) | KIND(OUTSIDE), all = sinks | KIND(FUNCTION) | KIND(BUCKET); /* one copy each */
	f->timeout_s = 1 + (int)fixture_below(&m->random, 5); /* no more than any visibility timeout */
	f->reserved = odds(m, 3) ? (int)fixture_below(&m->random, 6) : FUNCTION_UNRESERVED;
	f->declared.duration = duration(m, 3 * SIMTIME_SECOND);
	f->declared.init = duration(m, SIMTIME_SECOND);
	f->declared.error_rate = share(m);
	f->declared.record_error_rate = share(m) / 4;
	f->declared.record_poison = share(m) / 4;
	f->async = (struct async_spec){.max_retries = (int)fixture_below(&m->random, 3),
	                               .max_age = between(m, 60, 300) * SIMTIME_SECOND,
	                               .recursion_allowed = odds(m, 4),
	                               .duplicate_rate = odds(m, 3) ? fixture_uniform(&m->random) / 4 : 0,
	                               .destination_failure_rate = share(m)};
	if (odds(m, 4))
		f->async.on_success = target_among(m, all, false);
	if (odds(m, 2))
		f->async.on_failure = target_among(m, sinks | KIND(FUNCTION), false);
	if (f->async.on_failure.kind == TARGET_FUNCTION && f->async.on_failure.index <= (size_t)(f - m->s->functions))
		f->async.on_failure = (struct target){0}; /* what is stopped for going round would come back for ever */
	if (odds(m, 2))
		f->async.dead_letter = target_among(m, sinks, false);
	make_emissions(m, f);
}

static void make_source(struct maker *m, struct source_spec *x)
{
	static const enum source_kind kinds[TARGET_KINDS] =
		{[TARGET_FUNCTION] = SOURCE_INVOKE_EVENT, [TARGET_QUEUE] = SOURCE_SQS, [TARGET_TOPIC] = SOURCE_SNS,
	         [TARGET_BUS] = SOURCE_EVENT_BRIDGE,      [TARGET_BUCKET] = SOURCE_S3, [TARGET_STREAM] = SOURCE_KINESIS,
	         [TARGET_OUTSIDE] = SOURCE_INVOKE_EVENT};
	x->payloads = m->s->payloads;
	x->payload_count = m->s->payload_count;
	x->latency = duration(m, SIMTIME_SECOND);
	x->keys = keys(m);
	x->arrivals = (struct arrival_spec){.kind = odds(m, 2) ? ARRIVAL_POISSON : ARRIVAL_CONSTANT,
	                                    .rate_per_s = 3 * fixture_uniform(&m->random)};
	x->function = fixture_below(&m->random, m->s->function_count);
	if (odds(m, 6)) /* synchronous: what it emits counts */
		return;
	x->target = target_among(m, ~KIND(OUTSIDE), true);
	if (x->target.kind == TARGET_NONE)
		x->target = (struct target){TARGET_FUNCTION, x->function, "F"};
	x->kind = kinds[x->target.kind];
	x->function = x->target.kind == TARGET_FUNCTION ? x->target.index : SOURCE_NO_FUNCTION;
}

static void make(struct scenario *s, uint64_t seed)
{
	static const struct payload_spec payloads[] = {
		{.event = "{\"a\":1}", .event_length = 7, .text = "{\"a\":1}", .text_length = 7, .weight = 1},
		{.event = "{\"a\":2}", .event_length = 7, .text = "{\"a\":2}", .text_length = 7, .weight = 2},
	};
	struct maker m = {s, seed};
	fixture_scenario(s, 1 + fixture_below(&m.random, 4), 1 + fixture_below(&m.random, SOURCES_MOST));
	s->seed = seed;
	s->duration = between(&m, 60, 400) * SIMTIME_SECOND;
	s->account.concurrent_executions = odds(&m, 3) ? 110 : 1000;
	s->payloads = ARENA_ARRAY(&s->arena, 2, struct payload_spec);
	memcpy(s->payloads, payloads, sizeof payloads);
	s->payload_count = 2;
	make_queues(&m);
	make_streams(&m);
	make_topics(&m);
	make_buses(&m);
	make_buckets(&m);
	make_mappings(&m);
	for (size_t i = 0; i < s->function_count; i++)
		make_function(&m, &s->functions[i]);
	for (size_t i = 0; i < s->source_count; i++)
		make_source(&m, &s->sources[i]);
}

/* --- what must hold ---------------------------------------------------------------------------------------------------------------------------- */

static uint64_t mixed(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * 0x100000001b3;
}

static uint64_t mixed_number(uint64_t hash, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	return mixed(hash, value != value ? 1 : bits); /* one NaN is as good as another */
}

static uint64_t mixed_histogram(uint64_t hash, const struct histogram *h)
{
	return mixed(mixed(mixed_number(hash, histogram_mean(h)), h->count), (uint64_t)h->largest);
}

static uint64_t mixed_station(uint64_t hash, const struct flow_station *f, const struct station_result *x, size_t periods)
{
	hash = mixed(mixed(hash, x->counts.received), x->held);
	for (int k = 0; k < STATION_ENDS; k++)
		hash = mixed(hash, x->counts.ended[k]);
	if (!f->ops || !f->used)
		return hash;
	for (size_t i = 0; i < f->ops->figure_count; i++)
		hash = mixed_number(hash, x->figures[i]);
	for (size_t i = 0; i < f->ops->series_count * periods; i++)
		hash = mixed_number(hash, x->series[i]);
	return mixed_histogram(hash, &x->age);
}

/* A number that all of a result goes into. */
static uint64_t fingerprint(const struct plan *p, const struct run_result *r)
{
	uint64_t hash = mixed(mixed(0, r->events), r->in_transit);
	for (size_t i = 0; i < p->scenario->function_count; i++) {
		hash = mixed(hash, counts_invocations(&r->functions[i].counts));
		hash = mixed(mixed(hash, counts_errors(&r->functions[i].counts)), counts_throttles(&r->functions[i].counts));
		hash = mixed_histogram(mixed_histogram(hash, &r->functions[i].latency_warm), &r->functions[i].duration);
	}
	for (size_t i = 0; i < p->scenario->source_count; i++)
		hash = mixed_histogram(mixed(hash, r->sources[i].counts.requests), &r->sources[i].latency);
	for (size_t i = 0; i < p->flow.station_count; i++)
		hash = mixed_station(hash, &p->flow.stations[i], &r->stations[i], p->periods);
	return hash;
}

/* Received is ended and held, in every station. */
static void check_accounts(const struct plan *p, const struct run_result *r, uint64_t seed)
{
	for (size_t i = 0; i < p->flow.station_count; i++) {
		const struct station_result *x = &r->stations[i];
		uint64_t ended = 0;
		for (int k = 0; k < STATION_ENDS; k++)
			ended += x->counts.ended[k];
		quick_assert(x->counts.received == ended + x->held, "seed %llu, station %s: %llu received, %llu ended, %llu held",
		             (unsigned long long)seed, p->flow.stations[i].name, (unsigned long long)x->counts.received,
		             (unsigned long long)ended, (unsigned long long)x->held);
	}
}

/* Every event of a source came to its station or is on its way there: all sources of a station together sent no more than it received and is
 * under way. */
static void check_sources(const struct plan *p, const struct run_result *r, uint64_t seed)
{
	uint64_t *sent = MEMORY_ARRAY(p->flow.station_count + 1, uint64_t);
	for (size_t i = 0; i < p->scenario->source_count; i++) {
		const struct source_spec *x = &p->scenario->sources[i];
		if (x->target.kind != TARGET_NONE)
			sent[station_of(p->scenario, x->target)] += r->sources[i].counts.requests;
	}
	for (size_t i = 0; i < p->flow.station_count; i++)
		quick_assert(sent[i] <= r->stations[i].counts.received + r->in_transit, "seed %llu, station %s",
		             (unsigned long long)seed, p->flow.stations[i].name);
	memory_free(sent);
}

static uint64_t replicate(struct run *run, const struct plan *p, uint64_t replication, uint64_t seed)
{
	struct run_result *r = run_replicate(run, replication, NULL, NULL);
	check_accounts(p, r, seed);
	if (p->flow.station_count > 0)
		check_sources(p, r, seed);
	uint64_t print = fingerprint(p, r);
	run_result_free(r, p);
	return print;
}

/* One run after another, and a new one: the order in which replications are made changes nothing, nor what came before them. */
static uint64_t check_seed(uint64_t seed)
{
	struct scenario s;
	make(&s, seed);
	struct plan *p = plan_new(&s, 0);
	struct run *first = run_new(p), *second = run_new(p);
	uint64_t zero = replicate(first, p, 0, seed), one = replicate(first, p, 1, seed);
	quick_assert(replicate(second, p, 1, seed) == one, "seed %llu: a new run differs", (unsigned long long)seed);
	quick_assert(replicate(second, p, 0, seed) == zero, "seed %llu: another order differs", (unsigned long long)seed);
	quick_assert(replicate(first, p, 0, seed) == zero, "seed %llu: the same run differs", (unsigned long long)seed);
	run_free(first);
	run_free(second);
	plan_free(p);
	fixture_scenario_fini(&s);
	return zero;
}

START_TEST(every_event_is_accounted_for)
{
	for (uint64_t seed = 1; seed <= SEEDS / GROUPS; seed++)
		check_seed(1000 * ((uint64_t)_i + 1) + seed);
}
END_TEST

/* With a warm-up the figures leave something out, the accounts of the whole run do not: run.c's own check. */
START_TEST(a_warm_up_changes_no_event)
{
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct scenario s;
		make(&s, seed);
		struct fixture_run all = fixture_run(&s, 0, 0), later = fixture_run(&s, 30 * SIMTIME_SECOND, 0);
		quick_assert(all.result->events == later.result->events, "seed %llu", (unsigned long long)seed);
		for (size_t i = 0; i < all.plan->flow.station_count; i++)
			quick_assert(all.result->stations[i].held == later.result->stations[i].held, "seed %llu, station %s",
			             (unsigned long long)seed, all.plan->flow.stations[i].name);
		fixture_run_fini(&all);
		fixture_run_fini(&later);
		fixture_scenario_fini(&s);
	}
}
END_TEST

/* The seeds are worth something: every kind of resource gets events, and every way to end occurs. */
START_TEST(everything_occurs)
{
	uint64_t received[TARGET_KINDS] = {0}, ended[STATION_ENDS] = {0}, held = 0;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct scenario s;
		make(&s, seed);
		struct fixture_run r = fixture_run(&s, 0, 0);
		for (size_t i = 0; i < r.plan->flow.station_count; i++) {
			received[r.plan->flow.stations[i].kind] += r.result->stations[i].counts.received;
			held += r.result->stations[i].held;
			for (int k = 0; k < STATION_ENDS; k++)
				ended[k] += r.result->stations[i].counts.ended[k];
		}
		fixture_run_fini(&r);
		fixture_scenario_fini(&s);
	}
	for (int kind = TARGET_FUNCTION; kind < TARGET_KINDS; kind++)
		ck_assert_msg(received[kind] > 100, "kind %d", kind);
	for (int k = 0; k < STATION_ENDS; k++)
		ck_assert_msg(ended[k] > 10, "end %d", k);
	ck_assert_uint_gt(held, 100);
}
END_TEST

Suite *topology_suite(void);
Suite *topology_suite(void)
{
	Suite *s = suite_create("topology");
	TCase *tc = tcase_create("random");
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, every_event_is_accounted_for, 0, GROUPS);
	tcase_add_test(tc, a_warm_up_changes_no_event);
	tcase_add_test(tc, everything_occurs);
	suite_add_tcase(s, tc);
	return s;
}
