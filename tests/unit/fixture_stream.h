/* fixture_stream: a Kinesis stream with one shard, one source and one mapping, built on fixture_scenario, and a cost whose every answer the
 * test writes down. Everything that happens is logged.
 *
 * Stream "Stream": provisioned, 1 shard, retention 24 h. Mapping "F0.Stream" of function 0: enhanced fan-out (records are had exactly 70 ms after
 * they arrive, so that every time is exact), BatchSize 100, no window, retries for ever, no maximum age, 1 lane. Function 0 takes exactly
 * 100 ms; Timeout 900 s; Init 0. Source "S0" sends to the stream without delay. */
#ifndef TESTS_UNIT_FIXTURE_STREAM_H
#define TESTS_UNIT_FIXTURE_STREAM_H

#include "tests/unit/fixture_scenario.h"

enum { FIXTURE_STREAM_CALLS = 20000 };

/* One admitted invocation. */
struct stream_call {
	simtime at;
	size_t mapping, count;
	uint64_t first, last; /* numbers of the records, as the source counts them */
	uint32_t attempt;
};

struct stream_bad {
	uint64_t record;
	uint32_t runs; /* fails that often; UINT32_MAX: always */
};

struct fixture_stream {
	struct scenario s;
	struct stream_spec *stream;
	struct mapping_spec *mapping; /* mappings[0]; there is room for 8 */
	const struct stream_bad *bad;
	size_t bad_count;
	const uint8_t *passes; /* by payload: mapping 0's filter; NULL for none */
	simtime duration;      /* of an invocation; 100 ms */
	uint64_t errors;       /* bit a: the invocation fails as a whole in attempt a */
	struct plan *plan;
	struct run *run;
	struct run_result *result;
	struct stream_call calls[FIXTURE_STREAM_CALLS];
	size_t call_count;
};

/* Ready to be changed. */
struct fixture_stream *fixture_stream_new(simtime duration);
void fixture_stream_free(struct fixture_stream *f);

/* Mapping `i` as mapping 0 is now, of function `i`; i < 8. Returns it. */
struct mapping_spec *fixture_stream_mapping(struct fixture_stream *f, size_t i);

/* An on-failure destination for mapping 0, outside of the template. */
void fixture_stream_destination(struct fixture_stream *f);

/* All records have `bytes` bytes, their partition key included (one digit). */
void fixture_stream_bytes(struct fixture_stream *f, size_t bytes);

void fixture_stream_run(struct fixture_stream *f);

/* A figure of the stream by name and statistic. */
double fixture_stream_figure(const struct fixture_stream *f, const char *name, const char *statistic);
const struct station_result *fixture_stream_result(const struct fixture_stream *f);
/* Messages that came to the destination. */
uint64_t fixture_stream_given_up(const struct fixture_stream *f);

/* The i-th call came at `at` with `count` records from number `first` on; this is how the records ended; this is what a figure says. */
void fixture_stream_expect_call(const struct fixture_stream *f, size_t i, simtime at, uint64_t first, size_t count);
void fixture_stream_expect_ends(const struct fixture_stream *f, uint64_t delivered, uint64_t dead_lettered, uint64_t dropped,
                                uint64_t expired, uint64_t filtered, uint64_t held);
void fixture_stream_expect_figure(const struct fixture_stream *f, const char *name, const char *statistic, double value);

#endif
