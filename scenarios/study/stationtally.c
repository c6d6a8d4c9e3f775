/* stationtally: see stationtally.h. */
#include "scenarios/study/stationtally.h"

#include <assert.h>
#include <math.h>

#include "sim/base/memory.h"

const char *station_end_name(enum station_end end)
{
	static const char *const names[STATION_ENDS] = {
		[END_DELIVERED] = "delivered", [END_FILTERED] = "filtered", [END_DEAD_LETTERED] = "dead-lettered",
		[END_DROPPED] = "dropped",     [END_EXPIRED] = "expired",
	};
	return names[end];
}

enum record_scope station_scope(const struct flow_station *face)
{
	static const enum record_scope scopes[TARGET_KINDS] = {
		[TARGET_FUNCTION] = RECORD_FUNCTION, [TARGET_QUEUE] = RECORD_QUEUE,   [TARGET_TOPIC] = RECORD_TOPIC,
		[TARGET_BUS] = RECORD_BUS,           [TARGET_BUCKET] = RECORD_BUCKET, [TARGET_STREAM] = RECORD_STREAM,
		[TARGET_OUTSIDE] = RECORD_OUTSIDE,
	};
	if (face->face == FACE_MAPPING)
		return RECORD_MAPPING;
	assert(face->kind > TARGET_NONE && face->kind < TARGET_KINDS);
	return scopes[face->kind];
}

static size_t figures_of(const struct tally_station *t)
{
	return t->face->ops ? t->face->ops->figure_count : 0;
}

static size_t series_of(const struct tally_station *t)
{
	return t->face->ops ? t->face->ops->series_count : 0;
}

void tally_station_init(struct tally_station *t, const struct flow_station *face, size_t periods)
{
	*t = (struct tally_station){.face = face};
	t->figures = MEMORY_ARRAY(figures_of(t), double *);
	t->series = MEMORY_ARRAY(series_of(t), double *);
	t->valued = MEMORY_ARRAY(series_of(t), uint32_t *);
	for (size_t i = 0; i < series_of(t); i++) {
		t->series[i] = MEMORY_ARRAY(periods, double);
		t->valued[i] = MEMORY_ARRAY(periods, uint32_t);
	}
}

void tally_station_fini(struct tally_station *t)
{
	for (size_t k = 0; k < STATION_SCALARS; k++)
		memory_free(t->scalar[k]);
	for (size_t k = 0; k < figures_of(t); k++)
		memory_free(t->figures[k]);
	for (size_t k = 0; k < series_of(t); k++) {
		memory_free(t->series[k]);
		memory_free(t->valued[k]);
	}
	for (size_t k = 0; k < STATION_SECTIONS; k++)
		histogram_fini(&t->section[k]);
	memory_free(t->figures);
	memory_free(t->series);
	memory_free(t->valued);
}

void tally_station_room(struct tally_station *t, size_t capacity)
{
	for (size_t k = 0; k < STATION_SCALARS; k++)
		t->scalar[k] = memory_grow(t->scalar[k], capacity, sizeof(double));
	for (size_t k = 0; k < figures_of(t); k++)
		t->figures[k] = memory_grow(t->figures[k], capacity, sizeof(double));
}

double tally_station_sum(const struct tally_station *t, size_t series, size_t period, size_t replications)
{
	uint32_t valued = t->valued[series][period];
	if (valued == replications)
		return t->series[series][period];
	return valued > 0 ? t->series[series][period] * (double)replications / valued : __builtin_nan("");
}

void tally_station_add(struct tally_station *t, const struct station_result *x, size_t periods, size_t replication)
{
	t->scalar[STATION_RECEIVED][replication] = (double)x->counts.received;
	double all = (double)x->held;
	for (int k = 0; k < STATION_ENDS; k++) {
		t->scalar[STATION_END_0 + k][replication] = (double)x->counts.ended[k];
		all += (double)x->counts.ended[k];
	}
	t->scalar[STATION_HELD][replication] = (double)x->held;
	t->scalar[STATION_HELD_AT_START][replication] = (double)x->held_at_start;
	t->scalar[STATION_ALL][replication] = all;
	t->scalar[STATION_AGE_MEAN][replication] = x->age.count ? histogram_mean(&x->age) / 1e6 : __builtin_nan("");
	for (size_t k = 0; k < figures_of(t); k++)
		t->figures[k][replication] = x->figures[k];
	for (size_t k = 0; k < series_of(t); k++)
		for (size_t i = 0; i < periods; i++) {
			double value = x->series[k * periods + i];
			t->series[k][i] += isnan(value) ? 0 : value;
			t->valued[k][i] += isnan(value) ? 0 : 1;
		}
	histogram_merge(&t->section[replication % STATION_SECTIONS], &x->age);
}
