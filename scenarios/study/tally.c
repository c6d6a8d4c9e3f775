/* tally: see tally.h. */
#include "scenarios/study/tally.h"

#include <assert.h>
#include <string.h>

#include "models/source/table.h"
#include "scenarios/study/stationuse.h"
#include "sim/base/memory.h"

static const double NO_VALUE = __builtin_nan("");

/* --- bills ----------------------------------------------------------------------------------------------------------------------- */

/* The gateways' attempts that the gateway itself refused are not billed. Source: Amazon API Gateway pricing, FAQ: throttled requests. */
static void bill_of(struct tally *t, const struct run_result *x, bool month, struct bill *out, struct arena *a)
{
	const struct scenario *s = t->plan->scenario;
	double factor = month ? t->month_factor : 1;
	struct bill_function *functions = ARENA_ARRAY(a, s->function_count + 1, struct bill_function);
	struct bill_gateway *gateways = ARENA_ARRAY(a, s->source_count + 1, struct bill_gateway);
	for (size_t i = 0; i < s->function_count; i++) {
		const struct function_spec *f = &s->functions[i];
		struct meter m = {0};
		if (x) {
			m.requests = counts_invocations(&x->functions[i].counts);
			m.billed_ms = x->functions[i].counts.billed_ms;
			m.mb_ms = (area128)(uint64_t)f->memory_mb * m.billed_ms;
			m.ephemeral_mb_ms = (area128)(uint64_t)(f->ephemeral_mb - FUNCTION_EPHEMERAL_MIN_MB) * m.billed_ms;
		}
		functions[i] = bill_use_of(f, &m, factor);
	}
	for (size_t i = 0; i < s->source_count; i++) {
		uint64_t taken = x ? source_sent(&x->sources[i].counts) - x->sources[i].counts.gateway_throttles : 0;
		gateways[i] = (struct bill_gateway){s->sources[i].name, s->sources[i].kind, (double)taken * factor};
	}
	size_t service_count;
	const struct service_use *services = stationuse_list(t->plan, x, factor, &service_count, a);
	struct bill_use use = {.functions = functions,
	                       .function_count = s->function_count,
	                       .gateways = gateways,
	                       .gateway_count = s->source_count,
	                       .services = services,
	                       .service_count = service_count,
	                       .graduated = month,
	                       .free_tier = month};
	struct error e = {0};
	int failed = bill_make(t->prices, s->region, &use, a, out, &e);
	assert(!failed);
	(void)failed;
}

void tally_bill_names(struct tally *t, bool month, struct bill *out, struct arena *a)
{
	bill_of(t, NULL, month, out, a);
}

static void add_bill(struct tally *t, const struct run_result *x, bool month, size_t r, double *total)
{
	struct bill b;
	bill_of(t, x, month, &b, &t->bill_arena);
	assert(b.count == t->line_count[month]);
	for (size_t i = 0; i < b.count; i++) {
		t->line_usd[month][i][r] = b.lines[i].usd;
		t->line_quantity[month][i] += b.lines[i].quantity;
		for (size_t f = 0; f < t->plan->scenario->function_count; f++)
			if (strcmp(t->plan->scenario->functions[f].name, b.lines[i].resource) == 0)
				t->functions[f].scalar[month ? F_COST_MONTH : F_COST_RUN][r] += b.lines[i].usd;
	}
	total[r] = b.usd;
	arena_fini(&t->bill_arena);
}

/* --- life ------------------------------------------------------------------------------------------------------------------------ */

static void bill_init(struct tally *t, bool month)
{
	struct bill names;
	tally_bill_names(t, month, &names, &t->bill_arena);
	t->line_count[month] = names.count;
	t->line_usd[month] = MEMORY_ARRAY(names.count, double *);
	t->line_quantity[month] = MEMORY_ARRAY(names.count, double);
	arena_fini(&t->bill_arena);
}

void tally_init(struct tally *t, const struct plan *p, const struct price_list *prices, bool has_month, double month_factor)
{
	memset(t, 0, sizeof *t);
	const struct scenario *s = p->scenario;
	t->plan = p;
	t->prices = prices;
	t->has_month = has_month;
	t->month_factor = month_factor;
	t->functions = MEMORY_ARRAY(s->function_count, struct tally_function);
	t->sources = MEMORY_ARRAY(s->source_count, struct tally_source);
	for (size_t i = 0; i < s->function_count; i++) {
		struct tally_function *f = &t->functions[i];
		double **rows[] = {&f->invocations, &f->cold_starts, &f->errors,   &f->throttles,
		                   &f->busy_max,    &f->busy_mean,   &f->alive_max};
		for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
			*rows[k] = MEMORY_ARRAY(p->periods, double);
	}
	for (size_t i = 0; i < s->source_count; i++) {
		t->sources[i].requests = MEMORY_ARRAY(p->periods, double);
		t->sources[i].status = MEMORY_ARRAY(STATUS_LIMIT, double *);
	}
	t->stations = MEMORY_ARRAY(p->flow.face_count, struct tally_station);
	for (size_t i = 0; i < p->flow.face_count; i++)
		tally_station_init(&t->stations[i], &p->flow.stations[i], p->periods);
	t->busy_rows = MEMORY_ARRAY(p->periods, double);
	bill_init(t, false);
	bill_init(t, true);
}

