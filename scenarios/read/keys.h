/* keys: the keys of the Weir section as tables. One table a map: which keys there are, what kind of value each has, where it goes.
 *
 * A key that is not in the table is an error with the nearest one that is; a value of the wrong kind is an error that says what kind is
 * wanted and shows an example. Sources of the keys: the manual page of the scenario format. */
#ifndef SCENARIOS_READ_KEYS_H
#define SCENARIOS_READ_KEYS_H

#include "scenarios/read/reading.h"
#include "sim/distribution.h"

enum key_type {
	KEY_TEXT,        /* const char * */
	KEY_INTEGER,     /* int, low..high */
	KEY_COUNT64,     /* uint64_t */
	KEY_BOOL,        /* bool */
	KEY_NUMBER,      /* double, low..high */
	KEY_DURATION,    /* simtime, low..high ns */
	KEY_RATE,        /* double, a second */
	KEY_SHARE,       /* double, 0..1 */
	KEY_GROWTH,      /* double, a month */
	KEY_BYTES,       /* double */
	KEY_MEGABYTES,   /* double */
	KEY_TIME_SPREAD, /* struct distribution of nanoseconds: a duration or a distribution */
	KEY_WITH,        /* `read` does it */
	KEY_LATER,       /* known, not modelled yet: refused by name */
	KEY_ELSEWHERE    /* read by somebody else: nothing is done here */
};

struct key;
typedef void key_reader(struct reading *r, const struct node *value, const char *path, void *target);

struct key {
	const char *name;
	enum key_type type;
	size_t offset;    /* of the field in the target */
	size_t has;       /* KEY_HAS(struct, bool field): set to true when the key was read */
	double low, high; /* allowed values, both 0 for any; open where `above` */
	bool above;       /* greater than low, not equal */
	key_reader *read; /* KEY_WITH: gets the target itself */
};

#define KEY_HAS(type, field) (offsetof(type, field) + 1)

/* Reads a map into `target`. `path` names it in messages ("Weir.Account"). Returns the set of the keys that were there, as bits by index in
 * the table; 0 when it is no map (an error then). */
unsigned long keys_read(struct reading *r, const struct node *map, const struct key *keys, size_t count, const char *path,
                        void *target);

/* Reads one value as a key's type. Returns 0, or -1 with an error. */
int key_value(struct reading *r, const struct key *key, const struct node *value, const char *path, void *field);

/* A word out of a list: its index, or -1 with an error that lists them. */
int key_word(struct reading *r, const struct node *value, const char *path, const char *const *words, size_t count);

/* "Every.Path.Key" in the scratch arena. */
const char *key_path(struct reading *r, const char *path, const char *key);

#define KEY_COUNT(keys) (sizeof(keys) / sizeof *(keys))

#endif
