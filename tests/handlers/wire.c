/* wire: the Runtime API from the client's side of the wire, byte by byte, as the protocol has it. */
#include "tests/handlers/harness.h"

/* --- the protocol, from the wire --------------------------------------------------------------------------------------------------------------- */

static int wire_fd = -1;
static char wire_text[1 << 16];

static void wire_connect(unsigned port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_port = htons((unsigned short)port),
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (wire_fd >= 0)
		close(wire_fd);
	wire_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(connect(wire_fd, (struct sockaddr *)&address, sizeof address) == 0);
}

static void wire_send(const char *text)
{
	CHECK(send(wire_fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

/* Reads one answer; returns its status. */
static int wire_receive(void)
{
	size_t used = 0;
	for (;;) {
		wire_text[used] = '\0';
		char *end = strstr(wire_text, "\r\n\r\n"), *length = strcasestr(wire_text, "\r\ncontent-length:");
		if (end && used >= (size_t)(end - wire_text) + 4 + (length ? strtoul(length + 17, NULL, 10) : 0))
			return (int)strtol(wire_text + 9, NULL, 10);
		ssize_t n = read(wire_fd, wire_text + used, sizeof wire_text - 1 - used);
		if (n <= 0)
			return -1;
		used += (size_t)n;
	}
}

static int wire_ask(const char *text)
{
	wire_send(text);
	return wire_receive();
}

#define API "/2018-06-01/runtime/"
#define GET_NEXT "GET " API "invocation/next HTTP/1.1\r\nHost: x\r\n\r\n"

__attribute__((format(printf, 1, 2))) static int wire_post(const char *format, ...)
{
	char text[2048];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	return wire_ask(text);
}

static void wire_id(char id[64])
{
	const char *at = strcasestr(wire_text, "Lambda-Runtime-Aws-Request-Id: ");
	snprintf(id, 64, "%.36s", at ? at + 31 : "none");
}

/* Plays a client in a child while the server runs here, handing out `events` events, each `wait_ns` after it was asked for. */
static struct rtapi *wire_api;
static void play_later(void (*client)(unsigned port), int events, int64_t wait_ns)
{
	struct error e = {0};
	wire_api = rtapi_new("arn:aws:lambda:eu-west-1:123456789012:function:Wire", &e);
	if (!CHECK(wire_api != NULL))
		return;
	pid_t pid = fork();
	if (pid == 0) {
		alarm(10);
		client(rtapi_port(wire_api));
		fflush(stdout);
		_exit(failures != 0);
	}
	int status;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct pollfd fd = {.fd = rtapi_fd(wire_api), .events = POLLIN};
		int patience = rtapi_patience(wire_api);
		poll(&fd, 1, patience >= 0 && patience < 5 ? patience : 5);
		rtapi_run(wire_api);
		bool ready = rtapi_seen(wire_api)->state == RTAPI_READY &&
		             clock_monotonic_ns() - rtapi_seen(wire_api)->ready_ns >= wait_ns;
		if (events > 0 && ready) {
			events--;
			rtapi_send(wire_api, "{\"wire\":1}", 10, 3000);
		}
	}
	for (int i = 0; i < 3; i++)
		rtapi_run(wire_api);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void play(void (*client)(unsigned port), int events)
{
	play_later(client, events, 0);
}

static void played(void)
{
	rtapi_free(wire_api);
	wire_api = NULL;
}

static void wire_whole_cycle(unsigned port)
{
	char id[64], again[64];
	wire_connect(port);
	EQUAL(wire_ask("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n"), 200);
	HAS(wire_text, "\r\n\r\npong");
	EQUAL(wire_ask(GET_NEXT), 200);
	wire_id(id);
	EQUAL(strlen(id), 36);
	HAS(wire_text, "Lambda-Runtime-Deadline-Ms: 1");
	HAS(wire_text, "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:Wire\r\n");
	HAS(wire_text, "Lambda-Runtime-Trace-Id: Root=1-");
	HAS(wire_text, "Content-Type: application/json\r\n");
	HAS(wire_text, "\r\n\r\n{\"wire\":1}");
	/* next again: the same event */
	EQUAL(wire_ask(GET_NEXT), 200);
	wire_id(again);
	SAME(again, id);
	EQUAL(wire_post("POST " API "invocation/%s/response HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", "unknown"), 400);
	HAS(wire_text, "\"errorType\":\"InvalidRequestID\"}\n");
	HAS(wire_text, "Content-Type: application/json\r\n");
	EQUAL(wire_post("POST " API "init/error HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"), 403);
	HAS(wire_text, "\"errorType\":\"InvalidStateTransition\"}\n");
	EQUAL(wire_post("POST " API "invocation/%s/response HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\ntrue", id), 202);
	HAS(wire_text, "\r\n\r\n{\"status\":\"OK\"}\n");
	EQUAL(wire_post("POST " API "invocation/%s/response HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\ntrue", id), 400);
	EQUAL(wire_post("POST " API "invocation/%s/error HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", id), 400);
	EQUAL(wire_ask(GET_NEXT), 200);
	wire_id(again);
	CHECK(strcmp(again, id) != 0);
}

static void wire_paths(unsigned port)
{
	wire_connect(port);
	EQUAL(wire_ask("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	HAS(wire_text, "404 page not found");
	EQUAL(wire_ask("GET " API "restore/next HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	EQUAL(wire_ask("POST /2020-01-01/extension/register HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), 404);
	EQUAL(wire_ask("POST " API "invocation/next HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), 405);
	EQUAL(wire_ask("GET " API "init/error HTTP/1.1\r\nHost: x\r\n\r\n"), 405);
	EQUAL(wire_ask("GET " API "invocation//response HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	EQUAL(wire_post("POST " API "invocation/x/response HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1"), 400);
	EQUAL(wire_post(
		      "POST " API
		      "init/error HTTP/1.1\r\nHost: x\r\nlambda-runtime-FUNCTION-error-type: Runtime.Own\r\nContent-Length: 2\r\n\r\n{}"),
	      202);
	EQUAL(wire_ask(GET_NEXT), 403);
	EQUAL(wire_post("POST " API "init/error HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"), 403);
}

/* Chunked, in pieces that end where no client would end them, with odd header case and a large header in between. */
static void wire_chunks(unsigned port)
{
	static const char *const pieces[] = {"Transfer-ENCODING: chunked\r\nCONTENT-type: text/x-odd\r\n\r\n3",
	                                     "\r\nab",
	                                     "c\r\n0",
	                                     "A\r\n0123",
	                                     "456789\r\n0\r",
	                                     "\n\r\n"};
	static const struct timespec pause = {.tv_nsec = 20000000};
	char id[64], cause[20001];
	memset(cause, 'c', sizeof cause - 1);
	cause[sizeof cause - 1] = '\0';
	wire_connect(port);
	EQUAL(wire_ask(GET_NEXT), 200);
	wire_id(id);
	char *text = memory_format("POST " API
	                           "invocation/%s/response HTTP/1.1\r\nhOST: x\r\nLambda-Runtime-Function-XRay-Error-Cause: %s\r\n",
	                           id, cause);
	wire_send(text);
	memory_free(text);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		nanosleep(&pause, NULL);
		wire_send(pieces[i]);
	}
	EQUAL(wire_receive(), 202);
}

static void wire_error(unsigned port)
{
	char id[64];
	wire_connect(port);
	EQUAL(wire_ask(GET_NEXT), 200);
	wire_id(id);
	wire_connect(port); /* another connection answers */
	EQUAL(wire_post("POST " API
	                "invocation/%s/error HTTP/1.1\r\nHost: x\r\nLambda-Runtime-Function-Error-Type: Function.odd\r\n"
	                "Content-Length: 2\r\n\r\n{}",
	                id),
	      202);
}

static void wire_trailer(unsigned port)
{
	char id[64];
	wire_connect(port);
	EQUAL(wire_ask(GET_NEXT), 200);
	wire_id(id);
	EQUAL(wire_post("POST " API
	                "invocation/%s/response HTTP/1.1\r\nHost: x\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n"
	                "Transfer-Encoding: chunked\r\nTrailer: Lambda-Runtime-Function-Error-Type\r\n\r\n4\r\npart\r\n0\r\n"
	                "Lambda-Runtime-Function-Error-Type: Runtime.StreamBroke\r\n\r\n",
	                id),
	      202);
}

static void wire_unknown_mode(unsigned port)
{
	char id[64];
	wire_connect(port);
	EQUAL(wire_ask(GET_NEXT), 200);
	wire_id(id);
	EQUAL(wire_post("POST " API
	                "invocation/%s/response HTTP/1.1\r\nHost: x\r\nLambda-Runtime-Function-Response-Mode: sideways\r\n"
	                "Content-Length: 1\r\n\r\n1",
	                id),
	      400);
	HAS(wire_text, "InvalidFunctionResponseMode");
}

static void wire_truncated(unsigned port)
{
	char id[64];
	wire_connect(port);
	EQUAL(wire_ask(GET_NEXT), 200);
	wire_id(id);
	char *text = memory_format("POST " API "invocation/%s/response HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this",
	                           id);
	wire_send(text);
	memory_free(text);
	usleep(50000);
	close(wire_fd);
	wire_fd = -1;
	usleep(50000);
}

static void wire_too_large(unsigned port)
{
	static char block[65536];
	char id[64];
	wire_connect(port);
	EQUAL(wire_ask(GET_NEXT), 200);
	wire_id(id);
	char *text = memory_format("POST " API "invocation/%s/response HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", id,
	                           65536 * 160);
	wire_send(text);
	memory_free(text);
	memset(block, 'x', sizeof block);
	for (int i = 0; i < 160; i++)
		for (size_t sent = 0; sent < sizeof block;) {
			ssize_t n = send(wire_fd, block + sent, sizeof block - sent, MSG_NOSIGNAL);
			if (!CHECK(n > 0))
				return;
			sent += (size_t)n;
		}
	EQUAL(wire_receive(), 413);
	HAS(wire_text, "RequestEntityTooLarge");
}

static void wire_leaves_while_parked(unsigned port)
{
	wire_connect(port);
	wire_send(GET_NEXT);
	usleep(50000);
	close(wire_fd); /* given up; asks again on a new connection, and is given the event there */
	wire_fd = -1;
	wire_connect(port);
	EQUAL(wire_ask(GET_NEXT), 200);
}

static void wire_cycle(void)
{
	play(wire_whole_cycle, 2);
	EQUAL(rtapi_seen(wire_api)->state, RTAPI_RUNNING);
	played();
	play(wire_paths, 0);
	EQUAL(rtapi_seen(wire_api)->state, RTAPI_INIT_ERROR);
	SAME(rtapi_seen(wire_api)->error_type, "Runtime.Own");
	played();
}

static void wire_bodies(void)
{
	play(wire_chunks, 1);
	EQUAL(rtapi_seen(wire_api)->state, RTAPI_ANSWERED);
	SAME(rtapi_seen(wire_api)->body, "abc0123456789");
	SAME(rtapi_seen(wire_api)->content_type, "text/x-odd");
	CHECK(!rtapi_seen(wire_api)->failed);
	played();
	play(wire_too_large, 1);
	EQUAL(rtapi_seen(wire_api)->state, RTAPI_ANSWERED);
	SAME(rtapi_seen(wire_api)->error_type, "Function.ResponseSizeTooLarge");
	HAS(rtapi_seen(wire_api)->body, "(10485760 bytes)");
	played();
}

static void wire_failures(void)
{
	play(wire_error, 1);
	CHECK(rtapi_seen(wire_api)->failed);
	SAME(rtapi_seen(wire_api)->error_type, "Function.Unknown");
	played();
	play(wire_trailer, 1);
	CHECK(rtapi_seen(wire_api)->failed && rtapi_seen(wire_api)->streamed);
	SAME(rtapi_seen(wire_api)->error_type, "Runtime.StreamBroke");
	SAME(rtapi_seen(wire_api)->body, "part");
	played();
	play(wire_unknown_mode, 1);
	SAME(rtapi_seen(wire_api)->error_type, "Runtime.InvalidResponseModeHeader");
	played();
	play(wire_truncated, 1);
	EQUAL(rtapi_seen(wire_api)->state, RTAPI_ANSWERED);
	SAME(rtapi_seen(wire_api)->error_type, "Runtime.TruncatedResponse");
	played();
}

static void wire_parked(void)
{
	play_later(wire_leaves_while_parked, 1, 100 * MS);
	played();
}

static void error_types(void)
{
	char type[128];
	static const char *const pairs[][2] = {{"Runtime.ExitError", "Runtime.ExitError"},
	                                       {"Function.Own", "Function.Own"},
	                                       {"MyRuntime.Error", "MyRuntime.Error"},
	                                       {"Function.own", "Function.Unknown"},
	                                       {"ValueError", "Runtime.Unknown"},
	                                       {"Runtime.X", "Runtime.Unknown"},
	                                       {"", "Runtime.Unknown"},
	                                       {"Runtime.ab", "Runtime.Unknown"}};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		rtapi_error_type(pairs[i][0], type, sizeof type);
		SAME(type, pairs[i][1]);
	}
	rtapi_error_type(NULL, type, sizeof type);
	SAME(type, "Runtime.Unknown");
}

static const struct test tests[] = {
	{"error_types", error_types},     {"wire_cycle", wire_cycle},   {"wire_bodies", wire_bodies},
	{"wire_failures", wire_failures}, {"wire_parked", wire_parked},
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
