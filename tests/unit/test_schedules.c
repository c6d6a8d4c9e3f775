/* Schedules: rate, cron and at expressions, time zones, and when a schedule fires in a run that begins on Monday, 2025-01-06T00:00:00Z. */
#include <stdio.h>
#include <string.h>

#include "scenarios/read/cron.h"
#include "scenarios/read/schedules.h"
#include "scenarios/read/timestamps.h"
#include "scenarios/read/timezone.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

/* --- the calendar --------------------------------------------------------------------------------------------------------------------- */

START_TEST(civil_times)
{
	static const struct {
		struct civil c;
		int64_t seconds;
		int weekday;
	} rows[] = {
		{{1970, 1, 1, 0, 0, 0}, 0, 4},           {{2025, 1, 6, 0, 0, 0}, 1736121600, 1},
		{{2000, 2, 29, 12, 0, 0}, 951825600, 2}, {{1969, 12, 31, 23, 59, 59}, -1, 3},
		{{2100, 3, 1, 0, 0, 0}, 4107542400, 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct civil back = civil_of(rows[i].seconds);
		ck_assert_int_eq(civil_seconds(&rows[i].c), rows[i].seconds);
		ck_assert_int_eq(civil_weekday(rows[i].seconds), rows[i].weekday);
		ck_assert_int_eq(civil_seconds(&back), rows[i].seconds);
		ck_assert_int_eq(back.day, rows[i].c.day);
	}
	ck_assert_int_eq(civil_month_days(2024, 2), 29);
	ck_assert_int_eq(civil_month_days(2100, 2), 28);
	ck_assert_int_eq(TIMESTAMP_START_S, 1736121600);
}
END_TEST

/* --- cron ------------------------------------------------------------------------------------------------------------------------------ */

/* Days of one month of 2025 on which an expression's days fire: "1 8 15". */
static void days(const char *fields, int64_t year, int month, const char *expected)
{
	struct cron c;
	char why[200], got[200] = "";
	size_t length = 0;
	const char *fault = cron_parse(fields, &c, why, sizeof why);
	ck_assert_msg(fault == NULL, "%s %s", fields, fault);
	for (int day = 1; day <= civil_month_days(year, month); day++)
		if (cron_on_day(&c, year, month, day))
			length += (size_t)snprintf(got + length, sizeof got - length, "%s%d", length ? " " : "", day);
	ck_assert_msg(strcmp(got, expected) == 0, "%s in %lld-%02d: %s, not %s", fields, (long long)year, month, got, expected);
}

START_TEST(cron_days)
{
	days("0 8 1 * ? *", 2025, 1, "1");
	days("0 8 ? * MON *", 2025, 1, "6 13 20 27");
	days("0 8 ? * 2 *", 2025, 1, "6 13 20 27");
	days("0 8 ? * SUN,WED *", 2025, 1, "1 5 8 12 15 19 22 26 29");
	days("0 8 ? * MON-FRI *", 2025, 2, "3 4 5 6 7 10 11 12 13 14 17 18 19 20 21 24 25 26 27 28");
	days("0 8 ? * FRI-MON *", 2025, 1, "3 4 5 6 10 11 12 13 17 18 19 20 24 25 26 27 31");
	days("0 8 L * ? *", 2024, 2, "29");
	days("0 8 L-2 * ? *", 2025, 1, "29");
	days("0 8 LW * ? *", 2025, 5, "30");
	days("0 8 15W * ? *", 2025, 2, "14");
	days("0 8 1W * ? *", 2025, 2, "3");
	days("0 8 1W * ? *", 2025, 6, "2");
	days("0 8 31W * ? *", 2025, 8, "29");
	days("0 8 31W * ? *", 2025, 2, "");
	days("0 8 ? * FRI#2 *", 2025, 1, "10");
	days("0 8 ? * 6#5 *", 2025, 1, "31");
	days("0 8 ? * 6#5 *", 2025, 2, "");
	days("0 8 ? * 6L *", 2025, 1, "31");
	days("0 8 ? * L *", 2025, 1, "25");
	days("0 8 */10 * ? *", 2025, 1, "1 11 21 31");
	days("0 8 5/10 * ? *", 2025, 1, "5 15 25");
	days("0 8 1-3,30-31 JAN ? *", 2025, 1, "1 2 3 30 31");
	days("0 8 1 JAN,MAR-MAY ? *", 2025, 2, "");
	days("0 8 1 JAN,MAR-MAY ? *", 2025, 4, "1");
	days("0 8 1 * ? 2026-2027", 2025, 4, "");
	days("0 8 1 * ? 2026-2027", 2027, 4, "1");
	days("0 8 1 * ? 2025/2", 2027, 4, "1");
	days("0 8 1 * ? 2025/2", 2026, 4, "");
}
END_TEST

START_TEST(cron_refusals)
{
	static const struct {
		const char *fields, *says;
	} rows[] = {
		{"0 8 * * ?", "needs six fields"},
		{"0 8 * * ? * *", "needs six fields"},
		{"", "needs six fields"},
		{"0 8 * * * *", "needs `?` in one of day-of-month and day-of-week"},
		{"0 8 ? * ? *", "needs `?` in one of"},
		{"60 8 * * ? *", "has no minutes '60'"},
		{"0 24 * * ? *", "has no hours '24'"},
		{"0 8 0 * ? *", "has no day-of-month '0'"},
		{"0 8 32 * ? *", "has no day-of-month '32'"},
		{"0 8 * 13 ? *", "has no month '13'"},
		{"0 8 ? * 8 *", "has no day-of-week '8'"},
		{"0 8 ? * 0 *", "has no day-of-week '0'"},
		{"0 8 ? * MON#6 *", "has no day-of-week 'MON#6'"},
		{"0 8 ? * MON#0 *", "has no day-of-week 'MON#0'"},
		{"0 8 * * ? 1969", "has no year '1969'"},
		{"0 8 * * ? 2200", "has no year '2200'"},
		{"5-1 8 * * ? *", "has no minutes '5-1'"},
		{"*/0 8 * * ? *", "has no minutes '*/0'"},
		{"1,,2 8 * * ? *", "has no minutes '1,,2'"},
		{"1, 8 * * ? *", "has no minutes '1,'"},
		{"-1 8 * * ? *", "has no minutes '-1'"},
		{"0 8 L-31 * ? *", "has no day-of-month 'L-31'"},
		{"0 8 W * ? *", "has no day-of-month 'W'"},
		{"0 8 5WW * ? *", "has no day-of-month '5WW'"},
		{"99999999999999999999 8 * * ? *", "has no minutes"},
	};
	struct cron c;
	char why[200];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *fault = cron_parse(rows[i].fields, &c, why, sizeof why);
		ck_assert_msg(fault && strstr(fault, rows[i].says), "'%s': %s", rows[i].fields, fault ? fault : "accepted");
	}
}
END_TEST

