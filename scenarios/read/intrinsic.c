#include "scenarios/read/intrinsic.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/read/parameter.h"
#include "scenarios/read/units.h"
#include "sim/base/textbuf.h"

typedef const struct node *intrinsic_function(struct resolver *v, const struct node *argument);

static const struct node *intrinsic_text(struct resolver *v, const char *text, struct position at)
{
	if (strlen(text) > RESOLVER_TEXT_MAX)
		return resolver__fail(v, at, "the text is longer than %d bytes", RESOLVER_TEXT_MAX);
	if (!resolver__spend(v, strlen(text) / RESOLVER_STEP_BYTES, at))
		return NULL;
	return node_scalar(v->arena, text, false, at);
}

static const char *intrinsic_partition(const struct resolver *v)
{
	if (strncmp(v->region, "cn-", 3) == 0)
		return "aws-cn";
	return strncmp(v->region, "us-gov-", 7) == 0 ? "aws-us-gov" : "aws";
}

static const struct node *intrinsic_pseudo(struct resolver *v, const char *name, struct position at)
{
	if (strcmp(name, "AWS::Region") == 0)
		return intrinsic_text(v, v->region, at);
	if (strcmp(name, "AWS::AccountId") == 0)
		return intrinsic_text(v, RESOLVER_ACCOUNT, at);
	if (strcmp(name, "AWS::StackName") == 0)
		return intrinsic_text(v, v->stack_name, at);
	if (strcmp(name, "AWS::StackId") == 0)
		return intrinsic_text(v,
		                      arena_format(v->arena,
		                                   "arn:%s:cloudformation:%s:" RESOLVER_ACCOUNT
		                                   ":stack/%s/00000000-0000-0000-0000-000000000000",
		                                   intrinsic_partition(v), v->region, v->stack_name),
		                      at);
	if (strcmp(name, "AWS::Partition") == 0)
		return intrinsic_text(v, intrinsic_partition(v), at);
	if (strcmp(name, "AWS::URLSuffix") == 0)
		return intrinsic_text(v, strncmp(v->region, "cn-", 3) == 0 ? "amazonaws.com.cn" : "amazonaws.com", at);
	if (strcmp(name, "AWS::NotificationARNs") == 0)
		return node_append(v->arena, NULL, node_scalar(v->arena, "", false, at), at);
	if (strcmp(name, "AWS::NoValue") == 0)
		return &resolver_absent;
	return resolver__fail(v, at, "no pseudo parameter is called '%s'", name);
}

/* "arn:aws:sqs:us-east-1:123456789012:Orders": near enough for what a handler reads from its environment. */
static const char *intrinsic_arn(struct resolver *v, const char *logical, const char *type)
{
	const char *name = resolver_physical_name(v, logical), *partition = intrinsic_partition(v);
	static const struct {
		const char *type, *service, *prefix;
	} known[] = {
		{"AWS::Serverless::Function", "lambda", "function:"},
		{"AWS::Lambda::Function", "lambda", "function:"},
		{"AWS::DynamoDB::Table", "dynamodb", "table/"},
		{"AWS::DynamoDB::GlobalTable", "dynamodb", "table/"},
		{"AWS::Serverless::SimpleTable", "dynamodb", "table/"},
		{"AWS::Kinesis::Stream", "kinesis", "stream/"},
		{"AWS::SQS::Queue", "sqs", ""},
		{"AWS::SNS::Topic", "sns", ""},
		{"AWS::Events::EventBus", "events", "event-bus/"},
		{"AWS::StepFunctions::StateMachine", "states", "stateMachine:"},
		{"AWS::Serverless::StateMachine", "states", "stateMachine:"},
	};
	if (strcmp(type, "AWS::S3::Bucket") == 0)
		return arena_format(v->arena, "arn:%s:s3:::%s", partition, name);
	if (strcmp(type, "AWS::IAM::Role") == 0)
		return arena_format(v->arena, "arn:%s:iam::" RESOLVER_ACCOUNT ":role/%s", partition, name);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(type, known[i].type) == 0)
			return arena_format(v->arena, "arn:%s:%s:%s:" RESOLVER_ACCOUNT ":%s%s", partition, known[i].service,
			                    v->region, known[i].prefix, name);
	return arena_format(v->arena, "arn:%s:cloudformation:%s:" RESOLVER_ACCOUNT ":resource/%s", partition, v->region, name);
}

