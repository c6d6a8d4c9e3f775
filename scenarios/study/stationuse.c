/* stationuse: see stationuse.h. */
#include "scenarios/study/stationuse.h"

#include <math.h>
#include <string.h>

static const double GB = 1024.0 * 1024 * 1024;

struct list {
	const struct plan *plan;
	const struct run_result *x; /* NULL: names only */
	double factor, hours;       /* hours of the replication */
	struct service_use *items;
	size_t count;
};

/* Room for a Kinesis stream: shard-hours or stream-hours, units or data in, retention or data out, two of fan-out. */
enum { USES_MOST = 5 };

static void add(struct list *l, enum service_item item, const char *resource, double quantity)
{
	bool any = l->x && isfinite(quantity) && quantity > 0;
	l->items[l->count++] = (struct service_use){item, resource, any ? quantity * l->factor : 0};
}

/* A figure of a station's; 0 without a result. */
static double figure(const struct list *l, size_t station, const char *name, const char *statistic)
{
	const struct station_ops *ops = l->plan->flow.stations[station].ops;
	for (size_t i = 0; l->x && i < ops->figure_count; i++)
		if (strcmp(ops->figures[i].name, name) == 0 && strcmp(ops->figures[i].statistic, statistic) == 0)
			return l->x->stations[station].figures[i];
	return 0;
}

static void add_queue(struct list *l, size_t station, size_t index)
{
	const struct scenario *s = l->plan->scenario;
	const struct queue_spec *q = &s->queues[index];
	bool provisioned = false;
	for (size_t i = 0; i < s->mapping_count; i++) {
		const struct mapping_spec *m = &s->mappings[i];
		provisioned = provisioned || (m->source.kind == TARGET_QUEUE && m->source.index == index && m->max_pollers > 0);
	}
	add(l, q->fifo ? SERVICE_SQS_FIFO : SERVICE_SQS, q->name, figure(l, station, "Requests", ""));
	if (provisioned)
		add(l, SERVICE_POLLERS, q->name, figure(l, station, "ProvisionedPollers", "mean") * l->hours);
}

static void add_topic(struct list *l, size_t station, size_t index)
{
	const struct topic_spec *t = &l->plan->scenario->topics[index];
	add(l, t->fifo ? SERVICE_SNS_FIFO : SERVICE_SNS, t->name,
	    figure(l, station, t->fifo ? "NumberOfMessagesPublished" : "Requests", ""));
	if (t->fifo)
		add(l, SERVICE_SNS_FIFO_DELIVERIES, t->name, figure(l, station, "NumberOfNotificationsDelivered", ""));
}

static bool is_of_schedule(const struct scenario *s, size_t bus)
{
	for (size_t i = 0; i < s->source_count; i++) {
		const struct source_spec *x = &s->sources[i];
		bool schedule = x->kind == SOURCE_SCHEDULE || x->kind == SOURCE_SCHEDULER;
		if (schedule && x->target.kind == TARGET_BUS && x->target.index == bus)
			return true;
	}
	return false;
}

/* What buckets send to the default bus. */
static double object_events(const struct list *l)
{
	const struct flow *f = &l->plan->flow;
	double sum = 0;
	for (size_t i = 0; i < f->station_count; i++)
		if (f->stations[i].kind == TARGET_BUCKET && f->stations[i].used)
			for (size_t k = 0; k < l->plan->scenario->bucket_count; k++) {
				const struct bucket_spec *b = &l->plan->scenario->buckets[k];
				sum += b->event_bridge && strcmp(b->name, f->stations[i].name) == 0
				               ? figure(l, i, "PutRequests", "")
				               : 0;
			}
	return sum;
}

static void add_bus(struct list *l, size_t station, size_t index)
{
	const struct bus_spec *b = &l->plan->scenario->buses[index];
	if (is_of_schedule(l->plan->scenario, index))
		return;
	double own = strcmp(b->name, "default") == 0 ? object_events(l) : 0;
	add(l, SERVICE_EVENTS, b->name, figure(l, station, "BilledEvents", "") - own);
}

