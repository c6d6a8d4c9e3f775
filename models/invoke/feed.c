/* feed: see feed.h. */
#include "models/invoke/feed.h"

#include "models/invoke/station.h"
#include "models/spec/purpose.h"

enum { FEED_ACCEPTED = 202 };

static uint32_t pick_payload(const struct engine *e, const struct source_state *s, uint64_t number)
{
	const struct source_plan *p = s->plan;
	size_t i = 0, base = e->flow->source_base[s - e->sources];
	if (p->spec->payload_count > 1) {
		uint64_t word = draw_word(&e->key, p->entity, PURPOSE_PAYLOAD, 0, number);
		while (word > p->payload_below[i])
			i++;
	}
	return (uint32_t)(base + i);
}

void feed_event(struct engine *e, struct source_state *s, uint64_t number, simtime now)
{
	const struct source_plan *p = s->plan;
	struct message m = {
		.born = now,
		.since = now,
		.identity = message_identity(p->entity, 0, number),
		.source = (uint32_t)(s - e->sources),
		.payload = pick_payload(e, s, number),
	};
	m.key = key_of(&p->keys, draw_word(&e->key, m.identity, PURPOSE_KEY, 0, 0));
	s->counts.requests++;
	s->status[FEED_ACCEPTED]++;
	simtime transit = variate_time(&p->latency, draw_word(&e->key, p->entity, PURPOSE_LATENCY, 0, number));
	if (p->spec->spread > 0)
		transit += (simtime)draw_below(draw_word(&e->key, m.identity, PURPOSE_TRANSIT, 0, 0), (uint64_t)p->spec->spread);
	station_send(e, p->station, message_new(&e->messages, &m), now + transit);
}
