#include "tools/options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/nearname.h"

enum { LONG_FIRST = 256 }; /* getopt's values from here on are options without a letter */

static const struct option_row rows[OPTION_IDS] = {
	[OPTION_OUTPUT] =
		{"output", 'o', OPTION_TEXT, OFFERS_FOLDERS, "DIR", "weir-out/NAME",
                 "write the results into DIR, which is made when it is missing; an earlier result there is replaced, other files stay"},
	[OPTION_STUB] = {"output", 'o', OPTION_TEXT, OFFERS_FILES, "FILE", "standard output",
                         "write the stub into FILE, which must not exist"},
	[OPTION_AGAIN] = {"output", 'o', OPTION_TEXT, OFFERS_FOLDERS, "DIR", "where the result is",
                          "write the report into DIR, which is made when it is missing"},
	[OPTION_TEMPLATE] = {"template", 't', OPTION_TEXT, OFFERS_FILES, "FILE", "template.yaml, template.yml or template.json",
                             "the SAM or CloudFormation template, where no operand names it"},
	[OPTION_WORKLOAD] = {"workload", 0, OPTION_TEXT, OFFERS_FILES, "FILE", NULL,
                             "a second file with the keys of the template's Metadata.Weir; its keys win"},
	[OPTION_RATE] =
		{"rate", 0, OPTION_MANY, OFFERS_NOTHING, "SOURCE=RATE", NULL,
                 "the traffic of a source, such as Hello.Get=20/s, Poisson unless the scenario says otherwise; may be given several times"},
	[OPTION_PAYLOAD] = {"payload", 0, OPTION_MANY, OFFERS_FILES, "SOURCE=FILE", NULL,
                            "the payload of a source, such as Hello.Get=events/get.json; may be given several times"},
	[OPTION_SET] = {"set", 0, OPTION_MANY, OFFERS_NOTHING, "NAME.PROPERTY=VALUE", NULL,
                        "change a property of a resource, such as Hello.MemorySize=512; may be given several times"},
	[OPTION_PARAMETERS] = {"parameter-overrides", 0, OPTION_WORDS, OFFERS_NOTHING, "KEY=VALUE...", NULL,
                               "values of the template's parameters, in either of the SAM CLI's forms: Key=Value, or "
                               "ParameterKey=Key,ParameterValue=Value"},
	[OPTION_ENV_VARS] = {"env-vars", 0, OPTION_TEXT, OFFERS_FILES, "FILE", NULL,
                             "environment variables of functions, in the SAM CLI's JSON form"},
	[OPTION_REGION] = {"region", 0, OPTION_TEXT, OFFERS_NOTHING, "REGION", "Region of the scenario, or us-east-1",
                           "the AWS Region, which decides the prices"},
	[OPTION_DURATION] = {"duration", 0, OPTION_TEXT, OFFERS_NOTHING, "TIME", "Duration of the scenario, or 1h",
                             "the simulated time of one replication, such as 90s, 10m, 24h or 7d"},
	[OPTION_REPLICATIONS] =
		{"replications", 0, OPTION_TEXT, OFFERS_NOTHING, "N", "Replications of the scenario, or auto",
                 "how many independent replications; auto: at least 10, until the precision is reached, at most 200"},
	[OPTION_SEED] = {"seed", 0, OPTION_TEXT, OFFERS_NOTHING, "N", "Seed of the scenario, or 1",
                         "the seed of all random numbers; the same seed gives the same bytes"},
	[OPTION_JOBS] = {"jobs", 'j', OPTION_COUNT, OFFERS_NOTHING, "N", "one for each processor",
                         "threads that simulate; never changes a result"},
	[OPTION_REFRESH_PROFILE] = {"refresh-profile", 0, OPTION_FLAG, OFFERS_NOTHING, NULL, NULL,
                                    "run the handlers again although their measurements are in the cache"},
	[OPTION_NO_PLOTS] = {"no-plots", 0, OPTION_FLAG, OFFERS_NOTHING, NULL, NULL, "write no SVG plots"},
	[OPTION_PATTERN] = {"pattern", 0, OPTION_TEXT, OFFERS_FILES, "FILE", NULL, "the pattern, as JSON"},
	[OPTION_EVENT] = {"event", 0, OPTION_TEXT, OFFERS_FILES, "FILE", NULL, "the event, as JSON"},
	[OPTION_BATCH] = {"batch", 0, OPTION_FLAG, OFFERS_NOTHING, NULL, NULL,
                          "answer each line of standard input, an object with id, pattern and event, by a line on standard output"},
	[OPTION_DIALECT] = {"dialect", 0, OPTION_TEXT, OFFERS_NOTHING, "NAME", "eventbridge",
                            "whose pattern it is: eventbridge, filter (an event source mapping), sns-body or sns-attributes"},
	[OPTION_JSON] = {"json", 0, OPTION_FLAG, OFFERS_NOTHING, NULL, NULL,
                         "print the result as JSON on standard output, and nothing else there"},
	[OPTION_QUIET] = {"quiet", 'q', OPTION_FLAG, OFFERS_NOTHING, NULL, NULL, "say less: no progress, no summary"},
	[OPTION_HELP] = {"help", 'h', OPTION_FLAG, OFFERS_NOTHING, NULL, NULL, "show this help"},
};

