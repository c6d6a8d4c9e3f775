/* What is not modelled yet is said by name where it has traffic, and nowhere else. */
#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static const char traffic[] = "    Functions: {Hello: {Duration: 5ms}}\n    Workload: [{Source: Hello, Arrivals: 1/s}]";

static struct fixture_read function(const char *properties, const char *weir)
{
	char *text = fixture_read_template(properties, weir);
	struct fixture_read f = fixture_read_text(text, NULL);
	memory_free(text);
	return f;
}

static void warned(const char *properties, const char *weir, const char *says)
{
	struct fixture_read f = function(properties, weir);
	fixture_read_expect_clean(&f);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
}

static void silent(const char *properties, const char *weir)
{
	struct fixture_read f = function(properties, weir);
	ck_assert_msg(f.found.count == 0, "%s", textbuf_text(&f.said));
	fixture_read_end(&f);
}

START_TEST(properties_of_functions)
{
	static const char profile[] = "    Workload: [{Source: Hello, Arrivals: 1/s}]";
	warned("Layers: [a]", profile, "warning model/later Hello: Layers are not mounted yet: imports from them fail");
	silent("Layers: [a]", traffic);
	silent("Layers: []", profile);
	warned("VpcConfig: {SubnetIds: [a]}", traffic, "warning model/later Hello: VpcConfig changes nothing here");
	silent("VpcConfig: !Ref AWS::NoValue", traffic);
	silent("VpcConfig: {}", traffic);
	warned("FileSystemConfigs: [{Arn: a}]", traffic, "warning model/later Hello: FileSystemConfigs changes nothing here");
	silent("SnapStart: {ApplyOn: None}", traffic);
	struct fixture_read f = function("SnapStart: {ApplyOn: PublishedVersions}", traffic);
	fixture_read_expect(
		&f, "error model/later Hello: SnapStart is not modelled yet = to simulate without it: --set Hello.SnapStart=null");
	fixture_read_end(&f);
}
END_TEST

START_TEST(response_streaming)
{
	static const char url[] = "    Functions: {Hello: {Duration: 5ms}}\n    Workload: [{Source: Hello.Url, Arrivals: 1/s}]";
	struct fixture_read f = function("FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}", url);
	fixture_read_expect(&f, "error model/later Hello.Url: response streaming is not modelled yet = to simulate it buffered: "
	                        "--set Hello.FunctionUrlConfig.InvokeMode=BUFFERED");
	fixture_read_end(&f);
	silent("FunctionUrlConfig: {AuthType: NONE, InvokeMode: BUFFERED}", url);
	silent("FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}", traffic);
	fixture_read_refused(
		"Resources:\n"
		"  F: {Type: AWS::Lambda::Function}\n"
		"  U: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !GetAtt F.Arn, InvokeMode: RESPONSE_STREAM}}\n"
		"Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: F.Url, Arrivals: 1/s}]}}\n",
		":3:90 error model/later F.Url: response streaming is not modelled yet");
}
END_TEST

/* A template with a function behind both kinds of API, `more` beside it, and traffic on one of the two. */
static void throttled(const char *more, const char *source, const char *says)
{
	char *text = memory_format("Resources:\n"
	                           "  F:\n"
	                           "    Type: AWS::Serverless::Function\n"
	                           "    Properties:\n"
	                           "      Events:\n"
	                           "        Rest: {Type: Api, Properties: {Path: /, Method: get}}\n"
	                           "        Http: {Type: HttpApi}\n"
	                           "%s"
	                           "Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: %s, Arrivals: 1/s}]}}\n",
	                           more, source);
	struct fixture_read f = fixture_read_text(text, NULL);
	fixture_read_expect_clean(&f);
	if (says)
		fixture_read_expect(&f, says);
	else
		ck_assert_msg(f.found.count == 0, "%s", textbuf_text(&f.said));
	fixture_read_end(&f);
	memory_free(text);
}

