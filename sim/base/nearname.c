#include "sim/base/nearname.h"

#include <assert.h>
#include <string.h>

/* Logical IDs, property names and the like are at most 255 long; longer ones get no suggestion. */
enum { NEARNAME_LONGEST = 255 };

static unsigned char nearname_fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : (unsigned char)c;
}

static unsigned nearname_least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Row i of the table of optimal string alignment: distances of the first i letters of a from each beginning of b. */
static void nearname_row(const char *a, unsigned i, const char *b, unsigned length, const unsigned *before, const unsigned *last,
                         unsigned *row)
{
	assert(i >= 1 && length <= NEARNAME_LONGEST);
	unsigned char c = nearname_fold(a[i - 1]);
	row[0] = i;
	for (unsigned j = 1; j <= length; j++) {
		unsigned char d = nearname_fold(b[j - 1]);
		unsigned least = nearname_least(last[j - 1] + (c != d), nearname_least(last[j], row[j - 1]) + 1);
		if (i > 1 && j > 1 && c == nearname_fold(b[j - 2]) && nearname_fold(a[i - 2]) == d)
			least = nearname_least(least, before[j - 2] + 1);
		row[j] = least;
	}
}

static unsigned nearname_distance(const char *a, unsigned a_length, const char *b, unsigned b_length)
{
	unsigned rows[3][NEARNAME_LONGEST + 1] = {{0}};
	for (unsigned j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= a_length; i++)
		nearname_row(a, i, b, b_length, rows[(i + 1) % 3], rows[(i - 1) % 3], rows[i % 3]);
	return rows[a_length % 3][b_length];
}

const char *nearname_find(const char *name, const char *const *names, size_t count)
{
	assert(name != NULL);
	assert(names != NULL || count == 0);
	size_t length = strlen(name);
	if (length == 0 || length > NEARNAME_LONGEST)
		return NULL;
	unsigned limit = length < 3 ? 1 : (unsigned)length / 3;
	const char *best = NULL;
	unsigned best_distance = limit + 1;
	for (size_t i = 0; i < count; i++) {
		size_t other = strlen(names[i]);
		size_t longer = other > length ? other : length;
		if (other > NEARNAME_LONGEST || other > length + limit || length > other + limit)
			continue;
		unsigned distance = nearname_distance(name, (unsigned)length, names[i], (unsigned)other);
		if (distance < best_distance && distance < longer) { /* below the longer length: some letter is shared */
			best_distance = distance;
			best = names[i];
		}
	}
	return best;
}
