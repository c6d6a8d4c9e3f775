/* Traffic between functions: sources that send to resources, what functions emit, keys, files of arrivals with payloads and keys, what is
 * reached, loops. */
#include <stdio.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static const char resources[] =
	"Transform: AWS::Serverless-2016-10-31\n"
	"Resources:\n"
	"  F:\n"
	"    Type: AWS::Serverless::Function\n"
	"    Properties:\n"
	"      {Timeout: 5, Runtime: python3.12, Handler: app.handler, CodeUri: hello, Events: {\n"
	"        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}},\n"
	"        News: {Type: SNS, Properties: {Topic: !Ref T, FilterPolicy: {a: [b]}}},\n"
	"        Mail: {Type: SNS, Properties: {Topic: !Ref T, SqsSubscription: true}},\n"
	"        Upload: {Type: S3, Properties: {Bucket: !Ref B, Events: 's3:ObjectCreated:*'}},\n"
	"        On: {Type: EventBridgeRule, Properties: {EventBusName: !Ref Bus, Pattern: {source: [x]}}},\n"
	"        Old: {Type: CloudWatchEvent, Properties: {Pattern: {source: [aws.ec2]}}},\n"
	"        Clicks: {Type: Kinesis, Properties: {Stream: !GetAtt K.Arn, StartingPosition: LATEST}},\n"
	"        Rows: {Type: DynamoDB, Properties: {Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST}},\n"
	"        Far: {Type: SQS, Properties: {Queue: !ImportValue Far}}}}\n"
	"  G: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Runtime: python3.12, Handler: app.handler, CodeUri: hello}}\n"
	"  Q: {Type: AWS::SQS::Queue}\n"
	"  Fifo: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}\n"
	"  T: {Type: AWS::SNS::Topic}\n"
	"  B: {Type: AWS::S3::Bucket}\n"
	"  Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}\n"
	"  K: {Type: AWS::Kinesis::Stream}\n"
	"  Table: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}\n"
	"  Plain: {Type: AWS::DynamoDB::Table}\n"
	"  Custom: {Type: 'Custom::Seed', Properties: {ServiceToken: !GetAtt G.Arn}}\n"
	"  Token: {Type: AWS::CloudFormation::CustomResource, Properties: {ServiceToken: !Ref T}}\n"
	"  Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [y]}, Targets: [{Arn: !GetAtt G.Arn}]}}\n"
	"  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: lambda, Targets: [{Id: !GetAtt G.Arn}]}}\n"
	"  Path: {Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {Actions: [{Type: forward, TargetGroupArn: !Ref Group}],\n"
	"    Conditions: [{Field: path-pattern, PathPatternConfig: {Values: [/api/*]}}, {Field: http-request-method,\n"
	"      HttpRequestMethodConfig: {Values: [POST]}}]}}\n"
	"  Servers: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: ip}}\n";

/* With `weir`, the lines of the section; functions are declared unless it says Functions itself. */
static struct fixture_read planned(const char *weir)
{
	char *text = memory_format("%sMetadata:\n  Weir:\n%s%s\n", resources,
	                           strstr(weir, "Functions:") ? "" : "    Functions: {F: {Duration: 1ms}, G: {Duration: 1ms}}\n",
	                           weir);
	struct fixture_read f = fixture_read_planned(text);
	memory_free(text);
	return f;
}

static struct fixture_read entry(const char *line)
{
	char *weir = memory_format("    Workload: [%s]", line);
	struct fixture_read f = planned(weir);
	memory_free(weir);
	return f;
}

static void wrong(const char *line, const char *says)
{
	struct fixture_read f = entry(line);
	ck_assert_msg(f.found.errors > 0, "%s", line);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
}

