/* What lies between functions: events that are lost, given up or late, and places that fill faster than they are read. */
#include <math.h>
#include <string.h>

#include "reports/finding_part.h"
#include "reports/stationtable.h"
#include "sim/base/memory.h"

/* From here on a thing is worth a sentence. Judgement, not AWS's rules. */
static const double NOTABLE_OLD = 0.5;          /* of a retention */
static const double NOTABLE_GROWTH = 1.3;       /* times a backlog or an age, from one third of the run to the next */
static const double NOTABLE_BACKLOG = 10;       /* events */
static const double NOTABLE_LEFT = 0.1;         /* of what came, still there at the end */
static const double NOTABLE_AGE_MS = 60000;     /* at the end, of what ages */
static const double NOTABLE_BLOCKED_MS = 60000; /* of a shard */

/* "0.96 % of what came to Job is dead-lettered: 35.5 events." */
static void say_end(struct findings *f, const struct station_place *x, enum finding_rank rank, const char *end, const char *what)
{
	bool several = x->scope == RECORD_STREAM && station_readers(f->r, x->name) > 1; /* each has findings of its own */
	if (several || !(report_point(f->r, x->scope, x->name, x->number, end) > 0))
		return;
	finding__say(f, rank);
	prose_figure(f->p, finding__mean(f->r, x->scope, x->name, x->share, end));
	prose_printf(f->p, " of %s ", x->scope == RECORD_FUNCTION ? "the asynchronous events of" : "what came to");
	prose_name(f->p, x->name);
	prose_printf(f->p, " %s: ", what);
	prose_figure(f->p, finding__mean(f->r, x->scope, x->name, x->number, end));
	prose_text(f->p, " in all.");
	finding__stop_named(f);
}

static void find_lost(struct findings *f, const struct station_place *x)
{
	say_end(f, x, FINDING_BAD, "dropped", "is given up and lost");
	say_end(f, x, FINDING_BAD, "expired", "becomes too old and is lost");
}

static void find_dead(struct findings *f, const struct station_place *x)
{
	say_end(f, x, FINDING_WATCH, "dead-lettered", "is given up and kept in a dead-letter queue or destination");
}

static double mean_between(const struct report_series *s, double from, double to)
{
	double sum = 0;
	size_t n = 0;
	for (size_t i = (size_t)(from * (double)s->count); i < (size_t)(to * (double)s->count); i++)
		if (!isnan(s->values[i])) {
			sum += s->values[i];
			n++;
		}
	return n > 0 ? sum / (double)n : 0;
}

/* It grows from third to third, and ends at its height, which is `least` or more. */
static bool grows(const struct report_series *s, double least)
{
	if (s == NULL || s->count < 10)
		return false;
	double first = mean_between(s, 0, 1 / 3.0), second = mean_between(s, 1 / 3.0, 2 / 3.0), third = mean_between(s, 2 / 3.0, 1);
	double end = mean_between(s, 0.9, 1);
	return third >= NOTABLE_GROWTH * second && second >= NOTABLE_GROWTH * first && end >= third && end >= least;
}

/* Nothing has ever read the queue. Of a dead-letter queue nothing else is expected. */
static bool is_unread(const struct findings *f, const struct station_place *x)
{
	return x->scope == RECORD_QUEUE && report_point(f->r, x->scope, x->name, "NumberOfMessagesReceived", "") == 0;
}

static bool backlog_grows(const struct findings *f, const struct station_place *x)
{
	return !is_unread(f, x) && x->depth != NULL && grows(report_series(f->r, x->scope, x->name, x->depth), NOTABLE_BACKLOG);
}

static void find_backlog(struct findings *f, const struct station_place *x)
{
	if (!backlog_grows(f, x))
		return;
	finding__say(f, FINDING_BAD);
	prose_text(f->p, "The backlog of ");
	prose_name(f->p, x->name);
	prose_text(f->p, " grows to the end of the run, when ");
	prose_figure(f->p, finding__mean(f->r, x->scope, x->name, x->number, "in flight"));
	prose_text(f->p, " events are left: it is read more slowly than it is filled.");
	finding__stop_named(f);
}

