/* assumption: see assumption.h. */
#include "scenarios/study/assumption.h"

#include <string.h>

#include "models/cost/init_default.h"
#include "models/cost/profile.h"
#include "models/source/table.h"

struct writer {
	struct sink *sink;
	struct error *error;
	struct arena arena;
	int failed;
};

static void note(struct writer *w, enum severity severity, const char *topic, const char *text)
{
	struct record_note n = {severity, topic, text};
	if (!w->failed && w->sink->ops->note(w->sink, &n, w->error))
		w->failed = -1;
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

static void function_notes(struct writer *w, const struct function_spec *f)
{
	struct arena *a = &w->arena;
	note(w, SEVERITY_NOTE, "assumption",
	     arena_format(a, "%s: an idle environment %s; AWS promises no idle life (IdleReclaim)", f->name,
	                  reclaim_text(&f->reclaim, a)));
	if (f->model == MODEL_DECLARED && !f->declared.has_init) {
		struct distribution d;
		const char *source = "";
		init_default(f->runtime, f->architecture, &d, &source);
		note(w, SEVERITY_NOTE, "assumption", arena_format(a, "%s: Init is not declared, so it is %s", f->name, source));
	}
	if (f->model == MODEL_PROFILE && f->profile) {
		note(w, SEVERITY_NOTE, "profile",
		     arena_format(
			     a,
			     "%s: measured here with %s, %d runs a payload, CPU share '%s'; this machine was not calibrated against Lambda",
			     f->name, f->profile->runtime_used, f->profile_runs, f->profile->backend));
		if (f->profile->runtime_note)
			note(w, SEVERITY_WARNING, "profile", arena_format(a, "%s: %s", f->name, f->profile->runtime_note));
	}
}

static void source_notes(struct writer *w, const struct source_spec *s)
{
	if (!s->has_latency)
		note(w, SEVERITY_NOTE, "assumption",
		     arena_format(&w->arena,
		                  "%s: %s adds the default latency, lognormal with median %.10g ms and p99 %.10g ms (%s)", s->name,
		                  source_kind_of(s->kind)->service, simtime_ms(source_kind_of(s->kind)->latency_median),
		                  simtime_ms(source_kind_of(s->kind)->latency_p99), source_kind_of(s->kind)->latency_source));
}

int assumption_record(const struct plan *p, struct sink *sink, struct error *e)
{
	struct writer w = {.sink = sink, .error = e};
	const struct scenario *s = p->scenario;
	for (size_t i = 0; i < s->function_count; i++)
		function_notes(&w, &s->functions[i]);
	for (size_t i = 0; i < s->source_count; i++)
		source_notes(&w, &s->sources[i]);
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
