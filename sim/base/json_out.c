#include "sim/base/json_out.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/utf8.h"

void json_out_init(struct json_out *j, struct textbuf *out, int indent)
{
	assert(out != NULL);
	assert(indent >= 0 && indent <= 8);
	*j = (struct json_out){.out = out, .indent = indent};
	j->first[0] = true;
}

static void json_out_line(struct json_out *j)
{
	if (j->indent == 0)
		return;
	textbuf_add_char(j->out, '\n');
	for (int i = 0; i < j->depth * j->indent; i++)
		textbuf_add_char(j->out, ' ');
}

/* What stands between the value before and the next value or key. */
static void json_out_separate(struct json_out *j)
{
	assert(j->depth >= 0 && j->depth < JSON_OUT_DEPTH);
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (!j->first[j->depth])
		textbuf_add_char(j->out, ',');
	if (j->depth > 0)
		json_out_line(j);
	j->first[j->depth] = false;
}

static void json_out_open(struct json_out *j, char bracket)
{
	json_out_separate(j);
	textbuf_add_char(j->out, bracket);
	assert(j->depth + 1 < JSON_OUT_DEPTH);
	j->first[++j->depth] = true;
}

static void json_out_close(struct json_out *j, char bracket)
{
	assert(j->depth > 0);
	assert(!j->after_key);
	bool empty = j->first[j->depth--];
	if (!empty)
		json_out_line(j);
	textbuf_add_char(j->out, bracket);
}

void json_out_object(struct json_out *j)
{
	json_out_open(j, '{');
}

void json_out_end_object(struct json_out *j)
{
	json_out_close(j, '}');
}

void json_out_array(struct json_out *j)
{
	json_out_open(j, '[');
}

void json_out_end_array(struct json_out *j)
{
	json_out_close(j, ']');
}

void json_out_key(struct json_out *j, const char *key)
{
	assert(key != NULL);
	assert(!j->after_key);
	json_out_separate(j);
	json_out_quote(j->out, key, strlen(key));
	textbuf_add(j->out, j->indent ? ": " : ":");
	j->after_key = true;
}

static void json_out_bare(struct json_out *j, const char *text)
{
	json_out_separate(j);
	textbuf_add(j->out, text);
}

void json_out_string(struct json_out *j, const char *text)
{
	if (text == NULL) {
		json_out_null(j);
		return;
	}
	json_out_separate(j);
	json_out_quote(j->out, text, strlen(text));
}

void json_out_string_n(struct json_out *j, const char *text, size_t length)
{
	json_out_separate(j);
	json_out_quote(j->out, text, length);
}

void json_out_raw(struct json_out *j, const char *json, size_t length)
{
	assert(length > 0);
	json_out_separate(j);
	textbuf_add_n(j->out, json, length);
}

void json_out_int(struct json_out *j, int64_t value)
{
	char text[JSON_OUT_NUMBER];
	snprintf(text, sizeof text, "%" PRId64, value);
	json_out_bare(j, text);
}

void json_out_uint(struct json_out *j, uint64_t value)
{
	char text[JSON_OUT_NUMBER];
	snprintf(text, sizeof text, "%" PRIu64, value);
	json_out_bare(j, text);
}

void json_out_double(struct json_out *j, double value)
{
	char text[JSON_OUT_NUMBER];
	json_out_number(text, value);
	json_out_bare(j, text);
}

void json_out_bool(struct json_out *j, bool value)
{
	json_out_bare(j, value ? "true" : "false");
}

void json_out_null(struct json_out *j)
{
	json_out_bare(j, "null");
}

/* One character that may need an escape. U+2028 and U+2029 end a line in older JavaScript. */
static void json_out_character(struct textbuf *out, uint32_t c, const char *bytes, size_t length)
{
	static const char plain[] = "\"\\\b\f\n\r\t", escaped[] = "\"\\bfnrt";
	const char *at = c != 0 && c < 0x80 ? strchr(plain, (int)c) : NULL;
	if (at != NULL) {
		textbuf_add_char(out, '\\');
		textbuf_add_char(out, escaped[at - plain]);
	} else if (c < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029) {
		textbuf_printf(out, "\\u%04x", (unsigned)c);
	} else {
		textbuf_add_n(out, bytes, length);
	}
}

void json_out_quote(struct textbuf *out, const char *text, size_t length)
{
	assert(text != NULL || length == 0);
	textbuf_add_char(out, '"');
	for (size_t i = 0; i < length;) {
		uint32_t c;
		size_t n = utf8_next(text + i, length - i, &c);
		assert(n >= 1 && n <= length - i);
		if (c == UTF8_INVALID)
			textbuf_add(out, "\xef\xbf\xbd"); /* U+FFFD */
		else
			json_out_character(out, c, text + i, n);
		i += n;
	}
	textbuf_add_char(out, '"');
}

enum { JSON_OUT_DIGITS = 17 }; /* enough for any double: DBL_DECIMAL_DIG */

