#include "reports/stationtable.h"

#include <string.h>

#include "sim/base/memory.h"

const struct station_table station_tables[STATION_TABLES] = {
	{RECORD_QUEUE,
         "queues",
         "Queues",
         "Queue",
         "Age is the time from a message's arrival in the queue until it was processed. Oldest is the largest age of the oldest message that "
         "lay in the queue.",
         {{"Sent", "NumberOfMessagesSent", ""},
          {"Processed", "Ended", "delivered"},
          {"Dead-lettered", "Ended", "dead-lettered"},
          {"Age p50", "Age_ms", "p50"},
          {"Age p99", "Age_ms", "p99"},
          {"Oldest", "ApproximateAgeOfOldestMessage_ms", "max"},
          {"Peak visible", "ApproximateNumberOfMessagesVisible", "max"}}},
	{RECORD_STREAM,
         "streams",
         "Streams",
         "Stream",
         "All readers together: a record ends here as the worst of what its readers did with it. Iterator age is the age of a batch's last record when its "
         "invocation is done. A shard is blocked while a batch of it is being repeated.",
         {{"Records", "IncomingRecords", ""},
          {"Processed", "Ended", "delivered"},
          {"Discarded", "DroppedEventCount", ""},
          {"Age p99", "Age_ms", "p99"},
          {"Iterator age", "IteratorAge_ms", "max"},
          {"Blocked shards", "BlockedShards", "max"},
          {"Blocked for", "BlockedTime_ms", "max"}}},
	{RECORD_MAPPING,
         "mappings",
         "Event source mappings",
         "Event source mapping",
         "Each reader for itself. Events of a queue are shared out among its mappings; each mapping of a stream is handed all of its records. Failed are events "
         "whose invocation did not process them, each time; discarded are those given up.",
         {{"Polled", "PolledEventCount", ""},
          {"Filtered out", "FilteredOutEventCount", ""},
          {"Processed", "Ended", "delivered"},
          {"Failed", "FailedInvokeEventCount", ""},
          {"Discarded", "DroppedEventCount", ""},
          {"Batches", "Batches", ""},
          {"Iterator age", "IteratorAge_ms", "max"}}},
	{RECORD_TOPIC,
         "topics",
         "Topics",
         "Topic",
         "Deliveries are handed to subscriptions; those that a filter policy did not want are filtered out.",
         {{"Published", "NumberOfMessagesPublished", ""},
          {"Deliveries", "NumberOfNotificationsDelivered", ""},
          {"Filtered out", "NumberOfNotificationsFilteredOut", ""}}},
	{RECORD_BUS,
         "buses",
         "Event buses",
         "Event bus",
         "Each rule that matches hands the event to all of its targets.",
         {{"Events", "PutEventsEntriesCount", ""}, {"To targets", "Invocations", ""}, {"Not matched", "NotMatched", ""}}},
	{RECORD_BUCKET,
         "buckets",
         "Buckets",
         "Bucket",
         "Notifications of objects that were put.",
         {{"Objects put", "PutRequests", ""}, {"Notifications", "Notifications", ""}, {"Not matched", "NotMatched", ""}}},
	{RECORD_FUNCTION,
         "asynchronous",
         "Asynchronous events",
         "Function",
         "Dropped as CloudWatch counts it: given up, dead-lettered ones included. Delay is the time from queueing until a run succeeded; Age the largest "
         "one at any run.",
         {{"Received", "AsyncEventsReceived", ""},
          {"Retries", "Retries", ""},
          {"Dropped", "AsyncEventsDropped", ""},
          {"Dead-lettered", "AsyncEventsEnded", "dead-lettered"},
          {"Delay p50", "AsyncEventDelay_ms", "p50"},
          {"Delay p99", "AsyncEventDelay_ms", "p99"},
          {"Age", "AsyncEventAge_ms", "max"}}},
};

const char *const station_table_ends[STATION_TABLE_ENDS] = {"delivered", "filtered", "dead-lettered",
                                                            "dropped",   "expired",  "in flight"};
