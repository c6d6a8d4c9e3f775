#include "tools/progress.h"

#include <stdio.h>

#include "models/os/clock.h"
#include "models/os/tty.h"

#define PERIOD_NS INT64_C(200000000)
#define SECOND_NS INT64_C(1000000000)

enum { NARROW = 40 };

void progress_init(struct progress *p, bool wanted)
{
	*p = (struct progress){.shown = wanted && tty_is(TTY_ERRORS)};
}

void progress_begin(struct progress *p)
{
	p->started_ns = clock_monotonic_ns();
}

void progress_time_left(int64_t elapsed_ns, double fraction, struct textbuf *out)
{
	if (!(fraction > 0) || elapsed_ns < SECOND_NS / 2)
		return;
	double left = fraction < 1 ? (double)elapsed_ns * (1 - fraction) / fraction / (double)SECOND_NS : 0;
	if (left > 1e6) /* eleven days: a guess from almost nothing */
		return;
	long s = (long)(left + 0.999);
	if (s >= 3600)
		textbuf_printf(out, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
	else
		textbuf_printf(out, "%ld:%02ld", s / 60, s % 60);
}

void progress_update(struct progress *p, const char *text, double fraction)
{
	int64_t now = p->shown ? clock_monotonic_ns() : 0;
	if (!p->shown || (p->drawn && now - p->drawn_ns < PERIOD_NS))
		return;
	struct textbuf line = {0}, left = {0};
	progress_time_left(now - p->started_ns, fraction, &left);
	textbuf_add(&line, text);
	if (left.length > 0)
		textbuf_printf(&line, ", %s left", textbuf_text(&left));
	int width = tty_width(TTY_ERRORS);
	/* A line that wraps could not be taken away again. */
	fprintf(stderr, "\r\033[K%.*s", width > NARROW ? width - 1 : NARROW, textbuf_text(&line));
	fflush(stderr);
	p->drawn = true;
	p->drawn_ns = now;
	textbuf_fini(&line);
	textbuf_fini(&left);
}

void progress_clear(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}
