#include "models/source/envelope.h"

#include <assert.h>
#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "models/source/table.h"
#include "sim/base/json_out.h"
#include "sim/base/textbuf.h"
#include "sim/base/utf8.h"

/* The one moment and the one caller of every made-up request. 192.0.2.0/24 is kept for documentation (RFC 5737); the trace id carries the
 * same second in hexadecimal. */
#define EPOCH_MS INT64_C(1735689600000)
#define EPOCH_CLF "01/Jan/2025:00:00:00 +0000"
#define ACCOUNT "123456789012"
#define API_ID "abcdef1234"
#define URL_ID "abcdefghijklmnopqrstuvwxyz123456"
#define REGION_DOMAIN "us-east-1"
#define API_DOMAIN API_ID ".execute-api." REGION_DOMAIN ".amazonaws.com"
#define URL_DOMAIN URL_ID ".lambda-url." REGION_DOMAIN ".on.aws"
#define SOURCE_IP "192.0.2.1"
#define USER_AGENT "weir"
#define TRACE "Root=1-67748580-0123456789abcdef01234567"
#define REQUEST_UUID "01234567-89ab-4cde-8f01-23456789abcd"
#define REQUEST_EXTENDED "AbCdEfGhIjKlMnO="
#define REST_STAGE "Prod" /* the stage that SAM makes for an Api event */

/* A path parameter's made-up value reads as a number and as a text; a greedy one has two segments. */
#define PARAMETER "1"
#define PARAMETER_GREEDY "a/b"

struct body {
	const char *text; /* NULL without a body */
	size_t sent;      /* bytes that went over the wire */
	bool base64;
	const char *content_type;
};

struct request {
	const char *method;       /* upper case, never ANY */
	const char *route_method; /* as the route says: "GET", "ANY" */
	bool catch_all;           /* $default */
	const char *resource;     /* the route's template, "/pets/{id}" */
	const char *path;         /* what was requested: "/pets/1" */
	struct body body;
};

struct header {
	const char *rest, *lower, *value; /* the name as REST passes it and as payload 2.0 does; NULL where it is not passed */
};

/* --- what is a whole event already -------------------------------------------------------------------------------------------- */

static bool is_text(const json_t *object, const char *key)
{
	return json_is_string(json_object_get(object, key));
}

static bool is_rest(const json_t *event)
{
	return is_text(event, "httpMethod") &&
	       (is_text(event, "path") || is_text(event, "resource") || json_is_object(json_object_get(event, "requestContext")));
}

static bool is_http2(const json_t *event)
{
	const json_t *context = json_object_get(event, "requestContext");
	if (json_is_object(json_object_get(context, "http")))
		return true;
	const char *version = json_string_value(json_object_get(event, "version"));
	return version != NULL && strcmp(version, "2.0") == 0 &&
	       (is_text(event, "routeKey") || is_text(event, "rawPath") || json_is_object(context));
}

int envelope_is_whole(enum source_kind kind, const char *payload, size_t length)
{
	if (kind == SOURCE_INVOKE)
		return 1;
	json_t *event = json_loadb(payload, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	bool whole = false;
	if (json_is_object(event))
		/* An HTTP API may be set to payload 1.0, whose keys are REST's. */
		whole = (kind != SOURCE_API && is_http2(event)) || (kind != SOURCE_FUNCTION_URL && is_rest(event));
	json_decref(event);
	return whole;
}

/* --- the body ------------------------------------------------------------------------------------------------------------------ */

/* A NUL is UTF-8 but no text. */
static bool is_plain_text(const char *bytes, size_t length)
{
	uint32_t c;
	for (size_t i = 0; i < length;) {
		i += utf8_next(bytes + i, length - i, &c);
		if (c == UTF8_INVALID || c == 0)
			return false;
	}
	return true;
}

/* RFC 4648, section 4: the standard alphabet with padding. */
static const char *base64(const char *bytes, size_t length, struct arena *a)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = (const unsigned char *)bytes;
	char *out = arena_alloc(a, (length + 2) / 3 * 4 + 1), *to = out;
	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		uint32_t three = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) | (left > 2 ? in[i + 2] : 0);
		*to++ = alphabet[three >> 18];
		*to++ = alphabet[three >> 12 & 63];
		*to++ = left > 1 ? alphabet[three >> 6 & 63] : '=';
		*to++ = left > 2 ? alphabet[three & 63] : '=';
	}
	return out;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* White space around a JSON text means nothing, and a client would not send a file's last newline. */
