/* patternparts: what a compiled pattern is made of; for the files of this folder alone.
 *
 * All $or are multiplied out: a pattern is a list of branches of which one must match, a branch a list of fields that all must match,
 * a field a path and a list of tests of which one must pass. Fields are shared between branches. */
#ifndef MODELS_POLL_PATTERNPARTS_H
#define MODELS_POLL_PATTERNPARTS_H

#include "models/poll/caseless.h"
#include "models/poll/decimal.h"
#include "models/poll/ipaddress.h"
#include "models/poll/pattern.h"
#include "models/poll/wildcard.h"

enum test_kind {
	TEST_STRING,
	TEST_NUMBER,
	TEST_TRUE,
	TEST_FALSE,
	TEST_NULL,
	TEST_PREFIX,
	TEST_SUFFIX,
	TEST_EQUALS_CASELESS,
	TEST_PREFIX_CASELESS,
	TEST_SUFFIX_CASELESS,
	TEST_WILDCARD,
	TEST_RANGE,
	TEST_ADDRESS,
	TEST_EXISTS,
	TEST_ABSENT, /* no value passes it: see may_be_absent */
	TEST_BUT     /* passes where none of its own tests does */
};

struct bound {
	bool given, open; /* open: the bound itself is outside */
	double value;
};

struct number {
	struct decimal decimal;
	const char *text; /* as it was written */
	size_t length;
};

struct tests;

struct test {
	enum test_kind kind;
	union {
		struct {
			const char *bytes;
			size_t length;
		} text;
		struct number number;
		struct caseless caseless;
		struct wildcard wildcard;
		struct {
			struct bound low, high;
		} range;
		struct ipblock block;
		const struct tests *but;
	} of;
};

struct tests {
	const struct test *items;
	size_t count;
};

struct field {
	const char *path; /* keys joined by dots */
	size_t length;
	unsigned depth; /* keys in the pattern, from 1 */
	struct tests tests;
	bool may_be_absent; /* one of the tests is TEST_ABSENT */
};

struct branch {
	const struct field **fields; /* in the order of pattern__order */
	size_t count;
};

struct pattern {
	enum pattern_dialect dialect;
	struct branch *branches;
	size_t count;
	bool everything; /* an empty filter policy */
};

/* Bytes, but a dot comes before all others, so that the fields below one key stand together. */
int pattern__order(const struct field *a, const struct field *b);

bool pattern__branch_match(const struct branch *b, const json_t *event);

/* A value of an event that is no array and no object. */
bool tests_pass(const struct tests *t, const json_t *value);

#endif
