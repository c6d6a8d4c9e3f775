/* httpshape: API Gateway REST and HTTP APIs, function URLs, Application Load Balancers: a request with a body. */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "models/source/shape.h"
#include "sim/base/textbuf.h"

#define API_ID "abcdef1234"
#define URL_ID "abcdefghijklmnopqrstuvwxyz123456"
#define REST_STAGE "Prod" /* the stage that SAM makes for an Api event */

/* A path parameter's made-up value reads as a number and as a text; a greedy one has two segments. */
#define PARAMETER "1"
#define PARAMETER_GREEDY "a/b"

struct body {
	const char *text; /* NULL without a body */
	size_t length;
	size_t sent; /* bytes that went over the wire */
	bool base64;
	const char *content_type;
};

struct request {
	const struct shape_event *event;
	struct arena *arena;
	const char *method;       /* upper case, never ANY */
	const char *route_method; /* as the route says: "GET", "ANY" */
	bool catch_all;           /* $default */
	const char *resource;     /* the route's template, "/pets/{id}" */
	const char *path;         /* what was requested: "/pets/1" */
	const char *domain;
	const char *trace;
	uint64_t identity;
	simtime at;
	struct body body;
};

struct header {
	const char *rest, *lower, *value; /* the name as REST passes it and as payload 2.0 does; NULL where it is not passed */
};

/* --- what is a whole event already -------------------------------------------------------------------------------------------- */

static bool is_rest(const json_t *event)
{
	return shape__is_text(event, "httpMethod") && (shape__is_text(event, "path") || shape__is_text(event, "resource") ||
	                                               json_is_object(json_object_get(event, "requestContext")));
}

static bool is_http2(const json_t *event)
{
	const json_t *context = json_object_get(event, "requestContext");
	if (json_is_object(json_object_get(context, "http")))
		return true;
	const char *version = shape__text(event, "version");
	return version != NULL && strcmp(version, "2.0") == 0 &&
	       (shape__is_text(event, "routeKey") || shape__is_text(event, "rawPath") || json_is_object(context));
}

/* An HTTP API may be set to payload 1.0, whose keys are REST's. */
static bool is_http(const json_t *event)
{
	return is_http2(event) || is_rest(event);
}

/* --- the request ---------------------------------------------------------------------------------------------------------------- */

/* The content type makes the gateways treat the body as what it is: HTTP APIs, load balancers and function URLs pass text and JSON as text
 * and all else as base64; a REST API does so for the types it calls binary, which application/octet-stream is taken to be. */
static struct body body_of(const struct envelope_record *record, struct arena *a)
{
	struct shape_payload p = shape__payload(record->payload, record->length, a);
	struct body b = {.text = p.text, .length = p.length, .sent = p.length};
	if (p.binary) {
		b.base64 = true;
		b.text = shape__message(&p, &b.length, a);
		b.content_type = "application/octet-stream";
	} else if (p.text != NULL) {
		b.content_type = p.json != NULL ? "application/json" : "text/plain; charset=utf-8";
	}
	shape__payload_end(&p);
	return b;
}

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

static const char *domain_of(const struct shape_event *e)
{
	if (e->kind == SOURCE_ALB)
		return arena_format(e->arena, "lb-1234567890.%s.elb.%s", e->region, madeup_domain(e->region));
	if (e->kind == SOURCE_FUNCTION_URL)
		return arena_format(e->arena, URL_ID ".lambda-url.%s.on.aws", e->region);
	return arena_format(e->arena, API_ID ".execute-api.%s.%s", e->region, madeup_domain(e->region));
}

