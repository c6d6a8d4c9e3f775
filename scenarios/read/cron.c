#include "scenarios/read/cron.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenarios/read/timestamps.h"

enum { FIELDS = 6, FIELD_TEXT = 128, WEEKDAYS = 7 };

struct field {
	const char *name;
	int low, high;
	const char *const *words; /* names of low, low + 1 ...; NULL */
};

static const char *const month_words[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC", NULL};
static const char *const day_words[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", NULL};

static const struct field fields_of[FIELDS] = {
	{"minutes", 0, 59, NULL},      {"hours", 0, 23, NULL},           {"day-of-month", 1, 31, NULL},
	{"month", 1, 12, month_words}, {"day-of-week", 1, 7, day_words}, {"year", CRON_YEAR_MIN, CRON_YEAR_MAX, NULL},
};

/* A set of numbers from a field's low end. */
struct numbers {
	bool has[CRON_YEAR_MAX - CRON_YEAR_MIN + 1];
};

/* A number or a name; moves on. */
static bool take_value(const struct field *f, const char **text, int *out)
{
	for (int i = 0; f->words && f->words[i]; i++) {
		if (strncasecmp(*text, f->words[i], 3) == 0) {
			*text += 3;
			*out = f->low + i;
			return true;
		}
	}
	if (!isdigit((unsigned char)**text))
		return false;
	long value = 0;
	for (; isdigit((unsigned char)**text) && value < 100000; (*text)++)
		value = value * 10 + (**text - '0');
	*out = (int)value;
	return value >= f->low && value <= f->high;
}

/* "*", "5", "5-9", each with "/step"; a range may wrap around in the day-of-week field (FRI-MON). */
static bool take_range(const struct field *f, const char **text, struct numbers *out)
{
	int from = f->low, to = f->high, step = 1;
	bool all = **text == '*';
	*text += all;
	if (!all) {
		if (!take_value(f, text, &from))
			return false;
		to = from;
		if (**text == '-') {
			++*text;
			if (!take_value(f, text, &to))
				return false;
		} else if (**text == '/') {
			to = f->high;
		}
	}
	if (**text == '/') {
		++*text;
		char *end;
		long value = isdigit((unsigned char)**text) ? strtol(*text, &end, 10) : 0;
		if (value < 1 || value > f->high)
			return false;
		step = (int)value;
		*text = end;
	}
	int span = f->high - f->low + 1;
	if (to < from && f->words != day_words)
		return false;
	for (int i = 0; i <= (to - from + span) % span; i += step)
		out->has[(from - f->low + i) % span] = true;
	return true;
}

static bool take_list(const struct field *f, const char *text, struct numbers *out)
{
	*out = (struct numbers){0};
	while (take_range(f, &text, out)) {
		if (*text == '\0')
			return true;
		if (*text++ != ',')
			return false;
	}
	return false;
}

/* "L", "LW", "L-3", "15W". */
static bool take_special_day(const char *text, struct cron *c)
{
	static const struct field offsets = {"offset", 1, 30, NULL};
	const char *rest = text;
	if (strcasecmp(text, "LW") == 0) {
		c->day = CRON_LAST_WEEKDAY;
		return true;
	}
	if (*text == 'L' || *text == 'l') {
		c->day = CRON_LAST;
		rest = text + 2;
		return text[1] == '\0' || (text[1] == '-' && take_value(&offsets, &rest, &c->offset) && *rest == '\0');
	}
	c->day = CRON_NEAR_WEEKDAY;
	return take_value(&fields_of[2], &rest, &c->number) && strcasecmp(rest, "W") == 0;
}

/* "L" (Saturday), "5L", "FRI#2". */
static bool take_special_weekday(const char *text, struct cron *c)
{
	const char *rest = text;
	c->day = CRON_LAST_OF;
	c->number = WEEKDAYS;
	if (strcasecmp(text, "L") == 0)
		return true;
	if (!take_value(&fields_of[4], &rest, &c->number))
		return false;
	if (strcasecmp(rest, "L") == 0)
		return true;
	c->day = CRON_NTH_OF;
	c->nth = *rest == '#' && isdigit((unsigned char)rest[1]) && rest[2] == '\0' ? rest[1] - '0' : 0;
	return c->nth >= 1 && c->nth <= 5;
}

static bool take_day(const struct field *f, const char *text, struct cron *c)
{
	struct numbers set;
	c->day = CRON_DAYS;
	if (take_list(f, text, &set)) {
		for (int i = 0; i <= f->high - f->low; i++)
			c->days |= (uint32_t)set.has[i] << (f->low + i);
		return true;
	}
	return c->by_weekday ? take_special_weekday(text, c) : take_special_day(text, c);
}

/* The fields at spaces; their number. */
static int cut(const char *text, char out[FIELDS][FIELD_TEXT])
{
	int count = 0;
	for (;;) {
		text += strspn(text, " \t");
		size_t length = strcspn(text, " \t");
		if (length == 0)
			return count;
		if (count == FIELDS || length >= FIELD_TEXT)
			return FIELDS + 1;
		memcpy(out[count], text, length);
		out[count++][length] = '\0';
		text += length;
	}
}

static const char *parse_days(char parts[FIELDS][FIELD_TEXT], struct cron *out, char *why, int why_size)
{
	bool no_day = strcmp(parts[2], "?") == 0, no_weekday = strcmp(parts[4], "?") == 0;
	if (no_day == no_weekday)
		return "needs `?` in one of day-of-month and day-of-week, and not in both";
	out->by_weekday = no_day;
	int which = no_day ? 4 : 2;
	if (take_day(&fields_of[which], parts[which], out))
		return NULL;
	snprintf(why, (size_t)why_size, "has no %s '%s'", fields_of[which].name, parts[which]);
	return why;
}

const char *cron_parse(const char *fields, struct cron *out, char *why, int why_size)
{
	char parts[FIELDS][FIELD_TEXT];
	struct numbers sets[FIELDS];
	*out = (struct cron){0};
	if (cut(fields, parts) != FIELDS)
		return "needs six fields: minutes hours day-of-month month day-of-week year";
	for (int i = 0; i < FIELDS; i++) {
		if (i == 2 || i == 4 || take_list(&fields_of[i], parts[i], &sets[i]))
			continue;
		snprintf(why, (size_t)why_size, "has no %s '%s'", fields_of[i].name, parts[i]);
		return why;
	}
	for (int i = 0; i < 60; i++)
		out->minutes |= (uint64_t)sets[0].has[i] << i;
	for (int i = 0; i < 24; i++)
		out->hours |= (uint32_t)sets[1].has[i] << i;
	for (int i = 0; i < 12; i++)
		out->months = (uint16_t)(out->months | sets[3].has[i] << (i + 1));
	for (int i = 0; i <= CRON_YEAR_MAX - CRON_YEAR_MIN; i++)
		out->years[i / 64] |= (uint64_t)sets[5].has[i] << i % 64;
	return parse_days(parts, out, why, why_size);
}

/* --- days ----------------------------------------------------------------------------------------------------------------------------------- */

/* 1 is Sunday. */
static int weekday_of(int64_t year, int month, int day)
{
	return civil_weekday(civil_seconds(&(struct civil){.year = year, .month = month, .day = day})) + 1;
}

static bool is_workday(int weekday)
{
	return weekday != 1 && weekday != WEEKDAYS;
}

/* The weekday nearest to a day, in the same month. */
static int near_weekday(int64_t year, int month, int day, int last)
{
	static const int moves[] = {-1, 1, -2, 2};
	day = day < last ? day : last;
	if (is_workday(weekday_of(year, month, day)))
		return day;
	for (int i = 0; i < 4; i++) {
		int moved = day + moves[i];
		if (moved >= 1 && moved <= last && is_workday(weekday_of(year, month, moved)))
			return moved;
	}
	return day;
}

static int last_workday(int64_t year, int month, int last)
{
	while (!is_workday(weekday_of(year, month, last)))
		last--;
	return last;
}

bool cron_on_day(const struct cron *c, int64_t year, int month, int day)
{
	int last = civil_month_days(year, month), weekday = weekday_of(year, month, day);
	if (year < CRON_YEAR_MIN || year > CRON_YEAR_MAX || !(c->months >> month & 1) ||
	    !(c->years[(year - CRON_YEAR_MIN) / 64] >> (year - CRON_YEAR_MIN) % 64 & 1))
		return false;
	switch (c->day) {
	case CRON_LAST: return day == last - c->offset;
	case CRON_NEAR_WEEKDAY: return c->number <= last && day == near_weekday(year, month, c->number, last);
	case CRON_LAST_WEEKDAY: return day == last_workday(year, month, last);
	case CRON_LAST_OF: return weekday == c->number && day + WEEKDAYS > last;
	case CRON_NTH_OF: return weekday == c->number && (day - 1) / WEEKDAYS + 1 == c->nth;
	default: return c->days >> (c->by_weekday ? weekday : day) & 1;
	}
}
