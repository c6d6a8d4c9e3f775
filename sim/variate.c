#include "sim/variate.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/law.h"

static const double VARIATE_LARGEST = 0x1p1000;

/* A distribution on finitely many values: value[i] for the words from threshold[i - 1] to below threshold[i]. */
struct variate_steps {
	size_t count;
	double *value;       /* ascending */
	uint64_t *threshold; /* ascending; the last is not looked at */
	unsigned guide_bits;
	uint32_t *guide; /* by the word's first guide_bits bits: the first step that such a word may belong to */
};

/* One value of a discrete distribution. */
struct variate_atom {
	double value, weight;
};

struct variate_atoms {
	struct variate_atom *items;
	size_t count, capacity;
};

static double variate_quantile(const void *ctx, double p, double q)
{
	double x = law_quantile(ctx, p, q);
	assert(!isnan(x));
	return x > VARIATE_LARGEST ? VARIATE_LARGEST : x < -VARIATE_LARGEST ? -VARIATE_LARGEST : x;
}

static bool variate_discrete(const struct law *l)
{
	if (l->kind != DISTRIBUTION_MIXTURE)
		return l->kind == DISTRIBUTION_CONSTANT || l->kind == DISTRIBUTION_EMPIRICAL;
	for (size_t i = 0; i < l->part_count; i++)
		if (!variate_discrete(&l->parts[i]))
			return false;
	return true;
}

static void variate_add_atom(struct variate_atoms *atoms, double value, double weight)
{
	MEMORY_ROOM(atoms->items, atoms->count, atoms->capacity);
	atoms->items[atoms->count++] = (struct variate_atom){value, weight};
}

static void variate_collect(struct variate_atoms *atoms, const struct law *l, double weight)
{
	if (l->kind == DISTRIBUTION_CONSTANT)
		variate_add_atom(atoms, l->a, weight);
	for (size_t i = 0; i < l->sample_count; i++)
		variate_add_atom(atoms, l->samples[i], weight / (double)l->sample_count);
	for (size_t i = 0; i < l->part_count; i++)
		variate_collect(atoms, &l->parts[i], weight * l->weights[i]);
}

static int variate_compare(const void *a, const void *b)
{
	const struct variate_atom *x = a, *y = b;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return (x->weight > y->weight) - (x->weight < y->weight); /* a total order: sums do not depend on the sort */
}

/* Sorts and joins equal values. */
static void variate_order(struct variate_atoms *atoms)
{
	assert(atoms->count > 0);
	qsort(atoms->items, atoms->count, sizeof atoms->items[0], variate_compare);
	size_t last = 0;
	for (size_t i = 1; i < atoms->count; i++) {
		if (atoms->items[i].value == atoms->items[last].value)
			atoms->items[last].weight += atoms->items[i].weight;
		else
			atoms->items[++last] = atoms->items[i];
	}
	atoms->count = last + 1;
}

static void variate_guide(struct variate_steps *s, struct arena *a)
{
	while (s->guide_bits < 16 && (size_t)1 << s->guide_bits < s->count)
		s->guide_bits++;
	s->guide_bits = s->guide_bits ? s->guide_bits : 1;
	s->guide = ARENA_ARRAY(a, (size_t)1 << s->guide_bits, uint32_t);
	uint32_t step = 0;
	for (size_t i = 0; i < (size_t)1 << s->guide_bits; i++) {
		uint64_t word = (uint64_t)i << (64 - s->guide_bits);
		while (step + 1 < s->count && word >= s->threshold[step])
			step++;
		s->guide[i] = step;
	}
}

static const struct variate_steps *variate_steps_new(const struct variate_atoms *atoms, struct arena *a)
{
	assert(atoms->count > 0 && atoms->count <= UINT32_MAX);
	struct variate_steps *s = ARENA_NEW(a, struct variate_steps);
	s->count = atoms->count;
	s->value = ARENA_ARRAY(a, s->count, double);
	s->threshold = ARENA_ARRAY(a, s->count, uint64_t);
	double sum = 0, total = 0;
	for (size_t i = 0; i < s->count; i++)
		total += atoms->items[i].weight;
	for (size_t i = 0; i < s->count; i++) {
		sum += atoms->items[i].weight;
		s->value[i] = atoms->items[i].value;
		s->threshold[i] = sum < total ? (uint64_t)(sum / total * 0x1p64) : UINT64_MAX;
	}
	variate_guide(s, a);
	return s;
}

double variate__step(const struct variate_steps *steps, uint64_t word)
{
	size_t i = steps->guide[word >> (64 - steps->guide_bits)];
	while (i + 1 < steps->count && word >= steps->threshold[i])
		i++;
	return steps->value[i];
}

static void variate_compile_steps(struct variate *v, const struct law *l, struct arena *a)
{
	struct variate_atoms atoms = {0};
	variate_collect(&atoms, l, 1);
	variate_order(&atoms);
	if (atoms.count == 1) {
		v->kind = VARIATE_CONSTANT;
		v->value = atoms.items[0].value;
	} else {
		v->kind = VARIATE_STEPS;
		v->steps = variate_steps_new(&atoms, a);
	}
	memory_free(atoms.items);
}

/* How large a value has to be for its relative error to matter: the smaller of the mean and the 90th percentile, of those that
 * are finite and not 0. */
static double variate_scale(const struct law *l, double mean)
{
	double high = fabs(variate_quantile(l, 0.9, 0.1)), scale = fabs(mean);
	if (!(scale > 0 && scale < high))
		scale = high;
	if (!(scale > 0))
		scale = fabs(mean) > 0 ? fabs(mean) : 1;
	return scale < VARIATE_LARGEST ? scale > 1 / VARIATE_LARGEST ? scale : 1 / VARIATE_LARGEST : VARIATE_LARGEST;
}

void variate_compile(struct variate *v, const struct distribution *d, struct arena *a)
{
	assert(d != NULL && a != NULL);
	struct law l;
	law_init(&l, d);
	*v = (struct variate){.kind = VARIATE_CONSTANT, .mean = distribution_mean(d)};
	if (l.kind == DISTRIBUTION_CONSTANT) {
		v->value = l.a;
	} else if (l.kind == DISTRIBUTION_EMPIRICAL) {
		v->kind = VARIATE_SAMPLES;
		v->samples = l.samples;
		v->sample_count = l.sample_count;
	} else if (variate_discrete(&l)) {
		variate_compile_steps(v, &l, a);
	} else {
		v->kind = VARIATE_TABLE;
		v->table = qtable_compile(variate_quantile, &l, variate_scale(&l, v->mean), a);
		v->error_bound = v->table->error_bound;
	}
	law_fini(&l);
}
