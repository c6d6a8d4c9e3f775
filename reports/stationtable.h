/* stationtable: which numbers of queues, streams, mappings, topics, buses, buckets and asynchronous events are shown to people, in which order and under
 * which heads. The terminal and the page show the same tables; both also show where events ended. */
#ifndef REPORTS_STATIONTABLE_H
#define REPORTS_STATIONTABLE_H

#include "reports/query.h"

enum { STATION_TABLES = 7, STATION_COLUMNS_MOST = 7 };

struct station_column {
	const char *head, *metric, *statistic;
};

struct station_table {
	enum record_scope scope;
	const char *id, *title, *one;                        /* "queues", "Queues", "Queue" */
	const char *hint;                                    /* what its numbers are, in HTML */
	struct station_column columns[STATION_COLUMNS_MOST]; /* up to the first without a head */
};

extern const struct station_table station_tables[STATION_TABLES];

/* What has a row in the table, in the order of the scenario; of functions those that something invokes asynchronously. The caller frees the array with
 * memory_free. */
const char **station_table_rows(const struct report *r, const struct station_table *t, size_t *count);

/* A place where events end, or a reader of a stream that has several: for each of them they end apart. Its numbers are
 * (`number`, end) and (`share`, end). */
struct station_place {
	enum record_scope scope;
	const char *name;
	const char *noun;                      /* "queue", "asynchronous" */
	const char *received, *number, *share; /* metrics */
	const char *depth, *flying,
		*age; /* series: what waits, what is being processed, how old it is in ms; NULL where there is none */
};

/* How many mappings read a resource. */
size_t station_readers(const struct report *r, const char *resource);

/* All of them, in the order of station_tables, then what is outside the template. The caller frees the array with memory_free. */
struct station_place *station_places(const struct report *r, size_t *count);

/* Those of them that have a series of what waits: queues, streams, asynchronous events. In the same way. */
struct station_place *station_places_charted(const struct report *r, size_t *count);

/* How an event may end, as statistics of Ended and EndedShare are named. */
enum { STATION_TABLE_ENDS = 6 };
extern const char *const station_table_ends[STATION_TABLE_ENDS];

/* The same as heads: "Dead-lettered". */
extern const char *const station_table_end_heads[STATION_TABLE_ENDS];

#endif
