/* expect: what a test program compares, printed line by line, and counted: `ok` or `FAIL`, what it is, what came and what should
 * have come. The last line is "N passed, N failed". Programs are called with --full for `make proof`, where they do everything
 * at full size. */
#ifndef TESTS_SUPPORT_EXPECT_H
#define TESTS_SUPPORT_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct expect {
	unsigned passed, failed;
	bool full;  /* --full was given */
	bool quiet; /* print failures only: for thousands of checks */
};

/* Reads the arguments. Anything but --full ends the program with status 2. */
void expect_begin(struct expect *x, int argc, char **argv);

/* A line of its own above what follows. */
void expect_title(const char *format, ...) __attribute__((format(printf, 1, 2)));

bool expect_true(struct expect *x, bool holds, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Exactly the same number. */
bool expect_count(struct expect *x, uint64_t got, uint64_t want, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* |got - want| <= within. */
bool expect_near(struct expect *x, double got, double want, double within, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* low <= got <= high. */
bool expect_between(struct expect *x, double got, double low, double high, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* An estimate from n replications against the truth: the 99.9 % t interval holds the truth, and it is sharp: its half-width is at
 * most `sharp` x the truth. Prints the 95 % interval too. */
bool expect_mean(struct expect *x, const double *values, size_t n, double truth, double sharp, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/* The same for a ratio of sums. */
bool expect_ratio(struct expect *x, const double *y, const double *of, size_t n, double truth, double sharp, const char *format,
                  ...) __attribute__((format(printf, 7, 8)));

/* Pearson's chi-square test of counts against expected ones; neighbours with fewer than 10 expected are joined. Passes at a
 * probability above 0.001 that chance alone gives a worse fit. */
bool expect_fit(struct expect *x, const double *counts, const double *expected, size_t n, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* Prints the last line; the exit status. */
int expect_end(const struct expect *x);

#endif
