#include "models/poll/decimal.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json_out.h"

enum {
	DIGITS = 17,                 /* enough for any double (DBL_DECIMAL_DIG) */
	EXPONENT_LIMIT = 1000000000, /* beyond every double; exponents stop counting here */
	CARRIED_LOW = -290,          /* 15 digits before these exponents are carried by every double: DBL_MIN_10_EXP + 17 */
	CARRIED_HIGH = 290
};

/* A number as digits without zeros at either end, times ten to `exponent`: 3.0e2 is "3", 2. */
struct scientific {
	bool negative, too_long; /* more digits than any double's shortest decimal */
	char digit[DIGITS];
	int count; /* 0: the number is zero */
	long long exponent;
};

/* Digits are held back while they are zeros, so that those at the end do not count. */
static void add_digit(struct scientific *s, char c, long long *zeros)
{
	if (c == '0') {
		*zeros += s->count > 0 || *zeros > 0;
		return;
	}
	if (s->count + *zeros >= DIGITS) {
		s->too_long = true;
		return;
	}
	for (; *zeros > 0; --*zeros)
		s->digit[s->count++] = '0';
	s->digit[s->count++] = c;
}

static long long read_exponent(const char *p, const char *end)
{
	bool negative = p < end && *p == '-';
	long long value = 0;
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	for (; p < end; p++)
		if (value < EXPONENT_LIMIT)
			value = value * 10 + (*p - '0');
	return negative ? -value : value;
}

static struct scientific scientific_read(const char *text, size_t length)
{
	struct scientific s = {0};
	const char *p = text, *end = text + length;
	long long zeros = 0;
	bool fraction = false;
	if (p < end && *p == '-') {
		s.negative = true;
		p++;
	}
	for (; p < end && *p != 'e' && *p != 'E'; p++) {
		if (*p == '.') {
			fraction = true;
			continue;
		}
		add_digit(&s, *p, &zeros);
		s.exponent -= fraction;
	}
	s.exponent += zeros;
	if (p < end)
		s.exponent += read_exponent(p + 1, end);
	if (s.count == 0 && !s.too_long)
		s.exponent = 0;
	return s;
}

static bool is_same(const struct scientific *a, const struct scientific *b)
{
	return a->negative == b->negative && a->count == b->count && a->exponent == b->exponent &&
	       memcmp(a->digit, b->digit, (size_t)a->count) == 0;
}

static double nearest(const struct scientific *s)
{
	char text[DIGITS + 40];
	snprintf(text, sizeof text, "%s%.*se%lld", s->negative ? "-" : "", s->count, s->digit, s->exponent);
	return strtod(text, NULL);
}

/* The shortest decimal of the double is the number that was written. */
static bool is_carried(const struct scientific *s, double value)
{
	char shortest[JSON_OUT_NUMBER];
	if (!isfinite(value) || value == 0)
		return false;
	if (s->count <= DBL_DIG && s->exponent > CARRIED_LOW && s->exponent < CARRIED_HIGH)
		return true;
	json_out_number(shortest, value);
	struct scientific back = scientific_read(shortest, strlen(shortest));
	return is_same(s, &back);
}

struct decimal decimal_read(const char *text, size_t length)
{
	struct scientific s = scientific_read(text, length);
	if (s.too_long || s.exponent > EXPONENT_LIMIT || s.exponent < -EXPONENT_LIMIT)
		return (struct decimal){0};
	if (s.count == 0)
		return (struct decimal){.comparable = true};
	double value = nearest(&s);
	return is_carried(&s, value) ? (struct decimal){true, value} : (struct decimal){0};
}

struct decimal decimal_of_integer(int64_t value)
{
	char text[24];
	if (value > -(INT64_C(1) << DBL_MANT_DIG) && value < INT64_C(1) << DBL_MANT_DIG)
		return (struct decimal){true, (double)value};
	int n = snprintf(text, sizeof text, "%" PRId64, value);
	return decimal_read(text, (size_t)n);
}

bool decimal_integer(const char *text, size_t length, int64_t *value)
{
	bool negative = length > 0 && text[0] == '-';
	uint64_t most = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX, sum = 0;
	if (length == negative)
		return false;
	for (size_t i = negative; i < length; i++) {
		unsigned digit = (unsigned)(text[i] - '0');
		if (digit > 9 || sum > (most - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*value = negative ? (int64_t)(0 - sum) : (int64_t)sum;
	return true;
}
