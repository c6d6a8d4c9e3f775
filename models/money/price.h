/* price: what AWS asks for, by Region, service and item, in graduated tiers.
 *
 * The list is a CSV file (models/money/prices.csv) that is part of the program. Its header line is
 *   region,service,item,from,to,usd,unit,base,source
 * one row a tier: `usd` for each `unit` from `from` up to `to` units a month (`to` empty: no end). Tiers of a price stand on neighbouring
 * lines, begin at 0 and leave no gap. `base` says what a GB is in that price: `binary` (1,024 MB, as all memory is), `decimal` (1e9 bytes),
 * or `none`. `source` is the rest of the line and may hold commas; no other field may.
 *
 * Graduated: each unit costs what its own tier says, not all units what the last tier says.
 * Sources stand in the rows; a price whose source begins with "recalled" is not confirmed, and the bill says so. The tiers above the first of Regions other than us-east-1 are inferred (0.9 and 0.8 of the first, as there). */
#ifndef MODELS_MONEY_PRICE_H
#define MODELS_MONEY_PRICE_H

#include <stddef.h>

#include "sim/arena.h"
#include "sim/base/error.h"

enum price_base { PRICE_BASE_NONE, PRICE_BASE_BINARY, PRICE_BASE_DECIMAL };

struct price_tier {
	double from, to; /* units a month; `to` of the last is infinite */
	double usd;      /* for one unit */
	const char *source;
};

struct price {
	const char *region, *service, *item, *unit;
	enum price_base base;
	struct price_tier *tiers; /* at least one */
	size_t tier_count;
};

/* Everything stands in the arena it was read into. Immutable afterwards. */
struct price_list {
	struct price *prices; /* in the file's order */
	size_t count;
	const char **regions; /* each once, in the file's order */
	size_t region_count;
};

/* Reads a list from its text (`name` for messages). 0, or -1 with ERROR_INPUT "name:line: what is wrong". */
int price_list_read(struct price_list *out, const char *name, const char *text, size_t length, struct arena *a, struct error *e);

/* The list that is part of the program. */
void price_list_builtin(struct price_list *out, struct arena *a);

/* 0 when the list has prices for the Region, else -1 with ERROR_INPUT naming the known ones (and the nearest). */
int price_list_region(const struct price_list *list, const char *region, struct error *e);

/* NULL when the list has none. */
const struct price *price_find(const struct price_list *list, const char *region, const char *service, const char *item);

double price_between(const struct price *p, double from, double to); /* USD of the units from..to, 0 <= from <= to, of one month */
double price_graduated(const struct price *p, double quantity);      /* USD of `quantity` >= 0 units in one month */
double price_first(const struct price *p, double quantity);          /* USD at the first tier's price: the list price */

#endif
