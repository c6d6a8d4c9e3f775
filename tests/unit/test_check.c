/* What `weir check` says beyond what a run needs, and that the stub of `weir init` reads back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static void says(const char *template, const char *text)
{
	struct fixture_read f = fixture_read_check(template);
	fixture_read_expect(&f, text);
	fixture_read_end(&f);
}

/* One SAM function with these properties. */
static void function(const char *properties, const char *text)
{
	char *template = fixture_read_template(properties, "    Seed: 1");
	says(template, text);
	memory_free(template);
}

static void silent(const char *template)
{
	struct fixture_read f = fixture_read_check(template);
	ck_assert_msg(f.found.count == 0, "%s", textbuf_text(&f.said));
	fixture_read_end(&f);
}

START_TEST(a_sound_template_is_silent)
{
	char *template = fixture_read_template("Timeout: 29, Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}",
	                                       "    Workload: [{Source: Hello.Get, Arrivals: 1/s, Client: {Timeout: 29s}}]");
	silent(template);
	memory_free(template);
}
END_TEST

START_TEST(gateways_give_up_earlier)
{
	function(
		"Timeout: 31, Events: {Get: {Type: HttpApi}}",
		"warning timeout/gateway Hello.Get: the API Gateway HTTP API gives up after 30 s, but Hello may run 31 s: the caller gets 503");
	function("Timeout: 30, Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}", "gives up after 29 s");
	function("Timeout: 10, Events: {Get: {Type: HttpApi, Properties: {Path: /, Method: get, TimeoutInMillis: 5000}}}",
	         "gives up after 5 s");
}
END_TEST

static void client(const char *properties, const char *client, const char *text)
{
	char *weir = memory_format("    Workload: [{Source: Hello, Arrivals: 1/s%s%s}]", *client ? ", Client: " : "", client);
	char *template = fixture_read_template(properties, weir);
	says(template, text);
	memory_free(weir);
	memory_free(template);
}

START_TEST(clients_give_up_earlier)
{
	client("Timeout: 61", "",
	       "warning timeout/sdk Hello: the AWS SDKs stop reading after 60 s and invoke again, but Hello may run 61 s");
	client("Timeout: 61", "standard", "timeout/sdk");
	client("Timeout: 10", "{Timeout: 5s, MaxAttempts: 3}",
	       "warning timeout/client Hello: the client gives up after 5 s, but Hello may run 10 s: up to 3 invocations");
	client("Timeout: 10", "{Timeout: 20s, MaxAttempts: 3}", "note timeout/client");
	function("Timeout: 61", "timeout/sdk");
	char *enough = fixture_read_template("Timeout: 61",
	                                     "    Workload: [{Source: Hello, Arrivals: 1/s, Client: {Timeout: 62s}}]");
	silent(enough);
	memory_free(enough);
}
END_TEST

static const char raw[] =
	"Resources: {Hello: {Type: AWS::Lambda::Function, Properties: {Runtime: %s, Handler: index.handler, Code: {ZipFile: x}}}}";

static void runtime(const char *name, const char *text)
{
	char *template = memory_format(raw, name);
	if (text)
		says(template, text);
	else
		silent(template);
	memory_free(template);
}

START_TEST(runtimes)
{
	runtime("python3.13", NULL);
	runtime("nodejs24.x", NULL);
	runtime("python2.7", "warning runtime/retired python2.7 is retired");
	runtime("python3.10", "runtime/retired python3.10 is deprecated since 2026-10-31");
	runtime("python3.99", "warning runtime/unknown");
	runtime("pyton3.12", "error runtime/unknown 'pyton3.12' is no runtime that weir knows = did you mean 'python3.12'?");
}
END_TEST

