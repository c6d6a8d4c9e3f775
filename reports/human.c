#include "reports/human.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HUMAN_DIGITS = 3, HUMAN_DECIMALS_MOST = 9 };

/* A step of a unit: values whose rounded mantissa stays below `limit` use it. */
struct human_step {
	double factor, limit;
	const char *suffix;
};

static const struct human_step human_count_steps[] = {{1, 1e4, ""},
                                                      {1e3, 1e3, "k"},
                                                      {1e6, 1e3, "M"},
                                                      {1e9, 1e3, "G"},
                                                      {1e12, INFINITY, "T"}};
static const struct human_step human_ms_steps[] = {{1e-6, 1e3, "ns"}, {1e-3, 1e3, "µs"}, {1, 1e3, "ms"},         {1e3, 60, "s"},
                                                   {6e4, 60, "min"},  {3.6e6, 24, "h"},  {8.64e7, INFINITY, "d"}};
static const struct human_step human_share_steps[] = {{0.01, INFINITY, "%"}};
static const struct human_step human_usd_steps[] = {{1, 1e6, ""}, {1e6, 1e3, "M"}, {1e9, INFINITY, "G"}};

static const struct human_step *const human_steps[HUMAN_UNITS] = {
	[HUMAN_COUNT] = human_count_steps, [HUMAN_RATIO] = human_count_steps, [HUMAN_MS] = human_ms_steps,
	[HUMAN_SHARE] = human_share_steps, [HUMAN_USD] = human_usd_steps,
};

/* Digits after the point that leave `digits` significant ones, looking at the value after rounding (9.996 has two: "10.0"). */
static int human_decimals(double value, int digits)
{
	if (value == 0)
		return 0;
	int exponent = (int)floor(log10(fabs(value)));
	double unit = pow(10, exponent - digits + 1);
	if (fabs(nearbyint(value / unit) * unit) >= pow(10, exponent + 1))
		exponent++;
	int decimals = digits - 1 - exponent;
	return decimals < 0 ? 0 : decimals > HUMAN_DECIMALS_MOST ? HUMAN_DECIMALS_MOST : decimals;
}

static double human_round(double value, int decimals)
{
	double unit = pow(10, decimals);
	return nearbyint(value * unit) / unit;
}

static int human_decimals_of(enum human_unit unit, double scaled, bool first_step)
{
	double size = fabs(scaled);
	if (unit == HUMAN_COUNT && first_step && size == floor(size))
		return 0;
	if (unit == HUMAN_USD && first_step)
		return size >= 1000 || size == 0 ? 0 : size >= 0.095 ? 2 : human_decimals(size, 2);
	int decimals = human_decimals(size, HUMAN_DIGITS);
	if (unit == HUMAN_SHARE) {
		if (size < 1)
			decimals = human_decimals(size, 2);
		while (size < 100 && human_round(size, decimals) >= 100 && decimals < 6)
			decimals++;
	}
	return decimals;
}

struct human_scale human_scale_for(enum human_unit unit, double value)
{
	const struct human_step *step = human_steps[unit];
	const char *prefix = unit == HUMAN_USD ? "$" : "";
	if (!isfinite(value) || value == 0) {
		if (unit == HUMAN_MS)
			step += 2;
		return (struct human_scale){step->factor, 0, prefix, step->suffix};
	}
	int decimals;
	for (;; step++) {
		decimals = human_decimals_of(unit, value / step->factor, step == human_steps[unit]);
		if (human_round(fabs(value) / step->factor, decimals) < step->limit)
			break;
	}
	return (struct human_scale){step->factor, decimals, prefix, step->suffix};
}

/* The digits before the point in groups of three. */
static void human_grouped(struct textbuf *out, const char *digits)
{
	size_t whole = strcspn(digits, ".");
	for (size_t i = 0; i < whole; i++) {
		if (i > 0 && (whole - i) % 3 == 0)
			textbuf_add_char(out, ',');
		textbuf_add_char(out, digits[i]);
	}
	textbuf_add(out, digits + whole);
}

void human_number(struct textbuf *out, const struct human_scale *scale, double value)
{
	if (!isfinite(value)) {
		textbuf_add(out, "–");
		return;
	}
	char digits[400]; /* DBL_MAX has 309 before the point */
	double scaled = value / scale->factor;
	snprintf(digits, sizeof digits, "%.*f", scale->decimals, fabs(scaled));
	if (scaled < 0 && strspn(digits, "0.") != strlen(digits))
		textbuf_add(out, "−");
	textbuf_add(out, scale->prefix);
	human_grouped(out, digits);
}

void human_value(struct textbuf *out, enum human_unit unit, double value)
{
	struct human_scale scale = human_scale_for(unit, value);
	human_number(out, &scale, value);
	if (isfinite(value) && scale.suffix[0] != '\0')
		textbuf_printf(out, " %s", scale.suffix);
}

/* From here on a half-width would say something else than the ends: the farther end in terms of the half-width. */
static const double HUMAN_UNEVEN = 1.1;

void human_half_width(struct textbuf *out, const struct human_scale *scale, const struct interval *value)
{
	double half = (value->high - value->low) / 2;
	if (!isfinite(half))
		return;
	struct human_scale plain = *scale;
	plain.prefix = "";
	if (fmax(value->high - value->mean, value->mean - value->low) > HUMAN_UNEVEN * half) {
		human_number(out, &plain, value->low);
		textbuf_add(out, "–");
		human_number(out, &plain, value->high);
		return;
	}
	double unit = scale->factor * pow(10, -scale->decimals);
	if (half > 0 && half < unit) {
		plain.decimals++;
		unit /= 10;
	}
	if (half > 0 && half < unit / 2)
		half = unit;
	textbuf_add(out, "±");
	human_number(out, &plain, half);
}

void human_time(struct textbuf *out, double seconds)
{
	static const struct {
		double seconds;
		const char *one, *many;
	} units[] = {{86400, "day", "days"}, {3600, "hour", "hours"}, {60, "minute", "minutes"}};
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		double n = seconds / units[i].seconds;
		if (n >= 1 && n == floor(n)) {
			textbuf_printf(out, "%.0f %s", n, n == 1 ? units[i].one : units[i].many);
			return;
		}
	}
	human_value(out, HUMAN_MS, seconds * 1000);
}

static bool human_ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);
	return n >= m && strcmp(text + n - m, end) == 0;
}

enum human_unit human_unit_of(const char *metric)
{
	if (human_ends_with(metric, "_ms"))
		return HUMAN_MS;
	if (human_ends_with(metric, "_usd"))
		return HUMAN_USD;
	if (human_ends_with(metric, "Share"))
		return HUMAN_SHARE;
	return strcmp(metric, "Amplification") == 0 ? HUMAN_RATIO : HUMAN_COUNT;
}
