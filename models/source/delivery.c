#include "models/source/delivery.h"

#include <assert.h>

#include "sim/draw.h"

/* --- Amazon SNS -------------------------------------------------------------------------------------------------------------------------- */

enum { SNS_AT_ONCE = 3, SNS_PRE_BACKOFF = 2, SNS_BACKOFF = 10 };

/* 1 s x 20^(k / 9), in milliseconds. */
static const int sns_backoff_ms[SNS_BACKOFF] = {1000, 1395, 1946, 2714, 3786, 5282, 7368, 10278, 14337, 20000};

simtime delivery_pause_sns(uint32_t attempts)
{
	assert(attempts >= 1);
	if (attempts < SNS_AT_ONCE)
		return 0;
	if (attempts < SNS_AT_ONCE + SNS_PRE_BACKOFF)
		return SIMTIME_SECOND;
	uint32_t step = attempts - (SNS_AT_ONCE + SNS_PRE_BACKOFF);
	return sns_backoff_ms[step < SNS_BACKOFF ? step : SNS_BACKOFF - 1] * SIMTIME_MS;
}

/* --- EventBridge ------------------------------------------------------------------------------------------------------------------------- */

static const simtime events_most = 8 * SIMTIME_MINUTE;

simtime delivery_pause_events(uint32_t attempts)
{
	assert(attempts >= 1);
	simtime pause = SIMTIME_SECOND;
	for (uint32_t i = 1; i < attempts && pause < events_most; i++)
		pause *= 2;
	return pause < events_most ? pause : events_most;
}

/* --- both -------------------------------------------------------------------------------------------------------------------------------- */

simtime delivery_jitter(simtime pause, const struct delivery_spec *spec, uint64_t word)
{
	double share = spec->jitter * (2 * draw_uniform(word) - 1);
	return pause + (simtime)((double)pause * share);
}
