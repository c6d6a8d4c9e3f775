/* handlers: really runs well and badly behaved handlers (tests/handlers/code), and checks how each ends, what was measured, and that
 * no process is left. */
#include "tests/handlers/harness.h"
#include "tests/handlers/onesandbox.h"

/* --- Python ----------------------------------------------------------------------------------------------------------------------------- */

static void python_answers(void)
{
	struct profile_run run = run_of(PY, "python", "app.hello", 3, 128);
	EQUAL(run.outcome, OUTCOME_OK);
	EQUAL(run.response_bytes, strlen("{\"statusCode\": 200, \"body\": \"hello\"}"));
	EQUAL(run.status, 0);
	CHECK(run.first);
	CHECK(run.memory_bytes > 5 * MB && run.memory_bytes < 100 * MB);
	CHECK(run.cpu > 0 && run.cpu < 100 * MS);
	EQUAL(run_of(PY, "python", "nested/deep.handler", 3, 128).response_bytes, strlen("\"nested\""));
}

static void python_context(void)
{
	setenv("SECRET_OF_THE_USER", "hidden", 1);
	EQUAL(run_of(PY, "python", "app.context_of", 3, 128).outcome, OUTCOME_OK);
}

static void python_inline(void)
{
	struct bench b;
	bench_init(&b, PY, "python", "index.handler");
	b.function.code_kind = CODE_INLINE;
	b.function.code = "def handler(event, context):\n    return event['a'][1]\n";
	CHECK(bench_measure(&b));
	EQUAL(bench_run(&b)->response_bytes, strlen("\"\\u00e9\""));
	CHECK(b.profile->runtime_note == NULL);
	HAS(b.profile->runtime_used, "Python 3.");
	EQUAL(strlen(b.profile->code_sha256), 64);
	EQUAL(b.profile->init_count, 5);
	profile_free(b.profile);
}

static void python_version_note(void)
{
	struct bench b;
	bench_init(&b, "python3.12", "python", "app.hello");
	CHECK(bench_measure(&b));
	if (!file_exists("/usr/bin/python3.12"))
		HAS(b.profile->runtime_note, "instead of python3.12");
	profile_free(b.profile);
}

static void python_remembers(void)
{
	struct bench b;
	struct closer c;
	bench_init(&b, PY, "python", "app.remember");
	if (closer_init(&c, &b) && closer_start(&c)) {
		EQUAL(c.r.outcome, OUTCOME_OK);
		CHECK(c.r.wall_ns > 5 * MS && c.r.cpu_ns > 5 * MS && c.r.wall_ns >= c.r.cpu_ns - 10 * MS);
		closer_invoke(&c, "{}", 10000 * MS);
		SAME(c.r.body, "1");
		closer_invoke(&c, "null", 10000 * MS);
		SAME(c.r.body, "2");
		SAME(c.r.content_type, "application/json");
		CHECK(c.r.answer_ns > 0 && c.r.answer_ns <= c.r.wall_ns);
		closer_invoke(&c, "{not JSON", 10000 * MS);
		EQUAL(c.r.outcome, OUTCOME_ERROR);
		SAME(c.r.error_type, "Runtime.UnmarshalError");
		closer_invoke(&c, "{}", 10000 * MS);
		SAME(c.r.body, "3");
	}
	closer_fini(&c);
}

static void python_case(const char *handler, const char *answer, const char *content_type, int line)
{
	struct bench b;
	struct closer c;
	bench_init(&b, PY, "python", handler);
	if (closer_init(&c, &b) && closer_start(&c) && closer_invoke(&c, "{}", 10000 * MS)) {
		check_equal(c.r.outcome, OUTCOME_OK, line, c.r.message ? c.r.message : handler);
		check_same(c.r.body, answer, line);
		check_same(c.r.content_type, content_type, line);
	}
	closer_fini(&c);
}
#define PYTHON_CASE(handler, answer, content_type) python_case(handler, answer, content_type, __LINE__)

