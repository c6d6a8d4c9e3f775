/* jsontree: JSON text to a node tree. Strict JSON (RFC 8259); tabs and line ends may stand wherever white space may. */
#ifndef SCENARIOS_READ_JSONTREE_H
#define SCENARIOS_READ_JSONTREE_H

#include "scenarios/read/node.h"

/* What went wrong, and where. */
struct tree_fault {
	struct position at;
	const char *rule; /* "read/json", "read/yaml", "read/limit"; a literal */
	char text[256];
};

/* Reads `length` bytes of valid UTF-8 without NUL (tree_read sees to that). Nodes go into `a`; `file` is borrowed by all positions.
 * Duplicate keys are warned about in `found`. NULL with `fault` filled when it is no JSON. */
const struct node *jsontree_read(const char *text, size_t length, const char *file, struct arena *a, struct diagnostics *found,
                                 struct tree_fault *fault);

#endif
