#include "models/poll/jsontext.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "models/poll/decimal.h"
#include "sim/base/textbuf.h"
#include "sim/base/utf8.h"

struct reading {
	const char *text, *p, *end;
	int depth;
	struct arena *arena;
	struct position *at;
	struct error *e;
	struct textbuf scratch; /* a string with escapes */
};

void jsontext_position(const char *text, const char *where, struct position *at)
{
	const char *line = text;
	at->line = at->column = 1;
	for (const char *p = text; p < where; p++) {
		if (*p == '\n') {
			at->line++;
			line = p + 1;
		}
	}
	for (const char *p = line; p < where; p++)
		at->column += ((unsigned char)*p & 0xC0) != 0x80; /* not a following byte of a character */
}

/* Always NULL, which is also false. */
static void *wrong(struct reading *r, const char *where, const char *what)
{
	if (r->at != NULL)
		jsontext_position(r->text, where, r->at);
	error_set(r->e, ERROR_INPUT, "%s", what);
	return NULL;
}

static void skip_space(struct reading *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
		r->p++;
}

static bool is_digit(const struct reading *r)
{
	return r->p < r->end && *r->p >= '0' && *r->p <= '9';
}

static bool take(struct reading *r, char c)
{
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

/* --- strings ---------------------------------------------------------------------------------------------------------------------- */

static void add_character(struct textbuf *b, uint32_t c)
{
	if (c < 0x80) {
		textbuf_add_char(b, (char)c);
	} else if (c < 0x800) {
		textbuf_add_char(b, (char)(0xC0 | c >> 6));
		textbuf_add_char(b, (char)(0x80 | (c & 0x3F)));
	} else if (c < 0x10000) {
		textbuf_add_char(b, (char)(0xE0 | c >> 12));
		textbuf_add_char(b, (char)(0x80 | (c >> 6 & 0x3F)));
		textbuf_add_char(b, (char)(0x80 | (c & 0x3F)));
	} else {
		textbuf_add_char(b, (char)(0xF0 | c >> 18));
		textbuf_add_char(b, (char)(0x80 | (c >> 12 & 0x3F)));
		textbuf_add_char(b, (char)(0x80 | (c >> 6 & 0x3F)));
		textbuf_add_char(b, (char)(0x80 | (c & 0x3F)));
	}
}

/* Four hexadecimal digits; -1 where there are none. */
static int32_t hex4(struct reading *r)
{
	int32_t value = 0;
	if (r->end - r->p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = *r->p++;
		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			value = value * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return value;
}

static bool is_high(int32_t c)
{
	return c >= 0xD800 && c < 0xDC00;
}

static bool is_low(int32_t c)
{
	return c >= 0xDC00 && c < 0xE000;
}

static bool read_unicode(struct reading *r, const char *begin)
{
	int32_t c = hex4(r);
	if (c < 0)
		return wrong(r, begin, "\\u is followed by four hexadecimal digits");
	if (is_high(c) && r->end - r->p >= 2 && r->p[0] == '\\' && r->p[1] == 'u') {
		r->p += 2;
		int32_t low = hex4(r);
		if (!is_low(low))
			return wrong(r, begin, "half of a surrogate pair is no character");
		c = 0x10000 + (c - 0xD800) * 0x400 + (low - 0xDC00);
	} else if (is_high(c) || is_low(c)) {
		return wrong(r, begin, "half of a surrogate pair is no character");
	}
	add_character(&r->scratch, (uint32_t)c);
	return true;
}

static bool read_escape(struct reading *r)
{
	static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	const char *begin = r->p++; /* the backslash */
	char c = '\0';
	if (r->p < r->end)
		c = *r->p++;
	if (c == 'u')
		return read_unicode(r, begin);
	const char *letter = c != '\0' ? strchr(letters, c) : NULL;
	if (letter == NULL)
		return wrong(r, begin, "no such escape; a string knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u");
	textbuf_add_char(&r->scratch, means[letter - letters]);
	return true;
}

/* One character that is neither a quote nor an escape. */
static bool pass_character(struct reading *r)
{
	uint32_t c;
	size_t n = utf8_next(r->p, (size_t)(r->end - r->p), &c);
	if (c == UTF8_INVALID)
		return wrong(r, r->p, "this is not UTF-8");
	if (c < 0x20)
		return wrong(r, r->p, "a control character in a string; write it as an escape");
	r->p += n;
	return true;
}

/* After the opening quote. Borrows from the text where it holds no escape. */
static bool read_string(struct reading *r, const char **bytes, size_t *length)
{
	const char *open = r->p - 1, *begin = r->p;
	bool escaped = false;
	textbuf_clear(&r->scratch);
	for (;;) {
		const char *plain = r->p;
		while (r->p < r->end && *r->p != '"' && *r->p != '\\')
			if (!pass_character(r))
				return false;
		if (r->p == r->end)
			return wrong(r, open, "a string without its closing quote");
		if (*r->p == '"' && !escaped)
			break;
		textbuf_add_n(&r->scratch, plain, (size_t)(r->p - plain));
		escaped = true;
		if (*r->p == '"')
			break;
		if (!read_escape(r))
			return false;
	}
	*length = escaped ? r->scratch.length : (size_t)(r->p - begin);
	*bytes = escaped ? arena_string_n(r->arena, textbuf_text(&r->scratch), *length) : begin;
	r->p++;
	return true;
}

/* --- numbers ---------------------------------------------------------------------------------------------------------------------- */

static bool digits(struct reading *r)
{
	if (!is_digit(r))
		return false;
	while (is_digit(r))
		r->p++;
	return true;
}

static bool read_number(struct reading *r, struct jsontext *v)
{
	const char *begin = r->p;
	bool fine = true;
	take(r, '-');
	if (!take(r, '0'))
		fine = digits(r);
	else if (is_digit(r))
		return wrong(r, begin, "a number does not begin with 0");
	if (fine && take(r, '.'))
		fine = digits(r);
	if (fine && r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
		r->p++;
		if (!take(r, '+'))
			take(r, '-');
		fine = digits(r);
	}
	if (!fine)
		return wrong(r, begin, "this is no whole number: a digit is missing");
	v->kind = JSONTEXT_NUMBER;
	v->bytes = begin;
	v->length = (size_t)(r->p - begin);
	return true;
}

/* --- values ----------------------------------------------------------------------------------------------------------------------- */

static struct jsontext *read_value(struct reading *r);

static bool read_key(struct reading *r, struct jsontext *member)
{
	skip_space(r);
	member->key_from = r->p;
	if (!take(r, '"'))
		return wrong(r, r->p, r->p < r->end && *r->p == '}' ? "a comma before }" : "a key in quotes is expected here");
	if (!read_string(r, &member->key, &member->key_length))
		return false;
	skip_space(r);
	return take(r, ':') || wrong(r, r->p, "a colon is expected after the key");
}

/* The members up to the closing bracket. */
static bool read_members(struct reading *r, struct jsontext *v, char close)
{
	struct jsontext **tail = &v->first;
	skip_space(r);
	if (take(r, close))
		return true;
	do {
		struct jsontext key = {0};
		if (v->kind == JSONTEXT_OBJECT && !read_key(r, &key))
			return false;
		struct jsontext *member = read_value(r);
		if (member == NULL)
			return false;
		member->key = key.key;
		member->key_length = key.key_length;
		member->key_from = key.key_from;
		*tail = member;
		tail = &member->next;
		v->length++;
		skip_space(r);
	} while (take(r, ','));
	return take(r, close) || wrong(r, r->p, close == ']' ? "a comma or ] is expected here" : "a comma or } is expected here");
}

static bool read_container(struct reading *r, struct jsontext *v)
{
	char open = *r->p;
	if (r->depth == JSONTEXT_DEPTH)
		return wrong(r, r->p, "arrays and objects are nested more than 1,000 deep");
	r->p++;
	r->depth++;
	v->kind = open == '[' ? JSONTEXT_ARRAY : JSONTEXT_OBJECT;
	bool fine = read_members(r, v, open == '[' ? ']' : '}');
	r->depth--;
	return fine;
}

static bool read_word(struct reading *r, struct jsontext *v)
{
	static const struct {
		const char *word;
		enum jsontext_kind kind;
	} words[] = {{"null", JSONTEXT_NULL}, {"true", JSONTEXT_TRUE}, {"false", JSONTEXT_FALSE}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i].word);
		if ((size_t)(r->end - r->p) >= n && memcmp(r->p, words[i].word, n) == 0) {
			v->kind = words[i].kind;
			r->p += n;
			return true;
		}
	}
	return wrong(r, r->p, "a JSON value is expected here");
}

