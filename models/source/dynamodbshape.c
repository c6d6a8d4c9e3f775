/* dynamodbshape: changes of a table's items. Sources: Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB"; Amazon DynamoDB API
 * Reference, "AttributeValue" and "StreamRecord"; Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats". */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/source/shape.h"
#include "sim/base/textbuf.h"

static bool is_dynamodb(const json_t *event)
{
	return shape__is_records(event, "eventSource", "aws:dynamodb");
}

/* --- attribute values ---------------------------------------------------------------------------------------------------------------- */

struct item_type {
	const char *name;
	json_type type, otherwise;
};

static const struct item_type *item_type_of(const json_t *value)
{
	static const struct item_type types[] = {
		{"S", JSON_STRING, JSON_STRING}, {"N", JSON_STRING, JSON_STRING}, {"B", JSON_STRING, JSON_STRING},
		{"BOOL", JSON_TRUE, JSON_FALSE}, {"NULL", JSON_TRUE, JSON_TRUE},  {"L", JSON_ARRAY, JSON_ARRAY},
		{"M", JSON_OBJECT, JSON_OBJECT}, {"SS", JSON_ARRAY, JSON_ARRAY},  {"NS", JSON_ARRAY, JSON_ARRAY},
		{"BS", JSON_ARRAY, JSON_ARRAY},
	};
	if (json_object_size(value) != 1)
		return NULL;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		const json_t *inner = json_object_get(value, types[i].name);
		if (inner != NULL && (json_typeof(inner) == types[i].type || json_typeof(inner) == types[i].otherwise))
			return &types[i];
	}
	return NULL;
}

/* An item in DynamoDB's own JSON: every member is an attribute value. */
static bool is_item(const json_t *map)
{
	if (json_object_size(map) == 0)
		return false;
	for (void *at = json_object_iter((json_t *)map); at != NULL; at = json_object_iter_next((json_t *)map, at))
		if (item_type_of(json_object_iter_value(at)) == NULL)
			return false;
	return true;
}

static json_t *value_of(const json_t *plain);

static json_t *item_of(const json_t *plain)
{
	json_t *item = json_object();
	for (void *at = json_object_iter((json_t *)plain); at != NULL; at = json_object_iter_next((json_t *)plain, at))
		json_object_set_new_nocheck(item, json_object_iter_key(at), value_of(json_object_iter_value(at)));
	return item;
}

static json_t *list_of(const json_t *plain)
{
	json_t *list = json_array();
	for (size_t i = 0; i < json_array_size(plain); i++)
		json_array_append_new(list, value_of(json_array_get(plain, i)));
	return list;
}

static json_t *number_of(const json_t *plain)
{
	char text[JSON_OUT_NUMBER];
	if (json_is_integer(plain))
		snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(plain));
	else
		json_out_number(text, json_real_value(plain));
	return json_string(text);
}

static json_t *typed(const char *type, json_t *value)
{
	json_t *object = json_object();
	json_object_set_new_nocheck(object, type, value);
	return object;
}

static json_t *value_of(const json_t *plain)
{
	switch (json_typeof(plain)) {
	case JSON_OBJECT: return typed("M", item_of(plain));
	case JSON_ARRAY: return typed("L", list_of(plain));
	case JSON_STRING: return typed("S", json_incref((json_t *)plain));
	case JSON_INTEGER:
	case JSON_REAL: return typed("N", number_of(plain));
	case JSON_TRUE: return typed("BOOL", json_true());
	case JSON_FALSE: return typed("BOOL", json_false());
	case JSON_NULL: break;
	}
	return typed("NULL", json_true());
}

/* --- sizes --------------------------------------------------------------------------------------------------------------------------- */

static size_t item_size(const json_t *item);
static size_t value_size(const json_t *value);

/* About two digits a byte, leading and trailing zeros left out, and one byte more; one for the sign. */
static size_t number_size(const char *text)
{
	size_t digits = 0, zeros = 0;
	for (const char *c = text; *c != '\0' && *c != 'e' && *c != 'E'; c++) {
		if (*c < '0' || *c > '9' || (*c == '0' && digits == 0))
			continue;
		digits++;
		zeros = *c == '0' ? zeros + 1 : 0;
	}
	return (digits - zeros + 1) / 2 + 1 + (*text == '-' ? 1 : 0);
}

