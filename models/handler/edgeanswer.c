#include "models/handler/edgeanswer.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { GOES_ON = 0, INVALID = -1 };
enum { STATUS_LEAST = 200, STATUS_MOST = 599, NO_CONTENT = 204 };
/* Bytes of a response with its headers; characters of a uri with its query. */
enum { SIZE_VIEWER = 40 * 1024, SIZE_ORIGIN = 1024 * 1024, URI_MOST = 8192 };

enum event_type { VIEWER_REQUEST, ORIGIN_REQUEST, ORIGIN_RESPONSE, VIEWER_RESPONSE, EVENT_TYPES };

struct edge_event {
	enum event_type type;
	const json_t *request, *response; /* NULL in request events */
};

/* Which part of the event the headers of an answer are compared with. */
static const char *const type_names[EVENT_TYPES] = {"viewer-request", "origin-request", "origin-response", "viewer-response"};

static const char *const disallowed[] =
	{"Connection",         "Expect",           "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
         "Proxy-Connection",   "Trailer",          "Upgrade",    "X-Accel-Buffering",  "X-Accel-Charset",
         "X-Accel-Limit-Rate", "X-Accel-Redirect", "X-Cache",    "X-Forwarded-Proto",  "X-Real-IP"};
static const char *const disallowed_families[] = {"X-Amz-Cf-", "X-Edge-"};

enum { READ_ONLY_MOST = 10 };
static const char *const read_only[EVENT_TYPES][READ_ONLY_MOST] = {
	[VIEWER_REQUEST] = {"Content-Length", "Host", "Transfer-Encoding", "Via"},
	[ORIGIN_REQUEST] = {"Accept-Encoding", "Content-Length", "If-Modified-Since", "If-None-Match", "If-Range",
                            "If-Unmodified-Since", "Transfer-Encoding", "Via"},
	[ORIGIN_RESPONSE] = {"Transfer-Encoding", "Via"},
	[VIEWER_RESPONSE] = {"Warning", "Via"},
};

static struct edge_event event_of(const json_t *root)
{
	const json_t *cf = json_object_get(json_array_get(json_object_get(root, "Records"), 0), "cf");
	const char *type = json_string_value(json_object_get(json_object_get(cf, "config"), "eventType"));
	struct edge_event e = {VIEWER_REQUEST, json_object_get(cf, "request"), json_object_get(cf, "response")};
	for (size_t i = 0; type != NULL && i < EVENT_TYPES; i++)
		if (strcmp(type, type_names[i]) == 0)
			e.type = (enum event_type)i;
	return e;
}

static bool is_response_event(const struct edge_event *e)
{
	return e->type == ORIGIN_RESPONSE || e->type == VIEWER_RESPONSE;
}

/* --- headers --------------------------------------------------------------------------------------------------------------------------- */

/* A list of {value, key}; the key, where it is there, is the name in any case. */
static bool is_header(const char *name, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i), *key = json_object_get(one, "key");
		if (!json_is_string(json_object_get(one, "value")))
			return false;
		if (key != NULL && (!json_is_string(key) || strcasecmp(json_string_value(key), name) != 0))
			return false;
	}
	return json_is_array(list);
}

static const json_t *header(const json_t *headers, const char *name)
{
	for (void *at = json_object_iter((json_t *)headers); at != NULL; at = json_object_iter_next((json_t *)headers, at))
		if (strcasecmp(json_object_iter_key(at), name) == 0)
			return json_object_iter_value(at);
	return NULL;
}

static bool same_values(const json_t *one, const json_t *other)
{
	if (json_array_size(one) != json_array_size(other))
		return false;
	for (size_t i = 0; i < json_array_size(one); i++)
		if (!json_equal(json_object_get(json_array_get(one, i), "value"),
		                json_object_get(json_array_get(other, i), "value")))
			return false;
	return true;
}