/* --- time zones ---------------------------------------------------------------------------------------------------------------------------- */

/* A TZif file of version 2 without changes and with a rule. */
static size_t tzif(char *out, const char *rule)
{
	static const char head[44] = {'T', 'Z', 'i', 'f', '2', [39] = 1, [43] = 4};
	static const char type[10] = {0, 0, 0, 0, 0, 0, 'U', 'T', 'C', 0};
	size_t length = 0;
	for (int i = 0; i < 2; i++) {
		memcpy(out + length, head, sizeof head);
		memcpy(out + length + sizeof head, type, sizeof type);
		length += sizeof head + sizeof type;
	}
	return length + (size_t)sprintf(out + length, "\n%s\n", rule);
}

static void rule_offset(const char *rule, struct civil utc, int expected)
{
	struct arena a = {0};
	struct time_zone z;
	char file[300];
	const char *why = timezone_parse(file, tzif(file, rule), &a, &z);
	ck_assert_msg(why == NULL, "%s %s", rule, why);
	ck_assert_msg(timezone_offset(&z, civil_seconds(&utc)) == expected, "%s: %d", rule,
	              timezone_offset(&z, civil_seconds(&utc)));
	arena_fini(&a);
}

START_TEST(rules_of_zones)
{
	static const char berlin[] = "CET-1CEST,M3.5.0,M10.5.0/3";
	rule_offset(berlin, (struct civil){2040, 3, 25, 0, 59, 59}, 3600);
	rule_offset(berlin, (struct civil){2040, 3, 25, 1, 0, 0}, 7200);
	rule_offset(berlin, (struct civil){2040, 10, 28, 0, 59, 59}, 7200);
	rule_offset(berlin, (struct civil){2040, 10, 28, 1, 0, 0}, 3600);
	rule_offset("AEST-10AEDT,M10.1.0,M4.1.0/3", (struct civil){2040, 1, 1, 0, 0, 0}, 39600);
	rule_offset("AEST-10AEDT,M10.1.0,M4.1.0/3", (struct civil){2040, 7, 1, 0, 0, 0}, 36000);
	rule_offset("<+0530>-5:30", (struct civil){2040, 7, 1, 0, 0, 0}, 19800);
	rule_offset("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", (struct civil){2040, 6, 1, 0, 0, 0}, -7200);
	rule_offset("EST5EDT,J60/2,J300/2", (struct civil){2040, 3, 1, 6, 59, 59}, -18000);
	rule_offset("EST5EDT,J60/2,J300/2", (struct civil){2040, 3, 1, 7, 0, 0}, -14400);
	rule_offset("EST5EDT,60/2,300/2", (struct civil){2040, 3, 1, 7, 0, 0}, -14400);
	rule_offset("EST5EDT,60/2,300/2", (struct civil){2041, 3, 1, 7, 0, 0}, -18000);
}
END_TEST

