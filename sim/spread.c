#include "sim/spread.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/base/memory.h"

/* What the threads share; everything is guarded by `lock`, but that the thread which set `merging` may call merge without it. */
struct spread {
	const struct spread_task *task;
	void *ctx;
	uint64_t to;
	uint64_t next;   /* the item that is handed out next */
	uint64_t merged; /* the item that is merged next */
	bool merging, stopped;
	size_t window; /* how many items may be handed out and not yet merged */
	void **result; /* item i waits in slot i mod window */
	bool *ready;
	pthread_mutex_t lock;
	pthread_cond_t moved; /* `merged` or `stopped` changed */
};

/* Takes the next item when the window has room for it. False when there is none left. The lock is held. */
static bool spread_take(struct spread *s, uint64_t *item)
{
	for (;;) {
		if (!s->stopped && s->next < s->to && s->task->stop && s->task->stop(s->ctx)) {
			s->stopped = true;
			pthread_cond_broadcast(&s->moved);
		}
		if (s->stopped || s->next == s->to)
			return false;
		if (s->next - s->merged < s->window)
			break;
		pthread_cond_wait(&s->moved, &s->lock);
	}
	*item = s->next++;
	return true;
}

/* Merges what is ready, in order, unless another thread is at it, which will then see what has become ready. The lock is held, and
 * let go while merging. */
static void spread_merge_ready(struct spread *s)
{
	if (s->merging)
		return;
	s->merging = true;
	while (s->merged < s->next && s->ready[s->merged % s->window]) {
		size_t slot = s->merged % s->window;
		pthread_mutex_unlock(&s->lock);
		s->task->merge(s->ctx, s->merged, s->result[slot]);
		pthread_mutex_lock(&s->lock);
		s->ready[slot] = false;
		s->merged++;
		pthread_cond_broadcast(&s->moved);
	}
	s->merging = false;
}

static void *spread_thread(void *arg)
{
	struct spread *s = arg;
	void *worker = s->task->worker_new(s->ctx);
	uint64_t item;
	pthread_mutex_lock(&s->lock);
	while (spread_take(s, &item)) {
		pthread_mutex_unlock(&s->lock);
		void *result = s->task->work(worker, item);
		pthread_mutex_lock(&s->lock);
		size_t slot = item % s->window;
		assert(!s->ready[slot]);
		assert(item >= s->merged && item - s->merged < s->window);
		s->result[slot] = result;
		s->ready[slot] = true;
		spread_merge_ready(s);
	}
	pthread_mutex_unlock(&s->lock);
	s->task->worker_free(worker);
	return NULL;
}

static void spread_init(struct spread *s, const struct spread_task *task, void *ctx, uint64_t from, uint64_t to, unsigned jobs)
{
	*s = (struct spread){.task = task, .ctx = ctx, .to = to, .next = from, .merged = from, .window = 2 * (size_t)jobs};
	s->result = MEMORY_ARRAY(s->window, void *);
	s->ready = MEMORY_ARRAY(s->window, bool);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->moved, NULL);
}

static void spread_fini(struct spread *s)
{
	assert(s->merged == s->next);
	pthread_cond_destroy(&s->moved);
	pthread_mutex_destroy(&s->lock);
	memory_free(s->result);
	memory_free(s->ready);
}

/* The calling thread is one of them. A thread that the system refuses is done without: that changes the time taken, never the
 * answer. */
uint64_t spread_run(const struct spread_task *task, void *ctx, uint64_t from, uint64_t to, unsigned jobs)
{
	assert(task->worker_new && task->worker_free && task->work && task->merge);
	assert(jobs >= 1 && from <= to);
	if (from == to)
		return 0;
	if (jobs > to - from)
		jobs = (unsigned)(to - from);
	struct spread s;
	spread_init(&s, task, ctx, from, to, jobs);
	pthread_t *threads = MEMORY_ARRAY(jobs, pthread_t);
	unsigned started = 0;
	while (started + 1 < jobs && pthread_create(&threads[started], NULL, spread_thread, &s) == 0)
		started++;
	spread_thread(&s);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	uint64_t merged = s.merged - from;
	assert(merged == to - from || s.stopped);
	spread_fini(&s);
	memory_free(threads);
	return merged;
}
