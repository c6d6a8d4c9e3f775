#ifndef SIM_ALONE_H
#define SIM_ALONE_H

#include <stddef.h>

size_t alone(void);

#endif
