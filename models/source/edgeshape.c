/* edgeshape: a request, and its answer, on the way through CloudFront. Source: Amazon CloudFront Developer Guide, "Lambda@Edge event
 * structure", "Quotas on Lambda@Edge" (size of an exposed body). */
#include <ctype.h>
#include <string.h>

#include "models/source/shape.h"

#define DISTRIBUTION "d111111abcdef8.cloudfront.net"
#define ORIGIN "example.org"

/* Bytes of a body that a function sees, before base64. */
enum { BODY_VIEWER = 40 * 1024, BODY_ORIGIN = 1024 * 1024 };

static bool is_edge(const json_t *event)
{
	return json_is_object(json_object_get(json_array_get(json_object_get(event, "Records"), 0), "cf"));
}

struct edge_header {
	const char *key, *value;
};

/* Lower-case name -> [{key, value}]. */
static void headers(struct json_out *j, const struct edge_header *list, size_t count, struct arena *a)
{
	json_out_key(j, "headers");
	json_out_object(j);
	for (size_t i = 0; i < count; i++) {
		char *name = arena_string(a, list[i].key);
		for (char *c = name; *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
		json_out_key(j, name);
		json_out_array(j);
		json_out_object(j);
		shape__field(j, "key", list[i].key);
		shape__field(j, "value", list[i].value);
		json_out_end_object(j);
		json_out_end_array(j);
	}
	json_out_end_object(j);
}

static void config(struct json_out *j, const struct shape_event *e)
{
	static const char *const types[] = {"viewer-request", "origin-request", "origin-response", "viewer-response"};
	const char *id = madeup_text(e->arena, e->records[0].identity, MADEUP_REQUEST, MADEUP_BASE64, 54);
	json_out_key(j, "config");
	json_out_object(j);
	shape__field(j, "distributionDomainName", DISTRIBUTION);
	shape__field(j, "distributionId", "EDFDVBD6EXAMPLE");
	shape__field(j, "eventType", types[e->place->edge]);
	shape__field(j, "requestId", arena_format(e->arena, "%s==", id));
	json_out_end_object(j);
}

static void body(struct json_out *j, const struct shape_event *e)
{
	const struct envelope_record *r = &e->records[0];
	size_t most = e->place->edge == EDGE_VIEWER_REQUEST ? BODY_VIEWER : BODY_ORIGIN;
	size_t length = r->length < most ? r->length : most;
	json_out_key(j, "body");
	json_out_object(j);
	shape__flag(j, "inputTruncated", r->length > most);
	shape__field(j, "action", "read-only");
	shape__field(j, "encoding", "base64");
	shape__field(j, "data", madeup_base64(e->arena, r->payload, length));
	json_out_end_object(j);
}

/* A custom origin with CloudFront's default times. */
static void origin(struct json_out *j)
{
	json_out_key(j, "origin");
	json_out_object(j);
	json_out_key(j, "custom");
	json_out_object(j);
	json_out_key(j, "customHeaders");
	json_out_object(j);
	json_out_end_object(j);
	shape__field(j, "domainName", ORIGIN);
	shape__count(j, "keepaliveTimeout", 5);
	shape__field(j, "path", "");
	shape__count(j, "port", 443);
	shape__field(j, "protocol", "https");
	shape__count(j, "readTimeout", 30);
	json_out_key(j, "sslProtocols");
	json_out_array(j);
	json_out_string(j, "TLSv1.2");
	json_out_end_array(j);
	json_out_end_object(j);
	json_out_end_object(j);
}

static void request(struct json_out *j, const struct shape_event *e, bool has_body)
{
	enum envelope_edge type = e->place->edge;
	const char *path = e->place->path, *method = has_body ? "POST" : "GET";
	const struct edge_header viewer[] = {{"Host", DISTRIBUTION}, {"User-Agent", SHAPE_USER_AGENT}, {"Accept", "*/*"}};
	const struct edge_header to_origin[] = {{"X-Forwarded-For", SHAPE_SOURCE_IP},
	                                        {"User-Agent", "Amazon CloudFront"},
	                                        {"Via", "2.0 2afae0d44e2540f472c0635ab62c232b.cloudfront.net (CloudFront)"},
	                                        {"Host", ORIGIN},
	                                        {"Cache-Control", "no-cache"}};
	bool at_origin = type == EDGE_ORIGIN_REQUEST || type == EDGE_ORIGIN_RESPONSE;
	json_out_key(j, "request");
	json_out_object(j);
	shape__field(j, "clientIp", SHAPE_SOURCE_IP);
	if (at_origin)
		headers(j, to_origin, sizeof to_origin / sizeof *to_origin, e->arena);
	else
		headers(j, viewer, sizeof viewer / sizeof *viewer, e->arena);
	shape__field(j, "method", method);
	if (at_origin)
		origin(j);
	shape__field(j, "querystring", "");
	shape__field(j, "uri", path != NULL && *path == '/' ? path : "/");
	if (has_body && (type == EDGE_VIEWER_REQUEST || type == EDGE_ORIGIN_REQUEST))
		body(j, e);
	json_out_end_object(j);
}

static void response(struct json_out *j, struct arena *a)
{
	static const struct edge_header list[] = {{"Content-Type", "text/html; charset=utf-8"}, {"Server", "origin"}};
	json_out_key(j, "response");
	json_out_object(j);
	headers(j, list, sizeof list / sizeof *list, a);
	shape__field(j, "status", "200");
	shape__field(j, "statusDescription", "OK");
	json_out_end_object(j);
}

static void edge_write(struct json_out *j, const struct shape_event *e)
{
	enum envelope_edge type = e->place->edge;
	shape__records(j);
	json_out_object(j);
	json_out_key(j, "cf");
	json_out_object(j);
	config(j, e);
	request(j, e, e->records[0].payload != NULL && e->records[0].length > 0);
	if (type == EDGE_ORIGIN_RESPONSE || type == EDGE_VIEWER_RESPONSE)
		response(j, e->arena);
	json_out_end_object(j);
	json_out_end_object(j);
	shape__records_end(j);
}

const struct shape shape__edge = {is_edge, edge_write};
