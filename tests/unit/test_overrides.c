/* --set: that it reaches what is read of a template, and that what it does not reach is an error which says what was meant. */
#include <string.h>

#include "scenarios/read/settable.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static const char resources[] =
	"Transform: AWS::Serverless-2016-10-31\n"
	"Globals: {Function: {EventInvokeConfig: {MaximumEventAgeInSeconds: 120}}}\n"
	"Parameters: {Size: {Type: Number, Default: 5}}\n"
	"Conditions: {Yes: !Equals [a, a]}\n"
	"Resources:\n"
	"  F:\n"
	"    Type: AWS::Serverless::Function\n"
	"    Properties:\n"
	"      Handler: app.handler\n"
	"      Runtime: python3.12\n"
	"      CodeUri: hello\n"
	"      Events:\n"
	"        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn, BatchSize: !Ref Size}}\n"
	"        Clicks: {Type: Kinesis, Properties: {Stream: !GetAtt K.Arn, StartingPosition: LATEST}}\n"
	"        Get: {Type: HttpApi}\n"
	"        Tick: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute), RetryPolicy: !If [Yes, {}, {}]}}\n"
	"        Topic: {Type: MSK, Properties: {Stream: x}}\n"
	"  G: {Type: AWS::Lambda::Function, Properties: {Handler: app.handler, Runtime: python3.12, Code: {ZipFile: 'x'}}}\n"
	"  Q: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}}}\n"
	"  Dead: {Type: AWS::SQS::Queue}\n"
	"  Other: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: '{\"deadLetterTargetArn\": \"arn:aws:sqs:us-east-1:1:x\"}'}}\n"
	"  K: {Type: AWS::Kinesis::Stream}\n"
	"  T: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}\n"
	"  C: {Type: AWS::Kinesis::StreamConsumer, Properties: {StreamARN: !GetAtt K.Arn, ConsumerName: c}}\n"
	"  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref G, EventSourceArn: !GetAtt Other.Arn}}\n"
	"  S: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref G, EventSourceArn: !GetAtt T.StreamArn,\n"
	"      StartingPosition: LATEST, FilterCriteria: {Filters: [{Pattern: '{\"b\": [1]}'}, {Pattern: '{\"a\": [1]}'}]}}}\n"
	"  Late: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref G, Qualifier: $LATEST}}\n"
	"  News: {Type: AWS::SNS::Topic}\n"
	"  Sub: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Q.Arn}}\n"
	"  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}\n"
	"  Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [a]}, Targets: [{Id: a, Arn: !GetAtt Q.Arn},\n"
	"      {Id: b, Arn: !GetAtt F.Arn}]}}\n"
	"  Plan: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 hour), FlexibleTimeWindow: {Mode: 'OFF'},\n"
	"      Target: {Arn: !GetAtt F.Arn, RoleArn: x}}}\n"
	"  B: {Type: AWS::S3::Bucket}\n"
	"  Pipe: {Type: AWS::Pipes::Pipe}\n";

static struct fixture_read set_all(const char *const *sets, size_t count)
{
	struct read_options options = {.sets = sets, .set_count = count, .traffic_optional = true};
	char *text = memory_format("%sMetadata: {Weir: {Functions: {F: {Duration: 1ms}, G: {Duration: 1ms}}}}\n", resources);
	struct fixture_read f = fixture_read_text(text, &options);
	memory_free(text);
	return f;
}

static struct fixture_read set(const char *one)
{
	struct fixture_read f = set_all(&one, 1);
	fixture_read_expect_clean(&f);
	return f;
}

static void bad(const char *one, const char *says)
{
	struct fixture_read f = set_all(&one, 1);
	ck_assert_msg(f.found.errors == 1, "%s: %s", one, textbuf_text(&f.said));
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
}

static const struct mapping_spec *mapping(const struct fixture_read *f, const char *name)
{
	for (size_t i = 0; i < f->scenario->mapping_count; i++)
		if (strcmp(f->scenario->mappings[i].name, name) == 0)
			return &f->scenario->mappings[i];
	ck_abort_msg("no mapping %s", name);
}