START_TEST(every_source)
{
	static const struct {
		const char *name;
		enum source_kind kind;
		enum target_kind target;
		const char *to;
		int function; /* -1: none of its own */
	} rows[] = {
		{"F.Jobs", SOURCE_SQS, TARGET_QUEUE, "Q", 0},
		{"F.News", SOURCE_SNS, TARGET_TOPIC, "T", 0},
		{"F.Mail", SOURCE_SNS, TARGET_TOPIC, "T", 0},
		{"F.Upload", SOURCE_S3, TARGET_BUCKET, "B", 0},
		{"F.On", SOURCE_EVENT_BRIDGE, TARGET_BUS, "Bus", 0},
		{"F.Old", SOURCE_EVENT_BRIDGE, TARGET_BUS, "default", 0},
		{"F.Clicks", SOURCE_KINESIS, TARGET_STREAM, "K", 0},
		{"F.Rows", SOURCE_DYNAMODB, TARGET_STREAM, "Table", 0},
		{"F.Far", SOURCE_SQS, TARGET_QUEUE, "F.Far", 0},
		{"Q", SOURCE_SQS, TARGET_QUEUE, "Q", -1},
		{"T", SOURCE_SNS, TARGET_TOPIC, "T", -1},
		{"B", SOURCE_S3, TARGET_BUCKET, "B", -1},
		{"Bus", SOURCE_EVENT_BRIDGE, TARGET_BUS, "Bus", -1},
		{"default", SOURCE_EVENT_BRIDGE, TARGET_BUS, "default", -1},
		{"Rule", SOURCE_EVENT_BRIDGE, TARGET_BUS, "default", -1},
		{"K", SOURCE_KINESIS, TARGET_STREAM, "K", -1},
		{"Table", SOURCE_DYNAMODB, TARGET_STREAM, "Table", -1},
		{"Custom", SOURCE_CUSTOM_RESOURCE, TARGET_FUNCTION, "G", 1},
		{"Token", SOURCE_CUSTOM_RESOURCE, TARGET_TOPIC, "T", -1},
		{"G.Group", SOURCE_ALB, TARGET_NONE, NULL, 1},
		{"Group", SOURCE_ALB, TARGET_NONE, NULL, 1},
		{"G.Path", SOURCE_ALB, TARGET_NONE, NULL, 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *line = memory_format("{Source: %s, Arrivals: 2/s}", rows[i].name);
		struct fixture_read f = entry(line);
		fixture_read_expect_clean(&f);
		ck_assert_uint_eq(f.scenario->source_count, 1);
		const struct source_spec *s = &f.scenario->sources[0];
		ck_assert_str_eq(s->name, rows[i].name);
		ck_assert_msg(s->kind == rows[i].kind && s->target.kind == rows[i].target, "%s", rows[i].name);
		ck_assert(rows[i].to ? strcmp(s->target.name, rows[i].to) == 0 : s->target.name == NULL);
		ck_assert_msg(s->function == (rows[i].function < 0 ? SOURCE_NO_FUNCTION : (size_t)rows[i].function), "%s",
		              rows[i].name);
		ck_assert_ptr_nonnull(s->payloads[0].event);
		ck_assert_ptr_null(s->payloads[0].text);
		fixture_read_end(&f);
		memory_free(line);
	}
	struct fixture_read f = entry("{Source: G.Path, Arrivals: 2/s}");
	ck_assert_str_eq(f.scenario->sources[0].method, "POST");
	ck_assert_str_eq(f.scenario->sources[0].path, "/api/");
	fixture_read_end(&f);
}
END_TEST

/* What SAM makes of an SNS event with SqsSubscription: a queue, a subscription and a mapping. */
START_TEST(queue_between_topic_and_function)
{
	struct fixture_read f = planned("    Seed: 1");
	const struct scenario *s = f.scenario;
	size_t queue = s->queue_count;
	for (size_t i = 0; i < s->queue_count; i++)
		if (strcmp(s->queues[i].name, "FMailQueue") == 0)
			queue = i;
	ck_assert_uint_lt(queue, s->queue_count);
	ck_assert_uint_eq(s->topics[0].subscription_count, 2);
	ck_assert_int_eq(s->topics[0].subscriptions[0].target.kind, TARGET_FUNCTION);
	ck_assert(s->topics[0].subscriptions[0].has_filter && !s->topics[0].subscriptions[1].has_filter);
	ck_assert_int_eq(s->topics[0].subscriptions[1].target.kind, TARGET_QUEUE);
	ck_assert_uint_eq(s->topics[0].subscriptions[1].target.index, queue);
	bool read = false;
	for (size_t i = 0; i < s->mapping_count; i++)
		read |= s->mappings[i].source.kind == TARGET_QUEUE && s->mappings[i].source.index == queue &&
		        s->mappings[i].function == 0 && s->mappings[i].batch_size == 10;
	ck_assert(read);
	fixture_read_end(&f);
}
END_TEST

START_TEST(invocation_types)
{
	struct fixture_read f = entry(
		"{Source: F, Arrivals: 1/s, InvocationType: Event}, {Source: F, Arrivals: 2/s, InvocationType: RequestResponse}");
	fixture_read_expect_clean(&f);
	const struct source_spec *s = f.scenario->sources;
	ck_assert_uint_eq(f.scenario->source_count, 2);
	ck_assert_int_eq(s[0].kind, SOURCE_INVOKE_EVENT);
	ck_assert_int_eq(s[0].target.kind, TARGET_FUNCTION);
	ck_assert_uint_eq(s[0].function, 0);
	ck_assert_str_eq(s[0].payloads[0].event, "{}");
	ck_assert_int_eq(s[1].kind, SOURCE_INVOKE);
	ck_assert_int_eq(s[1].target.kind, TARGET_NONE);
	fixture_read_end(&f);
	wrong("{Source: F, Arrivals: 1/s, InvocationType: DryRun}", "InvocationType: DryRun is not modelled yet");
	wrong("{Source: Q, Arrivals: 1/s, InvocationType: Event}",
	      "InvocationType is for direct Invokes; Q is invoked as its service does it");
	wrong("{Source: Q, Arrivals: 1/s, Client: {Timeout: 5s}}", "nobody waits for the answer of Q; it has no Client");
	wrong("{Source: F, Arrivals: 1/s, InvocationType: Event, Client: standard}", "nobody waits for the answer of F");
	wrong("{Source: F, Arrivals: 1/s}, {Source: F, Arrivals: 1/s}", "'F' has two workload entries; give it one");
	wrong("{Source: Plain, Arrivals: 1/s}", "error read/source the table Plain has no stream: it needs a StreamSpecification");
	wrong("{Source: Servers, Arrivals: 1/s}", "AWS::ElasticLoadBalancingV2::TargetGroup as a source is not modelled yet");
}
END_TEST

START_TEST(partition_keys)
{
	struct fixture_read f = entry("{Source: K, Arrivals: 1/s, Keys: {Distribution: zipf, Count: 50, Exponent: 0.5}}, "
	                              "{Source: Fifo, Arrivals: 1/s, Keys: 7}");
	fixture_read_expect_clean(&f);
	ck_assert_uint_eq(f.found.warnings, 0);
	ck_assert_int_eq(f.scenario->sources[0].keys.kind, KEY_ZIPF);
	ck_assert_uint_eq(f.scenario->sources[0].keys.count, 50);
	ck_assert_double_eq(f.scenario->sources[0].keys.exponent, 0.5);
	ck_assert_int_eq(f.scenario->sources[1].keys.kind, KEY_UNIFORM);
	ck_assert_uint_eq(f.scenario->sources[1].keys.count, 7);
	fixture_read_end(&f);
	f = entry("{Source: Q, Arrivals: 1/s, Keys: 7}");
	fixture_read_expect(&f,
	                    "warning model/unused Weir.Workload[0]: Keys are for streams and FIFO queues and topics; Q has none");
	fixture_read_end(&f);
	wrong("{Source: K, Arrivals: 1/s, Keys: {Distribution: zipf}}", "Weir.Workload[0].Keys needs a Count");
	wrong("{Source: K, Arrivals: 1/s, Keys: {Distribution: normal, Count: 5}}", "Keys.Distribution cannot be 'normal'");
	wrong("{Source: K, Arrivals: 1/s, Keys: {Count: 0}}", "must be at least 1, not 0");
	wrong("{Source: K, Arrivals: 1/s, Keys: {Count: 5, Exponent: 2}}", "'uniform' has no Exponent");
	wrong("{Source: K, Arrivals: 1/s, Keys: {Distribution: zipf, Count: 5, Exponent: 0}}", "greater than 0");
}
END_TEST

START_TEST(files_of_arrivals)
{
	fixture_read_file("a.json", "{\"n\": 1}");
	fixture_read_file("b.json", "{\"n\": 2}");
	fixture_read_file("c.json", "{\"n\": 3}");
	fixture_read_file("all.csv", "key,seconds,payload\nx,0.5,a.json\ny,1,\nx,2,b.json\n,3,a.json\n");
	struct fixture_read f = entry("{Source: K, Arrivals: {Process: times, File: all.csv}, Payload: c.json}");
	fixture_read_expect_clean(&f);
	const struct source_spec *s = &f.scenario->sources[0];
	const struct arrival_spec *a = &s->arrivals;
	static const uint32_t payloads[] = {0, 1, 2, 0};
	static const char *const texts[] = {"{\"n\": 1}", "{\"n\": 3}", "{\"n\": 2}"}, *const names[] = {"x", "y", "x", ""};
	ck_assert_uint_eq(a->time_count, 4);
	ck_assert_uint_eq(s->payload_count, 3);
	ck_assert_uint_eq(a->key_count, 3);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_uint_eq(a->payload_of[i], payloads[i]);
		ck_assert_str_eq(a->key_names[a->key_of[i]], names[i]);
	}
	for (size_t i = 0; i < 3; i++)
		ck_assert_str_eq(s->payloads[i].text, texts[i]);
	ck_assert_double_eq(s->payloads[0].weight, 2);
	fixture_read_end(&f);

	fixture_read_file("some.csv", "seconds,payload\n1,a.json\n2\n");
	f = entry("{Source: Q, Arrivals: {Process: times, File: some.csv}}");
	fixture_read_expect_clean(&f);
	s = &f.scenario->sources[0];
	ck_assert_uint_eq(s->payload_count, 2);
	ck_assert_ptr_null(s->payloads[1].text);
	ck_assert_ptr_null(s->arrivals.key_of);
	fixture_read_end(&f);

	fixture_read_file("plain.csv", "1\n2\n");
	f = entry("{Source: Q, Arrivals: {Process: times, File: plain.csv}}");
	fixture_read_expect_clean(&f);
	ck_assert_ptr_null(f.scenario->sources[0].arrivals.payload_of);
	ck_assert_uint_eq(f.scenario->sources[0].payload_count, 1);
	fixture_read_end(&f);

	fixture_read_file("bad.csv", "seconds,payload\n1,a.json\n2, no.json\n");
	wrong("{Source: Q, Arrivals: {Process: times, File: bad.csv}}", "bad.csv:3:4 error read/file no.json: no such file");
}
END_TEST

