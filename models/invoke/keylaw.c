/* keylaw: see keylaw.h. */
#include "models/invoke/keylaw.h"

#include "sim/draw.h"
#include "sim/elementary.h"

void key_law_compile(struct key_law *law, const struct keys_spec *spec, struct arena *a)
{
	*law = (struct key_law){.count = spec->kind == KEY_NONE ? 0 : spec->count};
	if (spec->kind != KEY_ZIPF || spec->count < 2)
		return;
	double *weight = ARENA_ARRAY(a, spec->count, double), total = 0, sum = 0;
	uint64_t *below = ARENA_ARRAY(a, spec->count, uint64_t);
	for (uint32_t k = 0; k < spec->count; k++)
		total += weight[k] = elementary_exp(-spec->exponent * elementary_log(k + 1.0));
	for (uint32_t k = 0; k + 1 < spec->count; k++) {
		sum += weight[k];
		below[k] = (uint64_t)(sum / total * 0x1.fffffffffffffp63);
	}
	below[spec->count - 1] = UINT64_MAX;
	law->below = below;
}

uint32_t key_of(const struct key_law *law, uint64_t word)
{
	if (law->count < 2)
		return 0;
	if (!law->below)
		return (uint32_t)draw_below(word, law->count);
	uint32_t low = 0, high = law->count - 1; /* the first key whose bound the word does not pass */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (word < law->below[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}
