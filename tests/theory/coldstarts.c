/* coldstarts: the share of cold starts of an unlimited pool, against its exact value: Poisson requests (rate l), exponential
 * durations (mean S), the most recently used idle environment serves next, fixed idle life T, Init 0.
 *
 * The idle environments form a stack, so the environment that the last step from k to k-1 busy ones released is the one that the
 * next step from k-1 to k takes. That step is cold when it comes later than T:
 *     P(cold) = sum over k >= 1 of pi(k-1) P(first passage from k-1 up to k takes longer than T),  pi = Poisson(l S).
 * The passage times of this birth-death process are computed here by uniformization (Jensen 1953). */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/build.h"
#include "tests/support/expect.h"

enum { STATES = 120, REPLICATIONS = 40 };

static const struct row {
	double rate, mean_s, life_s;
	double exact;    /* computed apart, by the same formula with other code */
	double requests; /* of all replications in the short run: shares that are small or vary slowly need more */
} rows[] = {
	{0.01, 1, 60, 0.5531471452, 4e5},  {0.01, 1, 600, 0.01174771518, 2e6}, {0.1, 1, 60, 0.05703082377, 1e6},
	{1, 1, 10, 0.0773738269, 1e6},     {1, 1, 60, 0.01139261626, 3e6},     {1, 1, 600, 0.000974217958, 16e6},
	{10, 1, 10, 0.01908503205, 4e6},   {10, 1, 60, 0.002586543133, 14e6},  {10, 0.1, 10, 0.00652610696, 3e6},
	{50, 0.2, 5, 0.006907942972, 8e6},
};

static double poisson(double mean, long n)
{
	return exp(-mean + (double)n * log(mean) - lgamma((double)n + 1));
}

/* One step of the uniformized chain on 0 .. k-1; what reaches k is lost. Returns what is left. */
static double advance(double *p, int k, double birth, double death, double uniform)
{
	double next[STATES], left = 0;
	for (int n = 0; n < k; n++) {
		double stay = 1 - (birth + n * death) / uniform;
		next[n] = p[n] * stay;
		if (n > 0)
			next[n] += p[n - 1] * birth / uniform;
		if (n + 1 < k)
			next[n] += p[n + 1] * (n + 1) * death / uniform;
		left += next[n];
	}
	memcpy(p, next, sizeof *p * (size_t)k);
	return left;
}

/* P(the first passage from k-1 busy ones up to k takes longer than t). */
static double passage_longer(int k, double birth, double death, double t)
{
	double p[STATES] = {0}, uniform = birth + (k - 1) * death, mean = uniform * t;
	long last = lround(mean + 12 * sqrt(mean) + 30);
	double left = 1, sum = 0;
	p[k - 1] = 1;
	for (long n = 0; n <= last; n++) {
		sum += poisson(mean, n) * left;
		left = advance(p, k, birth, death, uniform);
	}
	return sum;
}

static double cold_share(const struct row *r)
{
	double load = r->rate * r->mean_s, sum = 0;
	for (int k = 1; k < STATES; k++) {
		double weight = poisson(load, k - 1);
		if (k > load && weight < 1e-16)
			break;
		sum += weight * passage_longer(k, r->rate, 1 / r->mean_s, r->life_s);
	}
	return sum;
}

/* What a request finds depends on the last T, and on the number of busy ones before: after a warm-up of T and 40 mean durations
 * it is stationary up to e^-40. */
static void compare(struct expect *x, const struct row *r, uint64_t seed)
{
	double requests = r->requests * (x->full ? 16 : 1), warm_up_s = r->life_s + 40 * r->mean_s;
	double seconds = requests / REPLICATIONS / r->rate;
	struct scenario *s = build_scenario((simtime)((warm_up_s + seconds) * 1e9), seed);
	s->warm_up = (simtime)(warm_up_s * 1e9);
	build_function(s, "F", build_exponential(r->mean_s))->reclaim.after = (simtime)(r->life_s * 1e9);
	build_source(s, "F", 0, SOURCE_INVOKE, r->rate);
	struct trial t;
	trial_init(&t, s);
	double cold[REPLICATIONS], all[REPLICATIONS];
	for (uint64_t i = 0; i < REPLICATIONS; i++) {
		const struct function_counts *c = &trial_run(&t, i)->functions[0].counts;
		cold[i] = (double)c->cold_starts;
		all[i] = (double)counts_invocations(c);
	}
	expect_ratio(x, cold, all, REPLICATIONS, r->exact, 0.04, "%g a second, %g s, idle life %g s", r->rate, r->mean_s,
	             r->life_s);
	trial_fini(&t);
	build_free(s);
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	expect_title("share of cold starts, computed here and computed apart");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		expect_near(&x, cold_share(&rows[i]), rows[i].exact, rows[i].exact * 1e-9, "%g a second, %g s, idle life %g s",
		            rows[i].rate, rows[i].mean_s, rows[i].life_s);
	expect_title("simulated");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		compare(&x, &rows[i], i + 1);
	return expect_end(&x);
}
