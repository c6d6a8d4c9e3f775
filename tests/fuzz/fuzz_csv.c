/* Any bytes as CSV, with two columns and with one: rows of finite numbers with ascending lines, or errors. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "scenarios/read/csvfile.h"
#include "scenarios/read/scenarioread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_columns(const uint8_t *data, size_t size, const struct csv_wanted *wanted, size_t count)
{
	struct read_options options = {0};
	struct diagnostics found = {0};
	struct reading r;
	struct csv_table t;
	reading_init(&r, &options, &found);
	int status = csvfile_read_text(&r, "fuzz.csv", (const char *)data, size, (struct position){0}, wanted, count, &t);
	if ((status == 0) != (found.errors == 0) || (status == 0 && t.rows == 0))
		abort();
	for (size_t i = 0; i < t.rows; i++)
		for (size_t c = 0; c < count; c++)
			if (!isfinite(t.columns[c][i]) || (i > 0 && t.lines[i] < t.lines[i - 1]))
				abort();
	csvfile_fini(&t);
	struct source_texts *texts = r.texts;
	reading_end(&r, false);
	diagnostics_fini(&found);
	source_texts_free(texts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct csv_wanted two[] = {{.name = "offset", .cell = CSV_TIME}, {.name = "factor", .cell = CSV_NUMBER}};
	static const struct csv_wanted one[] = {{.cell = CSV_TIME, .time_unit_ns = 1e6}};
	read_columns(data, size, two, 2);
	read_columns(data, size, one, 1);
	return 0;
}