static size_t bytes_size(const char *base64)
{
	size_t length = strlen(base64), pad = 0;
	while (pad < length && base64[length - 1 - pad] == '=')
		pad++;
	return (length - pad) * 3 / 4;
}

static size_t scalar_size(char type, const json_t *value)
{
	if (!json_is_string(value))
		return 1;
	const char *text = json_string_value(value);
	return type == 'N' ? number_size(text) : type == 'B' ? bytes_size(text) : json_string_length(value);
}

static size_t list_size(const struct item_type *type, const json_t *list)
{
	bool set = type->name[1] == 'S';
	size_t size = set ? 0 : 3;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		size += set ? scalar_size(type->name[0], one) : 1 + value_size(one);
	}
	return size;
}

static size_t value_size(const json_t *value)
{
	const struct item_type *type = item_type_of(value);
	if (type == NULL)
		return 1;
	const json_t *inner = json_object_get(value, type->name);
	if (type->type == JSON_ARRAY)
		return list_size(type, inner);
	if (type->type == JSON_OBJECT)
		return 3 + json_object_size(inner) + item_size(inner);
	return type->type == JSON_STRING ? scalar_size(type->name[0], inner) : 1;
}

static size_t item_size(const json_t *item)
{
	size_t size = 0;
	for (void *at = json_object_iter((json_t *)item); at != NULL; at = json_object_iter_next((json_t *)item, at))
		size += strlen(json_object_iter_key(at)) + value_size(json_object_iter_value(at));
	return size;
}

/* --- what changed ---------------------------------------------------------------------------------------------------------------------- */

/* All owned; NULL for what is not there. */
struct change {
	const char *name; /* literal */
	json_t *keys, *new_image, *old_image;
	json_t *identity; /* userIdentity of a deletion by TTL */
};

static json_t *image_of(const json_t *plain)
{
	if (!json_is_object(plain))
		return NULL;
	return is_item(plain) ? json_incref((json_t *)plain) : item_of(plain);
}

/* {NewImage, OldImage, Keys, eventName} and nothing else. */
static bool is_change(const json_t *payload)
{
	static const char *const known[] = {"NewImage", "OldImage", "Keys", "eventName"};
	size_t found = 0;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		found += json_object_get(payload, known[i]) != NULL;
	bool images = json_is_object(json_object_get(payload, "NewImage")) || json_is_object(json_object_get(payload, "OldImage"));
	return images && found == json_object_size(payload);
}

static const char *change_name(const char *said, const struct change *c)
{
	static const char *const names[] = {"INSERT", "MODIFY", "REMOVE"};
	for (size_t i = 0; said != NULL && i < sizeof names / sizeof *names; i++)
		if (strcmp(said, names[i]) == 0)
			return names[i];
	return names[c->old_image == NULL ? 0 : c->new_image != NULL ? 1 : 2];
}

/* The hash key's value: the item's own, the record's key, or made up. */
static json_t *keys_of(const struct shape_event *e, const struct envelope_record *r, const struct change *c)
{
	const char *name = e->place->hash_key != NULL ? e->place->hash_key : "id";
	const json_t *value = json_object_get(c->new_image != NULL ? c->new_image : c->old_image, name);
	if (value != NULL)
		return typed(name, json_incref((json_t *)value));
	const char *key = r->key != NULL ? r->key : madeup_uuid(e->arena, r->identity, MADEUP_ITEM);
	return typed(name, typed("S", json_string(key)));
}

/* An item without its key gets it, first, as any item has it. */
static void complete(json_t **image, const json_t *keys)
{
	if (*image == NULL)
		return;
	json_t *whole = json_deep_copy(keys);
	json_object_update(whole, *image);
	json_decref(*image);
	*image = whole;
}