const char *const station_table_end_heads[STATION_TABLE_ENDS] = {"Delivered", "Filtered", "Dead-lettered",
                                                                 "Dropped",   "Expired",  "In flight"};

const char **station_table_rows(const struct report *r, const struct station_table *t, size_t *count)
{
	size_t all, kept = 0;
	const char **names = report_entities(r, t->scope, &all);
	for (size_t i = 0; i < all; i++)
		if (report_metric(r, t->scope, names[i], t->columns[0].metric, t->columns[0].statistic) != NULL)
			names[kept++] = names[i];
	*count = kept;
	return names;
}

static const struct station_place kinds[] = {
	{RECORD_QUEUE, NULL, "queue", "Received", "Ended", "EndedShare", "ApproximateNumberOfMessagesVisible",
         "ApproximateNumberOfMessagesNotVisible", "ApproximateAgeOfOldestMessage_ms"},
	{RECORD_STREAM, NULL, "stream", "Received", "Ended", "EndedShare", "Backlog", NULL, "IteratorAge_ms"},
	{RECORD_MAPPING, NULL, "reader", "Received", "Ended", "EndedShare", NULL, NULL, NULL},
	{RECORD_TOPIC, NULL, "topic", "Received", "Ended", "EndedShare", NULL, NULL, NULL},
	{RECORD_BUS, NULL, "event bus", "Received", "Ended", "EndedShare", NULL, NULL, NULL},
	{RECORD_BUCKET, NULL, "bucket", "Received", "Ended", "EndedShare", NULL, NULL, NULL},
	{RECORD_FUNCTION, NULL, "asynchronous", "AsyncEventsReceived", "AsyncEventsEnded", "AsyncEventsEndedShare",
         "AsyncEventsWaiting", NULL, NULL},
	{RECORD_OUTSIDE, NULL, "outside the template", "Received", "Ended", "EndedShare", NULL, NULL, NULL},
};

/* What is told about a mapping begins with its source (words_mapping). */
static bool reads(const struct report_resource *x, const char *resource)
{
	size_t length = strlen(resource);
	return x->scope == RECORD_MAPPING && strncmp(x->about, resource, length) == 0 && strncmp(x->about + length, " to ", 4) == 0;
}

size_t station_readers(const struct report *r, const char *resource)
{
	size_t count = 0;
	for (size_t i = 0; i < r->resources.count; i++)
		count += reads(&r->resources.items[i], resource);
	return count;
}

/* A mapping of a stream that is not the stream's only one. */
static bool is_one_of_several(const struct report *r, const char *mapping)
{
	const struct report_resource *about = report_resource(r, RECORD_MAPPING, mapping);
	for (size_t i = 0; about && i < r->resources.count; i++) {
		const struct report_resource *x = &r->resources.items[i];
		if (x->scope == RECORD_STREAM && reads(about, x->name))
			return station_readers(r, x->name) > 1;
	}
	return false;
}

struct station_place *station_places(const struct report *r, size_t *count)
{
	struct station_place *places = NULL;
	size_t capacity = 0;
	*count = 0;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		size_t all;
		const char **names = report_entities(r, kinds[k].scope, &all);
		for (size_t i = 0; i < all; i++) {
			if (report_metric(r, kinds[k].scope, names[i], kinds[k].number, station_table_ends[0]) == NULL)
				continue;
			if (kinds[k].scope == RECORD_MAPPING && !is_one_of_several(r, names[i]))
				continue;
			MEMORY_ROOM(places, *count, capacity);
			places[*count] = kinds[k];
			places[(*count)++].name = names[i];
		}
		memory_free(names);
	}
	return places;
}

struct station_place *station_places_charted(const struct report *r, size_t *count)
{
	size_t all, kept = 0;
	struct station_place *places = station_places(r, &all);
	for (size_t i = 0; i < all; i++)
		if (places[i].depth != NULL && report_series(r, places[i].scope, places[i].name, places[i].depth) != NULL)
			places[kept++] = places[i];
	*count = kept;
	return places;
}
