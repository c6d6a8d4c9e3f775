#include "scenarios/read/document.h"

#include <string.h>

#include "models/os/file.h"
#include "models/os/folder.h"
#include "scenarios/read/merge.h"
#include "scenarios/read/texts.h"
#include "scenarios/read/yamltree.h"
#include "sim/base/memory.h"

static const char *const default_names[] = {"template.yaml", "template.yml", "template.json"};

static const char *document_default(struct error *e)
{
	for (size_t i = 0; i < sizeof default_names / sizeof *default_names; i++)
		if (file_exists(default_names[i]))
			return default_names[i];
	error_set(e, ERROR_INPUT, "no template is named, and there is no template.yaml, template.yml or template.json here");
	return NULL;
}

static const char *document_base(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* The name of the folder that holds a template.yaml; any other template is named by its file, without the ending. */
static const char *document_name(struct arena *a, const char *file)
{
	const char *base = document_base(file), *dot = strrchr(base, '.');
	size_t stem = dot && dot > base ? (size_t)(dot - base) : strlen(base);
	if (strncmp(base, "template.", 9) != 0)
		return arena_string_n(a, base, stem);
	const char *folder = base == file ? "." : arena_string_n(a, file, (size_t)(base - file));
	struct error ignored = {0};
	char *whole = folder_resolve(folder, &ignored);
	const char *name = whole && document_base(whole)[0] ? arena_string(a, document_base(whole)) : arena_string_n(a, base, stem);
	memory_free(whole);
	return name;
}

/* A map at the top, or an error. */
static const struct node *document_tree(struct reading *r, const char *name, const char *text, size_t length, const char *what)
{
	const struct node *n = tree_read(text, length, name, &r->scratch, r->found);
	return n && reading_is(r, n, NODE_MAP, what) ? n : NULL;
}

/* A workload file has the keys of Metadata.Weir at the top; one that repeats `Weir:` or `Metadata: Weir:` is understood too. */
static const struct node *document_unwrap(const struct node *n)
{
	const struct node *inner = node_get(node_get(n, "Metadata"), "Weir");
	if (!inner && n->count == 1)
		inner = node_get(n, "Weir");
	return inner ? inner : n;
}

/* What the workload file says counts: key by key in the Weir section and in its maps, for functions also in each function's. */
static const struct node *document_merge(struct reading *r, const struct node *weir, const struct node *workload)
{
	struct arena *a = &r->scratch;
	const struct node *all = merge_nodes(a, weir, workload, MERGE_REPLACE_LISTS, 2);
	const struct node *mine = node_get(weir, "Functions"), *other = node_get(workload, "Functions");
	if (!mine || !other)
		return all;
	return node_put(a, all, "Functions", merge_nodes(a, mine, other, MERGE_REPLACE_LISTS, 2), other->at);
}

static int document_weir(struct reading *r, const struct node *workload)
{
	const struct node *weir = node_get(node_get(r->root, "Metadata"), "Weir");
	if (node_is_null(weir))
		weir = NULL;
	if (weir && !reading_is(r, weir, NODE_MAP, "Metadata.Weir"))
		return -1;
	r->weir = weir;
	if (workload)
		r->weir = document_merge(r, weir, document_unwrap(workload));
	return 0;
}

static int document_trees(struct reading *r, const char *file, const char *text, size_t length, const char *workload_file,
                          const char *workload, size_t workload_length)
{
	const struct node *second = NULL;
	r->root = document_tree(r, file, text, length, "a template");
	if (workload)
		second = document_tree(r, workload_file, workload, workload_length, "a workload file");
	if (!r->root || (workload && !second))
		return -1;
	const struct node *resources = node_get(r->root, "Resources");
	if (!resources || !reading_is(r, resources, NODE_MAP, "Resources")) {
		if (!resources)
			diagnostic_add(r->found, SEVERITY_ERROR, r->root->at, "read/template",
			               "this is no template: it has no Resources");
		return -1;
	}
	return document_weir(r, second);
}

static void document_keep(struct reading *r, const char *file, const char *text, size_t length, const char *workload,
                          size_t workload_length)
{
	struct scenario *s = r->scenario;
	s->file = reading_keep(r, file);
	s->name = document_name(r->arena, file);
	char *all = arena_alloc(r->arena, length + workload_length + sizeof "\n---\n");
	memcpy(all, text, length);
	if (workload) {
		memcpy(all + length, "\n---\n", 5);
		memcpy(all + length + 5, workload, workload_length);
	}
	s->text = all;
	const char *base = document_base(file);
	r->folder = arena_string_n(&r->scratch, file, (size_t)(base - file));
}

static const char *document_load(struct reading *r, const char *path, char **text, size_t *length, struct error *e)
{
	if (file_read(path, NODE_FILE_MAX, text, length, e) < 0)
		return NULL;
	return source_texts_add(r->texts, path, *text, *length);
}

int document_read(struct reading *r, struct error *e)
{
	const char *path = r->options->template_file ? r->options->template_file : document_default(e);
	const char *second = r->options->workload_file, *workload_file = NULL;
	char *text, *workload = NULL;
	size_t length, workload_length = 0;
	const char *file = path ? document_load(r, path, &text, &length, e) : NULL;
	if (!file)
		return -1;
	if (second && !(workload_file = document_load(r, second, &workload, &workload_length, e)))
		return -1;
	document_keep(r, file, text, length, workload, workload_length);
	return document_trees(r, file, text, length, workload_file, workload, workload_length);
}

int document_from_text(struct reading *r, const char *file, const char *text, size_t length, const char *workload,
                       size_t workload_length)
{
	document_keep(r, file, text, length, workload, workload_length);
	return document_trees(r, file, text, length, "workload.yaml", workload, workload_length);
}
