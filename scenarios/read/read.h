/* read: a template, its Weir section and the command line's changes become a checked, immutable scenario.
 *
 * Nothing that the user writes can crash, hang or exhaust memory: depth 64, 1 MiB a file, 500,000 nodes, aliases by reference with a
 * cycle check. Findings are collected, not only the first. */
#ifndef SCENARIOS_READ_READ_H
#define SCENARIOS_READ_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "models/spec/scenario.h"
#include "sim/base/diagnostic.h"
#include "sim/base/error.h"

/* What the command line adds or changes; NULL and 0 mean "not given". Strings are borrowed. */
struct read_options {
	const char *template_file; /* NULL: template.yaml, .yml or .json of the working directory, as `sam` does */
	const char *workload_file; /* --workload: a second file with the keys of Metadata.Weir */
	const char *const *rates;  /* --rate Hello.Get=20/s, repeatable */
	size_t rate_count;
	const char *const *payloads; /* --payload Hello.Get=events/get.json */
	size_t payload_count;
	const char *const *sets; /* --set Logical.Property=VALUE */
	size_t set_count;
	const char *const *parameters; /* --parameter-overrides Key=Value, or ParameterKey=K,ParameterValue=V */
	size_t parameter_count;
	const char *env_vars_file; /* --env-vars: the SAM CLI's JSON */
	const char *region;
	const char *duration;     /* --duration 10m */
	const char *replications; /* --replications auto or a number */
	const char *seed;
	bool traffic_optional; /* check and profile: a scenario without any traffic is no error */
};

struct source_texts; /* the files that were read, for showing lines under diagnostics */

/* Reads and checks. Returns 0 with *out owned by the caller (scenario_free) and no error among the diagnostics; -1 otherwise, with
 * *out NULL and either an error diagnostic or `e` filled (a file that cannot be read). `*texts` is always set; free it with source_texts_free. */
int scenario_read(const struct read_options *options, struct scenario **out, struct diagnostics *found, struct source_texts **texts,
                  struct error *e);

/* A source line for diagnostics_render (ctx is a struct source_texts *); NULL when unknown. */
const char *source_texts_line(void *ctx, const char *file, int line);
void source_texts_free(struct source_texts *t);

void scenario_free(struct scenario *s); /* NULL is allowed */

/* `weir init`: a workload stub for the template's functions and event sources, as YAML with comments. 0, or -1 as scenario_read. */
int scenario_stub(const struct read_options *options, struct textbuf *out, struct diagnostics *found, struct source_texts **texts,
                  struct error *e);

/* `weir check`: reads, then adds what a careful reviewer would say: timeouts that do not fit together, missing code, a retired
 * runtime, an unknown resource type. Rules named read/... mean that the input could not be understood. Returns 0 unless the file itself
 * could not be read or parsed (-1: exit status 2). */
int scenario_check(const struct read_options *options, struct diagnostics *found, struct source_texts **texts, struct error *e);

#endif
