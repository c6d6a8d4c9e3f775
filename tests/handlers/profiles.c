/* profiles: what the profiler measures and counts, what its cache keeps, and which HTTP status an answer becomes. */
#include "tests/handlers/harness.h"
#include "tests/handlers/onefunction.h"

/* --- the profiler ------------------------------------------------------------------------------------------------------------------------------ */

struct seen_progress {
	int calls, done, total, stop_at;
};

static int on_progress(void *ctx, const char *function, const struct profile_event *with, int done, int total)
{
	struct seen_progress *seen = ctx;
	SAME(function, "Tested");
	CHECK(with->batch == 1);
	seen->calls++;
	seen->done = done;
	seen->total = total;
	return seen->stop_at && done >= seen->stop_at;
}

static void profiler_counts(void)
{
	struct bench b;
	struct seen_progress seen = {0};
	bench_init(&b, PY, "python", "app.hello");
	struct payload_spec payloads[2] = {b.payload, b.payload};
	b.source.payloads = payloads;
	b.source.payload_count = 2;
	b.source.kind = SOURCE_HTTP_API;
	b.function.profile_runs = 9;
	b.options.progress = on_progress;
	b.options.progress_ctx = &seen;
	if (CHECK(bench_measure(&b))) {
		EQUAL(b.profile->payload_count, 2);
		SAME(b.profile->payloads[1].source, "Tested.Get");
		EQUAL(b.profile->payloads[1].payload, 1);
		for (size_t i = 0; i < 2; i++) {
			size_t first = 0;
			EQUAL(b.profile->payloads[i].run_count, 9);
			for (size_t k = 0; k < 9; k++) {
				first += b.profile->payloads[i].runs[k].first;
				EQUAL(b.profile->payloads[i].runs[k].status, 200);
			}
			EQUAL(first, 3);
		}
		EQUAL(b.profile->init_count, 6);
		SAME(b.profile->backend, "none");
		EQUAL(seen.done, 18);
		EQUAL(seen.total, 18);
	}
	profile_free(b.profile);
}

static void profiler_without_sources(void)
{
	struct bench b;
	bench_init(&b, PY, "python", "app.echo");
	b.scenario.source_count = 0;
	if (CHECK(bench_measure(&b))) {
		SAME(b.profile->payloads[0].source, "Tested");
		EQUAL(bench_run(&b)->response_bytes, 2);
	}
	profile_free(b.profile);
}

static void profiler_stops(void)
{
	struct bench b;
	struct seen_progress seen = {.stop_at = 3};
	bench_init(&b, PY, "python", "app.wait");
	b.function.profile_runs = 100;
	b.options.progress = on_progress;
	b.options.progress_ctx = &seen;
	CHECK(!bench_measure(&b));
	HAS(b.e.text, "interrupted");
	CHECK(seen.done < 10);
	CHECK(!file_exists(b.cache));
	/* In the middle of a run, too. */
	bench_init(&b, PY, "python", "app.sleep");
	b.function.timeout_s = 30;
	b.options.progress = on_progress;
	b.options.progress_ctx = &seen;
	seen = (struct seen_progress){.stop_at = 0};
	seen.stop_at = -1;
	int64_t start = clock_monotonic_ns();
	CHECK(!bench_measure(&b));
	CHECK(clock_monotonic_ns() - start < 3000 * MS);
}

static bool measured_anew(struct bench *b)
{
	struct seen_progress seen = {0};
	b->options.refresh = false;
	b->options.progress = on_progress;
	b->options.progress_ctx = &seen;
	CHECK(bench_measure(b));
	return seen.calls > 0;
}

static void spoil(const char *folder, void (*how)(const char *path))
{
	DIR *d = opendir(folder);
	for (const struct dirent *entry; d && (entry = readdir(d)) != NULL;) {
		char path[512];
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.')
			how(path);
	}
	if (d)
		closedir(d);
}

static void cut(const char *path)
{
	CHECK(truncate(path, 100) == 0);
}

static void scratch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(pwrite(fd, "7", 1, 200) == 1);
	close(fd);
}

