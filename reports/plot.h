/* plot: three SVG charts a function, drawn by gnuplot: traffic, concurrency against its limit, and how latency is distributed, cold starts
 * apart.
 *
 * One gnuplot draws all charts. It gets numbers only: no name of the user's ever becomes part of a command; titles are put into the SVG
 * afterwards. The same results give the same bytes. */
#ifndef REPORTS_PLOT_H
#define REPORTS_PLOT_H

#include "reports/query.h"

enum plot_kind { PLOT_TRAFFIC, PLOT_CONCURRENCY, PLOT_LATENCY, PLOT_KINDS };

/* More functions than this are not plotted (their tables and the page's own charts are there). */
enum { PLOT_FUNCTIONS_MOST = 40 };

struct plots {
	size_t functions;    /* how many have plots: the first ones */
	struct textbuf *svg; /* functions x PLOT_KINDS; empty where there was nothing to draw; owned */
};

/* Draws. When gnuplot is missing or fails there are no plots (functions 0) and `warnings` says why. 0, or -1 with `e` when the machine failed. */
int plot_all(const struct report *r, struct plots *out, struct textbuf *warnings, struct error *e);

/* NULL when there is none. */
const char *plot_svg(const struct plots *p, size_t function, enum plot_kind kind);

/* "plot-Checkout-latency.svg": what is no letter, digit, '-' or '_' becomes '_', and functions whose names would be alike get a number. */
void plot_file(const struct report *r, size_t function, enum plot_kind kind, struct textbuf *out);

void plots_fini(struct plots *p);

#endif
