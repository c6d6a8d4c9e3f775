/* csv_out: the results as CSV tables: a header with units, fields quoted as RFC 4180 says, lines that end in LF. An unknown value is an
 * empty field. */
#ifndef REPORTS_CSV_OUT_H
#define REPORTS_CSV_OUT_H

#include "reports/query.h"

struct csv_table {
	const char *file; /* "functions.csv" */
	void (*write)(const struct report *r, struct textbuf *out);
	enum record_scope scope; /* written only where this scope has numbers; RECORD_SCOPES: always */
};

/* All tables; the last one has file NULL. */
extern const struct csv_table csv_tables[];

#endif