/* A finite positive number as decimal digits d.ddd x 10^exponent. */
struct json_out_decimal {
	char digit[JSON_OUT_DIGITS + 1]; /* '0'..'9', NUL-ended */
	int exponent;
};

/* `value` rounded to `count` digits. snprintf writes the locale's decimal point, of whatever bytes; only digits are read back. */
static void json_out_round(struct json_out_decimal *d, double value, int count)
{
	assert(count >= 1 && count <= JSON_OUT_DIGITS);
	char text[64];
	snprintf(text, sizeof text, "%.*e", count - 1, value);
	char *mark = strchr(text, 'e');
	assert(mark != NULL);
	int n = 0;
	for (char *c = text; c < mark; c++)
		if (*c >= '0' && *c <= '9')
			d->digit[n++] = *c;
	assert(n == count);
	d->digit[n] = '\0';
	d->exponent = (int)strtol(mark + 1, NULL, 10);
}

/* Reads the digits back without a decimal point, so that the locale has no say. */
static double json_out_back(const struct json_out_decimal *d)
{
	char text[64];
	snprintf(text, sizeof text, "%se%d", d->digit, d->exponent - (int)strlen(d->digit) + 1);
	return strtod(text, NULL);
}

/* The next larger decimal with as many digits. */
static void json_out_next(struct json_out_decimal *d)
{
	size_t i = strlen(d->digit);
	assert(i > 0);
	while (i > 0 && d->digit[i - 1] == '9')
		d->digit[--i] = '0';
	if (i > 0) {
		d->digit[i - 1]++;
	} else {
		d->digit[0] = '1';
		d->exponent++;
	}
}

/* The fewest digits that read back as `value`. Any decimal of 15 digits survives a normal double, so the search begins there;
 * subnormals hold fewer. The gap below a power of two is half the gap above it, so that above the nearest decimal of n digits
 * the next one may read back where the nearest does not. */
static void json_out_shortest(struct json_out_decimal *d, double value)
{
	assert(value > 0 && value <= DBL_MAX);
	int first = value < DBL_MIN ? 1 : DBL_DIG;
	for (int count = first; count < JSON_OUT_DIGITS; count++) {
		json_out_round(d, value, count);
		double back = json_out_back(d);
		if (back < value) {
			json_out_next(d);
			back = json_out_back(d);
		}
		if (back == value)
			return;
	}
	json_out_round(d, value, JSON_OUT_DIGITS);
	assert(json_out_back(d) == value);
}

static size_t json_out_repeat(char *text, size_t n, int count)
{
	for (int i = 0; i < count; i++)
		text[n++] = '0';
	return n;
}

static size_t json_out_copy(char *text, size_t n, const char *digits, size_t count)
{
	memcpy(text + n, digits, count);
	return n + count;
}

/* Digits and exponent as a JSON number: plain from 1e-4 to below 1e16, else with an exponent. */
static size_t json_out_layout(char *text, size_t n, struct json_out_decimal *d)
{
	size_t count = strlen(d->digit);
	while (count > 1 && d->digit[count - 1] == '0')
		count--;
	int e = d->exponent, point = e + 1;
	if (e < -4 || e >= 16) {
		n = json_out_copy(text, n, d->digit, 1);
		if (count > 1) {
			text[n++] = '.';
			n = json_out_copy(text, n, d->digit + 1, count - 1);
		}
		return n + (size_t)snprintf(text + n, JSON_OUT_NUMBER - n, "e%c%02d", e < 0 ? '-' : '+', abs(e));
	}
	if (point <= 0) {
		n = json_out_copy(text, n, "0.", 2);
		n = json_out_repeat(text, n, -point);
		return json_out_copy(text, n, d->digit, count);
	}
	if ((size_t)point >= count) {
		n = json_out_copy(text, n, d->digit, count);
		return json_out_repeat(text, n, point - (int)count);
	}
	n = json_out_copy(text, n, d->digit, (size_t)point);
	text[n++] = '.';
	return json_out_copy(text, n, d->digit + point, count - (size_t)point);
}

void json_out_number(char *text, double value)
{
	assert(text != NULL);
	if (!isfinite(value)) {
		memcpy(text, "null", sizeof "null");
		return;
	}
	if (value == 0) {
		snprintf(text, JSON_OUT_NUMBER, "%s", signbit(value) ? "-0" : "0");
		return;
	}
	if (fabs(value) < 1e15 && value == (double)(int64_t)value) {
		snprintf(text, JSON_OUT_NUMBER, "%" PRId64, (int64_t)value);
		return;
	}
	size_t n = 0;
	if (value < 0)
		text[n++] = '-';
	struct json_out_decimal d;
	json_out_shortest(&d, fabs(value));
	n = json_out_layout(text, n, &d);
	assert(n < JSON_OUT_NUMBER);
	text[n] = '\0';
}
