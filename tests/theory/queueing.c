/* queueing: SQS queues and the pollers that read them against queueing theory: a queue drained by c pollers is M/M/c; the sizes and waits of batches under a window
 * are those of a Poisson process that is cut into windows; a message that fails with probability p is received a geometric number of times.
 * Sources: Erlang 1917 (C formula); Wald's identity and Little's law for the windows, derived below. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/poll/queue.h"
#include "tests/support/build.h"
#include "tests/support/expect.h"

enum { REPLICATIONS = 20, FIGURES = 32 };

/* A queue, read by a mapping of at most `pollers` with batches of `batch`; Poisson messages. */
static struct scenario *build_queue(double seconds, double rate, struct distribution duration, int pollers, int batch,
                                    simtime window)
{
	struct scenario *s = build_scenario((simtime)(seconds * 1e9), 5);
	build_function(s, "F", duration);
	struct source_spec *x = build_source(s, "Q", 0, SOURCE_SQS, rate);
	x->function = SOURCE_NO_FUNCTION;
	x->target = (struct target){TARGET_QUEUE, 0, "Q"};
	s->queues = ARENA_ARRAY(&s->arena, 1, struct queue_spec);
	s->queues[0] = (struct queue_spec){.name = "Q", .visibility = SIMTIME_HOUR, .retention = 4 * SIMTIME_DAY};
	s->queue_count = 1;
	s->mappings = ARENA_ARRAY(&s->arena, 1, struct mapping_spec);
	s->mappings[0] = (struct mapping_spec){.name = "F.Q",
	                                       .source = {TARGET_QUEUE, 0, "Q"},
	                                       .enabled = true,
	                                       .batch_size = batch,
	                                       .window = window,
	                                       .max_concurrency = pollers};
	s->mapping_count = 1;
	return s;
}

/* What the replications leave. */
struct seen {
	double ages[REPLICATIONS], delivered[REPLICATIONS], invocations[REPLICATIONS], received[REPLICATIONS];
	double visible[REPLICATIONS];
};

static double figure(const struct station_result *q, const char *name)
{
	for (size_t i = 0; i < station_queue.figure_count; i++)
		if (!strcmp(station_queue.figures[i].name, name))
			return q->figures[i];
	abort();
}

static void measure(const struct scenario *s, struct seen *out)
{
	struct trial t;
	uint32_t queue = station_of(s, s->mappings[0].source);
	trial_init(&t, s);
	for (uint64_t r = 0; r < REPLICATIONS; r++) {
		const struct run_result *x = trial_run(&t, r);
		const struct station_result *q = &x->stations[queue];
		out->ages[r] = (double)q->age.sum / 1e9;
		out->delivered[r] = (double)q->counts.ended[END_DELIVERED];
		out->invocations[r] = (double)counts_invocations(&x->functions[0].counts);
		out->received[r] = figure(q, "NumberOfMessagesReceived");
		out->visible[r] = figure(q, "ApproximateNumberOfMessagesVisible"); /* the mean comes first */
	}
	trial_fini(&t);
}

/* --- M/M/c ------------------------------------------------------------------------------------------------------------------------------------ */

/* The probability to wait: C = B / (1 - (a/c) (1 - B)). */
static double erlang_c(int servers, double load)
{
	double b = 1;
	for (int n = 1; n <= servers; n++)
		b = load * b / (n + load * b);
	return b / (1 - load / servers * (1 - b));
}

/* Up to five pollers: those that are there from the start. Service takes a second on average. */
static void mmc(struct expect *x, int pollers, double load)
{
	double seconds = x->full ? 400000 : 40000, wait = erlang_c(pollers, load) / (pollers - load);
	struct scenario *s = build_queue(seconds, load, build_exponential(1), pollers, 1, 0);
	s->warm_up = 600 * SIMTIME_SECOND;
	struct seen got;
	measure(s, &got);
	expect_ratio(x, got.ages, got.delivered, REPLICATIONS, wait + 1, 0.1, "M/M/%d, load %g: from arrival to deletion, s",
	             pollers, load);
	expect_mean(x, got.visible, REPLICATIONS, load * wait, 0.2, "M/M/%d, load %g: mean number that waits", pollers, load);
	build_free(s);
}

/* --- windows ---------------------------------------------------------------------------------------------------------------------------------- */

/* P(N > n) for N Poisson(mean). */
static double poisson_above(double mean, int n)
{
	double p = exp(-mean), below = p;
	for (int k = 1; k <= n; k++)
		below += p *= mean / k;
	return 1 - below;
}

/* One poller, an instant function: a cycle ends when its window W is over or the B-th message came, and the next begins. Messages of a cycle: M = min(N(W), B),
 * E M = sum over n < B of P(N > n). Cycles without a message send nothing. The integral of the number that waits over a cycle is sum over
 * 0 < n < B of n P(N > n) / rate, as a Poisson process stays at n before W for P(N(W) > n) / rate on average; divided by E M it is the mean wait. */
static void window(struct expect *x, double rate, double window_s, int batch)
{
	double seconds = x->full ? 40000 : 4000, mean = rate * window_s, messages = 0, waiting = 0;
	for (int n = 0; n < batch; n++) {
		messages += poisson_above(mean, n);
		waiting += n * poisson_above(mean, n) / rate;
	}
	struct scenario *s = build_queue(seconds, rate, build_constant(0), 1, batch, (simtime)(window_s * 1e9));
	struct seen got;
	measure(s, &got);
	expect_ratio(x, got.delivered, got.invocations, REPLICATIONS, messages / poisson_above(mean, 0), 0.02,
	             "window %g s, BatchSize %d, %g/s: mean batch", window_s, batch, rate);
	expect_ratio(x, got.ages, got.delivered, REPLICATIONS, waiting / messages, 0.02,
	             "window %g s, BatchSize %d, %g/s: mean wait, s", window_s, batch, rate);
	build_free(s);
}

/* --- attempts ----------------------------------------------------------------------------------------------------------------------------------- */

/* Light traffic, so that a message is received at the instant at which it is visible again. */
static void attempts(struct expect *x, double failing)
{
	enum { VISIBILITY_S = 30 };
	double seconds = x->full ? 2000000 : 200000, took = 0.1;
	struct scenario *s = build_queue(seconds, 0.05, build_constant(took), 5, 1, 0);
	s->warm_up = 2000 * SIMTIME_SECOND;
	s->queues[0].visibility = VISIBILITY_S * SIMTIME_SECOND;
	s->functions[0].declared.error_rate = failing;
	struct seen got;
	measure(s, &got);
	expect_ratio(x, got.received, got.delivered, REPLICATIONS, 1 / (1 - failing), 0.02, "failing with %g: receives a message",
	             failing);
	expect_ratio(x, got.ages, got.delivered, REPLICATIONS, took + VISIBILITY_S * failing / (1 - failing), 0.05,
	             "failing with %g: from arrival to deletion, s", failing);
	build_free(s);
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	expect_title("a queue drained by c pollers");
	mmc(&x, 2, 1.2);
	mmc(&x, 3, 2.4);
	mmc(&x, 5, 4);
	expect_title("batches under a window");
	window(&x, 10, 1, 1000);
	window(&x, 3, 2, 1000);
	window(&x, 10, 2, 20);
	window(&x, 50, 1, 25);
	expect_title("attempts");
	attempts(&x, 0.1);
	attempts(&x, 0.5);
	return expect_end(&x);
}
