/* Default Init by runtime: the rows of the public benchmark, and which row an unmeasured runtime takes. */
#include <check.h>
#include <string.h>

#include "models/cost/init_default.h"

static void expect(const char *runtime, enum architecture architecture, double p50_ms, double p99_ms, const char *row)
{
	struct distribution d;
	const char *source = NULL;
	init_default(runtime, architecture, &d, &source);
	ck_assert_int_eq(d.kind, DISTRIBUTION_LOGNORMAL);
	ck_assert_double_eq_tol(distribution_quantile(&d, 0.5, 0.5), p50_ms * 1e6, 1);
	ck_assert_double_eq_tol(distribution_quantile(&d, 0.99, 0.01), p99_ms * 1e6, 1);
	ck_assert_msg(strstr(source, row) != NULL, "%s: %s", runtime ? runtime : "image", source);
	ck_assert_ptr_nonnull(strstr(source, "maxday/lambda-perf daily files 2026-06-23..2026-08-22"));
}

START_TEST(measured_rows)
{
	expect("nodejs22.x", ARCHITECTURE_X86_64, 142, 203, "nodejs22.x zip x86_64");
	expect("nodejs22.x", ARCHITECTURE_ARM64, 130, 167, "nodejs22.x zip arm64");
	expect("python3.12", ARCHITECTURE_X86_64, 85, 139, "python3.12 zip");
	expect("python3.13", ARCHITECTURE_ARM64, 80, 123, "python3.13 zip");
	expect("java21", ARCHITECTURE_X86_64, 241, 652, "java21 zip");
	expect("dotnet10", ARCHITECTURE_X86_64, 254, 703, "dotnet10 zip");
	expect("ruby3.4", ARCHITECTURE_ARM64, 243, 445, "ruby3.4 zip");
}
END_TEST

START_TEST(nearest_rows)
{
	expect("nodejs18.x", ARCHITECTURE_X86_64, 142, 200, "nodejs20.x");
	expect("nodejs26.x", ARCHITECTURE_X86_64, 136, 206, "nodejs24.x");
	expect("python3.9", ARCHITECTURE_X86_64, 77, 139, "python3.10");
	expect("python3.15", ARCHITECTURE_X86_64, 113, 275, "python3.14");
	expect("java8.al2", ARCHITECTURE_X86_64, 276, 608, "java11");
	expect("java17.al2023", ARCHITECTURE_X86_64, 205, 531, "java17");
	expect("dotnet9", ARCHITECTURE_X86_64, 254, 703, "dotnet10");
	expect("dotnetcore3.1", ARCHITECTURE_X86_64, 254, 657, "dotnet8");
	expect("ruby4.0", ARCHITECTURE_X86_64, 228, 495, "ruby3.4");
}
END_TEST

START_TEST(unnamed_languages)
{
	expect("provided.al2023", ARCHITECTURE_X86_64, 50, 67, "Go on provided.al2023");
	expect("provided", ARCHITECTURE_ARM64, 43, 54, "Go on provided.al2023");
	expect("go1.x", ARCHITECTURE_X86_64, 50, 67, "Go on provided.al2023");
	expect("cobol85", ARCHITECTURE_X86_64, 50, 67, "Go on provided.al2023");
	expect("nodejs99999999999999999999.x", ARCHITECTURE_X86_64, 136, 206, "nodejs24.x");
	expect("", ARCHITECTURE_X86_64, 50, 67, "Go on provided.al2023");
	expect(NULL, ARCHITECTURE_X86_64, 158, 402, "image");
}
END_TEST

Suite *init_default_suite(void)
{
	Suite *suite = suite_create("init_default");
	TCase *rows = tcase_create("rows");
	tcase_add_test(rows, measured_rows);
	tcase_add_test(rows, nearest_rows);
	tcase_add_test(rows, unnamed_languages);
	suite_add_tcase(suite, rows);
	return suite;
}
