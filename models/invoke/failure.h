/* failure: why callers do not get what they asked for. */
#ifndef MODELS_INVOKE_FAILURE_H
#define MODELS_INVOKE_FAILURE_H

/* Why the final answer to a request is a failure. */
enum failure {
	FAILURE_NONE,
	FAILURE_THROTTLED,         /* Lambda refused the invocation */
	FAILURE_GATEWAY_THROTTLED, /* the gateway did, before Lambda */
	FAILURE_WAIT_LIMIT,        /* the source stopped waiting; the invocation went on */
	FAILURE_ERROR,             /* the function failed, other than by its Timeout */
	FAILURE_TIMEOUT,           /* the function's Timeout */
	FAILURE_MALFORMED,         /* the function's answer is none for this source */
	FAILURE_ANSWERED,          /* the function itself answered 400 or more */
	FAILURE_GAVE_UP,           /* the client's timeout */
	FAILURES
};

/* "throttled", "client gave up"; "" for FAILURE_NONE. */
const char *failure_name(enum failure f);

#endif
