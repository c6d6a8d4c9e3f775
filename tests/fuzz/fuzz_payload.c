/* Any bytes as a payload: compiled for slots and rendered; and in the event of every source, which is one JSON value. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "models/source/envelope.h"
#include "models/source/slots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void slots(const char *text, size_t size)
{
	struct arena a = {0};
	struct diagnostics found = {0};
	const struct slots *compiled = NULL;
	size_t length;
	int status = slots_compile(text, size, "fuzz", &found, &a, &compiled);
	if ((status < 0) != (found.errors > 0) || (status < 0 && compiled))
		abort();
	if (compiled && strlen(slots_render(compiled, &(struct slots_event){.identity = size}, &a, &length)) > length)
		abort();
	diagnostics_fini(&found);
	arena_fini(&a);
}

/* A direct Invoke passes anything on. */
static void events(const char *text, size_t size)
{
	static const struct envelope_window window;
	for (int k = SOURCE_INVOKE + 1; k < SOURCE_KINDS; k++) {
		struct arena a = {0};
		struct envelope_place place = {.path = "/x/{y}",
		                               .payload_1_0 = size % 2,
		                               .window = k >= SOURCE_KINESIS ? &window : NULL};
		struct envelope_content content;
		size_t length;
		enum source_kind kind = (enum source_kind)k;
		const char *event = envelope_batch(kind, &place, envelope_samples(text, size, 1, &a), 1, &a, &length);
		json_t *value = json_loadb(event, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		if (!value)
			abort();
		json_decref(value);
		envelope_content_of(kind, text, size, &a, &content);
		envelope_refusal(kind, text, size);
		arena_fini(&a);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	slots(text, size);
	events(text, size);
	free(text);
	return 0;
}
