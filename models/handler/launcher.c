#include "models/handler/launcher.h"

#include <assert.h>
#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "embedded.h"
#include "models/os/clock.h"
#include "models/os/file.h"
#include "models/os/folder.h"
#include "models/os/program.h"
#include "sim/base/memory.h"
#include "sim/base/sha256.h"

enum {
	VARIABLES = 32 /* that Lambda sets */,
	VERSION_BYTES = 4096,
	VERSION_LIMIT_MS = 10000,
	FIRST_LINE_BYTES = 255 /* that the kernel looks at */
};

/* One kind of runtime. */
struct launcher {
	const char *prefix;      /* of Runtime */
	const char *title;       /* "Python"; NULL for those that bring their own program */
	const char *program;     /* of the interpreter, to which the version may be appended */
	const char *client_name; /* the embedded client's file name in the scratch folder */
	const char *inline_name; /* of inline code; NULL where Lambda takes none */
	const char *packages;    /* the file beside the code that names dependencies */
	bool versioned;          /* programs are named by version, too (python3.12) */
};

static const struct launcher launchers[] = {
	{"python", "Python", "python", "weir_runtime.py", "index.py", "requirements.txt", true},
	{"nodejs", "Node.js", "node", "weir_runtime.mjs", "index.js", "package.json", false},
	{"provided", NULL, NULL, NULL, NULL, NULL, false},
};

static const char *const folders[] = {"/usr/bin", "/usr/local/bin", NULL};

static const struct launcher *find_launcher(const char *runtime)
{
	for (size_t i = 0; runtime && i < sizeof launchers / sizeof *launchers; i++)
		if (strncmp(runtime, launchers[i].prefix, strlen(launchers[i].prefix)) == 0)
			return &launchers[i];
	return NULL;
}

/* --- the interpreter -------------------------------------------------------------------------------------------------------------- */

static bool is_program(const char *path)
{
	char magic[4];
	int fd = access(path, X_OK) == 0 ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	if (fd < 0)
		return false;
	bool elf = read(fd, magic, sizeof magic) == (ssize_t)sizeof magic && memcmp(magic, "\177ELF", sizeof magic) == 0;
	close(fd);
	return elf;
}

static const char *program_in(const char *folder, size_t length, const char *name, struct arena *a)
{
	const char *path = arena_format(a, "%.*s/%s", (int)length, folder, name);
	return *path == '/' && is_program(path) ? path : NULL;
}

/* The system's own folders first, then PATH, where a version manager puts real programs beside its shims. */
static const char *find_program(const char *name, struct arena *a)
{
	const char *found = NULL;
	for (size_t i = 0; folders[i] && found == NULL; i++)
		found = program_in(folders[i], strlen(folders[i]), name, a);
	const char *path = getenv("PATH");
	while (path && *path && found == NULL) {
		size_t length = strcspn(path, ":");
		found = program_in(path, length, name, a);
		path += length + (path[length] == ':');
	}
	return found;
}

/* "3.12" of "python3.12", "20" of "nodejs20.x", "" of "nodejs". */
static const char *version_of(const struct launcher *l, const char *runtime, struct arena *a)
{
	const char *from = runtime + strlen(l->prefix);
	size_t length = strspn(from, "0123456789.");
	while (length && from[length - 1] == '.')
		length--;
	return arena_string_n(a, from, length);
}

static const char *find_interpreter(const struct launcher *l, const char *version, struct arena *a)
{
	const char *path = l->versioned && *version ? find_program(arena_format(a, "%s%s", l->program, version), a) : NULL;
	if (path == NULL && l->versioned)
		path = find_program(arena_format(a, "%s3", l->program), a);
	return path ? path : find_program(l->versioned ? "python3" : l->program, a);
}

/* "3.11.2" as the program says it, of "Python 3.11.2" or "v20.20.2". */
static const char *ask_version(const char *path, struct arena *a)
{
	const char *const arguments[] = {path, "--version", NULL}, *const environment[] = {NULL};
	struct program p = {arguments, environment, NULL, 0, VERSION_BYTES, VERSION_LIMIT_MS};
	struct program_result r = {0};
	const char *version = "";
	if (program_run(&p, &r, NULL) == 0 && r.end == PROGRAM_EXITED && r.status == 0) {
		const char *text = textbuf_text(&r.output);
		const char *digit = text + strcspn(text, "0123456789");
		version = arena_string_n(a, digit, strcspn(digit, " \r\n"));
	}
	program_result_fini(&r);
	return version;
}

static bool same_version(const char *wanted, const char *used)
{
	size_t n = strlen(wanted);
	return n == 0 || (strncmp(wanted, used, n) == 0 && !isdigit((unsigned char)used[n]));
}

