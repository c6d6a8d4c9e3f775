#include "models/handler/sandbox.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "models/handler/rtapi.h"
#include "models/handler/usage.h"
#include "models/handler/weir_exec.h"
#include "models/os/clock.h"
#include "models/os/process.h"
#include "sim/base/memory.h"

#define MS INT64_C(1000000)

enum {
	DRAIN_TURNS = 16, /* pieces of output taken before others get their turn */
	DRAIN_PIECE = 65536,
	HIGH_DESCRIPTOR = 10,  /* descriptors for the child are moved out of the way of 0 to 3 first */
	FAMILY_END_MS = 10000, /* how long the warden may take to end everybody */
	ENVIRONMENT_EXTRA = 3  /* the Runtime API's address, the mark, NULL */
};

/* Who speaks in the loop. */
enum speaker { SPEAKER_API, SPEAKER_CONTROL, SPEAKER_WARDEN, SPEAKER_OUTPUT, SPEAKERS };

struct sandbox {
	struct rtapi *api;
	pid_t warden, runtime;                          /* runtime 0 until it is known */
	int loop, control, output, warden_fd;           /* -1 when closed */
	bool ended;                                     /* no process is left, or the warden is gone */
	bool over;                                      /* above the memory limit */
	struct weir_exec_message started, refused, end; /* kind is set when it came; see came() */
	bool has_started, has_refused, has_end;
	struct usage usage;
	int64_t memory_bytes, next_look_ns;
	int (*tick)(void *ctx);
	void *tick_ctx;
	char mark[64];
	char tail[2 * SANDBOX_TAIL_BYTES + 1]; /* output; its last SANDBOX_TAIL_BYTES count */
	size_t tail_length;
};

/* --- results -------------------------------------------------------------------------------------------------------------------- */

void sandbox_result_fini(struct sandbox_result *r)
{
	memory_free(r->message);
	memory_free(r->body);
	*r = (struct sandbox_result){0};
}

static void set_failure(struct sandbox_result *r, enum outcome outcome, const char *type, const char *message)
{
	char *copy = memory_string(message);
	memory_free(r->message);
	r->outcome = outcome;
	r->message = copy;
	snprintf(r->error_type, sizeof r->error_type, "%s", type);
}

