#include "scenarios/read/spreadkeys.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenarios/read/csvfile.h"
#include "scenarios/read/keys.h"
#include "sim/base/memory.h"

/* The percentiles that may give a lognormal its spread. */
#define SPREAD_PERCENTILES(P) \
	P("P10", 0.10)        \
	P("P25", 0.25)        \
	P("P75", 0.75)        \
	P("P80", 0.80)        \
	P("P90", 0.90) P("P95", 0.95) P("P98", 0.98) P("P99", 0.99) P("P99.5", 0.995) P("P99.9", 0.999) P("P99.99", 0.9999)

static const double spread_percentiles[] = {
#define PERCENTILE(name, p) p,
	SPREAD_PERCENTILES(PERCENTILE)
#undef PERCENTILE
};
enum { SPREAD_PERCENTILE_COUNT = sizeof spread_percentiles / sizeof *spread_percentiles };

/* Everything that the families' keys may set. */
struct spread_form {
	simtime value, low, high, mean, median, minimum;
	simtime percentile; /* one of them may be given */
	double sigma, cv, shape, weight;
	const char *file, *column, *unit;
	struct position file_at;
	const struct node *parts;
};

struct spread_family {
	const char *name;
	const struct key *keys;
	size_t count;
	unsigned long required; /* bits of the keys */
	int (*make)(struct reading *r, const struct node *at, const char *path, const struct spread_form *form, unsigned long seen,
	            struct distribution *out);
};

static int spread_fail(struct reading *r, const struct node *n, const char *path, const char *text)
{
	diagnostic_add(r->found, SEVERITY_ERROR, n->at, "read/distribution", "%s: %s", path, text);
	return -1;
}

static int spread_two(struct distribution *out, enum distribution_kind kind, double a, double b)
{
	*out = (struct distribution){.kind = kind, .a = a, .b = b};
	return 0;
}

#define SPREAD_MAKE(name)                                                                                           \
	static int name(struct reading *r, const struct node *at, const char *path, const struct spread_form *form, \
	                unsigned long seen, struct distribution *out)

SPREAD_MAKE(spread_constant)
{
	(void)r, (void)at, (void)path, (void)seen;
	return spread_two(out, DISTRIBUTION_CONSTANT, (double)form->value, 0);
}

SPREAD_MAKE(spread_uniform)
{
	(void)seen;
	if (form->low > form->high)
		return spread_fail(r, at, path, "Low is greater than High");
	if (form->low == form->high)
		return spread_two(out, DISTRIBUTION_CONSTANT, (double)form->low, 0);
	return spread_two(out, DISTRIBUTION_UNIFORM, (double)form->low, (double)form->high);
}

SPREAD_MAKE(spread_exponential)
{
	(void)r, (void)at, (void)path, (void)seen;
	return spread_two(out, DISTRIBUTION_EXPONENTIAL, (double)form->mean, 0);
}

/* A sigma of 0 is a constant. */
static int spread_lognormal_of(struct distribution *out, double median, double sigma)
{
	return sigma > 0 ? spread_two(out, DISTRIBUTION_LOGNORMAL, median, sigma)
	                 : spread_two(out, DISTRIBUTION_CONSTANT, median, 0);
}

SPREAD_MAKE(spread_lognormal)
{
	unsigned long sigma_bit = 1UL << 2, spreads = seen >> 2;
	if (spreads == 0 || (spreads & (spreads - 1)) != 0)
		return spread_fail(r, at, path,
		                   "a lognormal needs Median and one of Sigma, P90, P95, P99, P99.9 (or another percentile)");
	double median = (double)form->median;
	if (seen & sigma_bit)
		return spread_lognormal_of(out, median, form->sigma);
	for (size_t i = 0; i < SPREAD_PERCENTILE_COUNT; i++) {
		double p = spread_percentiles[i], value = (double)form->percentile;
		if (!(seen & (1UL << (3 + i))))
			continue;
		if (p > 0.5 ? value < median : value > median)
			return spread_fail(r, at, path,
			                   p > 0.5 ? "the percentile is below the median" : "the percentile is above the median");
		if (value == median)
			return spread_lognormal_of(out, median, 0);
		return spread_lognormal_of(out, median, distribution_lognormal_sigma(median, p, value));
	}
	return -1;
}

SPREAD_MAKE(spread_gamma)
{
	(void)r, (void)at, (void)path, (void)seen;
	return spread_two(out, DISTRIBUTION_GAMMA, (double)form->mean, form->cv);
}

SPREAD_MAKE(spread_weibull)
{
	(void)r, (void)at, (void)path, (void)seen;
	return spread_two(out, DISTRIBUTION_WEIBULL, (double)form->mean, form->cv);
}

SPREAD_MAKE(spread_pareto)
{
	(void)seen;
	if (form->shape <= 1)
		diagnostic_add(r->found, SEVERITY_WARNING, at->at, "distribution/mean",
		               "%s: a pareto with Shape %g has an infinite mean", path, form->shape);
	return spread_two(out, DISTRIBUTION_PARETO, (double)form->minimum, form->shape);
}

static int spread_order(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return (a > b) - (a < b);
}

