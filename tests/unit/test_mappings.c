/* Event source mappings and asynchronous invocation: what is read, what Lambda refuses, what does not fit together. */
#include <stdio.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static const char around[] =
	"  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 400}}\n"
	"  Fifo: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, VisibilityTimeout: 400}}\n"
	"  T: {Type: AWS::SNS::Topic}\n"
	"  B: {Type: AWS::S3::Bucket}\n"
	"  K: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 2}}\n"
	"  C: {Type: AWS::Kinesis::StreamConsumer, Properties: {ConsumerName: c, StreamARN: !GetAtt K.Arn}}\n"
	"  Table: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}\n"
	"  Plain: {Type: AWS::DynamoDB::Table}\n"
	"  G: {Type: AWS::Lambda::Function}\n"
	"Metadata: {Weir: {Functions: {F: {Duration: 1ms}, G: {Duration: 1ms}}, Workload: [{Source: F, Arrivals: 1/s}]}}\n";

/* A function F with one event E of a type, on line 5, with `properties`. */
static char *event(const char *type, const char *properties)
{
	return memory_format("Transform: AWS::Serverless-2016-10-31\n"
	                     "Resources:\n"
	                     "  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {\n"
	                     "    E: {Type: %s, Properties: {\n"
	                     "      %s}}}}}\n%s",
	                     type, properties, around);
}

static struct fixture_read plan_of(char *text)
{
	struct fixture_read f = fixture_read_text(text, NULL);
	fixture_read_expect_clean(&f);
	memory_free(text);
	return f;
}

static void refused(char *text, const char *says)
{
	struct fixture_read f = fixture_read_check(text);
	ck_assert_msg(f.found.errors > 0, "nothing is wrong with\n%s", text);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
	memory_free(text);
}

START_TEST(twice)
{
	refused(event("SQS", "Queue: !GetAtt Q.Arn}}, E2: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn"),
	        "error limit/mapping F.E and F.E2 both map Q to F; Lambda refuses the second one");
}
END_TEST

START_TEST(queue_mapping)
{
	struct fixture_read f = plan_of(event("SQS", "Queue: !GetAtt Q.Arn"));
	const struct mapping_spec *m = f.scenario->mappings;
	ck_assert_uint_eq(f.scenario->mapping_count, 1);
	ck_assert_str_eq(m->name, "F.E");
	ck_assert_int_eq(m->source.kind, TARGET_QUEUE);
	ck_assert_uint_eq(m->source.index, 0);
	ck_assert_uint_eq(m->function, 0);
	ck_assert(m->enabled && !m->report_failures);
	ck_assert_int_eq(m->batch_size, 10);
	ck_assert_int_eq(m->window, 0);
	ck_assert_int_eq(m->max_concurrency, 0);
	ck_assert_int_eq(m->min_pollers + m->max_pollers, 0);
	fixture_read_end(&f);
	f = plan_of(event("SQS",
	                  "Queue: !GetAtt Q.Arn, BatchSize: 10000, MaximumBatchingWindowInSeconds: 300, Enabled: false,\n"
	                  "      FunctionResponseTypes: [ReportBatchItemFailures], ScalingConfig: {MaximumConcurrency: 2},\n"
	                  "      FilterCriteria: {Filters: [{Pattern: '{\"body\": {\"a\": [1]}}'}, {Pattern: '{\"a\": [1]}'}]}"));
	m = f.scenario->mappings;
	ck_assert(!m->enabled && m->report_failures);
	ck_assert_int_eq(m->batch_size, 10000);
	ck_assert_int_eq(m->window, 300 * SIMTIME_SECOND);
	ck_assert_int_eq(m->max_concurrency, 2);
	ck_assert_uint_eq(m->filter_count, 2);
	ck_assert_str_eq(m->filters[0].text, "{\"body\": {\"a\": [1]}}");
	ck_assert_int_eq(m->filters[0].at.line, 7);
	fixture_read_end(&f);
	f = plan_of(event("SQS", "Queue: !GetAtt Fifo.Arn, ProvisionedPollerConfig: {MinimumPollers: 5}"));
	ck_assert_int_eq(f.scenario->mappings[0].min_pollers, 5);
	ck_assert_int_eq(f.scenario->mappings[0].max_pollers, 200);
	fixture_read_end(&f);
}
END_TEST

