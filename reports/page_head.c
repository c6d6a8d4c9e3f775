/* The top of the page: what was simulated, the verdict, four numbers, what to look at, objectives. */
#include <math.h>
#include <string.h>

#include "reports/page_part.h"
#include "reports/words.h"

static const char *const rank_names[] = {[FINDING_BAD] = "bad", [FINDING_WATCH] = "watch", [FINDING_GOOD] = "good"};
static const char *const rank_marks[] = {[FINDING_BAD] = "✕", [FINDING_WATCH] = "!", [FINDING_GOOD] = "✓"};
static const char *const rank_words[] = {[FINDING_BAD] = "Problem", [FINDING_WATCH] = "Worth a look", [FINDING_GOOD] = "Good"};

/* --- four numbers ------------------------------------------------------------------------------------------------------------ */

/* The function where a metric is largest; NULL when no function has it. */
static const struct report_function *worst(const struct report *r, const char *metric, const char *statistic)
{
	const struct report_function *found = NULL;
	double most = -INFINITY;
	for (size_t i = 0; i < r->functions.count; i++) {
		double value = report_point(r, RECORD_FUNCTION, r->functions.items[i].name, metric, statistic);
		if (!(value > most))
			continue;
		most = value;
		found = &r->functions.items[i];
	}
	return found;
}

static void tile_of_worst(struct page *p, const char *title, const char *metric, const char *statistic)
{
	const struct report_function *f = worst(p->r, metric, statistic);
	page__printf(p, "<div class=\"tile\"><h2>%s</h2><p class=\"big\">", title);
	page__metric(p, RECORD_FUNCTION, f ? f->name : "", metric, statistic);
	page__add(p, "</p><p class=\"of\">");
	if (f != NULL && p->r->functions.count > 1 && report_point(p->r, RECORD_FUNCTION, f->name, metric, statistic) > 0) {
		page__add(p, "highest: ");
		page__text(p, f->name);
	}
	page__add(p, "</p></div>\n");
}

static void tile_of_money(struct page *p)
{
	struct interval usd = report_bill(p->r, true);
	page__add(p, "<div class=\"tile\"><h2>Cost a month</h2><p class=\"big\">");
	page__interval(p, HUMAN_USD, &usd, "/cost/total");
	page__add(p, isnan(usd.mean) ? "</p><p class=\"of\">see the notes</p></div>\n"
	                             : "</p><p class=\"of\">after tiers and free tier</p></div>\n");
}

static void tile_of_peak(struct page *p)
{
	page__add(p, "<div class=\"tile\"><h2>Peak concurrency</h2><p class=\"big\">");
	page__metric(p, RECORD_ACCOUNT, "", "ConcurrentExecutions", "max");
	page__printf(p, "</p><p class=\"of\">of %lld in the account", (long long)p->r->study.account_concurrency);
	if (p->r->study.account_used_by_others > 0)
		page__printf(p, ", %lld used by others", (long long)p->r->study.account_used_by_others);
	page__add(p, "</p></div>\n");
}

/* --- headline ---------------------------------------------------------------------------------------------------------------- */

static void finding_begin(void *ctx, enum finding_rank rank)
{
	struct page *p = ctx;
	page__printf(p, "<li class=\"%s\"><span class=\"mark\" role=\"img\" aria-label=\"%s\">%s</span><span>", rank_names[rank],
	             rank_words[rank], rank_marks[rank]);
}

static void finding_end(void *ctx, bool named)
{
	(void)named; /* there is room for all */
	page__add(ctx, "</span></li>\n");
}

static void write_verdict(struct page *p)
{
	struct textbuf text = {0};
	struct prose prose = {.out = &text, .html = true};
	enum finding_rank rank;
	if (finding_verdict(p->r, &prose, &rank)) {
		page__printf(p, "<p class=\"verdict %s\"><span class=\"mark\" aria-hidden=\"true\">%s</span>", rank_names[rank],
		             rank_marks[rank]);
		page__add(p, textbuf_text(&text));
		page__add(p, "</p>\n");
	}
	textbuf_fini(&text);
}

void page__headline(struct page *p)
{
	struct finding_sink sink = {&p->prose, finding_begin, finding_end, p};
	page__add(p, "<header>\n<p class=\"brand\"><b>weir</b> simulation report</p>\n<h1>");
	page__text(p, p->r->study.name);
	page__add(p, "</h1>\n");
	write_verdict(p);
	page__add(p, "<p class=\"lead\">");
	finding_headline(p->r, false, &p->prose);
	page__add(p, "</p>\n<div class=\"tiles\">\n");
	tile_of_money(p);
	tile_of_worst(p, "Latency p99", "Latency_ms", "p99");
	tile_of_worst(p, "Throttled", "ThrottleShare", "");
	tile_of_peak(p);
	page__add(p, "</div>\n<section aria-labelledby=\"look\"><h2 id=\"look\">What to look at</h2>\n<ul class=\"findings\">\n");
	finding_list(p->r, &sink);
	page__add(p, "</ul></section>\n</header>\n");
}

/* --- objectives -------------------------------------------------------------------------------------------------------------- */

static void objective_row(struct page *p, size_t i)
{
	static const enum finding_rank ranks[] =
		{[OBJECTIVE_MISSED] = FINDING_BAD, [OBJECTIVE_MET] = FINDING_GOOD, [OBJECTIVE_UNDECIDED] = FINDING_WATCH};
	const struct report_objective *o = &p->r->objectives.items[i];
	struct textbuf path = {0};
	textbuf_printf(&path, "/objectives/%zu/value", i);
	page__add(p, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
	page__text(p, o->text);
	page__printf(
		p,
		"</th><td role=\"cell\" data-label=\"Verdict\"><span class=\"pill %s\">%s</span></td><td role=\"cell\" data-label=\"Simulated\">",
		rank_names[ranks[o->verdict]], words_verdict(o->verdict));
	page__interval(p, finding_objective_unit(o), &o->value, textbuf_text(&path));
	page__add(p, "</td></tr>\n");
	textbuf_fini(&path);
}

void page__objectives(struct page *p)
{
	if (p->r->objectives.count == 0)
		return;
	page__add(
		p,
		"<section aria-labelledby=\"objectives\">\n<h2 id=\"objectives\">Objectives</h2>\n<table role=\"table\" class=\"cards\">"
		"<thead><tr role=\"row\"><th role=\"columnheader\" scope=\"col\">Objective</th><th role=\"columnheader\" scope=\"col\">Verdict</th>"
		"<th role=\"columnheader\" scope=\"col\">Simulated</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < p->r->objectives.count; i++)
		objective_row(p, i);
	page__add(p, "</tbody></table>\n</section>\n");
}
