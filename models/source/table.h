/* table: one row for each kind of event source: how long it waits, what its caller is answered, what it adds to the caller's wait.
 *
 * A synchronous source turns the outcome of an invocation into a status for its caller. Who gives up first decides which one: the
 * function's own Timeout ends the invocation with `timeout_status`; the source's wait limit ends only the waiting, with
 * `wait_limit_status`, and the invocation goes on running and costing (Errors stays 0).
 *
 * An asynchronous or polled source has nobody who waits: its latency is how long an event takes from its birth to Lambda's queue, or to the
 * resource that is polled. What polling adds comes from the pollers themselves.
 *
 * The rows are const and shared by all threads. New kinds of source are new rows; the order is that of enum source_kind. */
#ifndef MODELS_SOURCE_TABLE_H
#define MODELS_SOURCE_TABLE_H

#include <stdbool.h>

#include "models/spec/source.h"
#include "sim/distribution.h"
#include "sim/simtime.h"

/* API Gateway's throttle of an account in a Region: a token bucket, shared by its REST and HTTP APIs.
 * Source: API Gateway Developer Guide, "Amazon API Gateway quotas and important notes", account-level quotas per Region (some Regions
 * opened since 2018 have 2,500 and 1,250, which is not modelled). */
enum { SOURCE_GATEWAY_RATE = 10000, SOURCE_GATEWAY_BURST = 5000 };

struct source_type {
	const char *
		name; /* the SAM event type, "Api", where SAM has one; else "Invoke", "InvokeEvent", "Alb", "LambdaEdge", "CustomResource" */
	enum source_mode mode;
	const char *service; /* "API Gateway REST API" */
	simtime wait_limit;  /* the longest the source waits for the function; SIMTIME_NEVER: as long as the function runs */
	simtime wait_limit_least, wait_limit_most; /* what may be configured; both SIMTIME_NEVER where nothing may */
	int ok_status;                             /* an answer that carries no status of its own */
	int throttle_status;                       /* Lambda refused the invocation */
	int error_status;                          /* the function failed: an error, a crash, out of memory, a failed Init */
	int malformed_status;                      /* the answer is none for this source */
	int timeout_status;                        /* the function's own Timeout */
	int wait_limit_status;                     /* the source gave up waiting; 0 where it never does */
	int gateway_throttle_status;         /* the gateway's account throttle, before Lambda is called; 0 where there is none */
	bool gateway_throttle;               /* SOURCE_GATEWAY_RATE and _BURST apply */
	bool http;                           /* has a route (method and path); the event is wrapped as an HTTP request */
	simtime latency_median, latency_p99; /* added to the caller's wait: lognormal through both */
	const char *latency_source;          /* who measured it, for reports */
};

/* The row of a kind; never NULL. */
const struct source_type *source_kind_of(enum source_kind kind);

/* The row whose name is `name` ("HttpApi"; case matters, as in a template), with its kind in *kind; NULL when none is. */
const struct source_type *source_kind_named(const char *name, enum source_kind *kind);

/* The default of the latency that a source adds, in nanoseconds. */
void source_latency_default(enum source_kind kind, struct distribution *out);

#endif
