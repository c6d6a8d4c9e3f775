#include "reports/plot.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/os/program.h"
#include "reports/curve.h"
#include "reports/finding.h"
#include "reports/prose.h"
#include "reports/stationtable.h"
#include "sim/base/memory.h"

enum { PLOT_POINTS = 720, PLOT_LIMIT_MS = 60000, PLOT_OUTPUT_MOST = 256 << 20, PLOT_LINES_MOST = 4 };

/* A limit far above everything would press the curves flat; from this ratio on it is only named. */
static const double PLOT_LIMIT_RATIO = 3;

#define BLUE "#4f74e3"
#define ORANGE "#e0803a"
#define TEAL "#1f9e8d"
#define RED "#d64550"
#define GREY "#8b919b"

/* --- scripts ----------------------------------------------------------------------------------------------------------------- */

/* One curve of a chart. */
struct plot_line {
	struct curve curve;
	const char *title, *style; /* our own words; gnuplot's */
};

struct chart {
	struct plot_line lines[PLOT_LINES_MOST];
	size_t count;
	double limit;     /* NaN for none */
	const char *unit; /* of the values, behind the titles; NULL for none */
	bool latency;     /* logarithmic, in milliseconds */
};

static void chart_add(struct chart *c, struct curve curve, const char *title, const char *style)
{
	if (curve.count == 0) {
		curve_fini(&curve);
		return;
	}
	c->lines[c->count++] = (struct plot_line){curve, title, style};
}

static void chart_fini(struct chart *c)
{
	for (size_t i = 0; i < c->count; i++)
		curve_fini(&c->lines[i].curve);
}

/* A level of a place over time, in units of `factor`. */
static struct curve level_of(const struct report *r, const struct station_place *x, const char *metric, double factor)
{
	return curve_series(metric ? report_series(r, x->scope, x->name, metric) : NULL, PLOT_POINTS, CURVE_LARGEST, factor);
}

static struct chart chart_depth(const struct report *r, const struct station_place *x)
{
	struct chart c = {.limit = NAN};
	chart_add(&c, level_of(r, x, x->depth, 1), "waiting", "lc rgb '" BLUE "' lw 1.6");
	chart_add(&c, level_of(r, x, x->flying, 1), "in flight", "lc rgb '" TEAL "' lw 1.6");
	return c;
}

/* In one unit that fits the largest. */
static struct chart chart_age(const struct report *r, const struct station_place *x)
{
	struct curve in_ms = level_of(r, x, x->age, 1);
	struct human_scale scale = human_scale_for(HUMAN_MS, curve_largest(&in_ms));
	struct chart c = {.limit = NAN, .unit = scale.suffix};
	if (curve_largest(&in_ms) > 0)
		chart_add(&c, level_of(r, x, x->age, 1 / scale.factor),
		          x->scope == RECORD_QUEUE ? "age of the oldest message" : "iterator age", "lc rgb '" ORANGE "' lw 1.6");
	curve_fini(&in_ms);
	return c;
}

static struct curve series_of(const struct report *r, const char *name, const char *metric, enum curve_join join, bool rate)
{
	const struct report_series *s = report_series(r, RECORD_FUNCTION, name, metric);
	return curve_series(s, PLOT_POINTS, join, s && rate ? 1 / simtime_s(s->period) : 1);
}

static struct chart chart_traffic(const struct report *r, const struct report_function *f)
{
	struct chart c = {.limit = NAN};
	chart_add(&c, series_of(r, f->name, "Invocations", CURVE_MEAN, true), "invocations per second", "lc rgb '" BLUE "' lw 1.6");
	struct curve throttles = series_of(r, f->name, "Throttles", CURVE_MEAN, true),
		     errors = series_of(r, f->name, "Errors", CURVE_MEAN, true);
	if (curve_largest(&throttles) > 0)
		chart_add(&c, throttles, "throttles", "lc rgb '" RED "' lw 1.6");
	else
		curve_fini(&throttles);
	if (curve_largest(&errors) > 0)
		chart_add(&c, errors, "errors", "lc rgb '" ORANGE "' lw 1.6");
	else
		curve_fini(&errors);
	return c;
}

static struct chart chart_concurrency(const struct report *r, const struct report_function *f)
{
	struct chart c = {.limit = (double)finding_limit(r, f)};
	chart_add(&c, series_of(r, f->name, "Environments", CURVE_LARGEST, false), "environments alive",
	          "lc rgb '" GREY "' lw 1.4");
	chart_add(&c, series_of(r, f->name, "ConcurrentExecutions", CURVE_LARGEST, false), "busy at most",
	          "lc rgb '" BLUE "' lw 1.6");
	chart_add(&c, series_of(r, f->name, "ConcurrentExecutions.mean", CURVE_MEAN, false), "busy on average",
	          "lc rgb '" TEAL "' lw 1.6");
	return c;
}

