/* csvfile: numbers out of a CSV file (through libcsv), by column name, with the line of every row.
 *
 * The first row is a header when its first cell is no number; without one the columns come in the order they are asked for. Names match
 * whatever their case; where a wanted column may be missing, others are warned about, or an error where one is called nearly so. Empty lines are passed over. Each bad cell is an error `FILE:LINE:COLUMN: ...` (read/csv) that shows its line; after
 * a few the rest of the file is not looked at. */
#ifndef SCENARIOS_READ_CSVFILE_H
#define SCENARIOS_READ_CSVFILE_H

#include <stddef.h>

#include "scenarios/read/reading.h"

enum { CSVFILE_COLUMNS_MAX = 4, CSVFILE_ERRORS_MAX = 10, CSVFILE_SIZE_MAX = 1 << 29 };

enum csv_cell {
	CSV_NUMBER, /* any finite number */
	CSV_TIME,   /* nanoseconds: a number of `time_unit_ns` (seconds when it is 0), or a duration with its unit; not negative */
	CSV_TEXT    /* as it stands, without blanks about it; may be empty */
};

struct csv_wanted {
	const char *name; /* NULL: the only or first column, whatever its name */
	enum csv_cell cell;
	double time_unit_ns;
	bool optional; /* the column may be missing, in the header or a row; needs a header to be found, and comes after those that do not */
};

struct csv_table {
	const char *file; /* the name for positions; lives as long as the reading's texts */
	char *header
		[CSVFILE_COLUMNS_MAX]; /* the names found in the header, in the order of what was wanted; NULL without a header */
	double *columns[CSVFILE_COLUMNS_MAX];
	char **texts[CSVFILE_COLUMNS_MAX]; /* of CSV_TEXT; "" where a row has none; NULL where the whole column is missing */
	size_t rows;
	size_t where[CSVFILE_COLUMNS_MAX]; /* private: the column in the file of each wanted one */
	int *lines;                        /* private: the line in which each row begins */
	size_t *starts;                    /* private: the offset in text at which it does */
	const char *text;                  /* private: without a byte-order mark */
	size_t length;
	char *owned;
	size_t capacity; /* private */
};

/* Reads the wanted columns of `path`, named by the scenario at `at`. 0, or -1 with errors; a file without rows is an error. The caller
 * ends with csvfile_fini in both cases. */
int csvfile_read(struct reading *r, const char *path, struct position at, const struct csv_wanted *wanted, size_t count,
                 struct csv_table *out);

/* The same for a text that is there already, and outlives the table; `file` is for positions. */
int csvfile_read_text(struct reading *r, const char *file, const char *text, size_t length, struct position at,
                      const struct csv_wanted *wanted, size_t count, struct csv_table *out);

/* The place of a cell (which of the wanted columns), for errors of the caller's own; the text is kept so that they can show it. */
struct position csvfile_at(struct reading *r, const struct csv_table *t, size_t row, size_t column);

void csvfile_fini(struct csv_table *t);

#endif
