#include "models/money/bill.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char lambda[] = "AWS Lambda", gateway[] = "Amazon API Gateway";
static const char fallback_region[] = "us-east-1";

enum { ARCHITECTURES = 2 };

/* All of one item that the account used, and what it costs: a share of it is a proportion. */
struct pool {
	const struct price *price;
	double quantity, free; /* `free` of it costs nothing */
	double usd;            /* of all of it, before the free tier */
};

struct making {
	const struct price_list *prices;
	const char *region;
	const struct bill_use *use;
	struct arena *arena;
	struct bill *bill;
	struct pool requests, ephemeral, duration[ARCHITECTURES], api[SOURCE_KINDS], service[SERVICE_ITEMS];
};

struct bill_function bill_use_of(const struct function_spec *function, const struct meter *m, double factor)
{
	return (struct bill_function){
		.name = function->name,
		.architecture = function->architecture,
		.has_ephemeral = function->ephemeral_mb > FUNCTION_EPHEMERAL_MIN_MB,
		.requests = (double)m->requests * factor,
		.gb_seconds = meter_gb_seconds(m->mb_ms) * factor,
		.ephemeral_gb_seconds = meter_gb_seconds(m->ephemeral_mb_ms) * factor,
	};
}

static const char *gateway_item(enum source_kind kind)
{
	switch (kind) {
	case SOURCE_API: return "REST API requests";
	case SOURCE_HTTP_API: return "HTTP API requests";
	default: return NULL;
	}
}

static const char *duration_item(enum architecture architecture)
{
	return architecture == ARCHITECTURE_ARM64 ? "Duration (arm64)" : "Duration (x86_64)";
}

/* Which free parts the uses have a share in. */
static unsigned frees_of(const struct bill_use *use)
{
	unsigned frees = 0;
	for (size_t i = 0; i < use->service_count && use->graduated && use->free_tier; i++)
		frees |= 1u << service_prices[use->services[i].item].free;
	return frees & ~(1u << SERVICE_FREE_NONE);
}

size_t bill_line_count(const struct bill_use *use)
{
	size_t count = use->graduated && use->free_tier ? 2 : 0;
	for (size_t i = 0; i < use->function_count; i++)
		count += use->functions[i].has_ephemeral ? 3 : 2;
	for (size_t i = 0; i < use->gateway_count; i++)
		count += gateway_item(use->gateways[i].kind) != NULL;
	return count + use->service_count + (size_t)__builtin_popcount(frees_of(use));
}

static double cost(const struct making *m, const struct price *p, double quantity)
{
	return m->use->graduated ? price_graduated(p, quantity) : price_first(p, quantity);
}

static void pool_price(const struct making *m, struct pool *pool)
{
	pool->usd = cost(m, pool->price, pool->quantity);
}

static double pool_share(const struct pool *pool, double quantity)
{
	if (quantity == pool->quantity)
		return pool->usd; /* alone: no rounding */
	return pool->usd * (quantity / pool->quantity);
}

/* Every Region in the list has Lambda's prices (a unit test looks), but not always API Gateway's. */
static void find_prices(struct making *m)
{
	m->requests.price = price_find(m->prices, m->region, lambda, "Requests");
	m->ephemeral.price = price_find(m->prices, m->region, lambda, "Ephemeral storage");
	for (int i = 0; i < ARCHITECTURES; i++)
		m->duration[i].price = price_find(m->prices, m->region, lambda, duration_item((enum architecture)i));
}

static void note_add(struct making *m, const char *note)
{
	m->bill->note = m->bill->note != NULL ? arena_format(m->arena, "%s; %s", m->bill->note, note) : note;
}

/* The Region's price, or else that of us-east-1 with a note; another note where it is not confirmed. */
static int find_price(struct making *m, const char *service, const char *item, struct pool *pool, struct error *e)
{
	if (pool->price != NULL)
		return 0;
	pool->price = price_find(m->prices, m->region, service, item);
	if (pool->price == NULL) {
		pool->price = price_find(m->prices, fallback_region, service, item);
		if (pool->price == NULL)
			return error_set(e, ERROR_INPUT, "the price list has no price for %s, %s", service, item);
		note_add(m, arena_format(m->arena, "%s, %s: the price in %s is not known, that of %s was taken", service, item,
		                         m->region, fallback_region));
	}
	if (strncmp(pool->price->tiers[0].source, "recalled", 8) == 0)
		note_add(m, arena_format(m->arena, "%s, %s: the price is not confirmed", service, item));
	return 0;
}

