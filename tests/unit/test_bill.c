/* The bill against public worked examples, and its arithmetic: tiers, shares, free tier.
 *
 * Every example states its source, its inputs and what the source says it costs. A source rounds each line to the cent and adds the rounded
 * lines, so the lines are compared, rounded. Two sources slip; a comment says how, and the row holds what their own prices give. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "models/money/bill.h"

struct example {
	const char *source;
	double requests, ms;
	int memory_mb, ephemeral_mb;
	enum architecture architecture;
	bool free_tier;
	double requests_usd, duration_usd, ephemeral_usd; /* after the free tier, as stated; negative: not stated */
};

#define LAMBDA_PAGE "AWS Lambda pricing page (2026), "
static const struct example examples[] = {
	{LAMBDA_PAGE "mobile application backend", 3e6, 120, 1536, 512, ARCHITECTURE_X86_64, true, 0.40, 2.33, 0},
	{LAMBDA_PAGE "enriching streaming telemetry", 7.44e6, 2000, 1024, 512, ARCHITECTURE_X86_64, false, 1.49, 248.00, 0},
	{LAMBDA_PAGE "ephemeral storage of 2,048 MB", 6e6, 280, 4096, 2048, ARCHITECTURE_X86_64, true, 1.00, 105.33, 0.08},
	{LAMBDA_PAGE "SnapStart example, requests and duration", 7.44e6, 2000, 1024, 512, ARCHITECTURE_X86_64, false, 1.49, 248.00,
         0},
	{LAMBDA_PAGE "response streaming, requests and duration", 3e6, 500, 1536, 512, ARCHITECTURE_X86_64, true, 0.40, 30.83, 0},
	{LAMBDA_PAGE "SQS provisioned pollers, requests and duration", 30e6, 1000, 1024, 512, ARCHITECTURE_X86_64, false, 6.00,
         500.00, 0},
	/* The page bills 60 million requests where it states 30 million (12 USD), and prints 993.3 for the duration. */
	{LAMBDA_PAGE "Kafka provisioned pollers, duration", 30e6, 2000, 1024, 512, ARCHITECTURE_X86_64, true, -1, 993.34, 0},
	{LAMBDA_PAGE "10 mappings of 30 million", 300e6, 200, 1024, 512, ARCHITECTURE_X86_64, false, 60.00, 1000.00, 0},
	/* The page multiplies with a price rounded to 0.000016667: 333.34. */
	{LAMBDA_PAGE "tenant isolation, requests and duration", 10e6, 2000, 1024, 512, ARCHITECTURE_X86_64, false, 2.00, 333.33, 0},
	{LAMBDA_PAGE "durable functions, the second on-demand request a workflow, duration", 1e6, 32000, 1024, 512,
         ARCHITECTURE_ARM64, true, -1, 421.34, 0},
	{"AWS Lambda pricing page of 2017-2020, third example (its price is today's)", 30e6, 200, 128, 512, ARCHITECTURE_X86_64,
         true, 5.80, 5.83, 0},
};

struct made {
	struct arena arena;
	struct price_list prices;
	struct bill bill;
};

static void make_with(struct made *m, const char *region, const struct bill_use *use)
{
	struct error e = {0};
	ck_assert_msg(bill_make(&m->prices, region, use, &m->arena, &m->bill, &e) == 0, "%s", e.text);
	ck_assert_uint_eq(m->bill.count, bill_line_count(use));
	double sum = 0, gross = 0;
	for (size_t i = 0; i < m->bill.count; i++) {
		sum += m->bill.lines[i].usd;
		gross += fabs(m->bill.lines[i].usd);
	}
	ck_assert_double_le(fabs(sum - m->bill.usd), 1e-15 * gross);
}

static void make(struct made *m, const char *region, const struct bill_use *use)
{
	price_list_builtin(&m->prices, &m->arena);
	make_with(m, region, use);
}

/* All lines of an item, whoever they belong to. */
static double item_usd(const struct bill *bill, const char *item)
{
	double usd = 0;
	for (size_t i = 0; i < bill->count; i++)
		if (strncmp(bill->lines[i].item, item, strlen(item)) == 0)
			usd += bill->lines[i].usd;
	return usd;
}

static double cents(double usd)
{
	return round(usd * 100) / 100;
}