static bool is_disallowed(const char *name)
{
	for (size_t i = 0; i < sizeof disallowed / sizeof *disallowed; i++)
		if (strcasecmp(name, disallowed[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof disallowed_families / sizeof *disallowed_families; i++)
		if (strncasecmp(name, disallowed_families[i], strlen(disallowed_families[i])) == 0)
			return true;
	return false;
}

/* `before`: the headers that the function got of this request or response; NULL for a response of its own. */
static bool are_headers(const struct edge_event *e, const json_t *headers, const json_t *before)
{
	if (headers != NULL && !json_is_object(headers))
		return false;
	for (void *at = json_object_iter((json_t *)headers); at != NULL; at = json_object_iter_next((json_t *)headers, at)) {
		const char *name = json_object_iter_key(at);
		const json_t *list = json_object_iter_value(at);
		if (!is_header(name, list) || (is_disallowed(name) && !same_values(list, header(before, name))))
			return false;
	}
	for (size_t i = 0; i < READ_ONLY_MOST && read_only[e->type][i] != NULL; i++) {
		const char *name = read_only[e->type][i];
		if (!same_values(header(headers, name), header(before, name)))
			return false;
	}
	return true;
}

/* --- the request ----------------------------------------------------------------------------------------------------------------------- */

static bool is_base64(const char *text, size_t length)
{
	size_t digits = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
	size_t padding = strspn(text + digits, "=");
	return digits + padding == length && length % 4 == 0 && padding <= 2;
}

/* `encoding`: "text", "base64" or missing. */
static bool is_body(const json_t *text, const json_t *encoding)
{
	const char *word = json_string_value(encoding);
	if (!json_is_string(text) || (encoding != NULL && word == NULL))
		return false;
	if (word == NULL || strcmp(word, "text") == 0)
		return true;
	return strcmp(word, "base64") == 0 && is_base64(json_string_value(text), json_string_length(text));
}

static bool is_request(const struct edge_event *e, const json_t *answer)
{
	const json_t *uri = json_object_get(answer, "uri"), *query = json_object_get(answer, "querystring");
	const json_t *body = json_object_get(answer, "body");
	const char *action = json_string_value(json_object_get(body, "action"));
	if (!json_is_string(uri) || *json_string_value(uri) != '/' || (query != NULL && !json_is_string(query)))
		return false;
	if (json_string_length(uri) + json_string_length(query) > URI_MOST)
		return false;
	if (action != NULL && strcmp(action, "replace") == 0 &&
	    !is_body(json_object_get(body, "data"), json_object_get(body, "encoding")))
		return false;
	return are_headers(e, json_object_get(answer, "headers"), json_object_get(e->request, "headers"));
}

/* --- the response ---------------------------------------------------------------------------------------------------------------------- */

static int status_of(const json_t *value)
{
	json_int_t status = json_integer_value(value);
	if (json_is_string(value) && json_string_length(value) == 3 && strspn(json_string_value(value), "0123456789") == 3)
		status = strtol(json_string_value(value), NULL, 10);
	return status >= STATUS_LEAST && status <= STATUS_MOST ? (int)status : INVALID;
}

static size_t size_of(const json_t *answer)
{
	size_t headers = json_dumpb(json_object_get(answer, "headers"), NULL, 0, JSON_COMPACT);
	return json_string_length(json_object_get(answer, "body")) + headers;
}

static int response_status(const struct edge_event *e, const json_t *answer)
{
	bool viewer = e->type == VIEWER_REQUEST || e->type == VIEWER_RESPONSE;
	const json_t *body = json_object_get(answer, "body");
	int status = status_of(json_object_get(answer, "status"));
	if (body != NULL && !is_body(body, json_object_get(answer, "bodyEncoding")))
		return INVALID;
	if (e->type == VIEWER_RESPONSE && status != status_of(json_object_get(e->response, "status")))
		return INVALID;
	if (e->type == VIEWER_REQUEST && status == NO_CONTENT && json_string_length(body) > 0)
		return INVALID;
	if (size_of(answer) > (viewer ? SIZE_VIEWER : SIZE_ORIGIN))
		return INVALID;
	return are_headers(e, json_object_get(answer, "headers"), json_object_get(e->response, "headers")) ? status : INVALID;
}

int edge_answer_status(const char *event, size_t event_length, const char *body, size_t length)
{
	json_t *got = json_loadb(event, event_length, JSON_ALLOW_NUL, NULL);
	json_t *answer = json_loadb(body, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	const struct edge_event e = event_of(got);
	int status = INVALID;
	if (json_object_get(answer, "status") != NULL)
		status = response_status(&e, answer);
	else if (!is_response_event(&e) && is_request(&e, answer))
		status = GOES_ON;
	json_decref(got);
	json_decref(answer);
	return status;
}
