#ifndef SIM_TWICE_H
#define SIM_TWICE_H

void twice__inner(void);

#endif
