#include "models/handler/usage.h"

#include "models/os/clock.h"
#include "models/os/process.h"
#include "sim/base/memory.h"

static struct usage_process *find(struct usage *u, pid_t pid)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->processes[i].pid == pid)
			return &u->processes[i];
	MEMORY_ROOM(u->processes, u->count, u->capacity);
	u->processes[u->count] = (struct usage_process){.pid = pid};
	return &u->processes[u->count++];
}

/* One process's clock goes into its own row, and with what it has waited for into the books. */
static int64_t look_at_cpu(struct usage *u, pid_t pid)
{
	int64_t own = clock_process_cpu_ns(pid);
	if (own < 0)
		return 0;
	struct usage_process *p = find(u, pid);
	if (own > p->last_ns)
		p->last_ns = own;
	return own + process_reaped_cpu_ns(pid);
}

static int64_t family_bytes(struct usage *u, const pid_t *pids, size_t count, int64_t (*bytes_of)(pid_t pid))
{
	int64_t sum = bytes_of(u->runtime);
	for (size_t i = 0; i < count && sum >= 0; i++) {
		int64_t bytes = pids[i] == u->runtime ? 0 : bytes_of(pids[i]);
		sum = bytes < 0 ? sum : sum + bytes;
	}
	return sum;
}

/* Sums count shared pages once for each process; only when such a sum would be a new peak is the dearer, exact one asked for. */
static int64_t look_at_memory(struct usage *u, const pid_t *pids, size_t count)
{
	int64_t bytes = family_bytes(u, pids, count, process_resident_bytes);
	if (count > 1 && bytes > u->peak_bytes) {
		int64_t exact = family_bytes(u, pids, count, process_proportional_bytes);
		if (exact >= 0)
			bytes = exact;
	}
	if (bytes > u->peak_bytes)
		u->peak_bytes = bytes;
	return bytes;
}

int64_t usage_look(struct usage *u)
{
	pid_t pids[PROCESS_MANY];
	size_t count = process_descendants(u->warden, pids, PROCESS_MANY);
	u->now_ns = process_reaped_cpu_ns(u->warden);
	for (size_t i = 0; i < count; i++)
		u->now_ns += look_at_cpu(u, pids[i]);
	return look_at_memory(u, pids, count);
}

void usage_begin(struct usage *u, pid_t warden, pid_t runtime, bool newborn)
{
	u->warden = warden;
	u->runtime = runtime;
	u->count = 0;
	u->peak_bytes = 0;
	u->reset = process_reset_peak(runtime);
	usage_look(u);
	u->begin_ns = newborn ? 0 : u->now_ns;
	for (size_t i = 0; i < u->count && !newborn; i++)
		u->processes[i].first_ns = u->processes[i].last_ns;
}

void usage_take_peak(struct usage *u)
{
	int64_t bytes = u->reset ? process_peak_bytes(u->runtime) : 0;
	if (bytes > u->peak_bytes)
		u->peak_bytes = bytes;
}

int64_t usage_cpu_ns(const struct usage *u, int64_t reaped_ns)
{
	/* The books miss children that nobody waits for; the rows miss what happened between looks. Neither counts anything twice. */
	int64_t books = (reaped_ns > u->now_ns ? reaped_ns : u->now_ns) - u->begin_ns, rows = 0;
	for (size_t i = 0; i < u->count; i++)
		rows += u->processes[i].last_ns - u->processes[i].first_ns;
	int64_t most = books > rows ? books : rows;
	return most > 0 ? most : 0;
}

void usage_fini(struct usage *u)
{
	memory_free(u->processes);
	*u = (struct usage){0};
}
