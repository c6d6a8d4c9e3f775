/* What a template says about its functions: both resource types, Globals, parameters, conditions, intrinsics, variables, code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static const struct read_options quiet = {.traffic_optional = true};

static struct fixture_read read(const char *template)
{
	struct fixture_read f = fixture_read_text(template, &quiet);
	fixture_read_expect_clean(&f);
	return f;
}

static const struct function_spec *function(const struct fixture_read *f, const char *name)
{
	for (size_t i = 0; i < f->scenario->function_count; i++)
		if (strcmp(f->scenario->functions[i].name, name) == 0)
			return &f->scenario->functions[i];
	ck_abort_msg("no function %s", name);
	return NULL;
}

static const char *variable(const struct function_spec *f, const char *name)
{
	for (size_t i = 0; i < f->variable_count; i++)
		if (strcmp(f->variables[i].name, name) == 0)
			return f->variables[i].value;
	return "(none)";
}

START_TEST(defaults)
{
	struct fixture_read f = read(
		"Resources: {Hello: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: hello}}}");
	const struct function_spec *hello = function(&f, "Hello");
	ck_assert_int_eq(hello->memory_mb, 128);
	ck_assert_int_eq(hello->timeout_s, 3);
	ck_assert_int_eq(hello->ephemeral_mb, 512);
	ck_assert_int_eq(hello->reserved, FUNCTION_UNRESERVED);
	ck_assert_int_eq(hello->architecture, ARCHITECTURE_X86_64);
	ck_assert_int_eq(hello->model, MODEL_PROFILE);
	ck_assert_int_eq(hello->profile_runs, 30);
	ck_assert_double_eq(hello->arm_factor, 1);
	ck_assert_int_eq(hello->reclaim.policy, RECLAIM_FIXED);
	ck_assert_int_eq(hello->reclaim.after, 6 * SIMTIME_MINUTE);
	ck_assert_str_eq(hello->function_name, "Hello");
	ck_assert_int_eq(hello->code_kind, CODE_FOLDER);
	ck_assert_str_eq(hello->code, "hello");
	ck_assert_int_eq(f.scenario->duration, SIMTIME_HOUR);
	ck_assert_int_eq(f.scenario->replications, 0);
	ck_assert_double_eq(f.scenario->precision, 0.05);
	ck_assert_uint_eq(f.scenario->seed, 1);
	ck_assert_str_eq(f.scenario->region, "us-east-1");
	ck_assert_int_eq(f.scenario->account.concurrent_executions, 1000);
	fixture_read_end(&f);
}
END_TEST

START_TEST(globals_merge_as_sam_does)
{
	struct fixture_read f = read(
		"Globals:\n"
		"  Function: {Runtime: python3.12, Timeout: 7, MemorySize: 512, Architectures: [x86_64],\n"
		"             Environment: {Variables: {A: global, B: global}}}\n"
		"Resources:\n"
		"  One:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: app.handler, CodeUri: hello, MemorySize: 256,\n"
		"      Environment: {Variables: {B: own, C: own}}}\n"
		"  Two: {Type: AWS::Lambda::Function, Properties: {Handler: app.handler, Runtime: python3.11, Code: hello}}\n"
		"  Three:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: app.handler, CodeUri: hello, Architectures: [arm64]}\n");
	const struct function_spec *one = function(&f, "One"), *two = function(&f, "Two");
	ck_assert_int_eq(one->memory_mb, 256);
	ck_assert_int_eq(one->timeout_s, 7);
	ck_assert_str_eq(variable(one, "A"), "global");
	ck_assert_str_eq(variable(one, "B"), "own");
	ck_assert_str_eq(variable(one, "C"), "own");
	ck_assert_int_eq(two->timeout_s, 3);
	ck_assert_uint_eq(two->variable_count, 0);
	ck_assert_int_eq(function(&f, "Three")->architecture, ARCHITECTURE_ARM64);
	fixture_read_expect(&f, "template/architectures");
	fixture_read_end(&f);
}
END_TEST

static const char intrinsics[] =
	"Parameters:\n"
	"  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}\n"
	"  Memory: {Type: Number, Default: 1024, MinValue: 128}\n"
	"  Names: {Type: CommaDelimitedList, Default: 'a, b ,c'}\n"
	"  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path/name}\n"
	"Mappings: {Sizes: {dev: {Timeout: 11}, prod: {Timeout: 22}}}\n"
	"Conditions:\n"
	"  IsProd: !Equals [!Ref Stage, prod]\n"
	"  IsDev: !Not [!Condition IsProd]\n"
	"  Both: !And [!Condition IsProd, !Condition IsDev]\n"
	"  Either: !Or [!Condition IsProd, !Condition IsDev]\n"
	"Resources:\n"
	"  Table: {Type: AWS::DynamoDB::Table}\n"
	"  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub 'q-${Stage}'}}\n"
	"  Bucket: {Type: AWS::S3::Bucket}\n"
	"  Topic: {Type: AWS::SNS::Topic}\n"
	"  Gone: {Type: AWS::Serverless::Function, Condition: Both, Properties: {Handler: x.y, Runtime: java21}}\n"
	"  Hello:\n"
	"    Type: AWS::Serverless::Function\n"
	"    Condition: Either\n"
	"    Properties:\n"
	"      FunctionName: !Join ['-', [hello, !Ref Stage]]\n"
	"      Runtime: python3.12\n"
	"      Handler: app.handler\n"
	"      CodeUri: hello\n"
	"      MemorySize: !Ref Memory\n"
	"      Timeout: !FindInMap [Sizes, !Ref Stage, Timeout]\n"
	"      ReservedConcurrentExecutions: !If [IsProd, 50, !Ref AWS::NoValue]\n"
	"      Environment:\n"
	"        Variables:\n"
	"          REGION: !Ref AWS::Region\n"
	"          ACCOUNT: {Ref: AWS::AccountId}\n"
	"          TABLE: !Ref Table\n"
	"          TABLE_ARN: !GetAtt Table.Arn\n"
	"          QUEUE: !Ref Queue\n"
	"          QUEUE_ARN: {'Fn::GetAtt': [Queue, Arn]}\n"
	"          QUEUE_NAME: !GetAtt Queue.QueueName\n"
	"          BUCKET_ARN: !GetAtt Bucket.Arn\n"
	"          TOPIC: !Ref Topic\n"
	"          SELF: !GetAtt Gone.Arn\n"
	"          SUB: !Sub '${Stage}/${Table}/${Queue.Arn}/${!Literal}/${ AWS::Partition }'\n"
	"          SUB2: !Sub ['${A}-${Stage}', {A: !Join [',', !Ref Names]}]\n"
	"          PICK: !Select [1, !Ref Names]\n"
	"          SPLIT: !Select [2, !Split ['|', 'x|y|z']]\n"
	"          BASE: !Base64 hi!\n"
	"          LIVE: !If [IsDev, 'yes', 'no']\n"
	"          GONE: !If [IsDev, !Ref AWS::NoValue, 'no']\n"
	"          SSM: !Ref Image\n"
	"          SUFFIX: !Ref AWS::URLSuffix\n"
	"          NUMBER: 5\n";

START_TEST(intrinsics_are_resolved)
{
	static const char *const expected[][2] = {
		{"REGION", "us-east-1"},
		{"ACCOUNT", "123456789012"},
		{"TABLE", "Table"},
		{"TABLE_ARN", "arn:aws:dynamodb:us-east-1:123456789012:table/Table"},
		{"QUEUE", "https://sqs.us-east-1.amazonaws.com/123456789012/q-dev"},
		{"QUEUE_ARN", "arn:aws:sqs:us-east-1:123456789012:q-dev"},
		{"QUEUE_NAME", "q-dev"},
		{"BUCKET_ARN", "arn:aws:s3:::Bucket"},
		{"TOPIC", "arn:aws:sns:us-east-1:123456789012:Topic"},
		{"SELF", "arn:aws:lambda:us-east-1:123456789012:function:Gone"},
		{"SUB", "dev/Table/arn:aws:sqs:us-east-1:123456789012:q-dev/${Literal}/aws"},
		{"SUB2", "a, b ,c-dev"},
		{"PICK", " b "},
		{"SPLIT", "z"},
		{"BASE", "aGkh"},
		{"LIVE", "yes"},
		{"GONE", "(none)"},
		{"SSM", "/path/name"},
		{"SUFFIX", "amazonaws.com"},
		{"NUMBER", "5"},
	};
	struct fixture_read f = read(intrinsics);
	ck_assert_uint_eq(f.scenario->function_count, 1);
	const struct function_spec *hello = function(&f, "Hello");
	ck_assert_int_eq(hello->memory_mb, 1024);
	ck_assert_int_eq(hello->timeout_s, 11);
	ck_assert_int_eq(hello->reserved, FUNCTION_UNRESERVED);
	ck_assert_str_eq(hello->function_name, "hello-dev");
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		ck_assert_msg(strcmp(variable(hello, expected[i][0]), expected[i][1]) == 0, "%s is %s", expected[i][0],
		              variable(hello, expected[i][0]));
	fixture_read_end(&f);
}
END_TEST

START_TEST(parameters_can_be_overridden)
{
	static const char *const given[] = {"Stage=prod Memory=256", "ParameterKey=Names,ParameterValue='x,y z'"};
	struct read_options options = {.traffic_optional = true, .parameters = given, .parameter_count = 2, .region = "eu-west-1"};
	struct fixture_read f = fixture_read_text(intrinsics, &options);
	fixture_read_expect_clean(&f);
	const struct function_spec *hello = function(&f, "Hello");
	ck_assert_int_eq(hello->memory_mb, 256);
	ck_assert_int_eq(hello->timeout_s, 22);
	ck_assert_int_eq(hello->reserved, 50);
	ck_assert_str_eq(variable(hello, "REGION"), "eu-west-1");
	ck_assert_str_eq(variable(hello, "PICK"), "y z");
	fixture_read_end(&f);
}
END_TEST

static void overridden(const char *parameter, const char *says)
{
	struct read_options options = {.traffic_optional = true, .parameters = &parameter, .parameter_count = 1};
	struct fixture_read f = fixture_read_text(intrinsics, &options);
	ck_assert_ptr_null(f.scenario);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
}

START_TEST(wrong_parameters)
{
	overridden("Stge=prod", "the template has no parameter 'Stge' = did you mean 'Stage'?");
	overridden("Stage=test", "parameter/allowed");
	overridden("Memory=a", "parameter/type");
	overridden("Memory=5", "below its MinValue 128");
	overridden("nonsense", "is not Key=Value");
}
END_TEST

#define WORKLOAD "Metadata: {Weir: {Workload: [{Source: Hello, Arrivals: 1/s}], Functions: {Hello: {Duration: 5ms}}}}\n"

START_TEST(unknown_values_matter_only_where_needed)
{
	static const char resources[] =
		"Parameters: {P: {Type: Number}}\n"
		"Resources:\n"
		"  Hello: {Type: AWS::Serverless::Function, Properties: {MemorySize: 256, FunctionName: !ImportValue x}}\n"
		"  Other: {Type: AWS::Serverless::Function, Properties: {MemorySize: !Ref P, Timeout: !ImportValue x,\n"
		"          Environment: {Variables: {A: !ImportValue y}}}}\n";
	char *template = memory_format("%s%s", resources, WORKLOAD);
	struct fixture_read f = fixture_read_text(template, NULL);
	fixture_read_expect_clean(&f);
	fixture_read_end(&f);
	memory_free(template);
	static const char *const rates[] = {"Other=1/s"}, *const sets[] = {"Other.Duration=5ms"};
	struct read_options options = {.rates = rates, .rate_count = 1, .sets = sets, .set_count = 1};
	f = fixture_read_text(resources, &options);
	ck_assert_ptr_null(f.scenario);
	fixture_read_expect(
		&f,
		"parameter 'P' has no Default; give it with --parameter-overrides P=VALUE, and the value of MemorySize is needed");
	fixture_read_expect(&f, "Fn::ImportValue cannot be resolved here, and the value of Timeout is needed");
	fixture_read_end(&f);
}
END_TEST

START_TEST(variables_are_needed_by_handlers)
{
	static const char template[] =
		"Resources: {Hello: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: hello,\n"
		"  Environment: {Variables: {A: !ImportValue y, B: b, D: !FindInMap [M, !ImportValue k, v]}}}}}\n";
	static const char *const rates[] = {"Hello=1/s"};
	struct read_options options = {.rates = rates, .rate_count = 1};
	struct fixture_read f = fixture_read_text(template, &options);
	fixture_read_expect_clean(&f);
	fixture_read_expect(
		&f, "warning read/intrinsic Fn::ImportValue cannot be resolved here, so the handler of Hello gets A=unresolved:y");
	ck_assert_str_eq(variable(function(&f, "Hello"), "A"), "unresolved:y");
	ck_assert_str_eq(variable(function(&f, "Hello"), "B"), "b");
	ck_assert_str_eq(variable(function(&f, "Hello"), "D"), "unresolved:M");
	fixture_read_end(&f);
	fixture_read_file("env.json", "{\"Hello\": {\"A\": \"given\"}, \"Parameters\": {\"B\": 7, \"C\": \"unknown\"}}");
	options.env_vars_file = "env.json";
	f = fixture_read_text(template, &options);
	fixture_read_expect_clean(&f);
	ck_assert_str_eq(variable(function(&f, "Hello"), "A"), "given");
	ck_assert_str_eq(variable(function(&f, "Hello"), "B"), "7");
	ck_assert_str_eq(variable(function(&f, "Hello"), "C"), "(none)");
	fixture_read_end(&f);
}
END_TEST

/* JSON that was written from floating point. */
START_TEST(whole_numbers_with_a_point)
{
	static const struct {
		const char *text, *says; /* NULL: 30 */
	} cases[] = {{"30.0", NULL},           {"30.000", NULL},           {"'30.0'", NULL},
	             {"30.5", "not '30.5'"},   {"30.", "not '30.'"},       {".0", "not '.0'"},
	             {"3.0e1", "not '3.0e1'"}, {"30.0.0", "not '30.0.0'"}, {"901.0", "1 to 900 s, not 901"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *properties = memory_format("Timeout: %s", cases[i].text);
		char *template = fixture_read_template(properties, "    Workload: [{Source: Hello, Arrivals: 1/s}]");
		struct fixture_read f = fixture_read_text(template, NULL);
		if (cases[i].says) {
			fixture_read_expect(&f, cases[i].says);
		} else {
			fixture_read_expect_clean(&f);
			ck_assert_int_eq(function(&f, "Hello")->timeout_s, 30);
		}
		fixture_read_end(&f);
		memory_free(properties);
		memory_free(template);
	}
}
END_TEST

/* The CDK's own record is in each of its templates; it is nothing to tell of, but another type under its name is. */
START_TEST(the_record_of_the_cdk)
{
	struct fixture_read f = fixture_read_check("Resources:\n  A: {Type: AWS::CDK::Metadata, Properties: {Analytics: x}}\n"
	                                           "  B: {Type: AWS::CDK::Other}\n");
	fixture_read_expect(&f, "'AWS::CDK::Other' is no resource type");
	ck_assert_ptr_null(strstr(textbuf_text(&f.said), "AWS::CDK::Metadata"));
	fixture_read_end(&f);
}
END_TEST

START_TEST(conditions_that_go_round)
{
	fixture_read_refused("Conditions: {A: !Condition B, B: !Not [!Condition A]}\n"
	                     "Resources: {Hello: {Type: AWS::Serverless::Function, Condition: A}}\n" WORKLOAD,
	                     "depends on itself");
	fixture_read_refused("Resources: {Hello: {Type: AWS::Serverless::Function, Condition: A}}\n" WORKLOAD,
	                     "no condition is called 'A'");
	fixture_read_refused(
		"Conditions: {A: !Equals [a, b]}\nResources: {Hello: {Type: AWS::Serverless::Function, Condition: A}}\n" WORKLOAD,
		"the Condition of function 'Hello' is false");
}
END_TEST

/* Each level quadruples: 4^25 texts. */
START_TEST(substitutions_cannot_explode)
{
	struct textbuf t = {0};
	textbuf_add(&t, "Resources:\n  Hello:\n    Type: AWS::Serverless::Function\n    Properties:\n      Timeout: ");
	for (int i = 0; i < 25; i++)
		textbuf_add(&t, "!Sub [\"${A}${A}${A}${A}\", {A: ");
	textbuf_add(&t, "x");
	for (int i = 0; i < 25; i++)
		textbuf_add(&t, "}]");
	textbuf_add(&t, "\n" WORKLOAD);
	fixture_read_refused(textbuf_text(&t), "steps");
	textbuf_fini(&t);
}
END_TEST

static void limited(const char *properties, const char *says)
{
	char *template = fixture_read_template(properties, "    Workload: [{Source: Hello, Arrivals: 1/s}]");
	fixture_read_refused(template, says);
	memory_free(template);
}

START_TEST(misspelt_properties)
{
	fixture_read_refused("Resources: {F: {Type: AWS::Lambda::Function, Properties: {MemorySize: [x]}}}\n",
	                     "MemorySize must be a whole number, not a list");
	fixture_read_refused(
		"Resources: {F: {Type: AWS::Lambda::Function, Properties: {Timout: 5}}}\n",
		"1:59 error template/property 'Timout' is no property of AWS::Lambda::Function that weir knows = did you "
		"mean 'Timeout'?");
	struct fixture_read f = fixture_read_text("Resources: {F: {Type: AWS::Lambda::Function, Properties: {Telepathy: 5}}}\n"
	                                          "Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, "
	                                          "Workload: [{Source: F, Arrivals: 1/s}]}}\n",
	                                          NULL);
	fixture_read_expect_clean(&f);
	fixture_read_expect(&f, "warning template/property 'Telepathy' is no property");
	fixture_read_end(&f);
}
END_TEST

START_TEST(unknown_names_of_aws)
{
	static const char weir[] = "Metadata: {Weir: {Workload: [{Source: F, Arrivals: 1/s}]}}\n";
	char *type = memory_format("Resources: {F: {Type: AWS::Lambda::Funtion}, G: {Type: AWS::Lambda::Function}}\n%s", weir);
	struct fixture_read f = fixture_read_text(type, NULL);
	ck_assert_uint_eq(f.found.errors, 1);
	fixture_read_expect(&f,
	                    "1:23 error template/type 'AWS::Lambda::Funtion' is no resource type that weir knows = did you mean "
	                    "'AWS::Lambda::Function'?");
	fixture_read_end(&f);
	char *nothing = memory_format("Resources: {F: , G: {Type: AWS::Lambda::Function}}\n%s", weir);
	fixture_read_refused(nothing, "1:13 error template/type resource 'F' has no Type");
	char *runtime =
		memory_format("Resources: {F: {Type: AWS::Lambda::Function, Properties: {Runtime: pyhton3.12, Handler: a.b, "
	                      "Code: {ZipFile: x}}}}\n%s",
	                      weir);
	f = fixture_read_text(runtime, NULL);
	ck_assert_uint_eq(f.found.errors, 1);
	fixture_read_expect(&f,
	                    "1:68 error runtime/unknown 'pyhton3.12' is no runtime that weir knows = did you mean 'python3.12'?");
	fixture_read_end(&f);
	memory_free(type);
	memory_free(nothing);
	memory_free(runtime);
}
END_TEST

START_TEST(limits)
{
	limited("MemorySize: 100", ":5:89 error limit/memory MemorySize must be 128 to 10240 MB, not 100");
	limited("MemorySize: 10241", "limit/memory");
	limited("MemorySize: lots", "read/type MemorySize must be a whole number, not 'lots'");
	limited("MemorySize: [256]", "read/type MemorySize must be a whole number, not a list");
	limited("Timeout: 901", "limit/timeout Timeout must be 1 to 900 s, not 901");
	limited("Timeout: 0", "limit/timeout");
	limited("EphemeralStorage: {Size: 511}", "limit/storage");
	limited("ReservedConcurrentExecutions: -1", "limit/reserved");
	limited("ReservedConcurrentExecutions: 901", "Lambda keeps 100 unreserved");
	limited("ReservedConcurrentExecutions: 1001", "more than the account's concurrency of 1000");
	limited("Architectures: [arm32]", "Architectures cannot be 'arm32' = known: x86_64, arm64");
	limited("ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 5}",
	        "Hello: ProvisionedConcurrencyConfig is not modelled yet = to simulate without it: --set Hello.ProvisionedConcurrencyConfig=null");
	char *fits = fixture_read_template("ReservedConcurrentExecutions: 900, SnapStart: {ApplyOn: None}",
	                                   "    Workload: [{Source: Hello, Arrivals: 1/s}]");
	struct fixture_read f = fixture_read_text(fits, NULL);
	fixture_read_expect_clean(&f);
	fixture_read_end(&f);
	memory_free(fits);
}
END_TEST

START_TEST(reserved_of_all_functions)
{
	fixture_read_refused("Resources:\n"
	                     "  A: {Type: AWS::Serverless::Function, Properties: {ReservedConcurrentExecutions: 500}}\n"
	                     "  B: {Type: AWS::Serverless::Function, Properties: {ReservedConcurrentExecutions: 401}}\n"
	                     "Metadata: {Weir: {Functions: {A: {Duration: 1ms}}, Workload: [{Source: A, Arrivals: 1/s}]}}\n",
	                     ":3:83 error limit/reserved with B, 901 of the account's 1000 are reserved");
}
END_TEST

START_TEST(variables_have_room_for_4_kb)
{
	struct textbuf t = {0};
	textbuf_add(&t, "Environment: {Variables: {A: ");
	for (int i = 0; i < 4096; i++)
		textbuf_add_char(&t, 'x');
	textbuf_add(&t, "}}");
	limited(textbuf_text(&t), "take 4097 bytes; Lambda allows 4096");
	textbuf_fini(&t);
}
END_TEST

static void code(const char *properties, const char *says)
{
	static const char form[] = "Resources: {Hello: {Type: %s, Properties: {%s}}}\n"
				   "Metadata: {Weir: {Workload: [{Source: Hello, Arrivals: 1/s}]}}\n";
	bool raw = strncmp(properties, "Code:", 5) == 0;
	char *template = memory_format(form, raw ? "AWS::Lambda::Function" : "AWS::Serverless::Function", properties);
	struct fixture_read f = fixture_read_text(template, NULL);
	if (says)
		fixture_read_expect(&f, says);
	else
		fixture_read_expect_clean(&f);
	fixture_read_end(&f);
	memory_free(template);
}

START_TEST(where_code_is)
{
	mkdir("node", 0755);
	mkdir("node/src", 0755);
	mkdir("ts", 0755);
	mkdir("own", 0755);
	mkdir("package", 0755);
	mkdir("package/app", 0755);
	fixture_read_file("node/src/index.mjs", "");
	fixture_read_file("ts/app.ts", "");
	fixture_read_file("own/bootstrap", "");
	fixture_read_file("package/app/__init__.py", "");
	fixture_read_file("code.zip", "");
	code("Runtime: python3.12, Handler: app.handler, CodeUri: ./hello/", NULL);
	code("Runtime: python3.12, Handler: hello.app.handler", NULL);
	code("Runtime: python3.12, Handler: hello/app.handler, CodeUri: .", NULL);
	code("Runtime: python3.12, Handler: app.handler, CodeUri: package", NULL);
	code("Runtime: nodejs22.x, Handler: src/index.handler, CodeUri: node", NULL);
	code("Runtime: provided.al2023, Handler: bootstrap, CodeUri: own", NULL);
	code("Runtime: python3.12, Handler: index.handler, InlineCode: 'x = 1'", NULL);
	code("Code: {ZipFile: !Sub 'x = \"${AWS::Region}\"'}, Runtime: python3.12, Handler: index.handler", NULL);
	code("Runtime: python3.12, Handler: nope.handler, CodeUri: hello//",
	     "code/missing Hello: handler 'nope.handler' needs hello/nope.py");
	code("Runtime: python3.12, Handler: app.handler, CodeUri: nowhere", "code/missing Hello: there is no folder 'nowhere'");
	code("Runtime: python3.12, Handler: app, CodeUri: hello", "is not FILE.FUNCTION");
	code("Runtime: python3.12, CodeUri: hello", "the function has no Handler");
	code("Handler: app.handler, CodeUri: hello", "the function has no Runtime");
	code("Runtime: nodejs22.x, Handler: app.handler, CodeUri: ts", "it is there as TypeScript: run `sam build` first");
	code("Runtime: provided.al2023, CodeUri: hello", "needs hello/bootstrap");
	code("Runtime: python3.12, Handler: app.handler, CodeUri: code.zip", "code/packed");
	code("Runtime: python3.12, Handler: app.handler, CodeUri: s3://bucket/key", "code/remote");
	code("Runtime: python3.12, Handler: app.handler, CodeUri: {Bucket: b, Key: k}", "code/remote");
	code("Code: {S3Bucket: b, S3Key: k}, Runtime: python3.12, Handler: app.handler", "code/remote");
	code("Code: {ZipFile: x}, Runtime: python3.12, Handler: app.handler", "inline code is the file index");
	code("PackageType: Image, ImageUri: x", "code/image");
	code("Runtime: java21, Handler: a.B::c, CodeUri: hello", "java21 handlers cannot be run here yet");
}
END_TEST

START_TEST(built_code_is_preferred)
{
	struct fixture_read f;
	mkdir(".aws-sam", 0755);
	mkdir(".aws-sam/build", 0755);
	mkdir(".aws-sam/build/Hello", 0755);
	fixture_read_file(".aws-sam/build/template.yaml", "");
	fixture_read_file(".aws-sam/build/Hello/app.py", "");
	char *template = fixture_read_template("", "    Workload: [{Source: Hello, Arrivals: 1/s}]");
	f = fixture_read_text(template, NULL);
	fixture_read_expect_clean(&f);
	ck_assert_str_eq(function(&f, "Hello")->code, ".aws-sam/build/Hello");
	fixture_read_end(&f);
	memory_free(template);
}
END_TEST

START_TEST(cdk_assets)
{
	mkdir("asset.1", 0755);
	fixture_read_file("asset.1/index.js", "");
	struct fixture_read f = fixture_read_text(
		"{\"Resources\": {\"Hello\": {\"Type\": \"AWS::Lambda::Function\",\n\t\"Properties\": {\"Code\": {\"S3Bucket\": {\"Fn::Sub\": \"b-${AWS::Region}\"},\n"
		"\t\"S3Key\": \"k.zip\"}, \"Runtime\": \"nodejs22.x\", \"Handler\": \"index.handler\"},\n"
		"\t\"Metadata\": {\"aws:asset:path\": \"asset.1\", \"aws:asset:property\": \"Code\"}}},\n"
		"\t\"Metadata\": {\"Weir\": {\"Workload\": [{\"Source\": \"Hello\", \"Arrivals\": \"1/s\"}]}}}\n",
		NULL);
	fixture_read_expect_clean(&f);
	ck_assert_str_eq(function(&f, "Hello")->code, "asset.1");
	fixture_read_end(&f);
}
END_TEST

Suite *functions_suite(void);

Suite *functions_suite(void)
{
	Suite *suite = suite_create("functions");
	TCase *tcase = tcase_create("templates");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, defaults);
	tcase_add_test(tcase, globals_merge_as_sam_does);
	tcase_add_test(tcase, intrinsics_are_resolved);
	tcase_add_test(tcase, parameters_can_be_overridden);
	tcase_add_test(tcase, wrong_parameters);
	tcase_add_test(tcase, unknown_values_matter_only_where_needed);
	tcase_add_test(tcase, variables_are_needed_by_handlers);
	tcase_add_test(tcase, whole_numbers_with_a_point);
	tcase_add_test(tcase, the_record_of_the_cdk);
	tcase_add_test(tcase, conditions_that_go_round);
	tcase_add_test(tcase, substitutions_cannot_explode);
	tcase_add_test(tcase, unknown_names_of_aws);
	tcase_add_test(tcase, limits);
	tcase_add_test(tcase, misspelt_properties);
	tcase_add_test(tcase, reserved_of_all_functions);
	tcase_add_test(tcase, variables_have_room_for_4_kb);
	tcase_add_test(tcase, where_code_is);
	tcase_add_test(tcase, built_code_is_preferred);
	tcase_add_test(tcase, cdk_assets);
	suite_add_tcase(suite, tcase);
	return suite;
}
