/* Queues, streams, topics, buses, buckets and asynchronous events: a table a kind, charts, and where events ended. */
#include <string.h>

#include "reports/page_part.h"
#include "reports/stationtable.h"
#include "sim/base/memory.h"

static void section_begin(struct page *p, const char *id, const char *title)
{
	page__printf(p, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n", id, id, title);
}

static void head_cell(struct page *p, const char *head)
{
	page__printf(p, "<th role=\"columnheader\" scope=\"col\">%s</th>", head);
}

static void row_begin(struct page *p, const char *name, const char *small)
{
	page__add(p, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
	page__text(p, name);
	if (small != NULL) {
		page__add(p, "<small>");
		page__text(p, small);
		page__add(p, "</small>");
	}
	page__add(p, "</th>");
}

/* --- charts ------------------------------------------------------------------------------------------------------------------ */

static void write_chart(struct page *p, size_t place, enum plot_place_kind kind)
{
	static const char *const titles[PLOT_PLACE_KINDS] = {"Events that wait", "Age"};
	static const char *const kinds[PLOT_PLACE_KINDS] = {"depth", "age"};
	const char *svg = plot_place_svg(p->plots, place, kind);
	page__printf(
		p,
		"<figure class=\"chart %s\"><figcaption>%s</figcaption><div class=\"canvas\" data-chart=\"%s\" data-place=\"%zu\" role=\"img\" "
		"aria-label=\"%s\"></div><noscript>",
		kinds[kind], titles[kind], kinds[kind], place, titles[kind]);
	page__add(p, svg ? svg : "<p class=\"hint\">This chart needs scripts; no plot was drawn.</p>");
	page__add(p, "</noscript></figure>\n");
}

/* The charts of one kind of place, each with its other numbers. */
static void write_details(struct page *p, enum record_scope scope)
{
	size_t count;
	struct station_place *places = station_places_charted(p->r, &count);
	for (size_t i = 0; i < count; i++) {
		if (places[i].scope != scope)
			continue;
		page__add(p, "<details class=\"function place\" open><summary><h3>");
		page__text(p, places[i].name);
		page__add(p, "</h3></summary>\n<div class=\"charts\">\n");
		write_chart(p, i, PLOT_DEPTH);
		if (places[i].age != NULL)
			write_chart(p, i, PLOT_AGE);
		page__add(p, "</div>\n");
		if (scope != RECORD_FUNCTION) /* a function has a list of its own */
			page__others(p, scope, places[i].name, NULL, 0);
		page__add(p, "</details>\n");
	}
	memory_free(places);
}

/* What has no charts: its numbers, folded. */
static void write_numbers(struct page *p, enum record_scope scope, const char *name)
{
	page__add(p, "<details class=\"function place\"><summary><h3>");
	page__text(p, name);
	page__add(p, "</h3></summary>\n");
	page__others(p, scope, name, NULL, 0);
	page__add(p, "</details>\n");
}

/* --- tables ------------------------------------------------------------------------------------------------------------------ */

static bool is_without_charts(enum record_scope scope)
{
	return scope == RECORD_MAPPING || scope == RECORD_TOPIC || scope == RECORD_BUS || scope == RECORD_BUCKET;
}

static void write_table(struct page *p, const struct station_table *t)
{
	size_t count;
	const char **names = station_table_rows(p->r, t, &count);
	if (count > 0) {
		section_begin(p, t->id, t->title);
		page__add(p, "<table role=\"table\" class=\"cards numbers\"><thead><tr role=\"row\">");
		head_cell(p, t->one);
		for (size_t k = 0; k < STATION_COLUMNS_MOST && t->columns[k].head != NULL; k++)
			head_cell(p, t->columns[k].head);
		page__add(p, "</tr></thead>\n<tbody>\n");
		for (size_t i = 0; i < count; i++) {
			const struct report_resource *about = report_resource(p->r, t->scope, names[i]);
			row_begin(p, names[i], about ? about->about : NULL);
			for (size_t k = 0; k < STATION_COLUMNS_MOST && t->columns[k].head != NULL; k++)
				page__cell(p, t->columns[k].head, t->scope, names[i], t->columns[k].metric,
				           t->columns[k].statistic);
			page__add(p, "</tr>\n");
		}
		page__printf(p, "</tbody></table>\n<p class=\"hint\">%s</p>\n", t->hint);
		write_details(p, t->scope);
		for (size_t i = 0; i < count && is_without_charts(t->scope); i++)
			write_numbers(p, t->scope, names[i]);
		page__add(p, "</section>\n");
	}
	memory_free(names);
}

/* --- where events ended ------------------------------------------------------------------------------------------------------ */

/* Classes of the bar's parts, in the order of station_table_ends. */
static const char *const classes[STATION_TABLE_ENDS] = {"s2", "s0", "s4", "s5", "s5", "e2"};

static void write_bar(struct page *p, const struct station_place *x)
{
	page__add(p, "<div class=\"stack\" aria-hidden=\"true\">");
	for (size_t k = 0; k < STATION_TABLE_ENDS; k++) {
		double share = report_point(p->r, x->scope, x->name, x->share, station_table_ends[k]);
		if (share > 0)
			page__printf(p, "<i class=\"%s\" style=\"flex-grow:%.5g\"></i>", classes[k], share * 1000);
	}
	page__add(p, "</div><ul class=\"statuses\">");
	for (size_t k = 0; k < STATION_TABLE_ENDS; k++) {
		if (!(report_point(p->r, x->scope, x->name, x->number, station_table_ends[k]) > 0))
			continue;
		page__printf(p, "<li class=\"%s\"><b>%s</b> ", classes[k], station_table_ends[k]);
		prose_figure(&p->prose, figure_metric(p->r, x->scope, x->name, x->share, station_table_ends[k], "mean"));
		page__add(p, " · ");
		prose_figure(&p->prose, figure_metric(p->r, x->scope, x->name, x->number, station_table_ends[k], "mean"));
		page__add(p, "</li>");
	}
	page__add(p, "</ul>");
}

static void write_ends(struct page *p)
{
	size_t count;
	struct station_place *places = station_places(p->r, &count);
	if (count > 0) {
		section_begin(p, "ends", "Where events ended");
		page__add(p, "<table role=\"table\" class=\"cards numbers\"><thead><tr role=\"row\">");
		head_cell(p, "Place");
		head_cell(p, "Came");
		head_cell(p, "Ended");
		page__add(p, "</tr></thead>\n<tbody>\n");
		for (size_t i = 0; i < count; i++) {
			row_begin(p, places[i].name, places[i].noun);
			page__cell(p, "Came", places[i].scope, places[i].name, places[i].received, "");
			page__add(p, "<td role=\"cell\" data-label=\"Ended\" class=\"wide\">");
			write_bar(p, &places[i]);
			page__add(p, "</td></tr>\n");
		}
		page__add(
			p,
			"</tbody></table>\n<p class=\"hint\">Shares of all that ended there or was still there at the end of the run (in flight). With a "
			"warm-up that is what came after it and what was there when it ended (HeldAtStart). What a queue dead-letters is counted there, and once more in the dead-letter queue, where it stays.</p>\n</section>\n");
	}
	memory_free(places);
}

void page__stations(struct page *p)
{
	for (size_t i = 0; i < STATION_TABLES; i++)
		write_table(p, &station_tables[i]);
	write_ends(p);
}
