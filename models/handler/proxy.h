/* proxy: the HTTP status that a handler's answer becomes behind an HTTP event source; of Lambda@Edge: edgeanswer.h. */
#ifndef MODELS_HANDLER_PROXY_H
#define MODELS_HANDLER_PROXY_H

#include <stdbool.h>
#include <stddef.h>

#include "models/spec/source.h"

/* 0 for a source without statuses; -1 when the answer is none that the source can use (the caller then gets the source's own 5xx); else
 * 100 to 599. `payload_1_0` is for an HTTP API: its answers are REST's, but statusCode is
 * needed. `prelude`: the body begins with the JSON of a streamed HTTP answer and eight zero bytes.
 * Source: API Gateway Developer Guide, "Output format of a Lambda function for proxy integration" and "Create AWS Lambda proxy
 * integrations for HTTP APIs" (format 2.0 and its inference); Lambda Developer Guide, "Invoking Lambda function URLs"; Elastic Load Balancing, "Lambda functions as targets" (statusCode is needed, and a number). */
int proxy_status(enum source_kind kind, bool payload_1_0, const char *body, size_t length, bool prelude);

#endif
