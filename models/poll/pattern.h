/* pattern: does this event pass? Event patterns of EventBridge rules, filters of event source mappings, filter policies of SNS.
 *
 * A pattern has the shape of the events that it lets through. Every field of it must match, by any of the values in its array; an array
 * in the event matches by any of its elements, but fields of the pattern that lie inside one array of the event must match inside one
 * element of it. The operators:
 *
 *   "a" 5 true null                    equal; numbers by value (decimal.h), an address in any of its spellings (ipaddress.h)
 *   {"prefix": "a"} {"suffix": "a"}    and {"prefix": {"equals-ignore-case": "a"}}, likewise suffix
 *   {"equals-ignore-case": "a"}        caseless.h
 *   {"wildcard": "a*b"}                wildcard.h
 *   {"numeric": [">", 0, "<=", 5]}     one of = < <= > >=, or a lower and then an upper bound; JSON numbers only
 *   {"cidr": "10.0.0.0/24"}            IPv4 and IPv6
 *   {"exists": true}                   there is a value here; {"exists": false}: there is none (nothing, or objects)
 *   {"anything-but": x}                there is a value and it is not x: a string, a number, a list of either, or prefix, suffix,
 *                                      equals-ignore-case or wildcard with one string or a list
 *   {"exactly": "a"}                   equal, and never read as an address
 *   "$or": [{...}, {...}]              any of at least two sets of fields, none named like an operator; elsewhere it is a field's name
 *
 * Arrays, fully: fields are taken in the order of their paths. A field's value inside an element of an array binds all later fields
 * to that element; {"exists": false} looks at what earlier fields left open. Keys with dots and nested keys are the same
 * path: "a.b" finds {"a": {"b": 1}} and {"a.b": 1}.
 *
 * Sources: Event Ruler (github.com/aws/event-ruler), README and its classes JsonRuleCompiler, ACFinder and ArrayMembership; Amazon
 * EventBridge User Guide, eb-create-pattern-operators; AWS Lambda Developer Guide, invocation-eventfiltering; Amazon SNS Developer
 * Guide, sns-subscription-filter-policies and subscription-filter-policy-constraints.
 *
 * Not modelled: the complexity of wildcards beyond which EventBridge refuses a rule (it says that there is such a limit, not what it is),
 * and that SNS looks at five digits behind the decimal point only.
 *
 * A pattern is compiled once and never changes; threads may share it. Matching allocates nothing, except for SNS attributes. */
#ifndef MODELS_POLL_PATTERN_H
#define MODELS_POLL_PATTERN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/arena.h"
#include "sim/base/diagnostic.h"
#include "sim/base/error.h"

enum pattern_dialect {
	PATTERN_EVENTBRIDGE,    /* a rule */
	PATTERN_MAPPING_FILTER, /* a filter of an event source mapping: the same grammar */
	PATTERN_SNS_BODY,       /* FilterPolicyScope MessageBody: the message is JSON */
	PATTERN_SNS_ATTRIBUTES  /* FilterPolicyScope MessageAttributes: no nesting */
};

enum {
	PATTERN_CHARACTERS =
		4096, /* of a rule (PutRule, EventPattern) and of a mapping's filter (Filter, Pattern): API references */
	PATTERN_RULE_QUOTA = 2048,       /* of a rule until the quota is raised: EventBridge User Guide, eb-quota */
	PATTERN_SNS_BYTES = 256 * 1024,  /* of a filter policy, from here on: SNS, subscription-filter-policy-constraints */
	PATTERN_SNS_KEYS = 5,            /* on the top level */
	PATTERN_SNS_COMBINATIONS = 150,  /* values of each key times its depth, multiplied */
	PATTERN_SNS_NUMBER = 1000000000, /* numbers from its negative to it */
	PATTERN_BRANCHES = 1000 /* sets of fields that all $or together make: EventBridge refuses "over 1000 rule combinations" */
};

struct pattern;

/* NULL where the text is no pattern: then `e` (ERROR_INPUT) says at which JSON path, what is wrong and what would be right, and `at`,
 * unless it is NULL, has the line and column in the text. The pattern lives in the arena and borrows nothing. */
const struct pattern *pattern_compile_at(const char *text, size_t length, enum pattern_dialect dialect, struct arena *a,
                                         struct position *at, struct error *e);
const struct pattern *pattern_compile(const char *text, size_t length, enum pattern_dialect dialect, struct arena *a,
                                      struct error *e);

/* An event that is no object matches nothing. For PATTERN_SNS_ATTRIBUTES the event is the message's attributes:
 * {"name": {"Type": "String", "Value": "x"}}, with DataType and StringValue as well; Number and String.Array are read, Binary and
 * what cannot be read is not there. An attribute that is no object counts as its value. */
bool pattern_match(const struct pattern *p, const json_t *event);

/* 1, 0, or -1 with `e` (ERROR_INPUT) and `at` (may be NULL) where the text is no JSON object. */
int pattern_match_text(const struct pattern *p, const char *event, size_t length, struct position *at, struct error *e);

/* A record of a queue or stream, whose data (the field `data_key`: "body" of SQS, "data" inside Kinesis's "kinesis", "dynamodb") has
 * been replaced by what pattern_data_text or _base64 made of it. Where the pattern asks for fields inside of the data and it is text,
 * or for text and it is JSON, the record does not match, whatever the operators; a pattern that does not name the data
 * looks at the rest alone. Source: Lambda Developer Guide, invocation-eventfiltering, "Properly filtering". */
bool pattern_match_record(const struct pattern *p, const json_t *record, const char *data_key);

/* The data of a record as the pattern sees it, a new reference: a JSON object or array, or else the text as it is. */
json_t *pattern_data_text(const char *text, size_t length);
json_t *pattern_data_base64(const char *text, size_t length); /* decoded first; what is no base64 is taken as it is */

/* The record of one event of an event source mapping, opened for pattern_match_record: a new reference whose data is read from the
 * text or base64 that Lambda's event carries, and the key it stands under (a literal; NULL for a record without known data).
 * SQS "body", Kinesis "kinesis"."data" (its fields are the record), MQ "data", Kafka "value", DynamoDB "dynamodb". */
json_t *pattern_open_record(const json_t *record, const char **data_key);

/* "eventbridge", "filter", "sns-body", "sns-attributes"; false for another name. */
bool pattern_dialect_find(const char *name, enum pattern_dialect *dialect);

#endif