static const struct queue_spec *queue(const struct fixture_read *f, const char *name)
{
	for (size_t i = 0; i < f->scenario->queue_count; i++)
		if (strcmp(f->scenario->queues[i].name, name) == 0)
			return &f->scenario->queues[i];
	ck_abort_msg("no queue %s", name);
}

START_TEST(asynchronous_invocation)
{
	static const char *const sets[] = {"F.EventInvokeConfig.MaximumRetryAttempts=1", "Late.MaximumRetryAttempts=0",
	                                   "Late.MaximumEventAgeInSeconds=90"};
	struct fixture_read f = set_all(sets, 3);
	fixture_read_expect_clean(&f);
	const struct function_spec *functions = f.scenario->functions;
	ck_assert_int_eq(functions[0].async.max_retries, 1);
	ck_assert_int_eq(functions[0].async.max_age, 120 * SIMTIME_SECOND); /* of Globals */
	ck_assert_int_eq(functions[1].async.max_retries, 0);
	ck_assert_int_eq(functions[1].async.max_age, 90 * SIMTIME_SECOND);
	fixture_read_end(&f);
	bad("F.EventInvokeConfig.MaximumRetryAttempts=3", "--set F.EventInvokeConfig.MaximumRetryAttempts:0:0 error limit/async");
}
END_TEST

START_TEST(mappings)
{
	static const char *const sets[] = {
		"F.Events.Jobs.Properties.BatchSize=50",
		"F.Events.Jobs.MaximumBatchingWindowInSeconds=7",
		"F.Jobs.ScalingConfig.MaximumConcurrency=9",
		"F.Clicks.ParallelizationFactor=4",
		"F.Clicks.DestinationConfig.OnFailure.Destination=arn:aws:sqs:us-east-1:1:far",
		"M.BatchSize=3",
		"M.ProvisionedPollerConfig.MaximumPollers=7",
		"M.FunctionResponseTypes=[ReportBatchItemFailures]",
		"S.MaximumRecordAgeInSeconds=60",
		"S.FilterCriteria.Filters.1.Pattern={\"a\": [2]}",
	};
	struct fixture_read f = set_all(sets, sizeof sets / sizeof *sets);
	fixture_read_expect_clean(&f);
	ck_assert_int_eq(mapping(&f, "F.Jobs")->batch_size, 50);
	ck_assert_int_eq(mapping(&f, "F.Jobs")->window, 7 * SIMTIME_SECOND);
	ck_assert_int_eq(mapping(&f, "F.Jobs")->max_concurrency, 9);
	ck_assert_int_eq(mapping(&f, "F.Clicks")->parallelization, 4);
	ck_assert_int_eq(mapping(&f, "F.Clicks")->on_failure.kind, TARGET_OUTSIDE);
	ck_assert_int_eq(mapping(&f, "M")->batch_size, 3);
	ck_assert_int_eq(mapping(&f, "M")->max_pollers, 7);
	ck_assert(mapping(&f, "M")->report_failures);
	ck_assert_int_eq(mapping(&f, "S")->max_record_age, 60 * SIMTIME_SECOND);
	ck_assert_uint_eq(mapping(&f, "S")->filter_count, 2);
	ck_assert_ptr_nonnull(strstr(mapping(&f, "S")->filters[1].text, "2"));
	fixture_read_end(&f);
}
END_TEST

