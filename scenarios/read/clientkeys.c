#include "scenarios/read/clientkeys.h"

#include <string.h>

#include "scenarios/read/keys.h"

enum { SDK_TIMEOUT_S = 60 };
static const unsigned sdk_retries = RETRY_429 | RETRY_5XX | RETRY_TIMEOUT;

static const char *const preset_names[] = {"legacy", "standard", "standard-2026"};
enum { PRESETS = sizeof preset_names / sizeof *preset_names };

/* Without a preset: one attempt, no timeout; a client that says how often it tries gets the back-off that most guides recommend. */
static const struct client_spec plain_client = {
	.timeout = SIMTIME_NEVER,
	.max_attempts = 1,
	.backoff_base = 100 * SIMTIME_MS,
	.throttle_base = 100 * SIMTIME_MS,
	.backoff_factor = 2,
	.backoff_max = 20 * SIMTIME_SECOND,
	.jitter = JITTER_FULL,
	.retry_on = RETRY_429 | RETRY_5XX | RETRY_TIMEOUT,
	.processes = 1,
};

void client_default(struct client_spec *out)
{
	*out = plain_client;
}

int client_preset(const char *name, struct client_spec *out)
{
	int index = 0;
	while (index < PRESETS && strcmp(preset_names[index], name) != 0)
		index++;
	if (index == PRESETS)
		return -1;
	*out = plain_client;
	out->preset = preset_names[index];
	out->timeout = SDK_TIMEOUT_S * SIMTIME_SECOND;
	out->backoff_base = out->throttle_base = SIMTIME_SECOND;
	out->retry_on = sdk_retries;
	if (index == 0) {
		out->max_attempts = 5;
		out->backoff_max = SIMTIME_NEVER;
		return 0;
	}
	out->max_attempts = 3;
	out->quota = 500;
	out->quota_cost = out->quota_throttle_cost = 5;
	out->quota_timeout_cost = 10;
	if (index == 2) {
		out->backoff_base = 50 * SIMTIME_MS;
		out->quota_cost = out->quota_timeout_cost = 14;
	}
	return 0;
}

static void client_read_timeout(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const struct key key = {.type = KEY_DURATION, .above = true};
	struct client_spec *c = target;
	if (node_is_text(value, "none"))
		c->timeout = SIMTIME_NEVER;
	else
		key_value(r, &key, value, path, &c->timeout);
}

static void client_read_max(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const struct key key = {.type = KEY_DURATION};
	struct client_spec *c = target;
	if (node_is_text(value, "none"))
		c->backoff_max = SIMTIME_NEVER;
	else
		key_value(r, &key, value, path, &c->backoff_max);
}

static void client_read_base(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const struct key key = {.type = KEY_DURATION};
	struct client_spec *c = target;
	if (key_value(r, &key, value, path, &c->backoff_base) == 0)
		c->throttle_base = c->backoff_base;
}

static void client_read_jitter(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const char *const words[] = {[JITTER_NONE] = "none", [JITTER_FULL] = "full", [JITTER_EQUAL] = "equal"};
	int word = key_word(r, value, path, words, KEY_COUNT(words));
	if (word >= 0)
		((struct client_spec *)target)->jitter = (enum jitter)word;
}

static void client_read_backoff(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const struct key keys[] = {
		{.name = "Base", .type = KEY_WITH, .read = client_read_base},
		{.name = "Factor",
	         .type = KEY_NUMBER,
	         .offset = offsetof(struct client_spec, backoff_factor),
	         .low = 1,
	         .high = 100},
		{.name = "Max", .type = KEY_WITH, .read = client_read_max},
		{.name = "Jitter", .type = KEY_WITH, .read = client_read_jitter},
	};
	if (node_is_text(value, "none"))
		((struct client_spec *)target)->backoff_base = ((struct client_spec *)target)->throttle_base = 0;
	else
		keys_read(r, value, keys, KEY_COUNT(keys), path, target);
}

static void client_read_retry_on(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const char *const words[] = {"429", "5xx", "timeout", "error"};
	static const unsigned bits[] = {RETRY_429, RETRY_5XX, RETRY_TIMEOUT, RETRY_FUNCTION_ERROR};
	struct client_spec *c = target;
	if (!reading_is(r, value, NODE_LIST, path))
		return;
	c->retry_on = 0;
	for (size_t i = 0; i < value->count; i++) {
		const struct node *item = reading_value(r, value->items[i], path);
		bool upper = item && node_is_text(item, "5XX");
		int word = upper ? 1 : item ? key_word(r, item, path, words, KEY_COUNT(words)) : -1;
		c->retry_on |= word >= 0 ? bits[word] : 0;
	}
}

static int client_read_preset(struct reading *r, const struct node *value, const char *path, struct client_spec *out)
{
	int word = key_word(r, value, path, preset_names, PRESETS);
	return word < 0 ? -1 : client_preset(preset_names[word], out);
}

int client_read(struct reading *r, const struct node *value, const char *path, struct client_spec *out)
{
	static const struct key keys[] = {
		{.name = "Preset", .type = KEY_ELSEWHERE},
		{.name = "Timeout", .type = KEY_WITH, .read = client_read_timeout},
		{.name = "MaxAttempts",
	         .type = KEY_INTEGER,
	         .offset = offsetof(struct client_spec, max_attempts),
	         .low = 1,
	         .high = 1000},
		{.name = "Backoff", .type = KEY_WITH, .read = client_read_backoff},
		{.name = "RetryOn", .type = KEY_WITH, .read = client_read_retry_on},
		{.name = "Processes",
	         .type = KEY_INTEGER,
	         .offset = offsetof(struct client_spec, processes),
	         .low = 1,
	         .high = 1000000},
	};
	size_t errors = r->found->errors;
	*out = plain_client;
	if (value->kind == NODE_SCALAR)
		return client_read_preset(r, value, path, out);
	const struct node *preset = reading_get(r, value, "Preset", path);
	if (preset && client_read_preset(r, preset, key_path(r, path, "Preset"), out) < 0)
		return -1;
	keys_read(r, value, keys, KEY_COUNT(keys), path, out);
	return r->found->errors > errors ? -1 : 0;
}
