/* What callers are answered: how many requests of a source fail and why, and which limit refuses attempts. */
#include <math.h>
#include <string.h>

#include "models/invoke/engine.h"
#include "models/life/limits.h"
#include "models/life/ramp.h"
#include "reports/finding_part.h"

/* From here on failures are bad news rather than something to know. Judgement, not AWS's rule. */
static const double NOTABLE_FAILED = 0.01;

enum { PARTS_MOST = 16 }; /* reasons of one sentence */

/* A reason and how often: the statistic of a metric. */
struct part {
	const char *statistic;
	double mean;
};

/* The parts of a metric that are not 0, the largest first. */
static size_t parts_of(const struct report *r, enum record_scope scope, const char *entity, const char *metric, struct part *parts)
{
	struct report_range range = report_entity(r, scope, entity);
	size_t count = 0;
	for (size_t i = 0; i < range.count && count < PARTS_MOST; i++) {
		const struct report_metric *m = range.items[i];
		if (strcmp(m->metric, metric) != 0 || !(m->value.mean > 0))
			continue;
		size_t k = count++;
		for (; k > 0 && parts[k - 1].mean < m->value.mean; k--)
			parts[k] = parts[k - 1];
		parts[k] = (struct part){m->statistic, m->value.mean};
	}
	return count;
}

/* --- failed requests --------------------------------------------------------------------------------------------------------- */

static void say_length(struct prose *p, const char *before, simtime t, const char *after)
{
	struct textbuf length = {0};
	human_time(&length, simtime_s(t));
	prose_printf(p, "%s%s%s", before, textbuf_text(&length), after);
	textbuf_fini(&length);
}

static const struct report_source *source_named(const struct report *r, const char *name)
{
	for (size_t i = 0; i < r->sources.count; i++)
		if (strcmp(r->sources.items[i].name, name) == 0)
			return &r->sources.items[i];
	return NULL;
}

/* Behind the number of requests: "throttled by Lambda". */
static void say_cause(struct prose *p, const struct report_source *s, const char *cause)
{
	static const struct {
		enum failure failure;
		const char *text;
	} texts[] = {
		{FAILURE_THROTTLED, "throttled by Lambda"},
		{FAILURE_GATEWAY_THROTTLED, "throttled by the gateway before they reached Lambda"},
		{FAILURE_ERROR, "by an error of the function"},
		{FAILURE_TIMEOUT, "by the function's Timeout"},
		{FAILURE_MALFORMED, "because the function's answer is malformed"},
		{FAILURE_ANSWERED, "by an error status that the function itself answers"},
	};
	if (strcmp(cause, failure_name(FAILURE_WAIT_LIMIT)) == 0 && s != NULL && s->wait_limit != SIMTIME_NEVER) {
		say_length(p, "still running when the source stops waiting after ", s->wait_limit,
		           " (the invocation goes on and is billed)");
		return;
	}
	if (strcmp(cause, failure_name(FAILURE_GAVE_UP)) == 0 && s != NULL && s->client_timeout != SIMTIME_NEVER) {
		say_length(p, "given up by the client after ", s->client_timeout, " (the invocation goes on and is billed)");
		return;
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strcmp(cause, failure_name(texts[i].failure)) == 0)
			cause = texts[i].text;
	prose_text(p, cause);
}

static void find_failed(struct findings *f, const char *name)
{
	struct part parts[PARTS_MOST];
	size_t count = parts_of(f->r, RECORD_SOURCE, name, "Failures", parts);
	if (count == 0)
		return;
	finding__say(f,
	             report_point(f->r, RECORD_SOURCE, name, "FailureShare", "") >= NOTABLE_FAILED ? FINDING_BAD : FINDING_WATCH);
	prose_figure(f->p, finding__mean(f->r, RECORD_SOURCE, name, "FailureShare", ""));
	prose_text(f->p, " of the requests of ");
	prose_name(f->p, name);
	for (size_t i = 0; i < count; i++) {
		prose_text(f->p, i == 0 ? " fail: " : ", ");
		prose_figure(f->p, finding__mean(f->r, RECORD_SOURCE, name, "Failures", parts[i].statistic));
		prose_text(f->p, " ");
		say_cause(f->p, source_named(f->r, name), parts[i].statistic);
	}
	prose_text(f->p, ".");
	finding__stop_named(f);
}

void finding__failures(struct findings *f)
{
	for (size_t i = 0; i < f->r->sources.count; i++)
		find_failed(f, f->r->sources.items[i].name);
}

/* --- throttles --------------------------------------------------------------------------------------------------------------- */

static bool is_reason(const char *name, enum throttle reason)
{
	return strcmp(name, throttle_name(reason)) == 0;
}

