/* batches: a real handler measured with batches of 1, 10 and 100 records foretells one of 30; and failures of records are found. */
#include "models/cost/cost.h"
#include "tests/handlers/harness.h"
#include "tests/handlers/onefunction.h"

/* A queue that the function Tested reads, and a source that sends to it. */
struct reader {
	struct bench bench;
	struct queue_spec queue;
	struct mapping_spec mapping;
	struct payload_spec payloads[2];
};

static void reader_init(struct reader *r, const char *runtime, const char *handler)
{
	bench_init(&r->bench, runtime, "batch", handler);
	r->queue = (struct queue_spec){.name = "Orders", .visibility = 30 * SIMTIME_SECOND, .retention = SIMTIME_DAY};
	r->mapping = (struct mapping_spec){.name = "Tested.Orders",
	                                   .source = {TARGET_QUEUE, 0, "Orders"},
	                                   .enabled = true,
	                                   .batch_size = 100,
	                                   .window = SIMTIME_SECOND};
	r->payloads[0] = r->payloads[1] =
		(struct payload_spec){.file = "order.json", .text = "{\"order\": \"A-1\"}", .text_length = 16, .weight = 1};
	struct scenario *s = &r->bench.scenario;
	struct source_spec *source = &r->bench.source;
	*source = (struct source_spec){.name = "Orders",
	                               .kind = SOURCE_SQS,
	                               .function = SOURCE_NO_FUNCTION,
	                               .target = r->mapping.source,
	                               .payloads = r->payloads,
	                               .payload_count = 1};
	s->queues = &r->queue;
	s->queue_count = 1;
	s->mappings = &r->mapping;
	s->mapping_count = 1;
	r->bench.function.memory_mb = 1769; /* one whole vCPU: the time that was measured is the time that it takes */
	r->bench.function.timeout_s = 30;
	r->bench.function.profile_runs = 10;
}

static const struct profile_payload *entry(const struct reader *r, size_t content, uint32_t batch)
{
	const struct profile *p = r->bench.profile;
	for (size_t i = 0; i < p->payload_count; i++)
		if (p->payloads[i].payload == content && p->payloads[i].batch == batch &&
		    strcmp(p->payloads[i].source, "Tested.Orders") == 0)
			return &p->payloads[i];
	check(false, __LINE__, "no runs with %u records of content %zu", (unsigned)batch, content);
	return NULL;
}

/* --- 30 records ------------------------------------------------------------------------------------------------------------------------ */

/* All sizes take turns, so that other work of the machine slows them alike. */
enum { THIRTY = 30, DRAWS = 20000, ROUNDS = 5, RUNS = 4 };

/* A handler that computes all the time waits for nothing but a processor that others have: that is no cost of its records. */
enum part { PART_CPU, PART_ALL };

static void forget_waiting(struct profile *p)
{
	for (size_t i = 0; i < p->payload_count; i++)
		for (size_t k = 0; k < p->payloads[i].run_count; k++)
			p->payloads[i].runs[k].wait = 0;
}

/* One event for each size in each round: those that the profiler would send, and the one of 30. */
static struct profile_events rounds_of(struct reader *r, struct arena *a)
{
	r->mapping.batch_size = THIRTY;
	struct profile_events small = occasions_of(&r->bench.scenario, 0, a);
	r->mapping.batch_size = 100;
	struct profile_events all = occasions_of(&r->bench.scenario, 0, a);
	struct profile_events out = {ARENA_ARRAY(a, ROUNDS * 4, struct profile_event), 0};
	for (int i = 0; i < ROUNDS; i++) {
		for (size_t k = 0; k < all.count; k++)
			if (all.items[k].need == NEED_ALWAYS)
				out.items[out.count++] = all.items[k];
		for (size_t k = 0; k < small.count; k++)
			if (small.items[k].need == NEED_ALWAYS && small.items[k].batch == THIRTY)
				out.items[out.count++] = small.items[k];
	}
	EQUAL(out.count, ROUNDS * 4);
	return out;
}

/* Mean duration of warm batches of 30, by what was measured at 1, 10 and 100. */
static double foretold_ms(struct reader *r)
{
	static const struct draw_key key = {1, 0};
	struct arena a = {0};
	struct profile known = *r->bench.profile;
	known.payloads = ARENA_ARRAY(&a, known.payload_count, struct profile_payload);
	known.payload_count = 0;
	for (size_t i = 0; i < r->bench.profile->payload_count; i++)
		if (r->bench.profile->payloads[i].batch != THIRTY)
			known.payloads[known.payload_count++] = r->bench.profile->payloads[i];
	EQUAL(known.payload_count, ROUNDS * 3);
	r->bench.function.model = MODEL_PROFILE;
	r->bench.function.profile = &known;
	const struct cost *c = cost_new_consumer(&r->bench.scenario, 0, "Tested.Orders", 7, &a);
	double sum = 0;
	for (uint64_t i = 0; i < DRAWS; i++)
		sum += (double)c->ops->batch(c, &key, &(struct cost_batch){.number = i, .records = THIRTY}).duration / 1e6;
	r->bench.function.profile = NULL;
	arena_fini(&a);
	return sum / DRAWS;
}