START_TEST(broken_zone_files)
{
	struct arena a = {0};
	struct time_zone z;
	char file[300];
	size_t length = tzif(file, "CET-1CEST,M3.5.0,M10.5.0/3");
	for (size_t n = 0; n < length - 28; n++)
		ck_assert_msg(timezone_parse(file, n, &a, &z) != NULL, "%zu of %zu bytes are enough", n, length);
	static const char *const rules[] = {"CET",
	                                    "C-1",
	                                    "CET-1CEST",
	                                    "CET-1CEST,M13.5.0,M10.5.0",
	                                    "CET-1CEST,M3.6.0,M10.5.0",
	                                    "CET-1CEST,M3.5.7,M10.5.0",
	                                    "CET-1CEST,M3.5.0",
	                                    "CET-1CEST,M3.5.0,M10.5.0x",
	                                    "<x-1"};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		ck_assert_msg(timezone_parse(file, tzif(file, rules[i]), &a, &z) != NULL, "%s", rules[i]);
	ck_assert_str_eq(timezone_find("../passwd", &a, &z), "is no name of a time zone");
	ck_assert_str_eq(timezone_find("/etc/passwd", &a, &z), "is no name of a time zone");
	ck_assert_ptr_null(timezone_find("UTC", &a, &z));
	ck_assert_int_eq(timezone_offset(&z, 0), 0);
	arena_fini(&a);
}
END_TEST

/* --- when a schedule fires ------------------------------------------------------------------------------------------------------------------- */

static struct fixture_read scheduled(const char *type, const char *properties, const char *duration)
{
	char *text = memory_format("Transform: AWS::Serverless-2016-10-31\n"
	                           "Resources:\n"
	                           "  F:\n"
	                           "    Type: AWS::Serverless::Function\n"
	                           "    Properties: {Runtime: python3.12, Events: {S: {Type: %s, Properties: {\n"
	                           "      %s}}}}\n"
	                           "Metadata: {Weir: {Duration: %s, Functions: {F: {Duration: 1ms}}, Workload: [{Source: F.S}]}}\n",
	                           type, properties, duration);
	struct fixture_read f = fixture_read_planned(text);
	memory_free(text);
	return f;
}

/* The moments in minutes: "5 10". */
static void fires(const char *type, const char *properties, const char *duration, const char *expected)
{
	struct fixture_read f = scheduled(type, properties, duration);
	char got[2000] = "";
	size_t length = 0;
	fixture_read_expect_clean(&f);
	ck_assert_uint_eq(f.scenario->source_count, 1);
	const struct source_spec *s = &f.scenario->sources[0];
	ck_assert_int_eq(s->arrivals.kind, ARRIVAL_TIMES);
	ck_assert_int_eq(s->target.kind, TARGET_FUNCTION);
	for (size_t i = 0; i < s->arrivals.time_count && length < sizeof got - 40; i++)
		length += (size_t)snprintf(got + length, sizeof got - length, "%s%g", i ? " " : "",
		                           simtime_s(s->arrivals.times[i]) / 60);
	ck_assert_msg(strcmp(got, expected) == 0, "%s fires at %s, not %s", properties, got, expected);
	fixture_read_end(&f);
}

