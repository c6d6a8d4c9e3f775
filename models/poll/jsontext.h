/* jsontext: JSON text read into a tree that remembers where everything stood and how numbers were written.
 *
 * jansson's own reader keeps neither: it refuses 1e400 and integers beyond 64 bits, which are JSON and which event patterns compare by
 * their text, and it has no positions for what is valid JSON but no valid pattern. This reader is strict RFC 8259: UTF-8 only (a byte
 * order mark in front is passed over), no lone surrogates, nothing after the value. Depth is bounded, so is the stack.
 *
 * Where a key is repeated the last one counts (jsontext_get), as in EventBridge and in jansson; members keep their order. */
#ifndef MODELS_POLL_JSONTEXT_H
#define MODELS_POLL_JSONTEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/arena.h"
#include "sim/base/diagnostic.h"
#include "sim/base/error.h"

/* Arrays and objects inside each other. Jackson, the reader in front of AWS's own engine, stops at the same depth. */
enum { JSONTEXT_DEPTH = 1000 };

enum jsontext_kind {
	JSONTEXT_NULL,
	JSONTEXT_FALSE,
	JSONTEXT_TRUE,
	JSONTEXT_NUMBER,
	JSONTEXT_STRING,
	JSONTEXT_ARRAY,
	JSONTEXT_OBJECT
};

/* A value. `bytes` are its characters after escapes (string) or as written (number), not NUL-ended and possibly with NULs inside. */
struct jsontext {
	enum jsontext_kind kind;
	const char *bytes;      /* in the arena or in the text */
	size_t length;          /* bytes of a string or number; members of an array or object */
	const char *from, *end; /* the value as it was written, in the text */
	const char *key;        /* of a member of an object, like bytes; NULL otherwise */
	size_t key_length;
	const char *key_from;          /* its opening quote, in the text */
	struct jsontext *first, *next; /* members; the next in the same container */
};

/* NULL with `e` (ERROR_INPUT: what is wrong, without a position) and `at` filled (its line and column) where `text` is no JSON. `at`
 * may be NULL. The tree borrows from `text` and lives in the arena. */
const struct jsontext *jsontext_read(const char *text, size_t length, struct arena *a, struct position *at, struct error *e);

/* Line and column, from 1, of a byte of the text; columns count characters. */
void jsontext_position(const char *text, const char *where, struct position *at);

/* The value of a key of an object; NULL where it has none. */
const struct jsontext *jsontext_get(const struct jsontext *object, const char *key);
bool jsontext_is_key(const struct jsontext *member, const char *key);

/* The same value for jansson, a new reference. A number that is neither a 64-bit integer nor carried by a double without loss
 * (decimal.h) becomes a string of the byte JSONTEXT_NUMERAL and the number as written; no UTF-8 text begins with that byte. */
#define JSONTEXT_NUMERAL '\xff'
json_t *jsontext_json(const struct jsontext *value);

#endif
