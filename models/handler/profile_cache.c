#include "models/handler/profile_cache.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "models/os/file.h"
#include "sim/base/json_out.h"
#include "sim/base/memory.h"
#include "sim/base/textbuf.h"

enum { FORMAT = 5, LARGEST = 256 * 1024 * 1024 };

char *profile_cache_path(const char *folder, const char key[SHA256_TEXT])
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (folder)
		return memory_format("%s/%s.json", folder, key);
	if (cache && *cache == '/') /* XDG Base Directory Specification: relative paths are to be ignored */
		return memory_format("%s/weir/%s.json", cache, key);
	return home && *home == '/' ? memory_format("%s/.cache/weir/%s.json", home, key) : NULL;
}

/* --- writing ---------------------------------------------------------------------------------------------------------------------- */

static void put_string(struct json_out *j, const char *key, const char *value)
{
	json_out_key(j, key);
	json_out_string(j, value);
}

static void put_int(struct json_out *j, const char *key, int64_t value)
{
	json_out_key(j, key);
	json_out_int(j, value);
}

static void put_inits(struct json_out *j, const struct profile *p)
{
	json_out_key(j, "inits");
	json_out_array(j);
	for (size_t i = 0; i < p->init_count; i++) {
		json_out_object(j);
		put_int(j, "cpu_ns", p->inits[i].cpu);
		put_int(j, "wall_ns", p->inits[i].wall);
		put_int(j, "outcome", p->inits[i].outcome);
		json_out_end_object(j);
	}
	json_out_end_array(j);
}

static void put_run(struct json_out *j, const struct profile_run *run)
{
	json_out_object(j);
	put_int(j, "cpu_ns", run->cpu);
	put_int(j, "wait_ns", run->wait);
	put_int(j, "memory_bytes", run->memory_bytes);
	put_int(j, "response_bytes", run->response_bytes);
	put_int(j, "outcome", run->outcome);
	put_int(j, "status", run->status);
	json_out_key(j, "first");
	json_out_bool(j, run->first);
	put_int(j, "failed_records", run->failed_records);
	json_out_end_object(j);
}

static void put_payloads(struct json_out *j, const struct profile *p)
{
	json_out_key(j, "payloads");
	json_out_array(j);
	for (size_t i = 0; i < p->payload_count; i++) {
		const struct profile_payload *payload = &p->payloads[i];
		json_out_object(j);
		put_string(j, "source", payload->source);
		put_int(j, "payload", (int64_t)payload->payload);
		put_int(j, "batch", payload->batch);
		put_int(j, "attempt", payload->attempt);
		json_out_key(j, "runs");
		json_out_array(j);
		for (size_t k = 0; k < payload->run_count; k++)
			put_run(j, &payload->runs[k]);
		json_out_end_array(j);
		json_out_end_object(j);
	}
	json_out_end_array(j);
}

static void put_profile(struct textbuf *text, const struct profile *p)
{
	struct json_out j;
	json_out_init(&j, text, 0);
	json_out_object(&j);
	put_int(&j, "format", FORMAT);
	put_string(&j, "runtime_used", p->runtime_used);
	put_string(&j, "runtime_note", p->runtime_note);
	put_string(&j, "code_note", p->code_note);
	put_string(&j, "code_sha256", p->code_sha256);
	put_string(&j, "backend", p->backend);
	put_inits(&j, p);
	put_payloads(&j, p);
	json_out_end_object(&j);
}

static void digest(const char *text, size_t length, char hex[SHA256_TEXT])
{
	struct sha256 s;
	sha256_init(&s);
	sha256_add(&s, text, length);
	sha256_end_text(&s, hex);
}

