#include "scenarios/read/awstypes.h"

#include <string.h>

#include "sim/base/nearname.h"

static const char *const services[] = {
	"ACMPCA", "APS", "ARCRegionSwitch", "ARCZonalShift", "AIOps", "AccessAnalyzer", "AmazonMQ", "Amplify", "AmplifyUIBuilder", "ApiGateway",
	"ApiGatewayV2", "AppConfig", "AppFlow", "AppIntegrations", "AppMesh", "AppRunner", "AppStream", "AppSync", "AppTest",
	"ApplicationAutoScaling", "ApplicationInsights", "ApplicationSignals", "Athena", "AuditManager", "AutoScaling",
	"AutoScalingPlans", "B2BI", "BCMDataExports", "Backup", "BackupGateway", "Batch", "Bedrock", "BedrockAgentCore", "BedrockMantle", "Billing",
	"BillingConductor", "Budgets", "CE", "CUR", "Cases", "Cassandra", "CertificateManager", "Chatbot", "CleanRooms", "CleanRoomsML",
	"Cloud9", "CloudFormation", "CloudFront", "CloudTrail", "CloudWatch", "CodeArtifact", "CodeBuild", "CodeCommit",
	"CodeConnections", "CodeDeploy", "CodeGuruProfiler", "CodeGuruReviewer", "CodePipeline", "CodeStar", "CodeStarConnections",
	"CodeStarNotifications", "Cognito", "Comprehend", "ComputeOptimizer", "Config", "Connect", "ConnectCampaigns", "ConnectCampaignsV2",
	"ControlTower", "CustomerProfiles", "DAX", "DLM", "DMS", "DSQL", "DataBrew", "DataPipeline", "DataSync", "DataZone", "Deadline",
	"Detective", "DevOpsAgent", "DevOpsGuru", "DeviceFarm", "DirectoryService", "DocDB", "DocDBElastic", "DynamoDB", "EC2", "ECR", "ECS", "EFS", "EKS", "EMR",
	"EMRContainers", "EMRServerless", "EVS", "ElastiCache", "ElasticBeanstalk", "ElasticLoadBalancing", "ElasticLoadBalancingV2",
	"Elasticsearch", "EntityResolution", "EventSchemas", "Events", "Evidently", "FIS", "FMS", "FSx", "FinSpace", "Forecast",
	"FraudDetector", "GameLift", "GameLiftStreams", "GlobalAccelerator", "Glue", "Grafana", "Greengrass", "GreengrassV2", "GroundStation",
	"GuardDuty", "HealthImaging", "HealthLake", "IAM", "IVS", "IVSChat", "IdentityStore", "ImageBuilder", "Inspector", "InspectorV2",
	"InternetMonitor", "Invoicing", "IoT", "IoT1Click", "IoTAnalytics", "IoTCoreDeviceAdvisor", "IoTEvents", "IoTFleetHub",
	"IoTFleetWise", "IoTManagedIntegrations", "IoTSiteWise", "IoTThingsGraph", "IoTTwinMaker", "IoTWireless", "KMS", "KafkaConnect",
	"Kendra", "KendraRanking", "Kinesis", "KinesisAnalytics", "KinesisAnalyticsV2", "KinesisFirehose", "KinesisVideo",
	"LakeFormation", "Lambda", "LaunchWizard", "Lex", "LicenseManager", "Lightsail", "Location", "Logs", "LookoutEquipment",
	"LookoutMetrics", "LookoutVision", "M2", "MPA", "MSK", "MWAA", "MWAAServerless", "Macie", "ManagedBlockchain", "MediaConnect", "MediaConvert",
	"MediaLive", "MediaPackage", "MediaPackageV2", "MediaStore", "MediaTailor", "MemoryDB", "Neptune", "NeptuneGraph",
	"NetworkFirewall", "NetworkManager", "NimbleStudio", "Notifications", "NotificationsContacts", "ODB", "OSIS", "Oam",
	"ObservabilityAdmin", "Omics", "OpenSearchServerless", "OpenSearchService", "OpsWorks", "OpsWorksCM", "Organizations",
	"PCAConnectorAD", "PCAConnectorSCEP", "PCS", "Panorama", "PaymentCryptography", "Personalize", "Pinpoint", "PinpointEmail",
	"Pipes", "Proton", "QBusiness", "QLDB", "QuickSight", "RAM", "RDS", "RTBFabric", "RUM", "Redshift", "RedshiftServerless",
	"RefactorSpaces", "Rekognition", "ResilienceHub", "ResourceExplorer2", "ResourceGroups", "RoboMaker", "RolesAnywhere", "Route53",
	"Route53Profiles", "Route53RecoveryControl", "Route53RecoveryReadiness", "Route53Resolver", "S3", "S3Express", "S3ObjectLambda",
	"S3Outposts", "S3Tables", "S3Vectors", "S3Files", "SDB", "SES", "SMSVOICE", "SNS", "SQS", "SSM", "SSMContacts", "SSMGuiConnect", "SSMIncidents",
	"SSMQuickSetup", "SSO", "SageMaker", "Scheduler", "SecretsManager", "SecurityHub", "SecurityLake", "Serverless",
	"ServiceCatalog", "ServiceCatalogAppRegistry", "ServiceDiscovery", "Shield", "Signer", "SimSpaceWeaver", "StepFunctions",
	"SupportApp", "Synthetics", "SystemsManagerSAP", "Timestream", "Transfer", "UXC", "VerifiedPermissions", "VoiceID", "VpcLattice",
	"WAF", "WAFRegional", "WAFv2", "Wisdom", "WorkSpaces", "WorkSpacesThinClient", "WorkSpacesWeb", "WorkspacesInstances", "XRay",
};

