/* dump: see dump.h. */
#include "tests/support/dump.h"

#include <inttypes.h>

static void dump_histogram(const char *name, const struct histogram *h, struct textbuf *out)
{
	textbuf_printf(out, "%s ", name);
	histogram_write(h, out);
	textbuf_add_char(out, '\n');
}

static void dump_function(const struct function_result *f, size_t periods, struct textbuf *out)
{
	const struct function_counts *c = &f->counts;
	textbuf_printf(out, "function %" PRIu64 " %" PRIu64 " %" PRIu64, c->cold_starts, c->resets, c->billed_ms);
	for (int k = 0; k < OUTCOMES; k++)
		textbuf_printf(out, " %" PRIu64, c->outcomes[k]);
	for (int k = 0; k < THROTTLES; k++)
		textbuf_printf(out, " %" PRIu64, c->throttles[k]);
	textbuf_printf(out, " %a %a %" PRId64 " %" PRId64 "\n", f->busy_mean, f->alive_mean, f->busy_max, f->alive_max);
	dump_histogram("duration", &f->duration, out);
	dump_histogram("warm", &f->latency_warm, out);
	dump_histogram("cold", &f->latency_cold, out);
	dump_histogram("init", &f->init, out);
	for (size_t i = 0; i < periods; i++) {
		const struct function_row *r = &f->rows[i];
		textbuf_printf(out, "row %u %u %u %u %" PRId64 " %" PRId64 " %a\n", r->invocations, r->cold_starts, r->errors,
		               r->throttles, r->busy_max, r->alive_max, r->busy_mean);
	}
}

static void dump_source(const struct source_result *s, size_t periods, struct textbuf *out)
{
	const struct source_counts *c = &s->counts;
	textbuf_printf(out, "source %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, c->requests, c->retries,
	               c->early_retries, c->unfinished, c->gateway_throttles, c->function_errors);
	for (int k = 0; k < STATUS_LIMIT; k++)
		if (s->status[k])
			textbuf_printf(out, " %d:%" PRIu64, k, s->status[k]);
	textbuf_add_char(out, '\n');
	dump_histogram("latency", &s->latency, out);
	for (size_t i = 0; i < periods; i++)
		textbuf_printf(out, "%u ", s->rows[i]);
	textbuf_add_char(out, '\n');
}

void dump_result(const struct run_result *x, const struct plan *p, struct textbuf *out)
{
	textbuf_printf(out, "run %a %" PRId64 " %" PRIu64 "\n", x->busy_mean, x->busy_max, x->events);
	for (size_t i = 0; i < p->scenario->function_count; i++)
		dump_function(&x->functions[i], p->periods, out);
	for (size_t i = 0; i < p->scenario->source_count; i++)
		dump_source(&x->sources[i], p->periods, out);
	for (size_t i = 0; i < p->periods; i++)
		textbuf_printf(out, "%" PRId64 " ", x->busy_rows[i]);
	textbuf_add_char(out, '\n');
}

/* --- the sink
 * ------------------------------------------------------------------------------------------------------------------- */

static struct textbuf *out_of(struct sink *s)
{
	return ((struct dump_sink *)s)->out;
}

static int begin(struct sink *s, const struct record_study *study, struct error *e)
{
	(void)e;
	textbuf_printf(out_of(s), "study %" PRIu64 " %d %a %s %" PRId64 " %a %" PRIu64 "\n", study->replications,
	               study->precision_reached, study->worst_precision, study->worst_metric, study->warm_up, study->simulated_s,
	               study->events);
	return 0;
}

static void dump_interval(const struct interval *i, struct textbuf *out)
{
	textbuf_printf(out, " %a %a %a\n", i->mean, i->low, i->high);
}

static int metric(struct sink *s, const struct record_metric *m, struct error *e)
{
	(void)e;
	textbuf_printf(out_of(s), "metric %d %s %s %s %d", m->scope, m->entity, m->metric, m->statistic, m->exact);
	dump_interval(&m->value, out_of(s));
	return 0;
}

static int series(struct sink *s, const struct record_series *r, struct error *e)
{
	(void)e;
	textbuf_printf(out_of(s), "series %d %s %s %" PRId64, r->scope, r->entity, r->metric, r->period);
	for (size_t i = 0; i < r->count; i++)
		textbuf_printf(out_of(s), " %a", r->values[i]);
	textbuf_add_char(out_of(s), '\n');
	return 0;
}

static int histogram(struct sink *s, const struct record_histogram *h, struct error *e)
{
	(void)e;
	textbuf_printf(out_of(s), "histogram %d %s ", h->scope, h->entity);
	dump_histogram(h->metric, h->histogram, out_of(s));
	return 0;
}

static int cost(struct sink *s, const struct record_cost *c, struct error *e)
{
	(void)e;
	textbuf_printf(out_of(s), "cost %d %s %s %s %a %s", c->month, c->service, c->resource, c->item, c->quantity, c->unit);
	dump_interval(&c->usd, out_of(s));
	return 0;
}

static int objective(struct sink *s, const struct record_objective *o, struct error *e)
{
	(void)e;
	textbuf_printf(out_of(s), "objective %s %d", o->objective->text, o->verdict);
	dump_interval(&o->value, out_of(s));
	return 0;
}

static int note(struct sink *s, const struct record_note *n, struct error *e)
{
	(void)e;
	textbuf_printf(out_of(s), "note %d %s %s\n", n->severity, n->topic, n->text);
	return 0;
}

static int end(struct sink *s, struct error *e)
{
	(void)e;
	textbuf_add(out_of(s), "end\n");
	return 0;
}

static void fini(struct sink *s)
{
	(void)s;
}

void dump_sink_init(struct dump_sink *d, struct textbuf *out)
{
	static const struct sink_ops ops = {begin, metric, series, histogram, cost, objective, note, end, fini};
	*d = (struct dump_sink){{&ops}, out};
}
