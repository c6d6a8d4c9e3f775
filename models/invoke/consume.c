/* consume: what becomes of events after the invocation for them; the invocation itself stands in sync.c, beside the synchronous one. */
#include "models/invoke/consume.h"

#include "models/invoke/station.h"
#include "models/spec/purpose.h"

bool consume_record_fails(const struct engine *e, const struct consumer *c, const struct message *m, uint32_t attempt)
{
	return c->cost->ops->record_fails(c->cost, &e->key, m->identity, m->payload, attempt);
}

void consume_processed(struct engine *e, const struct consumer *c, const struct message *m, bool cold, simtime now)
{
	if (!e->counting)
		return;
	histogram_add(cold ? &c->function->latency_cold : &c->function->latency_warm, now - m->born);
	if (m->hops == 0 && m->source != MESSAGE_NO_SOURCE)
		histogram_add(&e->sources[m->source].latency, now - m->born);
}

/* How many events one emission makes: the whole part always, one more with the probability of the rest. */
static uint64_t emission_count(const struct engine *e, const struct emit_spec *emit, const struct message *parent, uint64_t edge,
                               uint32_t records)
{
	double mean = emit->count * (emit->per_record ? records : 1);
	uint64_t whole = (uint64_t)mean;
	double rest = mean - (double)whole;
	if (rest <= 0)
		return whole;
	return whole + (draw_uniform(station_draw(e, parent, PURPOSE_EMIT, edge)) < rest);
}

static uint32_t emission_key(const struct engine *e, const struct key_law *law, const struct message *parent, uint64_t edge,
                             uint64_t ordinal)
{
	if (law->count < 2)
		return 0;
	return key_of(law, draw_word(&e->key, message_identity(parent->identity, edge, ordinal), PURPOSE_KEY, 0, 0));
}

void consume_emit(struct engine *e, const struct function_state *f, const struct message *first, uint32_t records, simtime now)
{
	const struct function_spec *spec = f->plan->spec;
	struct message parent = *first; /* making children moves the pool */
	message_hop(&parent);
	for (size_t i = 0; i < spec->emit_count; i++) {
		const struct emit_spec *emit = &spec->emits[i];
		uint64_t edge = CONSUME_EDGE_EMIT + i, count = emission_count(e, emit, &parent, edge, records);
		for (uint64_t k = 0; k < count; k++) {
			parent.number = e->emitted[emit->payload]++;
			parent.key = emission_key(e, &f->plan->emit_keys[i], &parent, edge, k);
			station_send_child(e, emit->to, &parent, edge, k, (uint32_t)(e->flow->emit_base + emit->payload), now);
		}
	}
}

void consume_emit_of_request(struct engine *e, const struct source_state *s, uint64_t number, uint32_t attempt, simtime end)
{
	struct message m = {.born = end,
	                    .identity = message_identity(s->plan->entity, attempt, number),
	                    .source = (uint32_t)(s - e->sources)};
	consume_emit(e, s->function, &m, 1, end);
}