static struct chart chart_latency(const struct report *r, const struct report_function *f)
{
	struct chart c = {.limit = NAN, .latency = true};
	chart_add(&c, curve_outline(report_histogram(r, RECORD_FUNCTION, f->name, "Latency.warm"), 1), "warm",
	          "fc rgb '" BLUE "' fs transparent solid 0.35 border lc rgb '" BLUE "'");
	chart_add(&c, curve_outline(report_histogram(r, RECORD_FUNCTION, f->name, "Latency.cold"), 1), "cold starts",
	          "fc rgb '" ORANGE "' fs transparent solid 0.35 border lc rgb '" ORANGE "'");
	if (c.count == 0)
		chart_add(&c, curve_outline(report_histogram(r, RECORD_FUNCTION, f->name, "Latency"), 1), "all",
		          "fc rgb '" BLUE "' fs transparent solid 0.35 border lc rgb '" BLUE "'");
	return c;
}

static void write_data(struct textbuf *out, const struct chart *c, double x_unit)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct curve *curve = &c->lines[i].curve;
		textbuf_printf(out, "$d%zu << END\n", i);
		for (size_t k = 0; k < curve->count; k++) {
			if (isnan(curve->y[k]))
				textbuf_add_char(out, '\n');
			else
				textbuf_printf(out, "%.7g %.7g\n", curve->x[k] / x_unit, curve->y[k]);
		}
		if (!c->latency && curve->count > 1) /* the last period is as long as the others */
			textbuf_printf(out, "%.7g %.7g\n", (2 * curve->x[curve->count - 1] - curve->x[curve->count - 2]) / x_unit,
			               curve->y[curve->count - 1]);
		textbuf_add(out, "END\n");
	}
}

/* Powers of ten, written as people write them. */
static void write_latency_axis(struct textbuf *out, const struct chart *c)
{
	double low = INFINITY, high = 0;
	for (size_t i = 0; i < c->count; i++) {
		low = fmin(low, c->lines[i].curve.x[0]);
		high = fmax(high, c->lines[i].curve.x[c->lines[i].curve.count - 1]);
	}
	textbuf_printf(out, "set logscale x\nset xrange [%.6g:%.6g]\nset xtics (", low / 1.5, high * 1.5);
	bool later = false;
	for (double decade = pow(10, floor(log10(low)) - 1); decade <= high * 1.5; decade *= 10) {
		static const double steps[] = {1, 2, 5};
		for (size_t i = 0; i < (high / low > 1000 ? 1 : 3); i++) {
			struct human_scale scale = human_scale_for(HUMAN_MS, decade * steps[i]);
			textbuf_printf(out, "%s'%.3g %s' %.6g", later ? ", " : "", decade * steps[i] / scale.factor, scale.suffix,
			               decade * steps[i]);
			later = true;
		}
	}
	textbuf_add(out, ")\nset yrange [0:1.08]\nunset ytics\nset xlabel ''\n");
}

static void write_time_axis(struct textbuf *out, const struct chart *c, const char *unit, double end)
{
	double most = 0;
	for (size_t i = 0; i < c->count; i++)
		most = fmax(most, curve_largest(&c->lines[i].curve));
	bool limited = c->limit <= PLOT_LIMIT_RATIO * most;
	textbuf_printf(
		out,
		"unset logscale\nset xtics autofreq nomirror out scale 0.5\nset ytics nomirror out scale 0.5\nset xrange [0:%.6g]\nset xlabel '%s'\nset yrange [0:%.6g]\n",
		end, unit, most > 0 ? (limited ? fmax(most, c->limit) : most) * 1.12 : 1);
	if (limited)
		textbuf_printf(out, "L = %.6g\n", c->limit);
}

