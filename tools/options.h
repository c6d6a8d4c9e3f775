/* options: every option of every command stands in one table (options.c); parsing, --help, shell completion and the OPTIONS sections of
 * the manual pages are made from it, or compared with it by a test, so they cannot drift apart.
 *
 * Words are taken as GNU programs do: options and operands in any order, `--` ends the options, long names may be cut short while they
 * stay unambiguous, `--name=value` and `--name value` are the same. Values are only collected here: what they mean is checked where the
 * scenario is read, which knows better messages. */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/error.h"
#include "sim/base/textbuf.h"

enum option_id {
	OPTION_OUTPUT,
	OPTION_STUB,
	OPTION_AGAIN,
	OPTION_TEMPLATE,
	OPTION_WORKLOAD,
	OPTION_RATE,
	OPTION_PAYLOAD,
	OPTION_SET,
	OPTION_PARAMETERS,
	OPTION_ENV_VARS,
	OPTION_REGION,
	OPTION_DURATION,
	OPTION_REPLICATIONS,
	OPTION_SEED,
	OPTION_JOBS,
	OPTION_REFRESH_PROFILE,
	OPTION_NO_PLOTS,
	OPTION_PATTERN,
	OPTION_EVENT,
	OPTION_BATCH,
	OPTION_DIALECT,
	OPTION_JSON,
	OPTION_QUIET,
	OPTION_HELP,
	OPTION_IDS
};

enum option_type {
	OPTION_FLAG, /* no value */
	OPTION_TEXT, /* one value; the last one given counts */
	OPTION_MANY, /* one value each time; all count */
	OPTION_WORDS, /* several KEY=VALUE words up to the first that is none, each time; one word may hold several, as `sam` allows */
	OPTION_COUNT /* a whole number from 1 to OPTION_COUNT_MOST */
};

enum { OPTION_COUNT_MOST = 1024 };

/* What a shell offers for a value. */
enum option_offers { OFFERS_NOTHING, OFFERS_FILES, OFFERS_FOLDERS };

struct option_row {
	const char *name; /* long, without dashes */
	char letter;      /* short; 0 for none */
	enum option_type type;
	enum option_offers offers;
	const char *argument; /* "DIR"; NULL for a flag */
	const char *fallback; /* what holds without it, for people; NULL for nothing to say */
	const char *help;     /* what it does: a clause without a full stop */
};

/* What was given for one option. */
struct option_value {
	size_t count, capacity;
	const char **words; /* owned array of words that are borrowed from argv or owned by `cut` */
};

/* `{0}` is a valid empty set. */
struct options {
	struct option_value value[OPTION_IDS];
	const char **operands; /* owned array of borrowed words */
	size_t operand_count, operand_capacity;
	char **cut; /* owned: words that were made by cutting others */
	size_t cut_count, cut_capacity;
};

struct command {
	const char *name;          /* "run" */
	const char *operands;      /* "[TEMPLATE]", for people; "" for none */
	const char *summary;       /* one line */
	const char *text;          /* some lines more, for --help */
	const enum option_id *ids; /* in the order of the help */
	size_t id_count;
	size_t operands_most;
	enum option_offers offers;                                       /* for operands */
	const char *const *choices;                                      /* the operands that there are, NULL-ended; NULL for any */
	int (*run)(const struct command *self, const struct options *o); /* the exit status */
};

const struct option_row *options_row(enum option_id id);

/* argv[0] is the command's name. 0, or -1 with ERROR_USAGE. Resets getopt's own state, so it may be called again; not from two threads. */
int options_parse(const struct command *c, int argc, char **argv, struct options *o, struct error *e);
void options_fini(struct options *o);

bool options_given(const struct options *o, enum option_id id);
const char *options_text(const struct options *o, enum option_id id); /* the last value; NULL when not given */
unsigned options_count(const struct options *o, enum option_id id, unsigned fallback);

void options_help(const struct command *c, struct textbuf *out);   /* the whole text of `weir help CMD` */
void options_manual(const struct command *c, struct textbuf *out); /* the body of OPTIONS in scdoc */

/* A bash script that completes commands, options, files and folders. */
void options_completion(const struct command *const *commands, size_t count, struct textbuf *out);

#endif