START_TEST(templates)
{
	says("Resources: {H: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: hello}}}",
	     "error template/transform AWS::Serverless::Function needs the template to say Transform");
	says("Resources: {H: {Type: AWS::Lamda::Function}}",
	     "error template/type 'AWS::Lamda::Function' is no resource type that weir knows = did you mean 'AWS::Lambda::Function'?");
	says("Resources: {H: {Type: AWS::Lambda::Funktion}}", "did you mean 'AWS::Lambda::Function'?");
	says("Resources: {H: {Type: AWS::Brandnew::Thing}}", "warning template/type");
	says("Resources: {H: {Type: Queue}}", "template/type");
	says("Resources: {H: {Properties: {}}}", "resource 'H' has no Type");
	says("Resources: {H: {Type: Custom::Mine}}", "warning template/functions the template has no function");
	says("Resources: {Table: {Type: AWS::DynamoDB::Table}, Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Tabel}}}",
	     "warning template/reference the template has no parameter or resource 'Tabel' = did you mean 'Table'?");
	says("Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${AWS::Region}${!No}${Stage}'}}}", "'Stage'");
	says("Resources: {Q: {Type: AWS::SQS::Queue, Condition: C}}", "the template has no condition 'C'");
	function("CodeUri: nowhere", "error code/missing Hello: there is no folder 'nowhere'");
	function("Handler: no.handler", "error code/missing");
	function("ReservedConcurrentExecutions: 0", "warning limit/reserved-zero");
	function("Environment: {Variables: {AWS_REGION: x}}", "error template/variable AWS_REGION is Lambda's own variable");
	function(
		"MemorySiz: 256",
		"error template/property 'MemorySiz' is no property of AWS::Serverless::Function that weir knows = did you mean 'MemorySize'?");
}
END_TEST

/* What weir does not need to understand is none of its business. */
START_TEST(what_real_templates_have)
{
	static const char template[] =
		"AWSTemplateFormatVersion: '2010-09-09'\n"
		"Transform: [AWS::Serverless-2016-10-31, AWS::LanguageExtensions]\n"
		"Description: >\n  folded\n  text\n"
		"Parameters:\n"
		"  Vpc: {Type: 'AWS::EC2::VPC::Id'}\n"
		"  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}\n"
		"  Size: {Type: Number}\n"
		"Mappings: {M: {a: {b: c}}}\n"
		"Conditions: {HasVpc: !Not [!Equals [!Ref Vpc, '']]}\n"
		"Globals:\n"
		"  Api: {OpenApiVersion: 3.0.1, Cors: \"'*'\"}\n"
		"  Function:\n"
		"    Runtime: python3.12\n"
		"    Layers: [!Sub 'arn:${AWS::Partition}:lambda:${AWS::Region}:017000801446:layer:Powertools:1']\n"
		"    Tracing: Active\n"
		"    VpcConfig: !If [HasVpc, {SubnetIds: !Ref Subnets, SecurityGroupIds: [!ImportValue Group]}, !Ref AWS::NoValue]\n"
		"Resources:\n"
		"  Hello: # comment\n"
		"    Type: AWS::Serverless::Function\n"
		"    Condition: HasVpc\n"
		"    DependsOn: [Table]\n"
		"    Properties:\n"
		"      FunctionName: !Sub '${AWS::StackName}-${Vpc}'\n"
		"      CodeUri: hello\n"
		"      Handler: app.handler\n"
		"      MemorySize: !Ref Size\n"
		"      Policies:\n"
		"        - DynamoDBCrudPolicy: {TableName: !Ref Table}\n"
		"        - Version: '2012-10-17'\n"
		"          Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]\n"
		"      Environment:\n"
		"        Variables: {TABLE: !Ref Table, URL: !ImportValue Url, ON: on, NO: no, API: !Sub 'https://${ServerlessRestApi}.execute-api'}\n"
		"      Events:\n"
		"        Cron: {Type: Schedule, Properties: {Schedule: rate(5 minutes)}}\n"
		"        Bucket: {Type: S3, Properties: {Bucket: !Ref Files, Events: 's3:ObjectCreated:*'}}\n"
		"        Root: {Type: Api, Properties: {Path: '/{proxy+}', Method: ANY, RestApiId: !Ref Rest}}\n"
		"    Metadata: {BuildMethod: makefile}\n"
		"  Files: {Type: AWS::S3::Bucket}\n"
		"  Table: {Type: AWS::Serverless::SimpleTable}\n"
		"  Rest: {Type: AWS::Serverless::Api, Properties: {StageName: Prod, DefinitionBody: !Transform {Name: AWS::Include, Parameters: {Location: x}}}}\n"
		"  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}\n"
		"Outputs:\n"
		"  Arn: {Value: !GetAtt HelloRole.Arn}\n"
		"  Api: {Value: !Sub 'https://${ServerlessRestApi}.execute-api.${AWS::Region}.amazonaws.com/Prod/'}\n";
	struct fixture_read f = fixture_read_check(template);
	for (size_t i = 0; i < f.found.count; i++)
		ck_assert_msg(f.found.items[i].severity == SEVERITY_NOTE, "%s", textbuf_text(&f.said));
	fixture_read_end(&f);
}
END_TEST