static int find_gateway_price(struct making *m, enum source_kind kind, struct error *e)
{
	const char *item = gateway_item(kind);
	return item == NULL ? 0 : find_price(m, gateway, item, &m->api[kind], e);
}

static int find_service_price(struct making *m, enum service_item item, struct error *e)
{
	return find_price(m, service_prices[item].service, service_prices[item].item, &m->service[item], e);
}

static int check_prices(const struct making *m, struct error *e)
{
	if (m->requests.price == NULL || m->ephemeral.price == NULL || m->duration[0].price == NULL || m->duration[1].price == NULL)
		return error_set(e, ERROR_INPUT, "the price list lacks a price of %s in %s", lambda, m->region);
	return 0;
}

static void fill_pools(struct making *m)
{
	const struct bill_use *use = m->use;
	for (size_t i = 0; i < use->function_count; i++) {
		const struct bill_function *f = &use->functions[i];
		assert(f->requests >= 0 && f->gb_seconds >= 0 && f->ephemeral_gb_seconds >= 0);
		m->requests.quantity += f->requests;
		m->duration[f->architecture].quantity += f->gb_seconds;
		m->ephemeral.quantity += f->ephemeral_gb_seconds;
	}
	for (size_t i = 0; i < use->gateway_count; i++)
		m->api[use->gateways[i].kind].quantity += use->gateways[i].requests;
	for (size_t i = 0; i < use->service_count; i++) {
		assert(use->services[i].quantity >= 0);
		m->service[use->services[i].item].quantity += use->services[i].quantity;
	}
	pool_price(m, &m->requests);
	pool_price(m, &m->ephemeral);
	for (int i = 0; i < ARCHITECTURES; i++)
		pool_price(m, &m->duration[i]);
	for (int i = 0; i < SOURCE_KINDS; i++)
		if (m->api[i].price != NULL)
			pool_price(m, &m->api[i]);
	for (int i = 0; i < SERVICE_ITEMS; i++)
		if (m->service[i].price != NULL)
			pool_price(m, &m->service[i]);
}

static void add_line(struct making *m, const char *service, const char *resource, const struct price *p, double quantity,
                     double usd)
{
	m->bill->lines[m->bill->count++] = (struct bill_line){service, resource, p->item, p->unit, quantity, usd};
}

static void add_share(struct making *m, const char *service, const char *resource, const struct pool *pool, double quantity)
{
	add_line(m, service, resource, pool->price, quantity, pool_share(pool, quantity));
}

static void add_lines(struct making *m)
{
	for (size_t i = 0; i < m->use->function_count; i++) {
		const struct bill_function *f = &m->use->functions[i];
		add_share(m, lambda, f->name, &m->requests, f->requests);
		add_share(m, lambda, f->name, &m->duration[f->architecture], f->gb_seconds);
		if (f->has_ephemeral)
			add_share(m, lambda, f->name, &m->ephemeral, f->ephemeral_gb_seconds);
	}
	for (size_t i = 0; i < m->use->gateway_count; i++) {
		const struct bill_gateway *g = &m->use->gateways[i];
		if (m->api[g->kind].price != NULL)
			add_share(m, gateway, g->name, &m->api[g->kind], g->requests);
	}
	for (size_t i = 0; i < m->use->service_count; i++) {
		const struct service_use *s = &m->use->services[i];
		add_share(m, service_prices[s->item].service, s->resource, &m->service[s->item], s->quantity);
	}
}

/* The tiers count what is left after the free part, so the last units are those that cost nothing. */
static double saved(const struct pool *pool)
{
	return price_between(pool->price, pool->quantity - pool->free, pool->quantity);
}

