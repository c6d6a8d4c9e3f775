/* clientkeys: the key Client of a workload entry: an SDK's preset by name, or a map, which may name a preset and change it.
 *
 * Presets are the AWS SDKs' retry modes. Sources: botocore, botocore/retryhandler.py with data/_retry.json (legacy: 5 attempts,
 * rand(0,1) x 2^(n-1) s) and botocore/retries/standard.py (standard: 3 attempts, the same capped at 20 s, a quota of 500 tokens of which
 * a retry costs 5 and one after a timeout 10); botocore/httpsession.py DEFAULT_TIMEOUT (60 s); AWS SDKs and Tools Reference Guide,
 * "Retry behavior" (the 2026 rule: 50 ms after transient errors at 14 tokens, 1 s after throttles at 5 tokens). */
#ifndef SCENARIOS_READ_CLIENTKEYS_H
#define SCENARIOS_READ_CLIENTKEYS_H

#include "scenarios/read/reading.h"

/* 0, or -1 with errors. */
int client_read(struct reading *r, const struct node *value, const char *path, struct client_spec *out);

/* What stands for "no Client": one attempt, no timeout. */
void client_default(struct client_spec *out);

/* Fills a preset; -1 when no preset is called so. */
int client_preset(const char *name, struct client_spec *out);

#endif
