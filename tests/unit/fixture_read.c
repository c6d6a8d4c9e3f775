#include "tests/unit/fixture_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/os/file.h"
#include "models/os/folder.h"
#include "scenarios/read/document.h"
#include "scenarios/read/texts.h"
#include "sim/base/memory.h"

static char *home;

void fixture_read_set_up(void)
{
	struct error e = {0};
	home = folder_private(&e);
	ck_assert_msg(home != NULL, "%s", e.text);
	ck_assert_int_eq(chdir(home), 0);
	ck_assert_int_eq(mkdir("hello", 0755), 0);
	fixture_read_file("hello/app.py", "def handler(event, context):\n    return {}\n");
}

void fixture_read_tear_down(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	folder_remove(home);
	memory_free(home);
}

void fixture_read_file(const char *path, const char *text)
{
	struct error e = {0};
	ck_assert_msg(file_write(path, text, strlen(text), &e) == 0, "%s", e.text);
}

static void say(struct fixture_read *f)
{
	for (size_t i = 0; i < f->found.count; i++) {
		const struct diagnostic *d = &f->found.items[i];
		textbuf_printf(&f->said, "%s:%d:%d %s %s %s", d->at.file ? d->at.file : "", d->at.line, d->at.column,
		               severity_name(d->severity), d->rule, d->text);
		textbuf_printf(&f->said, " = %s\n", d->hint ? d->hint : "");
	}
}

struct fixture_read fixture_read_two(const char *template, const char *workload, const struct read_options *options)
{
	static const struct read_options none;
	struct fixture_read f = {0};
	int status = scenario_read_text(options ? options : &none, template, strlen(template), workload,
	                                workload ? strlen(workload) : 0, &f.scenario, &f.found, &f.texts);
	ck_assert_int_eq(status == 0, f.found.errors == 0);
	ck_assert_int_eq(status == 0, f.scenario != NULL);
	say(&f);
	return f;
}

struct fixture_read fixture_read_text(const char *template, const struct read_options *options)
{
	return fixture_read_two(template, NULL, options);
}

struct fixture_read fixture_read_check(const char *template)
{
	struct fixture_read f = {0};
	struct read_options options = {.template_file = "checked.yaml"};
	struct error e = {0};
	fixture_read_file("checked.yaml", template);
	scenario_check(&options, &f.found, &f.texts, &e);
	say(&f);
	return f;
}

struct fixture_read fixture_read_planned(const char *template)
{
	static const struct read_options none;
	struct fixture_read f = {0};
	struct reading r;
	size_t length = strlen(template);
	reading_init(&r, &none, &f.found);
	r.careful = true;
	f.texts = r.texts;
	const char *file = source_texts_add(r.texts, "template.yaml", memory_string_n(template, length), length);
	if (document_from_text(&r, file, template, length, NULL, 0) == 0)
		reading_run(&r);
	diagnostics_sort(&f.found);
	f.scenario = reading_end(&r, true);
	say(&f);
	return f;
}

void fixture_read_end(struct fixture_read *f)
{
	scenario_free(f->scenario);
	diagnostics_fini(&f->found);
	source_texts_free(f->texts);
	textbuf_fini(&f->said);
}

void fixture_read_expect(const struct fixture_read *f, const char *text)
{
	ck_assert_msg(strstr(textbuf_text(&f->said), text) != NULL, "'%s' is not in:\n%s", text, textbuf_text(&f->said));
}

void fixture_read_expect_clean(const struct fixture_read *f)
{
	ck_assert_msg(f->found.errors == 0, "%s", textbuf_text(&f->said));
}

void fixture_read_refused(const char *template, const char *text)
{
	struct fixture_read f = fixture_read_text(template, NULL);
	ck_assert_ptr_null(f.scenario);
	fixture_read_expect(&f, text);
	fixture_read_end(&f);
}

char *fixture_read_template(const char *properties, const char *weir)
{
	return memory_format("Transform: AWS::Serverless-2016-10-31\n"
	                     "Resources:\n"
	                     "  Hello:\n"
	                     "    Type: AWS::Serverless::Function\n"
	                     "    Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: hello%s%s}\n"
	                     "Metadata:\n"
	                     "  Weir:\n"
	                     "%s\n",
	                     *properties ? ", " : "", properties, weir);
}
