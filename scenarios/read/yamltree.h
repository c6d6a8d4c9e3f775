/* yamltree: YAML (through libyaml's events) or JSON text to a node tree.
 *
 * Hostile text ends in a fault, soon: depth, number of nodes and the size with all aliases written out are limited (node.h). An alias
 * is a reference to the node it names; one that stands inside that very node is a fault. Merge keys (`<<`) are merged. CloudFormation's
 * short tags become the long form: `!Ref x` is {"Ref": "x"}, `!Condition x` is {"Condition": "x"}, any other `!Name` {"Fn::Name": ...}.
 * Sources: YAML 1.1, "Merge Key Language-Independent Type"; AWS CloudFormation User Guide, "Intrinsic function reference". */
#ifndef SCENARIOS_READ_YAMLTREE_H
#define SCENARIOS_READ_YAMLTREE_H

#include "scenarios/read/jsontree.h"
#include "scenarios/read/node.h"

/* Reads either: JSON when the file's name ends in .json or the text is JSON, else YAML. Binary files and text that is not UTF-8 are
 * faults, and reported as such. Returns NULL with an error added to `found`. */
const struct node *tree_read(const char *text, size_t length, const char *file, struct arena *a, struct diagnostics *found);

#endif
