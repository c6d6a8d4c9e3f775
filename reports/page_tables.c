/* Functions and sources: tables, and one section a function with its charts. */
#include <math.h>
#include <string.h>

#include "reports/page_part.h"
#include "sim/base/memory.h"

enum { PAGE_OPEN_FUNCTIONS = 8 }; /* more are folded, so that a page of a hundred functions opens at once */

static void table_begin(struct page *p, const char *class, const char *const *heads)
{
	page__printf(p, "<table role=\"table\" class=\"%s\"><thead><tr role=\"row\">", class);
	for (; *heads != NULL; heads++)
		page__printf(p, "<th role=\"columnheader\" scope=\"col\">%s</th>", *heads);
	page__add(p, "</tr></thead>\n<tbody>\n");
}

static void row_begin(struct page *p, const char *name)
{
	page__add(p, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
	page__text(p, name);
}

/* --- functions --------------------------------------------------------------------------------------------------------------- */

static void write_setting(struct page *p, const struct report_function *f)
{
	page__printf(p, "%lld MB", (long long)f->memory_mb);
	page__add(p, " · ");
	page__text(p, f->architecture);
	if (f->reserved != FUNCTION_UNRESERVED)
		page__printf(p, " · reserved %lld", (long long)f->reserved);
}

static void function_row(struct page *p, const struct report_function *f)
{
	row_begin(p, f->name);
	page__add(p, "<small>");
	write_setting(p, f);
	page__add(p, "</small></th>");
	page__cell(p, "Invocations", RECORD_FUNCTION, f->name, "Invocations", "");
	page__cell(p, "Latency p50", RECORD_FUNCTION, f->name, "Latency_ms", "p50");
	page__cell(p, "Latency p99", RECORD_FUNCTION, f->name, "Latency_ms", "p99");
	page__cell(p, "Cold starts", RECORD_FUNCTION, f->name, "ColdStartShare", "");
	page__cell(p, "Errors", RECORD_FUNCTION, f->name, "ErrorShare", "");
	page__cell(p, "Throttled", RECORD_FUNCTION, f->name, "ThrottleShare", "");
	page__cell(p, "Peak concurrency", RECORD_FUNCTION, f->name, "ConcurrentExecutions", "max");
	page__cell(p, "Cost a month", RECORD_FUNCTION, f->name, "Cost_usd", "month");
	page__add(p, "</tr>\n");
}

void page__functions(struct page *p)
{
	static const char *const heads[] = {"Function", "Invocations", "Latency p50",      "Latency p99",  "Cold starts",
	                                    "Errors",   "Throttled",   "Peak concurrency", "Cost a month", NULL};
	page__add(p, "<section aria-labelledby=\"functions\">\n<h2 id=\"functions\">Functions</h2>\n");
	table_begin(p, "cards numbers", heads);
	for (size_t i = 0; i < p->r->functions.count; i++)
		function_row(p, &p->r->functions.items[i]);
	page__add(
		p,
		"</tbody></table>\n<p class=\"hint\">Counts are of one replication. Small figures are the ends of the 95&nbsp;% interval; "
		"a number without them did not vary or cannot be bounded. Costs are Lambda's, before the free tier.</p>\n</section>\n");
}

static void write_chart(struct page *p, size_t function, enum plot_kind kind)
{
	static const char *const titles[PLOT_KINDS] = {"Traffic", "Concurrency and environments", "Latency"};
	static const char *const kinds[PLOT_KINDS] = {"traffic", "concurrency", "latency"};
	const char *svg = plot_svg(p->plots, function, kind);
	page__printf(
		p,
		"<figure class=\"chart %s\"><figcaption>%s</figcaption><div class=\"canvas\" data-chart=\"%s\" data-function=\"%zu\" role=\"img\" "
		"aria-label=\"%s\"></div><noscript>",
		kinds[kind], titles[kind], kinds[kind], function, titles[kind]);
	page__add(p, svg ? svg : "<p class=\"hint\">This chart needs scripts; no plot was drawn.</p>");
	page__add(p, "</noscript></figure>\n");
}

static void percentile_row(struct page *p, const struct report_function *f, const char *title, const char *metric)
{
	static const char *const statistics[] = {"mean", "p50", "p90", "p95", "p99", "p99.9", "max"};
	page__printf(p, "<tr><th scope=\"row\">%s</th>", title);
	for (size_t i = 0; i < sizeof statistics / sizeof statistics[0]; i++) {
		page__add(p, "<td>");
		page__metric(p, RECORD_FUNCTION, f->name, metric, statistics[i]);
		page__add(p, "</td>");
	}
	page__add(p, "</tr>\n");
}

static void write_percentiles(struct page *p, const struct report_function *f)
{
	page__add(
		p,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Percentiles\"><table class=\"numbers\"><thead><tr><th scope=\"col\"></th>"
		"<th scope=\"col\">mean</th><th scope=\"col\">p50</th><th scope=\"col\">p90</th><th scope=\"col\">p95</th><th scope=\"col\">p99</th>"
		"<th scope=\"col\">p99.9</th><th scope=\"col\">max</th></tr></thead><tbody>\n");
	percentile_row(p, f, "Latency", "Latency_ms");
	percentile_row(p, f, "Duration", "Duration_ms");
	page__add(p, "</tbody></table></div>\n");
}

/* What else was counted, as a list of terms: every metric that no table shows. */
void page__others(struct page *p, enum record_scope scope, const char *entity, const char *const *shown, size_t shown_count)
{
	struct report_range range = report_entity(p->r, scope, entity);
	page__add(p, "<details class=\"more\"><summary>All numbers</summary><dl class=\"terms\">\n");
	for (size_t i = 0; i < range.count; i++) {
		const struct report_metric *m = range.items[i];
		bool elsewhere = false;
		for (size_t k = 0; k < shown_count; k++)
			elsewhere = elsewhere || strcmp(m->metric, shown[k]) == 0;
		if (elsewhere)
			continue;
		page__add(p, "<div><dt>");
		page__text(p, m->metric);
		page__add(p, " ");
		page__text(p, m->statistic);
		page__add(p, "</dt><dd>");
		page__metric(p, scope, entity, m->metric, m->statistic);
		page__add(p, "</dd></div>\n");
	}
	page__add(p, "</dl></details>\n");
}

static void write_chips(struct page *p, const struct report_function *f)
{
	page__printf(p, "<span class=\"chips\"><span>%lld MB</span><span>", (long long)f->memory_mb);
	page__text(p, f->architecture);
	if (f->runtime != NULL) {
		page__add(p, "</span><span>");
		page__text(p, f->runtime);
	}
	page__printf(p, "</span><span>timeout %lld s</span>", (long long)f->timeout_s);
	if (f->reserved != FUNCTION_UNRESERVED)
		page__printf(p, "<span>reserved %lld</span>", (long long)f->reserved);
	page__add(p, "<span>");
	page__text(p, strcmp(f->model, "profile") == 0 ? "measured" : f->model);
	page__add(p, "</span></span>");
}

void page__function_details(struct page *p)
{
	static const char *const in_percentiles[] = {"Latency_ms", "Duration_ms"};
	for (size_t i = 0; i < p->r->functions.count; i++) {
		const struct report_function *f = &p->r->functions.items[i];
		page__printf(p, "<section><details class=\"function\"%s><summary><h3>", i < PAGE_OPEN_FUNCTIONS ? " open" : "");
		page__text(p, f->name);
		page__add(p, "</h3>");
		write_chips(p, f);
		page__add(p, "</summary>\n<div class=\"charts\">\n");
		for (int kind = 0; kind < PLOT_KINDS; kind++)
			write_chart(p, i, (enum plot_kind)kind);
		page__add(p, "</div>\n");
		write_percentiles(p, f);
		page__others(p, RECORD_FUNCTION, f->name, in_percentiles, sizeof in_percentiles / sizeof in_percentiles[0]);
		page__add(p, "</details></section>\n");
	}
}

/* --- sources ----------------------------------------------------------------------------------------------------------------- */

static const struct report_source *source_named(const struct report *r, const char *name)
{
	for (size_t i = 0; i < r->sources.count; i++)
		if (strcmp(r->sources.items[i].name, name) == 0)
			return &r->sources.items[i];
	return NULL;
}

static void write_arrivals(struct page *p, const struct report_source *s)
{
	struct textbuf text = {0};
	textbuf_printf(&text, "%s · %s", s->kind, s->arrivals);
	if (!isnan(s->rate_per_s))
		textbuf_printf(&text, " %.6g/s", s->rate_per_s);
	if (!isnan(s->pattern_period_s)) {
		textbuf_add(&text, ", pattern over ");
		human_time(&text, s->pattern_period_s);
	}
	if (s->growth_per_month != 0)
		textbuf_printf(&text, ", %+.4g %% a month", 100 * s->growth_per_month);
	if (s->client_max_attempts > 1)
		textbuf_printf(&text, " · up to %lld attempts on %s", (long long)s->client_max_attempts, s->client_retries_on);
	page__add(p, "<small>");
	page__text(p, textbuf_text(&text));
	page__add(p, "</small>");
	textbuf_fini(&text);
}

/* "good", "client" (4xx), "server" (5xx), "timeout": colours of a status. */
static const char *status_class(const char *status)
{
	return !finding_status_fails(status) ? "s2" : status[0] == '4' ? "s4" : status[0] == '5' ? "s5" : "s0";
}

static void bar_part(struct page *p, const char *class, double share)
{
	if (share > 0)
		page__printf(p, "<i class=\"%s\" style=\"flex-grow:%.5g\"></i>", class, share * 1000);
}

/* Answers of 200 that hold a function error are shown as what they are. */
static void write_status_bar(struct page *p, const char *source)
{
	struct report_range range = report_entity(p->r, RECORD_SOURCE, source);
	double all = 0, errors = report_point(p->r, RECORD_SOURCE, source, "FunctionErrors", "");
	for (size_t i = 0; i < range.count; i++)
		if (strcmp(range.items[i]->metric, "Status") == 0 && range.items[i]->value.mean > 0)
			all += range.items[i]->value.mean;
	page__add(p, "<div class=\"stack\" aria-hidden=\"true\">");
	for (size_t i = 0; i < range.count && all > 0; i++) {
		const struct report_metric *m = range.items[i];
		if (strcmp(m->metric, "Status") != 0)
			continue;
		bool holds_errors = strcmp(m->statistic, "200") == 0 && errors > 0;
		bar_part(p, status_class(m->statistic), (m->value.mean - (holds_errors ? errors : 0)) / all);
		bar_part(p, "s5", holds_errors ? errors / all : 0);
	}
	page__add(p, "</div>");
}

static void write_answer(struct page *p, const char *source, const char *class, const char *name, const char *metric,
                         const char *statistic)
{
	page__printf(p, "<li class=\"%s\"><b>", class);
	page__text(p, name);
	page__add(p, "</b> ");
	prose_figure(&p->prose, figure_metric(p->r, RECORD_SOURCE, source, metric, statistic, "mean"));
	page__add(p, "</li>");
}

static void write_statuses(struct page *p, const char *source)
{
	struct report_range range = report_entity(p->r, RECORD_SOURCE, source);
	write_status_bar(p, source);
	page__add(p, "<ul class=\"statuses\">");
	for (size_t i = 0; i < range.count; i++) {
		const struct report_metric *m = range.items[i];
		if (strcmp(m->metric, "Status") == 0)
			write_answer(p, source, status_class(m->statistic), m->statistic, "Status", m->statistic);
		else if (strcmp(m->metric, "FunctionErrors") == 0 && m->value.mean > 0)
			write_answer(p, source, "s5", "of 200 a function error", "FunctionErrors", "");
	}
	page__add(p, "</ul>");
}

static void source_row(struct page *p, const char *name)
{
	const struct report_source *s = source_named(p->r, name);
	row_begin(p, name);
	if (s != NULL)
		write_arrivals(p, s);
	page__add(p, "</th>");
	page__cell(p, "Requests", RECORD_SOURCE, name, "Requests", "");
	page__cell(p, "Attempts a request", RECORD_SOURCE, name, "Amplification", "");
	page__cell(p, "Latency p50", RECORD_SOURCE, name, "Latency_ms", "p50");
	page__cell(p, "Latency p99", RECORD_SOURCE, name, "Latency_ms", "p99");
	page__add(p, "<td role=\"cell\" data-label=\"Answers\" class=\"wide\">");
	write_statuses(p, name);
	page__add(p, "</td></tr>\n");
}

void page__sources(struct page *p)
{
	static const char *const heads[] = {"Source",  "Requests", "Attempts a request", "Latency p50", "Latency p99",
	                                    "Answers", NULL};
	size_t count;
	const char **names = report_entities(p->r, RECORD_SOURCE, &count);
	if (count > 0) {
		page__add(p, "<section aria-labelledby=\"sources\">\n<h2 id=\"sources\">Sources</h2>\n");
		table_begin(p, "cards numbers", heads);
		for (size_t i = 0; i < count; i++)
			source_row(p, names[i]);
		page__add(
			p,
			"</tbody></table>\n<p class=\"hint\">Latency is what the caller waits, retries included, for every request. Answers are final ones, by status "
			"code; a direct Invoke answers 200 to a function error too. More than one attempt a request is load that retries add.</p>\n</section>\n");
	}
	memory_free(names);
}