static const char *intrinsic_type_of(const struct resolver *v, const char *logical)
{
	const struct node *type = node_get(node_get(node_get(v->root, "Resources"), logical), "Type");
	return type && type->kind == NODE_SCALAR ? type->text : "";
}

static const struct node *intrinsic_ref_name(struct resolver *v, const char *name, struct position at)
{
	if (strncmp(name, "AWS::", 5) == 0)
		return intrinsic_pseudo(v, name, at);
	if (node_get(node_get(v->root, "Parameters"), name))
		return parameter_value(v, name, at);
	if (!node_get(node_get(v->root, "Resources"), name))
		return resolver__fail(v, at, "'%s' is neither a parameter nor a resource of this template", name);
	const char *type = intrinsic_type_of(v, name);
	if (strcmp(type, "AWS::SNS::Topic") == 0)
		return intrinsic_text(v, intrinsic_arn(v, name, type), at);
	const char *physical = resolver_physical_name(v, name);
	if (strcmp(type, "AWS::SQS::Queue") == 0)
		physical = arena_format(v->arena, "https://sqs.%s.amazonaws.com/" RESOLVER_ACCOUNT "/%s", v->region, physical);
	return intrinsic_text(v, physical, at);
}

static const struct node *intrinsic_ref(struct resolver *v, const struct node *argument)
{
	if (argument->kind != NODE_SCALAR)
		return resolver__fail(v, argument->at, "Ref needs a name, not %s", node_kind_name(argument));
	return intrinsic_ref_name(v, argument->text, argument->at);
}

static const struct node *intrinsic_attribute(struct resolver *v, const char *logical, const char *attribute, struct position at)
{
	if (!node_get(node_get(v->root, "Resources"), logical))
		return resolver__fail(v, at, "no resource is called '%s'", logical);
	if (strcmp(attribute, "Arn") == 0 || strcmp(attribute, "TopicArn") == 0)
		return intrinsic_text(v, intrinsic_arn(v, logical, intrinsic_type_of(v, logical)), at);
	if (strcmp(attribute, "StreamArn") == 0)
		return intrinsic_text(v,
		                      arena_format(v->arena, "%s/stream/2025-01-06T00:00:00.000",
		                                   intrinsic_arn(v, logical, intrinsic_type_of(v, logical))),
		                      at);
	if (strcmp(attribute, "QueueUrl") == 0)
		return intrinsic_ref_name(v, logical, at);
	bool name = strlen(attribute) > 4 && strcmp(attribute + strlen(attribute) - 4, "Name") == 0;
	if (name)
		return intrinsic_text(v, resolver_physical_name(v, logical), at);
	return intrinsic_text(v, arena_format(v->arena, "%s.%s", logical, attribute), at);
}

static const struct node *intrinsic_getatt(struct resolver *v, const struct node *argument)
{
	if (argument->kind == NODE_SCALAR) {
		const char *dot = strchr(argument->text, '.');
		if (!dot)
			return resolver__fail(v, argument->at, "Fn::GetAtt needs Name.Attribute");
		const char *logical = arena_string_n(v->arena, argument->text, (size_t)(dot - argument->text));
		return intrinsic_attribute(v, logical, dot + 1, argument->at);
	}
	if (argument->kind != NODE_LIST || argument->count < 2 || argument->items[0]->kind != NODE_SCALAR)
		return resolver__fail(v, argument->at, "Fn::GetAtt needs [Name, Attribute]");
	const char *attribute = resolver_text(v, argument->items[1]);
	return attribute ? intrinsic_attribute(v, argument->items[0]->text, attribute, argument->at) : NULL;
}