static bool read_into(struct reading *r, struct jsontext *v)
{
	if (r->p == r->end)
		return wrong(r, r->p, "the text ends where a JSON value is expected");
	if (*r->p == '{' || *r->p == '[')
		return read_container(r, v);
	if (*r->p == '-' || is_digit(r))
		return read_number(r, v);
	if (!take(r, '"'))
		return read_word(r, v);
	v->kind = JSONTEXT_STRING;
	return read_string(r, &v->bytes, &v->length);
}

static struct jsontext *read_value(struct reading *r)
{
	skip_space(r);
	struct jsontext *v = ARENA_NEW(r->arena, struct jsontext);
	v->from = r->p;
	if (!read_into(r, v))
		return NULL;
	v->end = r->p;
	return v;
}

static const char *after_mark(const char *text, size_t length)
{
	return length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text;
}

const struct jsontext *jsontext_read(const char *text, size_t length, struct arena *a, struct position *at, struct error *e)
{
	struct reading r = {.text = length > 0 ? text : "", .arena = a, .at = at, .e = e};
	r.text = r.p = after_mark(r.text, length);
	r.end = length > 0 ? text + length : r.text;
	struct jsontext *v = read_value(&r);
	if (v != NULL) {
		skip_space(&r);
		if (r.p < r.end)
			v = wrong(&r, r.p, "there is more after the JSON value");
	}
	textbuf_fini(&r.scratch);
	return v;
}

