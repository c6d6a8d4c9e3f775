/* plot: SVG charts drawn by gnuplot. Three a function: traffic, concurrency against its limit, and how latency is distributed, cold starts
 * apart. Two a queue or stream, one for a function's asynchronous events: what waits there, and how old it is.
 *
 * One gnuplot draws all charts. It gets numbers only: no name of the user's ever becomes part of a command; titles are put into the SVG
 * afterwards. The same results give the same bytes. */
#ifndef REPORTS_PLOT_H
#define REPORTS_PLOT_H

#include "reports/query.h"

enum plot_kind { PLOT_TRAFFIC, PLOT_CONCURRENCY, PLOT_LATENCY, PLOT_KINDS };
enum plot_place_kind { PLOT_DEPTH, PLOT_AGE, PLOT_PLACE_KINDS };

/* More functions, and more places, than this are not plotted (their tables and the page's own charts are there). */
enum { PLOT_FUNCTIONS_MOST = 40 };

struct plots {
	size_t functions; /* how many have plots: the first ones */
	size_t places;    /* the same of station_places_charted */
	struct textbuf
		*svg; /* functions x PLOT_KINDS, then places x PLOT_PLACE_KINDS; empty where there was nothing to draw; owned */
	char **files; /* the name of each, "plot-Checkout-latency.svg"; owned */
};

/* In file names what is no letter, digit, '-' or '_' becomes '_', and functions or places whose names would be alike get a number. */

/* How many charts there may be. */
static inline size_t plot_count(const struct plots *p)
{
	return p->functions * PLOT_KINDS + p->places * PLOT_PLACE_KINDS;
}

/* Draws. When gnuplot is missing or fails there are no plots (plot_count 0) and `warnings` says why. 0, or -1 with `e` when the machine failed. */
int plot_all(const struct report *r, struct plots *out, struct textbuf *warnings, struct error *e);

/* NULL when there is none. */
const char *plot_svg(const struct plots *p, size_t function, enum plot_kind kind);
const char *plot_place_svg(const struct plots *p, size_t place, enum plot_place_kind kind);

void plots_fini(struct plots *p);

#endif
