#include "scenarios/read/codeplace.h"

#include <string.h>

#include "models/os/file.h"
#include "scenarios/read/property.h"
#include "scenarios/read/runtimes.h"

static const char hint_declare[] = "set Model: declared with Duration, or with Cpu and Wait, under Weir.Functions";

static void code_problem(struct read_function *rf, const char *rule, const char *text, const char *hint)
{
	if (rf->code_problem)
		return;
	rf->code_problem = text;
	rf->code_rule = rule;
	rf->code_hint = hint;
}

/* A path in the template belongs to the template's folder. Slashes at its end say nothing. */
static const char *code_path(struct reading *r, const char *path)
{
	while (path[0] == '.' && path[1] == '/')
		path += 2 + strspn(path + 2, "/");
	char *whole = path[0] == '/' ? arena_string(&r->scratch, path)
	                             : arena_format(&r->scratch, "%s%s", r->folder, strcmp(path, ".") == 0 ? "" : path);
	size_t length = strlen(whole);
	while (length > 1 && whole[length - 1] == '/')
		whole[--length] = '\0';
	return length ? whole : ".";
}

static void code_folder(struct reading *r, struct read_function *rf, struct function_spec *f, const char *path)
{
	const char *whole = code_path(r, path);
	if (file_is_folder(whole)) {
		f->code_kind = CODE_FOLDER;
		f->code = reading_keep(r, whole);
	} else if (file_exists(whole)) {
		code_problem(rf, "code/packed",
		             arena_format(&r->scratch, "'%s' is a packed file; handlers run from a folder", whole),
		             "unpack it, and point CodeUri to the folder");
	} else {
		code_problem(rf, "code/missing", arena_format(&r->scratch, "there is no folder '%s'", whole),
		             "if it is made by a build, run `sam build` first");
	}
}

static void code_inline(struct reading *r, struct read_function *rf, struct function_spec *f, const struct node *n)
{
	const struct node *text = resolver_value(&r->resolver, n);
	if (text && text->kind == NODE_SCALAR) {
		f->code_kind = CODE_INLINE;
		f->code = reading_keep(r, text->text);
		return;
	}
	code_problem(rf, "code/missing", "the inline code cannot be resolved", hint_declare);
}

static void code_image(struct read_function *rf)
{
	code_problem(rf, "code/image", "container images cannot be run here yet",
	             "point CodeUri to the handler's folder, or set Model: declared with Duration, or with Cpu and Wait");
}

static void code_s3(struct read_function *rf)
{
	code_problem(rf, "code/remote", "the code is in S3; handlers run from a local folder",
	             "download and unpack it, and point CodeUri to the folder (--set FUNCTION.CodeUri=FOLDER)");
}

/* `sam build` puts the built code beside the template; it is what would be deployed. */
static bool code_built(struct reading *r, const struct read_function *rf, struct function_spec *f)
{
	const char *built = arena_format(&r->scratch, "%s.aws-sam/build/%s", r->folder, rf->logical);
	const char *template = arena_format(&r->scratch, "%s.aws-sam/build/template.yaml", r->folder);
	if (!file_is_folder(built) || !file_exists(template))
		return false;
	f->code_kind = CODE_FOLDER;
	f->code = reading_keep(r, built);
	if (rf->has_traffic)
		diagnostic_add(r->found, SEVERITY_NOTE, rf->resource->at, "code/built",
		               "%s runs the code that `sam build` made in '%s'", rf->logical, built);
	return true;
}

/* The CDK names the folder of the code in the resource's Metadata. */
static const char *code_asset(const struct read_function *rf)
{
	const struct node *path = node_get(node_get(rf->resource, "Metadata"), "aws:asset:path");
	return path && path->kind == NODE_SCALAR ? path->text : NULL;
}

