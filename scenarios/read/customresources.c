#include "scenarios/read/customresources.h"

#include <string.h>

#include "scenarios/read/property.h"
#include "scenarios/read/resources.h"
#include "scenarios/read/targets.h"

enum { CUSTOM_TIMEOUT_MAX_S = 3600 };

bool custom_is_resource(const char *type)
{
	return strcmp(type, "AWS::CloudFormation::CustomResource") == 0 || strncmp(type, "Custom::", 8) == 0;
}

void custom_read(struct reading *r, const struct node_pair *resource, const char *type)
{
	const struct target_rule rule = {.sender = "a ServiceToken",
	                                 .takes = "a Lambda function or an SNS topic",
	                                 .kinds = TARGET_BIT(TARGET_FUNCTION) | TARGET_BIT(TARGET_TOPIC),
	                                 .rule = "limit/custom"};
	const struct node *p = resource_properties(r, resource->value), *token = node_get(p, "ServiceToken");
	if (!token) {
		diagnostic_add(r->found, SEVERITY_ERROR, resource->key->at, "limit/custom", "%s needs a ServiceToken",
		               resource->key->text);
		return;
	}
	property_integer(r, p, "ServiceTimeout", 1, CUSTOM_TIMEOUT_MAX_S, " s", "limit/custom", CUSTOM_TIMEOUT_MAX_S);
	struct read_source *s = reading_source_add(r);
	s->name = resource->key->text;
	s->at = resource->key->at;
	s->type = type;
	s->modelled = true;
	s->kind = SOURCE_CUSTOM_RESOURCE;
	s->target = target_read(r, token, &rule);
	s->function = s->target.kind == TARGET_FUNCTION ? s->target.index : SOURCE_NO_FUNCTION;
}
