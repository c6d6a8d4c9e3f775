#include "models/os/program.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROGRAM_CHUNK = 16384, PROGRAM_LOOK_MS = 10 };

/* One program on its way. A descriptor is -1 once closed. */
struct program_job {
	const struct program *program;
	struct program_result *result;
	pid_t pid;
	int input, output, errors; /* our ends */
	size_t sent;
	int64_t deadline_ms;
};

static int64_t program_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void program_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Attributes of the child: a process group of its own, no signal blocked or ignored. */
static int program_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, usual;
	sigemptyset(&none);
	sigfillset(&usual);
	int failed = posix_spawnattr_init(attributes);
	if (failed)
		return failed;
	failed |= posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	failed |= posix_spawnattr_setpgroup(attributes, 0);
	failed |= posix_spawnattr_setsigmask(attributes, &none);
	failed |= posix_spawnattr_setsigdefault(attributes, &usual);
	return failed;
}

/* Starts it with the three descriptors as 0, 1 and 2. Returns an errno. */
static int program_spawn(const struct program *p, const int theirs[3], pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int failed = posix_spawn_file_actions_init(&actions);
	if (failed)
		return failed;
	for (int i = 0; i < 3 && !failed; i++)
		failed = posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
	if (!failed && (failed = program_attributes(&attributes)) == 0) {
		failed = posix_spawnp(pid, p->arguments[0], &actions, &attributes, (char *const *)(uintptr_t)p->arguments,
		                      (char *const *)(uintptr_t)p->environment);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* Opens the three channels: ours in `job`, theirs in `theirs`. A socket for the input, because writing to it can be told not to
 * raise SIGPIPE. Returns an errno. */
static int program_open(struct program_job *job, int theirs[3])
{
	int input[2] = {-1, -1}, output[2] = {-1, -1}, errors[2] = {-1, -1};
	int failed = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, input) != 0 || pipe2(output, O_CLOEXEC) != 0 ||
	                             pipe2(errors, O_CLOEXEC) != 0
	                     ? errno
	                     : 0;
	job->input = input[0];
	job->output = output[0];
	job->errors = errors[0];
	theirs[0] = input[1];
	theirs[1] = output[1];
	theirs[2] = errors[1];
	return failed;
}

/* Reads what is there; closes at the end of the stream. False when it grew past the limit. */
static bool program_read(int *fd, struct textbuf *into, size_t limit)
{
	char chunk[PROGRAM_CHUNK];
	ssize_t n = read(*fd, chunk, sizeof chunk);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0) {
		program_close(fd);
		return true;
	}
	textbuf_add_n(into, chunk, (size_t)n);
	return into->length <= limit;
}

/* Sends what the program will take; closes when all is sent or nobody reads. */
static void program_send(struct program_job *job)
{
	const struct program *p = job->program;
	size_t left = p->input_length - job->sent;
	ssize_t n = left == 0 ? 0 : send(job->input, (const char *)p->input + job->sent, left, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		job->sent += (size_t)n;
	if (n < 0 || job->sent == p->input_length)
		program_close(&job->input);
}

/* Moves bytes until both outputs are closed, the time is over or there is too much. */
static enum program_end program_talk(struct program_job *job)
{
	struct program_result *r = job->result;
	while (job->output >= 0 || job->errors >= 0) {
		int64_t left = job->deadline_ms - program_now_ms();
		if (left <= 0)
			return PROGRAM_TIMED_OUT;
		struct pollfd at[3] = {{job->input, POLLOUT, 0}, {job->output, POLLIN, 0}, {job->errors, POLLIN, 0}};
		if (poll(at, 3, (int)left) < 0)
			continue;
		if (at[0].revents)
			program_send(job);
		bool fits = true;
		if (at[1].revents)
			fits = program_read(&job->output, &r->output, job->program->output_limit) && fits;
		if (at[2].revents)
			fits = program_read(&job->errors, &r->errors, job->program->output_limit) && fits;
		if (!fits)
			return PROGRAM_TOO_MUCH;
	}
	return PROGRAM_EXITED;
}

/* Waits for the process itself, which may outlive its outputs; kills the group where it must go. */
static void program_wait(struct program_job *job, enum program_end end)
{
	struct program_result *r = job->result;
	int status = 0;
	pid_t got = 0;
	if (end == PROGRAM_EXITED)
		while ((got = waitpid(job->pid, &status, WNOHANG)) == 0 && program_now_ms() < job->deadline_ms)
			poll(NULL, 0, PROGRAM_LOOK_MS);
	if (end == PROGRAM_EXITED && got == 0)
		end = PROGRAM_TIMED_OUT;
	if (got == 0) {
		kill(-job->pid, SIGKILL);
		while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	r->end = end;
	if (end == PROGRAM_EXITED && WIFSIGNALED(status))
		r->end = PROGRAM_KILLED;
	r->status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

int program_run(const struct program *p, struct program_result *r, struct error *e)
{
	assert(p->arguments != NULL && p->arguments[0] != NULL && p->environment != NULL);
	assert(p->limit_ms > 0);
	*r = (struct program_result){.end = PROGRAM_MISSING};
	struct program_job job = {.program = p, .result = r, .deadline_ms = program_now_ms() + p->limit_ms};
	int theirs[3];
	int failed = program_open(&job, theirs);
	if (!failed)
		failed = program_spawn(p, theirs, &job.pid);
	for (int i = 0; i < 3; i++)
		program_close(&theirs[i]);
	if (!failed)
		program_wait(&job, program_talk(&job));
	program_close(&job.input);
	program_close(&job.output);
	program_close(&job.errors);
	if (failed == ENOENT || failed == EACCES || failed == ENOEXEC || failed == ENOTDIR)
		return 0;
	return failed ? error_set(e, ERROR_PROCESS, "cannot start %s: %s", p->arguments[0], strerror(failed)) : 0;
}

void program_result_fini(struct program_result *r)
{
	textbuf_fini(&r->output);
	textbuf_fini(&r->errors);
}
