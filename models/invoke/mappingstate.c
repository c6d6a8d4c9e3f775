/* mappingstate: see mappingstate.h. */
#include "models/invoke/mappingstate.h"

#include "models/invoke/engine.h"

void mapping_states_start(struct engine *e)
{
	for (size_t i = 0; e->mappings && i < e->scenario->mapping_count; i++)
		e->mappings[i] = (struct mapping_state){.age_period = -1};
}

void mapping_states_warm_up_end(struct engine *e)
{
	for (size_t i = 0; e->mappings && i < e->scenario->mapping_count; i++)
		e->mappings[i] = (struct mapping_state){.held = e->mappings[i].held,
		                                        .held_at_start = e->mappings[i].held,
		                                        .age_period = e->mappings[i].age_period};
}