static void empty(const char *path)
{
	CHECK(truncate(path, 0) == 0);
}

static void cache_works(void)
{
	struct bench b;
	bench_init(&b, PY, "python", "app.hello");
	b.function.profile_runs = 3;
	CHECK(measured_anew(&b));
	int64_t cpu = bench_run(&b)->cpu, wall = b.profile->inits[4].wall;
	CHECK(!measured_anew(&b));
	EQUAL(bench_run(&b)->cpu, cpu);
	EQUAL(b.profile->inits[4].wall, wall);
	EQUAL(b.profile->payloads[0].run_count, 3);
	CHECK(bench_run(&b)->first && !b.profile->payloads[0].runs[2].first == (b.profile->payloads[0].runs[2].first == false));
	static void (*const damages[])(const char *) = {cut, scratch, empty};
	for (size_t i = 0; i < 3; i++) {
		spoil(b.cache, damages[i]);
		CHECK(measured_anew(&b));
		CHECK(!measured_anew(&b));
	}
	b.function.memory_mb = 129;
	CHECK(measured_anew(&b));
	b.function.memory_mb = 128;
	CHECK(!measured_anew(&b));
	b.payload.event = "[]";
	b.payload.event_length = 2;
	CHECK(measured_anew(&b));
	EQUAL(count_entries(b.cache), 2 + 3);
	profile_free(b.profile);
}

static void cache_follows_code(void)
{
	struct bench b;
	struct error e = {0};
	char path[128];
	bench_init(&b, PY, "python", "own.handler");
	snprintf(b.code, sizeof b.code, "%s/own", work);
	snprintf(path, sizeof path, "%s/own/own.py", work);
	CHECK(file_make_folder(b.code, &e) == 0);
	const char *one = "def handler(e, c): return 1\n", *two = "def handler(e, c): return 22\n";
	CHECK(file_write(path, one, strlen(one), &e) == 0);
	CHECK(measured_anew(&b));
	CHECK(file_write(path, two, strlen(two), &e) == 0);
	CHECK(measured_anew(&b));
	EQUAL(bench_run(&b)->response_bytes, 2);
	CHECK(file_write(path, one, strlen(one), &e) == 0);
	CHECK(!measured_anew(&b));
	EQUAL(bench_run(&b)->response_bytes, 1);
	/* No byte code was left in the user's folder. */
	EQUAL(count_entries(b.code), 3);
	profile_free(b.profile);
}

/* --- payloads with slots ---------------------------------------------------------------------------------------------------------------- */

static void use_slots(struct bench *b, const char *text)
{
	b->payload.text = text;
	b->payload.text_length = strlen(text);
}

static int by_wait(const void *a, const void *b)
{
	simtime one = ((const struct profile_run *)a)->wait, two = ((const struct profile_run *)b)->wait;
	return (one > two) - (one < two);
}

/* A handler that waits as long as its event says, from 10 to 100 ms: the waits that are measured are those of the slot, and there are more of them
 * than Runs. Another machine's load makes waits longer: the middle and the low end are looked at. */
static void slots_differ_in_each_run(void)
{
	struct bench b;
	struct error e = {0};
	char path[128];
	const char *code = "import time\ndef handler(e, c):\n    time.sleep(e['ms'] / 1000)\n    return e['n']\n";
	struct seen_progress seen = {0};
	bench_init(&b, PY, "python", "waits.handler");
	snprintf(b.code, sizeof b.code, "%s/waits", work);
	snprintf(path, sizeof path, "%s/waits/waits.py", work);
	CHECK(file_make_folder(b.code, &e) == 0);
	CHECK(file_write(path, code, strlen(code), &e) == 0);
	use_slots(&b, "{\"ms\": {{random 10 100}}, \"n\": {{counter}}}");
	b.function.profile_runs = 10;
	b.options.progress = on_progress;
	b.options.progress_ctx = &seen;
	if (CHECK(bench_measure(&b))) {
		struct profile_payload *p = &b.profile->payloads[0];
		EQUAL(p->run_count, 40);
		EQUAL(seen.done, 40);
		EQUAL(seen.total, 40);
		EQUAL(p->runs[8].response_bytes, 1);
		EQUAL(p->runs[9].response_bytes, 2);           /* "10" */
		CHECK(p->runs[2].first && !p->runs[12].first); /* five starts, all among the first ten */
		qsort(p->runs, 40, sizeof *p->runs, by_wait);
		CHECK(p->runs[0].wait >= 9 * MS && p->runs[3].wait <= 40 * MS);
		CHECK(p->runs[19].wait >= 50 * MS && p->runs[19].wait <= 75 * MS);
		CHECK(p->runs[36].wait >= 85 * MS);
	}
	profile_free(b.profile);
}

