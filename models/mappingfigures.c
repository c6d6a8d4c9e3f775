/* mappingfigures: see mappingfigures.h. */
#include "models/mappingfigures.h"

#include "models/invoke/mappingstate.h"

static const struct station_figure queue_figures[] = {
	{"PolledEventCount", "", FIGURE_COUNT},  {"FilteredOutEventCount", "", FIGURE_COUNT},
	{"InvokedEventCount", "", FIGURE_COUNT}, {"FailedInvokeEventCount", "", FIGURE_COUNT},
	{"DroppedEventCount", "", FIGURE_COUNT}, {"DeletedEventCount", "", FIGURE_COUNT},
	{"Batches", "", FIGURE_COUNT}, /* invocations */
};

static const enum mapping_count queue_counts[] = {
	MAPPING_POLLED, MAPPING_FILTERED, MAPPING_INVOKED, MAPPING_FAILED, MAPPING_DROPPED, MAPPING_DELETED, MAPPING_BATCHES,
};

static const struct station_figure stream_figures[] = {
	{"PolledEventCount", "", FIGURE_COUNT},  {"FilteredOutEventCount", "", FIGURE_COUNT},
	{"InvokedEventCount", "", FIGURE_COUNT}, {"FailedInvokeEventCount", "", FIGURE_COUNT},
	{"DroppedEventCount", "", FIGURE_COUNT}, {"OnFailureDestinationDeliveredEventCount", "", FIGURE_COUNT},
	{"Batches", "", FIGURE_COUNT},           {"IteratorAge_ms", "mean", FIGURE_MEAN},
	{"IteratorAge_ms", "max", FIGURE_MAX},
};

static const enum mapping_count stream_counts[] = {
	MAPPING_POLLED,  MAPPING_FILTERED,          MAPPING_INVOKED, MAPPING_FAILED,
	MAPPING_DROPPED, MAPPING_FAILURE_DELIVERED, MAPPING_BATCHES,
};

static const struct station_figure function_figures[] = {
	{"IteratorAge_ms", "mean", FIGURE_MEAN},
	{"IteratorAge_ms", "max", FIGURE_MAX},
};

static const char *const stream_series[] = {"Backlog", "IteratorAge_ms"};
static const char *const function_series[] = {"IteratorAge_ms"};

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

const struct station_ops mapping_figures_of_queue = {.figures = queue_figures, .figure_count = COUNT_OF(queue_figures)};
const struct station_ops mapping_figures_of_stream = {.figures = stream_figures,
                                                      .figure_count = COUNT_OF(stream_figures),
                                                      .series = stream_series,
                                                      .series_count = COUNT_OF(stream_series)};
const struct station_ops mapping_figures_of_function = {.figures = function_figures,
                                                        .figure_count = COUNT_OF(function_figures),
                                                        .series = function_series,
                                                        .series_count = COUNT_OF(function_series)};

static bool reads_stream(const struct mapping_spec *m)
{
	return m->enabled && m->source.kind == TARGET_STREAM;
}

bool mapping_figures_streams(const struct scenario *s, size_t function)
{
	for (size_t i = 0; i < s->mapping_count; i++)
		if (reads_stream(&s->mappings[i]) && s->mappings[i].function == function)
			return true;
	return false;
}

static double *put_ages(double *out, const struct mapping_ages *ages)
{
	*out++ = mapping_ages_mean(ages);
	*out++ = mapping_ages_max(ages);
	return out;
}

void mapping_figures_collect(const struct engine *e, size_t mapping, double *out)
{
	const struct mapping_state *m = &e->mappings[mapping];
	bool stream = e->scenario->mappings[mapping].source.kind == TARGET_STREAM;
	const enum mapping_count *counts = stream ? stream_counts : queue_counts;
	size_t count = stream ? COUNT_OF(stream_counts) : COUNT_OF(queue_counts);
	for (size_t i = 0; i < count; i++)
		*out++ = (double)m->counts[counts[i]];
	if (stream)
		put_ages(out, &m->ages);
}

static double in_ms(simtime age)
{
	return age >= 0 ? (double)age / 1e6 : __builtin_nan("");
}

void mapping_figures_sample(const struct engine *e, size_t mapping, double *out)
{
	out[0] = (double)e->mappings[mapping].held;
	out[1] = in_ms(e->mappings[mapping].age_period);
}

void mapping_figures_collect_function(const struct engine *e, size_t function, double *out)
{
	struct mapping_ages ages = {0};
	for (size_t i = 0; i < e->scenario->mapping_count; i++)
		if (reads_stream(&e->scenario->mappings[i]) && e->scenario->mappings[i].function == function)
			mapping_ages_add(&ages, &e->mappings[i].ages);
	put_ages(out, &ages);
}

void mapping_figures_sample_function(const struct engine *e, size_t function, double *out)
{
	simtime age = -1;
	for (size_t i = 0; i < e->scenario->mapping_count; i++)
		if (e->scenario->mappings[i].function == function && e->mappings[i].age_period > age)
			age = e->mappings[i].age_period;
	out[0] = in_ms(age);
}

void mapping_figures_period(struct engine *e)
{
	for (size_t i = 0; i < e->scenario->mapping_count; i++)
		e->mappings[i].age_period = -1;
}