static struct bill_function function_of(const struct example *x)
{
	struct function_spec spec = {.name = "F",
	                             .architecture = x->architecture,
	                             .memory_mb = x->memory_mb,
	                             .ephemeral_mb = x->ephemeral_mb};
	struct meter one = {0};
	meter_add(&one, x->memory_mb, x->ephemeral_mb, (uint64_t)x->ms);
	return bill_use_of(&spec, &one, x->requests);
}

START_TEST(worked_examples)
{
	const struct example *x = &examples[_i];
	struct bill_function f = function_of(x);
	struct bill_use use = {.functions = &f, .function_count = 1, .graduated = true, .free_tier = x->free_tier};
	struct made m = {0};
	make(&m, "us-east-1", &use);
	double requests = item_usd(&m.bill, "Requests") + item_usd(&m.bill, "Free tier (requests)");
	double duration = item_usd(&m.bill, "Duration") + item_usd(&m.bill, "Free tier (duration)");
	if (x->requests_usd >= 0)
		ck_assert_msg(fabs(cents(requests) - x->requests_usd) < 1e-9, "%s: requests %.6f", x->source, requests);
	ck_assert_msg(fabs(cents(duration) - x->duration_usd) < 1e-9, "%s: duration %.6f", x->source, duration);
	double ephemeral = item_usd(&m.bill, "Ephemeral storage");
	ck_assert_msg(fabs(cents(ephemeral) - x->ephemeral_usd) < 1e-9, "%s: ephemeral storage %.6f", x->source, ephemeral);
	arena_fini(&m.arena);
}
END_TEST

/* The first free tier of the telemetry example, not on the page: 14,480,000 GB-s and 6,440,000 requests are paid. */
START_TEST(telemetry_with_free_tier)
{
	struct example x = examples[1];
	struct bill_function f = function_of(&x);
	struct bill_use use = {.functions = &f, .function_count = 1, .graduated = true, .free_tier = true};
	struct made m = {0};
	make(&m, "us-east-1", &use);
	ck_assert_double_eq_tol(m.bill.usd, 14480000 * 0.0000166667 + 6440000 * 0.0000002, 1e-9);
	ck_assert_double_eq(cents(m.bill.usd), 242.62);
	arena_fini(&m.arena);
}
END_TEST

/* AWS Lambda pricing page of 2017-2020, second example, with its own price of 0.00001667: it states 18.34, unrounded 18.3370. */
START_TEST(old_price_list)
{
	static const char text[] = "region,service,item,from,to,usd,unit,base,source\n"
				   "old,AWS Lambda,Requests,0,,0.0000002,request,none,pricing page of 2017\n"
				   "old,AWS Lambda,Duration (x86_64),0,,0.00001667,GB-second,binary,pricing page of 2017\n"
				   "old,AWS Lambda,Duration (arm64),0,,0.00001667,GB-second,binary,not offered then\n"
				   "old,AWS Lambda,Ephemeral storage,0,,0,GB-second,binary,not offered then\n";
	struct example x = {.requests = 3e6, .ms = 1000, .memory_mb = 512, .ephemeral_mb = 512};
	struct bill_function f = function_of(&x);
	struct bill_use use = {.functions = &f, .function_count = 1, .graduated = true, .free_tier = true};
	struct made m = {0};
	struct error e = {0};
	ck_assert_msg(price_list_read(&m.prices, "old.csv", text, strlen(text), &m.arena, &e) == 0, "%s", e.text);
	make_with(&m, "old", &use);
	ck_assert_double_eq_tol(m.bill.usd, 1100000 * 0.00001667 + 2000000 * 0.0000002, 1e-9);
	ck_assert_double_eq(cents(m.bill.usd), 18.74);
	arena_fini(&m.arena);
}
END_TEST