static void write_lines(struct textbuf *out, const struct chart *c)
{
	textbuf_add(out, "plot ");
	for (size_t i = 0; i < c->count; i++)
		textbuf_printf(out, "%s$d%zu using 1:2 with %s %s title '%s%s%s'", i ? ", " : "", i,
		               c->latency ? "filledcurves y1=0" : "steps", c->lines[i].style, c->lines[i].title,
		               c->unit ? ", " : "", c->unit ? c->unit : "");
	double most = 0;
	for (size_t i = 0; i < c->count; i++)
		most = fmax(most, curve_largest(&c->lines[i].curve));
	if (c->limit <= PLOT_LIMIT_RATIO * most)
		textbuf_printf(out, ", L with lines dt 2 lc rgb '" RED "' lw 1.4 title 'limit: %.0f'", c->limit);
	else if (!isnan(c->limit))
		textbuf_printf(out, ", NaN with lines dt 2 lc rgb '" RED "' lw 1.4 title 'limit: %.0f (above)'", c->limit);
	textbuf_add_char(out, '\n');
}

static void write_chart(struct textbuf *out, const struct chart *c)
{
	const char *unit = "";
	const struct curve *first = &c->lines[0].curve;
	double step = first->count > 1 ? first->x[1] - first->x[0] : 0, end = first->x[first->count - 1] + step;
	double x_unit = c->latency ? 1 : curve_time_unit(end, &unit);
	write_data(out, c, x_unit);
	if (c->latency)
		write_latency_axis(out, c);
	else
		write_time_axis(out, c, unit, end > 0 ? end / x_unit : 1);
	write_lines(out, c);
	textbuf_add(out, "set output\n");
}

static const char plot_preamble[] =
	"set terminal svg size 760,260 dynamic enhanced font 'system-ui,sans-serif,12'\nset termoption noenhanced\nset output\nset encoding utf8\n"
	"set border 3 lc rgb '" GREY "' lw 1\nset grid ytics lc rgb '" GREY "' lw 0.4 dt 3\nset tics nomirror out scale 0.5\n"
	"set key outside above center horizontal samplen 2 spacing 1.1\nset samples 2\n";

/* --- what gnuplot says ------------------------------------------------------------------------------------------------------- */

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Copies a line, colours that would hide on a dark page taken out. */
static void copy_line(struct textbuf *out, const char *line, size_t length)
{
	static const struct {
		const char *from, *to;
	} changes[] = {{" color=\"black\"", ""},
	               {" color=\"white\"", ""},
	               {" color=\"gray\"", ""},
	               {"fill=\"black\"", "fill=\"currentColor\""}};
	for (size_t i = 0; i < length;) {
		size_t k = 0;
		while (k < 4 && !starts(line + i, changes[k].from))
			k++;
		if (k < 4) {
			textbuf_add(out, changes[k].to);
			i += strlen(changes[k].from);
		} else {
			textbuf_add_char(out, line[i++]);
		}
	}
	textbuf_add_char(out, '\n');
}

/* The body of one SVG: from its canvas to its end, without definitions that are not used, ids, and groups that hold nothing. */
static void copy_body(struct textbuf *out, const char *svg, const char *end)
{
	bool definitions = false;
	const char *line = strstr(svg, "<defs>");
	while (line != NULL && line < end) {
		size_t length = strcspn(line, "\n");
		const char *next = line[length] ? line + length + 1 : end;
		const char *text = line + strspn(line, "\t ");
		if (starts(text, "<defs>"))
			definitions = true;
		bool empty = starts(line, "<g fill=") && starts(next, "</g>");
		bool title = starts(text, "<g id=\"gnuplot_plot_");
		if (title)
			textbuf_add(out, "<g>\n");
		else if (!definitions && !empty && length > 0)
			copy_line(out, line, length);
		if (starts(text, "</defs>"))
			definitions = false;
		line = empty ? next + strcspn(next, "\n") + 1 : next;
	}
}

/* What a chart is of, and what it shows. */
struct subject {
	const char *name, *title, *text;
};

static void write_head(struct textbuf *out, const struct subject *s)
{
	textbuf_add(out,
	            "<svg class=\"weir-plot\" role=\"img\" viewBox=\"0 0 760 260\" xmlns=\"http://www.w3.org/2000/svg\">\n<title>");
	prose_escape(out, s->name);
	textbuf_printf(out, ": %s</title>\n<desc>%s</desc>\n", s->title, s->text);
	textbuf_add(out, "<style>.weir-plot{color:#24292f;font-family:system-ui,sans-serif}.weir-plot .back{fill:#fff}"
	                 "@media(prefers-color-scheme:dark){.weir-plot{color:#d5dae1}.weir-plot .back{fill:#16191f}}</style>\n"
	                 "<rect class=\"back\" width=\"760\" height=\"260\"/>\n<g>\n");
}

