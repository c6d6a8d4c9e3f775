#include <stdarg.h>
#include <string.h>

#include "models/source/table.h"
#include "scenarios/read/document.h"
#include "scenarios/read/keyspec.h"
#include "scenarios/read/scenarioread.h"
#include "scenarios/read/schedules.h"
#include "scenarios/read/targets.h"
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
		[SOURCE_FUNCTION_URL] = "function URL",
		[SOURCE_S3] = "objects in an S3 bucket",
		[SOURCE_SNS] = "messages to an SNS topic",
		[SOURCE_EVENT_BRIDGE] = "events on an event bus",
		[SOURCE_CUSTOM_RESOURCE] = "CloudFormation custom resource",
		[SOURCE_SQS] = "messages to an SQS queue",
		[SOURCE_KINESIS] = "records of a Kinesis stream",
		[SOURCE_DYNAMODB] = "changes of a DynamoDB table",
	};
	return texts[s->kind] ? texts[s->kind] : source_kind_of(s->kind)->service;
}

/* What an event is without a Payload. */
static const char *stub_empty(const struct read_source *s)
{
	if (s->input)
		return "the schedule's Input";
	return source_kind_of(s->kind)->http ? "the route's empty request"
	       : s->kind == SOURCE_INVOKE    ? "the event {}"
	                                     : "the emptiest event";
}

static void stub_source(const struct read_source *s, const char *lead, struct textbuf *out)
{
	bool route = s->kind == SOURCE_API || s->kind == SOURCE_HTTP_API, all = route && strcmp(s->method, s->path) == 0;
	textbuf_printf(out, "%s- Source: ", lead);
	stub_name(out, s->name);
	if (s->schedule)
		stub_line(out, "   # %s: %s", stub_kind(s), s->schedule->expression);
	else
		stub_line(out, "   # %s%s%s%s%s", stub_kind(s), route ? ", " : "", route && !all ? s->method : "",
		          route && !all ? " " : "", route ? s->path : "");
}

/* One entry; `off` makes it a comment. */
static void stub_entry(const struct reading *r, const struct read_source *s, bool off, struct textbuf *out)
{
	const char *lead = off ? "#     " : "      ", *dot = strchr(s->name, '.');
	stub_source(s, lead, out);
	if (!s->schedule)
		textbuf_printf(
			out,
			"%s  Arrivals: {Process: poisson, Rate: 1/s}   # an example: how many %s? Also Pattern: day, Growth: 4%%/month\n",
			lead, source_kind_of(s->kind)->mode == SOURCE_SYNCHRONOUS ? "requests" : "events");
	stub_line(out, "#       Payload: events/%s.json                # without it: %s", dot ? dot + 1 : "invoke", stub_empty(s));
	if (keyspec_matters(r, &s->target))
		textbuf_add(out,
		            "#       Keys: {Distribution: zipf, Count: 1000, Exponent: 1}   # partition keys or message groups\n");
	if (s->kind == SOURCE_INVOKE)
		textbuf_add(out, "#       InvocationType: Event                  # asynchronously\n");
	if (source_kind_of(s->kind)->mode == SOURCE_SYNCHRONOUS)
		textbuf_add(
			out,
			"#       Client: {Timeout: 5s, MaxAttempts: 3}  # without it: one attempt, no timeout; or legacy, standard, standard-2026\n");
}

/* Whether another source than the direct Invoke leads to a function. */
static bool stub_has_route(const struct reading *r, size_t function)
{
	for (size_t i = 0; i < r->source_count; i++)
		if (r->sources[i].modelled && r->sources[i].function == function && r->sources[i].kind != SOURCE_INVOKE)
			return true;
	for (size_t i = 0; i < r->scenario->mapping_count; i++)
		if (r->scenario->mappings[i].function == function)
			return true;
	return false;
}

/* Whether a place is fed by a source that is named already: a function's event, a rule. */
static bool stub_is_named(const struct reading *r, const struct read_source *s)
{
	for (const struct read_source *other = r->sources; other < s; other++)
		if (other->modelled && !other->schedule && s->target.kind != TARGET_NONE && target_same(&other->target, &s->target))
			return true;
	return false;
}

/* Whether functions or other places send there themselves, as to a dead-letter queue. */
static bool stub_is_fed(const struct scenario *s, const struct target *to)
{
	bool fed = false;
	for (size_t i = 0; i < s->function_count; i++) {
		const struct async_spec *a = &s->functions[i].async;
		fed = fed || target_same(&a->on_success, to) || target_same(&a->on_failure, to) || target_same(&a->dead_letter, to);
	}
	for (size_t i = 0; i < s->queue_count; i++)
		fed = fed || target_same(&s->queues[i].dead_letter, to);
	for (size_t i = 0; i < s->mapping_count; i++)
		fed = fed || target_same(&s->mappings[i].on_failure, to);
	for (size_t i = 0; i < s->topic_count; i++)
		for (size_t k = 0; k < s->topics[i].subscription_count; k++)
			fed = fed || target_same(&s->topics[i].subscriptions[k].target, to) ||
			      target_same(&s->topics[i].subscriptions[k].dead_letter, to);
	for (size_t i = 0; i < s->bucket_count; i++)
		for (size_t k = 0; k < s->buckets[i].notification_count; k++)
			fed = fed || target_same(&s->buckets[i].notifications[k].target, to);
	for (size_t i = 0; i < s->bus_count; i++)
		for (size_t k = 0; k < s->buses[i].rule_count; k++)
			for (size_t t = 0; t < s->buses[i].rules[k].target_count; t++)
				fed = fed || target_same(&s->buses[i].rules[k].targets[t].target, to) ||
				      target_same(&s->buses[i].rules[k].targets[t].dead_letter, to);
	return fed;
}

static void stub_workload(const struct reading *r, struct textbuf *out)
{
	for (size_t i = 0; i < r->source_count; i++) {
		const struct read_source *s = &r->sources[i];
		bool invoke = s->kind == SOURCE_INVOKE, place = s->target.kind != TARGET_NONE && s->target.kind != TARGET_FUNCTION;
		if (!s->modelled && strchr(s->name, '.'))
			stub_line(out, "#     %s: %s as a source is not modelled yet", s->name, s->type);
		if (!s->modelled ||
		    (place && !s->schedule &&
		     (stub_is_named(r, s) || (s->function == SOURCE_NO_FUNCTION && stub_is_fed(r->scenario, &s->target)))))
			continue;
		stub_entry(r, s, (invoke && stub_has_route(r, s->function)) || s->kind == SOURCE_CUSTOM_RESOURCE, out);
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
