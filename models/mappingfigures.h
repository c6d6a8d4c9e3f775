/* mappingfigures: how results call what mappings counted (models/invoke/mappingstate.h): figures and series of a mapping, and what a function that
 * mappings of streams read for has of them: IteratorAge, a metric of the function in CloudWatch.
 * Source: AWS Lambda Developer Guide, "Types of metrics for Lambda functions". */
#ifndef MODELS_MAPPINGFIGURES_H
#define MODELS_MAPPINGFIGURES_H

#include "models/invoke/engine.h"
#include "models/invoke/station.h"

/* Only figures and series. */
extern const struct station_ops mapping_figures_of_queue, mapping_figures_of_stream, mapping_figures_of_function;

/* Whether a mapping reads a stream for the function. */
bool mapping_figures_streams(const struct scenario *s, size_t function);

/* The values of the figures, and of the series for the period that ends; as many as the ops have. */
void mapping_figures_collect(const struct engine *e, size_t mapping, double *out);
void mapping_figures_sample(const struct engine *e, size_t mapping, double *out);
void mapping_figures_collect_function(const struct engine *e, size_t function, double *out);
void mapping_figures_sample_function(const struct engine *e, size_t function, double *out);

/* The next period begins. */
void mapping_figures_period(struct engine *e);

#endif