START_TEST(places)
{
	static const char *const sets[] = {
		"Q.VisibilityTimeout=77",
		"Q.RedrivePolicy.maxReceiveCount=4",
		"Other.RedrivePolicy.maxReceiveCount=6", /* its policy is JSON in a text */
		"Dead.DuplicateRate=1%",
		"K.ShardCount=6",
		"T.Shards=3",
		"Rule.Targets.1.RetryPolicy.MaximumRetryAttempts=8",
		"Sub.RawMessageDelivery=true",
	};
	struct fixture_read f = set_all(sets, sizeof sets / sizeof *sets);
	fixture_read_expect_clean(&f);
	ck_assert_int_eq(queue(&f, "Q")->visibility, 77 * SIMTIME_SECOND);
	ck_assert_int_eq(queue(&f, "Q")->max_receive_count, 4);
	ck_assert_int_eq(queue(&f, "Q")->dead_letter.kind, TARGET_QUEUE);
	ck_assert_int_eq(queue(&f, "Other")->max_receive_count, 6);
	ck_assert_int_eq(queue(&f, "Other")->dead_letter.kind, TARGET_OUTSIDE);
	ck_assert_double_eq(queue(&f, "Dead")->duplicate_rate, 0.01);
	ck_assert_int_eq(f.scenario->streams[0].shards, 6);
	ck_assert_int_eq(f.scenario->streams[1].shards, 3);
	ck_assert(f.scenario->topics[0].subscriptions[0].raw);
	const struct bus_spec *bus = &f.scenario->buses[0];
	for (size_t i = 0; i < f.scenario->bus_count; i++)
		if (strcmp(f.scenario->buses[i].name, "default") == 0)
			bus = &f.scenario->buses[i];
	ck_assert_uint_eq(bus->rules[0].target_count, 2);
	ck_assert_int_eq(bus->rules[0].targets[0].max_retries, 185);
	ck_assert_int_eq(bus->rules[0].targets[1].max_retries, 8);
	fixture_read_end(&f);
}
END_TEST

/* A whole event can be new; its Properties can be missing. */
START_TEST(what_is_missing_is_made)
{
	struct fixture_read f = set("F.Events.More={Type: SQS, Properties: {Queue: !GetAtt Dead.Arn}}");
	ck_assert_int_eq(mapping(&f, "F.More")->batch_size, 10);
	fixture_read_end(&f);
	f = set("F.Get.Path=/x");
	fixture_read_end(&f);
	f = set("G.EphemeralStorage.Size=700");
	ck_assert_int_eq(f.scenario->functions[1].ephemeral_mb, 700);
	fixture_read_end(&f);
}
END_TEST

