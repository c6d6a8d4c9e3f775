#include "scenarios/read/keyspec.h"

#include "scenarios/read/keys.h"
#include "scenarios/read/resources.h"

enum { KEYS_MAX = 10000000 };

struct keyspec_form {
	int count;
	double exponent;
	bool has_count, has_exponent;
	const struct node *distribution;
};

static void keyspec_distribution(struct reading *r, const struct node *value, const char *path, void *target)
{
	(void)r, (void)path;
	((struct keyspec_form *)target)->distribution = value;
}

static const struct key keyspec_keys[] = {
	{.name = "Distribution", .type = KEY_WITH, .read = keyspec_distribution},
	{.name = "Count",
         .type = KEY_INTEGER,
         .offset = offsetof(struct keyspec_form, count),
         .has = KEY_HAS(struct keyspec_form, has_count),
         .low = 1,
         .high = KEYS_MAX},
	{.name = "Exponent",
         .type = KEY_NUMBER,
         .offset = offsetof(struct keyspec_form, exponent),
         .has = KEY_HAS(struct keyspec_form, has_exponent),
         .above = true,
         .high = 100},
};

void keyspec_read(struct reading *r, const struct node *value, const char *path, struct keys_spec *out)
{
	static const char *const words[] = {"uniform", "zipf"};
	struct keyspec_form form = {.exponent = 1};
	size_t errors = r->found->errors;
	if (value->kind == NODE_SCALAR) {
		form.has_count = key_value(r, &keyspec_keys[1], value, path, &form.count) == 0;
	} else {
		keys_read(r, value, keyspec_keys, KEY_COUNT(keyspec_keys), path, &form);
		if (r->found->errors == errors && !form.has_count)
			diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/keys", "%s needs a Count", path);
	}
	int word = form.distribution ? key_word(r, form.distribution, key_path(r, path, "Distribution"), words, KEY_COUNT(words))
	                             : 0;
	if (word == 0 && form.has_exponent)
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/keys", "%s: 'uniform' has no Exponent", path);
	if (word < 0 || r->found->errors > errors)
		return;
	*out = (struct keys_spec){.kind = word ? KEY_ZIPF : KEY_UNIFORM, .count = (uint32_t)form.count, .exponent = form.exponent};
}

bool keyspec_matters(const struct reading *r, const struct target *to)
{
	if (to->kind == TARGET_QUEUE)
		return r->resources->queues[to->index].fifo;
	if (to->kind == TARGET_TOPIC)
		return r->resources->topics[to->index].fifo;
	return to->kind == TARGET_STREAM || to->kind == TARGET_OUTSIDE;
}
