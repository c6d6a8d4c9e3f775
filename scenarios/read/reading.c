#include "scenarios/read/reading.h"

#include <string.h>

#include "models/os/file.h"
#include "sim/base/memory.h"

bool reading_traffic_later(const struct reading *r)
{
	return r->careful && !node_get(r->weir, "Workload");
}

const struct node *reading_value(struct reading *r, const struct node *n, const char *what)
{
	const struct node *value = resolver_value(&r->resolver, n);
	if (value)
		return value;
	diagnostic_add(r->tentative ? r->tentative : r->found, SEVERITY_ERROR, r->resolver.problem_at, "read/intrinsic",
	               "%s, and the value of %s is needed", r->resolver.problem, what);
	return NULL;
}

const struct node *reading_get(struct reading *r, const struct node *map, const char *key, const char *what)
{
	const struct node *n = node_get(map, key);
	if (!n)
		return NULL;
	n = reading_value(r, n, what ? what : key);
	return node_is_null(n) ? NULL : n;
}

bool reading_is(struct reading *r, const struct node *n, enum node_kind kind, const char *what)
{
	static const char *const names[] = {[NODE_SCALAR] = "a text", [NODE_LIST] = "a list", [NODE_MAP] = "a map"};
	if (n->kind == kind && !(kind == NODE_SCALAR && node_is_null(n)))
		return true;
	diagnostic_add(r->found, SEVERITY_ERROR, n->at, "read/type", "%s must be %s, not %s", what, names[kind], node_kind_name(n));
	return false;
}

const char *reading_keep(struct reading *r, const char *text)
{
	return arena_string(r->arena, text);
}

struct position reading_keep_at(struct reading *r, struct position at)
{
	at.file = arena_string(r->arena, at.file);
	return at;
}

const char *reading_path(struct reading *r, const char *path, struct position at)
{
	if (path[0] == '/' || !at.file || at.file[0] == '-')
		return arena_string(&r->scratch, path);
	const char *slash = strrchr(at.file, '/');
	return arena_format(&r->scratch, "%.*s%s", slash ? (int)(slash + 1 - at.file) : 0, at.file, path);
}

int reading_file(struct reading *r, const char *path, size_t limit, struct position at, char **text, size_t *length)
{
	struct error e = {0};
	if (file_read(path, limit, text, length, &e) == 0)
		return 0;
	diagnostic_add(r->found, SEVERITY_ERROR, at, "read/file", "%s", e.text);
	return -1;
}

int reading_function(const struct reading *r, const char *logical)
{
	for (size_t i = 0; i < r->function_count; i++)
		if (strcmp(r->functions[i].logical, logical) == 0)
			return (int)i;
	return -1;
}

struct read_source *reading_source(const struct reading *r, const char *name)
{
	for (size_t i = 0; i < r->source_count; i++)
		if (strcmp(r->sources[i].name, name) == 0)
			return &r->sources[i];
	for (size_t i = 0; i < r->source_count; i++)
		if (r->sources[i].alias && strcmp(r->sources[i].alias, name) == 0)
			return &r->sources[i];
	return NULL;
}

struct read_source *reading_source_add(struct reading *r)
{
	MEMORY_ROOM(r->sources, r->source_count, r->source_capacity);
	r->sources[r->source_count] = (struct read_source){.type = "?", .wait_limit = SIMTIME_NEVER};
	return &r->sources[r->source_count++];
}
