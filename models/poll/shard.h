/* shard: how event source mappings read the shards of a stream, and what they do with a batch.
 *
 * A reader is one mapping at one shard. It has ParallelizationFactor lanes; a key always belongs to the same lane, and a lane has one batch at
 * a time, so the order of a key's records is never broken.
 *
 * When a reader reads. Kinesis shards are read once a second, DynamoDB's four times, each reader at its own phase; a Kinesis shard answers five
 * GetRecords a second, which more than five readers share. A reader that has taken all there was waits for its next turn; one that was left
 * behind reads on as soon as a batch is done. A Kinesis shard gives 2 MB a second to all its readers: after a read of n bytes the next one
 * has to wait n / 2 MB s. With enhanced fan-out records are pushed about 70 ms after they arrive, and the reader has 2 MB/s of its own.
 *
 * When a batch closes: BatchSize records; 6 MB of payload; or MaximumBatchingWindowInSeconds. Without a window it is what one read returned. The next
 * window begins when the invocation before is done (or with the reader), not with a record; an empty one is followed by another. Filtered records
 * are skipped when they arrive, also behind a batch that is stuck.
 *
 * What becomes of a batch:
 * - success: all its records are processed. With ReportBatchItemFailures the checkpoint is the lowest record that failed, and the records from it
 *   on are tried again: as a retry; or, with BisectBatchOnFunctionError, as a batch of their own, split off there.
 * - function error: tried again after a pause, up to MaximumRetryAttempts times. With BisectBatchOnFunctionError it is halved, which is no retry
 *   and needs no pause; the halves (the first one the smaller) run one after the other, each with all its retries; so do halves of a batch whose
 *   very first record is reported as failed. A single record cannot be split.
 * - throttle: tried again after a pause for as long as the records are not too old; no retry.
 * - too old: a record that reaches MaximumRecordAgeInSeconds or the stream's retention while its batch waits is taken out in that moment; what is
 *   left of the batch is tried when its pause is over. Records too old when they are read are discarded then.
 * - discarded batches (retries used up; too old) go to the on-failure destination, as one message for each; without one they are lost. Records
 *   that leave the stream before a mapping has read them are lost in any case (ExpiredUnread).
 *
 * Tumbling windows: a batch holds records of one window (by arrival, multiples of its length from the start of the run) only; when the window is over and
 * its records are done, at the reader's next read, the function is invoked once more without records; that one is repeated as a batch is,
 * and the shard waits for it. A window without records has none. Not modelled: what the state holds, so neither its limit of 1 MB nor an answer
 * without it.
 *
 * IteratorAge is how old the last record of a batch is when its invocation is done, successful or not (Lambda Developer Guide, "Using AWS
 * Lambda with Amazon Kinesis": "when processing finished"). GetRecords.IteratorAgeMilliseconds is the age of the last record of a read.
 *
 * Sources: AWS Lambda Developer Guide, "Using AWS Lambda with Amazon Kinesis", "Using AWS Lambda with Amazon DynamoDB", "Lambda event source mappings"; Kinesis
 * Data Streams Developer Guide, "Quotas and limits", "Develop enhanced fan-out consumers". The pauses between tries are documented nowhere: mapping_spec's
 * retry_first and retry_most, doubling from 1 s to 60 s by default. Nor is it what a partial success counts as, nor which half is larger.
 *
 * Private to stream.c, shard.c and shardbatch.c. */
#ifndef MODELS_POLL_SHARD_H
#define MODELS_POLL_SHARD_H

#include "models/invoke/consume.h"
#include "models/invoke/mappingstate.h"
#include "models/invoke/station.h"
#include "models/poll/partition.h"
#include "sim/gcra.h"

/* Kinesis Data Streams Developer Guide, "Quotas and limits". */
#define SHARD_WRITE_BYTES ((uint64_t)1 << 20)      /* a second */
#define SHARD_READ_BYTES ((uint64_t)2 << 20)       /* a second, all readers or one with enhanced fan-out */
#define SHARD_READ_CALL_BYTES ((uint64_t)10 << 20) /* GetRecords returns at most 10 MB or 10,000 records */
enum { SHARD_WRITE_RECORDS = 1000, SHARD_READ_CALL_RECORDS = 10000, SHARD_READ_CALLS = 5 /* a second */ };

