#include "models/money/price.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embedded.h"
#include "sim/base/memory.h"
#include "sim/base/nearname.h"
#include "sim/base/textbuf.h"

static const char header[] = "region,service,item,from,to,usd,unit,base,source";

enum { REGION, SERVICE, ITEM, FROM, TO, USD, UNIT, BASE, SOURCE, FIELDS };

/* While a list is read its arrays grow on the heap; they are copied into the arena at the end. */
struct reading {
	const char *name;
	int line;
	struct arena *arena;
	struct error *error;
	struct price *prices;
	size_t count, capacity;
	struct price_tier *tiers;
	size_t tier_count, tier_capacity;
};

static int wrong(const struct reading *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int wrong(const struct reading *r, const char *format, ...)
{
	char text[300];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	return error_set(r->error, ERROR_INPUT, "%s:%d: %s", r->name, r->line, text);
}

/* Splits at the first FIELDS - 1 commas; the source keeps its own. */
static int split(const struct reading *r, char *line, char *field[FIELDS])
{
	for (int i = 0; i < FIELDS; i++) {
		field[i] = line;
		char *comma = i + 1 < FIELDS ? strchr(line, ',') : NULL;
		if (i + 1 < FIELDS && comma == NULL)
			return wrong(r, "%d fields where %d are due", i + 1, FIELDS);
		if (comma != NULL) {
			*comma = '\0';
			line = comma + 1;
		}
		if (*field[i] == '\0' && i != TO)
			return wrong(r, "field %d is empty", i + 1);
	}
	return 0;
}

static int number(const struct reading *r, const char *text, double *out)
{
	char *end;
	*out = strtod(text, &end);
	if (*end != '\0' || end == text || strspn(text, "0123456789.") != strlen(text))
		return wrong(r, "'%s' is no plain number", text);
	return 0;
}

static int base_of(const struct reading *r, const char *text, enum price_base *out)
{
	static const char *const names[] = {"none", "binary", "decimal"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(text, names[i]) == 0) {
			*out = (enum price_base)i;
			return 0;
		}
	}
	return wrong(r, "'%s' is none of none, binary, decimal", text);
}

static bool same_price(const struct price *p, char *const field[FIELDS])
{
	return strcmp(p->region, field[REGION]) == 0 && strcmp(p->service, field[SERVICE]) == 0 &&
	       strcmp(p->item, field[ITEM]) == 0;
}

static int add_tier(struct reading *r, char *const field[FIELDS])
{
	struct price_tier tier = {.to = INFINITY};
	if (number(r, field[FROM], &tier.from) != 0 || number(r, field[USD], &tier.usd) != 0)
		return -1;
	if (*field[TO] != '\0' && number(r, field[TO], &tier.to) != 0)
		return -1;
	if (!(tier.to > tier.from))
		return wrong(r, "the tier ends where it begins");
	tier.source = arena_string(r->arena, field[SOURCE]);
	struct price *p = &r->prices[r->count - 1];
	double begins = p->tier_count == 0 ? 0 : r->tiers[r->tier_count - 1].to;
	if (tier.from != begins)
		return wrong(r, "the tier begins at %s, the one before ends at %.17g", field[FROM], begins);
	MEMORY_ROOM(r->tiers, r->tier_count, r->tier_capacity);
	r->tiers[r->tier_count++] = tier;
	p->tier_count++;
	return 0;
}

static int add_row(struct reading *r, char *const field[FIELDS])
{
	struct price row = {.unit = field[UNIT]};
	if (base_of(r, field[BASE], &row.base) != 0)
		return -1;
	struct price *last = r->count > 0 ? &r->prices[r->count - 1] : NULL;
	if (last != NULL && same_price(last, field)) {
		if (strcmp(last->unit, row.unit) != 0 || last->base != row.base)
			return wrong(r, "the tiers of a price share their unit and base");
		return add_tier(r, field);
	}
	if (last != NULL && !isinf(r->tiers[r->tier_count - 1].to))
		return wrong(r, "the last tier of the price above has an end");
	for (size_t i = 0; i < r->count; i++)
		if (same_price(&r->prices[i], field))
			return wrong(r, "%s, %s has a price already", field[REGION], field[ITEM]);
	row.region = arena_string(r->arena, field[REGION]);
	row.service = arena_string(r->arena, field[SERVICE]);
	row.item = arena_string(r->arena, field[ITEM]);
	row.unit = arena_string(r->arena, field[UNIT]);
	MEMORY_ROOM(r->prices, r->count, r->capacity);
	r->prices[r->count++] = row;
	return add_tier(r, field);
}