static char *stub_of(const char *template)
{
	struct read_options options = {.template_file = "stubbed.yaml"};
	struct fixture_read f = {0};
	struct error e = {0};
	struct textbuf out = {0};
	fixture_read_file("stubbed.yaml", template);
	int status = scenario_stub(&options, &out, &f.found, &f.texts, &e);
	ck_assert_msg(status == 0, "%s", f.found.count ? f.found.items[0].text : e.text);
	fixture_read_end(&f);
	return textbuf_detach(&out);
}

START_TEST(stubs_read_back)
{
	static const char template[] =
		"Transform: AWS::Serverless-2016-10-31\n"
		"Resources:\n"
		"  Hello:\n"
		"    Type: AWS::Serverless::Function\n"
		"    Properties:\n"
		"      {Runtime: python3.12, Handler: app.handler, CodeUri: hello, Events: {Get: {Type: HttpApi, Properties: {Path: /a, Method: get}},\n"
		"       Jobs: {Type: MQ, Properties: {Queues: [x]}}, Odd7: {Type: HttpApi}}}\n"
		"  Far: {Type: AWS::Serverless::Function, Properties: {Runtime: java21, Handler: a.B, CodeUri: hello}}\n";
	char *stub = stub_of(template), *joined = memory_format("%s%s", template, stub);
	struct fixture_read apart = fixture_read_two(template, stub, NULL), together = fixture_read_text(joined, NULL);
	fixture_read_expect_clean(&apart);
	fixture_read_expect_clean(&together);
	ck_assert_uint_eq(apart.scenario->source_count, 3);
	ck_assert_uint_eq(together.scenario->source_count, 3);
	ck_assert_str_eq(apart.scenario->sources[0].name, "Hello.Get");
	ck_assert_str_eq(apart.scenario->sources[1].name, "Hello.Odd7");
	ck_assert_str_eq(apart.scenario->sources[2].name, "Far");
	ck_assert_int_eq(apart.scenario->functions[1].model, MODEL_DECLARED);
	ck_assert_ptr_nonnull(strstr(stub, "Hello.Jobs: MQ as a source is not modelled yet"));
	fixture_read_end(&apart);
	fixture_read_end(&together);
	memory_free(stub);
	memory_free(joined);
}
END_TEST

static void uncomment(char *stub, const char *line)
{
	ck_assert_ptr_nonnull(strstr(stub, line));
	for (char *p = stub; (p = strstr(p, line)) != NULL;)
		p[1] = ' ';
}

/* What stands in for a handler that is not run is named as such; what is commented out is understood as well. */
START_TEST(stubs_declare_what_is_not_run)
{
	static const char template[] =
		"Transform: AWS::Serverless-2016-10-31\n"
		"Resources:\n"
		"  Box: {Type: AWS::Serverless::Function, Properties: {PackageType: Image, ImageUri: 'x:1'}}\n"
		"  Far: {Type: AWS::Serverless::Function, Properties: {Runtime: java21, Handler: a.B, CodeUri: hello}}\n";
	char *stub = stub_of(template);
	ck_assert_ptr_nonnull(
		strstr(stub,
	               "      Box:\n        # container images cannot be run here yet: a declared cost stands in for the handler\n"
	               "        Model: declared\n        Duration: "));
	ck_assert_ptr_nonnull(
		strstr(stub, "# java21 handlers cannot be run here yet: a declared cost stands in for the handler\n"));
	uncomment(stub, "\n#       Init:");
	uncomment(stub, "\n#       MemoryUsed:");
	struct fixture_read f = fixture_read_two(template, stub, NULL);
	fixture_read_expect_clean(&f);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(f.scenario->functions[i].model, MODEL_DECLARED);
		ck_assert_int_eq(f.scenario->functions[i].declared.init.kind, DISTRIBUTION_LOGNORMAL);
	}
	fixture_read_end(&f);
	memory_free(stub);
}
END_TEST

