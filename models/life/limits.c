/* limits: see limits.h. */
#include "models/life/limits.h"

/* Names: Lambda API reference, ThrottleReason; which cause gives which name is not documented for the scaling rate. */
static const struct {
	const char *name, *reason;
} texts[THROTTLES] = {
	[THROTTLE_NONE] = {"", ""},
	[THROTTLE_ACCOUNT_RATE] = {"account request rate", "FunctionInvocationRateLimitExceeded"},
	[THROTTLE_RESERVED_RATE] = {"reserved request rate", "ReservedFunctionInvocationRateLimitExceeded"},
	[THROTTLE_RESERVED_CONCURRENCY] = {"reserved concurrency", "ReservedFunctionConcurrentInvocationLimitExceeded"},
	[THROTTLE_CONCURRENCY] = {"account concurrency", "ConcurrentInvocationLimitExceeded"},
	[THROTTLE_SCALING_REQUESTS] = {"scaling rate, requests", "FunctionInvocationRateLimitExceeded"},
	[THROTTLE_SCALING_ENVIRONMENTS] = {"scaling rate, environments", "FunctionInvocationRateLimitExceeded"},
};

const char *throttle_reason(enum throttle t)
{
	return texts[t].reason;
}

const char *throttle_name(enum throttle t)
{
	return texts[t].name;
}

static void rate_start(struct gcra *g, int64_t concurrency, bool unlimited)
{
	double rate = (double)concurrency * LIMITS_REQUESTS_PER_CONCURRENCY;
	if (unlimited || rate < 1)
		gcra_init(g, __builtin_inf(), 1);
	else
		gcra_init(g, rate, rate);
}

void limits_start(struct limits *l, const struct scenario *s)
{
	int64_t left = s->account.concurrent_executions - s->account.used_by_others;
	for (size_t i = 0; i < s->function_count; i++)
		if (s->functions[i].reserved != FUNCTION_UNRESERVED)
			left -= s->functions[i].reserved;
	l->unreserved = (struct pool){left > 0 ? left : 0, 0};
	rate_start(&l->requests, s->account.concurrent_executions, s->account.request_unlimited);
}

void function_limits_start(struct function_limits *f, struct limits *l, const struct scenario *s, const struct function_spec *spec)
{
	f->reserved = spec->reserved != FUNCTION_UNRESERVED;
	f->own = (struct pool){f->reserved ? spec->reserved : 0, 0};
	f->pool = f->reserved ? &f->own : &l->unreserved;
	rate_start(&f->requests, f->own.limit, !f->reserved || s->account.request_unlimited);
}
