/* The key Mappings of the Weir section. */
#include <string.h>

#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static const char resources[] =
	"Transform: AWS::Serverless-2016-10-31\n"
	"Resources:\n"
	"  F:\n"
	"    Type: AWS::Serverless::Function\n"
	"    Properties:\n"
	"      Runtime: python3.12\n"
	"      Events:\n"
	"        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}\n"
	"        Clicks: {Type: Kinesis, Properties: {Stream: !GetAtt K.Arn, StartingPosition: LATEST}}\n"
	"  Q: {Type: AWS::SQS::Queue}\n"
	"  Q2: {Type: AWS::SQS::Queue}\n"
	"  K: {Type: AWS::Kinesis::Stream}\n"
	"  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref F, EventSourceArn: !GetAtt Q2.Arn,\n"
	"    ProvisionedPollerConfig: {MinimumPollers: 3}}}\n";

static struct fixture_read mappings(const char *keys)
{
	char *text = memory_format("%sMetadata: {Weir: {Functions: {F: {Duration: 1ms}}, Mappings: {%s}}}\n", resources, keys);
	struct fixture_read f = fixture_read_planned(text);
	memory_free(text);
	return f;
}

START_TEST(keys_are_read)
{
	struct fixture_read f = mappings(
		"F.Jobs: {RetryFirst: 2s, RetryMost: 5m, PollersStart: 8, PollersLow: 3, EmptyPolls: 7,\n"
		"  PollersGrowth: 60/m, PollersStep: 4, ConcurrencyFloor: 5}, F.Clicks: {RetryFirst: 10ms},\n"
		"  M: {ConcurrencyFloor: 9}");
	fixture_read_expect_clean(&f);
	const struct mapping_spec *m = f.scenario->mappings;
	ck_assert_int_eq(m[0].retry_first, 2 * SIMTIME_SECOND);
	ck_assert_int_eq(m[0].retry_most, 5 * SIMTIME_MINUTE);
	ck_assert_int_eq(m[0].scaling.start, 8);
	ck_assert_int_eq(m[0].scaling.low, 3);
	ck_assert_int_eq(m[0].scaling.empty_polls, 7);
	ck_assert_double_eq(m[0].scaling.growth_per_s, 1);
	ck_assert_int_eq(m[0].scaling.step, 4);
	ck_assert_int_eq(m[0].scaling.floor, 5);
	ck_assert_int_eq(m[1].retry_first, 10 * SIMTIME_MS);
	ck_assert_int_eq(m[1].retry_most, 0);
	ck_assert_int_eq(m[2].scaling.floor, 9);
	ck_assert_int_eq(m[2].scaling.start, 0);
	fixture_read_end(&f);
}
END_TEST

START_TEST(keys_are_refused)
{
	static const struct {
		const char *keys, *says;
	} rows[] = {
		{"F.Job: {RetryFirst: 1s}", "error read/target no event source mapping is called 'F.Job' = did you mean 'F.Jobs'?"},
		{"F.Jobs: {RetryFrist: 1s}", "Weir.Mappings.F.Jobs has no key 'RetryFrist' = did you mean 'RetryFirst'?"},
		{"F.Jobs: {RetryFirst: 0s}", "RetryFirst must be greater than 0 s"},
		{"F.Jobs: {RetryMost: 8d}", "RetryMost must be at most 604800 s"},
		{"F.Jobs: {RetryFirst: 2s, RetryMost: 1s}", "RetryFirst is longer than RetryMost"},
		{"F.Jobs: {PollersStart: 0}", "PollersStart must be at least 1"},
		{"F.Jobs: {PollersStart: 1251}", "PollersStart must be at most 1250"},
		{"F.Jobs: {PollersStart: 2, PollersLow: 3}", "PollersLow (3) is more than PollersStart (2)"},
		{"F.Jobs: {PollersGrowth: 0/s}", "PollersGrowth must be greater than 0"},
		{"F.Clicks: {PollersStart: 2}",
	         "error read/value Weir.Mappings.F.Clicks: PollersStart is for mappings that read a queue"},
		{"F.Jobs: 5", "Weir.Mappings.F.Jobs must be a map"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fixture_read f = mappings(rows[i].keys);
		ck_assert_msg(f.found.errors > 0, "%s is not refused", rows[i].keys);
		fixture_read_expect(&f, rows[i].says);
		fixture_read_end(&f);
	}
	struct fixture_read f = mappings("M: {PollersStep: 2}");
	fixture_read_expect_clean(&f);
	fixture_read_expect(&f, "warning model/unused Weir.Mappings.M: PollersStep is not used with ProvisionedPollerConfig");
	fixture_read_end(&f);
}
END_TEST

Suite *mappingkeys_suite(void);

Suite *mappingkeys_suite(void)
{
	Suite *suite = suite_create("mappingkeys");
	TCase *tcase = tcase_create("keys");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, keys_are_read);
	tcase_add_test(tcase, keys_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
