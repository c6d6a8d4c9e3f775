#include "models/source/slots.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "models/source/madeup.h"
#include "sim/base/memory.h"
#include "sim/base/nearname.h"
#include "sim/base/textbuf.h"
#include "sim/base/utf8.h"
#include "sim/draw.h"

enum { RANDOM_DIGITS = 15 }; /* of a bound, decimals included: its steps are exact in 64 bits */

enum slot_kind { SLOT_TEXT, SLOT_ID, SLOT_COUNTER, SLOT_TIME, SLOT_RANDOM, SLOT_PICK };
enum time_form { TIME_ISO, TIME_S, TIME_MS };

struct word {
	const char *text;
	size_t length;
};

struct slot {
	enum slot_kind kind;
	struct word text; /* SLOT_TEXT */
	enum time_form form;
	int64_t low;   /* SLOT_RANDOM: in units of the last decimal */
	uint64_t span; /* how many steps there are */
	int decimals;
	const struct word *words; /* SLOT_PICK */
	size_t word_count;
	unsigned draw; /* which of the random slots */
};

struct slots {
	struct word text;
	const struct slot *items;
	size_t count;
};

/* --- reading ------------------------------------------------------------------------------------------------------------------------------ */

enum { WORDS_MAX = 1000 };

struct reader {
	const char *text;
	size_t length, at;
	const char *file;
	struct diagnostics *found;
	struct arena *arena;
	struct slot *slots; /* owned while it is read */
	size_t count, capacity;
	unsigned draws;
};

/* Line and column, in characters, of an offset. */
static struct position position_of(const struct reader *r, size_t offset)
{
	struct position p = {r->file, 1, 1};
	uint32_t c;
	for (size_t i = 0; i < offset;) {
		i += utf8_next(r->text + i, r->length - i, &c);
		p.column++;
		if (c == '\n') {
			p.line++;
			p.column = 1;
		}
	}
	return p;
}

__attribute__((format(printf, 3, 4))) static int wrong(const struct reader *r, size_t offset, const char *format, ...)
{
	va_list ap;
	char text[400];
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	diagnostic_add(r->found, SEVERITY_ERROR, position_of(r, offset), "read/slot", "%s", text);
	return -1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_at(const struct reader *r, const char *what)
{
	size_t n = strlen(what);
	return r->length - r->at >= n && memcmp(r->text + r->at, what, n) == 0;
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->length && is_blank(r->text[r->at]))
		r->at++;
}

static bool is_same(const struct word *w, const char *text)
{
	return w->length == strlen(text) && memcmp(w->text, text, w->length) == 0;
}

/* One word; *out is empty at the end of the slot. */
static int read_word(struct reader *r, struct word *out)
{
	*out = (struct word){0};
	skip_blanks(r);
	if (r->at >= r->length || is_at(r, "}}"))
		return 0;
	size_t start = r->at;
	char quote = r->text[start];
	if (quote == '\'' || quote == '"') {
		const char *end = memchr(r->text + start + 1, quote, r->length - start - 1);
		if (end == NULL)
			return wrong(r, start, "this quote is not closed");
		*out = (struct word){r->text + start + 1, (size_t)(end - r->text) - start - 1};
		r->at = (size_t)(end - r->text) + 1;
		bool ends = r->at >= r->length || is_blank(r->text[r->at]) || is_at(r, "}}");
		return ends ? 0 : wrong(r, r->at, "a blank or '}}' is expected behind a quoted word");
	}
	while (r->at < r->length && !is_blank(r->text[r->at]) && strchr("'\"{}", r->text[r->at]) == NULL)
		r->at++;
	if (r->at == start || (r->at < r->length && !is_blank(r->text[r->at]) && !is_at(r, "}}")))
		return wrong(r, r->at, "'%c' can't stand in a slot but in quotes", r->text[r->at]);
	*out = (struct word){r->text + start, r->at - start};
	return 0;
}