/* Takes the next chart from what gnuplot wrote. Returns where to go on, or NULL when there is no whole one. */
static const char *take_chart(const char *at, const struct subject *subject, struct textbuf *out)
{
	const char *begin = strstr(at, "<svg"), *end = begin ? strstr(begin, "</svg>") : NULL;
	if (end == NULL)
		return NULL;
	end += strlen("</svg>");
	write_head(out, subject);
	copy_body(out, begin, end);
	textbuf_add_char(out, '\n');
	return end;
}

/* --- which charts ------------------------------------------------------------------------------------------------------------ */

/* All charts, numbered as in struct plots. */
struct drawing {
	const struct report *r;
	struct station_place *places; /* owned */
	struct plots *plots;
	bool *drawn; /* which charts are in the script; owned */
};

static struct chart chart_of(const struct drawing *d, size_t i)
{
	static struct chart (*const of_function[PLOT_KINDS])(const struct report *r,
	                                                     const struct report_function *f) = {chart_traffic, chart_concurrency,
	                                                                                         chart_latency};
	static struct chart (*const of_place[PLOT_PLACE_KINDS])(const struct report *r,
	                                                        const struct station_place *x) = {chart_depth, chart_age};
	size_t functions = d->plots->functions * PLOT_KINDS;
	if (i < functions)
		return of_function[i % PLOT_KINDS](d->r, &d->r->functions.items[i / PLOT_KINDS]);
	return of_place[(i - functions) % PLOT_PLACE_KINDS](d->r, &d->places[(i - functions) / PLOT_PLACE_KINDS]);
}

static struct subject subject_of(const struct drawing *d, size_t i)
{
	static const char *const titles[] = {"traffic over time", "concurrency and environments over time",
	                                     "distribution of latency", "events that wait over time", "age over time"};
	static const char *const texts[] = {
		"Invocations, throttles and errors per second, averaged over replications.",
		"Busy environments (the most and the average of each period) and environments alive, against the function's limit.",
		"How often each latency occurs on a logarithmic axis, warm invocations and cold starts apart; each is scaled to its own peak.",
		"How many events wait and how many are being processed, averaged over replications.",
		"How old the oldest message or the last record read is, averaged over replications.",
	};
	size_t functions = d->plots->functions * PLOT_KINDS, place = i - functions;
	if (i < functions)
		return (struct subject){d->r->functions.items[i / PLOT_KINDS].name, titles[i % PLOT_KINDS], texts[i % PLOT_KINDS]};
	size_t kind = PLOT_KINDS + place % PLOT_PLACE_KINDS;
	return (struct subject){d->places[place / PLOT_PLACE_KINDS].name, titles[kind], texts[kind]};
}

static void write_script(const struct drawing *d, struct textbuf *script)
{
	textbuf_add(script, plot_preamble);
	for (size_t i = 0; i < plot_count(d->plots); i++) {
		struct chart c = chart_of(d, i);
		d->drawn[i] = c.count > 0;
		if (d->drawn[i])
			write_chart(script, &c);
		chart_fini(&c);
	}
}

static int run_gnuplot(const struct textbuf *script, struct program_result *result, struct error *e)
{
	static const char *const arguments[] = {"gnuplot", "-d", "-", NULL};
	static const char *const environment[] = {"LC_ALL=C", "PATH=/usr/local/bin:/usr/bin:/bin", NULL};
	const struct program p = {arguments, environment, script->text, script->length, PLOT_OUTPUT_MOST, PLOT_LIMIT_MS};
	return program_run(&p, result, e);
}

static bool split(const struct drawing *d, const struct program_result *result)
{
	const char *at = textbuf_text(&result->output);
	for (size_t i = 0; i < plot_count(d->plots) && at != NULL; i++) {
		struct subject subject = subject_of(d, i);
		if (d->drawn[i])
			at = take_chart(at, &subject, &d->plots->svg[i]);
	}
	return at != NULL;
}

static void explain(struct textbuf *warnings, const struct program_result *result)
{
	if (result->end == PROGRAM_MISSING) {
		textbuf_add(warnings, "no plots: gnuplot is not installed\n");
		return;
	}
	const char *said = textbuf_text(&result->errors);
	said += strspn(said, "\n ");
	textbuf_printf(warnings, "no plots: gnuplot failed%s%.*s\n", *said ? ": " : "", (int)strcspn(said, "\n"), said);
}

/* --- files ------------------------------------------------------------------------------------------------------------------- */

static void add_stem(struct textbuf *out, const char *name)
{
	for (const char *c = name; *c != '\0' && out->length < 120; c++)
		textbuf_add_char(out, isascii(*c) && (isalnum((unsigned char)*c) || *c == '-' || *c == '_') ? *c : '_');
}