static void function_fini(struct tally_function *f)
{
	for (size_t k = 0; k < FUNCTION_SCALARS; k++)
		memory_free(f->scalar[k]);
	for (size_t h = 0; h < FUNCTION_SECTIONED; h++)
		for (size_t k = 0; k < TALLY_SECTIONS; k++)
			histogram_fini(&f->section[h][k]);
	histogram_fini(&f->warm);
	histogram_fini(&f->cold);
	histogram_fini(&f->init);
	double *rows[] = {f->invocations, f->cold_starts, f->errors, f->throttles, f->busy_max, f->busy_mean, f->alive_max};
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
		memory_free(rows[k]);
}

static void source_fini(struct tally_source *s)
{
	for (size_t k = 0; k < SOURCE_SCALARS; k++)
		memory_free(s->scalar[k]);
	for (size_t k = 0; k < STATUS_LIMIT; k++)
		memory_free(s->status[k]);
	for (size_t k = 0; k < TALLY_SECTIONS; k++)
		histogram_fini(&s->section[k]);
	memory_free(s->status);
	memory_free(s->requests);
}

void tally_fini(struct tally *t)
{
	for (size_t i = 0; t->functions && i < t->plan->scenario->function_count; i++)
		function_fini(&t->functions[i]);
	for (size_t i = 0; t->sources && i < t->plan->scenario->source_count; i++)
		source_fini(&t->sources[i]);
	for (size_t i = 0; t->stations && i < t->plan->flow.face_count; i++)
		tally_station_fini(&t->stations[i]);
	for (int m = 0; m < 2; m++) {
		for (size_t i = 0; i < t->line_count[m]; i++)
			memory_free(t->line_usd[m][i]);
		memory_free(t->line_usd[m]);
		memory_free(t->line_quantity[m]);
	}
	double *arrays[] = {t->busy_mean, t->busy_max, t->cost_month, t->cost_run, t->busy_rows};
	for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
		memory_free(arrays[k]);
	memory_free(t->functions);
	memory_free(t->sources);
	memory_free(t->stations);
	arena_fini(&t->bill_arena);
	memset(t, 0, sizeof *t);
}

/* --- adding ---------------------------------------------------------------------------------------------------------------------- */

static void grow(double **values, size_t capacity)
{
	*values = memory_grow(*values, capacity, sizeof **values);
}

/* Room for one more replication in every array. */
static void room(struct tally *t)
{
	if (t->replications < t->capacity)
		return;
	size_t n = t->capacity = t->capacity ? 2 * t->capacity : 16;
	const struct scenario *s = t->plan->scenario;
	for (size_t i = 0; i < s->function_count; i++)
		for (size_t k = 0; k < FUNCTION_SCALARS; k++)
			grow(&t->functions[i].scalar[k], n);
	for (size_t i = 0; i < s->source_count; i++) {
		for (size_t k = 0; k < SOURCE_SCALARS; k++)
			grow(&t->sources[i].scalar[k], n);
		for (size_t k = 0; k < STATUS_LIMIT; k++)
			if (t->sources[i].status[k])
				grow(&t->sources[i].status[k], n);
	}
	for (size_t i = 0; i < t->plan->flow.face_count; i++)
		tally_station_room(&t->stations[i], n);
	for (int m = 0; m < 2; m++)
		for (size_t i = 0; i < t->line_count[m]; i++)
			grow(&t->line_usd[m][i], n);
	grow(&t->busy_mean, n);
	grow(&t->busy_max, n);
	grow(&t->cost_month, n);
	grow(&t->cost_run, n);
}

static double ms_mean(const struct histogram *h)
{
	return h->count ? histogram_mean(h) / 1e6 : NO_VALUE;
}