/* All words of the slot that begins at r->at, name first; r->at is behind its end. Returns how many, or -1. */
static int read_words(struct reader *r, size_t start, struct word *words)
{
	int count = 0;
	for (;;) {
		struct word w;
		if (read_word(r, &w) < 0)
			return -1;
		if (w.text == NULL)
			break;
		if (count == WORDS_MAX)
			return wrong(r, start, "a slot takes at most %d words", WORDS_MAX);
		words[count++] = w;
	}
	if (r->at >= r->length)
		return wrong(r, start, "this slot is not closed: '}}' is missing");
	r->at += 2;
	return count;
}

/* --- what a slot says ------------------------------------------------------------------------------------------------------------------------ */

static size_t offset_of(const struct reader *r, const struct word *w)
{
	return (size_t)(w->text - r->text);
}

/* A decimal number as a whole one and how many decimals it was written with: "-1.50" is -150 and 2. */
static int read_number(const struct reader *r, const struct word *w, int64_t *value, int *decimals)
{
	int digits = 0;
	bool negative = w->length > 0 && w->text[0] == '-', point = false;
	*value = *decimals = 0;
	for (size_t i = negative; i < w->length; i++) {
		char c = w->text[i];
		if (c == '.' && !point && digits > 0) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			return wrong(r, offset_of(r, w), "'%.*s' is no number", (int)w->length, w->text);
		if (++digits > RANDOM_DIGITS)
			return wrong(r, offset_of(r, w), "a bound of 'random' has at most %d digits", RANDOM_DIGITS);
		*value = *value * 10 + (c - '0');
		*decimals += point;
	}
	if (digits == 0 || (point && *decimals == 0))
		return wrong(r, offset_of(r, w), "'%.*s' is no number", (int)w->length, w->text);
	if (negative)
		*value = -*value;
	return 0;
}

static int64_t scaled(int64_t value, int places)
{
	for (; places > 0; places--)
		value *= 10;
	return value;
}

static int says_random(struct reader *r, size_t start, const struct word *words, int count, struct slot *out)
{
	int64_t low, high;
	int low_decimals, high_decimals;
	if (count != 3)
		return wrong(r, start, "'random' takes two numbers, the lowest and the highest");
	if (read_number(r, &words[1], &low, &low_decimals) < 0 || read_number(r, &words[2], &high, &high_decimals) < 0)
		return -1;
	int decimals = low_decimals > high_decimals ? low_decimals : high_decimals;
	/* The shorter one is widened to the other's decimals. */
	int more = decimals - (low_decimals < high_decimals ? low_decimals : high_decimals);
	int64_t shorter = low_decimals < high_decimals ? low : high, bound = scaled(1, RANDOM_DIGITS - more);
	if (more > 0 && (shorter >= bound || shorter <= -bound))
		return wrong(r, start, "a bound of 'random' has at most %d digits, decimals of the other one included",
		             RANDOM_DIGITS);
	low = scaled(low, decimals - low_decimals);
	high = scaled(high, decimals - high_decimals);
	if (low > high)
		return wrong(r, offset_of(r, &words[1]), "%.*s is above %.*s", (int)words[1].length, words[1].text,
		             (int)words[2].length, words[2].text);
	out->low = low;
	out->span = (uint64_t)(high - low) + 1;
	out->decimals = decimals;
	out->draw = r->draws++;
	return 0;
}

static int says_pick(struct reader *r, size_t start, const struct word *words, int count, struct slot *out)
{
	if (count < 2)
		return wrong(r, start, "'pick' takes the words to pick from");
	struct word *kept = ARENA_ARRAY(r->arena, (size_t)count - 1, struct word);
	memcpy(kept, words + 1, ((size_t)count - 1) * sizeof *kept);
	out->words = kept;
	out->word_count = (size_t)count - 1;
	out->draw = r->draws++;
	return 0;
}

static int says_time(struct reader *r, size_t start, const struct word *words, int count, struct slot *out)
{
	if (count > 2 || (count == 2 && !is_same(&words[1], "s") && !is_same(&words[1], "ms") && !is_same(&words[1], "iso")))
		return wrong(r, start, "'time' takes nothing, or one of iso, s and ms");
	if (count == 2)
		out->form = is_same(&words[1], "s") ? TIME_S : is_same(&words[1], "ms") ? TIME_MS : TIME_ISO;
	return 0;
}

