#ifndef MODELS_SPEC_HIGH_H
#define MODELS_SPEC_HIGH_H

struct high;

#endif