static int plan_interpreter(const struct launcher *l, const struct function_spec *f, const char *scratch, struct arena *a,
                            struct launch_plan *plan, struct error *e)
{
	const char *wanted = version_of(l, f->runtime, a), *path = find_interpreter(l, wanted, a);
	if (path == NULL)
		return error_set(e, ERROR_INPUT, "%s: Runtime %s needs %s, and no %s was found in /usr/bin, /usr/local/bin or PATH",
		                 f->name, f->runtime, l->title, l->versioned ? "python3" : l->program);
	const char *version = ask_version(path, a);
	if (*version == '\0')
		return error_set(e, ERROR_INPUT, "%s: %s does not work: it does not tell its version", f->name, path);
	plan->used = arena_format(a, "%s %s (%s)", l->title, version, path);
	if (!same_version(wanted, version))
		plan->note = arena_format(a, "measured with %s %s instead of %s", l->title, version, f->runtime);
	const char **arguments = ARENA_ARRAY(a, 8, const char *);
	size_t n = 0;
	arguments[n++] = path;
	if (l->versioned) {
		arguments[n++] = "-B"; /* /var/task is read-only: no byte code is written there */
		arguments[n++] = "-s"; /* nothing of the user's own packages */
		arguments[n++] = "-u"; /* output at once, as Lambda's logs have it */
	} else {                       /* Lambda's Node.js is given nine tenths of MemorySize for its heap */
		arguments[n++] = arena_format(a, "--max-old-space-size=%d", f->memory_mb * 9 / 10);
		arguments[n++] = arena_format(a, "--max-semi-space-size=%d", f->memory_mb / 20 > 1 ? f->memory_mb / 20 : 1);
	}
	arguments[n++] = arena_format(a, "%s/%s", scratch, l->client_name);
	plan->arguments = arguments;
	const unsigned char *client = l->versioned ? runtime_python : runtime_node;
	return file_write(arguments[n - 1], client, l->versioned ? runtime_python_size : runtime_node_size, e);
}

/* --- the code ------------------------------------------------------------------------------------------------------------------------ */

static int plan_inline(const struct launcher *l, const struct function_spec *f, const char *scratch, struct arena *a,
                       struct launch_plan *plan, struct error *e)
{
	if (l->inline_name == NULL)
		return error_set(e, ERROR_INPUT, "%s: Runtime %s takes no inline code", f->name, f->runtime);
	char *folder = arena_format(a, "%s/task", scratch);
	if (file_make_folder(folder, e) != 0)
		return -1;
	plan->folder = folder;
	return file_write(arena_format(a, "%s/%s", folder, l->inline_name), f->code, strlen(f->code), e);
}

static int plan_folder(const struct launcher *l, const struct function_spec *f, struct arena *a, struct launch_plan *plan,
                       struct error *e)
{
	if (!file_exists(f->code))
		return error_set(e, ERROR_INPUT, "%s: %s: no such folder", f->name, f->code);
	if (!file_is_folder(f->code))
		return error_set(e, ERROR_INPUT, "%s: %s: is not a folder; code in an archive cannot be run, unpack it first",
		                 f->name, f->code);
	char *real = folder_resolve(f->code, e);
	if (real == NULL)
		return -1;
	plan->folder = arena_string(a, real);
	memory_free(real);
	if (l->packages && file_exists(arena_format(a, "%s/%s", plan->folder, l->packages)))
		plan->packages = l->packages;
	return 0;
}

/* The one argument in a first line "#! /bin/sh -e", as the kernel reads it: "" for none; NULL when it names another program. */
static const char *sh_argument(const char *path, struct arena *a)
{
	static const char blanks[] = " \t";
	char line[FIRST_LINE_BYTES + 1] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
	if (fd >= 0)
		close(fd);
	if (n < 2 || strncmp(line, "#!", 2) != 0)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	const char *program = line + 2 + strspn(line + 2, blanks), *rest = program + strcspn(program, blanks);
	if (strncmp(program, "/bin/sh", (size_t)(rest - program)) != 0 || rest - program != (ptrdiff_t)strlen("/bin/sh"))
		return NULL;
	rest += strspn(rest, blanks);
	size_t length = strlen(rest);
	while (length && strchr(blanks, rest[length - 1]))
		length--;
	return arena_string_n(a, rest, length);
}

/* Amazon Linux's sh is bash, whose --posix is what bash does when it is called sh. Other systems have a smaller sh, to which what
 * works on Lambda (pipefail, arrays) is a mistake. */
