/* expect: see expect.h. */
#include "tests/support/expect.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/interval.h"

enum { TEXT = 200 };
static const double STRICT = 0.999;

void expect_begin(struct expect *x, int argc, char **argv)
{
	*x = (struct expect){0};
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--full") != 0) {
			fprintf(stderr, "%s: error: unknown argument '%s'; there is only --full\n", argv[0], argv[i]);
			exit(2);
		}
		x->full = true;
	}
}

void expect_title(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	printf("\n");
}

#define NAME(text, format)                                  \
	char text[TEXT];                                    \
	do {                                                \
		va_list list;                               \
		va_start(list, format);                     \
		vsnprintf(text, sizeof text, format, list); \
		va_end(list);                               \
	} while (0)

/* Counts; true when the line is to be printed, its beginning is then out. */
static bool count(struct expect *x, bool holds, const char *what)
{
	*(holds ? &x->passed : &x->failed) += 1;
	if (holds && x->quiet)
		return false;
	printf("%-4s %s", holds ? "ok" : "FAIL", what);
	return true;
}

bool expect_true(struct expect *x, bool holds, const char *format, ...)
{
	NAME(what, format);
	if (count(x, holds, what))
		printf("\n");
	return holds;
}

bool expect_count(struct expect *x, uint64_t got, uint64_t want, const char *format, ...)
{
	NAME(what, format);
	if (count(x, got == want, what))
		printf(": %llu, expected %llu\n", (unsigned long long)got, (unsigned long long)want);
	return got == want;
}

bool expect_near(struct expect *x, double got, double want, double within, const char *format, ...)
{
	NAME(what, format);
	bool holds = fabs(got - want) <= within;
	if (count(x, holds, what))
		printf(": %.9g, expected %.9g within %.3g\n", got, want, within);
	return holds;
}

bool expect_between(struct expect *x, double got, double low, double high, const char *format, ...)
{
	NAME(what, format);
	bool holds = got >= low && got <= high;
	if (count(x, holds, what))
		printf(": %.6g, expected %.6g to %.6g\n", got, low, high);
	return holds;
}

static bool oracle(struct expect *x, struct interval strict, struct interval usual, double truth, double sharp, const char *what)
{
	double half = interval_half_width(&strict);
	bool holds = strict.low <= truth && truth <= strict.high, narrow = half <= sharp * fabs(truth);
	if (count(x, holds && narrow, what))
		printf(": %.9g, 95 %% %.9g to %.9g, exact %.9g (%+.2f %%)%s\n", usual.mean, usual.low, usual.high, truth,
		       truth != 0 ? 100 * (usual.mean - truth) / truth : 0, narrow ? "" : ", but the interval is too wide to tell");
	return holds && narrow;
}

bool expect_mean(struct expect *x, const double *values, size_t n, double truth, double sharp, const char *format, ...)
{
	NAME(what, format);
	return oracle(x, interval_of_mean(values, n, STRICT), interval_of_mean(values, n, 0.95), truth, sharp, what);
}

bool expect_ratio(struct expect *x, const double *y, const double *of, size_t n, double truth, double sharp, const char *format,
                  ...)
{
	NAME(what, format);
	return oracle(x, interval_of_ratio(y, of, n, STRICT), interval_of_ratio(y, of, n, 0.95), truth, sharp, what);
}

/* The statistic over cells joined until they expect enough; the last joined cell takes what is left over. */
static double chi_square(const double *counts, const double *expected, size_t n, size_t *cells)
{
	const double enough = 10;
	double c = 0, e = 0, sum = 0, last_c = 0, last_e = 0;
	*cells = 0;
	for (size_t i = 0; i < n; i++) {
		c += counts[i];
		e += expected[i];
		if (e < enough)
			continue;
		if (*cells)
			sum += (last_c - last_e) * (last_c - last_e) / last_e;
		last_c = c;
		last_e = e;
		c = e = 0;
		++*cells;
	}
	last_c += c;
	last_e += e;
	return sum + (last_c - last_e) * (last_c - last_e) / last_e;
}

bool expect_fit(struct expect *x, const double *counts, const double *expected, size_t n, const char *format, ...)
{
	NAME(what, format);
	size_t cells;
	double statistic = chi_square(counts, expected, n, &cells);
	double p = cells > 1 ? gsl_cdf_chisq_Q(statistic, (double)(cells - 1)) : 0;
	bool holds = p > 1 - STRICT;
	if (count(x, holds, what))
		printf(": chi-square %.1f on %zu degrees of freedom, p = %.3f\n", statistic, cells - 1, p);
	return holds;
}

int expect_end(const struct expect *x)
{
	printf("%u passed, %u failed\n", x->passed, x->failed);
	return x->failed || !x->passed;
}
