/* fanout: see fanout.h. */
#include "models/source/fanout.h"

#include <assert.h>

#include "models/invoke/engine.h"
#include "models/money/service.h"
#include "models/source/delivery.h"
#include "models/spec/purpose.h"
#include "sim/base/memory.h"
#include "sim/draw.h"
#include "sim/gauge.h"

enum fanout_task { FANOUT_ATTEMPT, FANOUT_EXPIRE };

#define NO_DELIVERY UINT32_MAX

/* Edges of children's identities: a branch's number, and with this bit that of its dead letters. */
#define EDGE_DEAD_LETTER ((uint64_t)1 << 32)

/* One of those who get copies. */
struct branch {
	struct target target, dead_letter;
	const struct way *way, *dead_way;
	uint32_t edge;     /* its number among all, those of disabled rules too */
	uint32_t attempts; /* most */
	simtime max_age;   /* of the event; SIMTIME_NEVER for none */
};

/* A copy that could not be handed over yet. */
struct delivery {
	uint32_t message, branch, attempts;
	uint32_t next_free;
};

/* After the warm-up. */
struct fanout_counts {
	uint64_t delivered; /* copies handed on */
	uint64_t unwanted;  /* copies that a filter kept back */
	uint64_t unmatched; /* events that all filters kept back */
	uint64_t failed;    /* copies given up */
	uint64_t redriven;  /* of them: into dead-letter queues */
	uint64_t lost;      /* of them: that their dead-letter queue does not take */
	uint64_t attempts, retries;
	uint64_t chunks; /* of 64 KB: what is billed */
};

struct fanout {
	struct station base;
	const struct branch *branches;
	size_t branch_count;
	struct delivery_spec delivery;
	simtime (*pause)(uint32_t attempts);
	struct delivery *waiting;
	size_t waiting_count, waiting_capacity;
	uint32_t waiting_free;
	uint64_t held;
	struct fanout_counts counts;
	struct gauge level; /* copies that wait for another attempt */
	area128 level_base;
	int64_t level_top;
};

/* --- who gets copies --------------------------------------------------------------------------------------------------------------------- */

static struct branch *branches_new(struct fanout *f, size_t count, struct arena *a)
{
	struct branch *list = ARENA_ARRAY(a, count, struct branch);
	f->branches = list;
	f->branch_count = count;
	return list;
}

static void topic_compile(struct engine *e, struct station *s, struct arena *a)
{
	struct fanout *f = (struct fanout *)s;
	const struct topic_spec *t = s->spec;
	size_t topic = (size_t)(t - e->scenario->topics);
	struct branch *list = branches_new(f, t->subscription_count, a);
	for (size_t i = 0; i < t->subscription_count; i++)
		list[i] = (struct branch){.target = t->subscriptions[i].target,
		                          .dead_letter = t->subscriptions[i].dead_letter,
		                          .way = &e->flow->subscriptions[topic][i],
		                          .dead_way = &e->flow->redrives[topic][i],
		                          .edge = (uint32_t)i,
		                          .attempts = DELIVERY_SNS_ATTEMPTS,
		                          .max_age = SIMTIME_NEVER};
	f->delivery = t->delivery;
	f->pause = delivery_pause_sns;
}

static void bus_compile(struct engine *e, struct station *s, struct arena *a)
{
	struct fanout *f = (struct fanout *)s;
	const struct bus_spec *bus = s->spec;
	size_t index = (size_t)(bus - e->scenario->buses), most = 0, count = 0;
	uint32_t edge = 0;
	for (size_t i = 0; i < bus->rule_count; i++)
		most += bus->rules[i].target_count;
	struct branch *list = branches_new(f, most, a);
	for (size_t i = 0; i < bus->rule_count; i++)
		for (size_t k = 0; k < bus->rules[i].target_count; k++, edge++) {
			const struct rule_target_spec *t = &bus->rules[i].targets[k];
			if (bus->rules[i].disabled)
				continue;
			list[count++] = (struct branch){.target = t->target,
			                                .dead_letter = t->dead_letter,
			                                .way = &e->flow->rules[index][i][k],
			                                .dead_way = &e->flow->undelivered[index][i][k],
			                                .edge = edge,
			                                .attempts = 1 + (uint32_t)t->max_retries,
			                                .max_age = t->max_age};
		}
	f->branch_count = count;
	f->delivery = bus->delivery;
	f->pause = delivery_pause_events;
}