/* The unit that a column's name ends in: "duration_ms", "seconds"; 0 when it tells none. */
static double spread_unit_of(const char *name)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"milliseconds", 1e6}, {"s", 1e9}, {"sec", 1e9}, {"seconds", 1e9}};
	size_t length = strlen(name);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t n = strlen(units[i].name);
		if (length < n || strcasecmp(name + length - n, units[i].name) != 0)
			continue;
		char before = length > n ? name[length - n - 1] : '_';
		if (before == '_' || before == ' ' || before == '-' || before == '.' || before == '(')
			return units[i].ns;
	}
	return 0;
}

static double spread_empirical_unit(struct reading *r, const struct node *at, const struct spread_form *form, const char *header)
{
	double ns = form->unit ? spread_unit_of(form->unit) : header ? spread_unit_of(header) : 0;
	if (ns > 0)
		return ns;
	if (form->unit)
		diagnostic_add(r->found, SEVERITY_ERROR, at->at, "read/value", "Unit must be ns, us, ms or s, not '%s'",
		               form->unit);
	return 1e6;
}

/* Reads the values as milliseconds; the header may then say otherwise. Cells with a unit of their own are right already, and rare. */
SPREAD_MAKE(spread_empirical)
{
	(void)seen;
	struct csv_table t;
	const char *file = reading_path(r, form->file, form->file_at);
	double unit = spread_empirical_unit(r, at, form, form->column);
	struct csv_wanted wanted = {.name = form->column, .cell = CSV_TIME, .time_unit_ns = unit};
	if (csvfile_read(r, file, form->file_at, &wanted, 1, &t) < 0) {
		csvfile_fini(&t);
		return -1;
	}
	double factor = !form->unit && !form->column && t.header[0] ? spread_empirical_unit(r, at, form, t.header[0]) / unit : 1;
	if (!form->unit && !spread_unit_of(form->column ? form->column : t.header[0] ? t.header[0] : ""))
		diagnostic_add(r->found, SEVERITY_NOTE, at->at, "distribution/unit",
		               "%s: values without a unit in '%s' are taken as milliseconds (Unit: ms says so)", path, form->file);
	*out = (struct distribution){.kind = DISTRIBUTION_EMPIRICAL, .sample_count = t.rows};
	out->samples = arena_alloc_array(r->arena, t.rows, sizeof *out->samples);
	for (size_t i = 0; i < t.rows; i++)
		out->samples[i] = t.columns[0][i] * factor;
	qsort(out->samples, t.rows, sizeof *out->samples, spread_order);
	csvfile_fini(&t);
	return 0;
}

static int spread_map(struct reading *r, const struct node *map, const char *path, struct distribution *out, double *weight);

SPREAD_MAKE(spread_mixture)
{
	(void)seen;
	const struct node *parts = form->parts;
	if (!parts || parts->count == 0)
		return spread_fail(r, at, path, "a mixture needs Parts: [{Weight: 9, Distribution: ...}, ...]");
	*out = (struct distribution){.kind = DISTRIBUTION_MIXTURE, .part_count = parts->count};
	out->parts = ARENA_ARRAY(r->arena, parts->count, struct distribution);
	out->weights = ARENA_ARRAY(r->arena, parts->count, double);
	int status = 0;
	for (size_t i = 0; i < parts->count; i++) {
		const char *part = arena_format(&r->scratch, "%s.Parts[%zu]", path, i);
		const struct node *n = reading_value(r, parts->items[i], part);
		if (!n || !reading_is(r, n, NODE_MAP, part) || spread_map(r, n, part, &out->parts[i], &out->weights[i]) < 0)
			status = -1;
	}
	return status;
}

static void spread_read_parts(struct reading *r, const struct node *value, const char *path, void *target)
{
	struct spread_form *form = target;
	if (reading_is(r, value, NODE_LIST, path))
		form->parts = value;
}

static void spread_read_file(struct reading *r, const struct node *value, const char *path, void *target)
{
	struct spread_form *form = target;
	if (!reading_is(r, value, NODE_SCALAR, path))
		return;
	form->file = value->text;
	form->file_at = value->at;
}

/* --- the families ----------------------------------------------------------------------------------------------------------------- */

#define FIELD(f) offsetof(struct spread_form, f)
#define COMMON                                                \
	{                                                     \
		.name = "Distribution", .type = KEY_ELSEWHERE \
	}
#define TIME(key, f)                                                  \
	{                                                             \
		.name = key, .type = KEY_DURATION, .offset = FIELD(f) \
	}
#define POSITIVE_TIME(key, f)                                                        \
	{                                                                            \
		.name = key, .type = KEY_DURATION, .offset = FIELD(f), .above = true \
	}
#define POSITIVE(key, f, most)                                                                   \
	{                                                                                        \
		.name = key, .type = KEY_NUMBER, .offset = FIELD(f), .above = true, .high = most \
	}
#define WEIGHT                                                                                             \
	{                                                                                                  \
		.name = "Weight", .type = KEY_NUMBER, .offset = FIELD(weight), .above = true, .high = 1e12 \
	}