/* The key is the text with its slots. */
static void slots_are_cached(void)
{
	struct bench b;
	bench_init(&b, PY, "python", "app.hello");
	b.function.profile_runs = 2;
	use_slots(&b, "{\"n\": {{counter}}, \"at\": \"{{time}}\"}");
	CHECK(measured_anew(&b));
	CHECK(!measured_anew(&b));
	use_slots(&b, "{\"n\": {{counter}}, \"at\": \"{{time s}}\"}");
	CHECK(measured_anew(&b));
	CHECK(!measured_anew(&b));
	use_slots(&b, "{\"n\": {{random 1 100}}}");
	CHECK(measured_anew(&b));
	use_slots(&b, "{\"n\":  {{random 1 100}}}");
	CHECK(measured_anew(&b));
	CHECK(!measured_anew(&b));
	profile_free(b.profile);
}

static void statuses(void)
{
	static const struct {
		const char *answer;
		int rest, http, invoke;
	} cases[] = {
		{"{\"statusCode\":200}", 200, 200, 0},
		{"{\"statusCode\":\"201\"}", 201, 201, 0},
		{"{\"statusCode\":404,\"body\":\"no\",\"headers\":null,\"isBase64Encoded\":false}", 404, 404, 0},
		{"{\"headers\":{\"a\":1}}", 200, 200, 0},
		{"{\"statusCode\":\"test\"}", -1, -1, 0},
		{"{\"statusCode\":0}", -1, -1, 0},
		{"{\"statusCode\":200.5}", -1, -1, 0},
		{"{\"statusCode\":\"200x\"}", -1, -1, 0},
		{"{\"statusCode\":200,\"body\":{\"a\":1}}", -1, -1, 0},
		{"{\"statusCode\":200,\"multiValueHeaders\":{\"a\":\"b\"}}", -1, 200, 0},
		{"{\"statusCode\":200,\"wrongValue\":1}", -1, 200, 0},
		{"{\"message\":1}", -1, 200, 0},
		{"\"text\"", -1, 200, 0},
		{"null", -1, 200, 0},
		{"[1]", -1, 200, 0},
		{"no JSON", -1, 200, 0},
		{"", -1, 200, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *a = cases[i].answer;
		check_equal(proxy_status(SOURCE_API, false, a, strlen(a), false), cases[i].rest, __LINE__, a);
		check_equal(proxy_status(SOURCE_HTTP_API, false, a, strlen(a), false), cases[i].http, __LINE__, a);
		int http_rest = cases[i].rest == 200 && !strstr(a, "statusCode") ? -1 : cases[i].rest;
		check_equal(proxy_status(SOURCE_HTTP_API, true, a, strlen(a), false), http_rest, __LINE__, a);
		check_equal(proxy_status(SOURCE_FUNCTION_URL, false, a, strlen(a), false), cases[i].http, __LINE__, a);
		check_equal(proxy_status(SOURCE_INVOKE, false, a, strlen(a), false), cases[i].invoke, __LINE__, a);
	}
}

static const struct test tests[] = {
	{"statuses", statuses},
	{"profiler_counts", profiler_counts},
	{"profiler_without_sources", profiler_without_sources},
	{"profiler_stops", profiler_stops},
	{"cache_works", cache_works},
	{"cache_follows_code", cache_follows_code},
	{"slots_differ_in_each_run", slots_differ_in_each_run},
	{"slots_are_cached", slots_are_cached},
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