/* Its readers: mappings with and without enhanced fan-out. */
static size_t readers(const struct scenario *s, size_t stream, bool fan_out)
{
	size_t n = 0;
	for (size_t i = 0; i < s->mapping_count; i++) {
		const struct mapping_spec *m = &s->mappings[i];
		n += m->enabled && m->source.kind == TARGET_STREAM && m->source.index == stream && m->enhanced_fan_out == fan_out;
	}
	return n;
}

static void add_stream(struct list *l, size_t station, size_t index)
{
	const struct scenario *s = l->plan->scenario;
	const struct stream_spec *t = &s->streams[index];
	if (t->kind != STREAM_KINESIS)
		return;
	double bytes = figure(l, station, "IncomingBytes", "");
	size_t fan_out = readers(s, index, true);
	if (t->on_demand) {
		add(l, SERVICE_STREAM_HOURS, t->name, l->hours);
		add(l, SERVICE_GB_IN, t->name, figure(l, station, "DataInKilobytes", "") * SERVICE_DATA_IN / GB);
		add(l, SERVICE_GB_OUT, t->name, bytes / GB * (double)readers(s, index, false));
		if (fan_out > 0)
			add(l, SERVICE_FAN_OUT_GB_ON_DEMAND, t->name, bytes / GB * (double)fan_out);
		return;
	}
	add(l, SERVICE_SHARD_HOURS, t->name, t->shards * l->hours);
	add(l, SERVICE_PUT_UNITS, t->name, figure(l, station, "PutPayloadUnits", ""));
	if (t->retention > SIMTIME_DAY)
		add(l, SERVICE_RETENTION, t->name, t->shards * l->hours);
	if (fan_out > 0) {
		add(l, SERVICE_FAN_OUT_HOURS, t->name, t->shards * l->hours * (double)fan_out);
		add(l, SERVICE_FAN_OUT_GB, t->name, bytes / GB * (double)fan_out);
	}
}

static void add_station(struct list *l, size_t station, size_t index)
{
	switch (l->plan->flow.stations[station].kind) {
	case TARGET_QUEUE: add_queue(l, station, index); break;
	case TARGET_TOPIC: add_topic(l, station, index); break;
	case TARGET_BUS: add_bus(l, station, index); break;
	case TARGET_STREAM: add_stream(l, station, index); break;
	case TARGET_BUCKET:
		add(l, SERVICE_PUTS, l->plan->flow.stations[station].name, figure(l, station, "PutRequests", ""));
		break;
	default: break;
	}
}

struct service_use *stationuse_list(const struct plan *p, const struct run_result *x, double factor, size_t *count, struct arena *a)
{
	const struct scenario *s = p->scenario;
	const struct flow *f = &p->flow;
	size_t seen[TARGET_KINDS] = {0}; /* stations of a kind stand in the scenario's order */
	struct list l = {p,
	                 x,
	                 factor,
	                 simtime_s(s->duration - p->warm_up) / 3600,
	                 ARENA_ARRAY(a, USES_MOST * f->station_count + s->source_count + 1, struct service_use),
	                 0};
	for (size_t i = 0; i < f->station_count; i++) {
		size_t index = seen[f->stations[i].kind]++;
		if (f->stations[i].used)
			add_station(&l, i, index);
	}
	for (size_t i = 0; i < s->source_count; i++) {
		const struct source_spec *source = &s->sources[i];
		double sent = x ? (double)source_sent(&x->sources[i].counts) : 0;
		if (source->kind == SOURCE_SCHEDULER)
			add(&l, SERVICE_SCHEDULER, source->name, sent);
		if (source->viewer_functions > 0)
			add(&l, SERVICE_VIEWER_FUNCTIONS, source->name, sent * source->viewer_functions);
	}
	*count = l.count;
	return l.items;
}
