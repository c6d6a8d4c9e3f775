/* limits: who may hold how much concurrency: the account's unreserved pool, the reserved pools, and the request rates.
 *
 * A function belongs to exactly one pool: its own when ReservedConcurrentExecutions is set, else the account's unreserved one, which is
 * the account's limit less all reservations (used or not) less what functions outside the template hold. Pools count busy
 * environments, Init included. Request rates are 10 x the concurrency, for the account and for each reservation; the depth of those
 * buckets is not documented: one second's worth.
 * Sources: AWS Lambda Developer Guide, "Understanding Lambda function scaling", "Configuring reserved concurrency", "Lambda quotas". */
#ifndef MODELS_LIFE_LIMITS_H
#define MODELS_LIFE_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/spec/scenario.h"
#include "sim/gcra.h"

enum { LIMITS_REQUESTS_PER_CONCURRENCY = 10 };

/* Why a request was refused; the names of the 429's Reason stand in throttle_reason. */
enum throttle {
	THROTTLE_NONE,
	THROTTLE_ACCOUNT_RATE,         /* 10 x the account's concurrency */
	THROTTLE_RESERVED_RATE,        /* 10 x the reservation */
	THROTTLE_RESERVED_CONCURRENCY, /* the reservation is full, or 0 */
	THROTTLE_CONCURRENCY,          /* the account's unreserved pool is full */
	THROTTLE_SCALING_REQUESTS,     /* the scaling rate's request limb */
	THROTTLE_SCALING_ENVIRONMENTS, /* and its environment limb */
	THROTTLES
};

struct pool {
	int64_t limit, busy;
};

/* The account's part. */
struct limits {
	struct pool unreserved;
	struct gcra requests;
};

/* One function's part. */
struct function_limits {
	struct pool own;   /* used when reserved */
	struct pool *pool; /* its own or the account's */
	bool reserved;
	struct gcra requests; /* 10 x the reservation; unlimited otherwise */
};

/* A new replication: nothing is busy, all buckets are full. */
void limits_start(struct limits *l, const struct scenario *s);
void function_limits_start(struct function_limits *f, struct limits *l, const struct scenario *s, const struct function_spec *spec);

/* Reason of TooManyRequestsException ("ReservedFunctionConcurrentInvocationLimitExceeded"), "" for THROTTLE_NONE; and a short name for tables. */
const char *throttle_reason(enum throttle t);
const char *throttle_name(enum throttle t);

#endif