static struct request request_of(const struct shape_event *e)
{
	struct arena *a = e->arena;
	const struct envelope_record *record = &e->records[0];
	const char *method = e->place->method, *path = e->place->path;
	struct request r = {.event = e, .arena = a, .identity = record->identity, .at = record->sent, .body = body_of(record, a)};
	r.route_method = upper(method != NULL && *method != '\0' && *method != '$' ? method : "ANY", a);
	if (is_any(r.route_method))
		r.route_method = "ANY";
	r.method = strcmp(r.route_method, "ANY") != 0 ? r.route_method : r.body.text != NULL ? "POST" : "GET";
	r.catch_all = path == NULL || *path == '\0' || strcmp(path, "$default") == 0;
	if (r.catch_all)
		path = "/";
	r.resource = *path == '/' ? path : arena_format(a, "/%s", path);
	r.path = filled_path(r.resource, a);
	r.domain = domain_of(e);
	r.trace = madeup_trace(a, r.identity, r.at);
	return r;
}

/* --- writing --------------------------------------------------------------------------------------------------------------------- */

static void null_fields(struct json_out *j, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		shape__field(j, keys[i], NULL);
}

static void body_fields(struct json_out *j, const struct body *b)
{
	json_out_key(j, "body");
	if (b->text != NULL)
		json_out_string_n(j, b->text, b->length);
	else
		json_out_null(j);
	shape__flag(j, "isBase64Encoded", b->base64);
}

static void parameters(struct json_out *j, const struct request *r)
{
	size_t length;
	bool greedy;
	const char *end;
	json_out_object(j);
	for (const char *at = r->resource; *at != '\0'; at++) {
		if (!parameter_at(at, &length, &greedy, &end))
			continue;
		shape__field(j, arena_string_n(r->arena, at + 1, length), greedy ? PARAMETER_GREEDY : PARAMETER);
		at = end - 1;
	}
	json_out_end_object(j);
}

enum { HEADERS_MAX = 12 };

/* All headers that may come, in the order of their names. REST passes no Content-Length; only a function URL names the TLS session. */
static size_t headers_of(const struct request *r, struct header *h)
{
	size_t n = 0;
	enum source_kind kind = r->event->kind;
	const char *length = arena_format(r->arena, "%zu", r->body.sent);
	bool has_body = r->body.text != NULL;
	h[n++] = (struct header){"Accept", "accept", "*/*"};
	if (kind == SOURCE_HTTP_API || (has_body && kind != SOURCE_API))
		h[n++] = (struct header){"Content-Length", "content-length", length};
	if (has_body)
		h[n++] = (struct header){"Content-Type", "content-type", r->body.content_type};
	h[n++] = (struct header){"Host", "host", r->domain};
	h[n++] = (struct header){"User-Agent", "user-agent", SHAPE_USER_AGENT};
	if (kind == SOURCE_FUNCTION_URL) {
		h[n++] = (struct header){NULL, "x-amzn-tls-cipher-suite", "TLS_AES_128_GCM_SHA256"};
		h[n++] = (struct header){NULL, "x-amzn-tls-version", "TLSv1.3"};
	}
	h[n++] = (struct header){"X-Amzn-Trace-Id", "x-amzn-trace-id", r->trace};
	h[n++] = (struct header){"X-Forwarded-For", "x-forwarded-for", SHAPE_SOURCE_IP};
	h[n++] = (struct header){"X-Forwarded-Port", "x-forwarded-port", "443"};
	h[n++] = (struct header){"X-Forwarded-Proto", "x-forwarded-proto", "https"};
	assert(n <= HEADERS_MAX);
	return n;
}

static void headers_single(struct json_out *j, const struct header *h, size_t count, bool lower)
{
	json_out_key(j, "headers");
	json_out_object(j);
	for (size_t i = 0; i < count; i++)
		shape__field(j, lower ? h[i].lower : h[i].rest, h[i].value);
	json_out_end_object(j);
}

static void headers_multi(struct json_out *j, const struct header *h, size_t count, bool lower)
{
	json_out_key(j, "multiValueHeaders");
	json_out_object(j);
	for (size_t i = 0; i < count; i++) {
		json_out_key(j, lower ? h[i].lower : h[i].rest);
		json_out_array(j);
		json_out_string(j, h[i].value);
		json_out_end_array(j);
	}
	json_out_end_object(j);
}