/* What fits into the free tier is free to the last bit: a sum of proportions might not be. */
static void fill_free(struct making *m)
{
	double gb_seconds = 0;
	m->requests.free = fmin(m->requests.quantity, BILL_FREE_REQUESTS);
	for (int i = 0; i < ARCHITECTURES; i++)
		gb_seconds += m->duration[i].quantity;
	for (int i = 0; i < ARCHITECTURES; i++) {
		struct pool *d = &m->duration[i];
		d->free = gb_seconds <= BILL_FREE_GB_SECONDS ? d->quantity : BILL_FREE_GB_SECONDS * (d->quantity / gb_seconds);
	}
}

static void add_free_tier(struct making *m)
{
	double gb_seconds = 0, usd = 0;
	fill_free(m);
	add_line(m, lambda, "", m->requests.price, 0 - m->requests.free, 0 - saved(&m->requests));
	m->bill->lines[m->bill->count - 1].item = "Free tier (requests)";
	for (int i = 0; i < ARCHITECTURES; i++) {
		gb_seconds += m->duration[i].free;
		usd += saved(&m->duration[i]);
	}
	add_line(m, lambda, "", m->duration[0].price, 0 - gb_seconds, 0 - usd);
	m->bill->lines[m->bill->count - 1].item = "Free tier (duration)";
}

/* One free part: divided among the kinds of its item by their quantities, as one line. */
static void add_free_part(struct making *m, enum service_free free)
{
	double all = 0, quantity = 0, usd = 0;
	const struct pool *first = NULL;
	for (int i = 0; i < SERVICE_ITEMS; i++)
		if (service_prices[i].free == free)
			all += m->service[i].quantity;
	for (int i = 0; i < SERVICE_ITEMS; i++) {
		struct pool *pool = &m->service[i];
		if (service_prices[i].free != free || pool->price == NULL)
			continue;
		pool->free = all <= service_frees[free].quantity ? pool->quantity
		                                                 : service_frees[free].quantity * (pool->quantity / all);
		quantity += pool->free;
		usd += saved(pool);
		first = first ? first : pool;
	}
	add_line(m, first->price->service, "", first->price, 0 - quantity, 0 - usd);
	m->bill->lines[m->bill->count - 1].item = service_frees[free].line;
}

static double paid(const struct making *m, const struct pool *pool)
{
	return pool->free > 0 ? cost(m, pool->price, pool->quantity - pool->free) : pool->usd;
}

/* From what is paid, not from the lines: their sum leaves a rounding error where the free tier takes back all of it. */
static double total(const struct making *m)
{
	double usd = paid(m, &m->requests) + paid(m, &m->ephemeral);
	for (int i = 0; i < ARCHITECTURES; i++)
		usd += paid(m, &m->duration[i]);
	for (int i = 0; i < SOURCE_KINDS; i++)
		usd += m->api[i].usd;
	for (int i = 0; i < SERVICE_ITEMS; i++)
		if (m->service[i].price != NULL)
			usd += paid(m, &m->service[i]);
	return usd;
}

int bill_make(const struct price_list *prices, const char *region, const struct bill_use *use, struct arena *a, struct bill *out,
              struct error *e)
{
	assert(use->graduated || !use->free_tier);
	*out = (struct bill){0};
	if (price_list_region(prices, region, e) != 0)
		return -1;
	struct making m = {.prices = prices, .region = region, .use = use, .arena = a, .bill = out};
	find_prices(&m);
	if (check_prices(&m, e) != 0)
		return -1;
	for (size_t i = 0; i < use->gateway_count; i++)
		if (find_gateway_price(&m, use->gateways[i].kind, e) != 0)
			return -1;
	for (size_t i = 0; i < use->service_count; i++)
		if (find_service_price(&m, use->services[i].item, e) != 0)
			return -1;
	fill_pools(&m);
	out->lines = ARENA_ARRAY(a, bill_line_count(use), struct bill_line);
	add_lines(&m);
	if (use->free_tier)
		add_free_tier(&m);
	unsigned frees = frees_of(use);
	for (int i = 1; i < SERVICE_FREES; i++)
		if (frees & 1u << i)
			add_free_part(&m, (enum service_free)i);
	out->usd = total(&m);
	assert(out->count == bill_line_count(use));
	return 0;
}