static int says_nothing(struct reader *r, size_t start, const struct word *words, int count, struct slot *out)
{
	(void)out;
	return count == 1 ? 0 : wrong(r, start, "'%.*s' takes nothing behind its name", (int)words[0].length, words[0].text);
}

static const struct {
	const char *name;
	enum slot_kind kind;
	int (*says)(struct reader *r, size_t start, const struct word *words, int count, struct slot *out);
} kinds[] = {
	{"id", SLOT_ID, says_nothing},        {"counter", SLOT_COUNTER, says_nothing}, {"time", SLOT_TIME, says_time},
	{"random", SLOT_RANDOM, says_random}, {"pick", SLOT_PICK, says_pick},
};
enum { SLOT_KINDS = sizeof kinds / sizeof *kinds };

static int unknown(const struct reader *r, const struct word *name)
{
	const char *names[SLOT_KINDS];
	for (size_t i = 0; i < SLOT_KINDS; i++)
		names[i] = kinds[i].name;
	int shown = name->length < 40 ? (int)name->length : 40;
	wrong(r, offset_of(r, name), "unknown slot '%.*s'", shown, name->text);
	const char *near = nearname_find(arena_string_n(r->arena, name->text, (size_t)shown), names, SLOT_KINDS);
	if (near != NULL)
		diagnostic_hint(r->found, "did you mean '%s'?", near);
	else
		diagnostic_hint(r->found, "slots are id, counter, time, random and pick; to have {{ itself, write {{{{");
	return -1;
}

/* The slot at r->at, behind its `{{`. */
static int read_slot(struct reader *r, size_t start, struct word *words, struct slot *out)
{
	int count = read_words(r, start, words);
	if (count < 0)
		return -1;
	if (count == 0) {
		wrong(r, start, "an empty slot");
		diagnostic_hint(r->found, "to have {{ itself, write {{{{");
		return -1;
	}
	for (size_t i = 0; i < SLOT_KINDS; i++) {
		if (!is_same(&words[0], kinds[i].name))
			continue;
		out->kind = kinds[i].kind;
		return kinds[i].says(r, start, words, count, out);
	}
	return unknown(r, &words[0]);
}

static void add(struct reader *r, const struct slot *slot)
{
	MEMORY_ROOM(r->slots, r->count, r->capacity);
	r->slots[r->count++] = *slot;
}

static void add_text(struct reader *r, const char *text, size_t length)
{
	if (length > 0)
		add(r, &(struct slot){.kind = SLOT_TEXT, .text = {text, length}});
}

/* Up to the next `{{`, or to the end. */
static size_t text_length(const struct reader *r)
{
	for (size_t i = r->at; i + 1 < r->length; i++)
		if (r->text[i] == '{' && r->text[i + 1] == '{')
			return i - r->at;
	return r->length - r->at;
}

/* A text in another language of templates is all wrong; its first mistakes say enough. */
enum { MISTAKES_MAX = 10 };

static int read_all(struct reader *r, struct word *words)
{
	int mistakes = 0;
	while (r->at < r->length && mistakes < MISTAKES_MAX) {
		size_t plain = text_length(r), start = r->at + plain;
		add_text(r, r->text + r->at, plain);
		r->at = start;
		if (start >= r->length)
			break;
		if (is_at(r, "{{{{")) {
			add_text(r, r->text + start, 2);
			r->at += 4;
			continue;
		}
		struct slot slot = {0};
		r->at += 2;
		if (read_slot(r, start, words, &slot) < 0) {
			mistakes++; /* what follows may be no slot at all: go on behind the braces */
			r->at = start + 2;
			continue;
		}
		add(r, &slot);
	}
	return mistakes > 0 ? -1 : 0;
}