const struct option_row *options_row(enum option_id id)
{
	assert((unsigned)id < OPTION_IDS);
	return &rows[id];
}

/* --- what getopt needs ------------------------------------------------------------------------------------------------------------ */

struct getopt_tables {
	struct option longs[OPTION_IDS + 1];
	char letters[2 * OPTION_IDS + 2];
};

static int getopt_value(enum option_id id)
{
	return rows[id].letter ? rows[id].letter : LONG_FIRST + (int)id;
}

/* A colon in front makes getopt tell a missing value from an unknown option, and say nothing itself. */
static void getopt_fill(const struct command *c, struct getopt_tables *t)
{
	size_t at = 0;
	*t = (struct getopt_tables){0};
	t->letters[at++] = ':';
	for (size_t i = 0; i < c->id_count; i++) {
		const struct option_row *row = &rows[c->ids[i]];
		bool valued = row->type != OPTION_FLAG;
		t->longs[i] = (struct option){row->name, valued ? required_argument : no_argument, NULL, getopt_value(c->ids[i])};
		if (row->letter)
			t->letters[at++] = row->letter;
		if (row->letter && valued)
			t->letters[at++] = ':';
	}
}

static enum option_id id_of(const struct command *c, int value)
{
	for (size_t i = 0; i < c->id_count; i++)
		if (getopt_value(c->ids[i]) == value)
			return c->ids[i];
	return OPTION_IDS;
}

/* --- collecting --------------------------------------------------------------------------------------------------------------------- */

static void add_word(struct option_value *v, const char *word)
{
	MEMORY_ROOM(v->words, v->count, v->capacity);
	v->words[v->count++] = word;
}

static const char *cut_word(struct options *o, struct textbuf *b)
{
	MEMORY_ROOM(o->cut, o->cut_count, o->cut_capacity);
	char *word = b->length > 0 ? textbuf_detach(b) : memory_string("");
	o->cut[o->cut_count++] = word;
	return word;
}

/* Whether the text after a space begins another KEY=VALUE; otherwise the space belongs to the value before it. */
static bool begins_pair(const char *text)
{
	text += strspn(text, " ");
	size_t n = strcspn(text, "= \"'");
	return n > 0 && text[n] == '=';
}

/* One shell word may hold several pairs, as `sam` allows: "A=1 B=2"; quotes inside keep spaces together: `A="x y" B=2`. */
static void add_pairs(struct options *o, struct option_value *v, const char *word)
{
	struct textbuf b = {0};
	char quote = 0;
	for (const char *c = word; *c != '\0'; c++) {
		if (quote != 0 && *c == quote) {
			quote = 0;
		} else if (quote == 0 && (*c == '"' || *c == '\'') && (c == word || c[-1] == '=') && strchr(c + 1, *c) != NULL) {
			quote = *c;
		} else if (quote == 0 && *c == ' ' && begins_pair(c)) {
			if (b.length > 0)
				add_word(v, cut_word(o, &b));
		} else {
			textbuf_add_char(&b, *c);
		}
	}
	add_word(v, cut_word(o, &b));
	textbuf_fini(&b);
}

/* The words after the first, as long as they look like pairs: an option or a file name ends them. */
static void add_following_pairs(struct options *o, struct option_value *v, int argc, char **argv)
{
	while (optind < argc && argv[optind][0] != '-' && strchr(argv[optind], '=') != NULL)
		add_pairs(o, v, argv[optind++]);
}

static int check_count(const struct option_row *row, const char *text, struct error *e)
{
	char *end;
	errno = 0;
	unsigned long n = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9' || n < 1 || n > OPTION_COUNT_MOST)
		return error_set(e, ERROR_USAGE, "--%s is a whole number from 1 to %d, not '%s'", row->name, OPTION_COUNT_MOST,
		                 text);
	return 0;
}

