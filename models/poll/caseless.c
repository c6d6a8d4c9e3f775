#include "models/poll/caseless.h"

#include "sim/base/utf8.h"

struct case_run {
	uint16_t first, last, step;
	int32_t delta;
};

#define RUN(first, last, step, delta) {first, last, step, delta},

static const struct case_run lower_runs[] = {
#define LOWER RUN
#include "models/poll/casepairs.def"
#undef LOWER
};

static const struct case_run upper_runs[] = {
#define UPPER RUN
#include "models/poll/casepairs.def"
#undef UPPER
};

static uint32_t mapped(uint32_t c, const struct case_run *runs, size_t count)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct case_run *run = &runs[middle];
		if (c < run->first)
			high = middle;
		else if (c > run->last)
			low = middle + 1;
		else
			return (c - run->first) % run->step == 0 ? (uint32_t)((int64_t)c + run->delta) : c;
	}
	return c;
}

struct caseless caseless_new(const char *text, size_t length, struct arena *a)
{
	struct caseless_character *items = ARENA_ARRAY(a, length, struct caseless_character);
	size_t count = 0;
	for (size_t i = 0; i < length;) {
		uint32_t c;
		i += utf8_next(text + i, length - i, &c);
		items[count].lower = mapped(c, lower_runs, sizeof lower_runs / sizeof *lower_runs);
		items[count++].upper = mapped(c, upper_runs, sizeof upper_runs / sizeof *upper_runs);
	}
	return (struct caseless){items, count};
}

/* How many bytes of the text the whole of `c` takes from its beginning; SIZE_MAX where it does not. */
static size_t taken(const struct caseless *c, const char *text, size_t length)
{
	size_t at = 0;
	for (size_t i = 0; i < c->count; i++) {
		uint32_t found;
		if (at == length)
			return SIZE_MAX;
		at += utf8_next(text + at, length - at, &found);
		if (found != c->items[i].lower && found != c->items[i].upper)
			return SIZE_MAX;
	}
	return at;
}

bool caseless_equals(const struct caseless *c, const char *text, size_t length)
{
	return taken(c, text, length) == length;
}

bool caseless_begins(const struct caseless *c, const char *text, size_t length)
{
	return taken(c, text, length) != SIZE_MAX;
}

bool caseless_ends(const struct caseless *c, const char *text, size_t length)
{
	size_t at = length;
	for (size_t i = 0; i < c->count; i++) { /* back to where as many characters follow */
		if (at == 0)
			return false;
		do
			at--;
		while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80);
	}
	return taken(c, text + at, length - at) == length - at;
}
