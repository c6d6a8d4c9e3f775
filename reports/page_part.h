/* page_part: the parts of report.html, in the order of the page. Private to the page. */
#ifndef REPORTS_PAGE_PART_H
#define REPORTS_PAGE_PART_H

#include "reports/finding.h"
#include "reports/plot.h"
#include "reports/prose.h"

/* What every part needs. */
struct page {
	const struct report *r;
	const struct plots *plots;
	struct textbuf *out;
	struct prose prose; /* writes HTML to `out` */
};

/* Our own markup; no user's text. */
void page__add(struct page *p, const char *html);
void page__printf(struct page *p, const char *html, ...) __attribute__((format(printf, 2, 3)));
void page__text(struct page *p, const char *text); /* anybody's text, escaped */

/* A number and, smaller, the ends of its interval; "–" where there is none. */
void page__interval(struct page *p, enum human_unit unit, const struct interval *value, const char *path);
void page__metric(struct page *p, enum record_scope scope, const char *entity, const char *metric, const char *statistic);

/* A table cell around it; `label` heads it on a narrow screen. */
void page__cell(struct page *p, const char *label, enum record_scope scope, const char *entity, const char *metric,
                const char *statistic);

/* A folded list of all metrics of an entity but those named in `shown`. */
void page__others(struct page *p, enum record_scope scope, const char *entity, const char *const *shown, size_t shown_count);

void page__headline(struct page *p);
void page__objectives(struct page *p);
void page__functions(struct page *p);
void page__function_details(struct page *p);
void page__sources(struct page *p);
void page__stations(struct page *p);
void page__cost(struct page *p);
void page__notes(struct page *p);
void page__method(struct page *p);
void page__data(struct page *p); /* what the charts draw, as JSON in a script element */

#endif