/* A queue that the workload itself fills and nothing reads. */
static void find_unread(struct findings *f, const struct station_place *x)
{
	bool filled = false;
	for (size_t i = 0; i < f->r->sources.count; i++)
		filled = filled || strcmp(f->r->sources.items[i].name, x->name) == 0;
	if (!filled || !is_unread(f, x) || !(report_point(f->r, x->scope, x->name, x->number, "in flight") > 0))
		return;
	finding__say(f, FINDING_BAD);
	prose_text(f->p, "Nothing reads ");
	prose_name(f->p, x->name);
	prose_text(f->p, ": ");
	prose_figure(f->p, finding__mean(f->r, x->scope, x->name, x->number, "in flight"));
	prose_text(f->p, " events are left in it.");
	finding__stop_named(f);
}

/* Much is left at the end, without having grown all the time. */
static void find_left(struct findings *f, const struct station_place *x)
{
	double left = report_point(f->r, x->scope, x->name, x->number, "in flight");
	bool much = left >= NOTABLE_BACKLOG && report_point(f->r, x->scope, x->name, x->share, "in flight") >= NOTABLE_LEFT;
	if (!much || is_unread(f, x) || backlog_grows(f, x))
		return;
	finding__say(f, FINDING_WATCH);
	prose_figure(f->p, finding__mean(f->r, x->scope, x->name, x->share, "in flight"));
	prose_printf(f->p, " of %s ", x->scope == RECORD_FUNCTION ? "the asynchronous events of" : "what came to");
	prose_name(f->p, x->name);
	prose_text(f->p, " is still under way when the run ends: ");
	prose_figure(f->p, finding__mean(f->r, x->scope, x->name, x->number, "in flight"));
	prose_text(f->p, " events.");
	finding__stop_named(f);
}

/* What is read grows older and older, though it is not many. */
static void find_aging(struct findings *f, const struct station_place *x)
{
	if (x->age == NULL || is_unread(f, x) || backlog_grows(f, x) ||
	    !grows(report_series(f->r, x->scope, x->name, x->age), NOTABLE_AGE_MS))
		return;
	finding__say(f, FINDING_BAD);
	prose_text(f->p, x->scope == RECORD_STREAM ? "The iterator age of " : "The age of the oldest message in ");
	prose_name(f->p, x->name);
	prose_text(f->p, " rises to the end of the run; its maximum is ");
	prose_figure(f->p, finding__mean(f->r, x->scope, x->name, x->age, "max"));
	prose_text(f->p, ".");
	finding__stop_named(f);
}

/* Filters are there to filter; that nothing passes is hardly meant. */
static void find_filtered(struct findings *f, const struct station_place *x)
{
	if (!(report_point(f->r, x->scope, x->name, x->share, "filtered") == 1))
		return;
	finding__say(f, FINDING_WATCH);
	prose_text(f->p, "All that came to ");
	prose_name(f->p, x->name);
	prose_text(f->p, " is filtered out, ");
	prose_figure(f->p, finding__mean(f->r, x->scope, x->name, x->number, "filtered"));
	prose_text(f->p, " events: no filter, rule or subscription wants any of it.");
	finding__stop_named(f);
}

static void find_old(struct findings *f, const struct station_place *x)
{
	const struct report_resource *about = report_resource(f->r, x->scope, x->name);
	if (about == NULL || about->retention == 0)
		return;
	double limit_ms = (double)about->retention / SIMTIME_MS;
	if (!(report_point(f->r, x->scope, x->name, x->age, "max") >= NOTABLE_OLD * limit_ms))
		return;
	struct textbuf kept = {0};
	human_time(&kept, limit_ms / 1000);
	finding__say(f, FINDING_BAD);
	prose_name(f->p, x->name);
	prose_text(f->p, x->scope == RECORD_QUEUE ? " holds messages until they are as old as "
	                                          : " is read when its records are as old as ");
	prose_figure(f->p, finding__mean(f->r, x->scope, x->name, x->age, "max"));
	prose_printf(f->p, "; it keeps them for %s.", textbuf_text(&kept));
	finding__stop_named(f);
	textbuf_fini(&kept);
}