static void bucket_compile(struct engine *e, struct station *s, struct arena *a)
{
	struct fanout *f = (struct fanout *)s;
	const struct bucket_spec *bucket = s->spec;
	size_t index = (size_t)(bucket - e->scenario->buckets);
	bool bus = bucket->event_bridge && e->flow->default_bus != SIZE_MAX;
	struct branch *list = branches_new(f, bucket->notification_count + bus, a);
	for (size_t i = 0; i < bucket->notification_count; i++)
		list[i] = (struct branch){.target = bucket->notifications[i].target,
		                          .way = &e->flow->notifications[index][i],
		                          .edge = (uint32_t)i,
		                          .attempts = 1,
		                          .max_age = SIMTIME_NEVER};
	if (bus)
		list[bucket->notification_count] = (struct branch){.target = {TARGET_BUS, e->flow->default_bus, "default"},
		                                                   .way = &e->flow->object_events[index],
		                                                   .edge = (uint32_t)bucket->notification_count,
		                                                   .attempts = 1,
		                                                   .max_age = SIMTIME_NEVER};
}

/* --- a replication ----------------------------------------------------------------------------------------------------------------------- */

static void start(struct engine *e, struct station *s)
{
	(void)e;
	struct fanout *f = (struct fanout *)s;
	f->waiting_count = 0;
	f->waiting_free = NO_DELIVERY;
	f->held = 0;
	f->counts = (struct fanout_counts){0};
	f->level = (struct gauge){0};
	f->level_base = 0;
	f->level_top = 0;
}

static void warm_up_end(struct engine *e, struct station *s, simtime now)
{
	(void)e;
	struct fanout *f = (struct fanout *)s;
	f->counts = (struct fanout_counts){0};
	gauge_settle(&f->level, now);
	gauge_peak_reset(&f->level);
	f->level_base = f->level.area;
	f->level_top = f->level.level;
}

static uint64_t held(const struct engine *e, const struct station *s)
{
	(void)e;
	return ((const struct fanout *)s)->held;
}

static void fini(struct station *s)
{
	memory_free(((struct fanout *)s)->waiting);
}

static void count(const struct engine *e, uint64_t *counter)
{
	*counter += e->counting;
}

/* --- how a copy ends --------------------------------------------------------------------------------------------------------------------- */

/* The message's `outcome` is the worst end of its copies so far, `receives` how many of them wait. */
static void settle(struct engine *e, uint32_t message, enum station_end how)
{
	static const uint8_t badness[STATION_ENDS] =
		{[END_FILTERED] = 0, [END_DELIVERED] = 1, [END_DEAD_LETTERED] = 2, [END_EXPIRED] = 3, [END_DROPPED] = 4};
	struct message *m = &e->messages.items[message];
	if (badness[how] > badness[m->outcome])
		m->outcome = (uint8_t)how;
}

static void finish(struct engine *e, struct fanout *f, uint32_t message, simtime now)
{
	const struct message *m = &e->messages.items[message];
	if (m->receives > 0)
		return;
	f->held--;
	station_end(e, &f->base, message, (enum station_end)m->outcome, now);
}

static void hand_over(struct engine *e, struct fanout *f, const struct branch *b, uint32_t message, simtime now)
{
	const struct message m = e->messages.items[message]; /* handing on moves the pool */
	uint32_t payload = way_content(b->way, m.payload);
	count(e, &f->counts.delivered);
	settle(e, message, END_DELIVERED);
	if (b->target.kind == TARGET_FUNCTION)
		station_hand_child(e, b->target, &m, b->edge, 0, payload, now);
	else
		station_send_child(e, b->target, &m, b->edge, 0, payload, now);
}

static void give_up(struct engine *e, struct fanout *f, const struct branch *b, uint32_t message, enum station_end how, simtime now)
{
	const struct message m = e->messages.items[message];
	count(e, &f->counts.failed);
	if (b->dead_letter.kind != TARGET_NONE && way_refuses(b->dead_way, m.payload)) {
		count(e, &f->counts.lost);
	} else if (b->dead_letter.kind != TARGET_NONE) {
		count(e, &f->counts.redriven);
		how = END_DEAD_LETTERED;
		station_send_child(e, b->dead_letter, &m, EDGE_DEAD_LETTER | b->edge, 0, way_content(b->dead_way, m.payload), now);
	}
	settle(e, message, how);
}

/* --- attempts ---------------------------------------------------------------------------------------------------------------------------- */