/* What AWS's runtime client makes of results that plain JSON has no word for. */
static void python_marshals(void)
{
	PYTHON_CASE("app.decimals",
	            "{\"price\": 9.99, \"zero\": 1.00, \"long\": 12345678901234567890.123456789012345678901234567890, "
	            "\"large\": 1E+3, \"none\": [NaN, NaN, -Infinity], \"text\": \"9.99\"}",
	            "application/json");
	PYTHON_CASE("app.raw_bytes", "\xfe\xff raw", "application/unknown");
	PYTHON_CASE("app.bytes_inside", "{\"body\": \"\\u00e9\"}", "application/json");
	PYTHON_CASE(
		"app.named_tuples",
		"[{\"start\": {\"x\": 1, \"y\": 2}, \"end\": [3, 4]}, {\"at\": [{\"x\": [{\"x\": 5, \"y\": 6}], \"y\": null}]}]",
		"application/json");
	REFUSED(PY, "python", "app.contains_itself", 3, ERROR_CHECK, "Runtime.MarshalError");
	REFUSED(PY, "python", "app.bytes_that_are_no_text", 3, ERROR_CHECK, "Runtime.MarshalError");
}

/* Five megabytes there and back: neither side can send that in one piece. */
static void python_large_event(void)
{
	struct bench b;
	struct closer c;
	enum { SIZE = 5 * MB };
	char *event = memory_alloc(SIZE + 1);
	memset(event, 'e', SIZE);
	event[0] = event[SIZE - 1] = '"';
	bench_init(&b, PY, "python", "app.echo");
	if (closer_init(&c, &b) && closer_start(&c) && closer_invoke(&c, event, 10000 * MS)) {
		EQUAL(c.r.outcome, OUTCOME_OK);
		EQUAL(c.r.body_length, SIZE);
		CHECK(c.r.body && memcmp(c.r.body, event, SIZE) == 0);
	}
	closer_fini(&c);
	memory_free(event);
}

static void python_log(void)
{
	struct bench b;
	struct closer c;
	bench_init(&b, PY, "python", "app.log");
	if (closer_init(&c, &b) && closer_start(&c) && closer_invoke(&c, "{}", 10000 * MS)) {
		EQUAL(c.r.outcome, OUTCOME_ERROR);
		HAS(sandbox_output(c.box), "[INFO]\t");
		HAS(sandbox_output(c.box), "\tseen\n");
		HAS(c.r.body, "\"stackTrace\": [\"  File");
		HAS(c.r.body, "in log");
	}
	closer_fini(&c);
}

static void python_start_errors(void)
{
	REFUSED(PY, "python", "nothere.handler", 3, ERROR_INPUT, "Unable to import module 'nothere': No module named 'nothere'");
	REFUSED(PY, "python", "app.nothere", 3, ERROR_INPUT, "Handler 'nothere' missing on module 'app' (Runtime.HandlerNotFound)");
	REFUSED(PY, "python", "app", 3, ERROR_INPUT, "Bad handler 'app'");
	REFUSED(PY, "broken", "syntax.handler", 3, ERROR_INPUT,
	        "Syntax error in module 'syntax': expected ':' (syntax.py, line 1)");
	REFUSED(PY, "needs", "app.handler", 3, ERROR_INPUT,
	        "No module named 'a_package_that_nobody_has' (Runtime.ImportModuleError)");
	REFUSED(PY, "needs", "app.handler", 3, ERROR_INPUT, "requirements.txt names what it needs: run `sam build` first");
	REFUSED(PY, "broken", "raising.handler", 3, ERROR_CHECK, "3 of 3 runs ended in KeyError: 'at import'");
	REFUSED(PY, "broken", "leaving.handler", 3, ERROR_CHECK,
	        "3 of 3 runs ended in Runtime.ExitError: Runtime exited with error: exit status 3; it last printed: leaving now");
	REFUSED(PY, "nowhere", "app.handler", 3, ERROR_INPUT, "no such folder");
	REFUSED("java21", "python", "app.handler", 3, ERROR_UNSUPPORTED, "java21");
	REFUSED(NULL, "python", "app.handler", 3, ERROR_UNSUPPORTED, "container images");
}

/* --- Node.js ----------------------------------------------------------------------------------------------------------------------------- */

static void node_case(const char *folder, const char *handler, enum outcome outcome, const char *answer, int line)
{
	struct bench b;
	struct closer c;
	bench_init(&b, NODE, folder, handler);
	b.function.memory_mb = 256;
	if (closer_init(&c, &b) && closer_start(&c)) {
		check_equal(c.r.outcome, OUTCOME_OK, line, c.r.message ? c.r.message : handler);
		if (sandbox_alive(c.box) && closer_invoke(&c, "{\"b\":1}", (outcome == OUTCOME_TIMEOUT ? 1000 : 10000) * MS)) {
			check_equal(c.r.outcome, outcome, line, c.r.message ? c.r.message : handler);
			check_has(outcome == OUTCOME_OK ? c.r.body : c.r.error_type, answer, line);
		}
	}
	closer_fini(&c);
}
#define NODE_CASE(folder, handler, outcome, answer) node_case(folder, handler, outcome, answer, __LINE__)