/* Services of which every type is known. */
static const char *const types[] = {
	"AWS::Serverless::Api", "AWS::Serverless::Application", "AWS::Serverless::CapacityProvider", "AWS::Serverless::Connector",
	"AWS::Serverless::Function", "AWS::Serverless::GraphQLApi", "AWS::Serverless::HttpApi", "AWS::Serverless::LayerVersion",
	"AWS::Serverless::SimpleTable", "AWS::Serverless::StateMachine", "AWS::Serverless::WebSocketApi",
	"AWS::Lambda::Alias", "AWS::Lambda::CapacityProvider", "AWS::Lambda::CodeSigningConfig", "AWS::Lambda::EventInvokeConfig",
	"AWS::Lambda::EventSourceMapping", "AWS::Lambda::Function", "AWS::Lambda::LayerVersion", "AWS::Lambda::LayerVersionPermission",
	"AWS::Lambda::Permission", "AWS::Lambda::Url", "AWS::Lambda::Version",
	"AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy",
	"AWS::SNS::Subscription", "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy",
	"AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table",
};

static bool awstype_in_full(const char *type)
{
	static const char *const full[] = {"AWS::Serverless::", "AWS::Lambda::", "AWS::SQS::", "AWS::SNS::", "AWS::DynamoDB::"};
	for (size_t i = 0; i < sizeof full / sizeof *full; i++)
		if (strncmp(type, full[i], strlen(full[i])) == 0)
			return true;
	return false;
}

static bool awstype_has_service(const char *service, size_t length)
{
	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (strlen(services[i]) == length && memcmp(services[i], service, length) == 0)
			return true;
	return false;
}

bool awstype_known(const char *type)
{
	if (strncmp(type, "AWS::", 5) != 0)
		return strstr(type, "::") != NULL;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i], type) == 0)
			return true;
	const char *rest = strstr(type + 5, "::");
	return rest && rest[2] && !awstype_in_full(type) && awstype_has_service(type + 5, (size_t)(rest - (type + 5)));
}

const char *awstype_nearest(const char *type)
{
	const char *near = nearname_find(type, types, sizeof types / sizeof *types);
	if (near || strncmp(type, "AWS::", 5) != 0)
		return near;
	char service[64];
	const char *rest = strstr(type + 5, "::");
	size_t length = rest ? (size_t)(rest - (type + 5)) : strlen(type + 5);
	if (length >= sizeof service || awstype_in_full(type))
		return NULL;
	memcpy(service, type + 5, length);
	service[length] = '\0';
	return nearname_find(service, services, sizeof services / sizeof *services);
}
