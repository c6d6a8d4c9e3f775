/* streamshape: what records of Kinesis and of DynamoDB Streams have in common: shards, sequence numbers, tumbling windows. */
#include <inttypes.h>

#include "models/source/shape.h"

const char *shape__kinesis_shard(struct arena *a, size_t shard)
{
	return arena_format(a, "shardId-%012zu", shard);
}

const char *shape__dynamodb_shard(struct arena *a, size_t shard)
{
	return arena_format(a, "shardId-%020" PRIu64 "-%08x", (uint64_t)madeup_epoch_ms(0) + shard,
	                    (unsigned)madeup_word(shard, MADEUP_CREATION, 0));
}

/* Numbers of one shard ascend with the record's, whatever lies between; those of two shards differ. */
const char *shape__kinesis_sequence(struct arena *a, size_t shard, uint64_t sequence)
{
	return arena_format(a, "4959%012zu%020" PRIu64 "%020" PRIu64, shard, UINT64_C(8559692538361571095), sequence);
}

const char *shape__dynamodb_sequence(struct arena *a, uint64_t sequence)
{
	return arena_format(a, "1%020" PRIu64, sequence);
}

const char *shape__stream_arn(const struct shape_event *e)
{
	struct arena *a = e->arena;
	if (e->kind == SOURCE_DYNAMODB)
		return arena_format(a, "%s/stream/2025-01-06T00:00:00.000", shape__arn(e, "dynamodb", "table/", "table"));
	const char *arn = shape__arn(e, "kinesis", "stream/", "stream");
	if (e->place->consumer == NULL)
		return arn;
	return arena_format(a, "%s/consumer/%s:%" PRId64, arn, e->place->consumer, ENVELOPE_EPOCH_MS / 1000);
}

/* Source: Lambda Developer Guide, "Using Lambda with Kinesis": tumbling windows, "Aggregation and processing". */
void shape__window(struct json_out *j, const struct shape_event *e, const char *shard, const char *arn)
{
	const struct envelope_window *w = e->place->window;
	json_out_key(j, "window");
	json_out_object(j);
	shape__field(j, "start", madeup_iso_s(e->arena, w->start));
	shape__field(j, "end", madeup_iso_s(e->arena, w->end));
	json_out_end_object(j);
	json_out_key(j, "state");
	if (w->state != NULL && w->state_length > 0)
		json_out_raw(j, w->state, w->state_length);
	else
		json_out_raw(j, "{}", 2);
	shape__field(j, "shardId", shard);
	shape__field(j, "eventSourceARN", arn);
	shape__flag(j, "isFinalInvokeForWindow", w->final);
	shape__flag(j, "isWindowTerminatedEarly", w->early);
}
