/* words: what the scenario's settings are called in results and reports. */
#ifndef REPORTS_WORDS_H
#define REPORTS_WORDS_H

#include "models/record.h"
#include "sim/base/textbuf.h"

/* Literals, as they stand in results.sqlite. */
const char *words_scope(enum record_scope scope);
const char *words_architecture(enum architecture architecture);
const char *words_model(enum function_model model);
const char *words_reuse(enum reuse_order reuse);
const char *words_source(enum source_kind kind);
const char *words_arrivals(enum arrival_kind kind);
const char *words_comparator(enum comparator comparator);
const char *words_verdict(enum objective_verdict verdict);

void words_reclaim(struct textbuf *out, const struct reclaim_spec *reclaim); /* "fixed: 6 minutes" */
void words_retries(struct textbuf *out, unsigned retry_on);                  /* "429, 5xx, timeout"; nothing for an empty set */
void words_route(struct textbuf *out, const char *method, const char *path); /* "GET /hello"; nothing without a route */

/* How a resource is set up: "visibility 30 s · retention 4 days · after 3 receives to Dead". */
void words_queue(struct textbuf *out, const struct queue_spec *queue);
void words_stream(struct textbuf *out, const struct stream_spec *stream);
void words_mapping(struct textbuf *out, const struct mapping_spec *mapping,
                   const char *function); /* "Orders to Worker · batch 10" */
void words_topic(struct textbuf *out, const struct topic_spec *topic);
void words_bus(struct textbuf *out, const struct bus_spec *bus);
void words_bucket(struct textbuf *out, const struct bucket_spec *bucket);

#endif