static double measured_ms(const struct reader *r)
{
	const struct profile *p = r->bench.profile;
	double sum = 0, count = 0;
	for (size_t i = 0; i < p->payload_count; i++)
		for (size_t k = 0; p->payloads[i].batch == THIRTY && k < p->payloads[i].run_count; k++)
			if (!p->payloads[i].runs[k].first) {
				sum += (double)(p->payloads[i].runs[k].cpu + p->payloads[i].runs[k].wait) / 1e6;
				count++;
			}
	EQUAL(count, ROUNDS * (RUNS - 1));
	return sum / count;
}

static double error_of(const char *runtime, const char *handler, enum part part)
{
	struct reader r;
	struct arena a = {0};
	double error = 1;
	reader_init(&r, runtime, handler);
	r.bench.function.profile_runs = RUNS;
	struct profile_events events = rounds_of(&r, &a);
	if (check(profiler_measure(&r.bench.scenario, 0, &events, &r.bench.options, &r.bench.profile, &r.bench.e) == 0, __LINE__,
	          "%s", r.bench.e.text)) {
		if (part == PART_CPU)
			forget_waiting(r.bench.profile);
		double foretold = foretold_ms(&r), measured = measured_ms(&r);
		error = foretold / measured - 1;
		printf("  %s %s: 30 records foretold %.2f ms, measured %.2f ms: %+.1f %%\n", runtime, handler, foretold, measured,
		       100 * error);
	}
	profile_free(r.bench.profile);
	arena_fini(&a);
	return error;
}

/* A machine that is busy with other things may spoil one measurement, but does not do so each time. */
static void within_a_tenth(const char *runtime, const char *handler, enum part part)
{
	enum { TRIES = 3 };
	double error = 1;
	for (int i = 0; i < TRIES && !(error <= 0.1 && error >= -0.1) && failures == 0; i++)
		error = error_of(runtime, handler, part);
	CHECK(error <= 0.1 && error >= -0.1);
}

static void python_computes(void)
{
	within_a_tenth(PY, "app.compute", PART_CPU);
}

static void python_waits(void)
{
	within_a_tenth(PY, "app.wait", PART_ALL);
}

static void node_computes(void)
{
	within_a_tenth(NODE, "app.compute", PART_CPU);
}

static void node_waits(void)
{
	within_a_tenth(NODE, "app.wait", PART_ALL);
}

/* --- records that fail ----------------------------------------------------------------------------------------------------------------- */

/* Of two payloads the second is bad. */
static const struct cost *with_bad_ones(struct reader *r, const char *handler, bool report, struct arena *a)
{
	reader_init(r, PY, handler);
	r->payloads[1].text = "{\"bad\": 1}";
	r->payloads[1].text_length = 10;
	r->bench.source.payload_count = 2;
	r->bench.function.profile_runs = 2;
	r->mapping.batch_size = 10;
	r->mapping.report_failures = report;
	if (!check(bench_measure(&r->bench), __LINE__, "%s", r->bench.e.text))
		return NULL;
	r->bench.function.model = MODEL_PROFILE;
	r->bench.function.profile = r->bench.profile;
	return cost_new_consumer(&r->bench.scenario, 0, "Tested.Orders", 7, a);
}

static bool fails(const struct cost *c, uint32_t content)
{
	return c->ops->record_fails(c, &(struct draw_key){1, 0}, 99, content, 0);
}

static void failures_are_reported(void)
{
	for (int report = 0; report < 2; report++) {
		struct reader r;
		struct arena a = {0};
		const struct cost *c = with_bad_ones(&r, "app.report", report, &a);
		if (c) {
			EQUAL(entry(&r, 0, 10)->runs[0].failed_records, 0);
			EQUAL(entry(&r, 1, 1)->runs[0].failed_records, 1);
			EQUAL(entry(&r, 1, 10)->runs[0].failed_records, 10);
			EQUAL(entry(&r, 1, 10)->runs[0].outcome, OUTCOME_OK);
			EQUAL(fails(c, 0), false);
			EQUAL(fails(c, 1), report);
			EQUAL(c->whole, !report);
		}
		profile_free(r.bench.profile);
		arena_fini(&a);
	}
}

static void failures_are_raised(void)
{
	struct reader r;
	struct arena a = {0};
	const struct cost *c = with_bad_ones(&r, "app.refuse", true, &a);
	if (c) {
		EQUAL(entry(&r, 1, 10)->runs[0].outcome, OUTCOME_ERROR);
		EQUAL(fails(c, 0), false);
		EQUAL(fails(c, 1), true);
		EQUAL(c->whole, true);
	}
	profile_free(r.bench.profile);
	arena_fini(&a);
}

/* --- the attempt ------------------------------------------------------------------------------------------------------------------------ */

