#include "models/handler/proxy.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { INFERRED = 200, INVALID = -1, LOWEST = 100, HIGHEST = 599 };

/* A whole number or its text. */
static int read_status(const json_t *value)
{
	json_int_t status = 0;
	if (json_is_integer(value)) {
		status = json_integer_value(value);
	} else if (json_is_string(value)) {
		const char *text = json_string_value(value);
		char *end;
		long parsed = strtol(text, &end, 10);
		status = *text >= '0' && *text <= '9' && *end == '\0' ? parsed : 0;
	}
	return status >= LOWEST && status <= HIGHEST ? (int)status : INVALID;
}

static bool is_text_or_missing(const json_t *value)
{
	return value == NULL || json_is_null(value) || json_is_string(value);
}

static bool are_lists(json_t *map)
{
	const char *name;
	json_t *value;
	if (map == NULL || json_is_null(map))
		return true;
	json_object_foreach(map, name, value) if (!json_is_array(value)) return false;
	return json_is_object(map);
}

/* Payload format 1.0: only these keys; without statusCode but with another of them, 200. */
static int rest_status(json_t *answer)
{
	static const char *const known[] = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"};
	size_t found = 0;
	if (!json_is_object(answer))
		return INVALID;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		found += json_object_get(answer, known[i]) != NULL;
	const json_t *headers = json_object_get(answer, "headers"), *status = json_object_get(answer, "statusCode");
	if (found == 0 || found != json_object_size(answer) || !is_text_or_missing(json_object_get(answer, "body")))
		return INVALID;
	if ((headers && !json_is_object(headers) && !json_is_null(headers)) ||
	    !are_lists(json_object_get(answer, "multiValueHeaders")))
		return INVALID;
	return status ? read_status(status) : INFERRED;
}

/* Payload format 2.0: an object with statusCode is an HTTP answer, anything else is its body. */
static int inferred_status(json_t *answer)
{
	const json_t *status = json_object_get(answer, "statusCode");
	if (status == NULL)
		return INFERRED;
	return is_text_or_missing(json_object_get(answer, "body")) ? read_status(status) : INVALID;
}

/* Elastic Load Balancing, "Lambda functions as targets", Limits: the answer's JSON has 1 MB at most, else the client gets 502. */
enum { BALANCER_ANSWER_MAX = 1024 * 1024 };

/* A load balancer infers nothing. */
static int balancer_status(const json_t *answer)
{
	const json_t *status = json_object_get(answer, "statusCode"), *headers = json_object_get(answer, "headers");
	if (!json_is_integer(status) || !is_text_or_missing(json_object_get(answer, "body")))
		return INVALID;
	return headers == NULL || json_is_null(headers) || json_is_object(headers) ? read_status(status) : INVALID;
}

int proxy_status(enum source_kind kind, bool payload_1_0, const char *body, size_t length, bool prelude)
{
	if (kind != SOURCE_API && kind != SOURCE_HTTP_API && kind != SOURCE_FUNCTION_URL && kind != SOURCE_ALB)
		return 0;
	if (kind == SOURCE_ALB && length > BALANCER_ANSWER_MAX)
		return INVALID;
	if (prelude)
		length = strnlen(body, length);
	json_t *answer = json_loadb(body, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	bool rest = kind == SOURCE_API || (kind == SOURCE_HTTP_API && payload_1_0);
	int status = kind == SOURCE_ALB ? balancer_status(answer) : rest ? rest_status(answer) : inferred_status(answer);
	if (rest && kind != SOURCE_API && json_object_get(answer, "statusCode") == NULL)
		status = INVALID;
	json_decref(answer);
	return status;
}
