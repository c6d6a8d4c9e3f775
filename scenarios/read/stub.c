#include <stdarg.h>
#include <string.h>

#include "models/source/table.h"
#include "scenarios/read/document.h"
#include "scenarios/read/scenarioread.h"
#include "sim/base/json_out.h"

static void stub_name(struct textbuf *out, const char *name)
{
	size_t plain = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.");
	if (name[plain] || (name[0] >= '0' && name[0] <= '9'))
		json_out_quote(out, name, strlen(name));
	else
		textbuf_add(out, name);
}

/* A line of which parts come from the template; they stand in comments, and stay on their line: YAML also breaks lines at U+0085 and U+2028. */
static void stub_line(struct textbuf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void stub_line(struct textbuf *out, const char *format, ...)
{
	size_t begin = out->length;
	va_list arguments;
	va_start(arguments, format);
	textbuf_vprintf(out, format, arguments);
	va_end(arguments);
	for (char *p = out->text + begin; *p; p++)
		*p = *p < ' ' || *p == 0x7F ? '?' : *p;
	textbuf_add_char(out, '\n');
}

static void stub_head(const struct reading *r, struct textbuf *out)
{
	stub_line(out, "# Workload for %s. Give it with `--workload FILE`, or append it to the template", r->scenario->file);
	textbuf_add(out,
	            "# (which then must have no other Metadata). Values shown are examples where they say so, else the defaults.\n"
	            "Metadata:\n"
	            "  Weir:\n"
	            "    Duration: 1h              # simulated time of one replication\n"
	            "    Replications: auto        # or a number; auto stops at Precision\n"
	            "    Precision: 5%             # relative half-width of the 95 % interval\n"
	            "    WarmUp: 0s                # left out of all figures; or auto, for steady-state questions\n"
	            "    Seed: 1\n"
	            "    Account:\n"
	            "      ConcurrentExecutions: 1000   # the account's limit in the Region\n"
	            "      UsedByOthers: 0              # held all the time by functions outside this template\n"
	            "    Workload:\n");
}

static const char *stub_kind(const struct read_source *s)
{
	static const char *const texts[SOURCE_KINDS] = {
		[SOURCE_INVOKE] = "direct Invoke",
		[SOURCE_API] = "API Gateway REST API",
		[SOURCE_HTTP_API] = "API Gateway HTTP API",
		[SOURCE_FUNCTION_URL] = "function URL",
	};
	return texts[s->kind];
}

/* One entry; `off` makes it a comment. */
static void stub_entry(const struct read_source *s, bool off, struct textbuf *out)
{
	const char *lead = off ? "#     " : "      ";
	textbuf_printf(out, "%s- Source: ", lead);
	stub_name(out, s->name);
	bool route = s->kind == SOURCE_API || s->kind == SOURCE_HTTP_API, all = route && strcmp(s->method, s->path) == 0;
	stub_line(out, "   # %s%s%s%s%s", stub_kind(s), route ? ", " : "", route && !all ? s->method : "", route && !all ? " " : "",
	          route ? s->path : "");
	textbuf_printf(
		out,
		"%s  Arrivals: {Process: poisson, Rate: 1/s}   # an example: how many requests? Also Pattern: day, Growth: 4%%/month\n",
		lead);
	stub_line(out, "#       Payload: events/%s.json                # without it: %s",
	          strchr(s->name, '.') ? strchr(s->name, '.') + 1 : "invoke",
	          s->kind == SOURCE_INVOKE ? "the event {}" : "the route's empty request");
	textbuf_add(
		out,
		"#       Client: {Timeout: 5s, MaxAttempts: 3}  # without it: one attempt, no timeout; or legacy, standard, standard-2026\n");
}

static bool stub_has_route(const struct reading *r, size_t function)
{
	for (size_t i = 0; i < r->source_count; i++)
		if (r->sources[i].modelled && r->sources[i].function == function && r->sources[i].kind != SOURCE_INVOKE)
			return true;
	return false;
}

static void stub_workload(const struct reading *r, struct textbuf *out)
{
	for (size_t i = 0; i < r->source_count; i++) {
		const struct read_source *s = &r->sources[i];
		if (s->modelled)
			stub_entry(s, s->kind == SOURCE_INVOKE && stub_has_route(r, s->function), out);
		else if (strchr(s->name, '.'))
			stub_line(out, "#     %s: %s as a source is not modelled yet", s->name, s->type);
	}
}

static void stub_function(const struct reading *r, size_t i, struct textbuf *out)
{
	const struct read_function *rf = &r->functions[i];
	textbuf_add(out, "      ");
	stub_name(out, rf->logical);
	textbuf_add(out, ":\n");
	if (rf->code_problem) {
		stub_line(out, "        # %s: a declared cost stands in for the handler", rf->code_problem);
		textbuf_add(
			out,
			"        Model: declared\n"
			"        Duration: {Distribution: lognormal, Median: 80ms, P99: 400ms}   # an example: what does CloudWatch say?\n"
			"#       Cpu: 20ms               # this and Wait: 60ms in place of Duration, so that memory matters\n"
			"#       Init: {Distribution: lognormal, Median: 500ms, P99: 1s}   # without it: as a function that does nothing\n"
			"#       MemoryUsed: 90MB\n");
	} else {
		textbuf_add(
			out,
			"        Model: profile          # the handler is run and measured; or declared\n"
			"#       Model: declared\n"
			"#       Duration: {Distribution: lognormal, Median: 80ms, P99: 400ms}   # or Cpu: 20ms and Wait: 60ms\n");
	}
	textbuf_add(
		out,
		"        IdleReclaim: {Policy: fixed, After: 6m}   # how long an idle environment lives; AWS promises nothing\n");
}

void reading_stub(const struct reading *r, struct textbuf *out)
{
	stub_head(r, out);
	stub_workload(r, out);
	textbuf_add(out, "    Functions:\n");
	for (size_t i = 0; i < r->function_count; i++)
		stub_function(r, i, out);
	textbuf_add(out, "#   Objectives:                # examples\n");
	for (size_t i = 0; i < r->function_count; i++)
		textbuf_printf(out, "#     - %s Latency p99 < 300ms\n", r->functions[i].logical);
	textbuf_add(out, "#     - cost < 120 USD\n");
}

int scenario_stub(const struct read_options *options, struct textbuf *out, struct diagnostics *found, struct source_texts **texts,
                  struct error *e)
{
	struct reading r;
	struct read_options all = *options;
	all.traffic_optional = true;
	reading_init(&r, &all, found);
	int status = document_read(&r, e);
	if (status == 0) {
		r.weir = NULL;
		reading_run(&r);
		status = found->errors ? -1 : 0;
	}
	if (status == 0)
		reading_stub(&r, out);
	diagnostics_sort(found);
	*texts = r.texts;
	reading_end(&r, false);
	return status;
}