START_TEST(throttling_of_stages)
{
	static const char says[] = "warning model/later S: throttling of stages and routes is not modelled yet";
	static const char stage[] =
		"  S: {Type: AWS::ApiGatewayV2::Stage, Properties: {RouteSettings: {GET /: {ThrottlingRateLimit: 5}}}}\n";
	throttled(stage, "F.Http", ":8:76 warning model/later S: throttling");
	throttled(stage, "F.Rest", NULL);
	throttled("  S: {Type: AWS::Serverless::HttpApi, Properties: {DefaultRouteSettings: {ThrottlingBurstLimit: 5}}}\n",
	          "F.Http", says);
	throttled("  S: {Type: AWS::Serverless::Api, Properties: {MethodSettings: [{ThrottlingBurstLimit: 5}]}}\n", "F.Rest", says);
	throttled("  S: {Type: AWS::Serverless::Api, Properties: {MethodSettings: [{LoggingLevel: INFO}]}}\n", "F.Rest", NULL);
	throttled("  S: {Type: AWS::ApiGateway::Stage, Properties: {MethodSettings: [{ThrottlingRateLimit: 5}]}}\n", "F.Rest",
	          says);
	throttled("  S: {Type: AWS::ApiGateway::UsagePlan, Properties: {Throttle: {RateLimit: 5}}}\n", "F.Rest", says);
	throttled("  S: {Type: AWS::Serverless::Api, Properties: {Auth: {UsagePlan: {Quota: {Limit: 5}}}}}\n", "F.Rest", says);
	throttled("Globals: {HttpApi: {DefaultRouteSettings: {ThrottlingRateLimit: 5}}}\n", "F.Http",
	          "Globals.HttpApi: throttling");
}
END_TEST

static void unread(const char *resource, const char *source, const char *says)
{
	char *text =
		memory_format("Resources:\n"
	                      "  Hello: {Type: AWS::Lambda::Function}\n"
	                      "  %s\n"
	                      "Metadata: {Weir: {Functions: {Hello: {Duration: 1ms}}, Workload: [{Source: %s, Arrivals: 1/s}]}}\n",
	                      resource, source);
	struct fixture_read f = fixture_read_text(text, NULL);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
	memory_free(text);
}

START_TEST(resources_that_are_elsewhere)
{
	static const char loop[] = "Fn::ForEach::Names: [Name, [A, B], {'F${Name}': {Type: AWS::Lambda::Function}}]";
	static const char stack[] = "Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}";
	unread(loop, "Hello", "3:3 warning model/later Fn::ForEach::Names is not read yet");
	unread(loop, "FB", "3:3 error model/later Fn::ForEach::Names is not read yet");
	unread(loop, "Helo", "warning model/later Fn::ForEach::Names is not read yet");
	unread(stack, "Hello", "warning model/later Child: AWS::CloudFormation::Stack is not read yet");
	unread(stack, "Orders", "error model/later Child: AWS::CloudFormation::Stack is not read yet");
	unread("Child: {Type: AWS::Serverless::Application}", "Orders",
	       "error model/later Child: AWS::Serverless::Application is not");
	unread("Child: {Type: AWS::Serverless::Application}", "Child", "AWS::Serverless::Application");
	fixture_read_refused("Resources: {'Fn::ForEach::F': [N, [A], {}]}\n", "error model/later Fn::ForEach::F is not read yet");
}
END_TEST

Suite *unmodelled_suite(void);

Suite *unmodelled_suite(void)
{
	Suite *suite = suite_create("unmodelled");
	TCase *tcase = tcase_create("named");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, properties_of_functions);
	tcase_add_test(tcase, response_streaming);
	tcase_add_test(tcase, throttling_of_stages);
	tcase_add_test(tcase, resources_that_are_elsewhere);
	suite_add_tcase(suite, tcase);
	return suite;
}
