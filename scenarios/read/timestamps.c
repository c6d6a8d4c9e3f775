#include "scenarios/read/timestamps.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/read/units.h"

enum { DAY_S = 86400, HOUR_S = 3600, MINUTE_S = 60 };

/* Both from H. Hinnant, "chrono-compatible low-level date algorithms". */
static int64_t days_of(int64_t year, int month, int day)
{
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil civil_of(int64_t seconds)
{
	int64_t days = (seconds >= 0 ? seconds : seconds - (DAY_S - 1)) / DAY_S, rest = seconds - days * DAY_S;
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100), month = (5 * of_year + 2) / 153;
	return (struct civil){
		.year = year_of_era + era * 400 + (month >= 10),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(of_year - (153 * month + 2) / 5 + 1),
		.hour = (int)(rest / HOUR_S),
		.minute = (int)(rest / MINUTE_S % 60),
		.second = (int)(rest % 60),
	};
}

int64_t civil_seconds(const struct civil *c)
{
	return days_of(c->year, c->month, c->day) * DAY_S + c->hour * HOUR_S + c->minute * MINUTE_S + c->second;
}

int civil_weekday(int64_t seconds)
{
	int64_t days = (seconds >= 0 ? seconds : seconds - (DAY_S - 1)) / DAY_S;
	return (int)(((days + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

int civil_month_days(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

/* `count` digits; moves on. */
static bool take_digits(const char **text, int count, int *out)
{
	*out = 0;
	for (int i = 0; i < count; i++, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return false;
		*out = *out * 10 + (**text - '0');
	}
	return true;
}

static bool take_char(const char **text, const char *allowed)
{
	if (!**text || !strchr(allowed, **text))
		return false;
	(*text)++;
	return true;
}

/* "Z", "+01:00", "-0530" or nothing: seconds east of UTC. */
static bool take_offset(const char **text, int *seconds)
{
	int hours, minutes, sign = **text == '-' ? -1 : 1;
	*seconds = 0;
	if (**text == '\0' || take_char(text, "Zz"))
		return true;
	if (!take_char(text, "+-") || !take_digits(text, 2, &hours))
		return false;
	take_char(text, ":");
	if (!take_digits(text, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*seconds = sign * (hours * HOUR_S + minutes * MINUTE_S);
	return true;
}

/* ISO 8601 as AWS writes it. */
static bool parse_iso(const char *text, double *seconds)
{
	int year, offset = 0;
	double fraction = 0;
	struct civil c = {0};
	if (!take_digits(&text, 4, &year) || !take_char(&text, "-") || !take_digits(&text, 2, &c.month) || !take_char(&text, "-") ||
	    !take_digits(&text, 2, &c.day))
		return false;
	c.year = year;
	if (take_char(&text, "Tt ")) {
		if (!take_digits(&text, 2, &c.hour) || !take_char(&text, ":") || !take_digits(&text, 2, &c.minute))
			return false;
		if (take_char(&text, ":") && !take_digits(&text, 2, &c.second))
			return false;
		if (take_char(&text, "."))
			for (double unit = 0.1; isdigit((unsigned char)*text); text++, unit /= 10)
				fraction += unit * (*text - '0');
		if (!take_offset(&text, &offset))
			return false;
	}
	if (*text || c.month < 1 || c.month > 12 || c.day < 1 || c.day > civil_month_days(c.year, c.month) || c.hour > 23 ||
	    c.minute > 59 || c.second > 60)
		return false;
	*seconds = (double)(civil_seconds(&c) - offset) + fraction;
	return true;
}

int timestamp_read(struct reading *r, const struct node *n, const char *what, simtime *out)
{
	enum { YEARS_MAX_S = 2000000000 }; /* about 63 years to either side of the start */
	double seconds;
	if (!reading_is(r, n, NODE_SCALAR, what))
		return -1;
	bool known = units_number(n->text, &seconds) == UNIT_OK || parse_iso(n->text, &seconds);
	seconds -= (double)TIMESTAMP_START_S;
	if (known && seconds > -YEARS_MAX_S && seconds < YEARS_MAX_S) {
		*out = (simtime)(seconds * 1e9 + (seconds < 0 ? -0.5 : 0.5));
		return 0;
	}
	diagnostic_add(r->found, SEVERITY_ERROR, n->at, "read/value",
	               "%s must be a time such as 2025-01-06T08:00:00Z; '%s' is none", what, n->text);
	return -1;
}