/* One `${name}` of Fn::Sub: a variable of its map, a parameter or resource, or Resource.Attribute. */
static const char *intrinsic_variable(struct resolver *v, const char *name, const struct node *variables, struct position at)
{
	const struct node *given = node_get(variables, name);
	if (!resolver__spend(v, 1, at))
		return NULL;
	if (given)
		return resolver_text(v, given);
	const char *dot = strchr(name, '.');
	const struct node *value = dot ? intrinsic_attribute(v, arena_string_n(v->arena, name, (size_t)(dot - name)), dot + 1, at)
	                               : intrinsic_ref_name(v, name, at);
	if (!value)
		return NULL;
	if (value->kind == NODE_SCALAR)
		return value->text;
	resolver__fail(v, at, "'%s' is %s, not a text", name, node_kind_name(value));
	return NULL;
}

static int intrinsic_substitute(struct resolver *v, const char *text, const struct node *variables, struct position at,
                                struct textbuf *out)
{
	while (*text) {
		const char *open = strstr(text, "${");
		const char *close = open ? strchr(open, '}') : NULL;
		if (!close) {
			textbuf_add(out, text);
			return 0;
		}
		textbuf_add_n(out, text, (size_t)(open - text));
		if (open[2] == '!') {
			textbuf_add(out, "${");
			textbuf_add_n(out, open + 3, (size_t)(close + 1 - (open + 3)));
		} else {
			const char *name = open + 2;
			name += strspn(name, " \t");
			size_t length = (size_t)(close - name);
			while (length && (name[length - 1] == ' ' || name[length - 1] == '\t'))
				length--;
			const char *value = intrinsic_variable(v, arena_string_n(v->arena, name, length), variables, at);
			if (!value)
				return -1;
			textbuf_add(out, value);
		}
		if (out->length > RESOLVER_TEXT_MAX)
			return resolver__fail(v, at, "the text is longer than %d bytes", RESOLVER_TEXT_MAX), -1;
		text = close + 1;
	}
	return 0;
}

static const struct node *intrinsic_sub(struct resolver *v, const struct node *argument)
{
	const struct node *text = argument, *variables = NULL;
	if (argument->kind == NODE_LIST && argument->count == 2) {
		text = argument->items[0];
		variables = argument->items[1];
	}
	if (text->kind != NODE_SCALAR)
		return resolver__fail(v, argument->at, "Fn::Sub needs a text, or [text, map]");
	struct textbuf out = {0};
	const struct node *n = NULL;
	if (intrinsic_substitute(v, text->text, variables, text->at, &out) == 0)
		n = intrinsic_text(v, textbuf_text(&out), text->at);
	textbuf_fini(&out);
	return n;
}

/* A list whose items are resolved when they are used. */
static const struct node *intrinsic_list(struct resolver *v, const struct node *n, const char *function)
{
	const struct node *list = resolver_value(v, n);
	if (list && list->kind != NODE_LIST)
		return resolver__fail(v, n->at, "%s needs a list, not %s", function, node_kind_name(list));
	return list;
}

static const struct node *intrinsic_join(struct resolver *v, const struct node *argument)
{
	if (argument->kind != NODE_LIST || argument->count != 2)
		return resolver__fail(v, argument->at, "Fn::Join needs [delimiter, list]");
	const char *delimiter = resolver_text(v, argument->items[0]);
	const struct node *list = delimiter ? intrinsic_list(v, argument->items[1], "Fn::Join") : NULL;
	if (!list)
		return NULL;
	struct textbuf out = {0};
	const struct node *result = NULL;
	size_t i = 0, written = 0;
	for (; i < list->count && out.length <= RESOLVER_TEXT_MAX; i++) {
		const struct node *item = resolver__spend(v, 1, argument->at) ? resolver_value(v, list->items[i]) : NULL;
		if (item == &resolver_absent)
			continue;
		const char *text = item ? resolver_text(v, item) : NULL;
		if (!text)
			break;
		textbuf_add(&out, written++ ? delimiter : "");
		textbuf_add(&out, text);
	}
	if (i == list->count || out.length > RESOLVER_TEXT_MAX)
		result = intrinsic_text(v, textbuf_text(&out), argument->at);
	textbuf_fini(&out);
	return result;
}

