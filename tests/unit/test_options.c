/* Command lines: what is understood, what is refused and how, and that help, manual pages and completion tell what the table says. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/os/file.h"
#include "models/os/program.h"
#include "sim/base/memory.h"
#include "tools/commands.h"
#include "tools/options.h"
#include "tools/progress.h"

enum { WORDS = 20 };

struct parsed {
	char *argv[WORDS];
	char *text;
	struct options o;
	struct error e;
	int status;
};

/* `line` is split at `|`, so that words may hold spaces. */
static struct parsed *parse(struct parsed *p, const struct command *c, const char *line)
{
	int argc = 0;
	*p = (struct parsed){.text = memory_string(line)};
	p->argv[argc++] = (char *)c->name;
	for (char *save, *word = strtok_r(p->text, "|", &save); word != NULL; word = strtok_r(NULL, "|", &save))
		p->argv[argc++] = word;
	p->status = options_parse(c, argc, p->argv, &p->o, &p->e);
	return p;
}

static void done(struct parsed *p)
{
	options_fini(&p->o);
	memory_free(p->text);
}

static void words_are(const struct options *o, enum option_id id, const char *expected)
{
	struct textbuf got = {0};
	for (size_t i = 0; i < o->value[id].count; i++)
		textbuf_printf(&got, "%s%s", i ? "|" : "", o->value[id].words[i]);
	ck_assert_str_eq(textbuf_text(&got), expected);
	textbuf_fini(&got);
}

START_TEST(values_in_all_spellings)
{
	static const char *const lines[] = {"t.yaml|--seed|7|-o|out|--json|-j|2", "--seed=7|--output=out|--json|--jobs=2|t.yaml",
	                                    "-oout|t.yaml|-j2|--js|--see|7",
	                                    "--seed|1|--seed|7|-o|x|-o|out|-j1|-j|2|--json|--|t.yaml"};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct parsed p;
		ck_assert_msg(parse(&p, &cmd_run, lines[i])->status == 0, "%s: %s", lines[i], p.e.text);
		ck_assert_str_eq(options_text(&p.o, OPTION_SEED), "7");
		ck_assert_str_eq(options_text(&p.o, OPTION_OUTPUT), "out");
		ck_assert_uint_eq(options_count(&p.o, OPTION_JOBS, 9), 2);
		ck_assert(options_given(&p.o, OPTION_JSON) && !options_given(&p.o, OPTION_QUIET));
		ck_assert_uint_eq(p.o.operand_count, 1);
		ck_assert_str_eq(p.o.operands[0], "t.yaml");
		done(&p);
	}
}
END_TEST

START_TEST(nothing_given)
{
	struct parsed p;
	ck_assert_int_eq(parse(&p, &cmd_run, "")->status, 0);
	ck_assert_ptr_null(options_text(&p.o, OPTION_SEED));
	ck_assert_uint_eq(options_count(&p.o, OPTION_JOBS, 9), 9);
	ck_assert_uint_eq(p.o.operand_count, 0);
	done(&p);
}
END_TEST

START_TEST(repeated_options)
{
	struct parsed p;
	parse(&p, &cmd_run, "--rate|A.Get=1/s|--set|F.MemorySize=256|--rate=B=2/s|--set|F.Timeout=3");
	words_are(&p.o, OPTION_RATE, "A.Get=1/s|B=2/s");
	words_are(&p.o, OPTION_SET, "F.MemorySize=256|F.Timeout=3");
	done(&p);
}
END_TEST

START_TEST(parameter_overrides)
{
	static const struct {
		const char *line, *words;
		size_t operands;
	} cases[] = {
		{"--parameter-overrides|A=1|B=2|--seed|3", "A=1|B=2", 0},
		{"--parameter-overrides|A=1|B=2|t.yaml", "A=1|B=2", 1},
		{"t.yaml|--parameter-overrides|A=1|B=2", "A=1|B=2", 1},
		{"t.yaml|--parameter-overrides=A=1|--json|--parameter-overrides|B=2", "A=1|B=2", 1},
		{"--parameter-overrides|A=1 B=2", "A=1|B=2", 0},
		{"--parameter-overrides|A=hello world B=2", "A=hello world|B=2", 0},
		{"--parameter-overrides|A=\"x y=z\" B='q r'", "A=x y=z|B=q r", 0},
		{"--parameter-overrides|A=it's", "A=it's", 0},
		{"--parameter-overrides|A=", "A=", 0},
		{"--parameter-overrides|ParameterKey=K,ParameterValue=V|ParameterKey=L,ParameterValue=W",
	         "ParameterKey=K,ParameterValue=V|ParameterKey=L,ParameterValue=W", 0},
		{"--parameter-overrides|A", "A", 0}, /* the reader says what is wrong with it */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct parsed p;
		ck_assert_msg(parse(&p, &cmd_run, cases[i].line)->status == 0, "%s: %s", cases[i].line, p.e.text);
		words_are(&p.o, OPTION_PARAMETERS, cases[i].words);
		ck_assert_uint_eq(p.o.operand_count, cases[i].operands);
		done(&p);
	}
}
END_TEST