static void plan_sh(struct arena *a, struct launch_plan *plan, const char **arguments)
{
	const char *script = arguments[0], *option = sh_argument(script, a), *bash = option ? find_program("bash", a) : NULL;
	size_t n = 0;
	if (bash == NULL)
		return;
	arguments[n++] = bash;
	arguments[n++] = "--posix";
	if (*option)
		arguments[n++] = option;
	arguments[n] = script;
	plan->used = arena_format(a, "bootstrap (%s --posix for /bin/sh)", bash);
}

/* Lambda looks for /var/task/bootstrap; without it an invocation ends in Runtime.InvalidEntrypoint. */
static int plan_bootstrap(const struct function_spec *f, struct arena *a, struct launch_plan *plan, struct error *e)
{
	const char **arguments = ARENA_ARRAY(a, 5, const char *); /* bash --posix OPTION bootstrap, and the end */
	arguments[0] = arena_format(a, "%s/bootstrap", plan->folder);
	plan->arguments = arguments;
	plan->used = arena_string(a, "bootstrap");
	if (!file_exists(arguments[0]) || file_is_folder(arguments[0]))
		return error_set(e, ERROR_INPUT,
		                 "%s: %s: no such file (Runtime.InvalidEntrypoint): build it first, with make or `sam build`",
		                 f->name, arguments[0]);
	if (access(arguments[0], X_OK) != 0)
		return error_set(e, ERROR_INPUT, "%s: %s: is not executable (Runtime.InvalidEntrypoint): chmod +x", f->name,
		                 arguments[0]);
	plan_sh(a, plan, arguments);
	return 0;
}

/* --- the environment ---------------------------------------------------------------------------------------------------------------- */

struct variables {
	const char **list;
	size_t count;
	struct arena *arena;
};

static bool has_name(const char *assignment, const char *name, size_t length)
{
	return strncmp(assignment, name, length) == 0 && assignment[length] == '=';
}

/* Later ones replace earlier ones. */
static void set_variable(struct variables *v, const char *name, const char *value)
{
	size_t i = 0;
	while (i < v->count && !has_name(v->list[i], name, strlen(name)))
		i++;
	v->list[i] = arena_format(v->arena, "%s=%s", name, value);
	if (i == v->count)
		v->count++;
}

/* "2026/11/24/[$LATEST]" and 32 hexadecimal digits. */
static const char *log_stream(struct arena *a)
{
	time_t now = (time_t)(clock_epoch_ms() / 1000);
	struct tm utc;
	gmtime_r(&now, &utc);
	return arena_format(a, "%04d/%02d/%02d/[$LATEST]%016" PRIx64 "%016" PRIx64, utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
	                    (uint64_t)clock_monotonic_ns() * UINT64_C(0x9e3779b97f4a7c15), (uint64_t)clock_epoch_ms());
}

/* What only the runtimes have that Lambda brings, which are started by a shell. Sources: Lambda Developer Guide, "Defined runtime
 * environment variables" (PYTHONPATH, NODE_PATH); `env` in functions of each runtime. Python sets LC_CTYPE itself from 3.12 on, where
 * the system has no locale but C.UTF-8. */
static void set_managed(struct variables *v, const struct launcher *l, const struct function_spec *f, const char *folder,
                        const char *scratch)
{
	enum { C_LOCALE_MINOR = 12 };
	const char *version = f->runtime + strlen(l->prefix), *point = strchr(version, '.');
	set_variable(v, "PWD", folder);
	set_variable(v, "SHLVL", "0");
	if (l->versioned) {
		set_variable(v, "PYTHONPATH", scratch);
		if (point && strtol(point + 1, NULL, 10) >= C_LOCALE_MINOR)
			set_variable(v, "LC_CTYPE", "C.UTF-8");
	} else {
		set_variable(v, "NODE_PATH",
		             arena_format(v->arena,
		                          "/opt/nodejs/node%ld/node_modules:/opt/nodejs/node_modules:%s/node_modules:%s:%s",
		                          strtol(version, NULL, 10), scratch, scratch, folder));
	}
}

/* What a template may change. Sources: Lambda Developer Guide, "Defined runtime environment variables"; the X-Ray daemon's parts, the
 * AWS Lambda Runtime Interface Emulator. /var/task is the code's folder here, and /var/runtime the scratch folder. */