static void code_of_uri(struct reading *r, struct read_function *rf, struct function_spec *f, const struct node *uri)
{
	const struct node *value = resolver_value(&r->resolver, uri);
	if (!value)
		code_problem(rf, "code/missing", arena_format(&r->scratch, "%s", r->resolver.problem), hint_declare);
	else if (value->kind != NODE_SCALAR || strncmp(value->text, "s3://", 5) == 0)
		code_s3(rf);
	else
		code_folder(r, rf, f, value->text);
}

static void code_sam(struct reading *r, struct read_function *rf, struct function_spec *f)
{
	const struct node *p = rf->properties, *inline_code = node_get(p, "InlineCode"), *uri = node_get(p, "CodeUri");
	rf->code = inline_code ? inline_code : uri;
	if (node_get(p, "ImageUri") || node_is_text(node_get(p, "PackageType"), "Image"))
		code_image(rf);
	else if (inline_code && !node_is_null(inline_code))
		code_inline(r, rf, f, inline_code);
	else if (code_built(r, rf, f))
		return;
	else if (!node_is_null(uri))
		code_of_uri(r, rf, f, uri);
	else
		code_folder(r, rf, f, ".");
}

static void code_cloudformation(struct reading *r, struct read_function *rf, struct function_spec *f)
{
	const struct node *code = node_get(rf->properties, "Code"), *zip = node_get(code, "ZipFile");
	const char *asset = code_asset(rf);
	rf->code = code;
	if (zip)
		code_inline(r, rf, f, zip);
	else if (node_get(code, "ImageUri") || node_is_text(node_get(rf->properties, "PackageType"), "Image"))
		code_image(rf);
	else if (asset)
		code_folder(r, rf, f, asset);
	else if (code_built(r, rf, f))
		return;
	else if (code && code->kind == NODE_SCALAR)
		code_of_uri(r, rf, f, code);
	else if (code)
		code_s3(rf);
	else
		code_problem(rf, "code/missing", "the function has no Code", hint_declare);
}

/* --- the handler's file -------------------------------------------------------------------------------------------------------------- */

static bool code_has(struct reading *r, const char *folder, const char *module, const char *const *endings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (file_exists(arena_format(&r->scratch, "%s/%s%s", folder, module, endings[i])))
			return true;
	return false;
}

/* "a/b.c.handler" for Python is module a/b/c, for Node.js the file a/b: the name up to the first dot after the last slash. */
static const char *code_module(struct reading *r, const char *handler, enum runtime_family family)
{
	const char *slash = strrchr(handler, '/');
	const char *base = slash ? slash + 1 : handler;
	const char *dot = family == RUNTIME_PYTHON ? strrchr(base, '.') : strchr(base, '.');
	if (!dot || dot == base || !dot[1])
		return NULL;
	char *module = arena_string_n(&r->scratch, handler, (size_t)(dot - handler));
	for (char *p = module; family == RUNTIME_PYTHON && *p; p++)
		if (*p == '.')
			*p = '/';
	return module;
}

static void code_check_file(struct reading *r, struct read_function *rf, const struct function_spec *f, const char *module,
                            enum runtime_family family)
{
	static const char *const python[] = {".py", "/__init__.py", ".pyc", ".so"};
	static const char *const node[] = {".js", ".mjs", ".cjs"};
	static const char *const sources[] = {".ts", ".mts", ".tsx"};
	bool is_python = family == RUNTIME_PYTHON;
	if (is_python ? code_has(r, f->code, module, python, 4) : code_has(r, f->code, module, node, 3))
		return;
	bool unbuilt = !is_python && code_has(r, f->code, module, sources, 3);
	code_problem(rf, "code/missing",
	             arena_format(&r->scratch, "handler '%s' needs %s/%s%s, which is not there", f->handler, f->code, module,
	                          is_python ? ".py" : ".js, .mjs or .cjs"),
	             unbuilt ? "it is there as TypeScript: run `sam build` first"
	                     : "check Handler and CodeUri; a build may be needed (`sam build`)");
}