/* The functions, then the places, of whom `i` is one. */
static const char *name_of(const struct drawing *d, size_t i)
{
	return i < d->r->functions.count ? d->r->functions.items[i].name : d->places[i - d->r->functions.count].name;
}

/* A function and its own asynchronous events have the same name, and charts of different kinds. */
static char *file_of(const struct drawing *d, size_t from, size_t to, size_t i, const char *kind)
{
	struct textbuf stem = {0};
	size_t alike = 0;
	add_stem(&stem, name_of(d, i));
	for (size_t k = from; k < to; k++) {
		struct textbuf other = {0};
		add_stem(&other, name_of(d, k));
		alike += strcmp(textbuf_text(&other), textbuf_text(&stem)) == 0;
		textbuf_fini(&other);
	}
	char *file = alike > 1 ? memory_format("plot-%s.%zu-%s.svg", textbuf_text(&stem), i - from + 1, kind)
	                       : memory_format("plot-%s-%s.svg", textbuf_text(&stem), kind);
	textbuf_fini(&stem);
	return file;
}

static void name_files(const struct drawing *d, size_t places)
{
	static const char *const kinds[PLOT_KINDS] = {"traffic", "concurrency", "latency"};
	static const char *const place_kinds[PLOT_PLACE_KINDS] = {"depth", "age"};
	size_t functions = d->plots->functions * PLOT_KINDS, all = d->r->functions.count;
	for (size_t i = 0; i < plot_count(d->plots); i++)
		d->plots->files[i] = i < functions ? file_of(d, 0, all, i / PLOT_KINDS, kinds[i % PLOT_KINDS])
		                                   : file_of(d, all, all + places, all + (i - functions) / PLOT_PLACE_KINDS,
		                                             place_kinds[(i - functions) % PLOT_PLACE_KINDS]);
}

/* --- all --------------------------------------------------------------------------------------------------------------------- */

static size_t at_most(size_t count)
{
	return count < PLOT_FUNCTIONS_MOST ? count : PLOT_FUNCTIONS_MOST;
}

static void warn_of_rest(struct textbuf *warnings, size_t drawn, size_t all, const char *what)
{
	if (drawn < all)
		textbuf_printf(warnings, "plots of the first %zu of %zu %s only\n", drawn, all, what);
}

int plot_all(const struct report *r, struct plots *out, struct textbuf *warnings, struct error *e)
{
	struct drawing d = {.r = r, .plots = out};
	size_t places;
	struct textbuf script = {0};
	struct program_result result = {0};
	d.places = station_places_charted(r, &places);
	*out = (struct plots){.functions = at_most(r->functions.count), .places = at_most(places)};
	out->svg = MEMORY_ARRAY(plot_count(out), struct textbuf);
	out->files = MEMORY_ARRAY(plot_count(out), char *);
	d.drawn = MEMORY_ARRAY(plot_count(out), bool);
	write_script(&d, &script);
	name_files(&d, places);
	int failed = run_gnuplot(&script, &result, e);
	bool whole = !failed && result.end == PROGRAM_EXITED && result.status == 0 && split(&d, &result);
	if (!failed && !whole)
		explain(warnings, &result);
	if (whole) {
		warn_of_rest(warnings, out->functions, r->functions.count, "functions");
		warn_of_rest(warnings, out->places, places, "queues, streams and functions with asynchronous events");
	} else {
		plots_fini(out);
	}
	program_result_fini(&result);
	textbuf_fini(&script);
	memory_free(d.drawn);
	memory_free(d.places);
	return failed;
}

static const char *svg_text(const struct plots *p, size_t i)
{
	return p->svg[i].length > 0 ? p->svg[i].text : NULL;
}

const char *plot_svg(const struct plots *p, size_t function, enum plot_kind kind)
{
	return function < p->functions ? svg_text(p, function * PLOT_KINDS + kind) : NULL;
}

const char *plot_place_svg(const struct plots *p, size_t place, enum plot_place_kind kind)
{
	return place < p->places ? svg_text(p, p->functions * PLOT_KINDS + place * PLOT_PLACE_KINDS + kind) : NULL;
}

void plots_fini(struct plots *p)
{
	for (size_t i = 0; i < plot_count(p); i++) {
		textbuf_fini(&p->svg[i]);
		memory_free(p->files[i]);
	}
	memory_free(p->svg);
	memory_free(p->files);
	*p = (struct plots){0};
}
