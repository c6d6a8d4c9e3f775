/* The page's frame, and how numbers are written into it. */
#include "reports/page.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "embedded.h"
#include "reports/page_part.h"

enum { PAGE_MORE_DECIMALS = 3 };

void page__add(struct page *p, const char *html)
{
	textbuf_add(p->out, html);
}

void page__printf(struct page *p, const char *html, ...)
{
	va_list arguments;
	va_start(arguments, html);
	textbuf_vprintf(p->out, html, arguments);
	va_end(arguments);
}

void page__text(struct page *p, const char *text)
{
	prose_escape(p->out, text);
}

static struct figure end_of(const char *path, const char *end, enum human_unit unit, double value)
{
	struct figure f = figure_at(path, unit, value);
	figure_step(&f.path, end);
	return f;
}

/* The point's scale, with as many digits as it takes to tell the ends from each other. */
static struct human_scale scale_of_ends(enum human_unit unit, const struct interval *value)
{
	struct human_scale scale = human_scale_for(unit, value->mean);
	double width = (value->high - value->low) / scale.factor;
	for (int i = 0; i < PAGE_MORE_DECIMALS && width * pow(10, scale.decimals) < 2; i++)
		scale.decimals++;
	return scale;
}

void page__interval(struct page *p, enum human_unit unit, const struct interval *value, const char *path)
{
	if (value == NULL || !isfinite(value->mean)) {
		page__add(p, "<span class=\"none\">–</span>");
		return;
	}
	prose_figure(&p->prose, end_of(path, "mean", unit, value->mean));
	if (!isfinite(value->low) || !isfinite(value->high) || !(value->low < value->high))
		return;
	struct human_scale scale = scale_of_ends(unit, value);
	page__add(p, "<small class=\"ci\" title=\"95 % interval\">");
	prose_figure_in(&p->prose, end_of(path, "low", unit, value->low), &scale, false);
	page__add(p, value->low < 0 ? " to " : "–"); /* a dash beside a minus is hard to read */
	prose_figure_in(&p->prose, end_of(path, "high", unit, value->high), &scale, false);
	page__add(p, "</small>");
}

void page__metric(struct page *p, enum record_scope scope, const char *entity, const char *metric, const char *statistic)
{
	struct textbuf path = {0};
	figure_path(&path, scope, entity, metric, statistic, NULL);
	page__interval(p, human_unit_of(metric), report_metric(p->r, scope, entity, metric, statistic), textbuf_text(&path));
	textbuf_fini(&path);
}

void page__cell(struct page *p, const char *label, enum record_scope scope, const char *entity, const char *metric,
                const char *statistic)
{
	page__printf(p, "<td role=\"cell\" data-label=\"%s\">", label);
	page__metric(p, scope, entity, metric, statistic);
	page__add(p, "</td>");
}

/* --- frame ------------------------------------------------------------------------------------------------------------------- */

static void write_head(struct page *p)
{
	page__add(
		p,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
		"img-src data:; base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<link rel=\"icon\" href=\"data:,\">\n<title>");
	page__text(p, p->r->study.name);
	page__add(p, " – weir report</title>\n<style>\n");
	page__add(p, (const char *)report_uplot_css);
	page__add(p, "\n");
	page__add(p, (const char *)report_css);
	page__add(p, "</style>\n</head>\n<body>\n");
}

static void write_scripts(struct page *p)
{
	page__data(p);
	page__add(p, "<script>\n/* uPlot, under this licence:\n\n");
	page__add(p, (const char *)report_uplot_license);
	page__add(p, "\n*/\n");
	page__add(p, (const char *)report_uplot_js);
	page__add(p, "\n</script>\n<script>\n");
	page__add(p, (const char *)report_js);
	page__add(p, "</script>\n");
}

void page_write(const struct report *r, const struct plots *plots, struct textbuf *out)
{
	struct page p = {.r = r, .plots = plots, .out = out, .prose = {.out = out, .html = true}};
	write_head(&p);
	page__headline(&p);
	page__add(&p, "<main>\n");
	page__objectives(&p);
	page__functions(&p);
	page__function_details(&p);
	page__sources(&p);
	page__stations(&p);
	page__cost(&p);
	page__notes(&p);
	page__method(&p);
	page__add(&p, "</main>\n");
	write_scripts(&p);
	page__add(&p, "</body>\n</html>\n");
}
