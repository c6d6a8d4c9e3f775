/* assumption: see assumption.h. */
#include "scenarios/study/assumption.h"

#include <string.h>

#include "models/cost/init_default.h"
#include "models/cost/profile.h"
#include "models/source/table.h"

enum { NAMES_SHOWN = 6 };

/* What several functions or sources share is said once, with their names. */
struct shared {
	enum severity severity;
	const char *topic, *text;
	const char *names; /* "A, B and C" as far as they were met: "A", "A, B" ... */
	size_t count;
	struct shared *next;
};

struct writer {
	struct sink *sink;
	struct error *error;
	struct arena arena;
	struct shared *first, **last;
	int failed;
};

static void note(struct writer *w, enum severity severity, const char *topic, const char *text)
{
	struct record_note n = {severity, topic, text};
	if (!w->failed && w->sink->ops->note(w->sink, &n, w->error))
		w->failed = -1;
}

/* Says `text` of `name`, together with all others of whom the same is said. */
static void note_of(struct writer *w, const char *name, enum severity severity, const char *topic, const char *text)
{
	for (struct shared *s = w->first; s; s = s->next) {
		if (s->severity != severity || strcmp(s->topic, topic) != 0 || strcmp(s->text, text) != 0)
			continue;
		if (++s->count <= NAMES_SHOWN)
			s->names = arena_format(&w->arena, "%s, %s", s->names, name);
		return;
	}
	struct shared *s = ARENA_NEW(&w->arena, struct shared);
	*s = (struct shared){severity, topic, arena_string(&w->arena, text), name, 1, NULL};
	*w->last = s;
	w->last = &s->next;
}

static void flush(struct writer *w)
{
	for (const struct shared *s = w->first; s; s = s->next) {
		const char *more = s->count > NAMES_SHOWN ? arena_format(&w->arena, " and %zu more", s->count - NAMES_SHOWN) : "";
		note(w, s->severity, s->topic, arena_format(&w->arena, "%s%s: %s", s->names, more, s->text));
	}
	w->first = NULL;
	w->last = &w->first;
}

static const char *reclaim_text(const struct reclaim_spec *r, struct arena *a)
{
	switch (r->policy) {
	case RECLAIM_FIXED: return arena_format(a, "is reclaimed after %.10g s (fixed)", simtime_s(r->after));
	case RECLAIM_UNIFORM:
		return arena_format(a, "is reclaimed after %.10g to %.10g s (uniform)", simtime_s(r->low), simtime_s(r->high));
	case RECLAIM_HALVING: return arena_format(a, "goes with probability one half every %.10g s (halving)", simtime_s(r->every));
	case RECLAIM_NEVER: return "is never reclaimed";
	}
	return "";
}

/* The largest measured batch of a mapping's records, 0 for none. */
static uint32_t largest_batch(const struct profile *p, const struct mapping_spec *m)
{
	uint32_t largest = 0;
	for (size_t i = 0; i < p->payload_count; i++)
		if (strcmp(p->payloads[i].source, m->name) == 0 && p->payloads[i].run_count > 0 && p->payloads[i].batch > largest)
			largest = p->payloads[i].batch;
	return largest;
}

static size_t count_runs(const struct profile_payload *p, bool too_much)
{
	size_t count = 0;
	for (size_t i = 0; i < p->run_count; i++) {
		enum outcome outcome = p->runs[i].outcome;
		count += too_much ? outcome == OUTCOME_TIMEOUT || outcome == OUTCOME_OUT_OF_MEMORY
		                  : outcome != OUTCOME_OK || p->runs[i].failed_records > 0;
	}
	return count;
}

/* Whether the record always fails at first, and not always when it comes again as `x`. */
static bool is_better_again(const struct profile *p, const struct profile_payload *x)
{
	if (x->attempt == 0 || x->batch > 1 || count_runs(x, false) == x->run_count)
		return false;
	for (size_t i = 0; i < p->payload_count; i++) {
		const struct profile_payload *y = &p->payloads[i];
		if (y->attempt == 0 && y->batch <= 1 && y->payload == x->payload && strcmp(y->source, x->source) == 0)
			return count_runs(y, false) == y->run_count;
	}
	return false;
}

/* What of the measurements is no matter of course: batches that were too much, and receives that end differently. */
static void batch_findings(struct writer *w, const struct profile *p, const struct mapping_spec *m)
{
	uint32_t heavy = 0;
	bool again = false;
	for (size_t i = 0; i < p->payload_count; i++) {
		const struct profile_payload *x = &p->payloads[i];
		if (strcmp(x->source, m->name) != 0)
			continue;
		if (x->batch > 1 && count_runs(x, true) > 0 && (heavy == 0 || x->batch < heavy))
			heavy = x->batch;
		again = again || is_better_again(p, x);
	}
	if (heavy > 0)
		note_of(w, m->name, SEVERITY_NOTE, "profile",
		        arena_format(
				&w->arena,
				"batches of %u records of one payload took more than Timeout or MemorySize allow; smaller ones foretell which "
				"simulated batches do",
				(unsigned)heavy));
	if (again)
		note_of(w, m->name, SEVERITY_NOTE, "profile",
		        "a payload that fails at its first receive gets through when it is received again; each receive ends as measured");
}