START_TEST(payload_limits)
{
	enum { MIB = 1024 * 1024 };
	char *big = memory_alloc(MIB + 100);
	memset(big, 'x', MIB + 1);
	fixture_read_file("big.txt", big);
	memory_free(big);
	wrong("{Source: Q, Arrivals: 1/s, Payload: big.txt}",
	      "error limit/payload the event has 1048577 bytes; Amazon SQS takes 1048576");
	wrong("{Source: T, Arrivals: 1/s, Payload: big.txt}", "Amazon SNS takes 1048576");
	struct fixture_read f = entry("{Source: B, Arrivals: 1/s, Payload: big.txt}");
	fixture_read_expect_clean(&f);
	fixture_read_end(&f);
	fixture_read_file("no.json", "{");
	wrong("{Source: F, Arrivals: 1/s, InvocationType: Event, Payload: no.json}",
	      "no.json:1:1 error read/payload a direct Invoke needs JSON");
}
END_TEST

START_TEST(emissions)
{
	fixture_read_file("order.json", "{\"order\": 1}");
	struct fixture_read f = planned(
		"    Functions:\n"
		"      F: {Duration: 1ms, DuplicateRate: 1%, PerRecord: {Cpu: 2ms, Wait: 1ms, ErrorRate: 0.1%, Poison: 1%}, Emits: [\n"
		"        {To: Fifo, Count: 2.5, PerRecord: true, Payload: order.json, Keys: {Count: 10}},\n"
		"        {To: G}, {To: default}, {To: 'arn:aws:sqs:us-east-1:1:far'}]}\n"
		"      G: {Duration: 1ms, Emits: [{To: K, Count: 0}]}\n");
	fixture_read_expect_clean(&f);
	const struct function_spec *spec = &f.scenario->functions[0];
	ck_assert_double_eq(spec->async.duplicate_rate, 0.01);
	ck_assert(spec->declared.has_record_cpu && spec->declared.has_record_wait);
	ck_assert_double_eq(spec->declared.record_error_rate, 0.001);
	ck_assert_double_eq(spec->declared.record_poison, 0.01);
	ck_assert_uint_eq(spec->emit_count, 4);
	const struct emit_spec *e = spec->emits;
	ck_assert_int_eq(e[0].to.kind, TARGET_QUEUE);
	ck_assert_str_eq(e[0].to.name, "Fifo");
	ck_assert_double_eq(e[0].count, 2.5);
	ck_assert(e[0].per_record && !e[1].per_record);
	ck_assert_uint_eq(e[0].keys.count, 10);
	ck_assert_int_eq(e[1].to.kind, TARGET_FUNCTION);
	ck_assert_double_eq(e[1].count, 1);
	ck_assert_int_eq(e[2].to.kind, TARGET_BUS);
	ck_assert_int_eq(e[3].to.kind, TARGET_OUTSIDE);
	ck_assert_uint_eq(f.scenario->payload_count, 5);
	ck_assert_str_eq(f.scenario->payloads[e[0].payload].text, "{\"order\": 1}");
	ck_assert_str_eq(f.scenario->payloads[e[0].payload].file, "order.json");
	ck_assert_ptr_null(f.scenario->payloads[e[1].payload].text);
	ck_assert_double_eq(f.scenario->functions[1].emits[0].count, 0);
	fixture_read_end(&f);
}
END_TEST