static void function_scalars(struct tally_function *f, const struct function_result *x, const struct histogram *latency,
                             int memory_mb, size_t r)
{
	const struct function_counts *c = &x->counts;
	double invocations = (double)counts_invocations(c), throttles = 0;
	for (int k = 0; k < THROTTLES; k++) {
		f->scalar[F_THROTTLE_0 + k][r] = (double)c->throttles[k];
		throttles += (double)c->throttles[k];
	}
	for (int k = 0; k < OUTCOMES; k++)
		f->scalar[F_OUTCOME_0 + k][r] = (double)c->outcomes[k];
	double values[] = {
		[F_INVOCATIONS] = invocations,
		[F_ERRORS] = (double)counts_errors(c),
		[F_THROTTLES] = throttles,
		[F_COLD_STARTS] = (double)c->cold_starts,
		[F_BUSY_MEAN] = x->busy_mean,
		[F_BUSY_MAX] = (double)x->busy_max,
		[F_ALIVE_MEAN] = x->alive_mean,
		[F_ALIVE_MAX] = (double)x->alive_max,
		[F_DURATION_MEAN] = ms_mean(&x->duration),
		[F_LATENCY_MEAN] = ms_mean(latency),
		[F_BILLED_MEAN] = invocations > 0 ? (double)c->billed_ms / invocations : NO_VALUE,
		[F_GB_SECONDS] = meter_gb_seconds((area128)(uint64_t)memory_mb * c->billed_ms),
		[F_RESETS] = (double)c->resets,
		[F_RECURSIONS] = (double)c->recursions,
		[F_ATTEMPTS] = invocations + throttles,
		[F_COST_MONTH] = 0,
		[F_COST_RUN] = 0,
	};
	for (size_t k = 0; k < F_THROTTLE_0; k++)
		f->scalar[k][r] = values[k];
}

static void add_function(struct tally *t, size_t i, const struct function_result *x)
{
	struct tally_function *f = &t->functions[i];
	size_t r = t->replications, section = r % TALLY_SECTIONS;
	struct histogram latency = {0};
	histogram_merge(&latency, &x->latency_warm);
	histogram_merge(&latency, &x->latency_cold);
	function_scalars(f, x, &latency, t->plan->scenario->functions[i].memory_mb, r);
	histogram_merge(&f->section[H_DURATION][section], &x->duration);
	histogram_merge(&f->section[H_LATENCY][section], &latency);
	histogram_merge(&f->warm, &x->latency_warm);
	histogram_merge(&f->cold, &x->latency_cold);
	histogram_merge(&f->init, &x->init);
	histogram_fini(&latency);
	for (size_t k = 0; k < t->plan->periods; k++) {
		const struct function_row *row = &x->rows[k];
		f->invocations[k] += row->invocations;
		f->cold_starts[k] += row->cold_starts;
		f->errors[k] += row->errors;
		f->throttles[k] += row->throttles;
		f->busy_max[k] += (double)row->busy_max;
		f->alive_max[k] += (double)row->alive_max;
		f->busy_mean[k] += row->busy_mean;
	}
}

/* Statuses that were not seen before have been 0 so far. */
static void add_statuses(struct tally *t, struct tally_source *s, const struct source_result *x)
{
	for (size_t k = 0; k < STATUS_LIMIT; k++) {
		if (x->status[k] && !s->status[k])
			s->status[k] = MEMORY_ARRAY(t->capacity, double);
		if (s->status[k])
			s->status[k][t->replications] = (double)x->status[k];
	}
}

static void add_source(struct tally *t, size_t i, const struct source_result *x)
{
	struct tally_source *s = &t->sources[i];
	size_t r = t->replications;
	s->scalar[S_REQUESTS][r] = (double)x->counts.requests;
	s->scalar[S_ATTEMPTS][r] = (double)source_attempts(&x->counts);
	s->scalar[S_AMPLIFICATION][r] = x->counts.requests ? (double)source_attempts(&x->counts) / (double)x->counts.requests
	                                                   : NO_VALUE;
	s->scalar[S_UNFINISHED][r] = (double)x->counts.unfinished;
	s->scalar[S_FUNCTION_ERRORS][r] = (double)x->counts.function_errors;
	s->scalar[S_LATENCY_MEAN][r] = ms_mean(&x->latency);
	s->scalar[S_ANSWERS][r] = (double)(x->counts.requests - x->counts.unfinished);
	s->scalar[S_FAILED][r] = (double)source_failures(&x->counts);
	for (int k = 0; k < FAILURES; k++)
		s->scalar[S_FAILURE_0 + k][r] = (double)x->counts.failures[k];
	add_statuses(t, s, x);
	histogram_merge(&s->section[r % TALLY_SECTIONS], &x->latency);
	for (size_t k = 0; k < t->plan->periods; k++)
		s->requests[k] += x->rows[k];
}

void tally_add(struct tally *t, const struct run_result *x)
{
	room(t);
	for (size_t i = 0; i < t->plan->scenario->function_count; i++)
		add_function(t, i, &x->functions[i]);
	for (size_t i = 0; i < t->plan->scenario->source_count; i++)
		add_source(t, i, &x->sources[i]);
	size_t r = t->replications;
	for (size_t i = 0; i < t->plan->flow.face_count; i++)
		tally_station_add(&t->stations[i], &x->stations[i], t->plan->periods, r);
	t->busy_mean[r] = x->busy_mean;
	t->busy_max[r] = (double)x->busy_max;
	for (size_t k = 0; k < t->plan->periods; k++)
		t->busy_rows[k] += (double)x->busy_rows[k];
	add_bill(t, x, false, r, t->cost_run);
	if (t->has_month)
		add_bill(t, x, true, r, t->cost_month);
	else
		t->cost_month[r] = NO_VALUE;
	t->events += x->events;
	t->replications++;
}
