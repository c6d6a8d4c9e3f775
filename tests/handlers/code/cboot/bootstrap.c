/* A runtime in C, in several moods: _HANDLER says which. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to_api(void)
{
	const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	address.sin_port = htons((unsigned short)atoi(strchr(api, ':') + 1));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		exit(9);
	return fd;
}

/* Reads one answer of at most `size` bytes; the length tells where it ends. */
static void read_answer(int fd, char *text, size_t size)
{
	size_t used = 0;
	for (;;) {
		text[used] = '\0';
		char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length:");
		if (end && (!length || used >= (size_t)(end - text) + 4 + strtoul(length + 15, NULL, 10)))
			return;
		ssize_t n = read(fd, text + used, size - 1 - used);
		if (n <= 0)
			exit(9);
		used += (size_t)n;
	}
}

static void next(int fd, char id[64])
{
	static const char request[] = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: a\r\n\r\n";
	char text[65536];
	if (write(fd, request, sizeof request - 1) < 0)
		exit(9);
	read_answer(fd, text, sizeof text);
	char *at = strcasestr(text, "Lambda-Runtime-Aws-Request-Id: ");
	snprintf(id, 64, "%.36s", at ? at + 31 : "");
}

static void post(int fd, const char *where, const char *body)
{
	char text[4096];
	snprintf(text, sizeof text, "POST /2018-06-01/runtime/%s HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n%s", where,
	         strlen(body), body);
	if (write(fd, text, strlen(text)) < 0)
		exit(9);
	read_answer(fd, text, sizeof text);
}

static void respond(int fd, const char *id, const char *kind, const char *body)
{
	char where[160];
	snprintf(where, sizeof where, "invocation/%s/%s", id, kind);
	post(fd, where, body);
}

int main(void)
{
	const char *mood = getenv("_HANDLER");
	char id[64];
	int fd = connect_to_api();
	if (strcmp(mood, "never.next") == 0)
		pause();
	if (strcmp(mood, "init.error") == 0) {
		post(fd, "init/error", "{\"errorType\":\"Own.Type\",\"errorMessage\":\"no good start\"}");
		pause();
	}
	if (strcmp(mood, "slow.init") == 0)
		usleep(300000);
	for (;;) {
		next(fd, id);
		if (strcmp(mood, "garbage") == 0)
			respond(fd, id, "response", "{this is no JSON");
		else if (strcmp(mood, "bare.error") == 0)
			respond(fd, id, "error", "plain words");
		else if (strcmp(mood, "next.again") == 0)
			continue;
		else if (strcmp(mood, "respond.and.exit") == 0)
			respond(fd, id, "response", "1"), exit(0);
		else if (strcmp(mood, "respond.and.hang") == 0)
			respond(fd, id, "response", "1"), pause();
		else if (strcmp(mood, "abort") == 0)
			abort();
		else
			respond(fd, id, "response", "{}");
	}
}