/* --- payload 1.0 ------------------------------------------------------------------------------------------------------------------- */

/* An HTTP API names one more than a REST API. */
static void rest_identity(struct json_out *j, const struct request *r)
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
	if (r->event->kind == SOURCE_HTTP_API)
		shape__field(j, "cognitoAmr", NULL);
	shape__field(j, "sourceIp", SHAPE_SOURCE_IP);
	shape__field(j, "userAgent", SHAPE_USER_AGENT);
	json_out_end_object(j);
}

static void http_authorizer(struct json_out *j)
{
	json_out_key(j, "authorizer");
	json_out_object(j);
	shape__field(j, "claims", NULL);
	shape__field(j, "scopes", NULL);
	json_out_end_object(j);
}

static void rest_context(struct json_out *j, const struct request *r, const char *resource, const char *route)
{
	bool http = r->event->kind == SOURCE_HTTP_API;
	const char *extended = madeup_extended(r->arena, r->identity);
	json_out_key(j, "requestContext");
	json_out_object(j);
	shape__field(j, "resourceId", http ? route : "abc123");
	shape__field(j, "resourcePath", resource);
	shape__field(j, "httpMethod", r->method);
	shape__field(j, "extendedRequestId", extended);
	shape__field(j, "requestTime", madeup_clf(r->arena, r->at));
	shape__field(j, "path", http ? r->path : arena_format(r->arena, "/" REST_STAGE "%s", r->path));
	shape__field(j, "accountId", ENVELOPE_ACCOUNT);
	shape__field(j, "protocol", "HTTP/1.1");
	shape__field(j, "stage", http ? "$default" : REST_STAGE);
	shape__field(j, "domainPrefix", API_ID);
	shape__count(j, "requestTimeEpoch", madeup_epoch_ms(r->at));
	shape__field(j, "requestId", http ? extended : madeup_uuid(r->arena, r->identity, MADEUP_REQUEST));
	rest_identity(j, r);
	shape__field(j, "domainName", r->domain);
	if (http)
		http_authorizer(j);
	else
		shape__field(j, "deploymentId", "abc456");
	shape__field(j, "apiId", API_ID);
	json_out_end_object(j);
}

/* What is empty is null. Only an HTTP API says which version it is. */
static void rest_event(struct json_out *j, const struct request *r)
{
	struct header headers[HEADERS_MAX];
	size_t count = headers_of(r, headers);
	bool http = r->event->kind == SOURCE_HTTP_API;
	const char *resource = http && r->catch_all ? "$default" : r->resource;
	const char *route = r->catch_all ? "$default" : arena_format(r->arena, "%s %s", r->route_method, r->resource);
	json_out_object(j);
	if (http)
		shape__field(j, "version", "1.0");
	shape__field(j, "resource", resource);
	shape__field(j, "path", r->path);
	shape__field(j, "httpMethod", r->method);
	headers_single(j, headers, count, false);
	headers_multi(j, headers, count, false);
	shape__field(j, "queryStringParameters", NULL);
	shape__field(j, "multiValueQueryStringParameters", NULL);
	json_out_key(j, "pathParameters");
	if (has_parameters(r->resource))
		parameters(j, r);
	else
		json_out_null(j);
	shape__field(j, "stageVariables", NULL);
	rest_context(j, r, resource, route);
	body_fields(j, &r->body);
	json_out_end_object(j);
}

static void rest_write(struct json_out *j, const struct shape_event *e)
{
	struct request r = request_of(e);
	rest_event(j, &r);
}

/* --- payload 2.0 ------------------------------------------------------------------------------------------------------------------- */

