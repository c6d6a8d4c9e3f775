/* rtapi: the Lambda Runtime API of one execution environment, served on its own loopback port.
 *
 * The URLs carry no environment, so the port tells who is asking. One invocation is served at a time, as in a Lambda environment.
 * The server has no thread: its owner watches rtapi_fd for readability, and calls rtapi_run when it is readable or
 * rtapi_patience has passed. What happened is read from the fields of struct rtapi_seen afterwards.
 *
 * Source: AWS Lambda Developer Guide, "Using the Lambda runtime API" (paths, headers, statuses); statuses and bodies that the guide
 * leaves open follow the AWS Lambda Runtime Interface Emulator (state machine, error types, size limit).
 * Streamed responses are collected, as Invoke does with a streaming function. The APIs for extensions, telemetry and SnapStart are not
 * modelled: their paths answer 404. */
#ifndef MODELS_HANDLER_RTAPI_H
#define MODELS_HANDLER_RTAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/error.h"

/* The largest response: 6 MB and 100 bytes (Runtime Interface Emulator, interop MaxPayloadSize). */
enum { RTAPI_RESPONSE_LIMIT = 6 * 1024 * 1024 + 100, RTAPI_ID_TEXT = 37 };

/* Where the runtime stands (Runtime Interface Emulator, core/states.go). */
enum rtapi_state {
	RTAPI_STARTED,   /* Init: no `next` yet */
	RTAPI_READY,     /* waits in `next` */
	RTAPI_RUNNING,   /* has an event */
	RTAPI_RECEIVING, /* is sending its response or error */
	RTAPI_ANSWERED,  /* its answer is complete; it should call `next` */
	RTAPI_INIT_ERROR /* has posted an Init error; it should exit */
};

/* What came in. Times are clock_monotonic_ns. */
struct rtapi_seen {
	enum rtapi_state state;
	int64_t ready_ns;     /* when `next` was last called */
	int64_t sent_ns;      /* when the event went out */
	int64_t answered_ns;  /* when the last byte of the answer came in */
	bool failed;          /* the answer is an error: posted, too large, cut off, or of an unknown mode */
	bool streamed;        /* Lambda-Runtime-Function-Response-Mode: streaming */
	char error_type[128]; /* normalised; "" without an error */
	char *body;           /* the answer, NUL-ended; owned by the server until the next rtapi_send; NULL before */
	size_t length;
	char content_type[128]; /* of the answer; "" when it named none */
};

struct rtapi;

/* Listens on 127.0.0.1 at a port of the kernel's choice. NULL with ERROR_NETWORK. */
struct rtapi *rtapi_new(const char *invoked_arn, struct error *e);
unsigned rtapi_port(const struct rtapi *r);
int rtapi_fd(const struct rtapi *r);       /* borrowed */
int rtapi_patience(const struct rtapi *r); /* milliseconds until rtapi_run must be called anyway; -1 for no limit */
void rtapi_run(struct rtapi *r);
const struct rtapi_seen *rtapi_seen(const struct rtapi *r);

/* Hands an event over; the runtime must be RTAPI_READY. `event` is borrowed until rtapi_free: a runtime may answer before it has read it. */
void rtapi_send(struct rtapi *r, const char *event, size_t length, int64_t timeout_ms);

void rtapi_free(struct rtapi *r); /* NULL is allowed */

/* "Runtime.X" or "Function.X" as given, else "Function.Unknown" or "Runtime.Unknown"; NULL is missing. For what the runtime names in
 * Lambda-Runtime-Function-Error-Type. */
void rtapi_error_type(const char *given, char *type, size_t size);

#endif
