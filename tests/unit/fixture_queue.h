/* fixture_queue: queues, and mappings that read them, for scenarios of fixture_scenario.h; and a record of every batch.
 *
 * Queues are called Q0, Q1, ...: standard, visible again after 30 s, no delay, kept for 4 days, no dead-letter queue. Mappings are called M0, ...:
 * enabled, BatchSize 10, no window. */
#ifndef TESTS_UNIT_FIXTURE_QUEUE_H
#define TESTS_UNIT_FIXTURE_QUEUE_H

#include "models/poll/queue.h"
#include "models/poll/sqs.h"
#include "tests/unit/fixture_scenario.h"

/* Gives the scenario `count` queues and room for some mappings. */
void fixture_queues(struct scenario *s, size_t count);

/* One more mapping, from a queue to a function. */
struct mapping_spec *fixture_mapping(struct scenario *s, size_t queue, size_t function);

/* The source sends to the queue; each message takes `transit`. */
void fixture_send(struct scenario *s, size_t source, size_t queue, simtime transit);

/* One message of one batch. */
struct fixture_record {
	size_t batch, mapping;
	simtime at;
	uint64_t identity;
	uint32_t key, receives, ticket; /* the ticket names the stay in its queue */
	simtime since;
};

/* A run with every batch that was invoked. */
struct fixture_queue_run {
	struct plan *plan;
	struct run *run;
	struct run_result *result;
	struct fixture_record *records;
	size_t count, capacity, batches;
	/* When not NULL: called for each batch. */
	void (*look)(struct fixture_queue_run *r, struct engine *e, simtime now);
	void *ctx;
};
void fixture_queue_run(struct fixture_queue_run *r, const struct scenario *s, simtime warm_up);
void fixture_queue_run_fini(struct fixture_queue_run *r);

/* Size and time of batch number `batch`. */
size_t fixture_batch_size(const struct fixture_queue_run *r, size_t batch);
simtime fixture_batch_at(const struct fixture_queue_run *r, size_t batch);

/* A figure of queue `queue`; fails when there is none of that name and statistic. */
double fixture_figure(const struct fixture_queue_run *r, size_t queue, const char *name, const char *statistic);
const struct station_result *fixture_queue_result(const struct fixture_queue_run *r, size_t queue);
uint64_t fixture_ended(const struct fixture_queue_run *r, size_t queue, enum station_end how);

#endif