static void node_async(void)
{
	NODE_CASE("node", "index.hello", OUTCOME_OK, "{\"statusCode\":201,\"body\":\"hello\"}");
	NODE_CASE("node", "index.echo", OUTCOME_OK, "{\"b\":1}");
	NODE_CASE("node", "index.nested.deeper", OUTCOME_OK, "\"deep\"");
	NODE_CASE("node", "index.context", OUTCOME_OK, "\"fine\"");
	NODE_CASE("node", "index.never", OUTCOME_OK, "null");
	NODE_CASE("node", "index.nothing", OUTCOME_OK, "null");
}

static void node_modules(void)
{
	NODE_CASE("esm", "index.handler", OUTCOME_OK, "\"ready\"");
	NODE_CASE("esm", "typed.handler", OUTCOME_OK, "true");
	NODE_CASE("cjs", "index.handler", OUTCOME_OK, "\"index.cjs\"");
}

static void node_callbacks(void)
{
	NODE_CASE("node", "index.callback", OUTCOME_OK, "\"called\"");
	NODE_CASE("node", "index.callbackError", OUTCOME_ERROR, "TypeError");
	NODE_CASE("node", "index.succeed", OUTCOME_OK, "\"succeeded\"");
	NODE_CASE("node", "index.done", OUTCOME_OK, "\"done\"");
	NODE_CASE("node", "index.fail", OUTCOME_ERROR, "RangeError");
	NODE_CASE("node", "index.waitsNot", OUTCOME_OK, "\"at once\"");
	struct profile_run run = run_of(NODE, "node", "index.waits", 3, 256);
	EQUAL(run.outcome, OUTCOME_OK);
	CHECK(run.cpu + run.wait > 140 * MS);
}

static void node_errors(void)
{
	NODE_CASE("node", "index.thrower", OUTCOME_ERROR, "Error");
	NODE_CASE("node", "index.throwsText", OUTCOME_ERROR, "string");
	NODE_CASE("node", "index.throwsNow", OUTCOME_ERROR, "SyntaxError");
	NODE_CASE("node", "index.circular", OUTCOME_ERROR, "Error");
	NODE_CASE("node", "index.rejectsAside", OUTCOME_CRASH, "Runtime.UnhandledPromiseRejection");
	NODE_CASE("node", "index.throwsAside", OUTCOME_CRASH, "Error");
	NODE_CASE("node", "index.exits", OUTCOME_CRASH, "Runtime.ExitError");
	NODE_CASE("node", "index.spins", OUTCOME_TIMEOUT, "Sandbox.Timedout");
	EQUAL(run_of(NODE, "node", "index.grows", 10, 128).outcome, OUTCOME_OUT_OF_MEMORY);
}

static void node_start_errors(void)
{
	REFUSED(NODE, "node", "nothere.handler", 3, ERROR_INPUT, "Cannot find module");
	REFUSED(NODE, "node", "index.nothere", 3, ERROR_INPUT,
	        "index.nothere is undefined or not exported (Runtime.HandlerNotFound)");
	REFUSED(NODE, "node", "index.notFunction", 3, ERROR_INPUT, "index.notFunction is not a function");
	REFUSED(NODE, "node", "syntax.handler", 3, ERROR_INPUT, "Runtime.UserCodeSyntaxError");
	REFUSED(NODE, "node", "../index.handler", 3, ERROR_INPUT, "Runtime.MalformedHandlerName");
	REFUSED(NODE, "needsnode", "index.handler", 3, ERROR_INPUT, "Cannot find module 'a-package-that-nobody-has'");
	REFUSED(NODE, "needsnode", "index.handler", 3, ERROR_INPUT, "package.json names what it needs");
	REFUSED(NODE, "node", "raising.handler", 3, ERROR_CHECK, "ended in RangeError: at load");
}

