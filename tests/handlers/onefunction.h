/* onefunction: a scenario of one function, and what measuring it gives. */
#ifndef TESTS_HANDLERS_ONEFUNCTION_H
#define TESTS_HANDLERS_ONEFUNCTION_H

#include "models/occasion.h"
#include "tests/handlers/harness.h"

/* --- a scenario of one function ------------------------------------------------------------------------------------------------------ */

static const struct environment_variable variables[] = {{"COLOUR", "blue"}, {"AWS_REGION", "not this one"}, {"SLEEP", sleep_time}};

struct bench {
	struct function_spec function;
	struct source_spec source;
	struct payload_spec payload;
	struct scenario scenario;
	struct profiler_options options;
	struct profile *profile;
	struct error e;
	char code[4200], cache[128];
};

static void bench_init(struct bench *b, const char *runtime, const char *folder, const char *handler)
{
	*b = (struct bench){0};
	snprintf(b->code, sizeof b->code, "%s/%s", root, folder);
	snprintf(b->cache, sizeof b->cache, "%s/cache", work);
	b->function = (struct function_spec){.name = "Tested",
	                                     .function_name = "Tested",
	                                     .runtime = runtime,
	                                     .handler = handler,
	                                     .code_kind = CODE_FOLDER,
	                                     .code = b->code,
	                                     .memory_mb = 128,
	                                     .timeout_s = 3,
	                                     .ephemeral_mb = 512,
	                                     .profile_runs = 1,
	                                     .errors_expected = true,
	                                     .variables = variables,
	                                     .variable_count = 3};
	b->payload = (struct payload_spec){.event = "{\"a\": [1, \"\xc3\xa9\"]}", .event_length = 16, .weight = 1};
	b->payload.event_length = strlen(b->payload.event);
	b->source = (struct source_spec){.name = "Tested.Get", .kind = SOURCE_INVOKE, .payloads = &b->payload, .payload_count = 1};
	b->scenario = (struct scenario){.region = "eu-west-1",
	                                .functions = &b->function,
	                                .function_count = 1,
	                                .sources = &b->source,
	                                .source_count = 1};
	b->options.cache_dir = b->cache;
	b->options.refresh = true;
}

static bool bench_measure(struct bench *b)
{
	profile_free(b->profile);
	b->profile = NULL;
	b->e = (struct error){0};
	struct arena a = {0};
	struct profile_events events = occasions_of(&b->scenario, 0, &a);
	int status = profiler_measure(&b->scenario, 0, &events, &b->options, &b->profile, &b->e);
	arena_fini(&a);
	return status == 0;
}

static const struct profile_run *bench_run(const struct bench *b)
{
	return &b->profile->payloads[0].runs[0];
}

/* One measured run of a handler; its outcome, or -1. */
static struct profile_run run_of(const char *runtime, const char *folder, const char *handler, int timeout_s, int memory_mb)
{
	struct bench b;
	bench_init(&b, runtime, folder, handler);
	b.function.timeout_s = timeout_s;
	b.function.memory_mb = memory_mb;
	struct profile_run run = {.outcome = OUTCOMES};
	if (check(bench_measure(&b), __LINE__, "%s %s: %s", folder, handler, b.e.text)) {
		run = *bench_run(&b);
		EQUAL(b.profile->payload_count, 1);
		EQUAL(b.profile->payloads[0].run_count, 1);
		CHECK(b.profile->init_count >= 1);
	}
	profile_free(b.profile);
	return run;
}

/* The message that a function made of errors gives when none are expected. */
static void refusal_of(const char *runtime, const char *folder, const char *handler, int timeout_s, enum error_code code,
                       const char *text, int line)
{
	struct bench b;
	bench_init(&b, runtime, folder, handler);
	b.function.timeout_s = timeout_s;
	b.function.errors_expected = false;
	b.function.profile_runs = 4;
	snprintf(b.cache, sizeof b.cache, "%s/none", work);
	check(!bench_measure(&b), line, "%s %s was measured", folder, handler);
	check_equal(b.e.code, code, line, b.e.text);
	check_has(b.e.text, text, line);
	check(!file_exists(b.cache), line, "a profile of errors was kept");
	profile_free(b.profile);
}
#define REFUSED(runtime, folder, handler, timeout, code, text) refusal_of(runtime, folder, handler, timeout, code, text, __LINE__)

#define PY "python3.11"
#define NODE "nodejs20.x"

/* Compiles the C runtime into the test's folder, which becomes the code. */
static void use_c(struct bench *b, const char *mood)
{
	bench_init(b, "provided.al2023", "cboot", mood);
	char *command = memory_format(
		"mkdir -p %s/c && test -x %s/c/bootstrap || ${CC:-cc} -D_GNU_SOURCE -O1 -o %s/c/bootstrap '%s/cboot/bootstrap.c'",
		work, work, work, root);
	snprintf(b->code, sizeof b->code, "%s/c", work);
	EQUAL(system(command), 0);
	memory_free(command);
}

#endif
