#include "tools/given.h"

#include "models/os/file.h"

static const char *const *words(const struct options *o, enum option_id id, size_t *count)
{
	*count = o->value[id].count;
	return o->value[id].words;
}

static const char *given_template(const struct options *o, const char *operand)
{
	static const char *const names[] = {"template.yaml", "template.yml", "template.json"};
	if (operand != NULL || options_given(o, OPTION_TEMPLATE))
		return operand != NULL ? operand : options_text(o, OPTION_TEMPLATE);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (file_exists(names[i]))
			return names[i];
	return NULL;
}

struct read_options given_scenario(const struct options *o, const char *template_file)
{
	struct read_options r = {
		.template_file = given_template(o, template_file),
		.workload_file = options_text(o, OPTION_WORKLOAD),
		.env_vars_file = options_text(o, OPTION_ENV_VARS),
		.region = options_text(o, OPTION_REGION),
		.duration = options_text(o, OPTION_DURATION),
		.replications = options_text(o, OPTION_REPLICATIONS),
		.seed = options_text(o, OPTION_SEED),
	};
	r.rates = words(o, OPTION_RATE, &r.rate_count);
	r.payloads = words(o, OPTION_PAYLOAD, &r.payload_count);
	r.sets = words(o, OPTION_SET, &r.set_count);
	r.parameters = words(o, OPTION_PARAMETERS, &r.parameter_count);
	return r;
}