START_TEST(stubs_show_the_defaults)
{
	char *template = fixture_read_template("", "    Seed: 5"), *stub = stub_of(template);
	struct read_options plain = {.rates = (const char *const[]){"Hello=1/s"}, .rate_count = 1};
	struct fixture_read without = fixture_read_two(template, "Seed: 1", &plain), with = fixture_read_two(template, stub, NULL);
	fixture_read_expect_clean(&with);
	const struct scenario *a = without.scenario, *b = with.scenario;
	ck_assert_int_eq(a->duration, b->duration);
	ck_assert_int_eq(a->replications, b->replications);
	ck_assert_double_eq(a->precision, b->precision);
	ck_assert_int_eq(a->warm_up, b->warm_up);
	ck_assert_uint_eq(a->seed, b->seed);
	ck_assert_int_eq(a->account.concurrent_executions, b->account.concurrent_executions);
	ck_assert_int_eq(a->functions[0].reclaim.after, b->functions[0].reclaim.after);
	ck_assert_int_eq(a->functions[0].model, b->functions[0].model);
	ck_assert_uint_eq(b->source_count, 1);
	fixture_read_end(&without);
	fixture_read_end(&with);
	memory_free(stub);
	memory_free(template);
}
END_TEST

/* Each with the right message, and nothing but findings comes of it. */
START_TEST(files_that_are_none)
{
	static const struct {
		const char *file, *says;
	} cases[] = {{"nowhere.yaml", "nowhere.yaml"}, {"hello", "is a folder"}, {NULL, "no template is named"}};
	for (size_t i = 0; i < 3; i++) {
		struct read_options options = {.template_file = cases[i].file};
		struct fixture_read f = {0};
		struct error e = {0};
		ck_assert_int_eq(scenario_read(&options, &f.scenario, &f.found, &f.texts, &e), -1);
		ck_assert_ptr_null(f.scenario);
		ck_assert_int_eq(e.code, ERROR_INPUT);
		ck_assert_msg(strstr(e.text, cases[i].says) != NULL, "%s", e.text);
		ck_assert_int_eq(error_exit_status(e.code), 2);
		fixture_read_end(&f);
	}
	fixture_read_refused("just text", "read/type a template must be a map, not a text");
	fixture_read_refused("Outputs: {}", "it has no Resources");
	fixture_read_refused("Resources: [1]", "Resources must be a map, not a list");
}
END_TEST

START_TEST(lines_of_the_files)
{
	struct fixture_read f = fixture_read_text("Resources:\n  Hello:\n    Type: AWS::Serverless::Function", NULL);
	ck_assert_int_eq(strncmp(source_texts_line(f.texts, "template.yaml", 2), "  Hello:\n", 9), 0);
	ck_assert_str_eq(source_texts_line(f.texts, "template.yaml", 3), "    Type: AWS::Serverless::Function");
	ck_assert_ptr_null(source_texts_line(f.texts, "template.yaml", 4));
	ck_assert_ptr_null(source_texts_line(f.texts, "template.yaml", 0));
	ck_assert_ptr_null(source_texts_line(f.texts, "other.yaml", 1));
	ck_assert_ptr_null(source_texts_line(NULL, "template.yaml", 1));
	fixture_read_end(&f);
}
END_TEST

Suite *check_suite(void);

Suite *check_suite(void)
{
	Suite *suite = suite_create("check");
	TCase *tcase = tcase_create("reviews");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, a_sound_template_is_silent);
	tcase_add_test(tcase, gateways_give_up_earlier);
	tcase_add_test(tcase, clients_give_up_earlier);
	tcase_add_test(tcase, runtimes);
	tcase_add_test(tcase, templates);
	tcase_add_test(tcase, what_real_templates_have);
	tcase_add_test(tcase, stubs_read_back);
	tcase_add_test(tcase, stubs_declare_what_is_not_run);
	tcase_add_test(tcase, stubs_show_the_defaults);
	tcase_add_test(tcase, files_that_are_none);
	tcase_add_test(tcase, lines_of_the_files);
	suite_add_tcase(suite, tcase);
	return suite;
}
