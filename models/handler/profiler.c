#include "models/handler/profiler.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "models/handler/edgeanswer.h"
#include "models/handler/launcher.h"
#include "models/handler/partial.h"
#include "models/handler/profile_cache.h"
#include "models/handler/proxy.h"
#include "models/handler/sandbox.h"
#include "models/os/clock.h"
#include "models/os/file.h"
#include "models/os/folder.h"
#include "sim/base/memory.h"
#include "sim/base/sha256.h"
#include "sim/base/textbuf.h"

enum {
	STARTS = 5,  /* fresh processes measured at least */
	GIVE_UP = 3, /* runs in a row that did not get through before measuring a payload ends */
	MOST = 4,    /* times Runs, of an event that differs from run to run */
	PROGRESS_MS = 100,
	KEY_FORMAT = 4, /* raise when what is measured changes */
	MEGABYTE = 1024 * 1024,
	CPUINFO_BYTES = 1 << 20,
	MESSAGE_BYTES = 300 /* of what a handler says, in a message */
};

/* Then Runs are repeated until the mean is known this well: its standard error, as a share of it. */
static const double known = 0.05;

/* Runs that failed. */
struct failures {
	int count, alike; /* how many, and with the type of the first one */
	char type[128];   /* of the first */
	char *message;    /* owned; of the first */
};

/* One function being measured. */
struct measuring {
	const struct scenario *scenario;
	const struct function_spec *function;
	const struct profiler_options *options;
	const struct profile_event *events, *with; /* as many as the profile has payloads; the present one */
	struct profile_event nothing;              /* the only one where none is given */
	struct launch_plan plan;
	char folder_sha256[SHA256_TEXT]; /* of the folder of the code, before anything ran */
	char *scratch;                   /* owned: a private folder, removed at the end */
	struct profile *profile;         /* owned until it is handed out */
	struct sandbox *box;             /* NULL or alive */
	bool first;                      /* the next invocation is the first after its Init */
	int64_t first_timeout_ns;        /* what is left of Timeout for it */
	size_t init_capacity;
	int done, total;
	struct failures failures;
	int64_t next_progress_ns;
};

/* --- which events ------------------------------------------------------------------------------------------------------------------ */

static const struct profile_event *event_of(const struct measuring *m, const struct profile_payload *p)
{
	return &m->events[p - m->profile->payloads];
}

/* The profile's payloads are the events in their order. What a consumer's contents are called is no part of a measurement: one from the
 * cache is told the present numbers. */
static void name_payloads(const struct measuring *m, struct profile *p)
{
	for (size_t i = 0; i < p->payload_count; i++)
		p->payloads[i].payload = m->events[i].payload;
}

static void list_payloads(struct measuring *m, const struct profile_events *events)
{
	struct profile *p = m->profile;
	m->nothing =
		(struct profile_event){.source = m->function->name, .batch = 1, .kind = SOURCE_INVOKE, .text = "{}", .length = 2};
	m->events = events->count ? events->items : &m->nothing;
	m->with = m->events;
	p->payload_count = events->count ? events->count : 1;
	p->payloads = ARENA_ARRAY(&p->arena, p->payload_count, struct profile_payload);
	for (size_t i = 0; i < p->payload_count; i++) {
		p->payloads[i].source = arena_string(&p->arena, m->events[i].source);
		p->payloads[i].batch = m->events[i].batch;
		p->payloads[i].attempt = m->events[i].attempt;
	}
	name_payloads(m, p);
}

/* --- the key ------------------------------------------------------------------------------------------------------------------------ */

static void hash_machine(struct sha256 *s)
{
	struct utsname name;
	char *text = NULL;
	size_t length;
	uname(&name);
	sha256_add_text(s, name.nodename);
	sha256_add_text(s, name.release);
	sha256_add_text(s, name.machine);
	sha256_add_number(s, sysconf(_SC_NPROCESSORS_ONLN));
	const char *model = file_read("/proc/cpuinfo", CPUINFO_BYTES, &text, &length, NULL) == 0 ? strstr(text, "model name")
	                                                                                         : NULL;
	sha256_add_field(s, model ? model : "", model ? strcspn(model, "\n") : 0);
	memory_free(text);
}

