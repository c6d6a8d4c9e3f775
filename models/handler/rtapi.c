#include "models/handler/rtapi.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "models/os/clock.h"
#include "sim/base/json_out.h"
#include "sim/base/memory.h"

#define PREFIX "/2018-06-01/runtime/"
#define JSON_TYPE "application/json"

enum {
	/* Request line and headers may take 1 MB (Lambda quotas); Node's client sends the X-Ray cause of an error as a header. */
	CONNECTION_MEMORY = 2 * 1024 * 1024,
	CONNECTION_PIECE = 64 * 1024
};

enum route { ROUTE_NONE, ROUTE_PING, ROUTE_NEXT, ROUTE_RESPONSE, ROUTE_ERROR, ROUTE_INIT_ERROR };

/* One HTTP request, from its headers to its end. */
struct call {
	struct rtapi *api;
	struct MHD_Connection *connection;
	enum route route;
	bool wrong_method;
	bool parked;      /* waits in `next` */
	bool receives;    /* its body is the answer */
	unsigned refused; /* the status decided by the headers, sent once the body is read; 0 while all is well */
	char *body;       /* owned; what was received, up to the limit */
	size_t kept, capacity;
	uint64_t length;    /* received, kept or not */
	struct call *older; /* in the list of parked calls */
};

struct rtapi {
	struct MHD_Daemon *daemon;
	char *arn;
	unsigned port;
	int fd;
	struct rtapi_seen seen;
	struct call *parked; /* newest first */
	const char *event;   /* borrowed */
	size_t event_length;
	int64_t deadline_ms; /* since 1970 */
	char id[RTAPI_ID_TEXT], trace[80];
};

/* --- answers of the server ------------------------------------------------------------------------------------------------------ */

