#include "models/handler/partial.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "sim/base/memory.h"

/* What the answer is to call a record. */
static const char *identifier_of(enum source_kind kind, const json_t *record)
{
	if (kind == SOURCE_SQS)
		return json_string_value(json_object_get(record, "messageId"));
	if (kind == SOURCE_KINESIS)
		return json_string_value(json_object_get(json_object_get(record, "kinesis"), "sequenceNumber"));
	return json_string_value(json_object_get(json_object_get(record, "dynamodb"), "SequenceNumber"));
}

/* Marks the record; false when there is none of that name. */
static bool mark(enum source_kind kind, const json_t *records, const char *identifier, bool *failed)
{
	for (size_t i = 0; i < json_array_size(records); i++) {
		const char *own = identifier_of(kind, json_array_get(records, i));
		if (own && strcmp(own, identifier) == 0)
			return failed[i] = true;
	}
	return false;
}

static uint32_t count_failed(enum source_kind kind, const bool *failed, uint32_t records)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < records; i++) {
		if (failed[i] && kind != SOURCE_SQS)
			return records - i; /* records of a stream stand in order */
		count += failed[i];
	}
	return count;
}

static uint32_t named(enum source_kind kind, const char *event, size_t event_length, uint32_t records, const json_t *list)
{
	json_t *root = json_loadb(event, event_length, 0, NULL);
	const json_t *all = json_object_get(root, "Records");
	bool *failed = MEMORY_ARRAY(json_array_size(all) + 1, bool), good = json_array_size(all) == records;
	for (size_t i = 0; good && i < json_array_size(list); i++) {
		const char *identifier = json_string_value(json_object_get(json_array_get(list, i), "itemIdentifier"));
		good = identifier && *identifier && mark(kind, all, identifier, failed);
	}
	uint32_t count = good ? count_failed(kind, failed, records) : records;
	memory_free(failed);
	json_decref(root);
	return count;
}

uint32_t partial_failures(enum source_kind kind, const char *event, size_t event_length, uint32_t records, const char *answer,
                          size_t answer_length)
{
	bool polled = kind == SOURCE_SQS || kind == SOURCE_KINESIS || kind == SOURCE_DYNAMODB;
	if (!polled || answer_length == 0)
		return 0;
	json_t *root = json_loadb(answer, answer_length, JSON_DECODE_ANY, NULL);
	const json_t *list = json_object_get(root, "batchItemFailures");
	uint32_t count = 0;
	if (root == NULL || (list && !json_is_null(list) && !json_is_array(list)))
		count = records;
	else if (json_array_size(list) > 0)
		count = named(kind, event, event_length, records, list);
	json_decref(root);
	return count;
}
