/* purpose: what a random number is drawn for. Each purpose has its own stream, so that one decision never moves the draws of another
 * (sim/draw.h). Never renumber: results of a seed would change. */
#ifndef MODELS_SPEC_PURPOSE_H
#define MODELS_SPEC_PURPOSE_H

enum purpose {
	PURPOSE_ARRIVAL = 1, /* gaps between the requests of a source */
	PURPOSE_SERVICE = 2, /* the duration, or the CPU time, of a request's invocation */
	PURPOSE_WAIT = 3,    /* its waiting time */
	PURPOSE_PHASE = 4,   /* where in the CPU quota's period it starts */
	PURPOSE_ERROR = 5,   /* whether it ends in an error */
	PURPOSE_PAYLOAD = 6, /* which payload it carries */
	PURPOSE_INIT = 7,    /* the Init of a cold start */
	PURPOSE_LATENCY = 8, /* what the platform adds */
	PURPOSE_BACKOFF = 9, /* a client's jitter */
	PURPOSE_REUSE = 10,  /* which idle environment serves next */
	PURPOSE_RECLAIM = 11 /* how long an idle environment lives */
};

#endif
