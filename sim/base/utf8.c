#include "sim/base/utf8.h"

#include <assert.h>

/* How many bytes a sequence takes by its first byte, or 0 where none begins so; the first byte's own bits go to *bits. */
static size_t utf8_length(unsigned char first, uint32_t *bits)
{
	if (first < 0x80) {
		*bits = first;
		return 1;
	}
	if (first >= 0xc2 && first <= 0xdf) {
		*bits = first & 0x1fu;
		return 2;
	}
	if (first >= 0xe0 && first <= 0xef) {
		*bits = first & 0x0fu;
		return 3;
	}
	*bits = first & 0x07u;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

size_t utf8_next(const char *bytes, size_t length, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* by length: smaller ones are overlong */
	assert(bytes != NULL && length >= 1);
	uint32_t value;
	size_t n = utf8_length((unsigned char)bytes[0], &value);
	*c = UTF8_INVALID;
	if (n == 0 || n > length)
		return 1;
	for (size_t i = 1; i < n; i++) {
		unsigned char next = (unsigned char)bytes[i];
		if ((next & 0xc0) != 0x80)
			return 1;
		value = value << 6 | (next & 0x3fu);
	}
	if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 1;
	*c = value;
	assert(n >= 1 && n <= 4);
	return n;
}
