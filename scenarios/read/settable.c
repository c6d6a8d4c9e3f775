#include "scenarios/read/settable.h"

#include <string.h>

#include "scenarios/read/behaviour.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/mappingkeys.h"
#include "scenarios/read/mappings.h"
#include "scenarios/read/property.h"
#include "scenarios/read/queues.h"
#include "scenarios/read/streams.h"
#include "scenarios/read/topics.h"

/* A function that tells a list of names. */
#define NAMES(function, ...)                                      \
	static const char *const *function(size_t *count)         \
	{                                                         \
		static const char *const names[] = {__VA_ARGS__}; \
		*count = KEY_COUNT(names);                        \
		return names;                                     \
	}

static const char *const *function_names(size_t *count)
{
	return property_names(false, count);
}

static const char *const *sam_function_names(size_t *count)
{
	return property_names(true, count);
}

/* --- resources ------------------------------------------------------------------------------------------------------------------------- */

NAMES(duplicate_keys, "DuplicateRate")
NAMES(shard_keys, "Shards")
NAMES(delivery_keys, "DeliveryFailureRate", "DeliveryJitter")
NAMES(table_names, "AttributeDefinitions", "BillingMode", "DeletionProtectionEnabled", "KeySchema", "PrimaryKey",
      "ProvisionedThroughput", "Replicas", "SSESpecification", "StreamSpecification", "TableName", "Tags",
      "TimeToLiveSpecification")
NAMES(invoke_config_names, "DestinationConfig", "FunctionName", "MaximumEventAgeInSeconds", "MaximumRetryAttempts", "Qualifier")
NAMES(subscription_names, "DeliveryPolicy", "Endpoint", "FilterPolicy", "FilterPolicyScope", "Protocol", "RawMessageDelivery",
      "RedrivePolicy", "Region", "ReplayPolicy", "SubscriptionRoleArn", "TopicArn")
NAMES(bus_names, "DeadLetterConfig", "Description", "EventSourceName", "KmsKeyIdentifier", "LogConfig", "Name", "Policy", "Tags")
NAMES(rule_names, "Description", "EventBusName", "EventPattern", "Name", "RoleArn", "ScheduleExpression", "State", "Tags",
      "Targets")
NAMES(schedule_names, "Description", "EndDate", "FlexibleTimeWindow", "GroupName", "KmsKeyArn", "Name", "ScheduleExpression",
      "ScheduleExpressionTimezone", "StartDate", "State", "Target")
NAMES(bucket_names, "BucketName", "NotificationConfiguration", "Tags")
NAMES(consumer_names, "ConsumerName", "StreamARN", "Tags")
NAMES(url_names, "AuthType", "Cors", "InvokeMode", "Qualifier", "TargetFunctionArn")
NAMES(custom_names, "ServiceTimeout", "ServiceToken")
NAMES(integration_names, "ApiId", "ConnectionId", "ConnectionType", "Description", "IntegrationMethod", "IntegrationType",
      "IntegrationUri", "PayloadFormatVersion", "RequestParameters", "ResponseParameters", "TimeoutInMillis")
NAMES(route_names, "ApiId", "AuthorizationType", "RouteKey", "Target")
NAMES(method_names, "AuthorizationType", "HttpMethod", "Integration", "MethodResponses", "ResourceId", "RestApiId")
NAMES(group_names, "TargetGroupAttributes", "TargetType", "Targets")
NAMES(distribution_names, "DistributionConfig", "Tags")

struct row {
	const char *type;
	const char *const *(*properties)(size_t *count);
	const char *section;
	const char *const *(*keys)(size_t *count);
};