START_TEST(rates_fire)
{
	fires("Schedule", "Schedule: rate(5 minutes)", "16m", "5 10 15");
	fires("Schedule", "Schedule: rate(5 minutes)", "15m", "5 10 15");
	fires("Schedule", "Schedule: rate(1 hour)", "3h1s", "60 120 180");
	fires("Schedule", "Schedule: rate(1 day)", "1h", "");
	fires("Schedule", "Schedule: rate(5 minutes), Enabled: false", "1h", "");
	fires("Schedule", "Schedule: rate(5 minutes), State: DISABLED", "1h", "");
	fires("ScheduleV2", "ScheduleExpression: rate(10 minutes), StartDate: '2025-01-06T00:07:00Z'", "30m", "7 17 27");
	fires("ScheduleV2", "ScheduleExpression: rate(10 minutes), StartDate: '2025-01-05T23:55:00Z'", "20m", "5 15");
	fires("ScheduleV2", "ScheduleExpression: rate(10 minutes), EndDate: '2025-01-06T00:30:00Z'", "2h", "10 20");
}
END_TEST

START_TEST(crons_fire)
{
	fires("Schedule", "Schedule: 'cron(0/15 * * * ? *)'", "1h", "0 15 30 45");
	fires("Schedule", "Schedule: 'cron(30 8,20 ? * MON-TUE *)'", "7d", "510 1230 1950 2670");
	fires("Schedule", "Schedule: 'cron(0 0 1 * ? *)'", "60d", "37440 77760");
	fires("Schedule", "Schedule: 'cron(0 0 1 1 ? 2024)'", "60d", "");
	fires("ScheduleV2", "ScheduleExpression: 'cron(0 8 * * ? *)', ScheduleExpressionTimezone: UTC", "2d", "480 1920");
	fires("ScheduleV2", "ScheduleExpression: 'at(2025-01-06T01:00:00)'", "2h", "60");
	fires("ScheduleV2", "ScheduleExpression: 'at(2025-01-07T01:00:00)'", "2h", "");
}
END_TEST

/* Clocks in Berlin are put forward on 2025-03-30 at 2:00 and back on 2025-10-26 at 3:00. */
START_TEST(zones_with_daylight_saving)
{
	static const char zone[] = "ScheduleExpression: 'cron(%s)', ScheduleExpressionTimezone: Europe/Berlin, "
				   "StartDate: '%s', EndDate: '%s'";
	struct arena a = {0};
	struct time_zone z;
	if (timezone_find("Europe/Berlin", &a, &z) != NULL) {
		arena_fini(&a);
		return;
	}
	arena_fini(&a);
	const struct {
		const char *cron, *from, *to, *minutes;
	} rows[] = {
		{"0 8 * * ? *", "2025-03-29T00:00:00Z", "2025-03-31T00:00:00Z", "118500 119880"}, /* 7:00Z, then 6:00Z */
		{"30 2 * * ? *", "2025-03-29T12:00:00Z", "2025-03-31T12:00:00Z", "120990"},       /* there is no 2:30 on the 30th */
		{"30 2 * * ? *", "2025-10-25T12:00:00Z", "2025-10-27T12:00:00Z", "421950 423450"}, /* once on the 26th */
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *properties = memory_format(zone, rows[i].cron, rows[i].from, rows[i].to);
		fires("ScheduleV2", properties, "365d", rows[i].minutes);
		memory_free(properties);
	}
}
END_TEST

START_TEST(windows)
{
	struct fixture_read f = scheduled("Schedule", "Schedule: rate(5 minutes), Input: '{\"a\": 1}'", "1h");
	ck_assert_int_eq(f.scenario->sources[0].spread, SIMTIME_MINUTE);
	ck_assert_str_eq(f.scenario->sources[0].payloads[0].text, "{\"a\": 1}");
	fixture_read_end(&f);
	f = scheduled("ScheduleV2",
	              "ScheduleExpression: rate(1 hours), FlexibleTimeWindow: {Mode: FLEXIBLE, MaximumWindowInMinutes: 15}", "1h");
	fixture_read_expect(&f, ":6:27 error limit/schedule 'rate(1 hours)' needs the singular with 1");
	fixture_read_end(&f);
	f = scheduled("ScheduleV2",
	              "ScheduleExpression: rate(1 hour), FlexibleTimeWindow: {Mode: FLEXIBLE, MaximumWindowInMinutes: 15}", "1h");
	fixture_read_expect_clean(&f);
	ck_assert_int_eq(f.scenario->sources[0].spread, 15 * SIMTIME_MINUTE);
	fixture_read_end(&f);
}
END_TEST