static void node_streams(void)
{
	struct bench b;
	struct closer c;
	bench_init(&b, NODE, "node", "index.streams");
	b.function.memory_mb = 256;
	if (closer_init(&c, &b) && closer_start(&c) && closer_invoke(&c, "{}", 10000 * MS)) {
		EQUAL(c.r.outcome, OUTCOME_OK);
		CHECK(c.r.streamed);
		SAME(c.r.content_type, "application/vnd.awslambda.http-integration-response");
		EQUAL(proxy_status(SOURCE_FUNCTION_URL, false, c.r.body, c.r.body_length, true), 202);
		SAME(c.r.body + c.r.body_length - 7, "one two");
	}
	closer_fini(&c);
}

/* --- executables ---------------------------------------------------------------------------------------------------------------------------- */

static void c_case(const char *mood, int timeout_s, enum outcome outcome, int line)
{
	struct bench b;
	use_c(&b, mood);
	b.function.timeout_s = timeout_s;
	if (check(bench_measure(&b), line, "%s: %s", mood, b.e.text))
		check_equal(bench_run(&b)->outcome, outcome, line, mood);
	profile_free(b.profile);
}

static void executables(void)
{
	c_case("hello", 3, OUTCOME_OK, __LINE__);
	c_case("bare.error", 3, OUTCOME_ERROR, __LINE__);
	c_case("next.again", 1, OUTCOME_TIMEOUT, __LINE__);
	c_case("respond.and.exit", 3, OUTCOME_CRASH, __LINE__);
	c_case("respond.and.hang", 1, OUTCOME_TIMEOUT, __LINE__);
	c_case("abort", 3, OUTCOME_CRASH, __LINE__);
	c_case("init.error", 3, OUTCOME_INIT_ERROR, __LINE__);
}

static void bootstrap_case(const char *folder)
{
	struct bench b;
	struct closer c;
	bench_init(&b, "provided.al2023", folder, NULL);
	if (closer_init(&c, &b) && closer_start(&c))
		for (int i = 0; i < 3; i++)
			if (closer_invoke(&c, "{\"shell\":true}", 10000 * MS)) {
				EQUAL(c.r.outcome, OUTCOME_OK);
				SAME(c.r.body, "{\"shell\":true}");
			}
	closer_fini(&c);
}

static void shell_bootstrap(void)
{
	bootstrap_case("shell");
	bootstrap_case("posix");
}

static void missing_bootstrap(void)
{
	REFUSED("provided.al2023", "python", NULL, 3, ERROR_INPUT, "bootstrap: no such file (Runtime.InvalidEntrypoint)");
	struct bench b;
	struct error e = {0};
	bench_init(&b, "provided.al2023", "python", NULL);
	snprintf(b.code, sizeof b.code, "%s", work);
	char path[128];
	snprintf(path, sizeof path, "%s/bootstrap", work);
	CHECK(file_write(path, "not a program", 13, &e) == 0);
	CHECK(!bench_measure(&b));
	HAS(b.e.text, "is not executable");
	chmod(path, 0755);
	CHECK(!bench_measure(&b));
	EQUAL(b.e.code, ERROR_INPUT);
	HAS(b.e.text, "cannot be executed: Exec format error");
}

static void garbage_behind_http(void)
{
	struct bench b;
	use_c(&b, "garbage");
	b.source.kind = SOURCE_API;
	CHECK(bench_measure(&b));
	EQUAL(bench_run(&b)->outcome, OUTCOME_OK);
	EQUAL(bench_run(&b)->status, -1);
	b.source.kind = SOURCE_HTTP_API;
	CHECK(bench_measure(&b));
	EQUAL(bench_run(&b)->status, 200);
	profile_free(b.profile);
}

static void slow_inits(void)
{
	struct bench b;
	struct closer c;
	use_c(&b, "never.next");
	if (closer_init(&c, &b)) {
		c.spec.init_limit_ns = 200 * MS;
		int64_t start = clock_monotonic_ns();
		if (closer_start(&c)) {
			EQUAL(c.r.outcome, OUTCOME_INIT_TIMEOUT);
			CHECK(!sandbox_alive(c.box));
			CHECK(clock_monotonic_ns() - start < 2000 * MS);
		}
	}
	closer_fini(&c);
	EQUAL(processes_left(), 0);
	use_c(&b, "slow.init");
	CHECK(bench_measure(&b));
	EQUAL(b.profile->inits[0].outcome, OUTCOME_OK);
	CHECK(b.profile->inits[0].wall > 300 * MS && b.profile->inits[0].wall < 3000 * MS);
	CHECK(b.profile->inits[0].cpu < 100 * MS);
	profile_free(b.profile);
}