static void wrong_function(const char *keys, const char *says)
{
	char *weir = memory_format("    Functions: {F: {%s}, G: {Duration: 1ms}}", keys);
	struct fixture_read f = planned(weir);
	ck_assert_msg(f.found.errors > 0, "%s", keys);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
	memory_free(weir);
}

START_TEST(wrong_emissions)
{
	wrong_function(
		"Duration: 1ms, Emits: [{To: Fiffo}]",
		"error read/target 'Fiffo' is no queue, topic, bus, bucket, stream or function of this template = did you mean 'Fifo'?");
	wrong_function("Duration: 1ms, Emits: [{To: Plain}]", "'Plain' is no queue");
	wrong_function("Duration: 1ms, Emits: [{To: Q, Count: -1}]", "Weir.Functions.F.Emits[0].Count must be at least 0, not -1");
	wrong_function("Duration: 1ms, Emits: [{To: Q, Payload: none.json}]", "error read/file none.json: no such file");
	wrong_function("Duration: 1ms, Emits: {To: Q}", "Weir.Functions.F.Emits must be a list, not a map");
	wrong_function("Duration: 1ms, Emits: [{To: [Q]}]", "Emits[0].To must be a text, not a list");
	wrong_function("Duration: 1ms, PerRecord: {Poison: 2}", "PerRecord.Poison");
	wrong_function("Duration: 1ms, PerRecord: {Cpus: 2ms}", "has no key 'Cpus' = did you mean 'Cpu'?");
	wrong_function("Duration: 1ms, DuplicateRate: 2", "DuplicateRate");
}
END_TEST

