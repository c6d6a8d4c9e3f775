/* purpose: what a random number is drawn for. Each purpose has its own stream, so that one decision never moves the draws of another
 * (sim/draw.h). Never renumber: results of a seed would change. */
#ifndef MODELS_SPEC_PURPOSE_H
#define MODELS_SPEC_PURPOSE_H

enum purpose {
	PURPOSE_ARRIVAL = 1,  /* gaps between the requests of a source */
	PURPOSE_SERVICE = 2,  /* the duration, or the CPU time, of a request's invocation */
	PURPOSE_WAIT = 3,     /* its waiting time */
	PURPOSE_PHASE = 4,    /* where in the CPU quota's period it starts */
	PURPOSE_ERROR = 5,    /* whether it ends in an error */
	PURPOSE_PAYLOAD = 6,  /* which payload it carries */
	PURPOSE_INIT = 7,     /* the Init of a cold start */
	PURPOSE_LATENCY = 8,  /* what the platform adds */
	PURPOSE_BACKOFF = 9,  /* a client's jitter */
	PURPOSE_REUSE = 10,   /* which idle environment serves next */
	PURPOSE_RECLAIM = 11, /* how long an idle environment lives */
	/* About one event: the entity is its identity, or for batches the consumer's entity and the first event's identity together. */
	PURPOSE_RECORD_CPU = 12, /* what each record of a batch adds */
	PURPOSE_RECORD_WAIT = 13,
	PURPOSE_RECORD_ERROR = 14, /* whether a record fails in its n-th run */
	PURPOSE_POISON = 15,       /* whether it always does */
	PURPOSE_KEY = 16,          /* its partition key or message group */
	PURPOSE_TRANSIT = 17,      /* how long it takes from one station to the next */
	PURPOSE_EMIT = 18,         /* how many events an invocation sends on */
	PURPOSE_DUPLICATE = 19,    /* whether it is delivered twice */
	PURPOSE_DELIVERY = 20,     /* a delivering service's own retries: jitter */
	PURPOSE_POLL = 21,         /* a poller's phase and jitter */
	PURPOSE_REFUSAL = 22       /* whether a target refuses what is delivered to it */
};

#endif