static const char *trimmed(const char *text, size_t *length, struct arena *a)
{
	for (; *length > 0 && is_blank(*text); ++text)
		--*length;
	while (*length > 0 && is_blank(text[*length - 1]))
		--*length;
	return arena_string_n(a, text, *length);
}

/* The content type makes the gateways treat the body as what it is: HTTP APIs and function URLs pass text and JSON as text and all
 * else as base64; a REST API does so for the types it calls binary, which application/octet-stream is taken to be. */
static struct body body_of(const char *payload, size_t length, struct arena *a)
{
	if (payload == NULL || length == 0)
		return (struct body){0};
	if (!is_plain_text(payload, length))
		return (struct body){base64(payload, length, a), length, true, "application/octet-stream"};
	json_t *json = json_loadb(payload, length, JSON_DECODE_ANY, NULL);
	const char *type = json != NULL ? "application/json" : "text/plain; charset=utf-8";
	const char *text = json != NULL ? trimmed(payload, &length, a) : arena_string_n(a, payload, length);
	json_decref(json);
	return (struct body){text, length, false, type};
}

/* --- the request ---------------------------------------------------------------------------------------------------------------- */

/* One {name} or {name+} of a template: its name and where it ends; false where `at` begins none. */
static bool parameter_at(const char *at, size_t *name_length, bool *greedy, const char **end)
{
	if (*at != '{')
		return false;
	const char *close = strchr(at, '}');
	if (close == NULL || close == at + 1)
		return false;
	*greedy = close[-1] == '+' && close > at + 2;
	*name_length = (size_t)(close - at) - 1 - (*greedy ? 1 : 0);
	*end = close + 1;
	return true;
}

static const char *filled_path(const char *template, struct arena *a)
{
	struct textbuf b = {0};
	size_t length;
	bool greedy;
	const char *end;
	for (const char *at = template; *at != '\0';) {
		if (parameter_at(at, &length, &greedy, &end)) {
			textbuf_add(&b, greedy ? PARAMETER_GREEDY : PARAMETER);
			at = end;
		} else {
			textbuf_add_char(&b, *at++);
		}
	}
	const char *path = arena_string(a, textbuf_text(&b));
	textbuf_fini(&b);
	return path;
}

static bool has_parameters(const char *template)
{
	size_t length;
	bool greedy;
	const char *end;
	for (const char *at = template; *at != '\0'; at++)
		if (parameter_at(at, &length, &greedy, &end))
			return true;
	return false;
}

