/* Work on several threads: the same answer for any number of them, results in order, few in existence. */
#include <check.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "sim/spread.h"
#include "tests/unit/fixture_quick.h"

struct job {
	double sum;                   /* of doubles of many sizes: the order of adding shows in the last bits */
	uint64_t next;                /* the item that must be merged next */
	bool merging;                 /* would show two merges at once, to the thread sanitizer too */
	uint64_t stop_at;             /* stop once this many were merged */
	bool slow_first;              /* item 0 takes long: the others have to wait for it */
	_Atomic int workers, results; /* in existence */
	_Atomic int most_results;
};

struct worker {
	struct job *job;
	bool busy;
};

static void *worker_new(void *ctx)
{
	struct worker *w = calloc(1, sizeof *w);
	w->job = ctx;
	atomic_fetch_add(&w->job->workers, 1);
	return w;
}

static void worker_free(void *worker)
{
	struct worker *w = worker;
	atomic_fetch_sub(&w->job->workers, 1);
	free(w);
}

static void *work(void *worker, uint64_t item)
{
	struct worker *w = worker;
	quick_assert(!w->busy, "a worker does two items at once");
	w->busy = true;
	int results = atomic_fetch_add(&w->job->results, 1) + 1, most = atomic_load(&w->job->most_results);
	while (results > most && !atomic_compare_exchange_weak(&w->job->most_results, &most, results))
		;
	if (w->job->slow_first && item == 0)
		nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
	double *result = malloc(sizeof *result);
	*result = exp((double)(item % 37)) / 7;
	for (uint64_t i = 0; i < item % 5 * 1000; i++)
		*result = sqrt(*result * *result);
	w->busy = false;
	return result;
}

static void merge(void *ctx, uint64_t item, void *result)
{
	struct job *job = ctx;
	quick_assert(!job->merging, "two merges at once");
	job->merging = true;
	quick_assert(item == job->next, "item %lu out of order", (unsigned long)item);
	job->next++;
	job->sum += *(double *)result;
	free(result);
	atomic_fetch_sub(&job->results, 1);
	job->merging = false;
}

static int stop(void *ctx)
{
	const struct job *job = ctx;
	return job->next >= job->stop_at;
}

static const struct spread_task task = {worker_new, worker_free, work, merge, NULL};

START_TEST(any_number_of_threads_gives_the_same_sum)
{
	static const unsigned jobs[] = {1, 2, 3, 5, 8, 16};
	double first = 0;
	for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
		struct job job = {.next = 100};
		ck_assert_uint_eq(spread_run(&task, &job, 100, 1100, jobs[i]), 1000);
		ck_assert_uint_eq(job.next, 1100);
		ck_assert_int_eq(job.workers, 0);
		ck_assert_int_eq(job.results, 0);
		ck_assert_int_le(job.most_results, 2 * (int)jobs[i]);
		if (i == 0)
			first = job.sum;
		ck_assert(job.sum == first);
	}
}
END_TEST

START_TEST(a_slow_item_holds_the_window)
{
	for (unsigned jobs = 1; jobs <= 4; jobs++) {
		struct job job = {.slow_first = true};
		ck_assert_uint_eq(spread_run(&task, &job, 0, 300, jobs), 300);
		ck_assert_int_le(job.most_results, 2 * (int)jobs);
		ck_assert_int_ge(job.most_results, (int)(jobs > 1 ? jobs : 1));
	}
}
END_TEST

START_TEST(few_items_and_none)
{
	struct job job = {0};
	ck_assert_uint_eq(spread_run(&task, &job, 0, 0, 4), 0);
	ck_assert_uint_eq(spread_run(&task, &job, 0, 1, 4), 1);
	ck_assert_uint_eq(spread_run(&task, &job, 1, 3, 64), 2);
	ck_assert_uint_eq(job.next, 3);
	job.next = UINT64_MAX - 5;
	ck_assert_uint_eq(spread_run(&task, &job, UINT64_MAX - 5, UINT64_MAX, 3), 5);
}
END_TEST

/* `stop` reads what merge writes, so it is asked on one thread here; an interrupt is a flag. */
START_TEST(stopping_leaves_a_whole_beginning)
{
	struct spread_task stoppable = task;
	stoppable.stop = stop;
	struct job job = {.stop_at = 50};
	ck_assert_uint_eq(spread_run(&stoppable, &job, 0, 1000, 1), 50);
	ck_assert_uint_eq(job.next, 50);
	ck_assert_int_eq(job.results, 0);
	ck_assert_int_eq(job.workers, 0);
}
END_TEST

/* A flag such as a signal handler sets, from within the work. */
static int stop_on_count(void *ctx)
{
	return atomic_load(&((struct job *)ctx)->most_results) > 2;
}

START_TEST(stopping_many_threads)
{
	struct spread_task stoppable = task;
	stoppable.stop = stop_on_count;
	for (int round = 0; round < 50; round++) {
		struct job job = {.slow_first = true};
		uint64_t merged = spread_run(&stoppable, &job, 0, 100000, 4);
		ck_assert_uint_lt(merged, 100000);
		ck_assert_uint_eq(merged, job.next);
		ck_assert_int_eq(job.results, 0);
		ck_assert_int_eq(job.workers, 0);
	}
}
END_TEST

Suite *spread_suite(void)
{
	Suite *s = suite_create("spread");
	TCase *tc = tcase_create("spread");
	tcase_add_test(tc, any_number_of_threads_gives_the_same_sum);
	tcase_add_test(tc, a_slow_item_holds_the_window);
	tcase_add_test(tc, few_items_and_none);
	tcase_add_test(tc, stopping_leaves_a_whole_beginning);
	tcase_add_test(tc, stopping_many_threads);
	suite_add_tcase(s, tc);
	return s;
}
