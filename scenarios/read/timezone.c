#include "scenarios/read/timezone.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "models/os/file.h"
#include "scenarios/read/timestamps.h"
#include "sim/base/memory.h"

enum { TZIF_HEAD = 44, TZIF_MAX = 1 << 20, NAME_MAX_LENGTH = 64, HOUR = 3600, DAY = 86400 };

/* --- the file ------------------------------------------------------------------------------------------------------------------------------- */

static int64_t big_endian(const char *bytes, int size)
{
	uint64_t value = (unsigned char)bytes[0] & 0x80 ? UINT64_MAX : 0;
	for (int i = 0; i < size; i++)
		value = value << 8 | (unsigned char)bytes[i];
	return (int64_t)value;
}

/* The sizes in a header: isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt. */
struct tzif {
	size_t size[6];
	int width; /* bytes of a time */
};

static bool tzif_head(const char *bytes, size_t length, int width, struct tzif *out)
{
	if (length < TZIF_HEAD || memcmp(bytes, "TZif", 4) != 0)
		return false;
	out->width = width;
	for (int i = 0; i < 6; i++) {
		out->size[i] = (size_t)big_endian(bytes + 20 + 4 * i, 4);
		if (out->size[i] > TZIF_MAX)
			return false;
	}
	return true;
}

static size_t tzif_size(const struct tzif *t)
{
	size_t width = (size_t)t->width;
	return t->size[3] * (width + 1) + t->size[4] * 6 + t->size[5] + t->size[2] * (width + 4) + t->size[1] + t->size[0];
}

static bool tzif_body(const char *body, const struct tzif *t, struct arena *a, struct time_zone *out)
{
	size_t count = t->size[3], types = t->size[4];
	const char *indices = body + count * (size_t)t->width, *type = indices + count;
	int64_t *changes = ARENA_ARRAY(a, count, int64_t);
	int32_t *offsets = ARENA_ARRAY(a, count + 1, int32_t);
	if (types == 0)
		return false;
	offsets[0] = (int32_t)big_endian(type, 4);
	for (size_t i = 0; i < count; i++) {
		size_t index = (unsigned char)indices[i];
		changes[i] = big_endian(body + i * (size_t)t->width, t->width);
		if (index >= types || (i && changes[i] <= changes[i - 1]))
			return false;
		offsets[i + 1] = (int32_t)big_endian(type + 6 * index, 4);
	}
	*out = (struct time_zone){.changes = changes, .offsets = offsets, .count = count};
	return true;
}

/* --- the rule at its end -------------------------------------------------------------------------------------------------------------------- */

/* "CET" or "<+03>". */
static bool take_name(const char **p)
{
	const char *start = *p;
	if (**p == '<') {
		*p += strcspn(*p, ">");
		return *(*p)++ == '>';
	}
	while (isalpha((unsigned char)**p))
		++*p;
	return *p - start >= 3;
}

static bool take_number(const char **p, int most, int *out)
{
	*out = 0;
	if (!isdigit((unsigned char)**p))
		return false;
	for (; isdigit((unsigned char)**p) && *out <= most; ++*p)
		*out = *out * 10 + (**p - '0');
	return *out <= most;
}

/* "-1", "5:30", "3:00:00" in seconds. */
static bool take_time(const char **p, int32_t *out)
{
	int sign = 1, part[3] = {0, 0, 0};
	if (**p == '-' || **p == '+')
		sign = *(*p)++ == '-' ? -1 : 1;
	if (!take_number(p, 167, &part[0]))
		return false;
	for (int i = 1; i < 3 && **p == ':'; i++) {
		++*p;
		if (!take_number(p, 59, &part[i]))
			return false;
	}
	*out = sign * (part[0] * HOUR + part[1] * 60 + part[2]);
	return true;
}

/* ",M3.5.0/2": the time is 2:00 without one. */
static bool take_change(const char **p, struct timezone_change *c)
{
	*c = (struct timezone_change){.kind = 'D', .second = 2 * HOUR};
	if (*(*p)++ != ',')
		return false;
	if (**p == 'M') {
		c->kind = *(*p)++;
		if (!take_number(p, 12, &c->month) || *(*p)++ != '.' || !take_number(p, 5, &c->week) || *(*p)++ != '.' ||
		    !take_number(p, 6, &c->day) || c->month < 1 || c->week < 1)
			return false;
	} else {
		if (**p == 'J')
			c->kind = *(*p)++;
		if (!take_number(p, 365, &c->day))
			return false;
	}
	if (**p != '/')
		return true;
	++*p;
	return take_time(p, &c->second);
}

