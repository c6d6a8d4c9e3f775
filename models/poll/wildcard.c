#include "models/poll/wildcard.h"

const char *wildcard_compile(const char *text, size_t length, struct arena *a, struct wildcard *out)
{
	uint16_t *items = ARENA_ARRAY(a, length, uint16_t);
	size_t n = 0;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '*' && i + 1 < length && text[i + 1] == '*')
			return "two stars in a row; one stands for any run of characters already";
		if (text[i] == '\\') {
			if (i + 1 == length || (text[i + 1] != '*' && text[i + 1] != '\\'))
				return "a backslash stands only before a star or another backslash";
			items[n++] = (unsigned char)text[++i];
		} else {
			items[n++] = text[i] == '*' ? WILDCARD_ANY : (unsigned char)text[i];
		}
	}
	*out = (struct wildcard){items, n};
	return NULL;
}

/* Only the last star needs to be tried again: what an earlier one took can be left as short as it was. */
bool wildcard_match(const struct wildcard *w, const char *text, size_t length)
{
	size_t i = 0, star = SIZE_MAX, resume = 0;
	for (size_t at = 0; at < length;) {
		if (i < w->count && w->items[i] == WILDCARD_ANY) {
			star = ++i;
			resume = at;
		} else if (i < w->count && w->items[i] == (unsigned char)text[at]) {
			i++;
			at++;
		} else if (star != SIZE_MAX) {
			if (star == w->count)
				return true;
			i = star;
			at = ++resume;
		} else {
			return false;
		}
	}
	while (i < w->count && w->items[i] == WILDCARD_ANY)
		i++;
	return i == w->count;
}