/* Ten real seconds of Init, twice, then Timeout. */
static void init_over_ten_seconds(void)
{
	struct bench b;
	bench_init(&b, PY, "broken", "hanging.handler");
	b.function.timeout_s = 1;
	CHECK(bench_measure(&b));
	EQUAL(bench_run(&b)->outcome, OUTCOME_INIT_TIMEOUT);
	EQUAL(b.profile->inits[0].outcome, OUTCOME_INIT_TIMEOUT);
	CHECK(b.profile->inits[0].wall >= 10000 * MS && b.profile->inits[0].wall < 10500 * MS);
	profile_free(b.profile);
}

/* --- misbehaviour ---------------------------------------------------------------------------------------------------------------------------- */

static void sleeps_past_the_timeout(void)
{
	struct profile_run run = run_of(PY, "python", "app.sleep", 1, 128);
	EQUAL(run.outcome, OUTCOME_TIMEOUT);
	EQUAL(run.cpu + run.wait, 1000 * MS);
	REFUSED(PY, "python", "app.sleep", 1, ERROR_CHECK,
	        "3 of 3 runs ended in Sandbox.Timedout: Task timed out after 1.00 seconds");
}

static void exits(void)
{
	EQUAL(run_of(PY, "python", "app.leave", 3, 128).outcome, OUTCOME_CRASH);
	EQUAL(run_of(PY, "python", "app.leave_quietly", 3, 128).outcome, OUTCOME_CRASH);
	EQUAL(run_of(PY, "python", "app.die", 3, 128).outcome, OUTCOME_CRASH);
	REFUSED(PY, "python", "app.leave", 3, ERROR_CHECK,
	        "4 of 4 runs ended in Runtime.ExitError: Runtime exited with error: exit status 1");
	REFUSED(PY, "python", "app.leave_quietly", 3, ERROR_CHECK, "Runtime exited without providing a reason");
	REFUSED(PY, "python", "app.die", 3, ERROR_CHECK, "Runtime exited with error: signal: Segmentation fault");
}

static void raises(void)
{
	EQUAL(run_of(PY, "python", "app.fail", 3, 128).outcome, OUTCOME_ERROR);
	REFUSED(PY, "python", "app.fail", 3, ERROR_CHECK, "Tested: 4 of 4 runs ended in ValueError: the user's own mistake");
	EQUAL(run_of(PY, "python", "app.no_json", 3, 128).outcome, OUTCOME_ERROR);
	REFUSED(PY, "python", "app.no_json", 3, ERROR_CHECK,
	        "Runtime.MarshalError: Unable to marshal response: Object of type set is not JSON serializable");
}

static void fills_a_file(void)
{
	struct profile_run run = run_of(PY, "python", "app.fill_a_file", 3, 128);
	EQUAL(run.outcome, OUTCOME_OK);
	EQUAL(run.response_bytes, strlen("\"refused\""));
}

/* Temporary files lie in a private folder, which each fresh environment finds empty. */
static void keeps_temporary_files(void)
{
	struct bench b;
	bench_init(&b, PY, "python", "app.keep_a_file");
	b.function.profile_runs = 10;
	b.function.errors_expected = false;
	CHECK(bench_measure(&b));
	SAME(b.e.text, "");
	profile_free(b.profile);
}

/* On Lambda the code is read-only: the measurement says so, also when it comes from the cache, and is not made anew each time. */
static void writes_into_its_code(void)
{
	struct bench b;
	struct error e = {0};
	bench_init(&b, PY, "python", "app.handler");
	snprintf(b.code, sizeof b.code, "%s/writing", work);
	char *path = memory_format("%s/app.py", b.code);
	static const char code[] = "def handler(event, context):\n    open('count', 'a').write('x')\n";
	CHECK(file_make_folder(b.code, &e) == 0 && file_write(path, code, strlen(code), &e) == 0);
	b.options.refresh = false;
	for (int i = 0; i < 3; i++) {
		CHECK(bench_measure(&b));
		HAS(b.profile ? b.profile->code_note : NULL, "read-only on Lambda");
	}
	memory_free(path);
	path = memory_format("%s/count", b.code);
	char *text = NULL;
	size_t length = 0;
	CHECK(file_read(path, MB, &text, &length, &e) == 0);
	EQUAL(length, 1);
	memory_free(text);
	memory_free(path);
	profile_free(b.profile);
	b.profile = NULL;
	bench_init(&b, PY, "python", "app.hello");
	CHECK(bench_measure(&b) && b.profile->code_note == NULL);
	profile_free(b.profile);
}