static struct change change_of(const struct shape_event *e, const struct envelope_record *r)
{
	struct shape_payload p = shape__payload(r->payload, r->length, e->arena);
	const json_t *record = shape__record(p.json, "eventSource", "aws:dynamodb", "dynamodb");
	const json_t *parts = record != NULL ? json_object_get(record, "dynamodb") : is_change(p.json) ? p.json : NULL;
	struct change c = {0};
	if (parts != NULL) {
		c.new_image = image_of(json_object_get(parts, "NewImage"));
		c.old_image = image_of(json_object_get(parts, "OldImage"));
		c.keys = image_of(json_object_get(parts, "Keys"));
		c.identity = json_incref(json_object_get(record, "userIdentity"));
	} else if (json_is_object(p.json)) {
		c.new_image = image_of(p.json);
	} else if (p.text != NULL) {
		size_t length;
		const char *text = shape__message(&p, &length, e->arena);
		c.new_image = typed("payload", p.json != NULL ? value_of(p.json) : typed("S", json_stringn_nocheck(text, length)));
	} else {
		c.new_image = json_object();
	}
	c.name = change_name(shape__text(record != NULL ? record : parts, "eventName"), &c);
	if (c.keys == NULL)
		c.keys = keys_of(e, r, &c);
	complete(&c.new_image, c.keys);
	complete(&c.old_image, c.keys);
	shape__payload_end(&p);
	return c;
}

static void change_fini(struct change *c)
{
	json_decref(c->keys);
	json_decref(c->new_image);
	json_decref(c->old_image);
	json_decref(c->identity);
}

/* --- writing --------------------------------------------------------------------------------------------------------------------------- */

static void stream_record(struct json_out *j, const struct shape_event *e, const struct envelope_record *r, const struct change *c)
{
	const char *view = e->place->view != NULL ? e->place->view : "NEW_AND_OLD_IMAGES";
	bool both = strcmp(view, "NEW_AND_OLD_IMAGES") == 0;
	const json_t *new_image = both || strcmp(view, "NEW_IMAGE") == 0 ? c->new_image : NULL;
	const json_t *old_image = both || strcmp(view, "OLD_IMAGE") == 0 ? c->old_image : NULL;
	if (strcmp(c->name, "REMOVE") == 0)
		new_image = NULL;
	if (strcmp(c->name, "INSERT") == 0)
		old_image = NULL;
	json_out_key(j, "dynamodb");
	json_out_object(j);
	shape__count(j, "ApproximateCreationDateTime", madeup_epoch_ms(r->arrival) / 1000);
	shape__member(j, "Keys", c->keys);
	shape__member(j, "NewImage", new_image);
	shape__member(j, "OldImage", old_image);
	shape__field(j, "SequenceNumber", shape__dynamodb_sequence(e->arena, r->sequence));
	size_t size = item_size(c->keys) + (new_image ? item_size(new_image) : 0) + (old_image ? item_size(old_image) : 0);
	shape__count(j, "SizeBytes", (int64_t)size);
	shape__field(j, "StreamViewType", view);
	json_out_end_object(j);
}

static void record(struct json_out *j, const struct shape_event *e, const struct envelope_record *r, const char *arn)
{
	struct change c = change_of(e, r);
	json_out_object(j);
	shape__field(j, "eventID", madeup_text(e->arena, r->identity, MADEUP_MESSAGE, MADEUP_HEX, 32));
	shape__field(j, "eventName", c.name);
	shape__field(j, "eventVersion", "1.1");
	shape__field(j, "eventSource", "aws:dynamodb");
	shape__field(j, "awsRegion", e->region);
	stream_record(j, e, r, &c);
	shape__member(j, "userIdentity", c.identity);
	shape__field(j, "eventSourceARN", arn);
	json_out_end_object(j);
	change_fini(&c);
}

static void dynamodb_write(struct json_out *j, const struct shape_event *e)
{
	const char *arn = shape__stream_arn(e);
	json_out_object(j);
	json_out_key(j, "Records");
	json_out_array(j);
	for (size_t i = 0; i < e->count; i++)
		record(j, e, &e->records[i], arn);
	json_out_end_array(j);
	if (e->place->window != NULL)
		shape__window(j, e, shape__dynamodb_shard(e->arena, e->place->window->shard), arn);
	json_out_end_object(j);
}

const struct shape shape__dynamodb = {is_dynamodb, dynamodb_write};