static void hash_function(struct sha256 *s, const struct function_spec *f, const char *region)
{
	sha256_add_text(s, f->function_name);
	sha256_add_text(s, f->runtime);
	sha256_add_text(s, f->handler);
	sha256_add_text(s, region);
	sha256_add_number(s, f->memory_mb);
	sha256_add_number(s, f->timeout_s);
	sha256_add_number(s, f->ephemeral_mb);
	sha256_add_number(s, f->profile_runs);
	sha256_add_number(s, f->errors_expected);
	sha256_add_number(s, (int64_t)f->variable_count);
	for (size_t i = 0; i < f->variable_count; i++) {
		sha256_add_text(s, f->variables[i].name);
		sha256_add_text(s, f->variables[i].value);
	}
}

static int hash_folder(const struct measuring *m, char text[SHA256_TEXT], struct error *e)
{
	struct sha256 s;
	sha256_init(&s);
	int status = folder_hash(m->plan.folder, &s, e);
	sha256_end_text(&s, text);
	return status;
}

/* Inline code lies in a private folder, and is the same wherever that is. */
static int hash_code(struct measuring *m, char text[SHA256_TEXT], struct error *e)
{
	struct sha256 s;
	if (hash_folder(m, m->folder_sha256, e) != 0)
		return -1;
	memcpy(text, m->folder_sha256, SHA256_TEXT);
	if (m->function->code_kind == CODE_INLINE) {
		sha256_init(&s);
		sha256_add_text(&s, m->function->code);
		sha256_end_text(&s, text);
	}
	return 0;
}

/* What the events of a payload with slots come of, and a second one: what chance and its rules make of it. */
static void hash_recipe(struct sha256 *s, const struct profile_event *event)
{
	struct arena scratch = {0};
	size_t length;
	sha256_add_number(s, event->render != NULL);
	if (event->render == NULL)
		return;
	const char *second = event->render(event, 1, &scratch, &length);
	sha256_add_field(s, event->recipe, event->recipe_length);
	sha256_add_field(s, second, length);
	arena_fini(&scratch);
}

static void make_key(const struct measuring *m, char key[SHA256_TEXT])
{
	const struct profile *p = m->profile;
	struct sha256 s;
	sha256_init(&s);
	sha256_add_number(&s, KEY_FORMAT);
	sha256_add_text(&s, p->code_sha256);
	sha256_add_text(&s, p->runtime_used);
	hash_function(&s, m->function, m->scenario->region);
	launcher_hash(&s);
	hash_machine(&s);
	for (size_t i = 0; i < p->payload_count; i++) {
		const struct profile_event *event = event_of(m, &p->payloads[i]);
		sha256_add_text(&s, event->source);
		sha256_add_number(&s, event->kind + (event->payload_1_0 ? SOURCE_KINDS : 0));
		sha256_add_number(&s, event->batch);
		sha256_add_number(&s, event->attempt);
		sha256_add_number(&s, event->need);
		sha256_add_field(&s, event->text, event->length);
		hash_recipe(&s, event);
	}
	sha256_end_text(&s, key);
}

/* --- progress and failures ----------------------------------------------------------------------------------------------------------- */

static int tick(void *ctx)
{
	struct measuring *m = ctx;
	int64_t now = clock_monotonic_ns();
	if (m->options->progress == NULL || now < m->next_progress_ns)
		return 0;
	m->next_progress_ns = now + PROGRESS_MS * INT64_C(1000000);
	return m->options->progress(m->options->progress_ctx, m->function->name, m->with, m->done, m->total);
}