/* The runtime's error is JSON with errorType and errorMessage, when it keeps to the protocol. */
static void set_posted_failure(struct sandbox_result *r, enum outcome outcome, const struct rtapi_seen *seen)
{
	json_t *error = json_loadb(seen->body, seen->length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	const char *type = json_string_value(json_object_get(error, "errorType"));
	const char *message = json_string_value(json_object_get(error, "errorMessage"));
	set_failure(r, outcome, type && *type ? type : seen->error_type, message ? message : seen->body);
	json_decref(error);
}

static void take_answer(struct sandbox_result *r, const struct rtapi_seen *seen)
{
	if (seen->body == NULL || seen->answered_ns == 0)
		return;
	r->body = memory_string_n(seen->body, seen->length);
	r->body_length = seen->length;
	r->streamed = seen->streamed;
	r->answer_ns = seen->sent_ns ? seen->answered_ns - seen->sent_ns : 0;
	snprintf(r->content_type, sizeof r->content_type, "%s", seen->content_type);
}

/* Runtime Interface Emulator, rapid/handlers.go: how an exit is told. */
static void set_exit(struct sandbox_result *r, enum outcome outcome, const struct sandbox *b)
{
	char text[160];
	int status = b->end.status;
	if (!b->has_end)
		snprintf(text, sizeof text, "Runtime exited: its supervising process was killed");
	else if (WIFSIGNALED(status))
		snprintf(text, sizeof text, "Runtime exited with error: signal: %s", sigdescr_np(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		snprintf(text, sizeof text, "Runtime exited with error: exit status %d", WEXITSTATUS(status));
	else
		snprintf(text, sizeof text, "Runtime exited without providing a reason");
	set_failure(r, outcome, "Runtime.ExitError", text);
}

/* --- output ----------------------------------------------------------------------------------------------------------------------- */

static void keep_tail(struct sandbox *b, const char *bytes, size_t length)
{
	if (length > SANDBOX_TAIL_BYTES) {
		bytes += length - SANDBOX_TAIL_BYTES;
		length = SANDBOX_TAIL_BYTES;
	}
	if (b->tail_length + length > 2 * SANDBOX_TAIL_BYTES) {
		memmove(b->tail, b->tail + b->tail_length - SANDBOX_TAIL_BYTES, SANDBOX_TAIL_BYTES);
		b->tail_length = SANDBOX_TAIL_BYTES;
	}
	memcpy(b->tail + b->tail_length, bytes, length);
	b->tail_length += length;
	b->tail[b->tail_length] = '\0';
}

const char *sandbox_output(const struct sandbox *b)
{
	return b->tail + (b->tail_length > SANDBOX_TAIL_BYTES ? b->tail_length - SANDBOX_TAIL_BYTES : 0);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void drain_output(struct sandbox *b)
{
	char piece[DRAIN_PIECE];
	for (int i = 0; i < DRAIN_TURNS && b->output >= 0; i++) {
		ssize_t n = read(b->output, piece, sizeof piece);
		if (n > 0)
			keep_tail(b, piece, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			close_fd(&b->output); /* leaves the epoll set by itself */
		else
			return;
	}
}

/* --- the loop ----------------------------------------------------------------------------------------------------------------------- */

static void read_control(struct sandbox *b)
{
	struct weir_exec_message m;
	while (b->control >= 0) {
		ssize_t n = recv(b->control, &m, sizeof m, MSG_DONTWAIT);
		if (n == (ssize_t)sizeof m && m.kind == WEIR_EXEC_STARTED) {
			b->started = m;
			b->has_started = true;
			b->runtime = m.pid;
		} else if (n == (ssize_t)sizeof m && m.kind == WEIR_EXEC_REFUSED) {
			b->refused = m;
			b->has_refused = true;
		} else if (n == (ssize_t)sizeof m && m.kind == WEIR_EXEC_ENDED) {
			b->end = m;
			b->has_end = b->ended = true;
		} else if (n == 0) {
			close_fd(&b->control);
		} else {
			return;
		}
	}
}

/* The warden left. Without a report it was killed: then whatever carries the mark is killed here. */
static void reap_warden(struct sandbox *b)
{
	int status;
	read_control(b);
	if (waitpid(b->warden, &status, WNOHANG) != b->warden)
		return;
	b->warden = 0;
	b->ended = true;
	close_fd(&b->warden_fd);
	if (!b->has_end)
		process_kill_marked(b->mark);
}

static void look(struct sandbox *b)
{
	b->next_look_ns = clock_monotonic_ns() + SANDBOX_SAMPLE_MS * MS;
	if (b->runtime && !b->ended && usage_look(&b->usage) > b->memory_bytes)
		b->over = true;
}

static void hear(struct sandbox *b, enum speaker speaker)
{
	switch (speaker) {
	case SPEAKER_API: rtapi_run(b->api); break;
	case SPEAKER_CONTROL: read_control(b); break;
	case SPEAKER_WARDEN: reap_warden(b); break;
	case SPEAKER_OUTPUT: drain_output(b); break;
	case SPEAKERS: break;
	}
}

static int milliseconds_until(int64_t at_ns, int64_t now_ns)
{
	int64_t ms = at_ns > now_ns ? (at_ns - now_ns + MS - 1) / MS : 0;
	return ms < INT32_MAX ? (int)ms : INT32_MAX;
}

/* Waits until somebody speaks, a look at memory is due, or `until_ns` has come; lets all who have something to say say it. */
static int turn(struct sandbox *b, int64_t until_ns, struct error *e)
{
	struct epoll_event events[SPEAKERS];
	int64_t now = clock_monotonic_ns(), soon = until_ns < b->next_look_ns ? until_ns : b->next_look_ns;
	int patience = rtapi_patience(b->api), wait = milliseconds_until(soon, now);
	int n = epoll_wait(b->loop, events, SPEAKERS, patience >= 0 && patience < wait ? patience : wait);
	if (n < 0 && errno != EINTR)
		return error_set(e, ERROR_PROCESS, "waiting for a handler failed: %s", strerrordesc_np(errno));
	if (patience >= 0)
		rtapi_run(b->api);
	/* The Runtime API first: what a process said before it ended counts. */
	for (unsigned speaker = 0; speaker < SPEAKERS; speaker++)
		for (int i = 0; i < n; i++)
			if (events[i].data.u32 == speaker)
				hear(b, speaker);
	if (clock_monotonic_ns() >= b->next_look_ns) {
		look(b);
		if (b->tick && b->tick(b->tick_ctx) != 0)
			return error_set(e, ERROR_PROCESS, "interrupted while a handler was running");
	}
	return 0;
}

/* --- ending --------------------------------------------------------------------------------------------------------------------------- */

/* Ends all processes and waits for it; never fails. Output goes on being drained, so that nothing blocks on a full pipe. */
static void end_family(struct sandbox *b)
{
	int64_t limit = clock_monotonic_ns() + FAMILY_END_MS * MS;
	if (b->control >= 0)
		(void)!send(b->control, "", 1, MSG_NOSIGNAL);
	while (b->warden > 0 && clock_monotonic_ns() < limit) {
		struct epoll_event events[SPEAKERS];
		int n = epoll_wait(b->loop, events, SPEAKERS, SANDBOX_SAMPLE_MS);
		for (int i = 0; i < n; i++)
			if (events[i].data.u32 != SPEAKER_API)
				hear(b, events[i].data.u32);
	}
	if (b->warden > 0) { /* stuck: take it away, and look for its family by the mark */
		kill(b->warden, SIGKILL);
		waitpid(b->warden, NULL, 0);
		b->warden = 0;
		process_kill_marked(b->mark);
	}
	b->ended = true;
	drain_output(b);
}

bool sandbox_alive(const struct sandbox *b)
{
	return !b->ended && b->warden > 0;
}

void sandbox_free(struct sandbox *b)
{
	if (b == NULL)
		return;
	if (b->warden > 0)
		end_family(b);
	rtapi_free(b->api);
	close_fd(&b->control);
	close_fd(&b->output);
	close_fd(&b->warden_fd);
	close_fd(&b->loop);
	usage_fini(&b->usage);
	memory_free(b);
}

/* --- starting ------------------------------------------------------------------------------------------------------------------------- */

/* The child's ends of its channels, all above HIGH_DESCRIPTOR. */
struct ends {
	int input, output, control;
};

static int move_up(int fd)
{
	int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR), number = errno;
	if (fd >= 0)
		close(fd);
	errno = number;
	return high;
}

static int open_channels(struct sandbox *b, struct ends *child)
{
	int pair[2] = {-1, -1}, pipe_ends[2] = {-1, -1};
	child->input = move_up(open("/dev/null", O_RDONLY | O_CLOEXEC));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0) {
		b->control = pair[0];
		child->control = move_up(pair[1]);
	}
	if (pipe2(pipe_ends, O_CLOEXEC) == 0) {
		b->output = pipe_ends[0];
		child->output = move_up(pipe_ends[1]);
		fcntl(b->output, F_SETFL, O_NONBLOCK);
	}
	return child->input >= 0 && child->control >= 0 && child->output >= 0 ? 0 : -1;
}

/* weir itself, as the helper: no search path is needed, and it works when the file was replaced meanwhile. */
static int spawn_warden(struct sandbox *b, const struct ends *child, char **arguments, char **environment)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, child->input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, child->output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, child->output, STDERR_FILENO);
	posix_spawn_file_actions_adddup2(&actions, child->control, WEIR_EXEC_CONTROL);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	int number = posix_spawn(&b->warden, "/proc/self/exe", &actions, &attributes, arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	if (number)
		b->warden = 0;
	return number;
}

static size_t count_of(const char *const *list)
{
	size_t n = 0;
	while (list && list[n])
		n++;
	return n;
}

/* weir-exec FILE_SIZE_LIMIT FOLDER SCRATCH PROGRAM ... */
static int spawn_with(struct sandbox *b, const struct sandbox_spec *spec, const struct ends *child)
{
	size_t count = count_of(spec->arguments), variables = count_of(spec->environment);
	const char **arguments = MEMORY_ARRAY(count + 5, const char *);
	const char **environment = MEMORY_ARRAY(variables + ENVIRONMENT_EXTRA, const char *);
	char limit[24], address[64];
	snprintf(limit, sizeof limit, "%" PRId64, spec->file_bytes);
	snprintf(address, sizeof address, "AWS_LAMBDA_RUNTIME_API=127.0.0.1:%u", rtapi_port(b->api));
	arguments[0] = WEIR_EXEC_NAME;
	arguments[1] = limit;
	arguments[2] = spec->folder;
	arguments[3] = spec->scratch ? spec->scratch : "";
	memcpy(arguments + 4, spec->arguments, count * sizeof *arguments);
	memcpy(environment, spec->environment, variables * sizeof *environment);
	environment[variables] = address;
	environment[variables + 1] = b->mark;
	int number = spawn_warden(b, child, (char **)(uintptr_t)arguments, (char **)(uintptr_t)environment);
	memory_free(arguments);
	memory_free(environment);
	return number;
}

static int listen_to(struct sandbox *b, int fd, enum speaker speaker)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = speaker};
	return fd >= 0 ? epoll_ctl(b->loop, EPOLL_CTL_ADD, fd, &event) : -1;
}