static void wait_for(struct engine *e, struct fanout *f, struct delivery d, enum fanout_task what, simtime at, simtime now)
{
	uint32_t index = f->waiting_free;
	if (index != NO_DELIVERY) {
		f->waiting_free = f->waiting[index].next_free;
	} else {
		MEMORY_ROOM(f->waiting, f->waiting_count, f->waiting_capacity);
		index = (uint32_t)f->waiting_count++;
	}
	f->waiting[index] = d;
	e->messages.items[d.message].receives++;
	gauge_up(&f->level, now);
	station_task(e, &f->base, at, what, index);
}

static struct delivery no_longer(struct engine *e, struct fanout *f, uint32_t index, simtime now)
{
	struct delivery d = f->waiting[index];
	f->waiting[index].next_free = f->waiting_free;
	f->waiting_free = index;
	e->messages.items[d.message].receives--;
	gauge_down(&f->level, now);
	return d;
}

/* Which draw an attempt is. */
static uint64_t draw_of(const struct fanout *f, const struct delivery *d)
{
	return (uint64_t)f->branches[d->branch].edge << 32 | d->attempts;
}

static bool refused(const struct engine *e, const struct fanout *f, const struct message *m, const struct delivery *d)
{
	return f->delivery.failure_rate > 0 &&
	       draw_uniform(station_draw(e, m, PURPOSE_REFUSAL, draw_of(f, d))) < f->delivery.failure_rate;
}

static simtime pause_after(const struct engine *e, const struct fanout *f, const struct message *m, const struct delivery *d)
{
	simtime pause = f->pause(d->attempts);
	if (pause == 0 || f->delivery.jitter <= 0)
		return pause;
	return delivery_jitter(pause, &f->delivery, station_draw(e, m, PURPOSE_DELIVERY, draw_of(f, d)));
}

/* Tries now, and without a pause as often as there is none; else the copy waits. */
static void attempt(struct engine *e, struct fanout *f, struct delivery d, simtime now)
{
	const struct branch *b = &f->branches[d.branch];
	const struct message m = e->messages.items[d.message];
	for (;;) {
		count(e, &f->counts.attempts);
		f->counts.retries += e->counting && d.attempts > 0;
		d.attempts++;
		if (way_refuses(b->way, m.payload)) {
			give_up(e, f, b, d.message, END_DROPPED, now);
			return;
		}
		if (!refused(e, f, &m, &d)) {
			hand_over(e, f, b, d.message, now);
			return;
		}
		if (d.attempts >= b->attempts) {
			give_up(e, f, b, d.message, END_DROPPED, now);
			return;
		}
		simtime pause = pause_after(e, f, &m, &d), left = b->max_age - (now - m.since);
		if (pause > left) {
			wait_for(e, f, d, FANOUT_EXPIRE, now + (left > 0 ? left : 0), now);
			return;
		}
		if (pause > 0) {
			wait_for(e, f, d, FANOUT_ATTEMPT, now + pause, now);
			return;
		}
	}
}

static void receive(struct engine *e, struct station *s, uint32_t message, simtime now)
{
	struct fanout *f = (struct fanout *)s;
	s->counts.received++;
	f->held++;
	if (e->counting)
		f->counts.chunks += service_units(e->flow->contents.items[e->messages.items[message].payload].size, SERVICE_CHUNK);
	e->messages.items[message].receives = 0;
	e->messages.items[message].outcome = END_FILTERED;
	size_t taken = 0;
	for (size_t i = 0; i < f->branch_count; i++) {
		if (filter_takes(&f->branches[i].way->filter, &e->messages.items[message])) {
			taken++;
			attempt(e, f, (struct delivery){message, (uint32_t)i, 0, NO_DELIVERY}, now);
		} else {
			count(e, &f->counts.unwanted);
		}
	}
	if (taken == 0)
		count(e, &f->counts.unmatched);
	finish(e, f, message, now);
}

static void task(struct engine *e, struct station *s, unsigned what, uint32_t subject, simtime now)
{
	struct fanout *f = (struct fanout *)s;
	struct delivery d = no_longer(e, f, subject, now);
	if ((enum fanout_task)what == FANOUT_ATTEMPT)
		attempt(e, f, d, now);
	else
		give_up(e, f, &f->branches[d.branch], d.message, END_EXPIRED, now);
	finish(e, f, d.message, now);
}

/* --- figures ------------------------------------------------------------------------------------------------------------------------------ */

