/* What the charts draw. Numbers are rounded to what a screen can show; the tables and summary.json hold the exact ones. */
#include <math.h>
#include <stdio.h>

#include "reports/curve.h"
#include "reports/page_part.h"
#include "reports/stationtable.h"
#include "sim/base/json_out.h"
#include "sim/base/memory.h"

enum { PAGE_POINTS = 1000, PAGE_PERCENTILES = 161 };

static void write_number(struct json_out *j, double value)
{
	char text[JSON_OUT_NUMBER];
	snprintf(text, sizeof text, "%.5g", value);
	double rounded = 0;
	if (!isfinite(value) || sscanf(text, "%lf", &rounded) != 1)
		json_out_null(j);
	else
		json_out_double(j, rounded);
}

static void write_numbers(struct json_out *j, const char *key, const double *values, size_t count)
{
	json_out_key(j, key);
	json_out_array(j);
	for (size_t i = 0; i < count; i++)
		write_number(j, values[i]);
	json_out_end_array(j);
}

static void write_series(struct json_out *j, const struct report *r, const char *name, const char *key, const char *metric,
                         enum curve_join join, bool rate)
{
	const struct report_series *s = report_series(r, RECORD_FUNCTION, name, metric);
	struct curve c = curve_series(s, PAGE_POINTS, join, s && rate ? 1 / simtime_s(s->period) : 1);
	write_numbers(j, key, c.y, c.count);
	curve_fini(&c);
}

static void write_times(struct json_out *j, const struct report *r, const char *name)
{
	struct curve c = curve_series(report_series(r, RECORD_FUNCTION, name, "Invocations"), PAGE_POINTS, CURVE_MEAN, 1);
	write_numbers(j, "t", c.x, c.count);
	curve_fini(&c);
}

static void write_percentiles(struct json_out *j, const struct report *r, const char *name)
{
	static const char *const metrics[] = {"Latency", "Latency.warm", "Latency.cold"}, *const keys[] = {"all", "warm", "cold"};
	double end = curve_nines(report_histogram(r, RECORD_FUNCTION, name, "Latency"));
	json_out_key(j, "latency");
	json_out_object(j);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct curve c = curve_percentiles(report_histogram(r, RECORD_FUNCTION, name, metrics[i]), end, PAGE_PERCENTILES);
		if (i == 0)
			write_numbers(j, "nines", c.x, c.count);
		write_numbers(j, keys[i], c.y, c.count);
		curve_fini(&c);
	}
	json_out_end_object(j);
}

static void write_function(struct json_out *j, const struct report *r, const struct report_function *f)
{
	json_out_object(j);
	json_out_key(j, "name");
	json_out_string(j, f->name);
	json_out_key(j, "limit");
	json_out_int(j, finding_limit(r, f));
	write_times(j, r, f->name);
	write_series(j, r, f->name, "invocations", "Invocations", CURVE_MEAN, true);
	write_series(j, r, f->name, "throttles", "Throttles", CURVE_MEAN, true);
	write_series(j, r, f->name, "errors", "Errors", CURVE_MEAN, true);
	write_series(j, r, f->name, "cold", "ColdStarts", CURVE_MEAN, true);
	write_series(j, r, f->name, "busy", "ConcurrentExecutions", CURVE_LARGEST, false);
	write_series(j, r, f->name, "busyMean", "ConcurrentExecutions.mean", CURVE_MEAN, false);
	write_series(j, r, f->name, "alive", "Environments", CURVE_LARGEST, false);
	write_percentiles(j, r, f->name);
	json_out_end_object(j);
}

/* A level of a place; an empty array where it has none. */
static void write_level(struct json_out *j, const struct report *r, const struct station_place *x, const char *key,
                        const char *metric)
{
	const struct report_series *s = metric ? report_series(r, x->scope, x->name, metric) : NULL;
	struct curve c = curve_series(s, PAGE_POINTS, CURVE_LARGEST, 1);
	write_numbers(j, key, c.y, c.count);
	curve_fini(&c);
}

static void write_place(struct json_out *j, const struct report *r, const struct station_place *x)
{
	struct curve c = curve_series(report_series(r, x->scope, x->name, x->depth), PAGE_POINTS, CURVE_LARGEST, 1);
	json_out_object(j);
	json_out_key(j, "name");
	json_out_string(j, x->name);
	write_numbers(j, "t", c.x, c.count);
	write_numbers(j, "depth", c.y, c.count);
	write_level(j, r, x, "flying", x->flying);
	write_level(j, r, x, "age", x->age);
	json_out_end_object(j);
	curve_fini(&c);
}

static void write_places(struct json_out *j, const struct report *r)
{
	size_t count;
	struct station_place *places = station_places_charted(r, &count);
	json_out_key(j, "places");
	json_out_array(j);
	for (size_t i = 0; i < count; i++)
		write_place(j, r, &places[i]);
	json_out_end_array(j);
	memory_free(places);
}

void page__data(struct page *p)
{
	struct json_out j;
	page__add(p, "<script type=\"application/json\" id=\"data\">");
	json_out_init(&j, p->out, 0);
	json_out_object(&j);
	json_out_key(&j, "functions");
	json_out_array(&j);
	for (size_t i = 0; i < p->r->functions.count; i++)
		write_function(&j, p->r, &p->r->functions.items[i]);
	json_out_end_array(&j);
	write_places(&j, p->r);
	json_out_end_object(&j);
	page__add(p, "</script>\n");
}