static int open_loop(struct sandbox *b)
{
	b->warden_fd = pidfd_open(b->warden, 0);
	b->loop = epoll_create1(EPOLL_CLOEXEC);
	return b->loop < 0 || listen_to(b, rtapi_fd(b->api), SPEAKER_API) != 0 || listen_to(b, b->control, SPEAKER_CONTROL) != 0 ||
	                       listen_to(b, b->warden_fd, SPEAKER_WARDEN) != 0 || listen_to(b, b->output, SPEAKER_OUTPUT) != 0
	               ? errno
	               : 0;
}

static int launch(struct sandbox *b, const struct sandbox_spec *spec, struct error *e)
{
	struct ends child = {-1, -1, -1};
	snprintf(b->mark, sizeof b->mark, SANDBOX_MARK "=%d.%" PRIx64, (int)getpid(), (uint64_t)clock_monotonic_ns());
	b->api = rtapi_new(spec->arn, e);
	if (b->api == NULL)
		return -1;
	int number = open_channels(b, &child) != 0 ? errno : spawn_with(b, spec, &child);
	close_fd(&child.input);
	close_fd(&child.output);
	close_fd(&child.control);
	if (number == 0)
		number = open_loop(b);
	return number ? error_set(e, ERROR_PROCESS, "a handler's process cannot be started: %s", strerrordesc_np(number)) : 0;
}

