/* source: where events come from, how often, with what payload, and who waits for the answer. Built by scenarios/read, then const. */
#ifndef MODELS_SPEC_SOURCE_H
#define MODELS_SPEC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/spec/resource.h"
#include "sim/base/diagnostic.h"
#include "sim/distribution.h"
#include "sim/simtime.h"

/* One row each in models/source/table.c. The shape of the event that a function receives goes with the kind. */
enum source_kind {
	/* synchronous: somebody waits for the answer */
	SOURCE_INVOKE,
	SOURCE_API,
	SOURCE_HTTP_API,
	SOURCE_FUNCTION_URL,
	SOURCE_ALB,
	SOURCE_EDGE, /* Lambda@Edge, behind CloudFront */
	/* asynchronous: answered 202 at once */
	SOURCE_INVOKE_EVENT, /* InvocationType: Event */
	SOURCE_S3,
	SOURCE_SNS,
	SOURCE_EVENT_BRIDGE, /* a rule with a pattern */
	SOURCE_SCHEDULE,     /* a rule with a schedule */
	SOURCE_SCHEDULER,    /* EventBridge Scheduler */
	SOURCE_CUSTOM_RESOURCE,
	/* polled: read by an event source mapping, in batches */
	SOURCE_SQS,
	SOURCE_KINESIS,
	SOURCE_DYNAMODB,
	SOURCE_KINDS
};

/* When CloudFront calls a Lambda@Edge function. */
enum envelope_edge { EDGE_VIEWER_REQUEST, EDGE_ORIGIN_REQUEST, EDGE_ORIGIN_RESPONSE, EDGE_VIEWER_RESPONSE };

enum source_mode { SOURCE_SYNCHRONOUS, SOURCE_ASYNCHRONOUS, SOURCE_POLLED };

enum arrival_kind { ARRIVAL_CONSTANT, ARRIVAL_POISSON, ARRIVAL_RENEWAL, ARRIVAL_RATES, ARRIVAL_TIMES, ARRIVAL_KINDS };

/* A step function of time: `value[i]` holds from offset[i] to offset[i+1]. offset[0] is 0; offsets ascend. */
struct steps {
	const simtime *offset;
	const double *value;
	size_t count;
};

struct arrival_spec {
	enum arrival_kind kind;
	double rate_per_s;    /* constant, poisson, renewal */
	double cv;            /* renewal: coefficient of variation of the gaps (gamma) */
	struct steps rates;   /* rates: per second; zero after the last row's own length, see rates_end */
	simtime rates_end;    /* where the last rate ends */
	const simtime *times; /* times: ascending */
	size_t time_count;
	const uint32_t *payload_of; /* times: which of the source's payloads each arrival carries; NULL: drawn by weight */
	const uint32_t *key_of;     /* times: which of key_names each arrival has; NULL: drawn by the source's keys */
	const char *const *key_names;
	size_t key_count;
	struct steps pattern;    /* factors over one period, count 0 for none; t = 0 is Monday 00:00 UTC */
	simtime pattern_period;  /* a day or a week; 0 without a pattern */
	double growth_per_month; /* 0.04 = 4 % in 30 days, compounding continuously; 0 for none */
};

enum jitter { JITTER_NONE, JITTER_FULL, JITTER_EQUAL };

enum { /* what a client repeats; a set */
       RETRY_429 = 1,
       RETRY_5XX = 2,
       RETRY_TIMEOUT = 4,
       RETRY_FUNCTION_ERROR = 8 /* a direct Invoke that answers 200 with X-Amz-Function-Error */
};

/* The caller. Without one: one attempt, no timeout. */
struct client_spec {
	const char *preset;    /* "legacy", "standard", "standard-2026" or NULL */
	simtime timeout;       /* of one attempt; SIMTIME_NEVER for none */
	int max_attempts;      /* at least 1 */
	simtime backoff_base;  /* delay before attempt n+1: jitter(min(max, base * factor^(n-1))) */
	simtime throttle_base; /* the same after a throttle; equal to backoff_base but in standard-2026 */
	double backoff_factor;
	simtime backoff_max; /* SIMTIME_NEVER for none */
	enum jitter jitter;
	unsigned retry_on; /* RETRY_ bits */
	int quota;         /* retry quota tokens of one client process; 0 for no quota */
	int quota_cost, quota_timeout_cost, quota_throttle_cost;
	int processes; /* how many client processes share the load; request i belongs to i mod processes */
};

struct payload_spec {
	const char *file; /* as written; NULL for the built-in empty event */
	const char *
		event; /* JSON text that the handler receives, wrapped for the source; polled sources: a batch of this record alone */
	size_t event_length;
	const char *text; /* as it was given, before it was wrapped; NULL for the empty event */
	size_t text_length;
	double weight; /* relative, > 0 */
};

/* A source that sends to a resource (which may feed no function, or several) has no function of its own. */
#define SOURCE_NO_FUNCTION SIZE_MAX

struct source_spec {
	const char *name;   /* "Hello.Get" or "Hello" for a direct Invoke */
	struct position at; /* of the workload entry or the event */
	enum source_kind kind;
	size_t function; /* index into the scenario's functions; of synchronous sources, and of others that send to one function directly; else
	                    SOURCE_NO_FUNCTION */
	struct target target; /* where its events go; TARGET_NONE for synchronous sources */
	simtime spread;       /* schedules: each firing comes up to so much after its time, uniformly; 0 for all other sources */
	struct keys_spec keys;
	struct arrival_spec arrivals;
	bool has_client;
	struct client_spec client;
	const struct payload_spec *payloads;
	size_t payload_count;        /* at least 1 */
	bool has_latency;            /* declared under Latency; else the source table's default */
	struct distribution latency; /* ns, what the platform adds to the caller's wait */
	simtime wait_limit;          /* the source's own timeout (29 s, 30 s, TimeoutInMillis); SIMTIME_NEVER for none */
	const char *method, *path;   /* HTTP sources: the route, "GET" and "/hello"; "$default" for a catch-all */
	bool payload_1_0;            /* HTTP API: PayloadFormatVersion 1.0 */
	enum envelope_edge edge;     /* Lambda@Edge */
	/* What events call the place that they come from, where it is no target: the rule of a schedule, a schedule of the Scheduler, a custom
	 * resource (its logical ID); NULL for other sources. */
	const char *resource;
	const char *resource_type; /* of a custom resource: "Custom::Thing"; else NULL */
	const char *properties;    /* likewise: its Properties as CloudFormation sends them, JSON */
	int viewer_functions;      /* Lambda@Edge: CloudFront Functions that each request passes as well, 0 .. 2 */
};

#endif
