/* resolver: what a template's intrinsic functions stand for: Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::If and the conditions, and the simple ones
 * (Fn::FindInMap, Fn::Select, Fn::Split, Fn::Base64). Nothing is resolved before somebody needs the value, so that a template full of
 * what weir cannot know (Fn::ImportValue, Fn::GetAZs, macros) is no problem until such a value decides something.
 *
 * What CloudFormation knows only after a deployment is made up, the same every time: the account 123456789012, the physical name of a
 * resource is its name property or its logical ID. Source: AWS CloudFormation User Guide, "Intrinsic function reference", "Pseudo
 * parameters reference". */
#ifndef SCENARIOS_READ_RESOLVER_H
#define SCENARIOS_READ_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/read/node.h"

#define RESOLVER_ACCOUNT "123456789012"

/* Texts longer than this, and templates that need more steps than that, are not resolved: nested Fn::Sub could grow without end. A step is
 * one function, one variable, one item, or RESOLVER_STEP_BYTES bytes of text. */
enum { RESOLVER_TEXT_MAX = 256 * 1024, RESOLVER_STEPS_MAX = 100000, RESOLVER_STEP_BYTES = 256 };

struct parameter_value {
	const char *name, *value;
	bool used;
};

struct condition_state {
	const char *name;
	int value; /* 1, 0; -1 could not be resolved; 2 while it is being looked at */
};

struct resolver {
	struct arena *arena;     /* for new nodes and texts */
	const struct node *root; /* the template */
	const char *region, *stack_name;
	struct parameter_value *overrides; /* --parameter-overrides */
	size_t override_count;
	struct condition_state *conditions; /* by index of the pair in Conditions */
	size_t steps;
	int depth;
	/* Why the last resolve failed. */
	struct position problem_at;
	char problem[320];
};

/* Stands for AWS::NoValue: as if the property had not been written. */
extern const struct node resolver_absent;

/* The value of `n`: itself when it is no intrinsic, else what it stands for; &resolver_absent for AWS::NoValue. Items of lists and values
 * of maps are not looked at. NULL when it cannot be known, with `problem` and `problem_at` filled. */
const struct node *resolver_value(struct resolver *v, const struct node *n);

/* The same, when a text is wanted: NULL with `problem` when it is a list, a map or absent. */
const char *resolver_text(struct resolver *v, const struct node *n);

/* A condition by name: 1 or 0, or -1 with `problem`. */
int resolver_condition(struct resolver *v, const char *name, struct position at);

/* Whether a resource exists: its Condition, when it has one. As resolver_condition. */
int resolver_exists(struct resolver *v, const struct node *resource);

/* Whether `n` is an intrinsic function: a map with the one key Ref, Condition or Fn::something. */
bool resolver_is_intrinsic(const struct node *n);

/* The logical ID of the resource that a value refers to, by Ref, Fn::GetAtt, or `${Name}` or `${Name.Arn}` in a text, or an ARN that ends in
 * a function's name; the first one found whose Type is one of `types` (NULL: any). Borrowed; NULL when there is none. */
const char *resolver_target(struct resolver *v, const struct node *n, const char *const *types, size_t type_count);

/* The physical name of a resource: its name property, or its logical ID. */
const char *resolver_physical_name(struct resolver *v, const char *logical);

#endif