/* --- Init ----------------------------------------------------------------------------------------------------------------------------- */

static void set_refusal(struct sandbox_result *r, const struct sandbox *b, const struct sandbox_spec *spec)
{
	static const char *const steps[] = {"cannot be started", "cannot be limited", "folder cannot be entered",
	                                    "cannot be executed"};
	char *text = memory_format("%s: %s: %s", b->refused.step == WEIR_EXEC_STEP_FOLDER ? spec->folder : spec->arguments[0],
	                           steps[b->refused.step & 3], strerrordesc_np(b->refused.status));
	set_failure(r, OUTCOME_INIT_ERROR, "Runtime.InvalidEntrypoint", text);
	r->refused = true;
	memory_free(text);
}

static void set_too_much_memory(struct sandbox_result *r, enum outcome outcome, const struct sandbox *b)
{
	char text[160];
	snprintf(text, sizeof text, "Runtime exited with error: signal: killed (memory used rose above %" PRId64 " MB)",
	         b->memory_bytes / (1024 * 1024));
	set_failure(r, outcome, "Runtime.OutOfMemory", text);
	r->memory_bytes = b->memory_bytes; /* Max Memory Used reads as Memory Size */
}

static void measure(struct sandbox *b, struct sandbox_result *r)
{
	if (b->runtime == 0)
		return;
	if (!b->ended) {
		look(b);
		usage_take_peak(&b->usage);
		/* A peak between two looks: Lambda would have killed it there. */
		b->over |= b->usage.peak_bytes > b->memory_bytes;
	}
	r->cpu_ns = usage_cpu_ns(&b->usage, b->has_end ? b->end.cpu_ns : -1);
	r->memory_bytes = b->usage.peak_bytes;
}

static void finish_init(struct sandbox *b, const struct sandbox_spec *spec, struct sandbox_result *r)
{
	const struct rtapi_seen *seen = rtapi_seen(b->api);
	int64_t start = b->has_started ? b->started.at_ns : clock_monotonic_ns();
	bool ready = seen->state == RTAPI_READY && !b->ended;
	r->wall_ns = (ready ? seen->ready_ns : clock_monotonic_ns()) - start;
	measure(b, r);
	take_answer(r, seen);
	if (b->has_refused)
		set_refusal(r, b, spec);
	else if (b->over)
		set_too_much_memory(r, OUTCOME_INIT_ERROR, b);
	else if (seen->state == RTAPI_INIT_ERROR)
		set_posted_failure(r, OUTCOME_INIT_ERROR, seen);
	else if (b->ended)
		set_exit(r, OUTCOME_INIT_ERROR, b);
	else if (!ready)
		set_failure(r, OUTCOME_INIT_TIMEOUT, "Sandbox.Timedout", "Init did not end in time");
	if (r->outcome != OUTCOME_OK)
		end_family(b);
}