/* "10,000": a limit is told to the last digit. */
static void say_number(struct prose *p, const char *before, int64_t number, const char *after)
{
	static const struct human_scale whole = {1, 0, "", ""};
	struct textbuf digits = {0};
	human_number(&digits, &whole, (double)number);
	prose_printf(p, "%s%s%s", before, textbuf_text(&digits), after);
	textbuf_fini(&digits);
}

/* What a request rate is made of. */
static void say_rate(struct prose *p, const char *whose, int64_t concurrency, const char *units)
{
	prose_printf(p, "by %s request rate of ", whose);
	say_number(p, "", LIMITS_REQUESTS_PER_CONCURRENCY * concurrency, " a second, ");
	say_number(p, "", LIMITS_REQUESTS_PER_CONCURRENCY, " for each of its ");
	say_number(p, "", concurrency, units);
}

/* Behind the number of throttles: "by its reserved concurrency of 10". */
static void say_limit(struct findings *f, const struct report_function *fn, const char *reason)
{
	if (is_reason(reason, THROTTLE_ACCOUNT_RATE)) {
		say_rate(f->p, "the account's", f->r->study.account_concurrency, " concurrent executions");
	} else if (is_reason(reason, THROTTLE_RESERVED_RATE)) {
		say_rate(f->p, "its", fn->reserved, " reserved concurrent executions");
	} else if (is_reason(reason, THROTTLE_RESERVED_CONCURRENCY)) {
		say_number(f->p, "by its reserved concurrency of ", fn->reserved, "");
	} else if (is_reason(reason, THROTTLE_CONCURRENCY)) {
		say_number(f->p, "by the concurrency of ", finding_limit(f->r, fn),
		           " that the account leaves to functions without a reservation");
	} else if (is_reason(reason, THROTTLE_SCALING_REQUESTS)) {
		say_number(f->p, "by the scaling rate, which lets its requests a second grow by ", 10 * RAMP_REQUEST_REFILL,
		           " each 10 s");
		say_number(f->p, " from ", RAMP_REQUEST_BURST, "");
	} else if (is_reason(reason, THROTTLE_SCALING_ENVIRONMENTS)) {
		say_number(f->p, "by the scaling rate of ", 10 * RAMP_REFILL_PER_S, " new environments each 10 s");
	} else {
		prose_printf(f->p, "by %s", reason);
	}
}

/* A function that is switched off: no concurrency at all. */
static void say_switched_off(struct findings *f, const struct report_function *fn)
{
	prose_name(f->p, fn->name);
	prose_text(f->p, " is switched off by its reserved concurrency of 0: Lambda refuses ");
	prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, fn->name, "Throttles", ""));
	prose_text(f->p, " attempts to invoke it, all there are.");
	finding__stop_named(f);
}

static void say_peak(struct findings *f, const struct report_function *fn, const char *reason)
{
	bool concurrency = is_reason(reason, THROTTLE_RESERVED_CONCURRENCY) || is_reason(reason, THROTTLE_CONCURRENCY) ||
	                   is_reason(reason, THROTTLE_SCALING_ENVIRONMENTS);
	if (!concurrency || isnan(report_point(f->r, RECORD_FUNCTION, fn->name, "ConcurrentExecutions", "max")))
		return;
	prose_text(f->p, "; its concurrency peaks at ");
	prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, fn->name, "ConcurrentExecutions", "max"));
}

void finding__throttles(struct findings *f, const struct report_function *fn)
{
	struct part parts[PARTS_MOST];
	size_t count = parts_of(f->r, RECORD_FUNCTION, fn->name, "ThrottleReasons", parts);
	if (!(report_point(f->r, RECORD_FUNCTION, fn->name, "Throttles", "") > 0))
		return;
	finding__say(f, FINDING_BAD);
	if (fn->reserved == 0) {
		say_switched_off(f, fn);
		return;
	}
	prose_text(f->p, "Lambda refuses ");
	prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, fn->name, "ThrottleShare", ""));
	prose_text(f->p, " of the attempts to invoke ");
	prose_name(f->p, fn->name);
	for (size_t i = 0; i < count; i++) {
		prose_text(f->p, i == 0 ? ": " : ", ");
		prose_figure(f->p, finding__mean(f->r, RECORD_FUNCTION, fn->name, "ThrottleReasons", parts[i].statistic));
		prose_text(f->p, " ");
		say_limit(f, fn, parts[i].statistic);
	}
	if (count > 0)
		say_peak(f, fn, parts[0].statistic);
	prose_text(f->p, ".");
	finding__stop_named(f);
}
