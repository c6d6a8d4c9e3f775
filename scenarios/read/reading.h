/* reading: what is known while a scenario is being read; private to this folder. One reading, one thread.
 *
 * The order: files to trees (document), command line onto the trees (override), intrinsics (resolver), the template's functions and event
 * sources (resource, samfunction), the Weir section (weirkeys, traffic, behaviour, objective), the code (codeplace), limits (limit). */
#ifndef SCENARIOS_READ_READING_H
#define SCENARIOS_READ_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "models/spec/scenario.h"
#include "scenarios/read/node.h"
#include "scenarios/read/read.h"
#include "scenarios/read/resolver.h"
#include "sim/base/diagnostic.h"

/* A function of the template, beside its struct function_spec (same index). */
struct read_function {
	const char *logical;
	const struct node *resource;   /* as written */
	const struct node *properties; /* with Globals merged in; a map */
	bool sam;                      /* AWS::Serverless::Function */
	bool has_traffic;
	struct diagnostics unresolved;    /* intrinsics that its properties need; errors once it has traffic */
	const struct node *written_model; /* the Model key, NULL when it was not written */
	const struct node *behaviour;     /* its map under Functions; NULL when there is none */
	bool declares_cost;               /* has Duration, Cpu or Wait */
	const struct node *code;          /* CodeUri, Code, InlineCode: where a finding about the code points; may be NULL */
	const char *code_problem;         /* why its code cannot be run, NULL when it can; set by code_find */
	const char *code_hint;
	const char *code_rule;
};

struct resource_lists; /* resources.h */
struct schedule;       /* schedules.h */

/* Something that could send events: what a workload entry may name. */
struct read_source {
	const char *name;  /* "Hello.Get"; "Orders" */
	const char *alias; /* another name for it, or NULL */
	const char *type;  /* "HttpApi", "SQS", "AWS::SQS::Queue" */
	bool modelled;
	enum source_kind kind;           /* when modelled */
	size_t function;                 /* SOURCE_NO_FUNCTION: it sends to a resource, or to several */
	struct target target;            /* where its events go; TARGET_NONE for synchronous sources */
	const struct schedule *schedule; /* when it fires; NULL for all others */
	const char *input;               /* schedules: the constant event; NULL */
	const char *method, *path;       /* HTTP */
	int viewer_functions;            /* CloudFront Functions that each request passes */
	simtime wait_limit;
	struct position wait_limit_at; /* of TimeoutInMillis; line 0 when it is not set */
	const char *payload_format;    /* "1.0", "2.0" or NULL */
	enum envelope_edge edge;
	const char *resource, *resource_type, *properties; /* as in struct source_spec */
	const struct node *transfer;                       /* InvokeMode or ResponseTransferMode; NULL when not written */
	struct position at;
	bool has_traffic;
	bool has_entry, has_invoke_events; /* of an entry, and of one with InvocationType: Event */
	struct diagnostics unresolved;     /* intrinsics that it needs; errors once it has traffic */
};

struct reading {
	const struct read_options *options;
	struct scenario *scenario;
	struct arena *arena;  /* the scenario's */
	struct arena scratch; /* trees and what is needed only while reading */
	struct diagnostics *found;
	struct diagnostics *tentative; /* where unresolved intrinsics go instead, while a function is read; NULL */
	struct source_texts *texts;
	struct resolver resolver;
	const char *folder;      /* of the template: "" (the working directory) or ending in '/' */
	const struct node *root; /* the template with --set applied */
	const struct node *weir; /* the Weir section, the workload file and the command line together; NULL when there is none */
	const struct node *env_vars; /* of --env-vars; NULL */
	struct read_function *functions;
	size_t function_count;
	struct resource_lists *resources; /* what lies between functions; NULL before resources_read */
	struct read_source *sources;
	size_t source_count, source_capacity;
	bool name_missing; /* a function or source that the Weir section names is not in the template, and no other is called nearly so */
	bool careful; /* `weir check`: look at everything, traffic or not */
};

/* A careful look at a template without a workload: what only traffic makes an error is worth a note, for whoever gives it some later. */
bool reading_traffic_later(const struct reading *r);

/* The value of a node whose value is needed: what its intrinsics stand for. &resolver_absent for AWS::NoValue. NULL with an error
 * (read/intrinsic) that names `what`, in r->tentative when that is set. */
const struct node *reading_value(struct reading *r, const struct node *n, const char *what);

/* The value of a map's key: NULL when it is not there, is null, AWS::NoValue, or could not be resolved (then with an error). */
const struct node *reading_get(struct reading *r, const struct node *map, const char *key, const char *what);

/* Whether a node is a map, a list or a text; adds read/type "WHAT must be a map, not a text" when it is not. */
bool reading_is(struct reading *r, const struct node *n, enum node_kind kind, const char *what);

/* A text that lives as long as the scenario; a position likewise. */
const char *reading_keep(struct reading *r, const char *text);
struct position reading_keep_at(struct reading *r, struct position at);

/* A path that the user wrote at `at`: relative ones belong to the folder of the file it stands in, or to the working directory on the
 * command line. In the scratch arena. */
const char *reading_path(struct reading *r, const char *path, struct position at);

/* Reads a file that the scenario names; adds an error (read/file) at `at` when it cannot be read. The text is the caller's. 0 or -1. */
int reading_file(struct reading *r, const char *path, size_t limit, struct position at, char **text, size_t *length);

/* The function with this logical ID, or -1. */
int reading_function(const struct reading *r, const char *logical);

struct read_source *reading_source(const struct reading *r, const char *name);
struct read_source *reading_source_add(struct reading *r);

#endif
