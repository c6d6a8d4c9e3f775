/* What it costs, what was assumed, how it was computed. */
#include <math.h>
#include <string.h>

#include "reports/page_part.h"

/* --- cost -------------------------------------------------------------------------------------------------------------------- */

static double largest_line(const struct report *r, bool month)
{
	double most = 0;
	for (size_t i = 0; i < r->costs.count; i++)
		if (r->costs.items[i].month == month)
			most = fmax(most, fabs(r->costs.items[i].usd.mean));
	return most;
}

static void cost_row(struct page *p, const struct report_cost *c, size_t number, double most)
{
	struct textbuf path = {0};
	textbuf_printf(&path, "/%s/items/%zu", c->month ? "cost" : "cost_run", number);
	page__add(p, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
	page__text(p, c->resource[0] ? c->resource : c->item);
	page__add(p, "<small>");
	page__text(p, c->service);
	if (c->resource[0]) {
		page__add(p, " · ");
		page__text(p, c->item);
	}
	page__add(p, "</small></th><td role=\"cell\" data-label=\"Quantity\">");
	size_t base = path.length;
	figure_step(&path, "quantity");
	prose_figure(&p->prose, figure_at(textbuf_text(&path), HUMAN_COUNT, c->quantity));
	page__add(p, " <span class=\"unit\">");
	page__text(p, c->unit);
	page__add(p, "s</span></td><td role=\"cell\" data-label=\"USD\">");
	path.length = base;
	path.text[base] = '\0';
	figure_step(&path, "interval");
	page__interval(p, HUMAN_USD, &c->usd, textbuf_text(&path));
	page__printf(
		p,
		"</td><td role=\"cell\" class=\"bar\" aria-hidden=\"true\"><i class=\"%s\" style=\"width:%.3g%%\"></i></td></tr>\n",
		c->usd.mean < 0 ? "back" : "pay", most > 0 && isfinite(c->usd.mean) ? 100 * fabs(c->usd.mean) / most : 0);
	textbuf_fini(&path);
}

static void write_bill(struct page *p, bool month)
{
	double most = largest_line(p->r, month);
	struct interval total = report_bill(p->r, month);
	size_t number = 0;
	page__add(
		p,
		"<table role=\"table\" class=\"cards numbers bill\"><thead><tr role=\"row\"><th role=\"columnheader\" scope=\"col\">Line</th>"
		"<th role=\"columnheader\" scope=\"col\">Quantity</th><th role=\"columnheader\" scope=\"col\">USD</th><td role=\"cell\"></td></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < p->r->costs.count; i++)
		if (p->r->costs.items[i].month == month)
			cost_row(p, &p->r->costs.items[i], number++, most);
	page__add(
		p,
		"</tbody><tfoot><tr role=\"row\"><th role=\"rowheader\" scope=\"row\">Total</th><td role=\"cell\" class=\"empty\"></td><td role=\"cell\" data-label=\"USD\">");
	page__interval(p, HUMAN_USD, &total, month ? "/cost/total" : "/cost_run/total");
	page__add(p, "</td><td role=\"cell\" class=\"empty\"></td></tr></tfoot></table>\n");
}

/* The notes that explain the bill, or why there is none. */
static void write_cost_notes(struct page *p)
{
	for (size_t i = 0; i < p->r->notes.count; i++) {
		if (strcmp(p->r->notes.items[i].topic, "cost") != 0)
			continue;
		page__add(p, "<p class=\"hint\">");
		page__text(p, p->r->notes.items[i].text);
		page__add(p, "</p>\n");
	}
}

void page__cost(struct page *p)
{
	page__add(p, "<section aria-labelledby=\"cost\">\n<h2 id=\"cost\">Cost a month</h2>\n");
	if (report_has_bill(p->r, true))
		write_bill(p, true);
	else
		page__add(p, "<p>There is no bill of a month.</p>\n");
	write_cost_notes(p);
	if (report_has_bill(p->r, false)) {
		page__add(p, "<details class=\"more\"><summary>One replication at list price</summary>\n");
		write_bill(p, false);
		page__add(p, "</details>\n");
	}
	page__add(p, "</section>\n");
}

/* --- notes ------------------------------------------------------------------------------------------------------------------- */

static void write_notes(struct page *p, enum severity severity)
{
	for (size_t i = 0; i < p->r->notes.count; i++) {
		const struct report_note *n = &p->r->notes.items[i];
		bool with_the_bill = n->severity == SEVERITY_NOTE && strcmp(n->topic, "cost") == 0;
		if (n->severity != severity || with_the_bill)
			continue;
		page__printf(p, "<li class=\"%s\"><span class=\"pill %s\">", severity == SEVERITY_WARNING ? "watch" : "plain",
		             severity == SEVERITY_WARNING ? "watch" : "plain");
		page__text(p, severity == SEVERITY_WARNING ? "warning" : n->topic);
		page__add(p, "</span><span>");
		page__text(p, n->text);
		page__add(p, "</span></li>\n");
	}
}

void page__notes(struct page *p)
{
	if (p->r->notes.count == 0)
		return;
	page__add(p, "<section aria-labelledby=\"notes\">\n<h2 id=\"notes\">Warnings and assumptions</h2>\n<ul class=\"notes\">\n");
	write_notes(p, SEVERITY_WARNING);
	write_notes(p, SEVERITY_NOTE);
	page__add(p, "</ul>\n</section>\n");
}

/* --- method ------------------------------------------------------------------------------------------------------------------ */

static void term(struct page *p, const char *name)
{
	page__printf(p, "<div><dt>%s</dt><dd>", name);
}

static void term_end(struct page *p)
{
	page__add(p, "</dd></div>\n");
}

static void term_time(struct page *p, const char *name, const char *path, double seconds)
{
	term(p, name);
	if (path != NULL && seconds != 0) {
		struct human_scale scale = human_scale_for(HUMAN_MS, seconds * 1000);
		scale.factor /= 1000;
		prose_figure_in(&p->prose, figure_at(path, HUMAN_COUNT, seconds), &scale, true);
	} else {
		struct textbuf text = {0};
		human_time(&text, seconds);
		page__text(p, seconds == 0 ? "none" : textbuf_text(&text));
		textbuf_fini(&text);
	}
	term_end(p);
}

static void write_precision(struct page *p, const struct report_study *s)
{
	term(p, "Precision asked");
	page__add(p, "±");
	prose_figure(&p->prose, figure_at("/precision/asked", HUMAN_SHARE, s->precision_asked));
	page__add(p, s->precision_reached ? " – reached" : " – not reached");
	term_end(p);
	if (!(s->worst_precision > 0))
		return;
	term(p, "Widest interval");
	page__add(p, "±");
	prose_figure(&p->prose, figure_at("/precision/worst", HUMAN_SHARE, s->worst_precision));
	page__add(p, " (");
	page__text(p, s->worst_metric ? s->worst_metric : "");
	page__add(p, ")");
	term_end(p);
}

static void write_terms(struct page *p, const struct report_study *s)
{
	page__add(p, "<dl class=\"terms\">\n");
	term(p, "Template");
	page__text(p, s->file);
	term_end(p);
	term(p, "Region");
	page__text(p, s->region);
	term_end(p);
	term(p, "Seed");
	page__text(p, s->seed);
	term_end(p);
	term(p, "Replications");
	prose_figure(&p->prose, figure_at("/replications", HUMAN_COUNT, (double)s->replications));
	term_end(p);
	term_time(p, "Simulated, each", "/simulated_s", s->simulated_s);
	term_time(p, "Warm-up left out", NULL, simtime_s(s->warm_up));
	if (s->replications_asked == 0)
		write_precision(p, s);
	term(p, "Events");
	prose_figure(&p->prose, figure_at("/events", HUMAN_COUNT, (double)s->events));
	term_end(p);
	term(p, "weir");
	page__text(p, s->weir_version);
	term_end(p);
	page__add(p, "</dl>\n");
}

static void write_reading(struct page *p)
{
	static const struct {
		const char *title, *address;
	} documents[] = {
		{"Understanding Lambda function scaling", "docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"},
		{"Configuring reserved concurrency", "docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"},
		{"Lambda scaling behavior", "docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html"},
		{"Lambda execution environment lifecycle", "docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"},
		{"Lambda quotas", "docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"},
		{"AWS Lambda pricing", "aws.amazon.com/lambda/pricing"},
	};
	page__add(p, "<h3>Where AWS documents the rules</h3>\n<ul class=\"reading\">\n");
	for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++)
		page__printf(p, "<li>%s <span>%s</span></li>\n", documents[i].title, documents[i].address);
	page__add(p, "</ul>\n");
}

void page__method(struct page *p)
{
	const struct report_study *s = &p->r->study;
	page__add(
		p,
		"<section aria-labelledby=\"method\">\n<h2 id=\"method\">How this was computed</h2>\n"
		"<p>A discrete-event simulation ran the traffic against Lambda's documented rules, every replication with random numbers of its own. "
		"Means carry Student's t intervals over replications; percentiles are of all requests together, their intervals from sections of the replications. "
		"The same template, seed and version give the same numbers again.</p>\n");
	write_terms(p, s);
	write_reading(p);
	page__add(p, "<details class=\"more\"><summary>The scenario as read</summary><pre>");
	page__text(p, s->text);
	page__add(p, "</pre></details>\n</section>\n");
}
