/* Any text as a pattern of each dialect and, from the first line's end on, as an event: an error with a text, or an answer, the same
 * whether the event was text or tree. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "models/poll/jsontext.h"
#include "models/poll/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match_tree(const struct pattern *p, const json_t *event, int expected)
{
	const char *key = NULL;
	json_t *record = pattern_open_record(event, &key);
	if (pattern_match(p, event) != (expected == 1))
		abort();
	if (key != NULL)
		pattern_match_record(p, record, key);
	json_decref(record);
}

static void try_dialect(const char *text, size_t length, const char *event, size_t event_length, enum pattern_dialect dialect)
{
	struct arena a = {0};
	struct error e = {0};
	struct position at = {0};
	const struct pattern *p = pattern_compile_at(text, length, dialect, &a, &at, &e);
	if (p == NULL && (e.code != ERROR_INPUT || !*e.text || at.line < 1 || at.column < 1))
		abort();
	if (p != NULL) {
		struct error wrong = {0};
		int result = pattern_match_text(p, event, event_length, &at, &wrong);
		if (result < -1 || result > 1 || (result == -1) != (wrong.code == ERROR_INPUT))
			abort();
		const struct jsontext *tree = jsontext_read(event, event_length, &a, NULL, &wrong);
		json_t *json = tree != NULL ? jsontext_json(tree) : NULL;
		if (json != NULL)
			match_tree(p, json, result);
		json_decref(json);
	}
	arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = size > 0 ? memchr(text, '\n', size) : NULL;
	size_t length = end != NULL ? (size_t)(end - text) : size;
	const char *event = end != NULL ? end + 1 : "{}";
	size_t event_length = end != NULL ? size - length - 1 : 2;
	for (int dialect = PATTERN_EVENTBRIDGE; dialect <= PATTERN_SNS_ATTRIBUTES; dialect++)
		try_dialect(text, length, event, event_length, (enum pattern_dialect)dialect);
	return 0;
}