static int wait_for_ready(struct sandbox *b, int64_t limit_ns, struct error *e)
{
	int64_t until = clock_monotonic_ns() + limit_ns;
	bool begun = false;
	b->next_look_ns = clock_monotonic_ns() + SANDBOX_SAMPLE_MS * MS;
	for (;;) {
		enum rtapi_state state = rtapi_seen(b->api)->state;
		if (state == RTAPI_READY || state == RTAPI_INIT_ERROR || b->ended || b->over || clock_monotonic_ns() >= until)
			return 0;
		if (turn(b, until, e) != 0)
			return -1;
		if (!begun && b->has_started) {
			begun = true;
			until = b->started.at_ns + limit_ns;
			usage_begin(&b->usage, b->warden, b->runtime, true);
		}
	}
}

struct sandbox *sandbox_start(const struct sandbox_spec *spec, struct sandbox_result *r, struct error *e)
{
	assert(spec->arguments && spec->arguments[0] && spec->folder && spec->arn);
	struct sandbox *b = MEMORY_NEW(struct sandbox);
	*r = (struct sandbox_result){0};
	b->loop = b->control = b->output = b->warden_fd = -1;
	b->memory_bytes = spec->memory_bytes;
	b->tick = spec->tick;
	b->tick_ctx = spec->tick_ctx;
	if (launch(b, spec, e) != 0 || wait_for_ready(b, spec->init_limit_ns, e) != 0) {
		sandbox_free(b);
		return NULL;
	}
	finish_init(b, spec, r);
	return b;
}

/* --- Invoke --------------------------------------------------------------------------------------------------------------------------- */

static void set_timeout(struct sandbox_result *r, int64_t timeout_ns)
{
	char text[80];
	snprintf(text, sizeof text, "Task timed out after %.2f seconds", (double)timeout_ns / 1e9);
	set_failure(r, OUTCOME_TIMEOUT, "Sandbox.Timedout", text);
}

static void finish_invocation(struct sandbox *b, int64_t timeout_ns, struct sandbox_result *r)
{
	const struct rtapi_seen *seen = rtapi_seen(b->api);
	bool complete = seen->state == RTAPI_READY && !b->ended;
	int64_t end = complete ? seen->ready_ns : clock_monotonic_ns();
	r->wall_ns = end - seen->sent_ns;
	measure(b, r);
	take_answer(r, seen);
	if (b->over) {
		set_too_much_memory(r, OUTCOME_OUT_OF_MEMORY, b);
	} else if (b->ended && seen->failed) { /* posted, then exited: the caller sees what was posted */
		set_posted_failure(r, OUTCOME_CRASH, seen);
	} else if (b->ended) {
		set_exit(r, OUTCOME_CRASH, b);
	} else if (!complete) {
		r->wall_ns = timeout_ns;
		set_timeout(r, timeout_ns);
	} else if (seen->failed) {
		set_posted_failure(r, OUTCOME_ERROR, seen);
	}
	if (r->outcome != OUTCOME_OK && r->outcome != OUTCOME_ERROR)
		end_family(b);
}

int sandbox_invoke(struct sandbox *b, const char *event, size_t length, int64_t timeout_ns, struct sandbox_result *r,
                   struct error *e)
{
	assert(sandbox_alive(b));
	sandbox_result_fini(r);
	b->over = false;
	usage_begin(&b->usage, b->warden, b->runtime, false);
	b->next_look_ns = clock_monotonic_ns() + SANDBOX_SAMPLE_MS * MS;
	rtapi_send(b->api, event, length, (timeout_ns + MS - 1) / MS);
	int64_t until = rtapi_seen(b->api)->sent_ns + timeout_ns;
	while (rtapi_seen(b->api)->state != RTAPI_READY && !b->ended && !b->over && clock_monotonic_ns() < until)
		if (turn(b, until, e) != 0)
			return -1;
	finish_invocation(b, timeout_ns, r);
	return 0;
}