START_TEST(sections)
{
	struct fixture_read f = planned("    Queues: {Q: {DuplicateRate: 0.5%}}\n    Streams: {Table: {Shards: 6}}");
	fixture_read_expect_clean(&f);
	ck_assert_double_eq(f.scenario->queues[0].duplicate_rate, 0.005);
	ck_assert_int_eq(f.scenario->streams[1].shards, 6);
	fixture_read_end(&f);
	static const struct {
		const char *weir, *says;
	} rows[] = {
		{"    Queues: {Qu: {DuplicateRate: 1%}}", "error read/target no queue is called 'Qu' = did you mean 'Q'?"},
		{"    Queues: {Fifo: {DuplicateRate: 1%}}", "a FIFO queue delivers no duplicates"},
		{"    Streams: {K: {Shards: 6}}", "the shards of a Kinesis stream are its ShardCount"},
		{"    Streams: {Table: {Shards: 0}}", "Weir.Streams.Table.Shards must be at least 1"},
		{"    Queues: {Q: {Visibility: 1s}}", "Weir.Queues.Q has no key 'Visibility'"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		f = planned(rows[i].weir);
		ck_assert_uint_gt(f.found.errors, 0);
		fixture_read_expect(&f, rows[i].says);
		fixture_read_end(&f);
	}
}
END_TEST

START_TEST(set_properties)
{
	static const char *const sets[] = {"Q.VisibilityTimeout=60", "Q.DuplicateRate=1%", "K.ShardCount=3", "Table.Shards=2",
	                                   "F.Events.Jobs.Properties.BatchSize=5"};
	struct read_options options = {.sets = sets, .set_count = 5, .traffic_optional = true};
	char *text = memory_format("%sMetadata: {Weir: {Functions: {F: {Duration: 1ms}, G: {Duration: 1ms}}}}\n", resources);
	struct fixture_read f = fixture_read_text(text, &options);
	fixture_read_expect_clean(&f);
	ck_assert_int_eq(f.scenario->queues[0].visibility, SIMTIME_MINUTE);
	ck_assert_double_eq(f.scenario->queues[0].duplicate_rate, 0.01);
	ck_assert_int_eq(f.scenario->streams[0].shards, 3);
	ck_assert_int_eq(f.scenario->streams[1].shards, 2);
	ck_assert_int_eq(f.scenario->mappings[0].batch_size, 5);
	fixture_read_end(&f);
	static const char *const bad[] = {"Q.VisibilityTimout=60"};
	options = (struct read_options){.sets = bad, .set_count = 1, .traffic_optional = true};
	f = fixture_read_text(text, &options);
	fixture_read_expect(
		&f,
		"--set Q.VisibilityTimout:0:0 error read/unknown-key Q has no property 'VisibilityTimout' = did you mean 'VisibilityTimeout'?");
	fixture_read_end(&f);
	memory_free(text);
}
END_TEST

/* A function that only a resource leads to needs its code, and what of it cannot be resolved is said. */
START_TEST(what_is_reached)
{
	static const char template[] =
		"Parameters: {Size: {Type: Number}}\n"
		"Resources:\n"
		"  First: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12}}\n"
		"  Last: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, MemorySize: !Ref Size}}\n"
		"  T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt Q.Arn}]}}\n"
		"  Q: {Type: AWS::SQS::Queue}\n"
		"  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Q.Arn, FunctionName: !Ref Last}}\n"
		"Metadata: {Weir: {Functions: {First: {Duration: 1ms%s}, Last: {Duration: 1ms}}, Workload: [{Source: First, Arrivals: 1/s}]}}\n";
	char *text = memory_format(template, "");
	struct fixture_read f = fixture_read_text(text, NULL);
	fixture_read_expect_clean(&f);
	fixture_read_end(&f);
	memory_free(text);
	text = memory_format(template, ", Emits: [{To: T}]");
	f = fixture_read_text(text, NULL);
	ck_assert_ptr_null(f.scenario);
	fixture_read_expect(&f, ":4:99 error read/intrinsic");
	fixture_read_end(&f);
	memory_free(text);
}
END_TEST

/* What cannot be resolved is an error where events would go by it, and nowhere else. */
START_TEST(what_is_not_known)
{
	static const char template[] =
		"Parameters: {P: {Type: String}}\n"
		"Resources:\n"
		"  F: {Type: AWS::Lambda::Function, Properties: {Timeout: 5}}\n"
		"  T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: !Ref P, Endpoint: !GetAtt F.Arn}]}}\n"
		"  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref U, Protocol: lambda, Endpoint: !GetAtt F.Arn, FilterPolicy: !Ref "
		"P}}\n"
		"  U: {Type: AWS::SNS::Topic}\n"
		"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: !Ref P, Targets: [{Arn: !GetAtt F.Arn}]}}\n"
		"  C: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: !Ref P, Targets: [{Arn: !GetAtt F.Arn}]}}\n"
		"  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref P}}\n"
		"  B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {LambdaConfigurations: [{Event: !Ref P, Function: !GetAtt "
		"F.Arn}]}}}\n"
		"Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: %s, Arrivals: 1/s}]}}\n";
	static const struct {
		const char *source, *place;
	} rows[] = {{"T", ":4:69 "}, {"U", ":5:125 "}, {"R", ":7:59 "},  {"default", ":7:59 "},
	            {"C", ":8:65 "}, {"Q", ":9:62 "},  {"B", ":10:102 "}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = memory_format(template, rows[i].source);
		char *says = memory_format("%serror read/intrinsic parameter 'P' has no Default", rows[i].place);
		struct fixture_read f = fixture_read_text(text, NULL);
		fixture_read_expect(&f, says);
		fixture_read_end(&f);
		memory_free(says);
		memory_free(text);
	}
	char *text = memory_format(template, "F");
	struct fixture_read f = fixture_read_text(text, NULL);
	fixture_read_expect_clean(&f);
	fixture_read_end(&f);
	memory_free(text);
}
END_TEST

START_TEST(loops)
{
	struct fixture_read f = planned(
		"    Functions: {F: {Duration: 1ms, Emits: [{To: G}]}, G: {Duration: 1ms, Emits: [{To: T}]}}");
	fixture_read_expect(
		&f, ":4:5 warning flow/loop events go round: F -> G -> T -> F = Lambda ends a chain after about 16 invocations");
	ck_assert_ptr_null(strstr(strstr(textbuf_text(&f.said), "flow/loop") + 1, "flow/loop"));
	fixture_read_end(&f);
	f = planned("    Functions: {F: {Duration: 1ms, Emits: [{To: F}]}, G: {Duration: 1ms}}");
	fixture_read_expect(&f, "events go round: F -> F");
	fixture_read_end(&f);
	f = planned("    Functions: {F: {Duration: 1ms, Emits: [{To: Table}]}, G: {Duration: 1ms}}");
	fixture_read_expect(
		&f,
		"events go round: F -> Table -> F = Lambda's loop detection does not see events that come through a bus or a stream");
	fixture_read_end(&f);
	f = planned("    Functions: {F: {Duration: 1ms, Emits: [{To: Fifo}]}, G: {Duration: 1ms, Emits: [{To: Q}]}}");
	ck_assert_ptr_null(strstr(textbuf_text(&f.said), "flow/loop"));
	fixture_read_end(&f);
}
END_TEST

/* --- Lambda@Edge --------------------------------------------------------------------------------------------------------------------- */

static struct fixture_read edge(const char *properties, const char *arn, const char *more)
{
	char *text = memory_format(
		"Resources:\n"
		"  F: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, Handler: a.b, %s}}\n"
		"  V: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref F}}\n"
		"  A: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F, Name: live}}\n"
		"  Site: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {DefaultCacheBehavior: {\n"
		"    LambdaFunctionAssociations: [{EventType: viewer-request, LambdaFunctionARN: %s%s}]}}}}\n"
		"Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: F.Site, Arrivals: 1/s}]}}\n",
		properties, arn, more);
	struct fixture_read f = fixture_read_planned(text);
	memory_free(text);
	return f;
}

START_TEST(edge_functions)
{
	struct fixture_read f = edge("Timeout: 30", "!Ref V", ", IncludeBody: true");
	fixture_read_expect_clean(&f);
	ck_assert_int_eq(f.scenario->sources[0].kind, SOURCE_EDGE);
	ck_assert_uint_eq(f.scenario->sources[0].function, 0);
	ck_assert_int_eq(f.scenario->sources[0].wait_limit, 30 * SIMTIME_SECOND);
	fixture_read_end(&f);
	static const struct {
		const char *properties, *arn, *more, *says;
	} rows[] = {
		{"Timeout: 31", "!Ref V", "", ":2:93 error limit/edge F: Lambda@Edge gives a function at most 30 s"},
		{"Environment: {Variables: {A: b}}", "!Ref V", "", "F: Lambda@Edge has no environment variables"},
		{"Layers: [a]", "!Ref V", "", "F: Lambda@Edge has no layers"},
		{"VpcConfig: {SubnetIds: [a]}", "!Ref V", "", "F: Lambda@Edge reaches no VPC"},
		{"Architectures: [arm64]", "!Ref V", "", "F: Lambda@Edge runs on x86_64 only"},
		{"EphemeralStorage: {Size: 1024}", "!Ref V", "", "gives a function 512 MB of /tmp"},
		{"DeadLetterConfig: {TargetArn: x}", "!Ref V", "", "has no dead-letter queue"},
		{"Timeout: 5", "!GetAtt F.Arn", "", ":6:81 error limit/edge Lambda@Edge needs a numbered version's ARN"},
		{"Timeout: 5", "!Ref A", "", "Lambda@Edge needs a numbered version's ARN"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		f = edge(rows[i].properties, rows[i].arn, rows[i].more);
		ck_assert_uint_gt(f.found.errors, 0);
		fixture_read_expect(&f, rows[i].says);
		fixture_read_end(&f);
	}
}
END_TEST

Suite *flow_suite(void)
{
	Suite *s = suite_create("flow");
	TCase *tcase = tcase_create("flow");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, every_source);
	tcase_add_test(tcase, queue_between_topic_and_function);
	tcase_add_test(tcase, invocation_types);
	tcase_add_test(tcase, partition_keys);
	tcase_add_test(tcase, files_of_arrivals);
	tcase_add_test(tcase, payload_limits);
	tcase_add_test(tcase, emissions);
	tcase_add_test(tcase, wrong_emissions);
	tcase_add_test(tcase, sections);
	tcase_add_test(tcase, set_properties);
	tcase_add_test(tcase, what_is_reached);
	tcase_add_test(tcase, what_is_not_known);
	tcase_add_test(tcase, loops);
	tcase_add_test(tcase, edge_functions);
	suite_add_tcase(s, tcase);
	return s;
}