static const struct node *intrinsic_if(struct resolver *v, const struct node *argument)
{
	if (argument->kind != NODE_LIST || argument->count != 3 || argument->items[0]->kind != NODE_SCALAR)
		return resolver__fail(v, argument->at, "Fn::If needs [condition, value if true, value if false]");
	int truth = resolver_condition(v, argument->items[0]->text, argument->items[0]->at);
	return truth < 0 ? NULL : resolver_value(v, argument->items[truth ? 1 : 2]);
}

static const struct node *intrinsic_find_in_map(struct resolver *v, const struct node *argument)
{
	if (argument->kind != NODE_LIST || argument->count < 3)
		return resolver__fail(v, argument->at, "Fn::FindInMap needs [map, first key, second key]");
	const struct node *value = node_get(v->root, "Mappings");
	for (size_t i = 0; i < 3; i++) {
		const char *key = resolver_text(v, argument->items[i]);
		if (!key)
			return NULL;
		const struct node *next = node_get(value, key);
		const struct node *fallback = argument->count > 3 ? node_get(argument->items[3], "DefaultValue") : NULL;
		if (!next && fallback)
			return resolver_value(v, fallback);
		if (!next)
			return resolver__fail(v, argument->items[i]->at, "Mappings have no '%s' here", key);
		value = next;
	}
	return value;
}

static const struct node *intrinsic_select(struct resolver *v, const struct node *argument)
{
	long long index;
	if (argument->kind != NODE_LIST || argument->count != 2)
		return resolver__fail(v, argument->at, "Fn::Select needs [index, list]");
	const char *text = resolver_text(v, argument->items[0]);
	const struct node *list = text ? intrinsic_list(v, argument->items[1], "Fn::Select") : NULL;
	if (!list)
		return NULL;
	if (units_integer(text, &index) != UNIT_OK || index < 0 || (size_t)index >= list->count)
		return resolver__fail(v, argument->at, "Fn::Select: the list of %zu has no item %s", list->count, text);
	return resolver_value(v, list->items[index]);
}

static const struct node *intrinsic_split(struct resolver *v, const struct node *argument)
{
	if (argument->kind != NODE_LIST || argument->count != 2)
		return resolver__fail(v, argument->at, "Fn::Split needs [delimiter, text]");
	const char *delimiter = resolver_text(v, argument->items[0]);
	const char *text = delimiter ? resolver_text(v, argument->items[1]) : NULL;
	if (!text)
		return NULL;
	if (!*delimiter)
		return resolver__fail(v, argument->at, "Fn::Split needs a delimiter");
	return resolver__spend(v, strlen(text), argument->at) ? parameter_list(v, text, delimiter, argument->at) : NULL;
}

static const struct node *intrinsic_base64(struct resolver *v, const struct node *argument)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *text = resolver_text(v, argument);
	if (!text)
		return NULL;
	struct textbuf out = {0};
	size_t length = strlen(text);
	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		uint32_t bits = (uint32_t)(unsigned char)text[i] << 16;
		bits |= left > 1 ? (uint32_t)(unsigned char)text[i + 1] << 8 : 0;
		bits |= left > 2 ? (uint32_t)(unsigned char)text[i + 2] : 0;
		textbuf_add_char(&out, letters[bits >> 18]);
		textbuf_add_char(&out, letters[bits >> 12 & 63]);
		textbuf_add_char(&out, left > 1 ? letters[bits >> 6 & 63] : '=');
		textbuf_add_char(&out, left > 2 ? letters[bits & 63] : '=');
	}
	const struct node *n = intrinsic_text(v, textbuf_text(&out), argument->at);
	textbuf_fini(&out);
	return n;
}

/* Conditions as values ("true", "false"): Fn::Equals and its kin inside Fn::If's texts are rare, but legal in Rules. */
static const struct node *intrinsic_boolean(struct resolver *v, int truth, struct position at)
{
	return truth < 0 ? NULL : node_scalar(v->arena, truth ? "true" : "false", true, at);
}

static const struct {
	const char *name;
	intrinsic_function *value;
} intrinsics[] = {
	{"Ref", intrinsic_ref},           {"Fn::GetAtt", intrinsic_getatt}, {"Fn::Sub", intrinsic_sub},
	{"Fn::Join", intrinsic_join},     {"Fn::If", intrinsic_if},         {"Fn::FindInMap", intrinsic_find_in_map},
	{"Fn::Select", intrinsic_select}, {"Fn::Split", intrinsic_split},   {"Fn::Base64", intrinsic_base64},
};