static void http2_context(struct json_out *j, const struct request *r, const char *route)
{
	bool url = r->event->kind == SOURCE_FUNCTION_URL;
	json_out_key(j, "requestContext");
	json_out_object(j);
	shape__field(j, "accountId", url ? "anonymous" : ENVELOPE_ACCOUNT);
	shape__field(j, "apiId", url ? URL_ID : API_ID);
	shape__field(j, "domainName", r->domain);
	shape__field(j, "domainPrefix", url ? URL_ID : API_ID);
	json_out_key(j, "http");
	json_out_object(j);
	shape__field(j, "method", r->method);
	shape__field(j, "path", r->path);
	shape__field(j, "protocol", "HTTP/1.1");
	shape__field(j, "sourceIp", SHAPE_SOURCE_IP);
	shape__field(j, "userAgent", SHAPE_USER_AGENT);
	json_out_end_object(j);
	shape__field(j, "requestId",
	             url ? madeup_uuid(r->arena, r->identity, MADEUP_REQUEST) : madeup_extended(r->arena, r->identity));
	shape__field(j, "routeKey", route);
	shape__field(j, "stage", "$default");
	shape__field(j, "time", madeup_clf(r->arena, r->at));
	shape__count(j, "timeEpoch", madeup_epoch_ms(r->at));
	json_out_end_object(j);
}

/* HTTP APIs and function URLs: what is empty is left out. A function URL has no routes: one $default. */
static void http2_event(struct json_out *j, const struct request *r)
{
	struct header headers[HEADERS_MAX];
	bool any_route = r->event->kind == SOURCE_FUNCTION_URL || r->catch_all;
	const char *route = any_route ? "$default" : arena_format(r->arena, "%s %s", r->route_method, r->resource);
	json_out_object(j);
	shape__field(j, "version", "2.0");
	shape__field(j, "routeKey", route);
	shape__field(j, "rawPath", r->path);
	shape__field(j, "rawQueryString", "");
	headers_single(j, headers, headers_of(r, headers), true);
	http2_context(j, r, route);
	if (!any_route && has_parameters(r->resource)) {
		json_out_key(j, "pathParameters");
		parameters(j, r);
	}
	if (r->body.text != NULL)
		body_fields(j, &r->body);
	else
		shape__flag(j, "isBase64Encoded", false);
	json_out_end_object(j);
}

static void http_write(struct json_out *j, const struct shape_event *e)
{
	struct request r = request_of(e);
	if (e->kind == SOURCE_HTTP_API && e->place->payload_1_0)
		rest_event(j, &r);
	else
		http2_event(j, &r);
}

/* --- a load balancer's target group -------------------------------------------------------------------------------------------------- */

static void alb_write(struct json_out *j, const struct shape_event *e)
{
	struct request r = request_of(e);
	struct header headers[HEADERS_MAX];
	size_t count = headers_of(&r, headers);
	const char *name = e->place->name != NULL ? e->place->name : "target-group";
	const char *id = madeup_text(e->arena, madeup_identity(name), MADEUP_CREATION, MADEUP_HEX, 16);
	json_out_object(j);
	json_out_key(j, "requestContext");
	json_out_object(j);
	json_out_key(j, "elb");
	json_out_object(j);
	shape__field(j, "targetGroupArn",
	             madeup_arn(e->arena, "elasticloadbalancing", e->region,
	                        arena_format(e->arena, "targetgroup/%s/%s", name, id)));
	json_out_end_object(j);
	json_out_end_object(j);
	shape__field(j, "httpMethod", r.method);
	shape__field(j, "path", r.path);
	json_out_key(j, e->place->multi_value ? "multiValueQueryStringParameters" : "queryStringParameters");
	json_out_object(j);
	json_out_end_object(j);
	if (e->place->multi_value)
		headers_multi(j, headers, count, true);
	else
		headers_single(j, headers, count, true);
	if (r.body.text == NULL)
		r.body.text = "";
	body_fields(j, &r.body);
	json_out_end_object(j);
}

const struct shape shape__rest = {is_rest, rest_write};
const struct shape shape__http = {is_http, http_write};
const struct shape shape__url = {is_http2, http_write};
const struct shape shape__alb = {is_rest, alb_write};
