/* bill: what an amount of use costs, line by line.
 *
 * A bill is made from plain quantities: those of a month (`graduated`: AWS's tiers apply to the whole account's month) or those of one
 * replication (not graduated: everything at list price, the first tier's). The lines depend only on which functions and sources there are,
 * never on the quantities, so that a study can make one bill a replication and then an interval for each line over them.
 *
 * Whose money it is: tiers and free tier belong to the account, not to a function. A function's line is its share, in proportion to its
 * quantity, of what all functions of its architecture cost together at the tiers' prices before the free tier. The free tier follows as two
 * negative lines of its own (resource ""). So the lines add up to the account's bill, but for rounding, and a function's price
 * does not depend on who was first. The total is made from what is paid: exactly 0 where all of it is free. The 400,000 free GB-seconds go to x86_64 and arm64 in proportion to their GB-seconds.
 *
 * Sources: AWS Lambda pricing page: 1,000,000 requests and 400,000 GB-seconds a month are free without end, x86 and arm together; tiers by
 * architecture. Amazon API Gateway pricing page: per request, tiers by kind of API. The services that events go through: service.h; their free
 * parts, where there are any, are negative lines in the same way, divided among an item's kinds by quantity. Not modelled: API Gateway's free tier of the first
 * 12 months, caches, metering of HTTP API requests above 512 KB, data transfer, CloudWatch Logs, savings plans, tax. The functions outside
 * the scenario use nothing. */
#ifndef MODELS_MONEY_BILL_H
#define MODELS_MONEY_BILL_H

#include <stdbool.h>
#include <stddef.h>

#include "models/money/meter.h"
#include "models/money/price.h"
#include "models/money/service.h"
#include "models/spec/source.h"

enum {
	BILL_MONTH_H = 730, /* a month in AWS's price examples and calculator */
	BILL_FREE_REQUESTS = 1000000,
	BILL_FREE_GB_SECONDS = 400000
};

struct bill_function {
	const char *name; /* borrowed, also by the bill */
	enum architecture architecture;
	bool has_ephemeral;                                /* more than 512 MB configured: the bill has a line for it */
	double requests, gb_seconds, ephemeral_gb_seconds; /* at least 0 */
};

struct bill_gateway {
	const char *name;      /* the source's, "Hello.Get"; borrowed, also by the bill */
	enum source_kind kind; /* SOURCE_API and SOURCE_HTTP_API have a line, the other kinds none */
	double requests;       /* attempts that the gateway took, throttled by Lambda or not */
};

struct bill_use {
	const struct bill_function *functions;
	size_t function_count;
	const struct bill_gateway *gateways;
	size_t gateway_count;
	const struct service_use *services;
	size_t service_count;
	bool graduated; /* the quantities are a whole month's */
	bool free_tier; /* the account's free tier is left for this scenario; only with `graduated` */
};

struct bill_line {
	const char *service;  /* "AWS Lambda", "Amazon API Gateway" */
	const char *resource; /* a function's or source's name; "" for the free tier */
	const char *item; /* "Requests", "Duration (x86_64)", "Ephemeral storage", "REST API requests", "Free tier (requests)" */
	const char *unit; /* "request", "GB-second" */
	double quantity;  /* negative for the free tier */
	double usd;
};

struct bill {
	struct bill_line *lines; /* in the arena: by function, then by source, then by other use, then the free tiers */
	size_t count;
	double usd; /* what is paid: the sum of the lines, rounded less */
	const char *
		note; /* in the arena: which price is not known in the Region and was taken from us-east-1, and which is not confirmed; NULL */
};

/* The quantities of one meter, times `factor` (a month's hours over the hours that were measured). */
struct bill_function bill_use_of(const struct function_spec *function, const struct meter *m, double factor);

/* How many lines bill_make would give. */
size_t bill_line_count(const struct bill_use *use);

/* 0, or -1 with ERROR_INPUT for a Region that the list does not know (it names those that it does). */
int bill_make(const struct price_list *prices, const char *region, const struct bill_use *use, struct arena *a, struct bill *out,
              struct error *e);

#endif
