#include "scenarios/read/limitrules.h"

#include <string.h>

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

static bool feature_is_on(const struct node *n, const char *key, const char *off)
{
	if (node_is_null(n))
		return false;
	return !key || !node_is_text(node_get(n, key), off);
}

void features_check(struct reading *r)
{
	static const struct {
		const char *property, *key, *off; /* not in use when the key has this value */
	} later[] = {
		{"ProvisionedConcurrencyConfig", NULL, NULL},
		{"SnapStart", "ApplyOn", "None"},
		{"CapacityProviderConfig", NULL, NULL},
		{"DurableConfig", NULL, NULL},
		{"TenancyConfig", NULL, NULL},
	};
	for (size_t i = 0; i < r->function_count; i++) {
		const struct read_function *rf = &r->functions[i];
		for (size_t k = 0; rf->has_traffic && k < sizeof later / sizeof *later; k++) {
			const struct node *n = node_get(rf->properties, later[k].property);
			if (!feature_is_on(n, later[k].key, later[k].off))
				continue;
			diagnostic_add(r->found, SEVERITY_ERROR, n->at, "model/later", "%s: %s is not modelled yet", rf->logical,
			               later[k].property);
			diagnostic_hint(r->found, "to simulate without it: --set %s.%s=null", rf->logical, later[k].property);
		}
	}
	for (size_t i = 0; i < r->source_count; i++) {
		const struct read_source *s = &r->sources[i];
		if (s->has_traffic && s->payload_format && strcmp(s->payload_format, "1.0") == 0 &&
		    r->scenario->functions[s->function].model == MODEL_PROFILE)
			diagnostic_add(r->found, SEVERITY_ERROR, s->at, "model/later",
			               "%s: payload format 1.0 of an HTTP API is not modelled yet", s->name);
	}
}