START_TEST(queue_mapping_refusals)
{
	static const struct {
		const char *properties, *says;
	} rows[] = {
		{"Queue: !GetAtt Q.Arn, BatchSize: 0", ":5:40 error limit/mapping BatchSize must be 1 to 10000, not 0"},
		{"Queue: !GetAtt Q.Arn, BatchSize: 11",
	         ":5:40 error limit/mapping a BatchSize above 10 needs MaximumBatchingWindowInSeconds of at least 1"},
		{"Queue: !GetAtt Q.Arn, MaximumBatchingWindowInSeconds: 301", "must be 0 to 300 s, not 301"},
		{"Queue: !GetAtt Fifo.Arn, BatchSize: 11, MaximumBatchingWindowInSeconds: 1",
	         "error limit/mapping BatchSize must be 1 to 10 for a FIFO queue, not 11"},
		{"Queue: !GetAtt Fifo.Arn, MaximumBatchingWindowInSeconds: 1",
	         "a FIFO queue takes no MaximumBatchingWindowInSeconds"},
		{"Queue: !GetAtt Q.Arn, ScalingConfig: {MaximumConcurrency: 1}", "MaximumConcurrency must be 2 to 1000, not 1"},
		{"Queue: !GetAtt Q.Arn, ScalingConfig: {MaximumConcurrency: 1001}",
	         "MaximumConcurrency must be 2 to 1000, not 1001"},
		{"Queue: !GetAtt Q.Arn, ProvisionedPollerConfig: {MinimumPollers: 1}", "MinimumPollers must be 2 to 200"},
		{"Queue: !GetAtt Q.Arn, ProvisionedPollerConfig: {MinimumPollers: 9, MaximumPollers: 8}",
	         "MaximumPollers (8) is less than MinimumPollers (9)"},
		{"Queue: !GetAtt Q.Arn, ScalingConfig: {MaximumConcurrency: 2}, ProvisionedPollerConfig: {MinimumPollers: 2}",
	         "ProvisionedPollerConfig and ScalingConfig.MaximumConcurrency exclude each other"},
		{"Queue: !GetAtt Q.Arn, ParallelizationFactor: 2",
	         "error limit/mapping ParallelizationFactor is not for a mapping that reads an SQS queue"},
		{"Queue: !GetAtt Fifo.Arn, StartingPosition: LATEST",
	         "StartingPosition is not for a mapping that reads a FIFO queue"},
		{"Queue: !GetAtt Q.Arn, FunctionResponseTypes: [ReportBatchFailures]", "FunctionResponseTypes cannot be"},
		{"Queue: !GetAtt Q.Arn, FilterCriteria: {Filters: [{Pattern: '{\"body\": 1}'}]}", ":5:76 error limit/pattern"},
		{"Queue: !GetAtt Q.Arn, FilterCriteria: {Filters: [{}]}",
	         "error limit/filters FilterCriteria.Filters[0] needs a Pattern"},
		{"Queue: !GetAtt Q.Arn, FilterCriteria: {Filters: [{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}]}",
	         "error limit/filters a mapping has at most 5 filters (10 by a quota increase), not 11"},
		{"Queue: !GetAtt Q.Arn, BatchSizes: 5", "'BatchSizes' is no property of this event that weir knows"},
		{"Queue: !Ref Q", "error template/arn F.E needs a queue's ARN; this is its URL = !GetAtt Q.Arn"},
		{"Queue: !Ref T", "F.E takes an SQS queue, not an SNS topic"},
		{"BatchSize: 5", "error template/event event F.E needs Properties with Queue"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refused(event("SQS", rows[i].properties), rows[i].says);
}
END_TEST

START_TEST(stream_mapping)
{
	struct fixture_read f = plan_of(event("Kinesis", "Stream: !GetAtt K.Arn, StartingPosition: LATEST"));
	const struct mapping_spec *m = f.scenario->mappings;
	ck_assert_int_eq(m->source.kind, TARGET_STREAM);
	ck_assert_int_eq(m->batch_size, 100);
	ck_assert_int_eq(m->starting, STARTING_LATEST);
	ck_assert_int_eq(m->parallelization, 1);
	ck_assert_int_eq(m->max_retries, MAPPING_FOREVER);
	ck_assert_int_eq(m->max_record_age, SIMTIME_NEVER);
	ck_assert(!m->bisect && !m->enhanced_fan_out && m->tumbling_window == 0);
	ck_assert_int_eq(m->on_failure.kind, TARGET_NONE);
	fixture_read_end(&f);
	f = plan_of(event(
		"Kinesis",
		"Stream: !GetAtt C.ConsumerARN, StartingPosition: AT_TIMESTAMP, StartingPositionTimestamp: 1736121601.5,\n"
		"      ParallelizationFactor: 10, BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0,\n"
		"      MaximumRecordAgeInSeconds: 60, DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Q.Arn}}"));
	m = f.scenario->mappings;
	ck_assert_uint_eq(m->source.index, 0);
	ck_assert(m->enhanced_fan_out && m->bisect);
	ck_assert_int_eq(m->starting, STARTING_AT_TIMESTAMP);
	ck_assert_int_eq(m->starting_time, 3 * SIMTIME_SECOND / 2);
	ck_assert_int_eq(m->parallelization, 10);
	ck_assert_int_eq(m->max_retries, 0);
	ck_assert_int_eq(m->max_record_age, SIMTIME_MINUTE);
	ck_assert_int_eq(m->on_failure.kind, TARGET_QUEUE);
	fixture_read_end(&f);
	f = plan_of(event("DynamoDB",
	                  "Stream: !GetAtt Table.StreamArn, StartingPosition: TRIM_HORIZON, TumblingWindowInSeconds: 900,\n"
	                  "      MaximumRecordAgeInSeconds: -1, MaximumRetryAttempts: -1"));
	m = f.scenario->mappings;
	ck_assert_str_eq(m->source.name, "Table");
	ck_assert_int_eq(m->starting, STARTING_TRIM_HORIZON);
	ck_assert_int_eq(m->tumbling_window, 900 * SIMTIME_SECOND);
	ck_assert_int_eq(m->max_record_age, SIMTIME_NEVER);
	fixture_read_end(&f);
}
END_TEST

START_TEST(stream_mapping_refusals)
{
	static const struct {
		const char *type, *properties, *says;
	} rows[] = {
		{"Kinesis", "Stream: !GetAtt K.Arn",
	         "error limit/mapping F.E needs a StartingPosition: LATEST, TRIM_HORIZON or AT_TIMESTAMP"},
		{"DynamoDB", "Stream: !GetAtt Table.StreamArn", "F.E needs a StartingPosition: LATEST or TRIM_HORIZON"},
		{"DynamoDB", "Stream: !GetAtt Table.StreamArn, StartingPosition: AT_TIMESTAMP",
	         "StartingPosition cannot be 'AT_TIMESTAMP'"},
		{"Kinesis", "Stream: !GetAtt K.Arn, StartingPosition: AT_TIMESTAMP",
	         "AT_TIMESTAMP needs StartingPositionTimestamp"},
		{"Kinesis", "Stream: !GetAtt K.Arn, StartingPosition: LATEST, StartingPositionTimestamp: 5",
	         "StartingPositionTimestamp belongs to StartingPosition: AT_TIMESTAMP"},
		{"Kinesis", "Stream: !GetAtt K.Arn, StartingPosition: AT_TIMESTAMP, StartingPositionTimestamp: noon",
	         "StartingPositionTimestamp must be a time such as 2025-01-06T08:00:00Z; 'noon' is none"},
		{"Kinesis", "Stream: !GetAtt K.Arn, StartingPosition: LATEST, ParallelizationFactor: 11",
	         "ParallelizationFactor must be 1 to 10, not 11"},
		{"Kinesis", "Stream: !GetAtt K.Arn, StartingPosition: LATEST, MaximumRetryAttempts: 10001", "must be -1 to 10000"},
		{"Kinesis", "Stream: !GetAtt K.Arn, StartingPosition: LATEST, MaximumRecordAgeInSeconds: 59",
	         "MaximumRecordAgeInSeconds must be 60 to 604800 s, or -1 for no limit, not 59"},
		{"Kinesis", "Stream: !GetAtt K.Arn, StartingPosition: LATEST, TumblingWindowInSeconds: 901", "must be 0 to 900 s"},
		{"Kinesis", "Stream: !GetAtt K.Arn, StartingPosition: LATEST, TumblingWindowInSeconds: 5, ParallelizationFactor: 2",
	         "a tumbling window needs a ParallelizationFactor of 1, not 2"},
		{"Kinesis", "Stream: !GetAtt K.Arn, StartingPosition: LATEST, ScalingConfig: {MaximumConcurrency: 5}",
	         "ScalingConfig is not for a mapping that reads a stream"},
		{"Kinesis",
	         "Stream: !GetAtt K.Arn, StartingPosition: LATEST, DestinationConfig: {OnFailure: {Destination: !GetAtt G.Arn}}",
	         "an OnFailure destination takes an SQS queue, an SNS topic or an S3 bucket, not a Lambda function"},
		{"Kinesis",
	         "Stream: !GetAtt K.Arn, StartingPosition: LATEST, DestinationConfig: {OnFailure: {Destination: !GetAtt Fifo.Arn}}",
	         "an OnFailure destination takes no FIFO queue or topic: Fifo is one"},
		{"DynamoDB", "Stream: !GetAtt Plain.StreamArn, StartingPosition: LATEST",
	         "error limit/stream F.E reads the stream of Plain, which has no StreamSpecification"},
		{"Kinesis", "Stream: !GetAtt Q.Arn, StartingPosition: LATEST", "F.E takes a data stream, not an SQS queue"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refused(event(rows[i].type, rows[i].properties), rows[i].says);
}
END_TEST

static char *mapping(const char *properties)
{
	return memory_format("Resources:\n"
	                     "  F: {Type: AWS::Lambda::Function, Properties: {Timeout: 5}}\n"
	                     "  A: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F, Name: live}}\n"
	                     "  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {%s}}\n%s",
	                     properties, around);
}

START_TEST(mapping_resource)
{
	static const char *const functions[] = {"!Ref F",
	                                        "!GetAtt F.Arn",
	                                        "F",
	                                        "!Ref A",
	                                        "!Sub '${F}:live'",
	                                        "!Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:F'"};
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		char *properties = memory_format("EventSourceArn: !GetAtt Q.Arn, FunctionName: %s", functions[i]);
		struct fixture_read f = plan_of(mapping(properties));
		ck_assert_msg(f.scenario->mapping_count == 1, "%s", functions[i]);
		ck_assert_str_eq(f.scenario->mappings[0].name, "M");
		ck_assert_uint_eq(f.scenario->mappings[0].function, 0);
		fixture_read_end(&f);
		memory_free(properties);
	}
	refused(mapping("EventSourceArn: !GetAtt K.Arn, FunctionName: !Ref F"),
	        ":4:3 error limit/mapping M needs a StartingPosition");
	struct fixture_read f = plan_of(mapping("EventSourceArn: arn:aws:sqs:us-east-1:1:far, FunctionName: !Ref F"));
	ck_assert_uint_eq(f.scenario->queue_count, 3);
	ck_assert_str_eq(f.scenario->queues[f.scenario->mappings[0].source.index].name, "far");
	fixture_read_end(&f);
	f = plan_of(mapping(
		"EventSourceArn: arn:aws:kafka:us-east-1:1:cluster/c/d, FunctionName: !Ref F, Topics: [t], StartingPosition: LATEST"));
	ck_assert_uint_eq(f.scenario->mapping_count, 0);
	fixture_read_expect(&f, "note model/passed-over F.M (MSK) has no traffic here; MSK as a source is not modelled yet");
	fixture_read_end(&f);
}
END_TEST

START_TEST(visibility_timeout)
{
	static const char template[] =
		"Resources:\n"
		"  F: {Type: AWS::Lambda::Function, Properties: {Timeout: %d}}\n"
		"  Q: {Type: AWS::SQS::Queue%s}\n"
		"  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Q.Arn, FunctionName: "
		"!Ref F%s}}\n%s";
	static const char ends[] = "Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: F, Arrivals: 1/s}]}}\n";
	char *text = memory_format(template, 31, "", "", ends);
	struct fixture_read f = fixture_read_text(text, NULL);
	ck_assert_ptr_null(f.scenario);
	fixture_read_expect(
		&f, ":3:3 error timeout/visibility M: the visibility timeout of Q (30 s) is less than the timeout of F (31 s); "
		    "Lambda refuses the mapping = AWS advises six times the function's timeout: VisibilityTimeout: 186");
	fixture_read_end(&f);
	memory_free(text);
	text = memory_format(template, 30, "", "", ends);
	f = fixture_read_text(text, NULL);
	fixture_read_expect_clean(&f);
	ck_assert_uint_eq(f.found.count, 0);
	fixture_read_end(&f);
	f = fixture_read_check(text);
	fixture_read_expect(&f, "note timeout/visibility M: AWS advises a visibility timeout of 6 x 30 s = 180 s; Q has 30 s");
	fixture_read_end(&f);
	memory_free(text);
	text = memory_format(template, 30, ", Properties: {VisibilityTimeout: 180}", ", MaximumBatchingWindowInSeconds: 1", ends);
	f = fixture_read_check(text);
	fixture_read_expect(
		&f,
		":3:62 note timeout/visibility M: AWS advises a visibility timeout of 6 x 30 s and the batching window = 181 s");
	fixture_read_end(&f);
	memory_free(text);
	text = memory_format(template, 30, ", Properties: {VisibilityTimeout: 180}", "", ends);
	f = fixture_read_check(text);
	ck_assert_msg(strstr(textbuf_text(&f.said), "timeout/visibility") == NULL, "%s", textbuf_text(&f.said));
	fixture_read_end(&f);
	memory_free(text);
}
END_TEST

/* --- asynchronous invocation -------------------------------------------------------------------------------------------------------- */

static char *function(const char *properties)
{
	return memory_format("Transform: AWS::Serverless-2016-10-31\n"
	                     "Resources:\n"
	                     "  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 5,\n"
	                     "    %s}}\n%s",
	                     properties, around);
}

START_TEST(async_defaults_and_config)
{
	struct fixture_read f = plan_of(function("Timeout: 5"));
	const struct async_spec *a = &f.scenario->functions[0].async;
	ck_assert_int_eq(a->max_retries, 2);
	ck_assert_int_eq(a->max_age, 6 * SIMTIME_HOUR);
	ck_assert(!a->recursion_allowed);
	ck_assert_int_eq(a->on_failure.kind, TARGET_NONE);
	fixture_read_end(&f);
	f = plan_of(function("RecursiveLoop: Allow, DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Q.Arn}, EventInvokeConfig:\n"
	                     "      {MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60, DestinationConfig: {\n"
	                     "      OnSuccess: {Type: Lambda, Destination: !GetAtt G.Arn}, OnFailure: {Type: SQS}}}"));
	a = &f.scenario->functions[0].async;
	ck_assert_int_eq(a->max_retries, 0);
	ck_assert_int_eq(a->max_age, SIMTIME_MINUTE);
	ck_assert(a->recursion_allowed);
	ck_assert_int_eq(a->dead_letter.kind, TARGET_QUEUE);
	ck_assert_uint_eq(a->dead_letter.index, 0);
	ck_assert_int_eq(a->on_success.kind, TARGET_FUNCTION);
	ck_assert_uint_eq(a->on_success.index, 1);
	ck_assert_int_eq(a->on_failure.kind, TARGET_QUEUE);
	ck_assert_str_eq(f.scenario->queues[a->on_failure.index].name, "FEventInvokeConfigOnFailure");
	ck_assert_int_eq(f.scenario->queues[a->on_failure.index].visibility, 30 * SIMTIME_SECOND);
	fixture_read_end(&f);
}
END_TEST

START_TEST(async_resource)
{
	struct fixture_read f = plan_of(memory_format(
		"Resources:\n"
		"  F: {Type: AWS::Lambda::Function, Properties: {Timeout: 5, DeadLetterConfig: {TargetArn: !Ref T}}}\n"
		"  E: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref F, Qualifier: $LATEST, MaximumRetryAttempts: 1,\n"
		"    DestinationConfig: {OnFailure: {Destination: !GetAtt B.Arn}}}}\n%s",
		around));
	const struct async_spec *a = &f.scenario->functions[0].async;
	ck_assert_int_eq(a->max_retries, 1);
	ck_assert_int_eq(a->max_age, 6 * SIMTIME_HOUR);
	ck_assert_int_eq(a->on_failure.kind, TARGET_BUCKET);
	ck_assert_int_eq(a->dead_letter.kind, TARGET_TOPIC);
	fixture_read_end(&f);
}
END_TEST

/* Whatever their order, that of $LATEST counts, and the other one is told. */
START_TEST(async_qualifiers)
{
	static const char *const order[2][2] = {{"$LATEST", "live"}, {"live", "$LATEST"}};
	char *text = memory_format(
		"Resources:\n"
		"  F: {Type: AWS::Lambda::Function, Properties: {Timeout: 5}}\n"
		"  C1: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref F, Qualifier: %s, MaximumRetryAttempts: %d}}\n"
		"  C2: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref F, Qualifier: %s, MaximumRetryAttempts: %d}}\n%s",
		order[_i][0], _i, order[_i][1], 1 - _i, around);
	struct fixture_read f = fixture_read_text(text, NULL);
	ck_assert_int_eq(f.scenario->functions[0].async.max_retries, 0);
	fixture_read_expect(&f, _i ? "events are handled by C2" : "events are handled by C1");
	fixture_read_end(&f);
	memory_free(text);
}
END_TEST

START_TEST(async_refusals)
{
	static const struct {
		const char *properties, *says;
	} rows[] = {
		{"EventInvokeConfig: {MaximumRetryAttempts: 3}",
	         ":4:47 error limit/async MaximumRetryAttempts must be 0 to 2, not 3"},
		{"EventInvokeConfig: {MaximumEventAgeInSeconds: 59}", "MaximumEventAgeInSeconds must be 60 to 21600 s, not 59"},
		{"EventInvokeConfig: {MaximumEventAgeInSeconds: 21601}", "must be 60 to 21600 s, not 21601"},
		{"EventInvokeConfig: {DestinationConfig: {OnSuccess: {Destination: !GetAtt B.Arn}}}",
	         "error limit/destination an OnSuccess destination takes an SQS queue, an SNS topic, a Lambda function or an event bus, not "
	         "an S3 bucket"},
		{"EventInvokeConfig: {DestinationConfig: {OnFailure: {Destination: !GetAtt Fifo.Arn}}}",
	         "an OnFailure destination takes no FIFO queue or topic: Fifo is one"},
		{"EventInvokeConfig: {DestinationConfig: {OnFailure: {Destination: !GetAtt K.Arn}}}",
	         "or an S3 bucket, not a data stream"},
		{"EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: Lambda}}}",
	         "an OnFailure destination needs a Destination"},
		{"EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQSQueue}}}", "cannot be 'SQSQueue'"},
		{"DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Fifo.Arn}",
	         "DeadLetterQueue takes no FIFO queue or topic: Fifo is one"},
		{"DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt G.Arn}",
	         "DeadLetterQueue takes an SQS queue or an SNS topic, not a Lambda function"},
		{"RecursiveLoop: Yes", "RecursiveLoop cannot be 'Yes'"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refused(function(rows[i].properties), rows[i].says);
}
END_TEST

Suite *mappings_suite(void)
{
	Suite *s = suite_create("mappings");
	TCase *tcase = tcase_create("mappings");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, twice);
	tcase_add_test(tcase, queue_mapping);
	tcase_add_test(tcase, queue_mapping_refusals);
	tcase_add_test(tcase, stream_mapping);
	tcase_add_test(tcase, stream_mapping_refusals);
	tcase_add_test(tcase, mapping_resource);
	tcase_add_test(tcase, visibility_timeout);
	tcase_add_test(tcase, async_defaults_and_config);
	tcase_add_test(tcase, async_resource);
	tcase_add_loop_test(tcase, async_qualifiers, 0, 2);
	tcase_add_test(tcase, async_refusals);
	suite_add_tcase(s, tcase);
	return s;
}