static const char *last_line(const char *output, size_t *length)
{
	size_t end = strlen(output);
	while (end && (output[end - 1] == '\n' || output[end - 1] == '\r' || output[end - 1] == ' '))
		end--;
	size_t start = end;
	while (start && output[start - 1] != '\n')
		start--;
	*length = end - start;
	return output + start;
}

/* What handlers say is neither short nor one line, as a message is. Cut between characters; owned by the caller. */
static char *one_line(const char *text, size_t length)
{
	size_t end = length < MESSAGE_BYTES ? length : MESSAGE_BYTES;
	while (end && end < length && ((unsigned char)text[end] & 0xc0) == 0x80)
		end--;
	char *line = memory_string_n(text, end);
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = ' ';
	return line;
}

/* A process that ends without a word to the Runtime API may have said something to standard error. */
static char *message_of(const struct sandbox_result *r, const struct sandbox *box)
{
	size_t length = 0;
	const char *output = box ? last_line(sandbox_output(box), &length) : "";
	char *told = one_line(r->message, strlen(r->message)), *printed = one_line(output, length), *both = NULL;
	if (length && strcmp(r->error_type, "Runtime.ExitError") == 0)
		both = memory_format("%s; it last printed: %s", told, printed);
	memory_free(printed);
	if (both == NULL)
		return told;
	memory_free(told);
	return both;
}

static void note_failure(struct measuring *m, const struct sandbox_result *r, const struct sandbox *box)
{
	struct failures *f = &m->failures;
	if (f->count++ == 0) {
		char *type = one_line(r->error_type, strlen(r->error_type));
		snprintf(f->type, sizeof f->type, "%s", type);
		memory_free(type);
		f->message = message_of(r, box);
	}
	f->alike += strcmp(f->type, r->error_type) == 0 || f->count == 1;
}

/* Mistakes that no second try mends: the code is not what the template says, or not whole. */
static bool is_hopeless(const struct sandbox_result *r)
{
	static const char *const types[] = {"Runtime.ImportModuleError",        "Runtime.HandlerNotFound",
	                                    "Runtime.MalformedHandlerName",     "Runtime.UserCodeSyntaxError",
	                                    "Runtime.InvalidEntrypoint",        "Runtime.BuiltInModuleConflict",
	                                    "Runtime.CallbackHandlerDeprecated"};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(r->error_type, types[i]) == 0)
			return true;
	return r->refused;
}

/* Whether an import failed of a module that Lambda's runtimes bring along. The messages: "No module named 'boto3'", "Cannot find module
 * '@aws-sdk/client-s3'", "Cannot find package '@aws-sdk/client-s3' imported from ...". Source: Lambda Developer Guide, "Runtime-included
 * SDK versions" of Python and of Node.js. */
static bool lambda_provides(const char *message, const char **install)
{
	static const struct {
		const char *quoted, *install;
	} modules[] = {
		{"'boto3", "apt-get install python3-boto3, or pip install it beside the code"},
		{"'botocore", "apt-get install python3-botocore, or pip install it beside the code"},
		{"'s3transfer", "apt-get install python3-s3transfer, or pip install it beside the code"},
		{"'@aws-sdk/", "npm install it beside the code"},
		{"'@smithy/", "npm install it beside the code"},
	};
	for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
		const char *at = strstr(message, modules[i].quoted);
		const char *after = at ? at + strlen(modules[i].quoted) : NULL;
		if (at == NULL || (after[-1] != '/' && *after != '\'' && *after != '.'))
			continue;
		*install = modules[i].install;
		return true;
	}
	return false;
}

