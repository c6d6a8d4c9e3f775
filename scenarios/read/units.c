#include "scenarios/read/units.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sim/simtime.h"

/* Digits that a number may have; longer ones are not what anybody means. */
enum { UNIT_NUMBER_LENGTH = 64 };

struct unit {
	const char *name;
	double factor;
};

const char *unit_fault_text(enum unit_fault fault)
{
	static const char *const texts[UNIT_FAULTS] = {
		[UNIT_OK] = "is fine",
		[UNIT_NOT_A_NUMBER] = "is no number",
		[UNIT_MISSING] = "has no unit",
		[UNIT_UNKNOWN] = "has an unknown unit",
		[UNIT_NEGATIVE] = "is negative",
		[UNIT_TOO_LARGE] = "is too large",
		[UNIT_NOTHING_LEFT] = "leaves nothing: it must be above -100 %",
	};
	assert((unsigned)fault < UNIT_FAULTS);
	return texts[fault];
}

static const char *unit_skip(const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

static size_t unit_digits(const char *text)
{
	size_t n = 0;
	while (text[n] >= '0' && text[n] <= '9')
		n++;
	return n;
}

/* The length of the decimal number at the start of `text`, 0 when there is none. */
static size_t unit_number_length(const char *text)
{
	size_t n = text[0] == '-' || text[0] == '+';
	size_t whole = unit_digits(text + n), part = 0;
	n += whole;
	if (text[n] == '.') {
		part = unit_digits(text + n + 1);
		n += part + 1;
	}
	if (whole + part == 0)
		return 0;
	if (text[n] == 'e' || text[n] == 'E') {
		size_t sign = text[n + 1] == '-' || text[n + 1] == '+';
		size_t exponent = unit_digits(text + n + 1 + sign);
		n += exponent ? 1 + sign + exponent : 0;
	}
	return n < UNIT_NUMBER_LENGTH ? n : 0;
}

/* Reads a number and steps over it and the white space after it. */
static enum unit_fault unit_number(const char **text, double *value)
{
	char room[UNIT_NUMBER_LENGTH];
	*text = unit_skip(*text);
	size_t length = unit_number_length(*text);
	if (length == 0)
		return UNIT_NOT_A_NUMBER;
	memcpy(room, *text, length);
	room[length] = '\0';
	*value = strtod(room, NULL);
	*text = unit_skip(*text + length);
	return isfinite(*value) ? UNIT_OK : UNIT_TOO_LARGE;
}

enum unit_fault units_number(const char *text, double *value)
{
	enum unit_fault fault = unit_number(&text, value);
	return fault == UNIT_OK && *text ? UNIT_NOT_A_NUMBER : fault;
}

enum unit_fault units_integer(const char *text, long long *value)
{
	text = unit_skip(text);
	size_t sign = text[0] == '-' || text[0] == '+';
	size_t digits = unit_digits(text + sign);
	if (digits == 0 || *unit_skip(text + sign + digits))
		return UNIT_NOT_A_NUMBER;
	errno = 0;
	*value = strtoll(text, NULL, 10);
	return errno ? UNIT_TOO_LARGE : UNIT_OK;
}

/* Finds the unit whose name is the letters at `text`, and steps over it. */
static const struct unit *unit_named(const char **text, const struct unit *units, size_t count)
{
	size_t length = 0;
	while (isalpha((unsigned char)(*text)[length]) || (unsigned char)(*text)[length] >= 0x80)
		length++;
	for (size_t i = 0; i < count; i++) {
		if (strlen(units[i].name) != length || memcmp(units[i].name, *text, length) != 0)
			continue;
		*text = unit_skip(*text + length);
		return &units[i];
	}
	return NULL;
}

/* One "number unit". */
static enum unit_fault unit_term(const char **text, const struct unit *units, size_t count, double *value)
{
	double number;
	enum unit_fault fault = unit_number(text, &number);
	if (fault != UNIT_OK)
		return fault;
	if (number < 0)
		return UNIT_NEGATIVE;
	if (!**text && number == 0) {
		*value = 0;
		return UNIT_OK;
	}
	if (!**text)
		return UNIT_MISSING;
	const struct unit *unit = unit_named(text, units, count);
	if (!unit)
		return UNIT_UNKNOWN;
	*value = number * unit->factor;
	return UNIT_OK;
}

enum unit_fault units_duration(const char *text, double *ns)
{
	static const struct unit units[] = {
		{"ns", 1},  {"us", 1e3}, {"\xC2\xB5s", 1e3}, {"\xCE\xBCs", 1e3}, {"ms", 1e6},
		{"s", 1e9}, {"m", 60e9}, {"h", 3600e9},      {"d", 86400e9},
	};
	double sum = 0;
	do {
		double term;
		enum unit_fault fault = unit_term(&text, units, sizeof units / sizeof *units, &term);
		if (fault != UNIT_OK)
			return fault;
		sum += term;
	} while (*text);
	*ns = sum;
	return sum <= (double)SIMTIME_LONGEST ? UNIT_OK : UNIT_TOO_LARGE;
}

enum unit_fault units_size(const char *text, double *bytes)
{
	static const struct unit units[] = {
		{"B", 1},
		{"KB", 1024.0},
		{"MB", 1024.0 * 1024},
		{"GB", 1024.0 * 1024 * 1024},
		{"TB", 1024.0 * 1024 * 1024 * 1024},
		{"KiB", 1024.0},
		{"MiB", 1024.0 * 1024},
		{"GiB", 1024.0 * 1024 * 1024},
	};
	enum unit_fault fault = unit_term(&text, units, sizeof units / sizeof *units, bytes);
	if (fault != UNIT_OK)
		return fault;
	if (*text)
		return UNIT_UNKNOWN;
	return *bytes <= 1e18 ? UNIT_OK : UNIT_TOO_LARGE;
}

enum unit_fault units_rate(const char *text, double *per_s)
{
	static const struct unit units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
	double number;
	enum unit_fault fault = unit_number(&text, &number);
	if (fault != UNIT_OK)
		return fault;
	if (number < 0)
		return UNIT_NEGATIVE;
	*per_s = 0;
	if (!*text)
		return number == 0 ? UNIT_OK : UNIT_MISSING;
	if (*text != '/')
		return UNIT_UNKNOWN;
	text = unit_skip(text + 1);
	const struct unit *unit = unit_named(&text, units, sizeof units / sizeof *units);
	if (!unit || *text)
		return UNIT_UNKNOWN;
	*per_s = number / unit->factor;
	return *per_s <= 1e9 ? UNIT_OK : UNIT_TOO_LARGE;
}

enum unit_fault units_share(const char *text, double *share)
{
	enum unit_fault fault = unit_number(&text, share);
	if (fault != UNIT_OK)
		return fault;
	if (*text == '%') {
		*share /= 100;
		text = unit_skip(text + 1);
	}
	if (*text)
		return UNIT_UNKNOWN;
	if (*share < 0)
		return UNIT_NEGATIVE;
	return *share <= 1 ? UNIT_OK : UNIT_TOO_LARGE;
}

enum unit_fault units_growth(const char *text, double *per_month)
{
	double number;
	enum unit_fault fault = unit_number(&text, &number);
	if (fault != UNIT_OK)
		return fault;
	*per_month = number / 100;
	if (!*text && number == 0)
		return UNIT_OK;
	if (*text != '%')
		return UNIT_MISSING;
	text = unit_skip(text + 1);
	if (*text != '/')
		return UNIT_MISSING;
	if (strcmp(unit_skip(text + 1), "month") != 0)
		return UNIT_UNKNOWN;
	if (*per_month <= -1)
		return UNIT_NOTHING_LEFT;
	return *per_month <= 1000 ? UNIT_OK : UNIT_TOO_LARGE;
}