START_TEST(refused)
{
	static const struct {
		const struct command *command;
		const char *line, *message;
	} cases[] = {
		{&cmd_run, "--sede|7", "weir run has no option '--sede'; did you mean '--seed'?"},
		{&cmd_run, "--zzzzzz", "weir run has no option '--zzzzzz'"},
		{&cmd_run, "--json=1", "'--json=1' takes no value"},
		{&cmd_run, "--quiet=1", "'--quiet=1' takes no value"},
		{&cmd_run, "--re", "'--re' is the beginning of several options"},
		{&cmd_run, "-x", "weir run has no option '-x'"},
		{&cmd_run, "--json|-qx", "weir run has no option '-x'"},
		{&cmd_run, "-qxo|--json", "weir run has no option '-x'"},
		{&cmd_run, "--seed", "'--seed' needs a value"},
		{&cmd_run, "-o", "'-o' needs a value"},
		{&cmd_run, "-j|0", "--jobs is a whole number from 1 to 1024, not '0'"},
		{&cmd_run, "-j|-1", "not '-1'"},
		{&cmd_run, "-j|2x", "not '2x'"},
		{&cmd_run, "-j| 2", "not ' 2'"},
		{&cmd_run, "-j|99999999999999999999", "not '99999999999999999999'"},
		{&cmd_run, "a.yaml|b.yaml", "one word too many: 'b.yaml'"},
		{&cmd_run, "a.yaml|-t|b.yaml", "the template is named twice"},
		{&cmd_init, "--seed|1", "weir init has no option '--seed'"},
		{&cmd_report, "a|b", "one word too many: 'b'"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct parsed p;
		ck_assert_msg(parse(&p, cases[i].command, cases[i].line)->status == -1, "%s is taken", cases[i].line);
		ck_assert_int_eq(p.e.code, ERROR_USAGE);
		ck_assert_msg(strstr(p.e.text, cases[i].message) != NULL, "%s: %s", cases[i].line, p.e.text);
		done(&p);
	}
}
END_TEST

START_TEST(help_wins)
{
	struct parsed p;
	ck_assert_int_eq(parse(&p, &cmd_run, "a|b|c|--help")->status, 0);
	ck_assert(options_given(&p.o, OPTION_HELP));
	done(&p);
}
END_TEST

/* A long name or a letter stands for one option of a command. */
START_TEST(table_is_sound)
{
	for (size_t c = 0; c < COMMANDS; c++) {
		for (size_t i = 0; i < commands[c]->id_count; i++) {
			const struct option_row *a = options_row(commands[c]->ids[i]);
			ck_assert((a->argument == NULL) == (a->type == OPTION_FLAG));
			for (size_t j = 0; j < i; j++) {
				const struct option_row *b = options_row(commands[c]->ids[j]);
				ck_assert_str_ne(a->name, b->name);
				ck_assert(a->letter == 0 || a->letter != b->letter);
			}
		}
		ck_assert_int_eq(commands[c]->ids[commands[c]->id_count - 1], OPTION_HELP);
	}
}
END_TEST

START_TEST(unknown_commands)
{
	struct error e = {0};
	ck_assert_ptr_eq(commands_find("run", &e), &cmd_run);
	ck_assert_ptr_null(commands_find("rnu", &e));
	ck_assert_str_eq(e.text, "weir has no command 'rnu'; did you mean 'run'?");
	e = (struct error){0};
	ck_assert_ptr_null(commands_find("frobnicate", &e));
	ck_assert_str_eq(e.text, "weir has no command 'frobnicate'");
}
END_TEST

START_TEST(help_has_every_option)
{
	struct textbuf all = {0};
	commands_help(&all);
	for (size_t c = 0; c < COMMANDS; c++) {
		struct textbuf help = {0};
		options_help(commands[c], &help);
		ck_assert_ptr_nonnull(strstr(textbuf_text(&all), commands[c]->summary));
		for (size_t i = 0; i < commands[c]->id_count; i++) {
			char name[60];
			snprintf(name, sizeof name, "--%s", options_row(commands[c]->ids[i])->name);
			ck_assert_msg(strstr(textbuf_text(&help), name) != NULL, "weir help %s lacks %s", commands[c]->name, name);
		}
		for (const char *line = textbuf_text(&help); *line != '\0'; line += strcspn(line, "\n") + 1)
			ck_assert_msg(strcspn(line, "\n") <= 124, "too long: %.*s", (int)strcspn(line, "\n"), line);
		textbuf_fini(&help);
	}
	/* `weir help` knows every command. */
	for (size_t c = 0; c < COMMANDS; c++)
		ck_assert_str_eq(cmd_help.choices[c], commands[c]->name);
	ck_assert_ptr_null(cmd_help.choices[COMMANDS]);
	textbuf_fini(&all);
}
END_TEST

/* The section of a page that begins with "# TITLE" and ends before the next. */
static char *section(const char *page, const char *title)
{
	char head[40];
	snprintf(head, sizeof head, "\n# %s\n\n", title);
	const char *begin = strstr(page, head);
	ck_assert_msg(begin != NULL, "no section %s", title);
	begin += strlen(head);
	const char *end = strstr(begin, "\n# ");
	ck_assert_ptr_nonnull(end);
	return memory_string_n(begin, (size_t)(end - begin) + 1);
}

START_TEST(manual_pages_equal_the_table)
{
	static const struct command *const paged[] = {&cmd_run, &cmd_check, &cmd_init, &cmd_report, &cmd_match};
	const struct command *c = paged[_i];
	char *path = memory_format("tools/man/weir-%s.1.scd", c->name), *page;
	struct error e = {0};
	size_t length;
	ck_assert_msg(file_read(path, 1 << 20, &page, &length, &e) == 0, "%s", e.text);
	char *options = section(page, "OPTIONS");
	struct textbuf expected = {0};
	options_manual(c, &expected);
	ck_assert_msg(strcmp(options, textbuf_text(&expected)) == 0, "%s: OPTIONS is not what the table gives:\n%s", path,
	              textbuf_text(&expected));
	textbuf_fini(&expected);
	memory_free(options);
	memory_free(page);
	memory_free(path);
}
END_TEST

/* Runs the script in bash with a command line typed so far, and prints what it offers. */
static char *offered(const char *line)
{
	struct textbuf script = {0};
	struct error e = {0};
	options_completion(commands, COMMANDS, &script);
	textbuf_printf(&script, "COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _weir; echo \"${COMPREPLY[*]}\"\n", line);
	const char *const arguments[] = {"bash", "--norc", NULL}, *const environment[] = {"PATH=/usr/bin:/bin", NULL};
	struct program program = {.arguments = arguments,
	                          .environment = environment,
	                          .input = script.text,
	                          .input_length = script.length,
	                          .output_limit = 10000,
	                          .limit_ms = 20000};
	struct program_result result = {0};
	ck_assert_int_eq(program_run(&program, &result, &e), 0);
	ck_assert_msg(result.end == PROGRAM_EXITED && result.status == 0 && result.errors.length == 0, "%s",
	              textbuf_text(&result.errors));
	char *answer = memory_string(textbuf_text(&result.output));
	program_result_fini(&result);
	textbuf_fini(&script);
	return answer;
}

START_TEST(completion)
{
	static const struct {
		const char *line, *offers;
	} cases[] = {
		{"weir r", "run report\n"},      {"weir run --se", "--set --seed\n"},
		{"weir help ch", "check\n"},     {"weir completion ''", "bash\n"},
		{"weir run -o tool", "tools\n"}, {"weir check Makef", "Makefile\n"},
		{"weir run --seed ''", "\n"},    {"weir run --payload Hello.Get = Makef", "Makefile\n"},
		{"weir nonsense --x", "\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *answer = offered(cases[i].line);
		ck_assert_msg(strcmp(answer, cases[i].offers) == 0, "%s: %s", cases[i].line, answer);
		memory_free(answer);
	}
}
END_TEST

START_TEST(time_left)
{
	static const struct {
		double elapsed_s, fraction;
		const char *text;
	} cases[] = {{10, 0.5, "0:10"}, {1, 0.1, "0:09"}, {60, 0.05, "19:00"}, {3600, 0.25, "3:00:00"},
	             {10, 1, "0:00"},   {10, 0, ""},      {0.1, 0.5, ""},      {10, 1e-9, ""},
	             {10, -1, ""},      {10, 2, "0:00"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct textbuf out = {0};
		progress_time_left((int64_t)(cases[i].elapsed_s * 1e9), cases[i].fraction, &out);
		ck_assert_str_eq(textbuf_text(&out), cases[i].text);
		textbuf_fini(&out);
	}
}
END_TEST

Suite *options_suite(void)
{
	Suite *suite = suite_create("options");
	TCase *parsing = tcase_create("parsing");
	tcase_add_test(parsing, values_in_all_spellings);
	tcase_add_test(parsing, nothing_given);
	tcase_add_test(parsing, repeated_options);
	tcase_add_test(parsing, parameter_overrides);
	tcase_add_test(parsing, refused);
	tcase_add_test(parsing, help_wins);
	tcase_add_test(parsing, table_is_sound);
	tcase_add_test(parsing, unknown_commands);
	suite_add_tcase(suite, parsing);
	TCase *texts = tcase_create("texts");
	tcase_add_test(texts, help_has_every_option);
	tcase_add_loop_test(texts, manual_pages_equal_the_table, 0, 4);
	tcase_add_test(texts, completion);
	tcase_add_test(texts, time_left);
	suite_add_tcase(suite, texts);
	return suite;
}
