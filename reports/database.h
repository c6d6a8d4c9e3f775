/* database: what the writer (store.c) and the reader (query.c) of results.sqlite agree on. The tables stand in reports/schema.sql. */
#ifndef REPORTS_DATABASE_H
#define REPORTS_DATABASE_H

#define DATABASE_FILE "results.sqlite"

enum {
	DATABASE_APPLICATION = 0x77656972, /* "weir": PRAGMA application_id, shown by file(1) */
	DATABASE_VERSION = 2               /* PRAGMA user_version; goes up with every change of the tables */
};

/* Coarse buckets to an octave in histogram_bucket, and in what people get to see of a distribution. */
enum { DATABASE_BUCKETS = 16 };

#endif