static const struct row resources[] = {
	{"AWS::Serverless::Function", sam_function_names, "Functions", behaviour_names},
	{"AWS::Lambda::Function", function_names, "Functions", behaviour_names},
	{"AWS::SQS::Queue", queue_property_names, "Queues", duplicate_keys},
	{"AWS::SNS::Topic", topic_property_names, "Topics", delivery_keys},
	{"AWS::SNS::Subscription", subscription_names, NULL, NULL},
	{"AWS::Kinesis::Stream", stream_property_names, NULL, NULL},
	{"AWS::Kinesis::StreamConsumer", consumer_names, NULL, NULL},
	{"AWS::DynamoDB::Table", table_names, "Streams", shard_keys},
	{"AWS::DynamoDB::GlobalTable", table_names, "Streams", shard_keys},
	{"AWS::Serverless::SimpleTable", table_names, "Streams", shard_keys},
	{"AWS::Lambda::EventSourceMapping", mapping_property_names, "Mappings", mapping_key_names},
	{"AWS::Lambda::EventInvokeConfig", invoke_config_names, NULL, NULL},
	{"AWS::Lambda::Url", url_names, NULL, NULL},
	{"AWS::Events::EventBus", bus_names, "Buses", delivery_keys},
	{"AWS::Events::Rule", rule_names, "Schedules", delivery_keys},
	{"AWS::Scheduler::Schedule", schedule_names, "Schedules", delivery_keys},
	{"AWS::S3::Bucket", bucket_names, NULL, NULL},
	{"AWS::CloudFormation::CustomResource", custom_names, NULL, NULL},
	{"AWS::ApiGatewayV2::Integration", integration_names, NULL, NULL},
	{"AWS::ApiGatewayV2::Route", route_names, NULL, NULL},
	{"AWS::ApiGateway::Method", method_names, NULL, NULL},
	{"AWS::ElasticLoadBalancingV2::TargetGroup", group_names, NULL, NULL},
	{"AWS::CloudFront::Distribution", distribution_names, NULL, NULL},
};

/* --- events of SAM functions ----------------------------------------------------------------------------------------------------------- */

NAMES(api_names, "Auth", "Method", "Path", "RequestModel", "RequestParameters", "ResponseTransferMode", "RestApiId",
      "TimeoutInMillis")
