#ifndef MODELS_ARRIVALS_RATE_H
#define MODELS_ARRIVALS_RATE_H

struct rate;

#endif
