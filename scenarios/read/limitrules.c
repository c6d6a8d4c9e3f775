#include "scenarios/read/limitrules.h"

static struct position reserved_at(const struct reading *r, size_t i)
{
	const struct node *n = node_get(r->functions[i].properties, "ReservedConcurrentExecutions");
	return n ? n->at : r->functions[i].resource->at;
}

/* What functions outside the template hold must be there for them, too. */
static void others_check(struct reading *r, long long reserved)
{
	const struct account_spec *a = &r->scenario->account;
	const struct node *account = node_get(r->weir, "Account"), *others = node_get(account, "UsedByOthers");
	long long left = a->concurrent_executions - reserved;
	if (!others || a->used_by_others <= left)
		return;
	diagnostic_add(r->found, SEVERITY_ERROR, others->at, "limit/account",
	               "UsedByOthers (%d) is more than the %lld that the account's %d less the reserved %lld leave",
	               a->used_by_others, left, a->concurrent_executions, reserved);
}

void limits_check(struct reading *r)
{
	const struct scenario *s = r->scenario;
	long long account = s->account.concurrent_executions, sum = 0;
	size_t errors = r->found->errors;
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
	if (r->found->errors == errors && sum > 0)
		others_check(r, sum);
}
