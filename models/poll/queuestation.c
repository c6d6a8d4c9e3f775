/* queuestation: a queue and the mappings that read it as a station: dispatch, figures, series; see queue.h. */
#include "models/poll/queue.h"
#include "models/poll/sqs.h"

static const struct station_figure figures[] = {
	[QUEUE_SENT] = {"NumberOfMessagesSent", "", FIGURE_COUNT},
	[QUEUE_RECEIVED] = {"NumberOfMessagesReceived", "", FIGURE_COUNT},
	[QUEUE_DELETED] = {"NumberOfMessagesDeleted", "", FIGURE_COUNT},
	[QUEUE_EMPTY_RECEIVES] = {"NumberOfEmptyReceives", "", FIGURE_COUNT},
	[QUEUE_DEDUPLICATED] = {"NumberOfDeduplicatedSentMessages", "", FIGURE_COUNT},
	[QUEUE_THROTTLED] = {"SendsThrottled", "", FIGURE_COUNT},
	[QUEUE_REQUESTS] = {"Requests", "", FIGURE_COUNT},
	[QUEUE_PROCESSED_AGAIN] = {"ProcessedAgain", "", FIGURE_COUNT},
	{"PolledEventCount", "", FIGURE_COUNT}, /* this and the next five: all mappings together */
	{"FilteredOutEventCount", "", FIGURE_COUNT},
	{"InvokedEventCount", "", FIGURE_COUNT},
	{"FailedInvokeEventCount", "", FIGURE_COUNT},
	{"DroppedEventCount", "", FIGURE_COUNT},
	{"DeletedEventCount", "", FIGURE_COUNT},
	{"ApproximateNumberOfMessagesVisible", "mean", FIGURE_MEAN},
	{"ApproximateNumberOfMessagesVisible", "max", FIGURE_MAX},
	{"ApproximateNumberOfMessagesNotVisible", "mean", FIGURE_MEAN},
	{"ApproximateNumberOfMessagesNotVisible", "max", FIGURE_MAX},
	{"ApproximateNumberOfMessagesDelayed", "max", FIGURE_MAX},
	{"ApproximateAgeOfOldestMessage_ms", "max", FIGURE_MAX},
	{"BatchesInFlight", "mean", FIGURE_MEAN}, /* invocations of the mappings */
	{"BatchesInFlight", "max", FIGURE_MAX},
	{"ProvisionedPollers", "mean", FIGURE_MEAN},
	{"ProvisionedPollers", "max", FIGURE_MAX},
};

static const char *const series[] = {"ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible",
                                     "ApproximateAgeOfOldestMessage_ms", "BatchesInFlight"};

static void compile(struct engine *e, struct station *s, struct arena *a)
{
	queue_compile(e, (struct queue *)s, a);
}

static void start(struct engine *e, struct station *s)
{
	queue_start(e, (struct queue *)s);
}

static void receive(struct engine *e, struct station *s, uint32_t message, simtime now)
{
	queue_send(e, (struct queue *)s, message, now);
}

static void task(struct engine *e, struct station *s, unsigned what, uint32_t subject, simtime now)
{
	struct queue *q = (struct queue *)s;
	if (what >= QUEUE_TASKS)
		sqs_timer(e, q, (what - QUEUE_TASKS) / SQS_TASKS, (enum sqs_task)((what - QUEUE_TASKS) % SQS_TASKS), subject, now);
	else if (what == QUEUE_WAKE)
		sqs_wake(e, q, now);
	else
		queue_timer(e, q, (enum queue_task)what, now);
}

static uint64_t held(const struct engine *e, const struct station *s)
{
	(void)e;
	const struct queue *q = (const struct queue *)s;
	return (uint64_t)(q->visible.gauge.level + q->flying.gauge.level + q->delayed.gauge.level);
}

/* --- figures -------------------------------------------------------------------------------------------------------------------------------- */

static void level_begin(struct queue_level *l, simtime now)
{
	gauge_settle(&l->gauge, now);
	gauge_peak_reset(&l->gauge);
	l->base = l->gauge.area;
}

static void warm_up_end(struct engine *e, struct station *s, simtime now)
{
	(void)e;
	struct queue *q = (struct queue *)s;
	for (int i = 0; i < QUEUE_COUNTS; i++)
		q->counts[i] = 0;
	q->age_most = 0;
	level_begin(&q->visible, now);
	level_begin(&q->flying, now);
	level_begin(&q->delayed, now);
	for (size_t k = 0; k < q->mapping_count; k++) {
		level_begin(&q->mappings[k].concurrency, now);
		level_begin(&q->mappings[k].provisioned_pollers, now);
	}
}

static void sample(struct engine *e, struct station *s, simtime now, double *out)
{
	const struct queue *q = (const struct queue *)s;
	double running = 0;
	for (size_t k = 0; k < q->mapping_count; k++)
		running += (double)q->mappings[k].concurrency.gauge.level;
	out[0] = (double)q->visible.gauge.level;
	out[1] = (double)q->flying.gauge.level;
	out[2] = 1e3 * queue_age_s(e, q, now);
	out[3] = running;
}

static double mean(struct queue_level *l, const struct engine *e, simtime now)
{
	gauge_settle(&l->gauge, now);
	simtime span = now - e->count_from;
	return span > 0 ? (double)(l->gauge.area - l->base) / (double)span : 0;
}

static uint64_t sum_of(const struct queue *q, enum mapping_count what)
{
	uint64_t sum = 0;
	for (size_t k = 0; k < q->mapping_count; k++)
		sum += q->mappings[k].state->counts[what];
	return sum;
}

static void collect(struct engine *e, struct station *s, simtime now, double *out)
{
	struct queue *q = (struct queue *)s;
	double running = 0, running_most = 0, pollers = 0, pollers_most = 0;
	for (size_t k = 0; k < q->mapping_count; k++) {
		struct sqs *m = &q->mappings[k];
		running += mean(&m->concurrency, e, now);
		running_most += (double)m->concurrency.gauge.max;
		pollers += mean(&m->provisioned_pollers, e, now);
		pollers_most += (double)m->provisioned_pollers.gauge.max;
	}
	for (int i = 0; i < QUEUE_COUNTS; i++)
		*out++ = (double)q->counts[i];
	static const enum mapping_count summed[] = {MAPPING_POLLED, MAPPING_FILTERED, MAPPING_INVOKED,
	                                            MAPPING_FAILED, MAPPING_DROPPED,  MAPPING_DELETED};
	for (size_t i = 0; i < sizeof summed / sizeof *summed; i++)
		*out++ = (double)sum_of(q, summed[i]);
	queue_note_age(e, q, now);
	*out++ = mean(&q->visible, e, now);
	*out++ = (double)q->visible.gauge.max;
	*out++ = mean(&q->flying, e, now);
	*out++ = (double)q->flying.gauge.max;
	*out++ = (double)q->delayed.gauge.max;
	*out++ = (double)q->age_most / 1e6;
	*out++ = running;
	*out++ = running_most;
	*out++ = pollers;
	*out = pollers_most;
}

static void fini(struct station *s)
{
	queue_fini((struct queue *)s);
}

const struct station_ops station_queue = {
	.size = sizeof(struct queue),
	.figures = figures,
	.figure_count = sizeof figures / sizeof *figures,
	.series = series,
	.series_count = sizeof series / sizeof *series,
	.compile = compile,
	.start = start,
	.receive = receive,
	.task = task,
	.warm_up_end = warm_up_end,
	.held = held,
	.sample = sample,
	.collect = collect,
	.fini = fini,
};
