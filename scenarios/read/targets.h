/* targets: where an event goes: what a value such as `!GetAtt Orders.Arn`, `!Ref Topic`, `!Sub "arn:...:${Name}"` or a literal ARN points to.
 *
 * What is not in the template is TARGET_OUTSIDE, and that includes what only a deployment knows (Fn::ImportValue, a parameter without a
 * value): whatever it is, it is not simulated here. */
#ifndef SCENARIOS_READ_TARGETS_H
#define SCENARIOS_READ_TARGETS_H

#include "scenarios/read/reading.h"

/* Sets of kinds. */
#define TARGET_BIT(kind) (1U << (kind))
#define TARGETS_ALL (~0U)

/* Who sends, and what it may send to, for messages: "an OnFailure destination", "SQS queues, SNS topics". */
struct target_rule {
	const char *sender, *takes;
	unsigned kinds;
	bool no_fifo; /* FIFO queues and topics are refused */
	const char *rule;
};

/* The target that a value points to; TARGET_NONE without a value. An error where the template's resource is of a kind that the rule does
 * not allow; then TARGET_NONE too. */
struct target target_read(struct reading *r, const struct node *n, const struct target_rule *rule);

/* What an ARN names: of the template, or outside. */
struct target target_of_arn(struct reading *r, const char *arn);

/* The resource of a kind that a value points to, with its index; where there is none in the template, a stand-in is added whose name is
 * the last part of the ARN, or `fallback`. */
struct target target_or_stand_in(struct reading *r, const struct node *n, enum target_kind kind, const char *fallback);

/* The index of the function that a value points to, also by an alias, a version or a name; -1 for none. */
int target_function(struct reading *r, const struct node *n);

/* Whether two targets are the same. */
bool target_same(const struct target *a, const struct target *b);

/* The kind of thing that an ARN names ("arn:aws:sqs:..." is a queue); TARGET_NONE when it cannot be told. */
enum target_kind target_kind_of_arn(const char *arn);

const char *target_kind_name(enum target_kind kind); /* "queue", "function": for messages */

#endif