static int hopeless(const struct measuring *m, const struct sandbox_result *r, struct error *e)
{
	bool module = strcmp(r->error_type, "Runtime.ImportModuleError") == 0;
	/* Node's message goes on with the stack of requires; the first line names the module. */
	char *text = one_line(r->message, strcspn(r->message, "\n"));
	const char *install;
	if (module && lambda_provides(text, &install))
		error_set(e, ERROR_INPUT, "%s: %s (%s); Lambda's runtime provides it, this machine does not: %s", m->function->name,
		          text, r->error_type, install);
	else if (module && m->plan.packages)
		error_set(e, ERROR_INPUT,
		          "%s: %s (%s); %s/%s names what it needs: run `sam build` first, or install it beside the code",
		          m->function->name, text, r->error_type, m->plan.folder, m->plan.packages);
	else
		error_set(e, ERROR_INPUT, "%s: %s (%s)", m->function->name, text, r->error_type);
	memory_free(text);
	return -1;
}

static int judge(const struct measuring *m, struct error *e)
{
	const struct failures *f = &m->failures;
	if (f->count == 0 || m->function->errors_expected)
		return 0;
	const char *others = f->count > f->alike ? " (and others in other errors)" : "";
	return error_set(e, ERROR_CHECK, "%s: %d of %d runs ended in %s%s: %s", m->function->name, f->alike, m->done, f->type,
	                 others, f->message);
}

/* --- starts ---------------------------------------------------------------------------------------------------------------------------- */

static struct sandbox *start(struct measuring *m, int64_t init_limit_ns, struct sandbox_result *r, struct error *e)
{
	const struct function_spec *f = m->function;
	folder_remove(m->plan.temporary);
	if (file_make_folder(m->plan.temporary, e) != 0)
		return NULL;
	struct sandbox_spec spec = {
		.arguments = m->plan.arguments,
		.environment = m->plan.environment,
		.folder = m->plan.folder,
		.scratch = m->scratch,
		.arn = m->plan.arn,
		.memory_bytes = (int64_t)f->memory_mb * MEGABYTE,
		.file_bytes = (int64_t)f->ephemeral_mb * MEGABYTE,
		.init_limit_ns = init_limit_ns,
		.tick = tick,
		.tick_ctx = m,
	};
	return sandbox_start(&spec, r, e);
}

static void add_init(struct measuring *m, const struct sandbox_result *r, enum outcome outcome)
{
	struct profile *p = m->profile;
	if (p->init_count == m->init_capacity) {
		m->init_capacity = m->init_capacity ? 2 * m->init_capacity : 2 * STARTS;
		struct profile_init *grown = ARENA_ARRAY(&p->arena, m->init_capacity, struct profile_init);
		if (p->init_count)
			memcpy(grown, p->inits, p->init_count * sizeof *grown);
		p->inits = grown;
	}
	p->inits[p->init_count++] = (struct profile_init){.cpu = r->cpu_ns, .wall = r->wall_ns, .outcome = outcome};
}

static void stop(struct measuring *m)
{
	sandbox_free(m->box);
	m->box = NULL;
}

static int64_t timeout_ns(const struct measuring *m)
{
	return m->function->timeout_s * INT64_C(1000000000);
}

/* An Init that failed or took too long is run again inside the first invocation, whose Timeout then covers both ("suppressed init",
 * Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle"). */
static int start_again(struct measuring *m, struct sandbox_result *r, struct error *e)
{
	enum outcome before = r->outcome;
	struct sandbox_result cut = *r;
	cut.message = cut.body = NULL;
	sandbox_result_fini(r);
	stop(m);
	m->box = start(m, timeout_ns(m), r, e);
	if (m->box == NULL)
		return -1;
	m->first_timeout_ns -= r->wall_ns;
	if (r->outcome == OUTCOME_OK && m->first_timeout_ns <= 0) {
		m->first_timeout_ns = 0;
		r->outcome = OUTCOME_INIT_TIMEOUT;
		r->message = memory_string("Init and its repetition took all of Timeout");
		snprintf(r->error_type, sizeof r->error_type, "Sandbox.Timedout");
	}
	/* For an Init that was cut off, the whole length is known from the second try. */
	add_init(m, before == OUTCOME_INIT_TIMEOUT && r->outcome == OUTCOME_OK ? r : &cut, before);
	return 0;
}

