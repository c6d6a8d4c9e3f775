#ifndef SIM_ONCE_H
#define SIM_ONCE_H

void once__inner(void);

#endif