NAMES(http_names, "ApiId", "Auth", "Method", "Path", "PayloadFormatVersion", "RouteSettings", "TimeoutInMillis")
NAMES(topic_event_names, "FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "Region", "SqsSubscription", "Topic")
NAMES(bucket_event_names, "Bucket", "Events", "Filter")
NAMES(rule_event_names, "DeadLetterConfig", "Enabled", "EventBusName", "Input", "InputPath", "InputTransformer", "LogConfig",
      "Pattern", "RetryPolicy", "RuleName", "State", "Target")
NAMES(tick_names, "DeadLetterConfig", "Description", "Enabled", "Input", "Name", "RetryPolicy", "Schedule", "State")
NAMES(tick_v2_names, "DeadLetterConfig", "Description", "EndDate", "FlexibleTimeWindow", "GroupName", "Input", "KmsKeyArn", "Name",
      "OmitName", "PermissionsBoundary", "RetryPolicy", "RoleArn", "ScheduleExpression", "ScheduleExpressionTimezone", "StartDate",
      "State")

static const struct row events[] = {
	{"Api", api_names, NULL, NULL},
	{"HttpApi", http_names, NULL, NULL},
	{"SQS", mapping_property_names, "Mappings", mapping_key_names},
	{"Kinesis", mapping_property_names, "Mappings", mapping_key_names},
	{"DynamoDB", mapping_property_names, "Mappings", mapping_key_names},
	{"SNS", topic_event_names, "Mappings", mapping_key_names},
	{"S3", bucket_event_names, NULL, NULL},
	{"EventBridgeRule", rule_event_names, NULL, NULL},
	{"CloudWatchEvent", rule_event_names, NULL, NULL},
	{"Schedule", tick_names, "Schedules", delivery_keys},
	{"ScheduleV2", tick_v2_names, "Schedules", delivery_keys},
};

/* --- maps inside ------------------------------------------------------------------------------------------------------------------------ */

NAMES(event_invoke_inside, "DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")
NAMES(destinations_inside, "OnFailure", "OnSuccess")
NAMES(destination_inside, "Destination", "Type")
NAMES(dead_letter_inside, "Arn", "QueueLogicalId", "TargetArn", "Type")
NAMES(storage_inside, "Size")
NAMES(environment_inside, "Variables")
NAMES(url_inside, "AuthType", "Cors", "InvokeMode")
NAMES(provisioned_inside, "ProvisionedConcurrentExecutions")
NAMES(snap_inside, "ApplyOn")
NAMES(scaling_inside, "MaximumConcurrency")
NAMES(pollers_inside, "MaximumPollers", "MinimumPollers", "PollerGroupName")
NAMES(criteria_inside, "Filters")
NAMES(filters_inside, "Pattern")
NAMES(redrive_inside, "deadLetterTargetArn", "maxReceiveCount")
NAMES(retry_inside, "MaximumEventAgeInSeconds", "MaximumRetryAttempts")
NAMES(window_inside, "MaximumWindowInMinutes", "Mode")
NAMES(mode_inside, "StreamMode")
NAMES(stream_inside, "ResourcePolicy", "StreamEnabled", "StreamViewType")
NAMES(subscription_inside, "BatchSize", "Enabled", "QueueArn", "QueuePolicyLogicalId", "QueueUrl")
NAMES(notification_inside, "EventBridgeConfiguration", "LambdaConfigurations", "QueueConfigurations", "TopicConfigurations")
NAMES(event_bridge_inside, "EventBridgeEnabled")
NAMES(integration_inside, "CacheKeyParameters", "CacheNamespace", "ConnectionId", "ConnectionType", "ContentHandling",
      "Credentials", "IntegrationHttpMethod", "IntegrationResponses", "PassthroughBehavior", "RequestParameters",
      "RequestTemplates", "ResponseTransferMode", "TimeoutInMillis", "Type", "Uri")

static const struct {
	const char *map;
	const char *const *(*names)(size_t *count);
} inside[] = {
	{"EventInvokeConfig", event_invoke_inside},
	{"DestinationConfig", destinations_inside},
	{"OnFailure", destination_inside},
	{"OnSuccess", destination_inside},
	{"DeadLetterQueue", dead_letter_inside},
	{"DeadLetterConfig", dead_letter_inside},
	{"EphemeralStorage", storage_inside},
	{"Environment", environment_inside},
	{"FunctionUrlConfig", url_inside},
	{"ProvisionedConcurrencyConfig", provisioned_inside},
	{"SnapStart", snap_inside},
	{"ScalingConfig", scaling_inside},
	{"ProvisionedPollerConfig", pollers_inside},
	{"FilterCriteria", criteria_inside},
	{"Filters", filters_inside},
	{"RedrivePolicy", redrive_inside},
	{"RetryPolicy", retry_inside},
	{"FlexibleTimeWindow", window_inside},
	{"StreamModeDetails", mode_inside},
	{"StreamSpecification", stream_inside},
	{"SqsSubscription", subscription_inside},
	{"NotificationConfiguration", notification_inside},
	{"EventBridgeConfiguration", event_bridge_inside},
	{"Integration", integration_inside},
};

/* --- looking up ------------------------------------------------------------------------------------------------------------------------- */

static bool row_find(const struct row *rows, size_t count, const char *type, struct settable *out)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].type, type) != 0)
			continue;
		*out = (struct settable){.section = rows[i].section};
		out->properties.items = rows[i].properties(&out->properties.count);
		if (rows[i].keys)
			out->keys.items = rows[i].keys(&out->keys.count);
		return true;
	}
	return false;
}

bool settable_of_type(const char *type, struct settable *out)
{
	if (strncmp(type, "Custom::", 8) == 0)
		type = "AWS::CloudFormation::CustomResource";
	return row_find(resources, KEY_COUNT(resources), type, out);
}

bool settable_of_event(const char *type, struct settable *out)
{
	return row_find(events, KEY_COUNT(events), type, out);
}

struct settable_names settable_inside(const char *property)
{
	struct settable_names names = {0};
	for (size_t i = 0; i < KEY_COUNT(inside); i++)
		if (strcmp(inside[i].map, property) == 0)
			names.items = inside[i].names(&names.count);
	return names;
}

const char *settable_map(size_t index)
{
	return index < KEY_COUNT(inside) ? inside[index].map : NULL;
}

bool settable_has(const struct settable_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}
