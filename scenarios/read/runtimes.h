/* runtimes: the identifiers that a function's Runtime may have, when AWS deprecates them, and which of them weir can run.
 * Source: AWS Lambda Developer Guide, "Lambda runtimes"; botocore's Lambda model, enum Runtime. */
#ifndef SCENARIOS_READ_RUNTIMES_H
#define SCENARIOS_READ_RUNTIMES_H

#include <stdbool.h>
#include <stddef.h>

enum runtime_family {
	RUNTIME_PYTHON,
	RUNTIME_NODE,
	RUNTIME_JAVA,
	RUNTIME_DOTNET,
	RUNTIME_RUBY,
	RUNTIME_GO,
	RUNTIME_PROVIDED,
	RUNTIME_UNKNOWN
};

struct runtime {
	const char *name;
	int deprecated; /* the day from which AWS gives no support, as 20261031; 0: none announced; 1: long ago */
};

/* The row of an identifier, or NULL. */
const struct runtime *runtime_find(const char *name);

/* What kind of runtime a name has, also one that is newer than this table ("nodejs30.x"). */
enum runtime_family runtime_family_of(const char *name);

/* Whether a handler of this kind can run here: Python, Node.js and executables. */
bool runtime_runs(enum runtime_family family);

/* The names of all rows go to `names` (NULL: nowhere); returns how many there are. */
size_t runtime_names(const char **names);

#endif
