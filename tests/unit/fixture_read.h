/* fixture_read: a scenario from texts in a folder of its own, and what was said about it. */
#ifndef TESTS_UNIT_FIXTURE_READ_H
#define TESTS_UNIT_FIXTURE_READ_H

#include <check.h>

#include "scenarios/read/scenarioread.h"
#include "sim/base/textbuf.h"

struct fixture_read {
	struct scenario *scenario; /* NULL when there were errors */
	struct diagnostics found;
	struct source_texts *texts;
	struct textbuf said; /* one line a finding: "line:column severity rule text" */
};

/* Checked fixtures: a new folder to work in, with hello/app.py. */
void fixture_read_set_up(void);
void fixture_read_tear_down(void);

/* Writes a file in the folder. */
void fixture_read_file(const char *path, const char *text);

/* Reads a template; options may be NULL. The caller ends with fixture_read_end. */
struct fixture_read fixture_read_text(const char *template, const struct read_options *options);
struct fixture_read fixture_read_two(const char *template, const char *workload, const struct read_options *options);
struct fixture_read fixture_read_check(const char *template);   /* weir check; scenario is NULL */
struct fixture_read fixture_read_planned(const char *template); /* as `check` reads it, but with the scenario, errors or not */
void fixture_read_end(struct fixture_read *f);

/* Fails unless a finding's line contains the text; or when any error was found. */
void fixture_read_expect(const struct fixture_read *f, const char *text);
void fixture_read_expect_clean(const struct fixture_read *f);

/* Reads, expects, ends. */
void fixture_read_refused(const char *template, const char *text);

/* A template with one function Hello whose Weir section is `weir` (indented by four) and whose properties are `properties` (in braces, without). */
char *fixture_read_template(const char *properties, const char *weir);

#endif
