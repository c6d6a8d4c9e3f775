#include "models/source/attribute.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "models/source/madeup.h"
#include "models/source/shape.h"
#include "sim/base/md5.h"

static bool attribute_is_binary(const struct envelope_attribute *attribute)
{
	assert(attribute != NULL);
	return strncmp(attribute->type, "Binary", 6) == 0;
}

static const char *attribute_either(const json_t *value, const char *one, const char *two)
{
	const char *text = shape__text(value, one);
	return text != NULL ? text : shape__text(value, two);
}

const struct envelope_attribute *attribute__read(const json_t *map, struct arena *a, size_t *count)
{
	struct envelope_attribute *list = ARENA_ARRAY(a, json_object_size(map), struct envelope_attribute);
	*count = 0;
	for (void *at = json_object_iter((json_t *)map); at != NULL; at = json_object_iter_next((json_t *)map, at)) {
		const json_t *value = json_object_iter_value(at);
		const char *type = attribute_either(value, "dataType", "Type"), *text = shape__text(value, "Value");
		if (type == NULL)
			type = shape__text(value, "DataType");
		if (text == NULL)
			text = attribute_either(value, "stringValue", "binaryValue");
		if (text == NULL)
			text = attribute_either(value, "StringValue", "BinaryValue");
		if (type == NULL || text == NULL)
			continue;
		list[(*count)++] = (struct envelope_attribute){arena_string(a, json_object_iter_key(at)), arena_string(a, type),
		                                               arena_string(a, text)};
	}
	return list;
}

const struct envelope_attribute *attribute__join(const struct envelope_attribute *one, size_t one_count,
                                                 const struct envelope_attribute *two, size_t two_count, struct arena *a,
                                                 size_t *count)
{
	*count = one_count + two_count;
	if (one_count == 0)
		return two;
	if (two_count == 0)
		return one;
	struct envelope_attribute *both = ARENA_ARRAY(a, *count, struct envelope_attribute);
	memcpy(both, one, one_count * sizeof *one);
	memcpy(both + one_count, two, two_count * sizeof *two);
	return both;
}

static void attribute_empty_list(struct json_out *j, const char *key)
{
	json_out_key(j, key);
	json_out_array(j);
	json_out_end_array(j);
}

void attribute__write_sqs(struct json_out *j, const struct envelope_attribute *list, size_t count)
{
	json_out_object(j);
	for (size_t i = 0; i < count; i++) {
		json_out_key(j, list[i].name);
		json_out_object(j);
		shape__field(j, attribute_is_binary(&list[i]) ? "binaryValue" : "stringValue", list[i].value);
		attribute_empty_list(j, "stringListValues");
		attribute_empty_list(j, "binaryListValues");
		shape__field(j, "dataType", list[i].type);
		json_out_end_object(j);
	}
	json_out_end_object(j);
}

void attribute__write_sns(struct json_out *j, const struct envelope_attribute *list, size_t count)
{
	json_out_object(j);
	for (size_t i = 0; i < count; i++) {
		json_out_key(j, list[i].name);
		json_out_object(j);
		shape__field(j, "Type", list[i].type);
		shape__field(j, "Value", list[i].value);
		json_out_end_object(j);
	}
	json_out_end_object(j);
}

static void attribute_add_field(struct md5 *m, const char *bytes, size_t length)
{
	unsigned char big_endian[4];
	for (size_t i = 0; i < 4; i++)
		big_endian[i] = (unsigned char)(length >> (24 - 8 * i));
	md5_add(m, big_endian, sizeof big_endian);
	md5_add(m, bytes, length);
}

static void attribute_add(struct md5 *m, const struct envelope_attribute *attribute, struct arena *a)
{
	static const unsigned char string = 1, binary = 2;
	assert(attribute != NULL);
	size_t length = strlen(attribute->value);
	const char *value = attribute->value;
	bool bytes = attribute_is_binary(attribute);
	if (bytes) {
		const char *raw = madeup_unbase64(a, value, &length);
		value = raw != NULL ? raw : value;
	}
	attribute_add_field(m, attribute->name, strlen(attribute->name));
	attribute_add_field(m, attribute->type, strlen(attribute->type));
	md5_add(m, bytes ? &binary : &string, 1);
	attribute_add_field(m, value, length);
}

/* A handful of attributes (SQS allows 10), in the order of their names; equal names in their own. */
const char *attribute__md5(const struct envelope_attribute *list, size_t count, struct arena *a)
{
	struct md5 m;
	char text[MD5_TEXT];
	const struct envelope_attribute *last = NULL;
	md5_init(&m);
	for (size_t done = 0; done < count; done++) {
		const struct envelope_attribute *next = NULL;
		for (size_t i = 0; i < count; i++) {
			const struct envelope_attribute *one = &list[i];
			int after = last != NULL ? strcmp(one->name, last->name) : 1;
			if ((after > 0 || (after == 0 && one > last)) && (next == NULL || strcmp(one->name, next->name) < 0))
				next = one;
		}
		attribute_add(&m, next, a);
		last = next;
	}
	md5_end_text(&m, text);
	return arena_string(a, text);
}
