#include "reports/width.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sim/base/utf8.h"

struct width_range {
	uint32_t first, last;
};

static const struct width_range wide[] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff}, {0xa000, 0xa4cf},
	{0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60}, {0xffe0, 0xffe6},
	{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
};

static const struct width_range none[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0900, 0x0902},
	{0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x202a, 0x202e},
	{0x2060, 0x2064}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};

static bool width_in(const struct width_range *ranges, size_t count, uint32_t c)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* Marks that reorder text (U+202A..202E, U+2066..2069) could make a name read as something else; they are dropped with the rest. */
static bool width_is_harmful(uint32_t c)
{
	return c == UTF8_INVALID || c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static int width_of_character(uint32_t c)
{
	if (width_is_harmful(c)) /* shown as '?' */
		return 1;
	if (width_in(none, sizeof none / sizeof none[0], c))
		return 0;
	return width_in(wide, sizeof wide / sizeof wide[0], c) ? 2 : 1;
}

int width_of(const char *text)
{
	int columns = 0;
	size_t length = strlen(text);
	for (size_t i = 0; i < length;) {
		uint32_t c;
		i += utf8_next(text + i, length - i, &c);
		columns += width_of_character(c);
	}
	return columns;
}

int width_add(struct textbuf *out, const char *text, int columns)
{
	bool cut = width_of(text) > columns;
	int room = cut ? columns - 1 : columns, used = 0;
	size_t length = strlen(text);
	for (size_t i = 0; i < length;) {
		uint32_t c;
		size_t n = utf8_next(text + i, length - i, &c);
		bool harmful = width_is_harmful(c);
		int w = width_of_character(c);
		if (used + w > room)
			break;
		if (harmful)
			textbuf_add_char(out, '?');
		else
			textbuf_add_n(out, text + i, n);
		used += w;
		i += n;
	}
	if (cut && columns > 0)
		textbuf_add(out, "…");
	return used + (cut && columns > 0);
}