static enum MHD_Result answer(struct call *c, unsigned status, const char *type, const char *text)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text,
	                                                                MHD_RESPMEM_MUST_COPY);
	if (response == NULL)
		return MHD_NO;
	if (type)
		MHD_add_response_header(response, "Content-Type", type);
	enum MHD_Result result = MHD_queue_response(c->connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result accepted(struct call *c)
{
	return answer(c, MHD_HTTP_ACCEPTED, JSON_TYPE, "{\"status\":\"OK\"}\n");
}

static enum MHD_Result refuse(struct call *c, unsigned status)
{
	switch (status) {
	case MHD_HTTP_FORBIDDEN:
		return answer(c, status, JSON_TYPE,
		              "{\"errorMessage\":\"State transition is not allowed\",\"errorType\":\"InvalidStateTransition\"}\n");
	case MHD_HTTP_CONTENT_TOO_LARGE:
		return answer(c, status, JSON_TYPE,
		              "{\"errorMessage\":\"Exceeded maximum allowed payload size (6291556 bytes).\","
		              "\"errorType\":\"RequestEntityTooLarge\"}\n");
	case MHD_HTTP_NOT_ACCEPTABLE: /* stands for an unknown response mode; the status sent is 400 too */
		return answer(
			c, MHD_HTTP_BAD_REQUEST, JSON_TYPE,
			"{\"errorMessage\":\"Invalid function response mode\",\"errorType\":\"InvalidFunctionResponseMode\"}\n");
	default:
		return answer(c, MHD_HTTP_BAD_REQUEST, JSON_TYPE,
		              "{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}\n");
	}
}

static enum MHD_Result deliver(struct call *c)
{
	struct rtapi *r = c->api;
	char deadline[24];
	struct MHD_Response *response = MHD_create_response_from_buffer(r->event_length, (void *)(uintptr_t)r->event,
	                                                                MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return MHD_NO;
	snprintf(deadline, sizeof deadline, "%" PRId64, r->deadline_ms);
	MHD_add_response_header(response, "Content-Type", JSON_TYPE);
	MHD_add_response_header(response, "Lambda-Runtime-Aws-Request-Id", r->id);
	MHD_add_response_header(response, "Lambda-Runtime-Deadline-Ms", deadline);
	MHD_add_response_header(response, "Lambda-Runtime-Invoked-Function-Arn", r->arn);
	MHD_add_response_header(response, "Lambda-Runtime-Trace-Id", r->trace);
	enum MHD_Result result = MHD_queue_response(c->connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

/* --- what the runtime says ------------------------------------------------------------------------------------------------------- */

static const char *header(const struct call *c, enum MHD_ValueKind kind, const char *name)
{
	return MHD_lookup_connection_value(c->connection, kind, name);
}

/* Runtime Interface Emulator: (Runtime|Function)\.[A-Z][a-zA-Z]+ anywhere in the text. */
static bool has_valid_type(const char *text)
{
	for (const char *at = text; *at; at++) {
		size_t n = strncmp(at, "Runtime.", 8) == 0 ? 8 : strncmp(at, "Function.", 9) == 0 ? 9 : 0;
		if (n && at[n] >= 'A' && at[n] <= 'Z' && isalpha((unsigned char)at[n + 1]))
			return true;
	}
	return false;
}

void rtapi_error_type(const char *given, char *type, size_t size)
{
	if (given && has_valid_type(given))
		snprintf(type, size, "%s", given);
	else
		snprintf(type, size, "%s", given && strncmp(given, "Function.", 9) == 0 ? "Function.Unknown" : "Runtime.Unknown");
}

static void forget_answer(struct rtapi_seen *s)
{
	memory_free(s->body);
	s->body = NULL;
	s->length = 0;
	s->failed = s->streamed = false;
	s->error_type[0] = s->content_type[0] = '\0';
	s->answered_ns = 0;
}

/* The answer's bytes become visible to the owner, who may parse them as text. */
static void take_body(struct call *c)
{
	struct rtapi_seen *s = &c->api->seen;
	memory_free(s->body);
	s->body = c->body ? c->body : memory_alloc(1);
	s->length = c->kept;
	s->body[s->length] = '\0';
	c->body = NULL;
}

static void set_error(struct rtapi_seen *s, const char *type, const char *message)
{
	struct textbuf text = {0};
	struct json_out json;
	json_out_init(&json, &text, 0);
	json_out_object(&json);
	json_out_key(&json, "errorMessage");
	json_out_string(&json, message);
	json_out_key(&json, "errorType");
	json_out_string(&json, type);
	json_out_end_object(&json);
	memory_free(s->body);
	s->length = text.length;
	s->body = textbuf_detach(&text);
	s->failed = true;
	snprintf(s->error_type, sizeof s->error_type, "%s", type);
}

static void finish_answer(struct call *c)
{
	struct rtapi_seen *s = &c->api->seen;
	c->receives = false;
	s->answered_ns = clock_monotonic_ns();
	s->state = RTAPI_ANSWERED;
}

/* --- requests --------------------------------------------------------------------------------------------------------------------- */

static enum MHD_Result next(struct call *c)
{
	struct rtapi *r = c->api;
	struct rtapi_seen *s = &r->seen;
	if (s->state == RTAPI_RUNNING) /* it lost its event, or asks twice: the same event again */
		return deliver(c);
	if (s->state == RTAPI_INIT_ERROR || s->state == RTAPI_RECEIVING)
		return refuse(c, MHD_HTTP_FORBIDDEN);
	s->state = RTAPI_READY;
	s->ready_ns = clock_monotonic_ns();
	c->parked = true;
	c->older = r->parked;
	r->parked = c;
	MHD_suspend_connection(c->connection);
	return MHD_YES;
}

/* What the headers of an answer decide. The body is read in any case: a connection that is closed in mid-request looks like a dead
 * server to the runtime. */
static void begin_answer(struct call *c, const char *id, size_t id_length)
{
	struct rtapi *r = c->api;
	struct rtapi_seen *s = &r->seen;
	bool known = strlen(r->id) == id_length && memcmp(r->id, id, id_length) == 0;
	if (!known || (s->state != RTAPI_RUNNING && s->state != RTAPI_RECEIVING)) {
		c->refused = MHD_HTTP_BAD_REQUEST;
		return;
	}
	if (s->state == RTAPI_RECEIVING) {
		c->refused = MHD_HTTP_FORBIDDEN;
		return;
	}
	s->state = RTAPI_RECEIVING;
	c->receives = true;
	const char *mode = c->route == ROUTE_RESPONSE ? header(c, MHD_HEADER_KIND, "Lambda-Runtime-Function-Response-Mode") : NULL;
	s->streamed = mode && strcasecmp(mode, "streaming") == 0;
	if (mode && *mode && !s->streamed)
		c->refused = MHD_HTTP_NOT_ACCEPTABLE;
	const char *type = header(c, MHD_HEADER_KIND, "Content-Type");
	snprintf(s->content_type, sizeof s->content_type, "%s", type ? type : "");
}

static void begin_init_error(struct call *c)
{
	struct rtapi_seen *s = &c->api->seen;
	if (s->state != RTAPI_STARTED)
		c->refused = MHD_HTTP_FORBIDDEN;
}

static enum MHD_Result end_init_error(struct call *c)
{
	struct rtapi_seen *s = &c->api->seen;
	if (c->refused || s->state != RTAPI_STARTED)
		return refuse(c, MHD_HTTP_FORBIDDEN);
	take_body(c);
	s->failed = true;
	rtapi_error_type(header(c, MHD_HEADER_KIND, "Lambda-Runtime-Function-Error-Type"), s->error_type, sizeof s->error_type);
	s->answered_ns = clock_monotonic_ns();
	s->state = RTAPI_INIT_ERROR;
	return accepted(c);
}

static enum MHD_Result end_answer(struct call *c)
{
	struct rtapi_seen *s = &c->api->seen;
	if (!c->receives)
		return refuse(c, c->refused);
	take_body(c);
	unsigned refused = c->refused;
	if (refused) {
		set_error(s, "Runtime.InvalidResponseModeHeader", "Invalid function response mode");
	} else if (c->length > RTAPI_RESPONSE_LIMIT) {
		char message[160];
		snprintf(message, sizeof message,
		         "Response payload size (%" PRIu64 " bytes) exceeded maximum allowed payload size (%d bytes).", c->length,
		         RTAPI_RESPONSE_LIMIT);
		set_error(s, "Function.ResponseSizeTooLarge", message);
		refused = MHD_HTTP_CONTENT_TOO_LARGE;
	} else {
		/* A stream that fails half-way says so in a trailer. */
		enum MHD_ValueKind where = c->route == ROUTE_ERROR ? MHD_HEADER_KIND : MHD_FOOTER_KIND;
		const char *type = header(c, where, "Lambda-Runtime-Function-Error-Type");
		s->failed = c->route == ROUTE_ERROR || type != NULL;
		if (s->failed)
			rtapi_error_type(type, s->error_type, sizeof s->error_type);
	}
	finish_answer(c);
	return refused ? refuse(c, refused) : accepted(c);
}

static void receive(struct call *c, const char *bytes, size_t length)
{
	c->length += length;
	size_t room = RTAPI_RESPONSE_LIMIT - c->kept, n = length < room ? length : room;
	if (!(c->receives || c->route == ROUTE_INIT_ERROR) || n == 0)
		return;
	if (c->kept + n + 1 > c->capacity) {
		c->capacity = 2 * (c->kept + n + 1);
		c->body = memory_grow(c->body, c->capacity, 1);
	}
	memcpy(c->body + c->kept, bytes, n);
	c->kept += n;
}

/* --- routing ----------------------------------------------------------------------------------------------------------------------- */

/* "invocation/ID/response" and "invocation/ID/error". */
static enum route find_answer(const char *rest, const char **id, size_t *id_length)
{
	const char *slash = strchr(rest, '/');
	if (slash == NULL || slash == rest)
		return ROUTE_NONE;
	*id = rest;
	*id_length = (size_t)(slash - rest);
	return strcmp(slash, "/response") == 0 ? ROUTE_RESPONSE : strcmp(slash, "/error") == 0 ? ROUTE_ERROR : ROUTE_NONE;
}

static enum route find_route(const char *url, const char **id, size_t *id_length)
{
	if (strcmp(url, PREFIX "invocation/next") == 0)
		return ROUTE_NEXT;
	if (strcmp(url, PREFIX "init/error") == 0)
		return ROUTE_INIT_ERROR;
	if (strncmp(url, PREFIX "invocation/", strlen(PREFIX "invocation/")) == 0)
		return find_answer(url + strlen(PREFIX "invocation/"), id, id_length);
	return strcmp(url, "/ping") == 0 || strcmp(url, PREFIX "ping") == 0 ? ROUTE_PING : ROUTE_NONE;
}

static struct call *begin(struct rtapi *r, struct MHD_Connection *connection, const char *url, const char *method)
{
	struct call *c = MEMORY_NEW(struct call);
	const char *id = "";
	size_t id_length = 0;
	c->api = r;
	c->connection = connection;
	c->route = find_route(url, &id, &id_length);
	const char *wanted = c->route == ROUTE_NEXT || c->route == ROUTE_PING ? "GET" : "POST";
	c->wrong_method = c->route != ROUTE_NONE && strcmp(method, wanted) != 0;
	if (c->wrong_method)
		return c;
	if (c->route == ROUTE_RESPONSE || c->route == ROUTE_ERROR)
		begin_answer(c, id, id_length);
	if (c->route == ROUTE_INIT_ERROR)
		begin_init_error(c);
	return c;
}

static enum MHD_Result end(struct call *c)
{
	if (c->wrong_method)
		return answer(c, MHD_HTTP_METHOD_NOT_ALLOWED, NULL, "");
	switch (c->route) {
	case ROUTE_PING: return answer(c, MHD_HTTP_OK, "text/plain; charset=utf-8", "pong");
	case ROUTE_NEXT: return c->parked ? deliver(c) : next(c);
	case ROUTE_RESPONSE:
	case ROUTE_ERROR: return end_answer(c);
	case ROUTE_INIT_ERROR: return end_init_error(c);
	case ROUTE_NONE: break;
	}
	return answer(c, MHD_HTTP_NOT_FOUND, "text/plain; charset=utf-8", "404 page not found\n");
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *bytes, size_t *length, void **state)
{
	(void)version;
	struct call *c = *state;
	if (c == NULL) {
		*state = begin(ctx, connection, url, method);
		return MHD_YES;
	}
	if (*length) {
		receive(c, bytes, *length);
		*length = 0;
		return MHD_YES;
	}
	return end(c);
}

static void unpark(struct call *c)
{
	struct call **at = &c->api->parked;
	while (*at && *at != c)
		at = &(*at)->older;
	if (*at)
		*at = c->older;
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
	(void)ctx;
	(void)connection;
	(void)why;
	struct call *c = *state;
	if (c == NULL)
		return;
	unpark(c);
	if (c->receives) { /* the connection ended inside the answer */
		set_error(&c->api->seen, "Runtime.TruncatedResponse", "Response truncated");
		finish_answer(c);
	}
	memory_free(c->body);
	memory_free(c);
	*state = NULL;
}

/* --- the owner's side --------------------------------------------------------------------------------------------------------------- */

static struct MHD_Daemon *listen_on_loopback(struct rtapi *r)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, r, MHD_OPTION_SOCK_ADDR,
	                        &address, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_CONNECTION_TIMEOUT, 0u,
	                        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
	                        MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)CONNECTION_PIECE, MHD_OPTION_END);
}

struct rtapi *rtapi_new(const char *invoked_arn, struct error *e)
{
	struct rtapi *r = MEMORY_NEW(struct rtapi);
	r->daemon = listen_on_loopback(r);
	const union MHD_DaemonInfo *port = r->daemon ? MHD_get_daemon_info(r->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
	const union MHD_DaemonInfo *fd = r->daemon ? MHD_get_daemon_info(r->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	if (port == NULL || fd == NULL) {
		rtapi_free(r);
		error_set(e, ERROR_NETWORK, "the Runtime API cannot listen on 127.0.0.1");
		return NULL;
	}
	r->port = port->port;
	r->fd = fd->epoll_fd;
	r->arn = memory_string(invoked_arn);
	return r;
}

unsigned rtapi_port(const struct rtapi *r)
{
	return r->port;
}

int rtapi_fd(const struct rtapi *r)
{
	return r->fd;
}

int rtapi_patience(const struct rtapi *r)
{
	MHD_UNSIGNED_LONG_LONG timeout;
	if (MHD_get_timeout(r->daemon, &timeout) != MHD_YES)
		return -1;
	return timeout > 1000 ? 1000 : (int)timeout;
}

void rtapi_run(struct rtapi *r)
{
	MHD_run(r->daemon);
}

const struct rtapi_seen *rtapi_seen(const struct rtapi *r)
{
	return &r->seen;
}

/* A version 4 UUID (RFC 4122, 4.4) and a trace header (AWS X-Ray Developer Guide, "Tracing header"). Both are for the handler's eyes
 * only; nothing measured depends on them. */
static void name_invocation(struct rtapi *r)
{
	uint64_t w[4];
	if (getrandom(w, sizeof w, 0) != (ssize_t)sizeof w)
		for (size_t i = 0; i < 4; i++)
			w[i] = (uint64_t)clock_monotonic_ns() * (2 * i + 1);
	snprintf(r->id, sizeof r->id, "%08x-%04x-4%03x-%04x-%012" PRIx64, (unsigned)(w[0] >> 32), (unsigned)(w[0] >> 16 & 0xffff),
	         (unsigned)(w[0] & 0xfff), (unsigned)(0x8000 | (w[1] >> 48 & 0x3fff)), w[1] & 0xffffffffffff);
	snprintf(r->trace, sizeof r->trace, "Root=1-%08x-%08x%016" PRIx64 ";Parent=%016" PRIx64 ";Sampled=0",
	         (unsigned)(clock_epoch_ms() / 1000), (unsigned)(w[1] >> 16), w[2], w[3]);
}

void rtapi_send(struct rtapi *r, const char *event, size_t length, int64_t timeout_ms)
{
	struct call *c = r->parked; /* the newest: a runtime that asks again has given up its earlier request */
	assert(r->seen.state == RTAPI_READY);
	forget_answer(&r->seen);
	name_invocation(r);
	r->event = event;
	r->event_length = length;
	r->deadline_ms = clock_epoch_ms() + timeout_ms;
	r->seen.state = RTAPI_RUNNING;
	r->seen.sent_ns = clock_monotonic_ns();
	if (c == NULL) /* its connection broke; it will ask again and get the event then */
		return;
	r->parked = c->older;
	MHD_resume_connection(c->connection);
	MHD_run(r->daemon);
}

void rtapi_free(struct rtapi *r)
{
	if (r == NULL)
		return;
	while (r->parked) { /* a daemon with suspended connections cannot be stopped */
		struct call *c = r->parked;
		r->parked = c->older;
		MHD_resume_connection(c->connection);
	}
	if (r->daemon)
		MHD_stop_daemon(r->daemon);
	memory_free(r->seen.body);
	memory_free(r->arn);
	memory_free(r);
}