int profile_cache_write(const char *path, const struct profile *p, struct error *e)
{
	struct textbuf text = {0};
	char hex[SHA256_TEXT], *folder = memory_string_n(path, (size_t)(strrchr(path, '/') - path));
	put_profile(&text, p);
	digest(text.text, text.length, hex);
	textbuf_printf(&text, "\n%s\n", hex);
	int status = *folder ? file_make_folder(folder, e) : 0;
	if (status == 0)
		status = file_write(path, text.text, text.length, e);
	memory_free(folder);
	textbuf_fini(&text);
	return status;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------ */

/* The getters note what is missing or out of range in `bad`; one look at the end is enough. */
static int64_t get_int(const json_t *object, const char *key, int64_t low, int64_t high, bool *bad)
{
	const json_t *value = json_object_get(object, key);
	json_int_t n = json_integer_value(value);
	if (!json_is_integer(value) || n < low || n > high) {
		*bad = true;
		return 0;
	}
	return n;
}

static const char *get_string(const json_t *object, const char *key, struct arena *a, bool optional, bool *bad)
{
	const json_t *value = json_object_get(object, key);
	if (!json_is_string(value) && !(optional && json_is_null(value)))
		*bad = true;
	return arena_string(a, json_string_value(value));
}

static struct profile_run get_run(const json_t *object, bool *bad)
{
	struct profile_run run = {
		.cpu = get_int(object, "cpu_ns", 0, SIMTIME_LONGEST, bad),
		.wait = get_int(object, "wait_ns", 0, SIMTIME_LONGEST, bad),
		.memory_bytes = get_int(object, "memory_bytes", 0, INT64_MAX, bad),
		.response_bytes = get_int(object, "response_bytes", 0, INT64_MAX, bad),
		.outcome = (enum outcome)get_int(object, "outcome", 0, OUTCOMES - 1, bad),
		.status = (int)get_int(object, "status", -1, 599, bad),
		.first = json_is_true(json_object_get(object, "first")),
		.failed_records = (uint32_t)get_int(object, "failed_records", 0, UINT32_MAX, bad),
	};
	return run;
}

static void get_inits(struct profile *p, const json_t *list, bool *bad)
{
	p->init_count = json_array_size(list);
	p->inits = ARENA_ARRAY(&p->arena, p->init_count, struct profile_init);
	for (size_t i = 0; i < p->init_count; i++) {
		const json_t *object = json_array_get(list, i);
		p->inits[i].cpu = get_int(object, "cpu_ns", 0, SIMTIME_LONGEST, bad);
		p->inits[i].wall = get_int(object, "wall_ns", 0, SIMTIME_LONGEST, bad);
		p->inits[i].outcome = (enum outcome)get_int(object, "outcome", 0, OUTCOMES - 1, bad);
	}
	*bad |= p->init_count == 0;
}

static void get_payloads(struct profile *p, const json_t *list, bool *bad)
{
	p->payload_count = json_array_size(list);
	p->payloads = ARENA_ARRAY(&p->arena, p->payload_count, struct profile_payload);
	for (size_t i = 0; i < p->payload_count; i++) {
		const json_t *object = json_array_get(list, i), *runs = json_object_get(object, "runs");
		struct profile_payload *payload = &p->payloads[i];
		payload->source = get_string(object, "source", &p->arena, false, bad);
		payload->payload = (size_t)get_int(object, "payload", 0, INT32_MAX, bad);
		payload->batch = (uint32_t)get_int(object, "batch", 1, UINT32_MAX, bad);
		payload->attempt = (uint32_t)get_int(object, "attempt", 0, UINT32_MAX, bad);
		payload->run_count = json_array_size(runs);
		payload->runs = ARENA_ARRAY(&p->arena, payload->run_count, struct profile_run);
		for (size_t k = 0; k < payload->run_count; k++)
			payload->runs[k] = get_run(json_array_get(runs, k), bad);
		*bad |= payload->run_count == 0 && payload->batch == 1 && payload->attempt == 0;
	}
	*bad |= p->payload_count == 0;
}

static struct profile *parse(const char *text, size_t length)
{
	json_t *root = json_loadb(text, length, 0, NULL);
	struct profile *p = MEMORY_NEW(struct profile);
	bool bad = false;
	get_int(root, "format", FORMAT, FORMAT, &bad);
	p->runtime_used = get_string(root, "runtime_used", &p->arena, false, &bad);
	p->runtime_note = get_string(root, "runtime_note", &p->arena, true, &bad);
	p->code_note = get_string(root, "code_note", &p->arena, true, &bad);
	p->code_sha256 = get_string(root, "code_sha256", &p->arena, false, &bad);
	p->backend = get_string(root, "backend", &p->arena, false, &bad);
	get_inits(p, json_object_get(root, "inits"), &bad);
	get_payloads(p, json_object_get(root, "payloads"), &bad);
	json_decref(root);
	if (!bad)
		return p;
	profile_free(p);
	return NULL;
}

struct profile *profile_cache_read(const char *path)
{
	char *text, hex[SHA256_TEXT];
	size_t length;
	if (file_read(path, LARGEST, &text, &length, NULL) != 0)
		return NULL;
	const char *end = memchr(text, '\n', length);
	size_t line = end ? (size_t)(end - text) : 0;
	bool whole = end && length == line + 1 + SHA256_TEXT && text[length - 1] == '\n';
	if (whole) {
		digest(text, line, hex);
		whole = memcmp(end + 1, hex, SHA256_TEXT - 1) == 0;
	}
	struct profile *p = whole ? parse(text, line) : NULL;
	memory_free(text);
	return p;
}