/* A fresh, ready environment in m->box; or none, and `r` says why. -1 when measuring cannot go on. */
static int start_fresh(struct measuring *m, struct sandbox_result *r, struct error *e)
{
	stop(m);
	sandbox_result_fini(r);
	m->first = true;
	m->first_timeout_ns = timeout_ns(m);
	m->box = start(m, SANDBOX_INIT_LIMIT_S * INT64_C(1000000000), r, e);
	if (m->box == NULL)
		return -1;
	if (r->outcome == OUTCOME_OK)
		add_init(m, r, OUTCOME_OK);
	else if (is_hopeless(r))
		return hopeless(m, r, e);
	else if (start_again(m, r, e) != 0)
		return -1;
	return 0;
}

/* Before anything is measured: whether it starts at all, and the code comes into the page cache, so that the first measured start is
 * like the others. */
static int rehearse(struct measuring *m, struct error *e)
{
	struct sandbox_result r = {0};
	m->box = start(m, SANDBOX_INIT_LIMIT_S * INT64_C(1000000000), &r, e);
	int status = m->box == NULL ? -1 : is_hopeless(&r) ? hopeless(m, &r, e) : 0;
	stop(m);
	sandbox_result_fini(&r);
	return status;
}

/* --- runs -------------------------------------------------------------------------------------------------------------------------------- */

static int status_of(const struct sandbox_result *r, const struct profile_event *event, bool prelude)
{
	if (event->kind == SOURCE_EDGE)
		return edge_answer_status(event->text, event->length, r->body, r->body_length);
	return proxy_status(event->kind, event->payload_1_0, r->body, r->body_length, prelude);
}

static struct profile_run run_of(const struct sandbox_result *r, const struct profile_event *event, bool first)
{
	bool prelude = r->streamed && strcmp(r->content_type, "application/vnd.awslambda.http-integration-response") == 0;
	bool answered = r->outcome == OUTCOME_OK && r->body;
	return (struct profile_run){
		.cpu = r->cpu_ns,
		.wait = r->wall_ns > r->cpu_ns ? r->wall_ns - r->cpu_ns : 0,
		.memory_bytes = r->memory_bytes,
		.response_bytes = answered ? (int64_t)r->body_length : 0,
		.outcome = r->outcome,
		.status = answered ? status_of(r, event, prelude) : 0,
		.first = first,
		.failed_records = answered ? partial_failures(event->kind, event->text, event->length, event->batch, r->body,
	                                                      r->body_length)
	                                   : 0,
	};
}

static int invoke(struct measuring *m, const struct profile_event *event, struct sandbox_result *r, struct error *e)
{
	int64_t limit = m->first ? m->first_timeout_ns : timeout_ns(m);
	return sandbox_invoke(m->box, event->text, event->length, limit, r, e);
}

static int run_once(struct measuring *m, struct profile_payload *p, bool fresh, struct error *e)
{
	struct profile_event event = *event_of(m, p);
	struct sandbox_result r = {0};
	struct arena scratch = {0};
	if (event.render != NULL)
		event.text = event.render(&event, p->run_count, &scratch, &event.length);
	int status = fresh || m->box == NULL ? start_fresh(m, &r, e) : 0;
	bool first = m->first;
	if (status == 0 && r.outcome == OUTCOME_OK)
		status = invoke(m, &event, &r, e);
	if (status == 0) {
		p->runs[p->run_count++] = run_of(&r, &event, first);
		m->done++;
		m->first = false;
		if (r.outcome != OUTCOME_OK)
			note_failure(m, &r, m->box);
		if (!sandbox_alive(m->box))
			stop(m);
	}
	sandbox_result_fini(&r);
	arena_fini(&scratch);
	return status;
}

