#ifndef MODELS_HANDLER_LOOP_H
#define MODELS_HANDLER_LOOP_H

struct loop;

#endif
