/* What is made from the table of options for people and shells: help, manual, completion. */
#include <ctype.h>
#include <string.h>

#include "tools/options.h"

enum { HELP_INDENT = 30, HELP_WIDTH = 100 };

/* --- help ------------------------------------------------------------------------------------------------------------------------- */

/* The words of `text` from column HELP_INDENT on; lines end before HELP_WIDTH. */
static void fold(struct textbuf *out, const char *text)
{
	size_t column = HELP_INDENT;
	for (bool first = true; *text != '\0'; first = false) {
		size_t n = strcspn(text, " ");
		if (!first && column + 1 + n > HELP_WIDTH) {
			textbuf_printf(out, "\n%*s", HELP_INDENT, "");
			column = HELP_INDENT;
		} else if (!first) {
			textbuf_add_char(out, ' ');
			column++;
		}
		textbuf_add_n(out, text, n);
		column += n;
		text += n + strspn(text + n, " ");
	}
}

static void names(struct textbuf *out, const struct option_row *row)
{
	if (row->letter)
		textbuf_printf(out, "  -%c, --%s", row->letter, row->name);
	else
		textbuf_printf(out, "      --%s", row->name);
	if (row->argument != NULL)
		textbuf_printf(out, " %s", row->argument);
}

static void meaning(struct textbuf *out, const struct option_row *row)
{
	textbuf_add(out, row->help);
	if (row->fallback != NULL)
		textbuf_printf(out, " (default: %s)", row->fallback);
}

static void help_row(struct textbuf *out, const struct option_row *row)
{
	struct textbuf right = {0};
	size_t before = out->length;
	names(out, row);
	size_t width = out->length - before;
	if (width + 2 > HELP_INDENT)
		textbuf_printf(out, "\n%*s", HELP_INDENT, "");
	else
		textbuf_printf(out, "%*s", (int)(HELP_INDENT - width), "");
	meaning(&right, row);
	fold(out, textbuf_text(&right));
	textbuf_add_char(out, '\n');
	textbuf_fini(&right);
}

void options_help(const struct command *c, struct textbuf *out)
{
	textbuf_printf(out, "Usage: weir %s [OPTION...]%s%s\n\n%s\n", c->name, *c->operands ? " " : "", c->operands, c->text);
	textbuf_add(out, "\nOptions:\n");
	for (size_t i = 0; i < c->id_count; i++)
		help_row(out, options_row(c->ids[i]));
}

/* --- manual ------------------------------------------------------------------------------------------------------------------------ */

/* scdoc takes these for marks. */
static void escape(struct textbuf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\*_", *text) != NULL)
			textbuf_add_char(out, '\\');
		textbuf_add_char(out, *text);
	}
}

void options_manual(const struct command *c, struct textbuf *out)
{
	for (size_t i = 0; i < c->id_count; i++) {
		const struct option_row *row = options_row(c->ids[i]);
		struct textbuf text = {0};
		if (row->letter)
			textbuf_printf(out, "*-%c*, ", row->letter);
		textbuf_printf(out, "*--%s*", row->name);
		if (row->argument != NULL)
			textbuf_printf(out, " _%s_", row->argument);
		textbuf_add(out, "\n\t");
		meaning(&text, row);
		text.text[0] = (char)toupper((unsigned char)text.text[0]);
		escape(out, textbuf_text(&text));
		textbuf_add(out, ".\n\n");
		textbuf_fini(&text);
	}
}

/* --- completion --------------------------------------------------------------------------------------------------------------------- */

static const char *offer(enum option_offers offers)
{
	switch (offers) {
	case OFFERS_FILES: return "compgen -f -- \"$word\"";
	case OFFERS_FOLDERS: return "compgen -d -- \"$word\"";
	default: return ":";
	}
}

/* `-o|--output) ...`: what may follow an option. */
static void completion_values(const struct command *c, struct textbuf *out)
{
	for (size_t i = 0; i < c->id_count; i++) {
		const struct option_row *row = options_row(c->ids[i]);
		if (row->type == OPTION_FLAG)
			continue;
		textbuf_add(out, "\t\t");
		if (row->letter)
			textbuf_printf(out, "-%c|", row->letter);
		textbuf_printf(out, "--%s) mapfile -t COMPREPLY < <(%s); return ;;\n", row->name, offer(row->offers));
	}
}

static void completion_command(const struct command *c, struct textbuf *out)
{
	textbuf_printf(out, "\t%s)\n\t\tcase $before in\n", c->name);
	completion_values(c, out);
	textbuf_add(out, "\t\tesac\n\t\toptions='");
	for (size_t i = 0; i < c->id_count; i++)
		textbuf_printf(out, "%s--%s", i ? " " : "", options_row(c->ids[i])->name);
	textbuf_add(out, "'\n");
	if (c->choices != NULL) {
		textbuf_add(out, "\t\toperands='compgen -W \"");
		for (const char *const *choice = c->choices; *choice != NULL; choice++)
			textbuf_printf(out, "%s%s", choice == c->choices ? "" : " ", *choice);
		textbuf_add(out, "\" -- \"$word\"'\n");
	} else {
		textbuf_printf(out, "\t\toperands='%s'\n", offer(c->offers));
	}
	textbuf_add(out, "\t\t;;\n");
}

void options_completion(const struct command *const *commands, size_t count, struct textbuf *out)
{
	textbuf_add(out, "# Completion of weir for bash; made by: weir completion bash\n_weir() {\n"
	                 "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options='' operands=:\n"
	                 "\tCOMPREPLY=()\n\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (size_t i = 0; i < count; i++)
		textbuf_printf(out, "%s ", commands[i]->name);
	textbuf_add(out, "--help --version' -- \"$word\")\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; i < count; i++)
		completion_command(commands[i], out);
	textbuf_add(out, "\tesac\n\tif [ \"$before\" = = ]; then # --payload Hello.Get=FILE: bash splits at the sign\n"
	                 "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n\t\treturn\n\tfi\n\tcase $word in\n"
	                 "\t-*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\") ;;\n"
	                 "\t*) mapfile -t COMPREPLY < <(eval \"$operands\") ;;\n\tesac\n}\n"
	                 "complete -o filenames -F _weir weir\n");
}