static bool rule_parse(const char *p, struct time_zone *out)
{
	int32_t west;
	if (!take_name(&p) || !take_time(&p, &west))
		return false;
	out->standard = -west;
	out->daylight = -west + HOUR;
	if (*p == '\0')
		return out->has_rule = true;
	if (!take_name(&p))
		return false;
	if (*p && *p != ',') {
		if (!take_time(&p, &west))
			return false;
		out->daylight = -west;
	}
	out->has_daylight = true;
	return out->has_rule = take_change(&p, &out->begins) && take_change(&p, &out->ends) && *p == '\0';
}

/* The second of the year's change, in the local time that holds before it. */
static int64_t change_second(const struct timezone_change *c, int64_t year)
{
	struct civil first = {.year = year, .month = c->kind == 'M' ? c->month : 1, .day = 1};
	int64_t start = civil_seconds(&first);
	if (c->kind == 'M') {
		int day = (c->day - civil_weekday(start) + 7) % 7 + 7 * (c->week - 1), days = civil_month_days(year, c->month);
		return start + (int64_t)(day >= days ? day - 7 : day) * DAY + c->second;
	}
	int leap = civil_month_days(year, 2) == 29, day = c->kind == 'J' ? c->day - 1 + (leap && c->day >= 60) : c->day;
	return start + (int64_t)day * DAY + c->second;
}

static int32_t rule_offset(const struct time_zone *z, int64_t utc)
{
	if (!z->has_daylight)
		return z->standard;
	int64_t year = civil_of(utc + z->standard).year;
	int64_t begins = change_second(&z->begins, year) - z->standard, ends = change_second(&z->ends, year) - z->daylight;
	bool inside = begins < ends ? utc >= begins && utc < ends : utc >= begins || utc < ends;
	return inside ? z->daylight : z->standard;
}

/* --- what others use ------------------------------------------------------------------------------------------------------------------------ */

const char *timezone_parse(const char *bytes, size_t length, struct arena *a, struct time_zone *out)
{
	static const char broken[] = "is no file of the tz database";
	struct tzif first, second;
	*out = (struct time_zone){0};
	if (!tzif_head(bytes, length, 4, &first) || bytes[4] < '2' || length < TZIF_HEAD + tzif_size(&first))
		return broken;
	const char *rest = bytes + TZIF_HEAD + tzif_size(&first);
	length -= TZIF_HEAD + tzif_size(&first);
	if (!tzif_head(rest, length, 8, &second) || length < TZIF_HEAD + tzif_size(&second))
		return broken;
	if (!tzif_body(rest + TZIF_HEAD, &second, a, out))
		return broken;
	const char *rule = rest + TZIF_HEAD + tzif_size(&second), *end = bytes + (rest - bytes) + length;
	const char *newline = rule < end && *rule == '\n' ? memchr(rule + 1, '\n', (size_t)(end - rule - 1)) : NULL;
	if (newline && newline > rule + 1 && !rule_parse(arena_string_n(a, rule + 1, (size_t)(newline - rule - 1)), out))
		return broken;
	return NULL;
}

const char *timezone_find(const char *name, struct arena *a, struct time_zone *out)
{
	static const char folder[] = "/usr/share/zoneinfo/";
	size_t length = strlen(name);
	*out = (struct time_zone){0};
	if (strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0 || strcmp(name, "GMT") == 0 || strcmp(name, "Etc/GMT") == 0)
		return NULL;
	size_t plain = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");
	if (length == 0 || plain < length || length > NAME_MAX_LENGTH || name[0] == '/' || strstr(name, "//"))
		return "is no name of a time zone";
	char *bytes;
	struct error e = {0};
	if (file_read(arena_format(a, "%s%s", folder, name), TZIF_MAX, &bytes, &length, &e) < 0)
		return "is not in this machine's tz database (package tzdata)";
	const char *why = timezone_parse(bytes, length, a, out);
	memory_free(bytes);
	return why;
}

int32_t timezone_offset(const struct time_zone *z, int64_t utc)
{
	size_t low = 0, high = z->count;
	if (!z->offsets)
		return 0;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (z->changes[middle] <= utc)
			low = middle + 1;
		else
			high = middle;
	}
	return low == z->count && z->has_rule ? rule_offset(z, utc) : z->offsets[low];
}

bool timezone_to_utc(const struct time_zone *z, int64_t local, int64_t *utc)
{
	/* Offsets a day before and after bracket any change; the larger one gives the earlier moment. */
	int32_t before = timezone_offset(z, local - DAY), after = timezone_offset(z, local + DAY);
	int32_t larger = before > after ? before : after, smaller = before > after ? after : before;
	for (int i = 0; i < 2; i++) {
		*utc = local - (i ? smaller : larger);
		if (timezone_offset(z, *utc) == local - *utc)
			return true;
	}
	return false;
}
