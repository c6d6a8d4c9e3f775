/* scenario: the whole immutable plan. scenarios/read fills and checks it once; then it is const and shared by all threads. */
#ifndef MODELS_SPEC_SCENARIO_H
#define MODELS_SPEC_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/spec/function.h"
#include "models/spec/objective.h"
#include "models/spec/resource.h"
#include "models/spec/source.h"
#include "sim/arena.h"

enum {
	SCENARIO_ACCOUNT_CONCURRENCY = 1000, /* Lambda quotas: default concurrent executions of an account and Region */
	SCENARIO_KEPT_UNRESERVED = 100       /* Lambda Developer Guide, "Configuring reserved concurrency" */
};

struct account_spec {
	int concurrent_executions; /* the account's limit in the Region */
	int used_by_others;        /* held constantly by functions outside the template */
	bool scaling_unlimited;    /* what-if: ScalingRate: unlimited lifts both limbs */
	bool request_unlimited;    /* what-if: RequestRate: unlimited lifts the 10 x rules */
};

struct scenario {
	const char *name;   /* the folder's or file's name, for the default output folder */
	const char *file;   /* the template as given */
	const char *text;   /* template and workload as read, for the results */
	struct arena arena; /* holds everything below */

	simtime duration;  /* of one replication */
	int replications;  /* 0 = auto */
	double precision;  /* relative half-width of the 95 % interval; 0.05 */
	simtime warm_up;   /* left out of all figures */
	bool warm_up_auto; /* MSER-5 */
	uint64_t seed;
	const char *region; /* "us-east-1" */
	struct account_spec account;

	struct function_spec *functions;
	size_t function_count;
	struct source_spec *sources; /* only those with traffic */
	size_t source_count;
	struct queue_spec *queues;
	size_t queue_count;
	struct topic_spec *topics;
	size_t topic_count;
	struct bus_spec *buses;
	size_t bus_count;
	struct bucket_spec *buckets;
	size_t bucket_count;
	struct stream_spec *streams;
	size_t stream_count;
	struct mapping_spec *mappings;
	size_t mapping_count;
	struct payload_spec *payloads; /* of what functions emit; a source's own stand with it */
	size_t payload_count;
	struct objective_spec *objectives;
	size_t objective_count;
};

#endif
