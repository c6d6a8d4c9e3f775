/* s3shape: what a bucket tells about an object, to its targets and to the event bus. Sources: Amazon S3 User Guide, "Event message
 * structure", "Supported event types", "EventBridge event message structure". */
#include <inttypes.h>
#include <string.h>

#include "models/source/shape.h"
#include "sim/base/md5.h"
#include "sim/base/textbuf.h"

static bool is_s3(const json_t *event)
{
	return shape__is_records(event, "eventSource", "aws:s3");
}

/* --- the object ------------------------------------------------------------------------------------------------------------------------ */

struct object {
	const char *event; /* "ObjectCreated:Put" */
	const char *key;   /* plain */
	const char *etag, *version;
	int64_t size;
	bool has_size, has_sequencer;
	const char *sequencer, *request;
};

/* The first event that a pattern of a notification takes. */
static const char *event_name(const char *wanted)
{
	static const char *const firsts[][2] = {{"ObjectCreated:*", "ObjectCreated:Put"},
	                                        {"ObjectRemoved:*", "ObjectRemoved:Delete"},
	                                        {"ObjectRestore:*", "ObjectRestore:Completed"},
	                                        {"ObjectTagging:*", "ObjectTagging:Put"},
	                                        {"Replication:*", "Replication:OperationFailedReplication"},
	                                        {"LifecycleExpiration:*", "LifecycleExpiration:Delete"}};
	if (wanted == NULL || *wanted == '\0')
		return firsts[0][1];
	if (strncmp(wanted, "s3:", 3) == 0)
		wanted += 3;
	for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
		if (strcmp(wanted, firsts[i][0]) == 0)
			return firsts[i][1];
	return wanted;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static const char *event_version(const char *event)
{
	if (begins(event, "Replication"))
		return "2.2";
	static const char *const newer[] = {"Lifecycle", "IntelligentTiering", "ObjectAcl", "ObjectTagging",
	                                    "ObjectRestore:Delete"};
	for (size_t i = 0; i < sizeof newer / sizeof *newer; i++)
		if (begins(event, newer[i]))
			return "2.3";
	return "2.1";
}

static int hex_digit(char c)
{
	const char *at = c != '\0' ? strchr("0123456789abcdefABCDEF", c) : NULL;
	if (at == NULL)
		return -1;
	int value = (int)(at - "0123456789abcdefABCDEF");
	return value < 16 ? value : value - 6;
}

/* Keys stand in events as in a form: blanks are "+", "/" stays, all but A-Z a-z 0-9 - . _ * becomes %XX. */
static const char *key_encoded(const char *key, struct arena *a)
{
	struct textbuf b = {0};
	for (const char *c = key; *c != '\0'; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');
		if (plain || strchr("-._*/", *c) != NULL)
			textbuf_add_char(&b, *c);
		else if (*c == ' ')
			textbuf_add_char(&b, '+');
		else
			textbuf_printf(&b, "%%%02X", (unsigned)(unsigned char)*c);
	}
	const char *text = arena_string(a, textbuf_text(&b));
	textbuf_fini(&b);
	return text;
}

static const char *key_decoded(const char *key, struct arena *a)
{
	char *out = arena_string(a, key), *to = out;
	for (const char *c = key; *c != '\0'; c++) {
		int high = *c == '%' ? hex_digit(c[1]) : -1, low = high >= 0 ? hex_digit(c[2]) : -1;
		*to++ = *c == '+' ? ' ' : *c;
		if (low < 0)
			continue;
		to[-1] = (char)(high << 4 | low);
		c += 2;
	}
	*to = '\0';
	return out;
}

static const char *content_digest(const struct envelope_record *r, struct arena *a)
{
	struct md5 m;
	char text[MD5_TEXT];
	md5_init(&m);
	if (r->payload != NULL)
		md5_add(&m, r->payload, r->length);
	md5_end_text(&m, text);
	return arena_string(a, text);
}

static const char *made_up_key(const struct shape_event *e)
{
	const struct envelope_place *p = e->place;
	return arena_format(e->arena, "%sobject-%s%s", p->prefix != NULL ? p->prefix : "",
	                    madeup_text(e->arena, e->records[0].identity, MADEUP_OBJECT, MADEUP_HEX, 16),
	                    p->suffix != NULL ? p->suffix : "");
}

/* Later events of one object have a larger sequencer: the second, then the nanosecond. */
static const char *sequencer_of(struct arena *a, simtime t)
{
	int64_t ms = madeup_epoch_ms(t), rest = t % SIMTIME_SECOND;
	if (rest < 0)
		rest += SIMTIME_SECOND;
	return arena_format(a, "00%08" PRIX64 "%08" PRIX64, (uint64_t)(ms / 1000), (uint64_t)rest);
}

/* What a payload's record, or the object in short, says goes before what would be made up. */
static void object_said(struct object *o, const json_t *record, bool in_short, struct arena *a)
{
	const json_t *said = in_short ? record : json_object_get(json_object_get(record, "s3"), "object");
	const char *event = shape__text(record, "eventName"), *key = shape__text(said, "key");
	if (event != NULL)
		o->event = arena_string(a, event_name(event));
	if (o->key == NULL && key != NULL)
		o->key = in_short ? arena_string(a, key) : key_decoded(key, a);
	if (shape__is_text(said, "eTag"))
		o->etag = arena_string(a, shape__text(said, "eTag"));
	o->version = arena_string(a, shape__text(said, "versionId"));
	if (json_is_integer(json_object_get(said, "size")))
		o->size = json_integer_value(json_object_get(said, "size"));
}

/* An object in short: its key as it is, and nothing but what else may be said of it. */
static bool is_short(const json_t *payload)
{
	static const char *const known[] = {"key", "size", "eTag", "versionId", "eventName"};
	return shape__is_text(payload, "key") && shape__only_has(payload, known, sizeof known / sizeof *known);
}

/* Removed objects have no size, permanently deleted ones no eTag; tags and access lists change no bytes. */
static struct object object_of(const struct shape_event *e)
{
	const struct envelope_record *r = &e->records[0];
	struct shape_payload p = shape__payload(r->payload, r->length, e->arena);
	bool in_short = is_short(p.json);
	const json_t *record = in_short ? p.json : shape__record(p.json, "eventSource", "aws:s3", "s3");
	struct object o = {.event = event_name(e->place->event), .key = r->key};
	if (record == NULL) {
		o.size = (int64_t)r->length;
		o.etag = content_digest(r, e->arena);
	} else {
		o.etag = content_digest(&(struct envelope_record){0}, e->arena);
		object_said(&o, record, in_short, e->arena);
	}
	if (o.key == NULL)
		o.key = made_up_key(e);
	bool marker = strcmp(o.event, "ObjectRemoved:DeleteMarkerCreated") == 0, removed = begins(o.event, "ObjectRemoved:");
	if (removed)
		o.etag = marker ? content_digest(&(struct envelope_record){0}, e->arena) : NULL;
	o.has_size = begins(o.event, "ObjectCreated:") || begins(o.event, "ObjectRestore:");
	o.has_sequencer = o.has_size || removed;
	o.sequencer = sequencer_of(e->arena, r->sent);
	o.request = madeup_text(e->arena, r->identity, MADEUP_REQUEST, MADEUP_UPPER, 16);
	shape__payload_end(&p);
	return o;
}

static const char *bucket_name(const struct shape_event *e)
{
	return e->place->name != NULL ? e->place->name : "bucket";
}

static const char *bucket_arn(const struct shape_event *e)
{
	return arena_format(e->arena, "arn:%s:s3:::%s", madeup_partition(e->region), bucket_name(e));
}

/* --- a notification -------------------------------------------------------------------------------------------------------------------- */

static void one_text(struct json_out *j, const char *object, const char *key, const char *value)
{
	json_out_key(j, object);
	json_out_object(j);
	shape__field(j, key, value);
	json_out_end_object(j);
}

static void s3_part(struct json_out *j, const struct shape_event *e, const struct object *o)
{
	const char *function = e->place->function != NULL ? e->place->function : "";
	uint64_t place = madeup_identity(arena_format(e->arena, "%s %s", bucket_name(e), function));
	json_out_key(j, "s3");
	json_out_object(j);
	shape__field(j, "s3SchemaVersion", "1.0");
	shape__field(j, "configurationId", madeup_uuid(e->arena, place, MADEUP_CREATION));
	json_out_key(j, "bucket");
	json_out_object(j);
	shape__field(j, "name", bucket_name(e));
	one_text(j, "ownerIdentity", "principalId", "A3WEIROWNEREXAMPLE");
	shape__field(j, "arn", bucket_arn(e));
	json_out_end_object(j);
	json_out_key(j, "object");
	json_out_object(j);
	shape__field(j, "key", key_encoded(o->key, e->arena));
	if (o->has_size)
		shape__count(j, "size", o->size);
	shape__some(j, "eTag", o->etag);
	shape__some(j, "versionId", o->version);
	if (o->has_sequencer)
		shape__field(j, "sequencer", o->sequencer);
	json_out_end_object(j);
	json_out_end_object(j);
}

static void s3_write(struct json_out *j, const struct shape_event *e)
{
	const struct envelope_record *r = &e->records[0];
	struct object o = object_of(e);
	shape__records(j);
	json_out_object(j);
	shape__field(j, "eventVersion", event_version(o.event));
	shape__field(j, "eventSource", "aws:s3");
	shape__field(j, "awsRegion", e->region);
	shape__field(j, "eventTime", madeup_iso_ms(e->arena, r->sent));
	shape__field(j, "eventName", o.event);
	one_text(j, "userIdentity", "principalId", "AWS:" SHAPE_SENDER);
	one_text(j, "requestParameters", "sourceIPAddress", SHAPE_SOURCE_IP);
	json_out_key(j, "responseElements");
	json_out_object(j);
	shape__field(j, "x-amz-request-id", o.request);
	shape__field(j, "x-amz-id-2", madeup_text(e->arena, r->identity, MADEUP_HOST, MADEUP_BASE64, 76));
	json_out_end_object(j);
	s3_part(j, e, &o);
	json_out_end_object(j);
	shape__records_end(j);
}

/* --- through the bus --------------------------------------------------------------------------------------------------------------------- */

struct bus_name {
	const char *event, *detail_type, *reason, *deletion;
};

static const struct bus_name *bus_name_of(const char *event)
{
	static const struct bus_name names[] = {
		{"ObjectCreated:Put", "Object Created", "PutObject", NULL},
		{"ObjectCreated:Post", "Object Created", "POST Object", NULL},
		{"ObjectCreated:Copy", "Object Created", "CopyObject", NULL},
		{"ObjectCreated:CompleteMultipartUpload", "Object Created", "CompleteMultipartUpload", NULL},
		{"ObjectRemoved:DeleteMarkerCreated", "Object Deleted", "DeleteObject", "Delete Marker Created"},
		{"ObjectRemoved:", "Object Deleted", "DeleteObject", "Permanently Deleted"},
		{"LifecycleExpiration:DeleteMarkerCreated", "Object Deleted", "Lifecycle Expiration", "Delete Marker Created"},
		{"LifecycleExpiration:", "Object Deleted", "Lifecycle Expiration", "Permanently Deleted"},
		{"LifecycleTransition", "Object Storage Class Changed", NULL, NULL},
		{"IntelligentTiering", "Object Access Tier Changed", NULL, NULL},
		{"ObjectRestore:Post", "Object Restore Initiated", NULL, NULL},
		{"ObjectRestore:Completed", "Object Restore Completed", NULL, NULL},
		{"ObjectRestore:Delete", "Object Restore Expired", NULL, NULL},
		{"ObjectTagging:Put", "Object Tags Added", NULL, NULL},
		{"ObjectTagging:Delete", "Object Tags Deleted", NULL, NULL},
		{"ObjectAcl:Put", "Object ACL Updated", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (begins(event, names[i].event))
			return &names[i];
	return &names[0];
}

static void bus_detail(struct json_out *j, const struct shape_event *e, const struct object *o, const struct bus_name *name)
{
	json_out_object(j);
	shape__field(j, "version", "0");
	one_text(j, "bucket", "name", bucket_name(e));
	json_out_key(j, "object");
	json_out_object(j);
	shape__field(j, "key", o->key);
	if (o->has_size)
		shape__count(j, "size", o->size);
	shape__some(j, "etag", o->etag);
	shape__some(j, "version-id", o->version);
	if (o->has_sequencer)
		shape__field(j, "sequencer", o->sequencer);
	json_out_end_object(j);
	shape__field(j, "request-id", o->request);
	shape__field(j, "requester", ENVELOPE_ACCOUNT);
	shape__field(j, "source-ip-address", SHAPE_SOURCE_IP);
	shape__some(j, "reason", name->reason);
	shape__some(j, "deletion-type", name->deletion);
	json_out_end_object(j);
}

void shape__object_event(struct json_out *j, const struct shape_event *e)
{
	struct object o = object_of(e);
	const struct bus_name *name = bus_name_of(o.event);
	struct textbuf detail = {0};
	struct json_out inner;
	json_out_init(&inner, &detail, 0);
	bus_detail(&inner, e, &o, name);
	const char *arn = bucket_arn(e);
	const struct shape_bus bus = {.id = madeup_uuid(e->arena, e->records[0].identity, MADEUP_MESSAGE),
	                              .detail_type = name->detail_type,
	                              .source = "aws.s3",
	                              .time = madeup_iso_s(e->arena, e->records[0].sent),
	                              .resources = &arn,
	                              .resource_count = 1,
	                              .detail = detail.text,
	                              .detail_length = detail.length};
	shape__bus_envelope(j, e->region, &bus);
	textbuf_fini(&detail);
}

const struct shape shape__s3 = {is_s3, s3_write};