/* Of failures and what waits: the last figures of topics and buses. */
static void collect_failures(struct engine *e, struct fanout *f, simtime now, double *out)
{
	double span = (double)(now - e->count_from);
	gauge_settle(&f->level, now);
	int64_t top = gauge_peak_reset(&f->level);
	*out++ = (double)f->counts.failed;
	*out++ = (double)f->counts.redriven;
	*out++ = (double)f->counts.lost;
	*out++ = (double)f->counts.attempts;
	*out++ = (double)f->counts.retries;
	*out++ = span > 0 ? (double)(f->level.area - f->level_base) / span : 0;
	*out++ = (double)(top > f->level_top ? top : f->level_top);
	*out++ = (double)f->counts.chunks;
}

static void collect_copies(const struct station *s, uint64_t handed_on, uint64_t unwanted, double *out)
{
	out[0] = (double)(s->counts.received - s->base.received);
	out[1] = (double)handed_on;
	out[2] = (double)unwanted;
}

static void topic_collect(struct engine *e, struct station *s, simtime now, double *out)
{
	struct fanout *f = (struct fanout *)s;
	collect_copies(s, f->counts.delivered, f->counts.unwanted, out);
	collect_failures(e, f, now, out + 3);
}

/* Invocations counts a target's once for each event, whether it succeeds or fails for good. */
static void bus_collect(struct engine *e, struct station *s, simtime now, double *out)
{
	struct fanout *f = (struct fanout *)s;
	collect_copies(s, f->counts.delivered + f->counts.failed, f->counts.unmatched, out);
	collect_failures(e, f, now, out + 3);
}

static void bucket_collect(struct engine *e, struct station *s, simtime now, double *out)
{
	const struct fanout *f = (const struct fanout *)s;
	(void)e, (void)now;
	collect_copies(s, f->counts.delivered, f->counts.unmatched, out);
}

static const struct station_figure topic_figures[] = {
	{"NumberOfMessagesPublished", "", FIGURE_COUNT},
	{"NumberOfNotificationsDelivered", "", FIGURE_COUNT},
	{"NumberOfNotificationsFilteredOut", "", FIGURE_COUNT},
	{"NumberOfNotificationsFailed", "", FIGURE_COUNT},
	{"NumberOfNotificationsRedrivenToDlq", "", FIGURE_COUNT},
	{"NumberOfNotificationsFailedToRedriveToDlq", "", FIGURE_COUNT},
	{"DeliveryAttempts", "", FIGURE_COUNT},
	{"DeliveryRetries", "", FIGURE_COUNT},
	{"DeliveriesWaiting", "mean", FIGURE_MEAN},
	{"DeliveriesWaiting", "max", FIGURE_MAX},
	{"Requests", "", FIGURE_COUNT}, /* that a standard topic's publishes are billed as */
};

static const struct station_figure bus_figures[] = {
	{"PutEventsEntriesCount", "", FIGURE_COUNT},
	{"Invocations", "", FIGURE_COUNT}, /* of targets, as AWS/Events calls them */
	{"NotMatched", "", FIGURE_COUNT},
	{"FailedInvocations", "", FIGURE_COUNT},
	{"InvocationsSentToDlq", "", FIGURE_COUNT},
	{"InvocationsFailedToBeSentToDlq", "", FIGURE_COUNT},
	{"InvocationAttempts", "", FIGURE_COUNT},
	{"RetryInvocationAttempts", "", FIGURE_COUNT},
	{"DeliveriesWaiting", "mean", FIGURE_MEAN},
	{"DeliveriesWaiting", "max", FIGURE_MAX},
	{"BilledEvents", "", FIGURE_COUNT},
};

static const struct station_figure bucket_figures[] = {
	{"PutRequests", "", FIGURE_COUNT},
	{"Notifications", "", FIGURE_COUNT},
	{"NotMatched", "", FIGURE_COUNT},
};

#define FANOUT_OPS(kind)                                                                                                   \
	{                                                                                                                  \
		.size = sizeof(struct fanout), .figures = kind##_figures,                                                  \
		.figure_count = sizeof kind##_figures / sizeof *kind##_figures, .compile = kind##_compile, .start = start, \
		.receive = receive, .task = task, .warm_up_end = warm_up_end, .held = held, .collect = kind##_collect,     \
		.fini = fini,                                                                                              \
	}

const struct station_ops station_topic = FANOUT_OPS(topic);
const struct station_ops station_bus = FANOUT_OPS(bus);
const struct station_ops station_bucket = FANOUT_OPS(bucket);
