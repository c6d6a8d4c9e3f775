#include "reports/prose.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "reports/width.h"
#include "sim/base/json_out.h"
#include "sim/base/utf8.h"

enum { PROSE_NAME_WIDTH = 60 };

static const char *prose_entity(uint32_t c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

void prose_escape(struct textbuf *out, const char *text)
{
	size_t length = strlen(text);
	for (size_t i = 0; i < length;) {
		uint32_t c;
		size_t n = utf8_next(text + i, length - i, &c);
		const char *entity = prose_entity(c);
		bool control = c == UTF8_INVALID || (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
		if (entity != NULL)
			textbuf_add(out, entity);
		else if (control)
			textbuf_add(out, "\xef\xbf\xbd");
		else
			textbuf_add_n(out, text + i, n);
		i += n;
	}
}

void prose_text(struct prose *p, const char *text)
{
	if (p->html)
		prose_escape(p->out, text);
	else
		textbuf_add(p->out, text);
}

void prose_printf(struct prose *p, const char *format, ...)
{
	struct textbuf text = {0};
	va_list arguments;
	va_start(arguments, format);
	textbuf_vprintf(&text, format, arguments);
	va_end(arguments);
	prose_text(p, textbuf_text(&text));
	textbuf_fini(&text);
}

void prose_name(struct prose *p, const char *name)
{
	p->name_begin = p->out->length;
	if (!p->html) {
		width_add(p->out, name, PROSE_NAME_WIDTH);
	} else {
		textbuf_add(p->out, "<b>");
		prose_escape(p->out, name);
		textbuf_add(p->out, "</b>");
	}
	p->name_end = p->out->length;
}

static void open_span(struct textbuf *out, const struct figure *f, const struct human_scale *scale)
{
	char exact[JSON_OUT_NUMBER];
	json_out_number(exact, f->value);
	textbuf_add(out, "<span class=\"n\" data-path=\"");
	prose_escape(out, textbuf_text(&f->path));
	textbuf_printf(out, "\" data-value=\"%s\" data-suffix=\"%s\">", exact, scale->suffix);
}

void prose_figure_in(struct prose *p, struct figure f, const struct human_scale *scale, bool suffix)
{
	bool known = isfinite(f.value), marked = p->html && known && f.path.length > 0;
	if (marked)
		open_span(p->out, &f, scale);
	human_number(p->out, scale, f.value);
	if (known && suffix && scale->suffix[0] != '\0')
		textbuf_printf(p->out, p->html ? "\u00a0%s" : " %s", scale->suffix);
	if (marked)
		textbuf_add(p->out, "</span>");
	figure_fini(&f);
}

void prose_figure(struct prose *p, struct figure f)
{
	struct human_scale scale = human_scale_for(f.unit, f.value);
	prose_figure_in(p, f, &scale, true);
}