static void batch_notes(struct writer *w, const struct scenario *s, const struct mapping_spec *m)
{
	const struct function_spec *f = &s->functions[m->function];
	uint32_t largest = f->profile ? largest_batch(f->profile, m) : 0;
	if (f->profile)
		batch_findings(w, f->profile, m);
	if (largest <= 1)
		return;
	bool beyond = (uint32_t)m->batch_size > largest;
	note_of(w, m->name, SEVERITY_NOTE, "profile",
	        arena_format(
			&w->arena,
			"measured in batches of up to %u records of one payload; %s follow a base and a cost per record fitted to them",
			(unsigned)largest, beyond ? "other sizes, larger ones too," : "other sizes"));
}

/* Events that differ take more runs than Runs. */
static const char *runs_text(const struct function_spec *f, struct arena *a)
{
	size_t most = 0;
	for (size_t i = 0; i < f->profile->payload_count; i++)
		if (f->profile->payloads[i].run_count > most)
			most = f->profile->payloads[i].run_count;
	return most > (size_t)f->profile_runs ? arena_format(a, "%d to %zu", f->profile_runs, most)
	                                      : arena_format(a, "%d", f->profile_runs);
}

static void function_notes(struct writer *w, const struct function_spec *f)
{
	struct arena *a = &w->arena;
	note_of(w, f->name, SEVERITY_NOTE, "assumption",
	        arena_format(a, "an idle environment %s; AWS promises no idle life (IdleReclaim)", reclaim_text(&f->reclaim, a)));
	if (f->model == MODEL_DECLARED && !f->declared.has_init) {
		struct distribution d;
		const char *source = "";
		init_default(f->runtime, f->architecture, &d, &source);
		note_of(w, f->name, SEVERITY_NOTE, "assumption", arena_format(a, "Init is not declared, so it is %s", source));
	}
	if (f->model == MODEL_PROFILE && f->profile) {
		note_of(w, f->name, SEVERITY_NOTE, "profile",
		        arena_format(
				a,
				"measured here with %s, %s runs a payload, CPU share '%s'; this machine was not calibrated against Lambda",
				f->profile->runtime_used, runs_text(f, a), f->profile->backend));
		if (f->profile->runtime_note)
			note_of(w, f->name, SEVERITY_WARNING, "profile", f->profile->runtime_note);
		if (f->profile->code_note)
			note_of(w, f->name, SEVERITY_WARNING, "profile", f->profile->code_note);
	}
}

/* Whether anything can come to the function: a source's requests, asynchronous events, records of what is read for it. */
static bool is_reached(const struct plan *p, size_t function)
{
	const struct scenario *s = p->scenario;
	for (size_t i = 0; i < s->source_count; i++)
		if (s->sources[i].function == function)
			return true;
	if (!p->flow.used)
		return false;
	if (p->flow.stations[function].used)
		return true;
	for (size_t i = 0; i < s->mapping_count; i++)
		if (s->mappings[i].function == function && p->flow.stations[station_of(s, s->mappings[i].source)].used)
			return true;
	return false;
}

static void source_notes(struct writer *w, const struct source_spec *s)
{
	const struct source_type *t = source_kind_of(s->kind);
	if (!s->has_latency)
		note_of(w, s->name, SEVERITY_NOTE, "assumption",
		        arena_format(&w->arena, "%s adds the default latency, lognormal with median %.10g ms and p99 %.10g ms (%s)",
		                     t->service, simtime_ms(t->latency_median), simtime_ms(t->latency_p99), t->latency_source));
}

int assumption_record(const struct plan *p, struct sink *sink, struct error *e)
{
	struct writer w = {.sink = sink, .error = e};
	const struct scenario *s = p->scenario;
	w.last = &w.first;
	for (size_t i = 0; i < s->function_count; i++)
		if (is_reached(p, i))
			function_notes(&w, &s->functions[i]);
		else
			note_of(&w, s->functions[i].name, SEVERITY_NOTE, "traffic", "no traffic comes to it in this workload");
	for (size_t i = 0; i < s->source_count; i++)
		source_notes(&w, &s->sources[i]);
	for (size_t i = 0; i < s->mapping_count; i++)
		batch_notes(&w, s, &s->mappings[i]);
	flush(&w);
	if (s->account.scaling_unlimited)
		note(&w, SEVERITY_WARNING, "assumption", "what-if: the scaling rate is unlimited (ScalingRate)");
	if (s->account.request_unlimited)
		note(&w, SEVERITY_WARNING, "assumption", "what-if: the request rate is unlimited (RequestRate)");
	if (p->warm_up == 0)
		note(&w, SEVERITY_NOTE, "assumption",
		     "every replication starts empty: its first requests are cold starts and are counted (WarmUp)");
	arena_fini(&w.arena);
	return w.failed;
}