/* Errors and exits are cheap to repeat, and how many there are is worth knowing; the rest may take Timeout each. */
static bool is_dear(enum outcome outcome)
{
	return outcome == OUTCOME_TIMEOUT || outcome == OUTCOME_OUT_OF_MEMORY || outcome == OUTCOME_INIT_ERROR ||
	       outcome == OUTCOME_INIT_TIMEOUT;
}

/* An Init that hangs costs 10 s and Timeout each time, and has no reason to end sooner next time: once is enough. */
static bool is_enough(const struct profile_payload *p)
{
	if (p->run_count && p->runs[p->run_count - 1].outcome == OUTCOME_INIT_TIMEOUT)
		return true;
	if (p->run_count < GIVE_UP)
		return false;
	for (size_t i = p->run_count - GIVE_UP; i < p->run_count; i++)
		if (!is_dear(p->runs[i].outcome))
			return false;
	return true;
}

/* Whether runs with different events say how long such an invocation takes. Dealt events say it even better than this counts them. */
static bool is_known(const struct profile_payload *p)
{
	double sum = 0, squares = 0, count = 0;
	for (size_t i = 0; i < p->run_count; i++) {
		double took = (double)(p->runs[i].cpu + p->runs[i].wait);
		sum += p->runs[i].first ? 0 : took;
		squares += p->runs[i].first ? 0 : took * took;
		count += !p->runs[i].first;
	}
	if (count < 2)
		return false;
	double mean = sum / count, variance = (squares - sum * mean) / (count - 1);
	return variance <= count * (known * mean) * (known * mean);
}

/* How many runs the payload gets, now that it has some: Runs, and where each gets another event as many again while that tells something. */
static size_t runs_for(struct measuring *m, const struct profile_payload *p, size_t planned)
{
	size_t runs = (size_t)m->function->profile_runs;
	if (event_of(m, p)->render == NULL || p->run_count < planned || planned >= MOST * runs || is_known(p))
		return planned;
	m->total += (int)runs;
	return planned + runs;
}

static size_t payloads_always(const struct measuring *m)
{
	size_t count = 0;
	for (size_t i = 0; i < m->profile->payload_count; i++)
		count += m->events[i].need == NEED_ALWAYS;
	return count;
}

/* The first Runs of a payload are spread evenly over its starts. */
static int run_payload(struct measuring *m, struct profile_payload *p, struct error *e)
{
	size_t n = (size_t)m->function->profile_runs, always = payloads_always(m), starts = (STARTS + always - 1) / always;
	if (starts > n)
		starts = n;
	bool varies = event_of(m, p)->render != NULL;
	p->runs = ARENA_ARRAY(&m->profile->arena, varies ? MOST * n : n, struct profile_run);
	for (size_t i = 0, end = n; i < end && !is_enough(p); i++, end = runs_for(m, p, end)) {
		bool fresh = i == 0 || (i < n && i * starts / n != (i - 1) * starts / n);
		if (run_once(m, p, fresh, e) != 0)
			return -1;
		m->next_progress_ns = 0;
		if (tick(m) != 0)
			return error_set(e, ERROR_PROCESS, "%s: measuring was interrupted", m->function->name);
	}
	return 0;
}

/* --- what has to be measured ------------------------------------------------------------------------------------------------------------- */

static bool is_too_much(const struct profile_run *r)
{
	return r->outcome == OUTCOME_TIMEOUT || r->outcome == OUTCOME_OUT_OF_MEMORY;
}

static bool is_alike(const struct profile_payload *a, const struct profile_payload *b, uint32_t attempt)
{
	return a->payload == b->payload && a->attempt == attempt && strcmp(a->source, b->source) == 0;
}

/* What was measured of the same records one by one, in that attempt; NULL: nothing. */
static const struct profile_payload *single_of(const struct measuring *m, const struct profile_payload *p, uint32_t attempt)
{
	for (const struct profile_payload *x = m->profile->payloads; x < p; x++)
		if (x->batch == 1 && x->run_count > 0 && is_alike(x, p, attempt))
			return x;
	return NULL;
}

