/* transform: what a rule's target gets in the event's place: InputPath and InputTransformer.
 *
 *     path        "$" *( "." name / "." "*" / "[" number "]" / "[" "*" "]" )       name: letters, digits, _ - /
 *     template    JSON, or several texts in quotes one after the other, with <variables> in it, in quotes or outside
 *
 * InputPath hands on a part of the event, as JSON; what is not there is null (that is not documented). With an InputTransformer a variable outside quotes
 * becomes its value as JSON, one in quotes the text of its value, which is not escaped: a text with a quote in it, or an object, leaves no valid
 * JSON. A variable whose path leads nowhere is nothing in quotes, and "" outside. Objects and lists are made compact, texts stay. Predefined are
 * <aws.events.rule-arn>, <aws.events.rule-name>, <aws.events.event.ingestion-time>, <aws.events.event.json>, and <aws.events.event>, the event
 * without its detail, whose detail-type is called detailType.
 *
 * Sources: Amazon EventBridge User Guide, "Amazon EventBridge input transformation"; API Reference, "InputTransformer", "PutTargets"; what is
 * missing, <aws.events.event> and the messages of PutTargets: answers of AWS recorded in LocalStack's tests
 * (tests/aws/services/events/test_events_inputs.snapshot.json, 2024). */
#ifndef MODELS_SOURCE_TRANSFORM_H
#define MODELS_SOURCE_TRANSFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "models/spec/resource.h"
#include "sim/arena.h"

enum { TRANSFORM_TEMPLATE_MOST = 8192 /* bytes */, TRANSFORM_VARIABLES_MOST = 100, TRANSFORM_NAME_MOST = 256 };

/* Where a rule stands; all borrowed, region may be NULL. */
struct transform_rule {
	const char *region, *bus, *name; /* bus NULL: the default one */
};

const char *transform_rule_arn(const struct transform_rule *rule, struct arena *a);

/* The part of the event that a path leads to, as JSON text, in `a`. */
char *transform_path(const char *event, size_t length, const char *path, struct arena *a, size_t *out_length);

/* The filled template, in `a`: JSON or not. */
char *transform_input(const struct input_transformer *t, const struct transform_rule *rule, const char *event, size_t length,
                      struct arena *a, size_t *out_length);

/* Whether a path has the form above: one that has not leads nowhere. */
bool transform_path_valid(const char *path);

/* What PutTargets has against a transformer, in `a`; NULL: nothing. */
const char *transform_refusal(const struct input_transformer *t, struct arena *a);

#endif
