#include "scenarios/read/property.h"

#include <string.h>

#include "scenarios/read/units.h"

static const char *const sam_names[] = {
	"Architectures",
	"AssumeRolePolicyDocument",
	"AutoPublishAlias",
	"AutoPublishAliasAllProperties",
	"AutoPublishCodeSha256",
	"CapacityProviderConfig",
	"CodeSigningConfigArn",
	"CodeUri",
	"DeadLetterQueue",
	"DeploymentPreference",
	"Description",
	"DurableConfig",
	"Environment",
	"EphemeralStorage",
	"EventInvokeConfig",
	"Events",
	"FileSystemConfigs",
	"FunctionName",
	"FunctionScalingConfig",
	"FunctionUrlConfig",
	"Handler",
	"ImageConfig",
	"ImageUri",
	"InlineCode",
	"KmsKeyArn",
	"Layers",
	"LoggingConfig",
	"MemorySize",
	"PackageType",
	"PermissionsBoundary",
	"Policies",
	"PropagateTags",
	"ProvisionedConcurrencyConfig",
	"PublishToLatestPublished",
	"RecursiveLoop",
	"ReservedConcurrentExecutions",
	"Role",
	"RolePath",
	"Runtime",
	"RuntimeManagementConfig",
	"SnapStart",
	"SourceKMSKeyArn",
	"Tags",
	"TenancyConfig",
	"Timeout",
	"Tracing",
	"VersionDeletionPolicy",
	"VersionDescription",
	"VpcConfig",
};
static const char *const cloudformation_names[] = {
	"Architectures",
	"CapacityProviderConfig",
	"Code",
	"CodeSigningConfigArn",
	"DeadLetterConfig",
	"Description",
	"DurableConfig",
	"Environment",
	"EphemeralStorage",
	"FileSystemConfigs",
	"FunctionName",
	"FunctionScalingConfig",
	"Handler",
	"ImageConfig",
	"KmsKeyArn",
	"Layers",
	"LoggingConfig",
	"MemorySize",
	"PackageType",
	"PublishToLatestPublished",
	"RecursiveLoop",
	"ReservedConcurrentExecutions",
	"Role",
	"Runtime",
	"RuntimeManagementConfig",
	"SnapStart",
	"Tags",
	"TenancyConfig",
	"Timeout",
	"TracingConfig",
	"VpcConfig",
};

bool property_is_function(const char *type)
{
	return strcmp(type, "AWS::Serverless::Function") == 0 || strcmp(type, "AWS::Lambda::Function") == 0;
}

const char *const *property_names(bool sam, size_t *count)
{
	*count = sam ? sizeof sam_names / sizeof *sam_names : sizeof cloudformation_names / sizeof *cloudformation_names;
	return sam ? sam_names : cloudformation_names;
}

bool property_known(bool sam, const char *name)
{
	size_t count;
	const char *const *names = property_names(sam, &count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

void property_check_logical(struct reading *r, const struct node *logical)
{
	enum { LOGICAL_MAX = 255 };
	size_t plain = strspn(logical->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
	if (logical->text[plain] || plain == 0 || plain > LOGICAL_MAX)
		diagnostic_add(r->found, SEVERITY_ERROR, logical->at, "template/name",
		               "a logical ID has 1 to %d letters and digits, and nothing else; '%s' has not", LOGICAL_MAX,
		               logical->text);
}

/* A whole number, also as what writes JSON from floating point puts it: 30.0. */
static bool property_whole(struct reading *r, const char *text, long long *number)
{
	size_t whole = strcspn(text, ".");
	if (whole > 0 && text[whole] == '.' && text[whole + 1] && text[whole + 1 + strspn(text + whole + 1, "0")] == '\0')
		text = arena_format(&r->scratch, "%.*s", (int)whole, text);
	return units_integer(text, number) == UNIT_OK;
}

int property_integer(struct reading *r, const struct node *properties, const char *name, int low, int high, const char *unit,
                     const char *rule, int fallback)
{
	long long number;
	const struct node *n = reading_get(r, properties, name, NULL);
	if (!n)
		return fallback;
	if (n->kind != NODE_SCALAR) {
		diagnostic_add(r->found, SEVERITY_ERROR, n->at, "read/type", "%s must be a whole number, not %s", name,
		               node_kind_name(n));
		return fallback;
	}
	if (!property_whole(r, n->text, &number)) {
		diagnostic_add(r->found, SEVERITY_ERROR, n->at, "read/type", "%s must be a whole number, not '%s'", name, n->text);
		return fallback;
	}
	if (number >= low && number <= high)
		return (int)number;
	diagnostic_add(r->found, SEVERITY_ERROR, n->at, rule, "%s must be %d to %d%s, not %lld", name, low, high, unit, number);
	return fallback;
}

bool property_written(struct reading *r, const struct node *properties, const char *name)
{
	const struct node *n = node_get(properties, name);
	return n && !node_is_null(n) && resolver_value(&r->resolver, n) != &resolver_absent;
}

bool property_bool(struct reading *r, const struct node *properties, const char *name, bool fallback)
{
	const struct node *n = reading_get(r, properties, name, NULL);
	if (!n)
		return fallback;
	bool truth = node_is_text(n, "true") || node_is_text(n, "True");
	if (truth || node_is_text(n, "false") || node_is_text(n, "False"))
		return truth;
	diagnostic_add(r->found, SEVERITY_ERROR, n->at, "read/type", "%s must be true or false, not %s", name,
	               n->kind == NODE_SCALAR ? n->text : node_kind_name(n));
	return fallback;
}

const char *property_text(struct reading *r, const struct node *properties, const char *name)
{
	const struct node *n = reading_get(r, properties, name, NULL);
	return n && reading_is(r, n, NODE_SCALAR, name) ? reading_keep(r, n->text) : NULL;
}
