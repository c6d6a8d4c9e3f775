/* customshape: a custom resource's request. Source: AWS CloudFormation User Guide, "Custom resource request objects". */
#include <string.h>

#include "models/source/shape.h"
#include "sim/base/textbuf.h"

static bool is_custom(const json_t *event)
{
	return shape__is_text(event, "RequestType") && shape__is_text(event, "ResponseURL") && shape__is_text(event, "StackId") &&
	       shape__is_text(event, "RequestId") && shape__is_text(event, "LogicalResourceId");
}

/* CloudFormation hands numbers and booleans on as strings. */
static json_t *stringified(const json_t *value)
{
	struct textbuf text = {0};
	json_t *copy;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		copy = json_object();
		for (void *at = json_object_iter((json_t *)value); at != NULL; at = json_object_iter_next((json_t *)value, at))
			json_object_set_new_nocheck(copy, json_object_iter_key(at), stringified(json_object_iter_value(at)));
		return copy;
	case JSON_ARRAY:
		copy = json_array();
		for (size_t i = 0; i < json_array_size(value); i++)
			json_array_append_new(copy, stringified(json_array_get(value, i)));
		return copy;
	case JSON_INTEGER:
	case JSON_REAL:
	case JSON_TRUE:
	case JSON_FALSE:
		shape__json(&text, value);
		copy = json_string(text.text);
		textbuf_fini(&text);
		return copy;
	case JSON_STRING:
	case JSON_NULL: break;
	}
	return json_incref((json_t *)value);
}

static void properties(struct json_out *j, const char *key, const json_t *plain, const char *token)
{
	json_t *map = json_object();
	json_object_set_new(map, "ServiceToken", json_string(token));
	if (json_is_object(plain)) {
		json_t *texts = stringified(plain);
		json_object_update(map, texts);
		json_decref(texts);
	}
	shape__member(j, key, map);
	json_decref(map);
}

static const char *response_url(const struct shape_event *e)
{
	struct arena *a = e->arena;
	return arena_format(a, "https://cloudformation-custom-resource-response-%s.s3.%s/%s?X-Amz-Signature=%s", e->region,
	                    madeup_domain(e->region), madeup_uuid(a, e->records[0].identity, MADEUP_EXTENDED),
	                    madeup_text(a, e->records[0].identity, MADEUP_SIGNATURE, MADEUP_HEX, 64));
}

static const char *physical_id(const char *name, struct arena *a)
{
	return arena_format(a, "weir-%s-%s", name, madeup_text(a, madeup_identity(name), MADEUP_PHYSICAL, MADEUP_UPPER, 12));
}

/* The resource as the template has it; the payload is other properties of it, or part of a request (it has a RequestType). */
static void custom_write(struct json_out *j, const struct shape_event *e)
{
	struct arena *a = e->arena;
	const struct envelope_record *r = &e->records[0];
	const char *written = e->place->properties;
	struct shape_payload p = shape__payload(r->payload, r->length, a);
	json_t *own = written != NULL ? json_loads(written, JSON_ALLOW_NUL, NULL) : NULL;
	const char *type = shape__text(p.json, "RequestType"), *name = e->place->name != NULL ? e->place->name : "Resource";
	const json_t *request = type != NULL ? p.json : NULL,
		     *plain = request != NULL ? json_object_get(request, "ResourceProperties") : p.json;
	const char *physical = shape__text(request, "PhysicalResourceId"), *kind = shape__text(request, "ResourceType");
	const char *function = e->place->function != NULL ? e->place->function : "function",
		   *token = shape__text(own, "ServiceToken");
	const char *stack = madeup_uuid(a, madeup_identity(name), MADEUP_STACK);
	bool create = type == NULL || strcmp(type, "Create") == 0;
	if (token == NULL)
		token = madeup_arn(a, "lambda", e->region, arena_format(a, "function:%s", function));
	if (kind == NULL)
		kind = e->place->resource_type != NULL ? e->place->resource_type : "AWS::CloudFormation::CustomResource";
	json_out_object(j);
	shape__field(j, "RequestType", type != NULL ? type : "Create");
	shape__field(j, "ServiceToken", token);
	shape__field(j, "ResponseURL", response_url(e));
	shape__field(j, "StackId", madeup_arn(a, "cloudformation", e->region, arena_format(a, "stack/weir/%s", stack)));
	shape__field(j, "RequestId", madeup_uuid(a, r->identity, MADEUP_REQUEST));
	shape__field(j, "LogicalResourceId", name);
	if (!create)
		shape__field(j, "PhysicalResourceId", physical != NULL ? physical : physical_id(name, a));
	shape__field(j, "ResourceType", kind);
	properties(j, "ResourceProperties", plain != NULL ? plain : own, token);
	if (type != NULL && strcmp(type, "Update") == 0)
		properties(j, "OldResourceProperties", json_object_get(request, "OldResourceProperties"), token);
	json_out_end_object(j);
	json_decref(own);
	shape__payload_end(&p);
}

const struct shape shape__custom = {is_custom, custom_write};