START_TEST(gateway_examples)
{
	static const struct {
		const char *source;
		enum source_kind kind;
		double requests, usd;
	} cases[] = {
		{"Amazon API Gateway pricing page (2026-08-10), REST API, 5 million calls", SOURCE_API, 5e6, 17.50},
		{"Amazon API Gateway pricing page (2026-08-10), REST API, 15 billion calls", SOURCE_API, 15e9,
	         1165.50 + 1867.60 + 33320.00},
		{"API Evangelist (2026-09-20), HTTP API, 432 million calls", SOURCE_HTTP_API, 432e6, 118.80 + 300.00},
		/* the edges of the tiers; what they cost follows from the price list alone */
		{"first REST tier", SOURCE_API, 333e6, 1165.50},
		{"beyond the last REST tier", SOURCE_API, 21e9, 1165.50 + 1867.60 + 45220.00 + 1510.00},
		{"no calls", SOURCE_HTTP_API, 0, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bill_gateway g = {.name = "F.Get", .kind = cases[i].kind, .requests = cases[i].requests};
		struct bill_use use = {.gateways = &g, .gateway_count = 1, .graduated = true};
		struct made m = {0};
		make(&m, "us-east-1", &use);
		ck_assert_uint_eq(m.bill.count, 1);
		ck_assert_str_eq(m.bill.lines[0].resource, "F.Get");
		ck_assert_msg(fabs(m.bill.usd - cases[i].usd) < 1e-6, "%s: %.6f", cases[i].source, m.bill.usd);
		ck_assert_ptr_null(m.bill.note);
		arena_fini(&m.arena);
	}
}
END_TEST

/* AWS Lambda pricing page: 6 billion at 16.6667, 9 billion at 15 and the rest at 13.3334 USD a million; arm: 7.5, 11.25 billion. */
START_TEST(duration_tiers)
{
	static const struct {
		enum architecture architecture;
		double gb_seconds, usd;
	} cases[] = {
		{ARCHITECTURE_X86_64, 6e9, 100000.2},      {ARCHITECTURE_X86_64, 15e9, 235000.2},
		{ARCHITECTURE_X86_64, 16e9, 248333.6},     {ARCHITECTURE_ARM64, 7.5e9, 100000.5},
		{ARCHITECTURE_ARM64, 18.75e9, 235001.625}, {ARCHITECTURE_ARM64, 20e9, 248335.0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bill_function f = {.name = "F", .architecture = cases[i].architecture, .gb_seconds = cases[i].gb_seconds};
		struct bill_use use = {.functions = &f, .function_count = 1, .graduated = true};
		struct made m = {0};
		make(&m, "us-east-1", &use);
		ck_assert_double_eq_tol(m.bill.usd, cases[i].usd, 1e-6);
		use.graduated = false; /* list price: the first tier's */
		make(&m, "us-east-1", &use);
		ck_assert_double_eq_tol(m.bill.usd, cases[i].gb_seconds * (cases[i].architecture ? 0.0000133334 : 0.0000166667),
		                        1e-6);
		arena_fini(&m.arena);
	}
}
END_TEST

/* Tiers and free tier are the account's: two halves cost as much as the whole, and each half the same. */
START_TEST(shares_add_up)
{
	struct bill_function halves[] = {{.name = "A", .requests = 5e6, .gb_seconds = 4e9},
	                                 {.name = "B", .requests = 5e6, .gb_seconds = 4e9}};
	struct bill_function whole = {.name = "A", .requests = 10e6, .gb_seconds = 8e9};
	struct bill_use two = {.functions = halves, .function_count = 2, .graduated = true, .free_tier = true};
	struct bill_use one = {.functions = &whole, .function_count = 1, .graduated = true, .free_tier = true};
	struct made m = {0};
	make(&m, "us-east-1", &one);
	double usd = m.bill.usd;
	make(&m, "us-east-1", &two);
	ck_assert_double_eq_tol(m.bill.usd, usd, 1e-6);
	ck_assert_double_eq(m.bill.lines[1].usd, m.bill.lines[3].usd);
	ck_assert_double_eq_tol(m.bill.lines[1].usd, (100000.2 + 2e9 * 0.000015) / 2, 1e-6);
	ck_assert_str_eq(m.bill.lines[3].resource, "B");
	ck_assert_str_eq(m.bill.lines[4].resource, "");
	ck_assert_double_eq(m.bill.lines[4].quantity, -1000000);
	ck_assert_double_eq(m.bill.lines[4].usd, -1000000 * 0.0000002); /* no rounding of large sums shows in it */
	ck_assert_double_eq(m.bill.lines[5].quantity, -400000);
	ck_assert_double_eq(m.bill.lines[5].usd, -400000 * 0.000015);
	arena_fini(&m.arena);
}
END_TEST

START_TEST(free_tier_is_shared_by_architectures)
{
	struct bill_function f[] = {{.name = "X", .architecture = ARCHITECTURE_X86_64, .gb_seconds = 300000},
	                            {.name = "M", .architecture = ARCHITECTURE_ARM64, .gb_seconds = 500000}};
	struct bill_use use = {.functions = f, .function_count = 2, .graduated = true, .free_tier = true};
	struct made m = {0};
	make(&m, "us-east-1", &use);
	ck_assert_double_eq_tol(m.bill.usd, 150000 * 0.0000166667 + 250000 * 0.0000133334, 1e-9);
	f[0].gb_seconds = 100000; /* both together are free: nothing is paid */
	f[1].gb_seconds = 250000;
	f[1].requests = 999999;
	make(&m, "us-east-1", &use);
	ck_assert_double_eq(m.bill.usd, 0);
	ck_assert_double_eq(m.bill.lines[5].quantity, -350000);
	arena_fini(&m.arena);
}
END_TEST

/* Quantities that no double holds exactly, in shares that do not divide: nothing is left of what is free. */
START_TEST(free_is_nothing_at_all)
{
	for (int k = 1; k <= 200; k++) {
		struct bill_function f[] = {
			{.name = "A", .requests = 1234.567 * k, .gb_seconds = 71.3 * k + 0.1},
			{.name = "B", .requests = 97.531 * k, .gb_seconds = 0.7 * k},
			{.name = "M", .architecture = ARCHITECTURE_ARM64, .requests = 3.3 * k, .gb_seconds = 1000.0 / 3 * k},
		};
		struct bill_use use = {.functions = f, .function_count = 3, .graduated = true, .free_tier = true};
		struct made m = {0};
		make(&m, "us-east-1", &use);
		ck_assert_msg(m.bill.usd == 0 && !signbit(m.bill.usd), "%d: %.17g", k, m.bill.usd);
		use.free_tier = false;
		make(&m, "us-east-1", &use);
		ck_assert_double_gt(m.bill.usd, 0);
		arena_fini(&m.arena);
	}
}
END_TEST

START_TEST(nothing_used)
{
	struct bill_function f = {.name = "F"};
	struct bill_use use = {.functions = &f, .function_count = 1, .graduated = true, .free_tier = true};
	struct made m = {0};
	make(&m, "us-east-1", &use);
	for (size_t i = 0; i < m.bill.count; i++) {
		ck_assert_double_eq(m.bill.lines[i].usd, 0);
		ck_assert(!signbit(m.bill.lines[i].usd) && !signbit(m.bill.lines[i].quantity));
	}
	arena_fini(&m.arena);
}
END_TEST

/* Prices of the services' own pages, us-east-1. */
START_TEST(services)
{
	static const struct {
		enum service_item item;
		double quantity, usd;
	} cases[] = {
		{SERVICE_SQS, 101e9, 40000 + 300},
		{SERVICE_SQS, 201e9, 40000 + 30000 + 240},
		{SERVICE_SQS_FIFO, 10e6, 5},
		{SERVICE_SNS, 3e6, 1.5},
		{SERVICE_SNS_FIFO, 1e6, 0.3},
		{SERVICE_SNS_FIFO_DELIVERIES, 1e6, 0.01},
		{SERVICE_EVENTS, 1e6, 1},
		{SERVICE_SCHEDULER, 20e6, 20},
		{SERVICE_SHARD_HOURS, 2 * 730, 21.9},
		{SERVICE_PUT_UNITS, 1e9, 14},
		{SERVICE_RETENTION, 730, 14.6},
		{SERVICE_FAN_OUT_HOURS, 730, 10.95},
		{SERVICE_FAN_OUT_GB, 100, 1.3},
		{SERVICE_STREAM_HOURS, 730, 29.2},
		{SERVICE_GB_IN, 100, 8},
		{SERVICE_GB_OUT, 100, 4},
		{SERVICE_FAN_OUT_GB_ON_DEMAND, 100, 5},
		{SERVICE_PUTS, 1000, 0.005},
		{SERVICE_POLLERS, 2 * 730, 13.505},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct service_use s = {cases[i].item, "R", cases[i].quantity};
		struct bill_use use = {.services = &s, .service_count = 1, .graduated = true};
		struct made m = {0};
		make(&m, "us-east-1", &use);
		ck_assert_uint_eq(m.bill.count, 1);
		ck_assert_str_eq(m.bill.lines[0].resource, "R");
		ck_assert_msg(fabs(m.bill.usd - cases[i].usd) < 1e-6, "%zu: %.9f", i, m.bill.usd);
		bool recalled = cases[i].item == SERVICE_SNS_FIFO || cases[i].item == SERVICE_SNS_FIFO_DELIVERIES;
		ck_assert_int_eq(m.bill.note != NULL && strstr(m.bill.note, "FIFO): the price is not confirmed") != NULL, recalled);
		ck_assert(recalled || m.bill.note == NULL);
		make(&m, "eu-west-1", &use);
		ck_assert_ptr_nonnull(strstr(m.bill.note, "that of us-east-1 was taken"));
		arena_fini(&m.arena);
	}
}
END_TEST

/* A million SQS requests a month are free, standard and FIFO together; a million publishes; 14 million invocations of schedules. */
START_TEST(free_parts_of_services)
{
	struct service_use s[] = {{SERVICE_SQS, "A", 1.5e6}, {SERVICE_SQS_FIFO, "B", 0.5e6}, {SERVICE_SNS, "T", 1.25e6}};
	struct bill_use use = {.services = s, .service_count = 3, .graduated = true, .free_tier = true};
	struct made m = {0};
	make(&m, "us-east-1", &use);
	/* two lines of Lambda's free tier stand there in any case */
	ck_assert_uint_eq(m.bill.count, 3 + 2 + 2);
	ck_assert_double_eq_tol(m.bill.usd, 0.75e6 * 0.0000004 + 0.25e6 * 0.0000005 + 0.25e6 * 0.0000005, 1e-12);
	ck_assert_str_eq(m.bill.lines[5].item, "Free tier (SQS requests)");
	ck_assert_double_eq(m.bill.lines[5].quantity, -1e6);
	ck_assert_str_eq(m.bill.lines[6].item, "Free tier (SNS publishes)");
	s[0].quantity = 0.3e6;
	s[2] = (struct service_use){SERVICE_SCHEDULER, "S", 13e6};
	make(&m, "us-east-1", &use);
	ck_assert_double_eq(m.bill.usd, 0);
	ck_assert_str_eq(m.bill.lines[6].item, "Free tier (Scheduler invocations)");
	arena_fini(&m.arena);
}
END_TEST

START_TEST(regions)
{
	struct bill_function f = {.name = "F", .requests = 1e6, .gb_seconds = 1e6};
	struct bill_gateway g = {.name = "F.Get", .kind = SOURCE_API, .requests = 1e6};
	struct bill_use use = {.functions = &f, .function_count = 1, .gateways = &g, .gateway_count = 1, .graduated = true};
	struct made m = {0};
	make(&m, "af-south-1", &use); /* AWS Pricing Calculator: 0.27 a million, 0.0000221 */
	ck_assert_double_eq_tol(m.bill.usd, 0.27 + 22.1 + 3.5, 1e-9);
	ck_assert_ptr_nonnull(strstr(m.bill.note, "af-south-1"));
	make(&m, "eu-central-1", &use);
	ck_assert_double_eq_tol(m.bill.usd, 0.20 + 16.6667 + 3.7, 1e-9);
	ck_assert_ptr_null(m.bill.note);
	struct error e = {0};
	ck_assert_int_eq(bill_make(&m.prices, "us-esat-1", &use, &m.arena, &m.bill, &e), -1);
	ck_assert_int_eq(e.code, ERROR_INPUT);
	ck_assert_ptr_nonnull(strstr(e.text, "did you mean 'us-east-1'?"));
	ck_assert_ptr_nonnull(strstr(e.text, "ap-southeast-5"));
	for (size_t i = 0; i < m.prices.region_count; i++)
		make(&m, m.prices.regions[i], &use);
	ck_assert_uint_eq(m.prices.region_count, 23);
	arena_fini(&m.arena);
}
END_TEST

START_TEST(bad_lists)
{
#define HEAD "region,service,item,from,to,usd,unit,base,source\n"
#define ROW "r,s,i,0,,1,u,none,x\n"
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"", "p.csv:0: no prices"},
		{"region,service\n" ROW, "p.csv:1: the header line"},
		{HEAD, "p.csv:1: no prices"},
		{HEAD "r,s,i,0,,1,u\n", "p.csv:2: 7 fields where 9"},
		{HEAD "r,,i,0,,1,u,none,x\n", "p.csv:2: field 2 is empty"},
		{HEAD "r,s,i,0,,-1,u,none,x\n", "p.csv:2: '-1' is no plain number"},
		{HEAD "r,s,i,0,,1e3,u,none,x\n", "'1e3' is no plain number"},
		{HEAD "r,s,i,0,,1.2.3,u,none,x\n", "'1.2.3' is no plain number"},
		{HEAD "r,s,i,0,,.,u,none,x\n", "'.' is no plain number"},
		{HEAD "r,s,i,5,,1,u,none,x\n", "p.csv:2: the tier begins at 5"},
		{HEAD "r,s,i,0,5,1,u,none,x\nr,s,i,6,,1,u,none,x\n", "p.csv:3: the tier begins at 6"},
		{HEAD "r,s,i,0,0,1,u,none,x\n", "ends where it begins"},
		{HEAD "r,s,i,0,5,1,u,none,x\n", "p.csv:2: the last tier of a price has an end"},
		{HEAD "r,s,i,0,5,1,u,none,x\nr,s,j,0,,1,u,none,x\n", "p.csv:3: the last tier of the price above"},
		{HEAD ROW "r,s,j,0,,1,u,none,x\n" ROW, "p.csv:4: r, i has a price already"},
		{HEAD "r,s,i,0,5,1,u,none,x\nr,s,i,5,,1,v,none,x\n", "share their unit"},
		{HEAD "r,s,i,0,,1,u,hex,x\n", "none of none, binary, decimal"},
		{HEAD "r,s,i,0,,1,u,none,x", "does not end"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a = {0};
		struct price_list list;
		struct error e = {0};
		ck_assert_int_eq(price_list_read(&list, "p.csv", cases[i].text, strlen(cases[i].text), &a, &e), -1);
		ck_assert_msg(strstr(e.text, cases[i].message) != NULL, "%s", e.text);
		arena_fini(&a);
	}
}
END_TEST

/* AWS Compute Blog, "AWS Lambda standardizes billing for INIT Phase", and the examples of the Developer Guide, "Lambda execution
 * environment": REPORT lines with their Init and Duration. */
START_TEST(billed_milliseconds)
{
	ck_assert_uint_eq(meter_billed(100770000, 250060000), 351);
	ck_assert_uint_eq(meter_billed(84000000, 3016780000), 3101);
	ck_assert_uint_eq(meter_billed(80000000, 133610000), 214);
	ck_assert_uint_eq(meter_billed(0, 0), 0);
	ck_assert_uint_eq(meter_billed(0, 1), 1);
	ck_assert_uint_eq(meter_billed(0, 1000000), 1);
	ck_assert_uint_eq(meter_billed(0, 1000001), 2);
	struct meter a = {0}, b = {0};
	meter_add(&a, 128, 512, 351);
	meter_add(&b, 10240, 10240, 900000);
	meter_merge(&a, &b);
	ck_assert_uint_eq(a.requests, 2);
	ck_assert_uint_eq(a.billed_ms, 900351);
	ck_assert(a.mb_ms == 128 * 351 + (area128)10240 * 900000);
	ck_assert(a.ephemeral_mb_ms == (area128)9728 * 900000);
	ck_assert_double_eq(meter_gb_seconds(1024 * 1000), 1);
}
END_TEST

Suite *bill_suite(void)
{
	Suite *suite = suite_create("bill");
	TCase *golden = tcase_create("worked examples");
	tcase_add_loop_test(golden, worked_examples, 0, sizeof examples / sizeof *examples);
	tcase_add_test(golden, telemetry_with_free_tier);
	tcase_add_test(golden, old_price_list);
	tcase_add_test(golden, gateway_examples);
	suite_add_tcase(suite, golden);
	TCase *rules = tcase_create("rules");
	tcase_add_test(rules, duration_tiers);
	tcase_add_test(rules, shares_add_up);
	tcase_add_test(rules, free_tier_is_shared_by_architectures);
	tcase_add_test(rules, free_is_nothing_at_all);
	tcase_add_test(rules, nothing_used);
	tcase_add_test(rules, services);
	tcase_add_test(rules, free_parts_of_services);
	tcase_add_test(rules, regions);
	tcase_add_test(rules, bad_lists);
	tcase_add_test(rules, billed_milliseconds);
	suite_add_tcase(suite, rules);
	return suite;
}