static bool intrinsic_is_logic(const char *name)
{
	static const char *const logic[] = {"Condition", "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or"};
	for (size_t i = 0; i < sizeof logic / sizeof *logic; i++)
		if (strcmp(name, logic[i]) == 0)
			return true;
	return false;
}

const struct node *intrinsic_value(struct resolver *v, const struct node *key, const struct node *argument)
{
	for (size_t i = 0; i < sizeof intrinsics / sizeof *intrinsics; i++)
		if (strcmp(key->text, intrinsics[i].name) == 0)
			return intrinsics[i].value(v, argument);
	if (intrinsic_is_logic(key->text)) {
		struct node *whole = node_map_of(v->arena, key->text, argument, key->at);
		return intrinsic_boolean(v, intrinsic_truth(v, whole), key->at);
	}
	return resolver__fail(v, key->at, "%s cannot be resolved here", key->text);
}

static int intrinsic_equals(struct resolver *v, const struct node *argument)
{
	if (argument->kind != NODE_LIST || argument->count != 2)
		return resolver__fail(v, argument->at, "Fn::Equals needs two values"), -1;
	const char *left = resolver_text(v, argument->items[0]);
	const char *right = left ? resolver_text(v, argument->items[1]) : NULL;
	return right ? strcmp(left, right) == 0 : -1;
}

/* Fn::And and Fn::Or: `stop` is the truth that decides. */
static int intrinsic_any(struct resolver *v, const struct node *argument, int stop)
{
	if (argument->kind != NODE_LIST || argument->count == 0)
		return resolver__fail(v, argument->at, "%s needs a list of conditions", stop ? "Fn::Or" : "Fn::And"), -1;
	for (size_t i = 0; i < argument->count; i++) {
		int truth = intrinsic_truth(v, argument->items[i]);
		if (truth < 0 || truth == stop)
			return truth;
	}
	return !stop;
}

static int intrinsic_not(struct resolver *v, const struct node *argument)
{
	const struct node *inner = argument->kind == NODE_LIST && argument->count == 1 ? argument->items[0] : argument;
	int truth = intrinsic_truth(v, inner);
	return truth < 0 ? -1 : !truth;
}

static int intrinsic_named(struct resolver *v, const struct node *argument)
{
	if (argument->kind != NODE_SCALAR)
		return resolver__fail(v, argument->at, "Condition needs a name"), -1;
	return resolver_condition(v, argument->text, argument->at);
}

static int intrinsic_logic(struct resolver *v, const struct node *n)
{
	const char *key = n->pairs[0].key->text;
	const struct node *argument = n->pairs[0].value;
	if (strcmp(key, "Condition") == 0)
		return intrinsic_named(v, argument);
	if (strcmp(key, "Fn::Equals") == 0)
		return intrinsic_equals(v, argument);
	if (strcmp(key, "Fn::Not") == 0)
		return intrinsic_not(v, argument);
	if (strcmp(key, "Fn::And") == 0)
		return intrinsic_any(v, argument, 0);
	return intrinsic_any(v, argument, 1);
}

int intrinsic_truth(struct resolver *v, const struct node *n)
{
	if (!resolver__spend(v, 1, n->at))
		return -1;
	if (v->depth >= 2 * NODE_DEPTH_MAX)
		return resolver__fail(v, n->at, "the conditions are nested too deep"), -1;
	v->depth++;
	int truth = -1;
	if (resolver_is_intrinsic(n) && intrinsic_is_logic(n->pairs[0].key->text)) {
		truth = intrinsic_logic(v, n);
	} else {
		const char *text = resolver_text(v, n);
		if (text && strcmp(text, "true") == 0)
			truth = 1;
		else if (text && strcmp(text, "false") == 0)
			truth = 0;
		else if (text)
			resolver__fail(v, n->at, "a condition is Fn::Equals, Fn::Not, Fn::And, Fn::Or or Condition");
	}
	v->depth--;
	return truth;
}