bool jsontext_is_key(const struct jsontext *member, const char *key)
{
	return member->key != NULL && member->key_length == strlen(key) && memcmp(member->key, key, member->key_length) == 0;
}

const struct jsontext *jsontext_get(const struct jsontext *object, const char *key)
{
	const struct jsontext *found = NULL;
	if (object->kind == JSONTEXT_OBJECT)
		for (const struct jsontext *m = object->first; m != NULL; m = m->next)
			if (jsontext_is_key(m, key))
				found = m;
	return found;
}

/* --- for jansson ------------------------------------------------------------------------------------------------------------------ */

static json_t *numeral(const struct jsontext *v)
{
	struct textbuf b = {0};
	textbuf_add_char(&b, JSONTEXT_NUMERAL);
	textbuf_add_n(&b, v->bytes, v->length);
	json_t *made = json_stringn_nocheck(b.text, b.length);
	textbuf_fini(&b);
	return made;
}

static json_t *number_json(const struct jsontext *v)
{
	int64_t whole;
	if (decimal_integer(v->bytes, v->length, &whole))
		return json_integer(whole);
	struct decimal d = decimal_read(v->bytes, v->length);
	return d.comparable ? json_real(d.value) : numeral(v);
}

static json_t *container_json(const struct jsontext *v)
{
	json_t *made = v->kind == JSONTEXT_ARRAY ? json_array() : json_object();
	for (const struct jsontext *m = v->first; m != NULL; m = m->next) {
		if (v->kind == JSONTEXT_ARRAY)
			json_array_append_new(made, jsontext_json(m));
		else
			json_object_setn_new_nocheck(made, m->key, m->key_length, jsontext_json(m));
	}
	return made;
}

json_t *jsontext_json(const struct jsontext *value)
{
	switch (value->kind) {
	case JSONTEXT_NULL: return json_null();
	case JSONTEXT_FALSE: return json_false();
	case JSONTEXT_TRUE: return json_true();
	case JSONTEXT_NUMBER: return number_json(value);
	case JSONTEXT_STRING: return json_stringn_nocheck(value->bytes, value->length);
	default: return container_json(value);
	}
}