START_TEST(what_is_not_reached)
{
	static const struct {
		const char *set, *says;
	} rows[] = {
		{"F.MaximumRetryAttempts=0",
	         "F has no property 'MaximumRetryAttempts' = did you mean 'EventInvokeConfig.MaximumRetryAttempts'?"},
		{"F.EventInvokeConfig.MaximumRetryAttempt=0",
	         "F.EventInvokeConfig has no property 'MaximumRetryAttempt' = did you mean 'MaximumRetryAttempts'?"},
		{"F.EventInvokeConfig.DestinationConfig.OnFailur.Type=SQS", "did you mean 'OnFailure'?"},
		{"F.EphemeralStorage.size=1", "F.EphemeralStorage has no property 'size' = did you mean 'Size'?"},
		{"F.Job.BatchSize=1", "F has no property 'Job'"},
		{"F.Events.Job.BatchSize=1", "F.Events has no property 'Job' = did you mean 'Jobs'?"},
		{"F.Jobs.BatchSiz=1", "F.Events.Jobs.Properties has no property 'BatchSiz' = did you mean 'BatchSize'?"},
		{"F.Jobs.MaximumConcurrency=5", "did you mean 'ScalingConfig.MaximumConcurrency'?"},
		{"F.Jobs.ScalingConfig.MaxConcurrency=5",
	         "F.Events.Jobs.Properties.ScalingConfig has no property 'MaxConcurrency'"},
		{"F.Topic.BatchSize=5", "error model/later MSK is not modelled yet"},
		{"F.Tick.RetryPolicy.MaximumRetryAttempts=5",
	         "error read/value F.Events.Tick.Properties.RetryPolicy is an intrinsic function"},
		{"M.BachSize=5", "M has no property 'BachSize' = did you mean 'BatchSize'?"},
		{"Late.MaximumRetries=5", "Late has no property 'MaximumRetries'"},
		{"Q.maxReceiveCount=5", "Q has no property 'maxReceiveCount' = did you mean 'RedrivePolicy.maxReceiveCount'?"},
		{"Q.RedrivePolicy.maxRecieveCount=5",
	         "Q.RedrivePolicy has no property 'maxRecieveCount' = did you mean 'maxReceiveCount'?"},
		{"Q.VisibilityTimout=5", "did you mean 'VisibilityTimeout'?"},
		{"K.Shards=5", "K has no property 'Shards'"},
		{"K.StreamModeDetails.Mode=ON_DEMAND", "K.StreamModeDetails has no property 'Mode' = known: StreamMode"},
		{"T.StreamSpecification.StreamView=KEYS_ONLY", "T.StreamSpecification has no property 'StreamView'"},
		{"Rule.Targets.2.Input=x", "Rule.Targets is a list of 2; '2' is none of its items"},
		{"Rule.Targets.a=x", "Rule.Targets is a list of 2; 'a' is none of its items"},
		{"S.FilterCriteria.Filters.0.Patern={}",
	         "S.FilterCriteria.Filters.0 has no property 'Patern' = did you mean 'Pattern'?"},
		{"Plan.FlexibleTimeWindow.Moode=OFF", "did you mean 'Mode'?"},
		{"Sub.RawMesageDelivery=true", "did you mean 'RawMessageDelivery'?"},
		{"B.Notification=x", "B has no property 'Notification'"},
		{"F.Runtime.Name=x", "error read/value F.Runtime is a text; it has nothing inside that could be set"},
		{"Pipe.Source=x", "error model/later AWS::Pipes::Pipe is not modelled yet"},
		{"Nope.X=1", "the template has no resource 'Nope'"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		bad(rows[i].set, rows[i].says);
}
END_TEST

/* Names that can be set are names that the reader takes. */
START_TEST(names_agree)
{
	static const struct {
		const char *name, *type;
		bool event;
	} rows[] = {
		{"F", "AWS::Serverless::Function", false},
		{"G", "AWS::Lambda::Function", false},
		{"Q", "AWS::SQS::Queue", false},
		{"K", "AWS::Kinesis::Stream", false},
		{"M", "AWS::Lambda::EventSourceMapping", false},
		{"Late", "AWS::Lambda::EventInvokeConfig", false},
		{"News", "AWS::SNS::Topic", false},
		{"Sub", "AWS::SNS::Subscription", false},
		{"Bus", "AWS::Events::EventBus", false},
		{"Rule", "AWS::Events::Rule", false},
		{"Plan", "AWS::Scheduler::Schedule", false},
		{"F.Jobs", "SQS", true},
		{"F.Tick", "ScheduleV2", true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct settable s;
		ck_assert(rows[i].event ? settable_of_event(rows[i].type, &s) : settable_of_type(rows[i].type, &s));
		for (size_t k = 0; k < s.properties.count; k++) {
			char *one = memory_format("%s.%s=null", rows[i].name, s.properties.items[k]);
			const char *sets[] = {one};
			struct fixture_read f = set_all(sets, 1);
			for (size_t n = 0; n < f.found.count; n++)
				ck_assert_msg(strcmp(f.found.items[n].rule, "template/property") != 0 &&
				                      strcmp(f.found.items[n].rule, "read/unknown-key") != 0,
				              "%s: %s", one, f.found.items[n].text);
			fixture_read_end(&f);
			memory_free(one);
		}
	}
}
END_TEST

Suite *overrides_suite(void);

Suite *overrides_suite(void)
{
	Suite *suite = suite_create("overrides");
	TCase *tcase = tcase_create("set");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, asynchronous_invocation);
	tcase_add_test(tcase, mappings);
	tcase_add_test(tcase, places);
	tcase_add_test(tcase, what_is_missing_is_made);
	tcase_add_test(tcase, what_is_not_reached);
	tcase_add_test(tcase, names_agree);
	suite_add_tcase(suite, tcase);
	return suite;
}
