#include "models/os/process.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/memory.h"

enum { PATH_TEXT = 64, LOOKS = 100 };

/* Reads the beginning of a /proc file, NUL-ended; the bytes read, or -1. */
static ssize_t read_start(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	size_t used = 0;
	ssize_t n = 0;
	while (used + 1 < size && (n = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)n;
	close(fd);
	text[used] = '\0';
	return n < 0 && used == 0 ? -1 : (ssize_t)used;
}

static ssize_t read_of(pid_t pid, const char *name, char *text, size_t size)
{
	char path[PATH_TEXT];
	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	return read_start(path, text, size);
}

/* --- descendants ------------------------------------------------------------------------------------------------------------------ */

struct family {
	pid_t *pids;
	size_t count, max;
};

static void family_add(struct family *f, pid_t pid)
{
	if (f->count < f->max)
		f->pids[f->count++] = pid;
}

/* The children that one thread has started. false where the kernel keeps no such list (CONFIG_PROC_CHILDREN). */
static bool add_children_of_thread(pid_t pid, const char *thread, struct family *f)
{
	char path[PATH_TEXT + 32], word[16];
	snprintf(path, sizeof path, "/proc/%d/task/%.20s/children", (int)pid, thread);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	char piece[1024];
	size_t length = 0;
	for (ssize_t n; (n = read(fd, piece, sizeof piece)) > 0;)
		for (ssize_t i = 0; i < n; i++) {
			if (isdigit((unsigned char)piece[i]) && length + 1 < sizeof word) {
				word[length++] = piece[i];
			} else if (length) {
				word[length] = '\0';
				family_add(f, (pid_t)strtol(word, NULL, 10));
				length = 0;
			}
		}
	close(fd);
	return true;
}

static bool add_children(pid_t pid, struct family *f)
{
	char path[PATH_TEXT];
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	DIR *threads = opendir(path);
	if (threads == NULL)
		return false;
	bool known = false;
	for (const struct dirent *entry; (entry = readdir(threads)) != NULL;)
		if (isdigit((unsigned char)entry->d_name[0]))
			known |= add_children_of_thread(pid, entry->d_name, f);
	closedir(threads);
	return known;
}

/* The fields of /proc/PID/stat after the name, which may hold anything: they begin behind the last ')'. */
static const char *stat_fields(pid_t pid, char *text, size_t size)
{
	if (read_of(pid, "stat", text, size) <= 0)
		return NULL;
	char *end = strrchr(text, ')');
	return end ? end + 1 : NULL;
}

static pid_t parent_of(pid_t pid)
{
	char text[1024], state;
	int parent;
	const char *fields = stat_fields(pid, text, sizeof text);
	return fields && sscanf(fields, " %c %d", &state, &parent) == 2 ? (pid_t)parent : -1;
}

static bool is_in(const struct family *f, pid_t pid)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->pids[i] == pid)
			return true;
	return false;
}

/* Where there are no lists of children: all processes are looked at until a round finds nobody new. */
static void scan_descendants(pid_t root, struct family *f)
{
	for (size_t before = (size_t)-1; before != f->count;) {
		before = f->count;
		DIR *all = opendir("/proc");
		if (all == NULL)
			return;
		for (const struct dirent *entry; (entry = readdir(all)) != NULL;) {
			pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? (pid_t)strtol(entry->d_name, NULL, 10) : 0;
			pid_t parent = pid ? parent_of(pid) : -1;
			if (parent > 0 && (parent == root || is_in(f, parent)) && !is_in(f, pid))
				family_add(f, pid);
		}
		closedir(all);
	}
}

size_t process_descendants(pid_t root, pid_t *pids, size_t max)
{
	struct family f = {.pids = pids, .max = max};
	if (!add_children(root, &f)) {
		if (kill(root, 0) == 0)
			scan_descendants(root, &f);
		return f.count;
	}
	for (size_t i = 0; i < f.count; i++)
		add_children(f.pids[i], &f);
	return f.count;
}

/* --- time and memory ---------------------------------------------------------------------------------------------------------------- */

int64_t process_reaped_cpu_ns(pid_t pid)
{
	char text[1024];
	long long user, system;
	const char *fields = stat_fields(pid, text, sizeof text);
	/* proc(5): state is field 3, cutime 16, cstime 17. */
	if (fields == NULL || sscanf(fields, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %lld %lld", &user, &system) != 2)
		return 0;
	return (user + system) * (1000000000 / sysconf(_SC_CLK_TCK));
}

int64_t process_resident_bytes(pid_t pid)
{
	char text[128];
	long long pages;
	if (read_of(pid, "statm", text, sizeof text) <= 0 || sscanf(text, "%*d %lld", &pages) != 1)
		return 0;
	return pages * sysconf(_SC_PAGESIZE);
}

/* "Name:   123 kB" somewhere in the text; -1 when it isn't there. */
static int64_t kilobytes(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	return at ? strtoll(at + strlen(name), NULL, 10) * 1024 : -1;
}

int64_t process_proportional_bytes(pid_t pid)
{
	char text[2048];
	return read_of(pid, "smaps_rollup", text, sizeof text) > 0 ? kilobytes(text, "\nPss:") : -1;
}

int64_t process_peak_bytes(pid_t pid)
{
	char text[4096];
	int64_t bytes = read_of(pid, "status", text, sizeof text) > 0 ? kilobytes(text, "\nVmHWM:") : -1;
	return bytes > 0 ? bytes : 0;
}

bool process_reset_peak(pid_t pid)
{
	char path[PATH_TEXT];
	snprintf(path, sizeof path, "/proc/%d/clear_refs", (int)pid);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool done = write(fd, "5", 1) == 1;
	close(fd);
	return done;
}

/* --- killing by mark ------------------------------------------------------------------------------------------------------------------ */

enum { ENVIRONMENT_LIMIT = 256 * 1024 };

static bool is_marked(pid_t pid, const char *assignment, char *text)
{
	ssize_t length = read_of(pid, "environ", text, ENVIRONMENT_LIMIT);
	for (const char *at = text; length > 0 && at < text + length; at += strlen(at) + 1)
		if (strcmp(at, assignment) == 0)
			return true;
	return false;
}

static size_t kill_marked_once(const char *assignment, char *text)
{
	size_t found = 0;
	DIR *all = opendir("/proc");
	if (all == NULL)
		return 0;
	for (const struct dirent *entry; (entry = readdir(all)) != NULL;) {
		pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? (pid_t)strtol(entry->d_name, NULL, 10) : 0;
		if (pid > 0 && pid != getpid() && is_marked(pid, assignment, text) && kill(pid, SIGKILL) == 0)
			found++;
	}
	closedir(all);
	return found;
}

size_t process_kill_marked(const char *assignment)
{
	char *text = memory_alloc(ENVIRONMENT_LIMIT);
	size_t all = 0, found = 1;
	/* Who was forked while we looked is found by the next look. A killed process is a zombie without environment. */
	for (int look = 0; look < LOOKS && found; look++) {
		found = kill_marked_once(assignment, text);
		all += found;
	}
	memory_free(text);
	return all;
}