/* Whether some run failed, or its answer names a record that did. */
static bool has_failed(const struct profile_payload *p)
{
	for (size_t i = 0; i < p->run_count; i++)
		if (p->runs[i].outcome != OUTCOME_OK || p->runs[i].failed_records > 0)
			return true;
	return false;
}

static bool was_too_much(const struct profile_payload *p)
{
	for (size_t i = 0; i < p->run_count; i++)
		if (is_too_much(&p->runs[i]))
			return true;
	return false;
}

/* Whether fewer of the same records never got through for time or memory: more will not. */
static bool is_hopeless_batch(const struct measuring *m, const struct profile_payload *p)
{
	for (const struct profile_payload *x = m->profile->payloads; x < p; x++)
		if (x->batch < p->batch && is_alike(x, p, p->attempt) && is_enough(x) && is_too_much(&x->runs[x->run_count - 1]))
			return true;
	return false;
}

static bool is_wanted(const struct measuring *m, const struct profile_payload *p)
{
	const struct profile_event *event = event_of(m, p);
	const struct profile_payload *before = event->need == NEED_AGAIN ? single_of(m, p, p->attempt - 1) : NULL;
	if (p->batch > 1 && is_hopeless_batch(m, p))
		return false;
	switch (event->need) {
	case NEED_ALWAYS: return true;
	case NEED_LESS: return was_too_much(p - 1);
	case NEED_AGAIN: return before && has_failed(before) && (m->failures.count == 0 || m->function->errors_expected);
	}
	return false;
}

/* Whether batches of the same source carry other payloads, too. */
static bool is_mixed(const struct measuring *m, const struct profile_payload *p)
{
	for (size_t i = 0; i < m->profile->payload_count; i++)
		if (m->profile->payloads[i].payload != p->payload && strcmp(m->profile->payloads[i].source, p->source) == 0)
			return true;
	return false;
}

/* Whether nothing is wrong with the records, there were only too many of them: a prediction, not a mistake. A mixture that holds so many of one payload
 * may never come, so errors that only come with them tell nothing either. */
static bool is_for_size(const struct measuring *m, const struct profile_payload *p)
{
	const struct profile_payload *single = p->batch > 1 ? single_of(m, p, p->attempt) : NULL;
	if (single == NULL || has_failed(single))
		return false;
	for (size_t i = 0; i < p->run_count; i++) {
		enum outcome outcome = p->runs[i].outcome;
		bool excused = outcome == OUTCOME_ERROR || outcome == OUTCOME_CRASH ? is_mixed(m, p) : is_too_much(&p->runs[i]);
		if (outcome != OUTCOME_OK && !excused)
			return false;
	}
	return true;
}

static int run_wanted(struct measuring *m, struct profile_payload *p, struct error *e)
{
	struct failures before = m->failures;
	int runs = m->function->profile_runs;
	m->with = event_of(m, p);
	if (!is_wanted(m, p)) {
		m->total -= m->with->need == NEED_ALWAYS ? runs : 0;
		return 0;
	}
	m->total += m->with->need == NEED_ALWAYS ? 0 : runs;
	if (run_payload(m, p, e) != 0)
		return -1;
	if (is_for_size(m, p)) {
		if (m->failures.message != before.message)
			memory_free(m->failures.message);
		m->failures = before;
	}
	return 0;
}

static int run_all(struct measuring *m, struct error *e)
{
	struct profile *p = m->profile;
	struct sandbox_result r = {0};
	m->total = (int)payloads_always(m) * m->function->profile_runs;
	if (rehearse(m, e) != 0)
		return -1;
	for (size_t i = 0; i < p->payload_count; i++) {
		if (run_wanted(m, &p->payloads[i], e) != 0)
			return -1;
		if (m->failures.count && !m->function->errors_expected && is_enough(&p->payloads[i]))
			break; /* nothing would be kept anyway */
	}
	int status = judge(m, e);
	/* Few runs need few starts: the rest of them serve no event. One that fails needs no repetition. */
	while (status == 0 && p->inits[p->init_count - 1].outcome == OUTCOME_OK && p->init_count < STARTS)
		status = start_fresh(m, &r, e);
	sandbox_result_fini(&r);
	return status;
}