static void speaks_at_length(void)
{
	REFUSED(PY, "python", "app.fail_at_length", 3, ERROR_CHECK,
	        "4 of 4 runs ended in ValueError: line one line two [31m \xc3\xa9");
}

static void allocates_too_much(void)
{
	struct profile_run run = run_of(PY, "python", "app.grow", 10, 128);
	EQUAL(run.outcome, OUTCOME_OUT_OF_MEMORY);
	EQUAL(run.memory_bytes, (int64_t)128 * MB);
	EQUAL(run_of(PY, "python", "app.grow_at_once", 10, 128).outcome, OUTCOME_OUT_OF_MEMORY);
	run = run_of(PY, "python", "app.grow_at_once", 10, 1024);
	EQUAL(run.outcome, OUTCOME_OK);
	CHECK(run.memory_bytes > (int64_t)400 * MB);
	EQUAL(run_of(PY, "broken", "growing.handler", 3, 128).outcome, OUTCOME_INIT_ERROR);
	REFUSED(PY, "python", "app.grow", 10, ERROR_CHECK,
	        "3 of 3 runs ended in Runtime.OutOfMemory: Runtime exited with error: signal: killed");
}

static void shares_memory(void)
{
	struct profile_run run = run_of(PY, "python", "app.share", 3, 256);
	EQUAL(run.outcome, OUTCOME_OK);
	CHECK(run.memory_bytes > (int64_t)60 * MB && run.memory_bytes < (int64_t)150 * MB);
}

static void prints_100_mb(void)
{
	struct bench b;
	struct closer c;
	bench_init(&b, PY, "python", "app.shout");
	if (closer_init(&c, &b) && closer_start(&c) && closer_invoke(&c, "{}", 20000 * MS)) {
		EQUAL(c.r.outcome, OUTCOME_OK);
		EQUAL(strlen(sandbox_output(c.box)), SANDBOX_TAIL_BYTES);
		CHECK(process_resident_bytes(getpid()) < (int64_t)60 * MB);
	}
	closer_fini(&c);
}

static void forks_children(void)
{
	EQUAL(run_of(PY, "python", "app.breed", 3, 256).outcome, OUTCOME_OK);
	EQUAL(processes_left(), 0);
	EQUAL(run_of(PY, "python", "app.breed_and_sleep", 1, 256).outcome, OUTCOME_TIMEOUT);
}

static void ignores_signals(void)
{
	EQUAL(run_of(PY, "python", "app.ignore_signals", 1, 128).outcome, OUTCOME_TIMEOUT);
	EQUAL(run_of(PY, "python", "app.stop_itself", 1, 128).outcome, OUTCOME_TIMEOUT);
}

static void kills_the_warden(void)
{
	EQUAL(run_of(PY, "python", "app.kill_the_warden", 3, 128).outcome, OUTCOME_CRASH);
}

static void answers_twice(void)
{
	/* The first answer counts; the runtime's own, which comes third, is refused like the second. */
	struct profile_run run = run_of(PY, "python", "app.answer_twice", 3, 128);
	EQUAL(run.outcome, OUTCOME_OK);
	EQUAL(run.response_bytes, strlen("\"first\""));
}

static void answers_too_much(void)
{
	struct profile_run run = run_of(PY, "python", "app.just_fits", 10, 256);
	EQUAL(run.outcome, OUTCOME_OK);
	EQUAL(run.response_bytes, RTAPI_RESPONSE_LIMIT);
	EQUAL(run_of(PY, "python", "app.too_large", 10, 256).outcome, OUTCOME_ERROR);
	REFUSED(PY, "python", "app.too_large", 10, ERROR_CHECK,
	        "Function.ResponseSizeTooLarge: Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes).");
}

static void closes_its_descriptors(void)
{
	CHECK(run_of(PY, "python", "app.close_descriptors", 3, 128).outcome == OUTCOME_CRASH);
}

/* --- measuring ------------------------------------------------------------------------------------------------------------------------------- */

