/* Any bytes, quoted, are one JSON string that another library reads; and any double survives printing and reading. */
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json_out.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void quote(const uint8_t *data, size_t size)
{
	struct textbuf out = {0};
	json_out_quote(&out, (const char *)data, size);
	json_t *value = json_loadb(out.text, out.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (!json_is_string(value))
		abort();
	json_decref(value);
	textbuf_fini(&out);
}

static void number(const uint8_t *data)
{
	double value;
	char text[32];
	memcpy(&value, data, sizeof value);
	if (!isfinite(value))
		return;
	json_out_number(text, value);
	if (strlen(text) >= sizeof text || strtod(text, NULL) != value)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	quote(data, size);
	for (size_t at = 0; at + sizeof(double) <= size; at += sizeof(double))
		number(data + at);
	return 0;
}