static int take(struct options *o, enum option_id id, int argc, char **argv, struct error *e)
{
	struct option_value *v = &o->value[id];
	switch (rows[id].type) {
	case OPTION_FLAG: v->count++; break;
	case OPTION_COUNT:
		if (check_count(&rows[id], optarg, e) != 0)
			return -1;
		add_word(v, optarg);
		break;
	case OPTION_TEXT:
	case OPTION_MANY: add_word(v, optarg); break;
	case OPTION_WORDS:
		add_pairs(o, v, optarg);
		add_following_pairs(o, v, argc, argv);
		break;
	}
	return 0;
}

/* --- what is wrong ------------------------------------------------------------------------------------------------------------------- */

static size_t long_names(const struct command *c, const char *names[OPTION_IDS])
{
	for (size_t i = 0; i < c->id_count; i++)
		names[i] = rows[c->ids[i]].name;
	return c->id_count;
}

static int wrong_long(const struct command *c, const char *word, struct error *e)
{
	const char *names[OPTION_IDS];
	size_t count = long_names(c, names), length = strcspn(word + 2, "="), matches = 0;
	char *name = memory_string_n(word + 2, length);
	bool exact = false;
	for (size_t i = 0; i < count; i++) {
		matches += strncmp(names[i], name, length) == 0;
		exact |= strcmp(names[i], name) == 0;
	}
	const char *near = nearname_find(name, names, count);
	if (exact || matches == 1)
		error_set(e, ERROR_USAGE, "'%s' takes no value", word);
	else if (matches > 1 && length > 0)
		error_set(e, ERROR_USAGE, "'--%s' is the beginning of several options", name);
	else
		error_set(e, ERROR_USAGE, "weir %s has no option '--%s'%s%s%s", c->name, name, near ? "; did you mean '--" : "",
		          near ? near : "", near ? "'?" : "");
	memory_free(name);
	return -1;
}

/* After getopt answered '?' or ':': the word it was about stands before optind, unless it was a letter inside a group. */
static int wrong_option(const struct command *c, int answer, char **argv, struct error *e)
{
	const char *word = argv[optind - 1];
	if (answer == ':')
		return error_set(e, ERROR_USAGE, "'%s' needs a value", word);
	if (strncmp(word, "--", 2) == 0 && (optopt == 0 || optopt >= LONG_FIRST || id_of(c, optopt) != OPTION_IDS))
		return wrong_long(c, word, e);
	return error_set(e, ERROR_USAGE, "weir %s has no option '-%c'", c->name, optopt);
}

static int check_operands(const struct command *c, const struct options *o, struct error *e)
{
	if (o->operand_count > c->operands_most)
		return error_set(e, ERROR_USAGE, "one word too many: '%s'", o->operands[c->operands_most]);
	if (o->operand_count > 0 && options_given(o, OPTION_TEMPLATE))
		return error_set(e, ERROR_USAGE, "the template is named twice: '%s' and '%s'", o->operands[0],
		                 options_text(o, OPTION_TEMPLATE));
	return 0;
}

int options_parse(const struct command *c, int argc, char **argv, struct options *o, struct error *e)
{
	struct getopt_tables t;
	int answer;
	assert(c->id_count < OPTION_IDS);
	getopt_fill(c, &t);
	optind = 0; /* glibc: begin anew */
	while ((answer = getopt_long(argc, argv, t.letters, t.longs, NULL)) != -1) {
		if (answer == '?' || answer == ':')
			return wrong_option(c, answer, argv, e);
		if (take(o, id_of(c, answer), argc, argv, e) != 0)
			return -1;
	}
	for (; optind < argc; optind++) {
		MEMORY_ROOM(o->operands, o->operand_count, o->operand_capacity);
		o->operands[o->operand_count++] = argv[optind];
	}
	return options_given(o, OPTION_HELP) ? 0 : check_operands(c, o, e);
}

void options_fini(struct options *o)
{
	for (size_t i = 0; i < OPTION_IDS; i++)
		memory_free(o->value[i].words);
	for (size_t i = 0; i < o->cut_count; i++)
		memory_free(o->cut[i]);
	memory_free(o->cut);
	memory_free(o->operands);
	*o = (struct options){0};
}

bool options_given(const struct options *o, enum option_id id)
{
	return o->value[id].count > 0;
}

const char *options_text(const struct options *o, enum option_id id)
{
	const struct option_value *v = &o->value[id];
	return v->count > 0 && v->words != NULL ? v->words[v->count - 1] : NULL;
}

unsigned options_count(const struct options *o, enum option_id id, unsigned fallback)
{
	const char *text = options_text(o, id);
	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : fallback;
}