static void measures_cpu(void)
{
	struct profile_run run = run_of(PY, "python", "app.burn", 3, 128);
	check(run.cpu > 95 * MS && run.cpu < 160 * MS, __LINE__, "burn 100 ms: %.1f ms of CPU", (double)run.cpu / 1e6);
	run = run_of(PY, "python", "app.burn_in_child", 3, 128);
	check(run.cpu > 140 * MS && run.cpu < 300 * MS, __LINE__, "burn 150 ms in a child: %.1f ms of CPU", (double)run.cpu / 1e6);
	run = run_of(PY, "python", "app.wait", 3, 128);
	check(run.wait > 95 * MS && run.wait < 500 * MS && run.cpu < 20 * MS, __LINE__,
	      "wait 100 ms: %.1f of waiting, %.1f ms of CPU", (double)run.wait / 1e6, (double)run.cpu / 1e6);
}

/* The Runtime API's own part: a C runtime that does nothing. */
static void measures_nothing(void)
{
	enum { RUNS = 200 };
	struct bench b;
	use_c(&b, "hello");
	b.function.profile_runs = RUNS;
	if (CHECK(bench_measure(&b))) {
		int64_t least = INT64_MAX, sum = 0;
		for (size_t i = 0; i < RUNS; i++) {
			const struct profile_run *run = &b.profile->payloads[0].runs[i];
			sum += run->cpu + run->wait;
			least = run->cpu + run->wait < least ? run->cpu + run->wait : least;
		}
		printf("  an empty C handler: %.3f ms least, %.3f ms mean of %d\n", (double)least / 1e6, (double)sum / 1e6 / RUNS,
		       RUNS);
		CHECK(least < 2 * MS);
	}
	profile_free(b.profile);
}

/* --- weir itself dies ------------------------------------------------------------------------------------------------------------------------ */

/* A child plays weir, starts a handler with children, and is killed in the middle: its warden clears up. */
static void weir_is_killed(void)
{
	static const int signals[] = {SIGKILL, SIGTERM, SIGINT};
	static const struct timespec pause = {.tv_nsec = 10000000};
	for (size_t i = 0; i < 3; i++) {
		pid_t weir = fork();
		if (weir == 0) {
			struct bench b;
			bench_init(&b, PY, "python", "app.breed_and_sleep");
			b.function.timeout_s = 30;
			b.function.memory_mb = 512;
			bench_measure(&b);
			_exit(0);
		}
		for (int k = 0; k < 1000 && processes_left() < 5; k++)
			nanosleep(&pause, NULL);
		CHECK(processes_left() >= 5);
		kill(weir, signals[i]);
		waitpid(weir, NULL, 0);
		for (int k = 0; k < 200 && processes_left(); k++)
			nanosleep(&pause, NULL);
		EQUAL(processes_left(), 0);
		for (int k = 0; k < 200 && private_folders_left(); k++)
			nanosleep(&pause, NULL);
		EQUAL(private_folders_left(), 0);
	}
}

static const struct test tests[] = {
	{"python_answers", python_answers},
	{"python_context", python_context},
	{"python_inline", python_inline},
	{"python_version_note", python_version_note},
	{"python_remembers", python_remembers},
	{"python_marshals", python_marshals},
	{"python_large_event", python_large_event},
	{"python_log", python_log},
	{"python_start_errors", python_start_errors},
	{"node_async", node_async},
	{"node_modules", node_modules},
	{"node_callbacks", node_callbacks},
	{"node_errors", node_errors},
	{"node_start_errors", node_start_errors},
	{"node_streams", node_streams},
	{"executables", executables},
	{"shell_bootstrap", shell_bootstrap},
	{"missing_bootstrap", missing_bootstrap},
	{"garbage_behind_http", garbage_behind_http},
	{"slow_inits", slow_inits},
	{"full_init_over_ten_seconds", init_over_ten_seconds},
	{"sleeps_past_the_timeout", sleeps_past_the_timeout},
	{"exits", exits},
	{"raises", raises},
	{"fills_a_file", fills_a_file},
	{"keeps_temporary_files", keeps_temporary_files},
	{"writes_into_its_code", writes_into_its_code},
	{"speaks_at_length", speaks_at_length},
	{"allocates_too_much", allocates_too_much},
	{"shares_memory", shares_memory},
	{"prints_100_mb", prints_100_mb},
	{"forks_children", forks_children},
	{"ignores_signals", ignores_signals},
	{"kills_the_warden", kills_the_warden},
	{"answers_twice", answers_twice},
	{"answers_too_much", answers_too_much},
	{"closes_its_descriptors", closes_its_descriptors},
	{"measures_cpu", measures_cpu},
	{"measures_nothing", measures_nothing},
	{"weir_is_killed", weir_is_killed},
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