static int read_line(struct reading *r, char *line)
{
	char *field[FIELDS];
	if (r->line == 1)
		return strcmp(line, header) == 0 ? 0 : wrong(r, "the header line is not '%s'", header);
	if (split(r, line, field) != 0)
		return -1;
	return add_row(r, field);
}

static int read_lines(struct reading *r, char *text, size_t length)
{
	if (strlen(text) != length)
		return wrong(r, "the file holds a NUL");
	while (*text != '\0') {
		char *end = strchr(text, '\n');
		if (end == NULL)
			return wrong(r, "the last line does not end");
		*end = '\0';
		r->line++;
		if (read_line(r, text) != 0)
			return -1;
		text = end + 1;
	}
	if (r->count == 0)
		return wrong(r, "no prices");
	return isinf(r->tiers[r->tier_count - 1].to) ? 0 : wrong(r, "the last tier of a price has an end");
}

static bool region_is_new(const struct price_list *list, const char *region)
{
	for (size_t i = 0; i < list->region_count; i++)
		if (strcmp(list->regions[i], region) == 0)
			return false;
	return true;
}

static void finish(const struct reading *r, struct price_list *out)
{
	struct price_tier *tiers = ARENA_ARRAY(r->arena, r->tier_count, struct price_tier);
	memcpy(tiers, r->tiers, r->tier_count * sizeof *tiers);
	*out = (struct price_list){.prices = ARENA_ARRAY(r->arena, r->count, struct price), .count = r->count};
	out->regions = ARENA_ARRAY(r->arena, r->count, const char *);
	for (size_t i = 0; i < r->count; i++) {
		out->prices[i] = r->prices[i];
		out->prices[i].tiers = tiers;
		tiers += r->prices[i].tier_count;
		if (region_is_new(out, r->prices[i].region))
			out->regions[out->region_count++] = r->prices[i].region;
	}
}

int price_list_read(struct price_list *out, const char *name, const char *text, size_t length, struct arena *a, struct error *e)
{
	struct reading r = {.name = name, .arena = a, .error = e};
	char *copy = memory_string_n(text, length);
	int status = read_lines(&r, copy, length);
	if (status == 0)
		finish(&r, out);
	memory_free(copy);
	memory_free(r.prices);
	memory_free(r.tiers);
	return status;
}

void price_list_builtin(struct price_list *out, struct arena *a)
{
	struct error e = {0};
	int status = price_list_read(out, "models/money/prices.csv", (const char *)prices_csv, prices_csv_size, a, &e);
	assert(status == 0); /* the file is part of the program; a unit test reads it */
	(void)status;
}

int price_list_region(const struct price_list *list, const char *region, struct error *e)
{
	if (!region_is_new(list, region))
		return 0;
	const char *near = nearname_find(region, list->regions, list->region_count);
	struct textbuf known = {0};
	for (size_t i = 0; i < list->region_count; i++)
		textbuf_printf(&known, "%s%s", i ? ", " : "", list->regions[i]);
	error_set(e, ERROR_INPUT, "no prices for the Region '%.40s'%s%s%s; known: %s", region, near ? " (did you mean '" : "",
	          near ? near : "", near ? "'?)" : "", textbuf_text(&known));
	textbuf_fini(&known);
	return -1;
}

const struct price *price_find(const struct price_list *list, const char *region, const char *service, const char *item)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct price *p = &list->prices[i];
		if (strcmp(p->item, item) == 0 && strcmp(p->service, service) == 0 && strcmp(p->region, region) == 0)
			return p;
	}
	return NULL;
}

double price_between(const struct price *p, double from, double to)
{
	assert(from >= 0 && to >= from);
	double usd = 0;
	for (size_t i = 0; i < p->tier_count; i++) {
		const struct price_tier *tier = &p->tiers[i];
		double units = fmin(to, tier->to) - fmax(from, tier->from);
		usd += units > 0 ? units * tier->usd : 0;
	}
	return usd;
}

double price_graduated(const struct price *p, double quantity)
{
	return price_between(p, 0, quantity);
}

double price_first(const struct price *p, double quantity)
{
	return quantity * p->tiers[0].usd;
}