START_TEST(schedule_refusals)
{
	static const struct {
		const char *type, *properties, *says;
	} rows[] = {
		{"Schedule", "Schedule: every(5 minutes)",
	         "error limit/schedule 'every(5 minutes)' is neither rate(...) nor cron(...)"},
		{"Schedule", "Schedule: 'at(2025-01-06T01:00:00)'", "is neither rate(...) nor cron(...)"},
		{"Schedule", "Schedule: rate(5 minute)", "needs the plural: rate(5 minutes)"},
		{"Schedule", "Schedule: rate(0 minutes)", "needs a whole number of at least 1"},
		{"Schedule", "Schedule: rate(five minutes)", "needs a whole number of at least 1"},
		{"Schedule", "Schedule: rate(5 weeks)", "needs a unit: minutes, hours or days"},
		{"Schedule", "Schedule: rate()", "needs a whole number"},
		{"Schedule", "Schedule: 'cron(0 8 * * * *)'",
	         "'cron(0 8 * * * *)' needs `?` in one of day-of-month and day-of-week"},
		{"Schedule", "Description: x", "event F.S needs Properties with Schedule"},
		{"Schedule", "Schedule: rate(5 minutes), Shedule: x",
	         "error template/property 'Shedule' is no property of this event"},
		{"ScheduleV2", "ScheduleExpression: rate(5 minutes), ScheduleExpressionTimezone: Mars/Olympus",
	         "'Mars/Olympus' is not in this machine's tz database"},
		{"ScheduleV2", "ScheduleExpression: rate(5 minutes), FlexibleTimeWindow: {Mode: FLEXIBLE}",
	         "a FLEXIBLE window needs MaximumWindowInMinutes"},
		{"ScheduleV2",
	         "ScheduleExpression: rate(5 minutes), FlexibleTimeWindow: {Mode: FLEXIBLE, MaximumWindowInMinutes: 1441}",
	         "MaximumWindowInMinutes must be 1 to 1440 minutes, not 1441"},
		{"ScheduleV2", "ScheduleExpression: rate(5 minutes), FlexibleTimeWindow: {Mode: 'OFF', MaximumWindowInMinutes: 5}",
	         "MaximumWindowInMinutes belongs to Mode: FLEXIBLE"},
		{"ScheduleV2", "ScheduleExpression: rate(5 minutes), StartDate: '2025-02-30T00:00:00Z'",
	         "StartDate must be a time such as"},
		{"ScheduleV2",
	         "ScheduleExpression: rate(5 minutes), StartDate: '2025-01-07T00:00:00Z', EndDate: '2025-01-07T00:00:00Z'",
	         "EndDate is not after StartDate"},
		{"ScheduleV2", "ScheduleExpression: 'at(tomorrow)'", "at() must be a time such as"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fixture_read f = scheduled(rows[i].type, rows[i].properties, "1h");
		ck_assert_msg(f.found.errors > 0, "%s", rows[i].properties);
		fixture_read_expect(&f, rows[i].says);
		fixture_read_end(&f);
	}
	struct fixture_read f = scheduled("Schedule", "Schedule: rate(1 day)", "1h");
	fixture_read_expect(&f, ":6:17 warning model/unused rate(1 day) does not fire in the 3600 s of the run");
	fixture_read_end(&f);
	f = scheduled("Schedule", "Schedule: rate(1 minute)", "36500d");
	fixture_read_expect(&f, "error read/limit rate(1 minute) fires more than 10000000 times");
	fixture_read_end(&f);
}
END_TEST

START_TEST(schedule_resources)
{
	struct fixture_read f = fixture_read_planned(
		"Resources:\n"
		"  F: {Type: AWS::Lambda::Function}\n"
		"  Q: {Type: AWS::SQS::Queue}\n"
		"  One: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(30 minutes), Targets: [{Id: a, Arn: !GetAtt F.Arn}]}}\n"
		"  Two: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(30 minutes), Targets: [{Id: a, Arn: !GetAtt F.Arn},\n"
		"    {Id: b, Arn: !GetAtt Q.Arn, Input: '\"x\"'}]}}\n"
		"  Three: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(30 minutes), FlexibleTimeWindow: {Mode: 'OFF'},\n"
		"    Target: {Arn: !GetAtt Q.Arn, RoleArn: x, Input: '{}'}}}\n"
		"Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: One}, {Source: Two}, {Source: Three}]}}\n");
	fixture_read_expect_clean(&f);
	const struct source_spec *s = f.scenario->sources;
	ck_assert_uint_eq(f.scenario->source_count, 3);
	ck_assert_int_eq(s[0].kind, SOURCE_SCHEDULE);
	ck_assert_int_eq(s[0].target.kind, TARGET_FUNCTION);
	ck_assert_uint_eq(s[0].function, 0);
	ck_assert_int_eq(s[1].target.kind, TARGET_BUS);
	ck_assert(s[1].function == SOURCE_NO_FUNCTION);
	const struct bus_spec *bus = &f.scenario->buses[s[1].target.index];
	ck_assert_str_eq(bus->name, "Two");
	ck_assert_uint_eq(bus->rule_count, 1);
	ck_assert_ptr_null(bus->rules[0].pattern.text);
	ck_assert_uint_eq(bus->rules[0].target_count, 2);
	ck_assert_str_eq(bus->rules[0].targets[1].input, "\"x\"");
	ck_assert_int_eq(s[2].kind, SOURCE_SCHEDULER);
	ck_assert_int_eq(s[2].target.kind, TARGET_QUEUE);
	ck_assert_str_eq(s[2].payloads[0].text, "{}");
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_eq(s[i].arrivals.time_count, 2);
	fixture_read_end(&f);
}
END_TEST

/* --- without an entry in the workload --------------------------------------------------------------------------------------------------- */

static const char unnamed[] =
	"Transform: AWS::Serverless-2016-10-31\n"
	"Parameters: {Often: {Type: String}}\n"
	"Resources:\n"
	"  F:\n"
	"    Type: AWS::Serverless::Function\n"
	"    Properties:\n"
	"      Runtime: python3.12\n"
	"      Events:\n"
	"        Rule: {Type: Schedule, Properties: {Schedule: rate(20 minutes), Input: '{\"a\": 1}'}}\n"
	"        Plan: {Type: ScheduleV2, Properties: {ScheduleExpression: 'at(2025-01-06T01:30:00)', FlexibleTimeWindow:\n"
	"          {Mode: FLEXIBLE, MaximumWindowInMinutes: 9}, ScheduleExpressionTimezone: Europe/Berlin}}\n"
	"        Off: {Type: Schedule, Properties: {Schedule: rate(1 minute), State: DISABLED}}\n"
	"        Later: {Type: Schedule, Properties: {Schedule: 'cron(0 8 * * ? *)'}}\n"
	"  Q: {Type: AWS::SQS::Queue}\n"
	"  Queued: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(30 minutes), FlexibleTimeWindow: {Mode: 'OFF'},\n"
	"    Target: {Arn: !GetAtt Q.Arn, RoleArn: x}}}\n"
	"  Away: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(30 minutes), FlexibleTimeWindow: {Mode: 'OFF'},\n"
	"    Target: {Arn: 'arn:aws:ecs:us-east-1:1:cluster/x', RoleArn: x}}}\n"
	"  Unknown: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 minute), Targets: [{Id: a, Arn: !GetAtt F.Arn,\n"
	"    Input: !Ref Often}]}}\n"
	"  G: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, MemorySize: !Ref Often, Events:\n"
	"    {Tick: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}}}}\n";

/* "F.Rule 3, Queued 1": the sources and how often each fires in an hour. */
static void fire(const char *workload, const char *expected, const char *says)
{
	char *text = memory_format("%sMetadata: {Weir: {Duration: 61m, Functions: {F: {Duration: 1ms}}%s}}\n", unnamed, workload);
	struct fixture_read f = fixture_read_text(text, NULL);
	char got[500] = "";
	size_t length = 0;
	fixture_read_expect_clean(&f);
	for (size_t i = 0; i < f.scenario->source_count; i++)
		length += (size_t)snprintf(got + length, sizeof got - length, "%s%s %zu", i ? ", " : "",
		                           f.scenario->sources[i].name, f.scenario->sources[i].arrivals.time_count);
	ck_assert_str_eq(got, expected);
	if (says)
		fixture_read_expect(&f, says);
	fixture_read_end(&f);
	memory_free(text);
}

START_TEST(schedules_need_no_entry)
{
	struct arena a = {0};
	struct time_zone z;
	bool zones = timezone_find("Europe/Berlin", &a, &z) == NULL;
	arena_fini(&a);
	if (!zones)
		return;
	fire("", "F.Rule 3, F.Plan 1, Queued 2", "warning read/intrinsic Unknown does not fire here: ");
	fire("", "F.Rule 3, F.Plan 1, Queued 2",
	     "warning read/intrinsic G.Tick does not fire here: parameter 'Often' has no Default");
	fire(", Workload: [{Source: F, Arrivals: 1/s}]", "F 0, F.Rule 3, F.Plan 1, Queued 2", NULL);
	fixture_read_file("in.json", "{\"b\": 2}");
	fire(", Workload: [{Source: Queued, Payload: in.json}]", "Queued 2, F.Rule 3, F.Plan 1", NULL);
	fire(", Workload: [{Source: F.Rule, Arrivals: 1/s}]", "F.Rule 0, F.Plan 1, Queued 2", NULL);
	fire(", Workload: [{Source: F.Off}]", "F.Off 0, F.Rule 3, F.Plan 1, Queued 2", "rate(1 minute) does not fire");
}
END_TEST

START_TEST(schedules_fire_as_written)
{
	const char *sets[] = {"F.Plan.ScheduleExpressionTimezone=UTC",
	                      "F.Off.State=ENABLED",
	                      "F.Rule.Enabled=false",
	                      "Queued.State=DISABLED",
	                      "Unknown.State=DISABLED",
	                      "G.Tick.State=DISABLED"};
	struct read_options options = {.sets = sets, .set_count = 6};
	char *text =
		memory_format("%sMetadata: {Weir: {Duration: 99m30s, Functions: {F: {Duration: 1ms}}, Latency: {F.Plan: 5ms},\n"
	                      "  Objectives: [F.Plan Requests > 0]}}\n",
	                      unnamed);
	struct fixture_read f = fixture_read_text(text, &options);
	fixture_read_expect_clean(&f);
	ck_assert_uint_eq(f.scenario->source_count, 2);
	const struct source_spec *s = f.scenario->sources;
	ck_assert_str_eq(s[0].name, "F.Plan");
	ck_assert_int_eq(s[0].arrivals.times[0], 90 * SIMTIME_MINUTE);
	ck_assert_int_eq(s[0].spread, 9 * SIMTIME_MINUTE);
	ck_assert_int_eq(s[0].at.line, 10);
	ck_assert(s[0].has_latency);
	ck_assert_int_eq(s[0].client.max_attempts, 1);
	ck_assert_uint_eq(s[0].payload_count, 1);
	ck_assert_str_eq(s[1].name, "F.Off");
	ck_assert_uint_eq(s[1].arrivals.time_count, 99);
	fixture_read_end(&f);
	memory_free(text);
	f = fixture_read_check(
		"Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Handler: app.handler, Runtime: python3.12,\n"
		"    Code: hello}}\n  Daily: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 day),\n"
		"    Targets: [{Id: a, Arn: !GetAtt F.Arn}]}}\n");
	fixture_read_expect(&f, "checked.yaml:4:69 note model/unused rate(1 day) does not fire in the 3600 s of the run");
	fixture_read_end(&f);
}
END_TEST

Suite *schedules_suite(void)
{
	Suite *s = suite_create("schedules");
	TCase *tcase = tcase_create("schedules");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, civil_times);
	tcase_add_test(tcase, cron_days);
	tcase_add_test(tcase, cron_refusals);
	tcase_add_test(tcase, rules_of_zones);
	tcase_add_test(tcase, broken_zone_files);
	tcase_add_test(tcase, rates_fire);
	tcase_add_test(tcase, crons_fire);
	tcase_add_test(tcase, zones_with_daylight_saving);
	tcase_add_test(tcase, windows);
	tcase_add_test(tcase, schedule_refusals);
	tcase_add_test(tcase, schedule_resources);
	tcase_add_test(tcase, schedules_need_no_entry);
	tcase_add_test(tcase, schedules_fire_as_written);
	suite_add_tcase(s, tcase);
	return s;
}