static size_t measured_of(const struct profile *p, uint32_t attempt)
{
	size_t count = 0;
	for (size_t i = 0; i < p->payload_count; i++)
		count += p->payloads[i].attempt == attempt && p->payloads[i].run_count > 0;
	return count;
}

/* Only where the first receive fails is there a second one, and a third only where that fails, too. */
static void retries_are_measured(void)
{
	struct reader r;
	struct arena a = {0};
	const struct cost *c = with_bad_ones(&r, "app.report", true, &a);
	if (c) {
		EQUAL(measured_of(r.bench.profile, 0), 4);
		EQUAL(measured_of(r.bench.profile, 1), 2); /* the bad ones */
		EQUAL(measured_of(r.bench.profile, 2), 2);
		EQUAL(c->attempts, 3);
	}
	profile_free(r.bench.profile);
	arena_fini(&a);
	reader_init(&r, PY, "app.second");
	r.bench.function.profile_runs = 2;
	r.bench.function.errors_expected = true;
	r.mapping.batch_size = 10;
	if (check(bench_measure(&r.bench), __LINE__, "%s", r.bench.e.text)) {
		r.bench.function.model = MODEL_PROFILE;
		r.bench.function.profile = r.bench.profile;
		c = cost_new_consumer(&r.bench.scenario, 0, "Tested.Orders", 7, &a);
		EQUAL(measured_of(r.bench.profile, 1), 2);
		EQUAL(measured_of(r.bench.profile, 2), 0);
		EQUAL(c->attempts, 2);
		for (uint32_t attempt = 0; attempt < 5; attempt++)
			EQUAL(c->ops->record_fails(c, &(struct draw_key){1, 0}, 99, 0, attempt), attempt == 0);
	}
	profile_free(r.bench.profile);
	arena_fini(&a);
}

/* Ten bad ones take 2 s; no reason to refuse a mixture that holds one. */
static void heavy_batches_are_excused(void)
{
	struct reader r;
	struct arena a = {0};
	reader_init(&r, PY, "app.weigh");
	r.payloads[1].text = "{\"bad\": 1}";
	r.payloads[1].text_length = 10;
	r.bench.source.payload_count = 2;
	r.bench.function.profile_runs = 4;
	r.bench.function.timeout_s = 1;
	r.bench.function.errors_expected = false;
	if (check(bench_measure(&r.bench), __LINE__, "%s", r.bench.e.text)) {
		r.bench.function.model = MODEL_PROFILE;
		r.bench.function.profile = r.bench.profile;
		EQUAL(entry(&r, 1, 10)->runs[0].outcome, OUTCOME_TIMEOUT);
		EQUAL(entry(&r, 1, 3)->run_count, 4);
		EQUAL(entry(&r, 1, 100)->run_count, 0); /* more would take even longer */
		EQUAL(entry(&r, 0, 3)->run_count, 0);
		const struct cost *c = cost_new_consumer(&r.bench.scenario, 0, "Tested.Orders", 7, &a);
		const struct cost_share shares[] = {{0, 0, 9}, {1, 0, 1}};
		struct cost_batch b = {.number = 1, .records = 10, .share_count = 2, .shares = shares};
		struct work w = c->ops->batch(c, &(struct draw_key){1, 0}, &b);
		EQUAL(w.outcome, OUTCOME_OK);
		CHECK(w.duration > 150 * MS && w.duration < 500 * MS);
		b = (struct cost_batch){.number = 1, .records = 10, .payload = 1};
		EQUAL(c->ops->batch(c, &(struct draw_key){1, 0}, &b).outcome, OUTCOME_TIMEOUT);
	}
	profile_free(r.bench.profile);
	arena_fini(&a);
}

/* --- the cache -------------------------------------------------------------------------------------------------------------------------- */

static void cache_has_batches(void)
{
	struct reader r;
	reader_init(&r, PY, "app.report");
	r.bench.function.profile_runs = 1;
	r.bench.options.refresh = false;
	CHECK(bench_measure(&r.bench));
	simtime cpu = entry(&r, 0, 10)->runs[0].cpu;
	int files = count_entries(r.bench.cache);
	CHECK(bench_measure(&r.bench));
	EQUAL(entry(&r, 0, 10)->runs[0].cpu, cpu); /* found again */
	r.mapping.batch_size = 20;
	CHECK(bench_measure(&r.bench));
	CHECK(entry(&r, 0, 20) != NULL);
	EQUAL(count_entries(r.bench.cache), files + 1);
	profile_free(r.bench.profile);
}

static const struct test tests[] = {
	{"python_computes", python_computes},
	{"python_waits", python_waits},
	{"node_computes", node_computes},
	{"node_waits", node_waits},
	{"failures_are_reported", failures_are_reported},
	{"failures_are_raised", failures_are_raised},
	{"retries_are_measured", retries_are_measured},
	{"heavy_batches_are_excused", heavy_batches_are_excused},
	{"cache_has_batches", cache_has_batches},
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