/* Weight comes last: only parts of a mixture have it. */
static const struct key constant_keys[] = {COMMON, TIME("Value", value), WEIGHT};
static const struct key uniform_keys[] = {COMMON, TIME("Low", low), TIME("High", high), WEIGHT};
static const struct key exponential_keys[] = {COMMON, POSITIVE_TIME("Mean", mean), WEIGHT};
static const struct key lognormal_keys[] = {
	COMMON,
	POSITIVE_TIME("Median", median),
	{.name = "Sigma", .type = KEY_NUMBER, .offset = FIELD(sigma), .low = 0, .high = 10},
#define PERCENTILE(name, p) POSITIVE_TIME(name, percentile),
	SPREAD_PERCENTILES(PERCENTILE)
#undef PERCENTILE
		WEIGHT,
};
static const struct key shaped_keys[] = {COMMON, POSITIVE_TIME("Mean", mean), POSITIVE("CV", cv, 100), WEIGHT};
static const struct key pareto_keys[] = {COMMON, POSITIVE_TIME("Minimum", minimum), POSITIVE("Shape", shape, 1000), WEIGHT};
static const struct key empirical_keys[] = {
	COMMON,
	{.name = "File", .type = KEY_WITH, .read = spread_read_file},
	{.name = "Column", .type = KEY_TEXT, .offset = FIELD(column)},
	{.name = "Unit", .type = KEY_TEXT, .offset = FIELD(unit)},
	WEIGHT,
};
static const struct key mixture_keys[] = {COMMON, {.name = "Parts", .type = KEY_WITH, .read = spread_read_parts}, WEIGHT};

static const struct spread_family families[] = {
	{"constant", constant_keys, KEY_COUNT(constant_keys), 2, spread_constant},
	{"uniform", uniform_keys, KEY_COUNT(uniform_keys), 6, spread_uniform},
	{"exponential", exponential_keys, KEY_COUNT(exponential_keys), 2, spread_exponential},
	{"lognormal", lognormal_keys, KEY_COUNT(lognormal_keys), 2, spread_lognormal},
	{"gamma", shaped_keys, KEY_COUNT(shaped_keys), 6, spread_gamma},
	{"weibull", shaped_keys, KEY_COUNT(shaped_keys), 6, spread_weibull},
	{"pareto", pareto_keys, KEY_COUNT(pareto_keys), 6, spread_pareto},
	{"empirical", empirical_keys, KEY_COUNT(empirical_keys), 2, spread_empirical},
	{"mixture", mixture_keys, KEY_COUNT(mixture_keys), 2, spread_mixture},
};

static int spread_family_of(struct reading *r, const struct node *map, const char *path)
{
	const char *names[sizeof families / sizeof *families];
	for (size_t i = 0; i < KEY_COUNT(families); i++)
		names[i] = families[i].name;
	const struct node *name = reading_get(r, map, "Distribution", "Distribution");
	if (name)
		return key_word(r, name, key_path(r, path, "Distribution"), names, KEY_COUNT(names));
	diagnostic_add(r->found, SEVERITY_ERROR, map->at, "read/distribution", "%s needs the key Distribution", path);
	diagnostic_hint(r->found, "such as {Distribution: lognormal, Median: 80ms, P99: 400ms}");
	return -1;
}

static int spread_missing(struct reading *r, const struct node *map, const char *path, const struct spread_family *f,
                          unsigned long missing)
{
	for (size_t i = 0; i < f->count; i++)
		if (missing & (1UL << i))
			diagnostic_add(r->found, SEVERITY_ERROR, map->at, "read/distribution", "%s: %s needs %s", path, f->name,
			               f->keys[i].name);
	return -1;
}

static int spread_map(struct reading *r, const struct node *map, const char *path, struct distribution *out, double *weight)
{
	struct spread_form form = {.weight = 0};
	int index = spread_family_of(r, map, path);
	if (index < 0)
		return -1;
	const struct spread_family *f = &families[index];
	size_t errors = r->found->errors, keys = f->count - (weight ? 0 : 1);
	unsigned long seen = keys_read(r, map, f->keys, keys, path, &form);
	if (f->required & ~seen)
		return spread_missing(r, map, path, f, f->required & ~seen);
	if (weight && !(seen & (1UL << (f->count - 1))))
		return spread_fail(r, map, path, "a part of a mixture needs a Weight");
	if (r->found->errors > errors)
		return -1;
	if (weight)
		*weight = form.weight;
	return f->make(r, map, path, &form, seen & ~(1UL << (f->count - 1)), out);
}

int spread_read(struct reading *r, const struct node *value, const char *path, struct distribution *out)
{
	static const struct key plain = {.type = KEY_DURATION};
	simtime ns;
	if (value->kind == NODE_MAP)
		return spread_map(r, value, path, out, NULL);
	if (value->kind == NODE_LIST) {
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/type",
		               "%s must be a duration or a distribution, not a list", path);
		return -1;
	}
	if (key_value(r, &plain, value, path, &ns) < 0)
		return -1;
	return spread_two(out, DISTRIBUTION_CONSTANT, (double)ns, 0);
}