/* --- all together ------------------------------------------------------------------------------------------------------------------------ */

static int prepare(struct measuring *m, struct error *e)
{
	struct profile *p = m->profile;
	char code[SHA256_TEXT];
	m->scratch = folder_private(e);
	if (m->scratch == NULL || launcher_plan(m->function, m->scenario->region, m->scratch, &p->arena, &m->plan, e) != 0 ||
	    hash_code(m, code, e) != 0)
		return -1;
	p->code_sha256 = arena_string(&p->arena, code);
	p->runtime_used = m->plan.used;
	p->runtime_note = m->plan.note;
	p->backend = "none";
	return 0;
}

static struct profile *take(struct measuring *m)
{
	struct profile *p = m->profile;
	m->profile = NULL;
	return p;
}

static void measuring_fini(struct measuring *m)
{
	stop(m);
	folder_remove(m->scratch);
	memory_free(m->scratch);
	memory_free(m->failures.message);
	profile_free(m->profile);
}

static void keep(const struct measuring *m, const char key[SHA256_TEXT])
{
	char *path = profile_cache_path(m->options->cache_dir, key);
	/* Without a cache the measurement is as good; it is only made again next time. */
	if (path)
		(void)profile_cache_write(path, m->profile, NULL);
	memory_free(path);
}

/* The measurement is of the code as it was before. It is kept for the code as the handler left it, too: else each run would find
 * changed code and measure again, and the note would be lost. */
static void keep_all(struct measuring *m, const char key[SHA256_TEXT])
{
	struct profile *p = m->profile;
	char after[SHA256_TEXT], other[SHA256_TEXT];
	bool readable = hash_folder(m, after, NULL) == 0, same = readable && memcmp(after, m->folder_sha256, SHA256_TEXT) == 0;
	if (!same)
		p->code_note = "the handler wrote into its code folder, which is read-only on Lambda: there the write fails";
	keep(m, key);
	if (same || !readable || m->function->code_kind == CODE_INLINE)
		return;
	const char *before = p->code_sha256;
	p->code_sha256 = arena_string(&p->arena, after);
	make_key(m, other);
	p->code_sha256 = before;
	keep(m, other);
}

static int measure(struct measuring *m, struct profile **out, struct error *e)
{
	char key[SHA256_TEXT];
	if (prepare(m, e) != 0)
		return -1;
	make_key(m, key);
	char *path = profile_cache_path(m->options->cache_dir, key);
	*out = path && !m->options->refresh ? profile_cache_read(path) : NULL;
	if (*out && (*out)->payload_count == m->profile->payload_count) {
		name_payloads(m, *out);
	} else {
		profile_free(*out);
		*out = NULL;
	}
	int status = *out ? 0 : run_all(m, e);
	if (status == 0 && *out == NULL) {
		keep_all(m, key);
		*out = take(m);
	}
	memory_free(path);
	return status;
}

int profiler_measure(const struct scenario *s, size_t function, const struct profile_events *events,
                     const struct profiler_options *options, struct profile **out, struct error *e)
{
	static const struct profiler_options defaults = {0};
	assert(function < s->function_count);
	struct measuring m = {
		.scenario = s,
		.function = &s->functions[function],
		.options = options ? options : &defaults,
		.profile = MEMORY_NEW(struct profile),
	};
	assert(m.function->profile_runs >= 1);
	*out = NULL;
	list_payloads(&m, events);
	int status = measure(&m, out, e);
	measuring_fini(&m);
	return status;
}
