#include "scenarios/read/streams.h"

#include <string.h>

#include "scenarios/read/keys.h"
#include "scenarios/read/property.h"

enum { STREAM_RETENTION_MIN_H = 24, STREAM_RETENTION_MAX_H = 8760, STREAM_ON_DEMAND_SHARDS = 4 };

static const char *const stream_names[] = {
	"DesiredShardLevelMetrics", "MaxRecordSizeInKiB",  "Name", "RetentionPeriodHours", "ShardCount", "StreamEncryption", "Tags",
	"StreamModeDetails",        "WarmThroughputMiBps",
};

const char *const *stream_property_names(size_t *count)
{
	*count = sizeof stream_names / sizeof *stream_names;
	return stream_names;
}

struct stream_spec stream_default(const char *name, struct position at)
{
	return (struct stream_spec){.name = name,
	                            .at = at,
	                            .kind = STREAM_KINESIS,
	                            .shards = 1,
	                            .retention = STREAM_RETENTION_MIN_H * SIMTIME_HOUR};
}

static void stream_mode(struct reading *r, const struct node *p, struct stream_spec *s)
{
	static const char *const words[] = {"PROVISIONED", "ON_DEMAND"};
	const struct node *details = reading_get(r, p, "StreamModeDetails", NULL), *count = reading_get(r, p, "ShardCount", NULL);
	const struct node *mode = details ? reading_get(r, details, "StreamMode", NULL) : NULL;
	s->on_demand = mode && key_word(r, mode, "StreamMode", words, KEY_COUNT(words)) == 1;
	s->shards = property_integer(r, p, "ShardCount", 1, STREAM_SHARDS_MAX, "", "limit/stream",
	                             s->on_demand ? STREAM_ON_DEMAND_SHARDS : 1);
	if (s->on_demand && count) {
		diagnostic_add(r->found, SEVERITY_ERROR, count->at, "limit/stream", "an on-demand stream takes no ShardCount");
		s->shards = STREAM_ON_DEMAND_SHARDS;
	}
}

void stream_read(struct reading *r, struct read_resource *resource)
{
	const struct node *p = resource->properties;
	struct stream_spec s = stream_default(reading_keep(r, resource->logical), reading_keep_at(r, resource->at));
	resource_unknown_properties(r, p, "AWS::Kinesis::Stream", stream_names, KEY_COUNT(stream_names));
	stream_mode(r, p, &s);
	s.retention = property_integer(r, p, "RetentionPeriodHours", STREAM_RETENTION_MIN_H, STREAM_RETENTION_MAX_H, " h",
	                               "limit/stream", STREAM_RETENTION_MIN_H) *
	              SIMTIME_HOUR;
	r->resources->streams[resource->index] = s;
}

/* The partition key: KeySchema's HASH, or a SimpleTable's PrimaryKey.Name, which is "id" when it is not given. */
static const char *table_hash_key(struct reading *r, const struct node *p)
{
	const struct node *primary = reading_get(r, p, "PrimaryKey", NULL), *schema = reading_get(r, p, "KeySchema", NULL);
	const char *name = primary ? property_text(r, primary, "Name") : NULL;
	for (size_t i = 0; !name && schema && schema->kind == NODE_LIST && i < schema->count; i++)
		if (node_is_text(node_get(schema->items[i], "KeyType"), "HASH"))
			name = property_text(r, schema->items[i], "AttributeName");
	return name ? name : "id";
}

void table_read(struct reading *r, struct read_resource *resource)
{
	static const char *const views[] = {"NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"};
	struct stream_spec s = stream_default(reading_keep(r, resource->logical), reading_keep_at(r, resource->at));
	const struct node *stream = reading_get(r, resource->properties, "StreamSpecification", NULL);
	s.kind = STREAM_DYNAMODB;
	s.view = views[0];
	s.hash_key = table_hash_key(r, resource->properties);
	const struct node *view = stream && reading_is(r, stream, NODE_MAP, "StreamSpecification")
	                                  ? reading_get(r, stream, "StreamViewType", NULL)
	                                  : NULL;
	int word = view ? key_word(r, view, "StreamViewType", views, KEY_COUNT(views)) : 0;
	if (word > 0)
		s.view = views[word];
	if (stream && stream->kind == NODE_MAP && !node_get(stream, "StreamViewType"))
		diagnostic_add(r->found, SEVERITY_ERROR, stream->at, "limit/stream", "a StreamSpecification needs StreamViewType");
	r->resources->streams[resource->index] = s;
}