int slots_compile(const char *text, size_t length, const char *file, struct diagnostics *found, struct arena *a,
                  const struct slots **out)
{
	*out = NULL;
	if (memmem(text, length, "{{", 2) == NULL)
		return 0;
	struct arena scratch = {0};
	struct reader r = {.text = text, .length = length, .file = file, .found = found, .arena = a};
	int status = read_all(&r, ARENA_ARRAY(&scratch, WORDS_MAX, struct word));
	if (status == 0) {
		struct slots *s = ARENA_NEW(a, struct slots);
		struct slot *items = ARENA_ARRAY(a, r.count, struct slot);
		memcpy(items, r.slots, r.count * sizeof *items);
		*s = (struct slots){{text, length}, items, r.count};
		*out = s;
	}
	memory_free(r.slots);
	arena_fini(&scratch);
	return status;
}

const char *slots_text(const struct slots *s, size_t *length)
{
	*length = s->text.length;
	return s->text.text;
}

/* --- rendering ------------------------------------------------------------------------------------------------------------------------------- */

static uint64_t shuffle_word(const struct slots_deal *deal, unsigned draw, unsigned card)
{
	return madeup_word(deal->deck, MADEUP_SHUFFLE, (uint64_t)draw << 32 | card);
}

/* Where the card lies in its slot's shuffled deck. */
static unsigned dealt(const struct slots_deal *deal, unsigned draw)
{
	uint64_t own = shuffle_word(deal, draw, deal->card);
	unsigned before = 0;
	for (unsigned i = 0; i < deal->cards; i++) {
		uint64_t other = shuffle_word(deal, draw, i);
		before += other < own || (other == own && i < deal->card);
	}
	return before;
}

static uint64_t chosen(const struct slot *slot, const struct slots_event *event, uint64_t of)
{
	uint64_t word = madeup_word(event->identity, MADEUP_SLOT, slot->draw);
	if (event->deal.cards > 1) /* somewhere in its part of all words */
		word = (uint64_t)(((unsigned __int128)dealt(&event->deal, slot->draw) << 64 | word) / event->deal.cards);
	return draw_below(word, of);
}

static void render_random(const struct slot *slot, const struct slots_event *event, struct textbuf *out)
{
	int64_t value = slot->low + (int64_t)chosen(slot, event, slot->span), unit = scaled(1, slot->decimals);
	uint64_t size = value < 0 ? (uint64_t)-value : (uint64_t)value;
	if (value < 0)
		textbuf_add_char(out, '-');
	textbuf_printf(out, "%" PRIu64, size / (uint64_t)unit);
	if (slot->decimals > 0)
		textbuf_printf(out, ".%0*" PRIu64, slot->decimals, size % (uint64_t)unit);
}

static void render_slot(const struct slot *slot, const struct slots_event *event, struct arena *scratch, struct textbuf *out)
{
	const struct word *word = &slot->text;
	int64_t ms = madeup_epoch_ms(event->at);
	switch (slot->kind) {
	case SLOT_ID: textbuf_add(out, madeup_uuid(scratch, event->identity, MADEUP_ITEM)); return;
	case SLOT_COUNTER: textbuf_printf(out, "%" PRIu64, event->number + 1); return;
	case SLOT_RANDOM: render_random(slot, event, out); return;
	case SLOT_TIME:
		if (slot->form == TIME_ISO)
			textbuf_add(out, madeup_iso_ms(scratch, event->at));
		else
			textbuf_printf(out, "%" PRId64, slot->form == TIME_S ? ms / 1000 : ms);
		return;
	case SLOT_PICK: word = &slot->words[chosen(slot, event, slot->word_count)]; break;
	case SLOT_TEXT: break;
	}
	textbuf_add_n(out, word->text, word->length);
}

char *slots_render(const struct slots *s, const struct slots_event *event, struct arena *a, size_t *out_length)
{
	assert(s != NULL && event != NULL);
	struct textbuf out = {0};
	struct arena scratch = {0};
	for (size_t i = 0; i < s->count; i++)
		render_slot(&s->items[i], event, &scratch, &out);
	arena_fini(&scratch);
	*out_length = out.length;
	char *text = arena_string_n(a, textbuf_text(&out), out.length);
	textbuf_fini(&out);
	return text;
}