static char *upper(const char *text, struct arena *a)
{
	char *copy = arena_string(a, text);
	for (char *c = copy; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	return copy;
}

static bool is_any(const char *method)
{
	return strcmp(method, "ANY") == 0 || strcmp(method, "*") == 0 || strcmp(method, "X-AMAZON-APIGATEWAY-ANY-METHOD") == 0;
}

static struct request request_of(const char *method, const char *path, const char *payload, size_t length, struct arena *a)
{
	struct request r = {.body = body_of(payload, length, a)};
	r.route_method = upper(method != NULL && *method != '\0' && *method != '$' ? method : "ANY", a);
	if (is_any(r.route_method))
		r.route_method = "ANY";
	r.method = strcmp(r.route_method, "ANY") != 0 ? r.route_method : r.body.text != NULL ? "POST" : "GET";
	r.catch_all = path == NULL || *path == '\0' || strcmp(path, "$default") == 0;
	if (r.catch_all)
		path = "/";
	r.resource = *path == '/' ? path : arena_format(a, "/%s", path);
	r.path = filled_path(r.resource, a);
	return r;
}

/* --- writing --------------------------------------------------------------------------------------------------------------------- */

static void text_field(struct json_out *j, const char *key, const char *value)
{
	json_out_key(j, key);
	if (value != NULL)
		json_out_string(j, value);
	else
		json_out_null(j);
}

static void null_fields(struct json_out *j, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		text_field(j, keys[i], NULL);
}

static void parameters(struct json_out *j, const char *template)
{
	size_t length;
	bool greedy;
	const char *end;
	json_out_object(j);
	for (const char *at = template; *at != '\0'; at++) {
		if (!parameter_at(at, &length, &greedy, &end))
			continue;
		struct arena names = {0};
		text_field(j, arena_string_n(&names, at + 1, length), greedy ? PARAMETER_GREEDY : PARAMETER);
		arena_fini(&names);
		at = end - 1;
	}
	json_out_end_object(j);
}

enum { HEADERS_MAX = 12 };

/* All headers that may come, in the order of their names. REST passes no Content-Length; only a function URL names the TLS session. */
static size_t headers_of(enum source_kind kind, const struct request *r, struct arena *a, struct header *h)
{
	size_t n = 0;
	const char *length = arena_format(a, "%zu", r->body.sent);
	h[n++] = (struct header){"Accept", "accept", "*/*"};
	if (kind == SOURCE_HTTP_API || (kind == SOURCE_FUNCTION_URL && r->body.text != NULL))
		h[n++] = (struct header){NULL, "content-length", length};
	if (r->body.text != NULL)
		h[n++] = (struct header){"Content-Type", "content-type", r->body.content_type};
	h[n++] = (struct header){"Host", "host", kind == SOURCE_FUNCTION_URL ? URL_DOMAIN : API_DOMAIN};
	h[n++] = (struct header){"User-Agent", "user-agent", USER_AGENT};
	if (kind == SOURCE_FUNCTION_URL) {
		h[n++] = (struct header){NULL, "x-amzn-tls-cipher-suite", "TLS_AES_128_GCM_SHA256"};
		h[n++] = (struct header){NULL, "x-amzn-tls-version", "TLSv1.3"};
	}
	h[n++] = (struct header){"X-Amzn-Trace-Id", "x-amzn-trace-id", TRACE};
	h[n++] = (struct header){"X-Forwarded-For", "x-forwarded-for", SOURCE_IP};
	h[n++] = (struct header){"X-Forwarded-Port", "x-forwarded-port", "443"};
	h[n++] = (struct header){"X-Forwarded-Proto", "x-forwarded-proto", "https"};
	assert(n <= HEADERS_MAX);
	return n;
}

static void rest_headers(struct json_out *j, const struct header *h, size_t count)
{
	json_out_key(j, "headers");
	json_out_object(j);
	for (size_t i = 0; i < count; i++)
		text_field(j, h[i].rest, h[i].value);
	json_out_end_object(j);
	json_out_key(j, "multiValueHeaders");
	json_out_object(j);
	for (size_t i = 0; i < count; i++) {
		json_out_key(j, h[i].rest);
		json_out_array(j);
		json_out_string(j, h[i].value);
		json_out_end_array(j);
	}
	json_out_end_object(j);
}

static void rest_identity(struct json_out *j)
{
	static const char *const unknown[] = {"accessKey",
	                                      "accountId",
	                                      "caller",
	                                      "cognitoAuthenticationProvider",
	                                      "cognitoAuthenticationType",
	                                      "cognitoIdentityId",
	                                      "cognitoIdentityPoolId",
	                                      "principalOrgId",
	                                      "user",
	                                      "userArn"};
	json_out_key(j, "identity");
	json_out_object(j);
	null_fields(j, unknown, sizeof unknown / sizeof *unknown);
	text_field(j, "sourceIp", SOURCE_IP);
	text_field(j, "userAgent", USER_AGENT);
	json_out_end_object(j);
}

static void rest_context(struct json_out *j, const struct request *r, struct arena *a)
{
	json_out_key(j, "requestContext");
	json_out_object(j);
	text_field(j, "resourceId", "abc123");
	text_field(j, "resourcePath", r->resource);
	text_field(j, "httpMethod", r->method);
	text_field(j, "extendedRequestId", REQUEST_EXTENDED);
	text_field(j, "requestTime", EPOCH_CLF);
	text_field(j, "path", arena_format(a, "/" REST_STAGE "%s", r->path));
	text_field(j, "accountId", ACCOUNT);
	text_field(j, "protocol", "HTTP/1.1");
	text_field(j, "stage", REST_STAGE);
	text_field(j, "domainPrefix", API_ID);
	json_out_key(j, "requestTimeEpoch");
	json_out_int(j, EPOCH_MS);
	text_field(j, "requestId", REQUEST_UUID);
	rest_identity(j);
	text_field(j, "domainName", API_DOMAIN);
	text_field(j, "deploymentId", "abc456");
	text_field(j, "apiId", API_ID);
	json_out_end_object(j);
}

/* Payload 1.0: what is empty is null. */
static void rest_event(struct json_out *j, const struct request *r, struct arena *a)
{
	struct header headers[HEADERS_MAX];
	json_out_object(j);
	text_field(j, "resource", r->resource);
	text_field(j, "path", r->path);
	text_field(j, "httpMethod", r->method);
	rest_headers(j, headers, headers_of(SOURCE_API, r, a, headers));
	text_field(j, "queryStringParameters", NULL);
	text_field(j, "multiValueQueryStringParameters", NULL);
	json_out_key(j, "pathParameters");
	if (has_parameters(r->resource))
		parameters(j, r->resource);
	else
		json_out_null(j);
	text_field(j, "stageVariables", NULL);
	rest_context(j, r, a);
	text_field(j, "body", r->body.text);
	json_out_key(j, "isBase64Encoded");
	json_out_bool(j, r->body.base64);
	json_out_end_object(j);
}

static void http2_context(struct json_out *j, enum source_kind kind, const struct request *r, const char *route)
{
	bool url = kind == SOURCE_FUNCTION_URL;
	json_out_key(j, "requestContext");
	json_out_object(j);
	text_field(j, "accountId", url ? "anonymous" : ACCOUNT);
	text_field(j, "apiId", url ? URL_ID : API_ID);
	text_field(j, "domainName", url ? URL_DOMAIN : API_DOMAIN);
	text_field(j, "domainPrefix", url ? URL_ID : API_ID);
	json_out_key(j, "http");
	json_out_object(j);
	text_field(j, "method", r->method);
	text_field(j, "path", r->path);
	text_field(j, "protocol", "HTTP/1.1");
	text_field(j, "sourceIp", SOURCE_IP);
	text_field(j, "userAgent", USER_AGENT);
	json_out_end_object(j);
	text_field(j, "requestId", url ? REQUEST_UUID : REQUEST_EXTENDED);
	text_field(j, "routeKey", route);
	text_field(j, "stage", "$default");
	text_field(j, "time", EPOCH_CLF);
	json_out_key(j, "timeEpoch");
	json_out_int(j, EPOCH_MS);
	json_out_end_object(j);
}

/* Payload 2.0, HTTP APIs and function URLs: what is empty is left out. A function URL has no routes: one $default. */
static void http2_event(struct json_out *j, enum source_kind kind, const struct request *r, struct arena *a)
{
	struct header headers[HEADERS_MAX];
	bool any_route = kind == SOURCE_FUNCTION_URL || r->catch_all;
	const char *route = any_route ? "$default" : arena_format(a, "%s %s", r->route_method, r->resource);
	size_t count = headers_of(kind, r, a, headers);
	json_out_object(j);
	text_field(j, "version", "2.0");
	text_field(j, "routeKey", route);
	text_field(j, "rawPath", r->path);
	text_field(j, "rawQueryString", "");
	json_out_key(j, "headers");
	json_out_object(j);
	for (size_t i = 0; i < count; i++)
		text_field(j, headers[i].lower, headers[i].value);
	json_out_end_object(j);
	http2_context(j, kind, r, route);
	if (!any_route && has_parameters(r->resource)) {
		json_out_key(j, "pathParameters");
		parameters(j, r->resource);
	}
	if (r->body.text != NULL)
		text_field(j, "body", r->body.text);
	json_out_key(j, "isBase64Encoded");
	json_out_bool(j, r->body.base64);
	json_out_end_object(j);
}

char *envelope_wrap(enum source_kind kind, const char *method, const char *path, const char *payload, size_t length,
                    struct arena *a, size_t *out_length)
{
	assert((unsigned)kind < SOURCE_KINDS);
	if (payload != NULL && envelope_is_whole(kind, payload, length)) {
		*out_length = length;
		return arena_string_n(a, payload, length);
	}
	if (kind == SOURCE_INVOKE) {
		*out_length = 2;
		return arena_string(a, "{}");
	}
	struct textbuf out = {0};
	struct json_out j;
	struct request r = request_of(method, path, payload, length, a);
	json_out_init(&j, &out, 0);
	if (kind == SOURCE_API)
		rest_event(&j, &r, a);
	else
		http2_event(&j, kind, &r, a);
	*out_length = out.length;
	char *event = arena_string_n(a, textbuf_text(&out), out.length);
	textbuf_fini(&out);
	return event;
}
