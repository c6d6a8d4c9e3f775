#include "models/handler/weir_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "models/os/clock.h"
#include "models/os/folder.h"
#include "models/os/process.h"

enum {
	OPEN_FILES = 1024, /* Lambda quotas: file descriptors */
	PROCESSES = 1024,  /* Lambda quotas: processes and threads */
	CANNOT_EXECUTE = 127
};

struct warden {
	pid_t runtime;
	int signals; /* a signalfd for SIGCHLD */
	bool ended;  /* the runtime was waited for */
	bool asked;  /* weir asked for the end, or is gone */
	bool orphan; /* weir is gone */
	int status;  /* of the runtime */
};

static void report(const struct weir_exec_message *m)
{
	/* When weir is gone there is nobody to tell. */
	(void)!send(WEIR_EXEC_CONTROL, m, sizeof *m, MSG_NOSIGNAL);
}

/* --- the runtime, before it is executed ----------------------------------------------------------------------------------------- */

static _Noreturn void refuse(enum weir_exec_step step)
{
	struct weir_exec_message m = {.kind = WEIR_EXEC_REFUSED, .status = errno, .step = (int32_t)step, .pid = getpid()};
	report(&m);
	_exit(CANNOT_EXECUTE);
}

static bool limit(int resource, rlim_t wanted)
{
	struct rlimit old;
	if (getrlimit((__rlimit_resource_t)resource, &old) != 0)
		return false;
	rlim_t value = wanted < old.rlim_max ? wanted : old.rlim_max;
	return setrlimit((__rlimit_resource_t)resource, &(struct rlimit){value, value}) == 0;
}

/* The kernel counts all processes of the user, weir's and the desktop's too, so Lambda's 1,024 are added to what runs now (fourth
 * field of /proc/loadavg). For root the kernel does not enforce the limit. */
static rlim_t process_limit(void)
{
	char text[128] = "";
	long running, total = 4096;
	int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	if (n > 0)
		(void)!sscanf(text, "%*f %*f %*f %ld/%ld", &running, &total);
	return (rlim_t)total + PROCESSES;
}

static bool set_limits(rlim_t file_size)
{
	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, OPEN_FILES) && limit(RLIMIT_FSIZE, file_size) &&
	       limit(RLIMIT_NPROC, process_limit()) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static _Noreturn void become_runtime(pid_t warden, rlim_t file_size, const char *folder, char **program)
{
	sigset_t none;
	setsid();
	/* The signal only comes for deaths after this call, so whether the parent is still there is asked afterwards. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != warden)
		_exit(CANNOT_EXECUTE);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (!set_limits(file_size))
		refuse(WEIR_EXEC_STEP_LIMITS);
	if (chdir(folder) != 0)
		refuse(WEIR_EXEC_STEP_FOLDER);
	fcntl(WEIR_EXEC_CONTROL, F_SETFD, FD_CLOEXEC);
	signal(SIGXFSZ, SIG_IGN); /* a file over the limit is a failing write, as on a full /tmp, not a signal */
	struct weir_exec_message m = {.kind = WEIR_EXEC_STARTED, .pid = getpid(), .at_ns = clock_monotonic_ns()};
	report(&m);
	execv(program[0], program);
	refuse(WEIR_EXEC_STEP_PROGRAM);
}

/* --- the warden ------------------------------------------------------------------------------------------------------------------- */

/* Collects whoever has ended; false when there are no children left at all. */
static bool reap(struct warden *w)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == w->runtime) {
			w->ended = true;
			w->status = status;
		}
	return pid == 0 || errno != ECHILD;
}

static void hear_weir(struct warden *w)
{
	char packet;
	w->asked = true;
	w->orphan = recv(WEIR_EXEC_CONTROL, &packet, sizeof packet, MSG_DONTWAIT) <= 0;
}

static void wait_for_the_end(struct warden *w)
{
	struct pollfd fds[2] = {{.fd = WEIR_EXEC_CONTROL, .events = POLLIN}, {.fd = w->signals, .events = POLLIN}};
	while (!w->ended && !w->asked) {
		struct signalfd_siginfo info;
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			w->asked = true;
		if (fds[1].revents & POLLIN)
			(void)!read(w->signals, &info, sizeof info);
		reap(w);
		if (!w->ended && fds[0].revents)
			hear_weir(w);
	}
}

/* Looks and kills until nobody is left. Everybody is stopped before anybody is killed, so that nobody forks meanwhile or restarts
 * a sibling. Processes whose parents die become children of the warden, so in the end waitpid alone tells that none is left. */
static void kill_all(struct warden *w)
{
	static const struct timespec pause = {.tv_nsec = 1000000};
	pid_t pids[PROCESS_MANY];
	while (reap(w)) {
		size_t count = process_descendants(getpid(), pids, PROCESS_MANY);
		for (size_t i = 0; i < count; i++)
			kill(pids[i], SIGSTOP);
		for (size_t i = 0; i < count; i++)
			kill(pids[i], SIGKILL);
		nanosleep(&pause, NULL);
	}
}

static int64_t reaped_cpu_ns(void)
{
	struct rusage used;
	getrusage(RUSAGE_CHILDREN, &used);
	return ((int64_t)used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000000 +
	       ((int64_t)used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000;
}

/* Output of the runtime ends when the runtime ends: the warden holds no end of that pipe. */
static void let_go_of_output(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return;
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	close(null);
}

static int watch(struct warden *w, const char *scratch)
{
	let_go_of_output();
	wait_for_the_end(w);
	kill_all(w);
	struct weir_exec_message m = {.kind = WEIR_EXEC_ENDED, .pid = w->runtime, .status = w->status, .asked = w->asked};
	m.cpu_ns = reaped_cpu_ns();
	report(&m);
	if (w->orphan && *scratch)
		folder_remove(scratch);
	return 0;
}

int weir_exec_main(int argc, char **argv)
{
	sigset_t children;
	struct warden w = {0};
	if (argc < 5) {
		fprintf(stderr, WEIR_EXEC_NAME ": error: this helper is started by weir itself\n");
		return 2;
	}
	close_range(WEIR_EXEC_CONTROL + 1, ~0u, 0);
	fcntl(WEIR_EXEC_CONTROL, F_SETFD, FD_CLOEXEC);
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigprocmask(SIG_BLOCK, &children, NULL);
	prctl(PR_SET_NAME, WEIR_EXEC_NAME);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	w.signals = signalfd(-1, &children, SFD_CLOEXEC);
	pid_t self = getpid();
	w.runtime = w.signals < 0 ? -1 : fork();
	if (w.runtime < 0)
		refuse(WEIR_EXEC_STEP_FORK);
	if (w.runtime == 0)
		become_runtime(self, (rlim_t)strtoull(argv[1], NULL, 10), argv[2], argv + 4);
	return watch(&w, argv[3]);
}