/* DynamoDB API Reference, "GetRecords" of DynamoDB Streams: 1 MB or 1,000 records. */
#define SHARD_TABLE_CALL_BYTES ((uint64_t)1 << 20)
enum { SHARD_TABLE_CALL_RECORDS = 1000 };

/* Lambda Developer Guide, "Using AWS Lambda with Amazon Kinesis": a base rate of once a second; "... with Amazon DynamoDB": 4 times. */
#define SHARD_POLL_KINESIS SIMTIME_SECOND
#define SHARD_POLL_TABLE (SIMTIME_SECOND / 4)

/* Kinesis Data Streams Developer Guide, "Develop enhanced fan-out consumers": an average propagation delay of 70 ms. */
#define SHARD_PUSH_DELAY (70 * SIMTIME_MS)

/* Lambda quotas: the payload of a synchronous invocation. Records are base64 text in it (Kinesis), beside metadata: about as much as in the
 * guide's example events. */
#define SHARD_PAYLOAD_BYTES ((uint64_t)6 << 20)
enum { SHARD_KINESIS_METADATA = 540, SHARD_TABLE_METADATA = 400 };

/* Documented nowhere; see above. */
#define SHARD_RETRY_FIRST SIMTIME_SECOND
#define SHARD_RETRY_MOST (60 * SIMTIME_SECOND)

/* "Choose the data stream capacity mode": 4 MB/s at the start, at most 200 MB/s by default; 15 minutes. */
enum { SHARD_ON_DEMAND_FIRST = 4, SHARD_ON_DEMAND_MOST = 200 };
#define SHARD_ON_DEMAND_DELAY (15 * SIMTIME_MINUTE)

enum {
	SHARD_PARTS = 20, /* more than log2 of the largest batch, 10,000 */
	SHARD_NONE = -1
};

enum shard_task { SHARD_WAKE, SHARD_RESULT, SHARD_SCALE };

/* What happened to a record, by the worst: several mappings may read it (each has its own account of ends, struct mapping_state). */
enum record_fate { FATE_NONE, FATE_FILTERED, FATE_DELIVERED, FATE_DEAD_LETTERED, FATE_DROPPED, FATE_EXPIRED };

/* A record as a lane knows it; `at` its arrival, `bytes` its data and key. */
struct lane_record {
	simtime at;
	uint32_t message;
	uint32_t bytes;
};

/* A growing ring. */
struct lane_queue {
	struct lane_record *items;
	size_t head, count, capacity; /* capacity: 0 or a power of two */
	uint64_t payload;             /* what they take in an event */
};

/* A part of a batch that is tried as one: records from the end of the part before. */
struct batch_part {
	uint32_t end;
	uint32_t tried;    /* how often its records ran */
	uint32_t failures; /* of these, runs that failed and were not split */
};

enum lane_state {
	LANE_SHUT,      /* the parent shard is not read to its end */
	LANE_GATHERING, /* no batch: waits for records */
	LANE_RUNNING,   /* an invocation is under way */
	LANE_WAITING    /* the next try is due */
};

struct lane {
	uint32_t reader;
	enum lane_state state;
	bool troubled; /* its batch has to be tried again */
	struct lane_queue queue;
	struct lane_record *batch; /* what is not done: from `first` */
	size_t batch_capacity;
	uint32_t first;
	struct batch_part parts[SHARD_PARTS]; /* the last is the present one */
	uint32_t part_count;
	uint32_t throttles; /* in a row */
	simtime armed;      /* the earliest wake that is due; others are stale */
	simtime due;        /* LANE_WAITING: the next try */
	simtime window_start;
	struct consume_result run; /* LANE_RUNNING */
	uint32_t failing;          /* the first record of the run's that fails, counted from `first`; its length for none */
	/* Tumbling. */
	int64_t window;      /* the open one's number; SHARD_NONE */
	bool final;          /* the batch is the invocation that ends it */
	struct message last; /* the window's last record */
	simtime last_at;
};

struct reader {
	uint32_t shard, mapping;
	uint32_t lane; /* its first */
	simtime opened, phase;
	simtime read_to;    /* an extra read, out of turn */
	simtime read_at;    /* the last read that took something */
	simtime read_ready; /* enhanced fan-out: its own throughput */
	uint64_t skipped;   /* bytes of filtered records since */
	uint32_t troubled;  /* lanes */
	bool done;          /* the shard is closed and read to its end */
};

