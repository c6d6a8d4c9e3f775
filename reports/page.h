/* page: report.html, one file that needs nothing else: style, script, charts' data and plots are in it, and a policy in its head forbids
 * every load from anywhere. Without scripts the plots stand where the charts would. */
#ifndef REPORTS_PAGE_H
#define REPORTS_PAGE_H

#include "reports/plot.h"
#include "reports/query.h"

void page_write(const struct report *r, const struct plots *plots, struct textbuf *out);

#endif
