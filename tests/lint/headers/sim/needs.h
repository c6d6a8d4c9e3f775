#ifndef SIM_NEEDS_H
#define SIM_NEEDS_H

size_t needs(void);

#endif