struct shard {
	uint32_t reader; /* its first; one for each mapping */
	bool closed;
	simtime closed_at;
	uint32_t child; /* the first of two; meaningless unless closed */
	struct gcra records;
	simtime bytes_at;   /* of the bytes' token bucket, as gcra's theoretical time */
	simtime read_ready; /* shared throughput */
	uint32_t troubled;  /* readers */
	simtime troubled_since;
};

struct stream_mapping {
	const struct mapping_spec *spec;
	uint32_t index; /* in the scenario */
	uint32_t lanes;
	uint32_t read_most; /* BatchSize, or what one read returns */
	uint64_t read_bytes_most;
	simtime period;
	simtime oldest; /* retention, or MaximumRecordAge */
	simtime retry_first, retry_most;
	const struct consumer *consumer;
	struct mapping_state *state;
};

/* Since the run began, or the warm-up ended. */
struct stream_counts {
	uint64_t incoming, incoming_bytes, refused;
	uint64_t put_units, data_in; /* Kinesis: what is billed: units of 25 KB, and KB */
	uint64_t unread;
	simtime read_age_max, blocked_longest;
};

struct stream {
	struct station base;
	const struct stream_spec *spec;
	struct stream_mapping *mappings; /* the enabled ones */
	uint32_t mapping_count;
	bool emitted_keys; /* what functions send here has keys */
	struct partitions partitions;
	struct shard *shards;
	size_t shard_count, shard_capacity;
	uint32_t *open; /* the open shards, by hash range */
	uint32_t open_count;
	size_t open_capacity;
	struct reader *readers;
	size_t reader_count, reader_capacity;
	struct lane *lanes;
	size_t lane_count, lane_capacity, lanes_made; /* lanes_made: whose buffers are valid */
	uint64_t held, backlog;
	int64_t troubled, troubled_top, troubled_period; /* shards: now, most, most in the period */
	struct stream_counts counts;
	uint32_t *observed; /* for an observer: see struct observer */
	size_t observed_capacity;
	/* On-demand. */
	int64_t minute;
	uint64_t minute_records, minute_bytes;
	double peak; /* of whole minutes, in shards */
	bool scaling;
};

/* --- shard.c: reading -------------------------------------------------------------------------------------------------------------- */

/* Adds a reader of the shard for each mapping, from `now` on; shut ones until they are opened. */
void shard__add_readers(struct engine *e, struct stream *t, uint32_t shard, bool shut, simtime now);

/* A record arrived for a reader, or is skipped by it. */
void shard__arrived(struct engine *e, struct stream *t, uint32_t reader, partition_hash hash, const struct lane_record *r,
                    simtime now);

/* The shard takes no more records: its readers will find the end of it. */
void shard__closed(struct engine *e, struct stream *t, uint32_t shard, simtime now);

/* A batch is over. */
void shard__batch_over(struct engine *e, struct stream *t, uint32_t lane, simtime now);

/* SHARD_WAKE: stale ones are ignored. */
void shard__wake(struct engine *e, struct stream *t, uint32_t lane, simtime now);
void shard__arm(struct engine *e, struct stream *t, struct lane *lane, simtime at);

/* Takes out what is past the retention; for counts that are to be exact. */
void shard__expire(struct engine *e, struct stream *t, simtime now);

/* --- shardbatch.c: batches ----------------------------------------------------------------------------------------------------------- */

/* The lane's batch holds `count` records (0: a window's last invocation): invokes. */
void shard__batch(struct engine *e, struct stream *t, uint32_t lane, uint32_t count, simtime now);

/* LANE_WAITING: takes out what is too old; tries if it is time, else arms a wake. */
void shard__try(struct engine *e, struct stream *t, uint32_t lane, simtime now);

/* SHARD_RESULT. */
void shard__result(struct engine *e, struct stream *t, uint32_t lane, simtime now);

/* Discards the first `count` records of the batch, which were too old when they were read. */
void shard__too_old(struct engine *e, struct stream *t, struct lane *lane, uint32_t count, simtime now);

/* A mapping is past a record. */
void shard__pass(struct engine *e, struct stream *t, const struct stream_mapping *m, uint32_t message, enum record_fate fate,
                 simtime now);

/* What a record takes in an event. */
static inline uint64_t shard__payload(const struct stream *t, uint32_t bytes)
{
	if (t->spec->kind == STREAM_KINESIS)
		return ((uint64_t)bytes + 2) / 3 * 4 + SHARD_KINESIS_METADATA;
	return (uint64_t)bytes + SHARD_TABLE_METADATA;
}

#endif
