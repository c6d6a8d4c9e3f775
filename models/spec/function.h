/* function: one Lambda function as the template and the Weir section describe it. Built by scenarios/read, then const.
 *
 * Property names follow CloudFormation; limits: AWS Lambda Developer Guide, "Lambda quotas" and the API reference of
 * CreateFunction. All strings are borrowed from the scenario's arena. */
#ifndef MODELS_SPEC_FUNCTION_H
#define MODELS_SPEC_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/spec/resource.h"
#include "sim/base/diagnostic.h"
#include "sim/distribution.h"
#include "sim/simtime.h"

enum {
	FUNCTION_MEMORY_MIN_MB = 128,
	FUNCTION_MEMORY_MAX_MB = 10240,
	FUNCTION_MEMORY_DEFAULT_MB = 128,
	FUNCTION_TIMEOUT_MAX_S = 900,
	FUNCTION_TIMEOUT_DEFAULT_S = 3,
	FUNCTION_EPHEMERAL_MIN_MB = 512,
	FUNCTION_EPHEMERAL_MAX_MB = 10240,
	FUNCTION_UNRESERVED = -1 /* ReservedConcurrentExecutions not set */
};

enum architecture { ARCHITECTURE_X86_64, ARCHITECTURE_ARM64 };

/* Where the numbers of an invocation come from. `every` (each invocation runs the handler) is refused by the reader. */
enum function_model { MODEL_PROFILE, MODEL_DECLARED };

/* How long an idle environment lives (AWS promises nothing). */
enum reclaim_policy { RECLAIM_FIXED, RECLAIM_UNIFORM, RECLAIM_HALVING, RECLAIM_NEVER };
struct reclaim_spec {
	enum reclaim_policy policy;
	simtime after;     /* fixed */
	simtime low, high; /* uniform, one draw for each idle spell */
	simtime every;     /* halving: every so often a random half of the idle ones goes */
};

/* Which idle environment serves next. */
enum reuse_order { REUSE_NEWEST, REUSE_OLDEST, REUSE_RANDOM };

enum code_kind { CODE_NONE, CODE_FOLDER, CODE_INLINE };

struct environment_variable {
	const char *name, *value;
};

/* The answers that an invocation can end in, in order of how much of the environment survives. */
enum outcome {
	OUTCOME_OK,
	OUTCOME_ERROR,         /* the handler raised or posted an error: a function error, the environment stays warm */
	OUTCOME_TIMEOUT,       /* killed at Timeout; the environment is reset */
	OUTCOME_CRASH,         /* the runtime process exited */
	OUTCOME_OUT_OF_MEMORY, /* killed above MemorySize */
	OUTCOME_INIT_ERROR,    /* the static code raised or the process ended in Init */
	OUTCOME_INIT_TIMEOUT,  /* Init over 10 s */
	OUTCOMES
};

/* Model: declared. Durations are distributions of nanoseconds. Either `duration` or `cpu` and `wait`. */
struct declared_spec {
	bool has_duration, has_cpu, has_wait, has_init, has_memory_used, has_response_bytes;
	struct distribution duration;
	struct distribution cpu;  /* on one full vCPU (1,769 MB) */
	struct distribution wait; /* does not depend on memory */
	struct distribution init; /* undeclared: by runtime, see models/life */
	double error_rate;        /* 0..1 */
	double memory_used_mb;
	double response_bytes;
	/* Each record of a batch adds this much; Duration, Cpu and Wait are then what a batch takes besides. */
	bool has_record_cpu, has_record_wait;
	struct distribution record_cpu, record_wait;
	double record_error_rate; /* 0..1, each time a record is tried */
	double record_poison;     /* 0..1: records that fail whenever they are tried */
};

struct profile; /* models/cost/profile.h: what was measured; filled in before the scenario becomes const */

struct function_spec {
	const char *name;           /* logical ID in the template */
	const char *function_name;  /* FunctionName, or the logical ID */
	struct position at;         /* of the resource */
	const char *runtime;        /* "python3.12"; NULL for images */
	const char *handler;        /* "app.handler"; may be NULL for provided.* */
	struct position handler_at; /* of Handler's value; line 0 without one */
	enum architecture architecture;
	enum code_kind code_kind;
	const char *code; /* folder (absolute, or relative to the working directory) or the text of inline code */
	struct position code_at;
	int memory_mb, timeout_s, ephemeral_mb;
	int reserved; /* ReservedConcurrentExecutions or FUNCTION_UNRESERVED */
	const struct environment_variable *variables;
	size_t variable_count;

	enum function_model model;
	struct declared_spec declared;
	double arm_factor;    /* CPU time on arm64 relative to x86_64; 1 unless declared */
	int profile_runs;     /* measured runs for each payload; 30 */
	bool errors_expected; /* a profile made of errors is kept */
	double log_bytes;     /* a log line's bytes per invocation; 0 unless declared */
	struct reclaim_spec reclaim;
	enum reuse_order reuse;
	struct async_spec async;
	const struct emit_spec *emits;
	size_t emit_count;
	const struct profile *profile; /* NULL until measured */
};

/* Full vCPUs: MemorySize / 1,769 MB. Source: Lambda Developer Guide, "Configure Lambda function memory". */
#define FUNCTION_VCPU_MB 1769.0

#endif
