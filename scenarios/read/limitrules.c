#include "scenarios/read/limitrules.h"

static struct position reserved_at(const struct reading *r, size_t i)
{
	const struct node *n = node_get(r->functions[i].properties, "ReservedConcurrentExecutions");
	return n ? n->at : r->functions[i].resource->at;
}

void limits_check(struct reading *r)
{
	const struct scenario *s = r->scenario;
	long long account = s->account.concurrent_executions, sum = 0;
	for (size_t i = 0; i < s->function_count; i++) {
		const struct function_spec *f = &s->functions[i];
		if (f->reserved <= 0)
			continue;
		long long before = sum;
		sum += f->reserved;
		if (f->reserved > account)
			diagnostic_add(r->found, SEVERITY_ERROR, reserved_at(r, i), "limit/reserved",
			               "%s reserves %d, more than the account's concurrency of %lld", f->name, f->reserved,
			               account);
		else if (sum > account - SCENARIO_KEPT_UNRESERVED && before <= account - SCENARIO_KEPT_UNRESERVED)
			diagnostic_add(r->found, SEVERITY_ERROR, reserved_at(r, i), "limit/reserved",
			               "with %s, %lld of the account's %lld are reserved; Lambda keeps %d unreserved", f->name, sum,
			               account, SCENARIO_KEPT_UNRESERVED);
		else
			continue;
		diagnostic_hint(r->found, "Weir.Account.ConcurrentExecutions is the account's limit in the Region");
	}
}
