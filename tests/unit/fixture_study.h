/* fixture_study: a made-up study for tests of sinks and reports: three functions, four sources, series, distributions, bills, objectives and
 * notes, always the same. */
#ifndef TESTS_UNIT_FIXTURE_STUDY_H
#define TESTS_UNIT_FIXTURE_STUDY_H

#include "models/record.h"
#include "sim/base/error.h"

enum fixture_kind {
	FIXTURE_PLAIN,   /* plausible names and numbers, an objective missed, throttles */
	FIXTURE_HOSTILE, /* names with quotes, markup, commands and wide characters */
	FIXTURE_EMPTY    /* one function that was never invoked, no bill, no interval */
};

/* Gives the whole study to the sink, begin to end. 0 or -1. Does not call fini. */
int fixture_study(enum fixture_kind kind, struct sink *sink, struct error *e);

#endif
