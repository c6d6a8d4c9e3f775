#include "models/cost/init_default.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/simtime.h"

struct init_cell {
	int p50_ms, p99_ms;
	const char *source;
};

struct init_row {
	const char *family;       /* what the identifier begins with */
	int version;              /* major x 100 + minor */
	struct init_cell cell[2]; /* by architecture */
};

#define BENCHMARK "maxday/lambda-perf daily files 2026-06-23..2026-08-22, lognormal through p50 and p99: "
#define CELL(what, architecture, p50, p99)                                        \
	{                                                                         \
		p50, p99, BENCHMARK what " " architecture " " #p50 "/" #p99 " ms" \
	}
#define ROW(family, version, what, x50, x99, a50, a99)                                \
	{                                                                             \
		family, version,                                                      \
		{                                                                     \
			CELL(what, "x86_64", x50, x99), CELL(what, "arm64", a50, a99) \
		}                                                                     \
	}

static const struct init_row rows[] = {
	ROW("nodejs", 2000, "nodejs20.x zip", 142, 200, 132, 164), ROW("nodejs", 2200, "nodejs22.x zip", 142, 203, 130, 167),
	ROW("nodejs", 2400, "nodejs24.x zip", 136, 206, 125, 168), ROW("python", 310, "python3.10 zip", 77, 139, 74, 191),
	ROW("python", 311, "python3.11 zip", 79, 122, 74, 106),    ROW("python", 312, "python3.12 zip", 85, 139, 81, 166),
	ROW("python", 313, "python3.13 zip", 87, 207, 80, 123),    ROW("python", 314, "python3.14 zip", 113, 275, 102, 238),
	ROW("java", 1100, "java11 zip", 276, 608, 280, 565),       ROW("java", 1700, "java17 zip", 205, 531, 216, 537),
	ROW("java", 2100, "java21 zip", 241, 652, 248, 589),       ROW("java", 2500, "java25 zip", 191, 503, 196, 436),
	ROW("dotnet", 800, "dotnet8 zip", 254, 657, 296, 712),     ROW("dotnet", 1000, "dotnet10 zip", 254, 703, 255, 713),
	ROW("ruby", 302, "ruby3.2 zip", 233, 472, 283, 471),       ROW("ruby", 303, "ruby3.3 zip", 240, 474, 251, 438),
	ROW("ruby", 304, "ruby3.4 zip", 228, 495, 243, 445),
};

static const struct init_row any = ROW("", 0, "Go on provided.al2023 zip", 50, 67, 43, 54);
static const struct init_row image = ROW("", 0, "python3.12 image", 158, 402, 131, 375);

/* "python3.12": 312; "nodejs20.x": 2000; "dotnetcore3.1": 301; "java8.al2": 800. */
static int version_of(const char *text)
{
	while (*text != '\0' && !isdigit((unsigned char)*text))
		text++;
	char *end;
	long major = strtol(text, &end, 10);
	long minor = end[0] == '.' && isdigit((unsigned char)end[1]) ? strtol(end + 1, NULL, 10) : 0;
	return (int)((major > 1000 ? 1000 : major) * 100 + (minor > 99 ? 99 : minor));
}

static const struct init_row *row_of(const char *runtime)
{
	const struct init_row *best = &any;
	int version = version_of(runtime), nearest = 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strncmp(runtime, rows[i].family, strlen(rows[i].family)) != 0)
			continue;
		int distance = abs(version - rows[i].version);
		if (best == &any || distance <= nearest) {
			best = &rows[i];
			nearest = distance;
		}
	}
	return best;
}

void init_default(const char *runtime, enum architecture architecture, struct distribution *out, const char **source)
{
	const struct init_row *row = runtime != NULL ? row_of(runtime) : &image;
	const struct init_cell *cell = &row->cell[architecture == ARCHITECTURE_ARM64];
	double median = cell->p50_ms * (double)SIMTIME_MS;
	*out = (struct distribution){.kind = DISTRIBUTION_LOGNORMAL, .a = median};
	out->b = distribution_lognormal_sigma(median, 0.99, cell->p99_ms * (double)SIMTIME_MS);
	if (source != NULL)
		*source = cell->source;
}