/* "Clicks refuses 12 records: ...": a count that should be 0. */
static void find_count(struct findings *f, const struct station_place *x, enum finding_rank rank, const char *metric,
                       const char *before, const char *after)
{
	if (!(report_point(f->r, x->scope, x->name, metric, "") > 0))
		return;
	finding__say(f, rank);
	prose_name(f->p, x->name);
	prose_text(f->p, before);
	prose_figure(f->p, finding__mean(f->r, x->scope, x->name, metric, ""));
	prose_text(f->p, after);
	finding__stop_named(f);
}

static void find_trouble(struct findings *f, const struct station_place *x)
{
	if (x->scope == RECORD_STREAM) {
		find_count(f, x, FINDING_BAD, "WriteProvisionedThroughputExceeded", " refuses ",
		           " writes: they are more than its shards take, or fall on few of them.");
	} else if (x->scope == RECORD_QUEUE) {
		find_count(f, x, FINDING_BAD, "SendsThrottled", " refuses ",
		           " sends: they are more than a FIFO queue takes in a second, and lost unless the producer repeats them.");
		find_count(f, x, FINDING_WATCH, "ProcessedAgain", " has ",
		           " messages processed again: their visibility timeout was over before the run was.");
		find_count(
			f, x, FINDING_WATCH, "DroppedEventCount", " has ",
			" messages received in vain: throttled until their visibility timeout was over, or stopped in a loop of functions.");
	} else if (x->scope == RECORD_FUNCTION) {
		find_count(f, x, FINDING_BAD, "DestinationDeliveryFailures", " has ",
		           " records that its destination did not take: they are lost.");
		find_count(f, x, FINDING_BAD, "DeadLetterErrors", " has ",
		           " events that its dead-letter queue did not take: they are lost.");
	}
}

static void find_blocked(struct findings *f, const struct station_place *x)
{
	if (x->scope != RECORD_STREAM || !(report_point(f->r, x->scope, x->name, "BlockedTime_ms", "max") >= NOTABLE_BLOCKED_MS))
		return;
	finding__say(f, FINDING_WATCH);
	prose_text(f->p, "A shard of ");
	prose_name(f->p, x->name);
	prose_text(f->p, " is blocked for ");
	prose_figure(f->p, finding__mean(f->r, x->scope, x->name, "BlockedTime_ms", "max"));
	prose_text(f->p, " by a batch that is repeated; what came after it waits.");
	finding__stop_named(f);
}

/* Looks at all places, one kind of finding after the other. */
static void find_places(struct findings *f, void (*const *of_place)(struct findings *f, const struct station_place *x),
                        size_t kinds)
{
	size_t count;
	struct station_place *places = station_places(f->r, &count);
	for (size_t kind = 0; kind < kinds; kind++)
		for (size_t i = 0; i < count; i++)
			of_place[kind](f, &places[i]);
	memory_free(places);
}

void finding__stations_bad(struct findings *f)
{
	static void (*const looks[])(struct findings * f, const struct station_place *x) = {find_lost, find_backlog, find_unread,
	                                                                                    find_aging, find_old};
	find_places(f, looks, sizeof looks / sizeof looks[0]);
}

void finding__stations_watched(struct findings *f)
{
	static void (*const looks[])(struct findings * f, const struct station_place *x) = {find_trouble, find_blocked, find_dead,
	                                                                                    find_filtered, find_left};
	find_places(f, looks, sizeof looks / sizeof looks[0]);
}
