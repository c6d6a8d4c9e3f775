/* fanout: see fanout.h. */
#include "models/source/fanout.h"

#include "models/invoke/engine.h"

struct fanout {
	struct station base;
	uint64_t delivered; /* copies handed on, after the warm-up */
	uint64_t unwanted;  /* copies that a filter kept back */
};

/* What this fan-out hands to each of its targets, in order; `index` is the resource's in its array. */
struct branch {
	struct target target;
	const struct way *way;
};

static void compile(struct engine *e, struct station *s, struct arena *a)
{
	(void)e, (void)s, (void)a;
}

static void clear_figures(struct fanout *f)
{
	f->delivered = f->unwanted = 0;
}

static void start(struct engine *e, struct station *s)
{
	(void)e;
	clear_figures((struct fanout *)s);
}

static void warm_up_end(struct engine *e, struct station *s, simtime now)
{
	(void)e, (void)now;
	clear_figures((struct fanout *)s);
}

static uint64_t held(const struct engine *e, const struct station *s)
{
	(void)e, (void)s;
	return 0;
}

/* One branch of a message; counts in *wanted. `edge` numbers the branches. */
static void hand_on(struct engine *e, struct fanout *f, const struct branch *b, const struct message *m, uint64_t edge,
                    uint64_t *wanted, simtime now)
{
	if (!filter_takes(&b->way->filter, m)) {
		f->unwanted += e->counting;
		return;
	}
	++*wanted;
	f->delivered += e->counting;
	uint32_t payload = way_content(b->way, m->payload);
	if (b->target.kind == TARGET_FUNCTION)
		station_hand_child(e, b->target, m, edge, 0, payload, now);
	else
		station_send_child(e, b->target, m, edge, 0, payload, now);
}

static void finish(struct engine *e, struct station *s, uint32_t message, uint64_t wanted, simtime now)
{
	station_end(e, s, message, wanted > 0 ? END_DELIVERED : END_FILTERED, now);
}

/* --- topics ---------------------------------------------------------------------------------------------------------------------------- */

static void topic_receive(struct engine *e, struct station *s, uint32_t message, simtime now)
{
	const struct topic_spec *t = s->spec;
	const struct way *ways = e->flow->subscriptions[t - e->scenario->topics];
	struct message m = e->messages.items[message]; /* handing on moves the pool */
	uint64_t wanted = 0;
	s->counts.received++;
	for (size_t i = 0; i < t->subscription_count; i++) {
		struct branch b = {t->subscriptions[i].target, &ways[i]};
		hand_on(e, (struct fanout *)s, &b, &m, i, &wanted, now);
	}
	finish(e, s, message, wanted, now);
}

/* --- buses ------------------------------------------------------------------------------------------------------------------------------- */

static void bus_receive(struct engine *e, struct station *s, uint32_t message, simtime now)
{
	const struct bus_spec *bus = s->spec;
	struct way *const *ways = e->flow->rules[bus - e->scenario->buses];
	struct message m = e->messages.items[message];
	uint64_t wanted = 0, edge = 0;
	s->counts.received++;
	for (size_t i = 0; i < bus->rule_count; i++) {
		const struct rule_spec *rule = &bus->rules[i];
		for (size_t k = 0; k < rule->target_count; k++, edge++) {
			struct branch b = {rule->targets[k].target, &ways[i][k]};
			if (!rule->disabled)
				hand_on(e, (struct fanout *)s, &b, &m, edge, &wanted, now);
		}
	}
	finish(e, s, message, wanted, now);
}

/* --- buckets ------------------------------------------------------------------------------------------------------------------------------ */

static void bucket_receive(struct engine *e, struct station *s, uint32_t message, simtime now)
{
	const struct bucket_spec *bucket = s->spec;
	const struct way *ways = e->flow->notifications[bucket - e->scenario->buckets];
	struct message m = e->messages.items[message];
	uint64_t wanted = 0;
	s->counts.received++;
	for (size_t i = 0; i < bucket->notification_count; i++) {
		struct branch b = {bucket->notifications[i].target, &ways[i]};
		hand_on(e, (struct fanout *)s, &b, &m, i, &wanted, now);
	}
	if (bucket->event_bridge && e->flow->default_bus != SIZE_MAX) {
		struct branch b = {{TARGET_BUS, e->flow->default_bus, "default"},
		                   &e->flow->object_events[bucket - e->scenario->buckets]};
		hand_on(e, (struct fanout *)s, &b, &m, bucket->notification_count, &wanted, now);
	}
	finish(e, s, message, wanted, now);
}

/* --- figures ------------------------------------------------------------------------------------------------------------------------------ */

static void collect(struct engine *e, struct station *s, simtime now, double *out)
{
	(void)e, (void)now;
	const struct fanout *f = (const struct fanout *)s;
	out[0] = (double)(s->counts.received - s->base.received);
	out[1] = (double)f->delivered;
	out[2] = (double)f->unwanted;
}

static const struct station_figure topic_figures[] = {
	{"NumberOfMessagesPublished", "", FIGURE_COUNT},
	{"NumberOfNotificationsDelivered", "", FIGURE_COUNT},
	{"NumberOfNotificationsFilteredOut", "", FIGURE_COUNT},
};

static const struct station_figure bus_figures[] = {
	{"PutEventsEntriesCount", "", FIGURE_COUNT},
	{"Invocations", "", FIGURE_COUNT}, /* of targets, as AWS/Events calls them */
	{"NotMatched", "", FIGURE_COUNT},
};

static const struct station_figure bucket_figures[] = {
	{"PutRequests", "", FIGURE_COUNT},
	{"Notifications", "", FIGURE_COUNT},
	{"NotMatched", "", FIGURE_COUNT},
};

#define FANOUT_OPS(kind)                                                                                            \
	{                                                                                                           \
		.size = sizeof(struct fanout), .figures = kind##_figures,                                           \
		.figure_count = sizeof kind##_figures / sizeof *kind##_figures, .compile = compile, .start = start, \
		.receive = kind##_receive, .warm_up_end = warm_up_end, .held = held, .collect = collect,            \
	}

const struct station_ops station_topic = FANOUT_OPS(topic);
const struct station_ops station_bus = FANOUT_OPS(bus);
const struct station_ops station_bucket = FANOUT_OPS(bucket);