static void set_changeable(struct variables *v, const struct launcher *l, const struct launch_plan *plan, const char *scratch)
{
	set_variable(v, "TMPDIR", plan->temporary); /* Lambda has /tmp, which would be the user's own here */
	set_variable(v, "LANG", "en_US.UTF-8");
	set_variable(v, "TZ", ":UTC");
	set_variable(v, "PATH",
	             l->title ? "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin" : "/usr/local/bin:/usr/bin/:/bin:/opt/bin");
	set_variable(v, "LD_LIBRARY_PATH",
	             arena_format(v->arena, "/var/lang/lib:/lib64:/usr/lib64:%s:%s/lib:%s:%s/lib:/opt/lib", scratch, scratch,
	                          plan->folder, plan->folder));
	set_variable(v, "AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
	set_variable(v, "AWS_XRAY_DAEMON_ADDRESS", "169.254.100.1:2000");
	set_variable(v, "_AWS_XRAY_DAEMON_ADDRESS", "169.254.100.1");
	set_variable(v, "_AWS_XRAY_DAEMON_PORT", "2000");
}

/* What Lambda reserves. The credentials are the examples of AWS's own documentation: they are valid nowhere, and nothing of the
 * user's own environment is passed on. */
static void set_reserved(struct variables *v, const struct function_spec *f, const struct launcher *l, const char *region,
                         const char *folder, const char *scratch)
{
	if (f->handler)
		set_variable(v, "_HANDLER", f->handler);
	set_variable(v, "AWS_REGION", region);
	set_variable(v, "AWS_DEFAULT_REGION", region);
	if (l->title)
		set_variable(v, "AWS_EXECUTION_ENV", arena_format(v->arena, "AWS_Lambda_%s", f->runtime));
	set_variable(v, "AWS_LAMBDA_FUNCTION_NAME", f->function_name);
	set_variable(v, "AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
	set_variable(v, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", arena_format(v->arena, "%d", f->memory_mb));
	set_variable(v, "AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
	set_variable(v, "AWS_LAMBDA_LOG_GROUP_NAME", arena_format(v->arena, "/aws/lambda/%s", f->function_name));
	set_variable(v, "AWS_LAMBDA_LOG_STREAM_NAME", log_stream(v->arena));
	set_variable(v, "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
	set_variable(v, "AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
	set_variable(v, "AWS_SESSION_TOKEN", "weir");
	set_variable(v, "LAMBDA_TASK_ROOT", folder);
	set_variable(v, "LAMBDA_RUNTIME_DIR", scratch);
}

static void plan_environment(const struct launcher *l, const struct function_spec *f, const char *region, const char *scratch,
                             struct arena *a, struct launch_plan *plan)
{
	struct variables v = {ARENA_ARRAY(a, VARIABLES + f->variable_count + 1, const char *), 0, a};
	set_changeable(&v, l, plan, scratch);
	if (l->title)
		set_managed(&v, l, f, plan->folder, scratch);
	for (size_t i = 0; i < f->variable_count; i++)
		set_variable(&v, f->variables[i].name, f->variables[i].value ? f->variables[i].value : "");
	set_reserved(&v, f, l, region, plan->folder, scratch);
	assert(v.count <= VARIABLES + f->variable_count);
	plan->environment = v.list;
}

int launcher_plan(const struct function_spec *f, const char *region, const char *scratch, struct arena *a, struct launch_plan *plan,
                  struct error *e)
{
	*plan = (struct launch_plan){0};
	const struct launcher *l = find_launcher(f->runtime);
	if (f->runtime == NULL)
		return error_set(e, ERROR_UNSUPPORTED, "%s: container images cannot be run; declare the function's Duration",
		                 f->name);
	if (l == NULL)
		return error_set(e, ERROR_UNSUPPORTED,
		                 "%s: handlers for Runtime %s are not modelled; declare the function's Duration", f->name,
		                 f->runtime);
	if (f->code_kind == CODE_NONE || f->code == NULL)
		return error_set(e, ERROR_INPUT, "%s: there is no code to run; declare the function's Duration", f->name);
	if (l->title && (f->handler == NULL || *f->handler == '\0'))
		return error_set(e, ERROR_INPUT, "%s: Handler is missing", f->name);
	int status = f->code_kind == CODE_INLINE ? plan_inline(l, f, scratch, a, plan, e) : plan_folder(l, f, a, plan, e);
	if (status == 0)
		status = l->title ? plan_interpreter(l, f, scratch, a, plan, e) : plan_bootstrap(f, a, plan, e);
	plan->temporary = arena_format(a, "%s/tmp", scratch);
	if (status == 0)
		status = file_make_folder(plan->temporary, e);
	if (status == 0) {
		plan->arn = arena_format(a, "arn:aws:lambda:%s:123456789012:function:%s", region, f->function_name);
		plan_environment(l, f, region, scratch, a, plan);
	}
	return status;
}

void launcher_hash(struct sha256 *s)
{
	sha256_add_field(s, runtime_python, runtime_python_size);
	sha256_add_field(s, runtime_node, runtime_node_size);
}