static void code_check_handler(struct reading *r, struct read_function *rf, const struct function_spec *f,
                               enum runtime_family family)
{
	if (family == RUNTIME_PROVIDED) {
		if (f->code_kind == CODE_INLINE)
			code_problem(rf, "code/missing", "inline code runs on Python and Node.js only", hint_declare);
		else if (!file_exists(arena_format(&r->scratch, "%s/bootstrap", f->code)))
			code_problem(rf, "code/missing",
			             arena_format(&r->scratch, "%s needs %s/bootstrap, which is not there", f->runtime, f->code),
			             "build it first");
		return;
	}
	const char *module = f->handler ? code_module(r, f->handler, family) : NULL;
	if (!f->handler)
		code_problem(rf, "code/missing", "the function has no Handler", NULL);
	else if (!module)
		code_problem(rf, "code/missing", arena_format(&r->scratch, "Handler '%s' is not FILE.FUNCTION", f->handler),
		             "such as app.handler");
	else if (f->code_kind == CODE_INLINE && strcmp(module, "index") != 0)
		code_problem(rf, "code/missing",
		             arena_format(&r->scratch, "inline code is the file index, but Handler is '%s'", f->handler),
		             "such as index.handler");
	else if (f->code_kind == CODE_FOLDER)
		code_check_file(r, rf, f, module, family);
}

static void code_find(struct reading *r, struct read_function *rf, struct function_spec *f)
{
	if (rf->sam)
		code_sam(r, rf, f);
	else
		code_cloudformation(r, rf, f);
	f->code_at = reading_keep_at(r, rf->code ? rf->code->at : rf->resource->at);
	if (rf->code_problem)
		return;
	enum runtime_family family = f->runtime ? runtime_family_of(f->runtime) : RUNTIME_UNKNOWN;
	if (!f->runtime)
		code_problem(rf, "template/runtime", "the function has no Runtime", NULL);
	else if (family == RUNTIME_UNKNOWN)
		code_problem(rf, "runtime/unknown", arena_format(&r->scratch, "'%s' is no runtime that weir knows", f->runtime),
		             NULL);
	else if (!runtime_runs(family))
		code_problem(rf, "model/runtime", arena_format(&r->scratch, "%s handlers cannot be run here yet", f->runtime),
		             hint_declare);
	else
		code_check_handler(r, rf, f, family);
}

/* The problem belongs to the Handler when the folder is there, else to the code's own property. */
static void code_report(struct reading *r, const struct read_function *rf, const struct function_spec *f, enum severity severity)
{
	const struct node *handler = node_get(rf->properties, "Handler"), *runtime = node_get(rf->properties, "Runtime");
	struct position at = rf->code ? rf->code->at : rf->resource->at;
	if (strcmp(rf->code_rule, "model/runtime") == 0 && runtime)
		at = runtime->at;
	else if (f->code_kind != CODE_NONE && handler)
		at = handler->at;
	diagnostic_add(r->found, severity, at, rf->code_rule, "%s: %s", rf->logical, rf->code_problem);
	if (rf->code_hint)
		diagnostic_hint(r->found, "%s", rf->code_hint);
}

void codes_find(struct reading *r)
{
	for (size_t i = 0; i < r->function_count; i++) {
		struct read_function *rf = &r->functions[i];
		struct function_spec *f = &r->scenario->functions[i];
		code_find(r, rf, f);
		bool missing = rf->code_problem && strcmp(rf->code_rule, "code/missing") == 0;
		bool said = rf->code_problem && strcmp(rf->code_rule, "runtime/unknown") == 0;
		if (!rf->code_problem || said || f->model != MODEL_PROFILE)
			continue;
		if (rf->has_traffic || (r->careful && missing))
			code_report(r, rf, f, SEVERITY_ERROR);
		else if (reading_traffic_later(r))
			code_report(r, rf, f, SEVERITY_NOTE);
	}
}
