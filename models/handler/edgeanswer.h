/* edgeanswer: what CloudFront makes of the answer of a Lambda@Edge function: the request goes on, the function's own response goes back, or 502.
 *
 * An object with `status` is a response; one with `uri` is the request, and so may a request event's answer be; a response event takes
 * the response only. Headers are a map of lower-case names to lists of {key, value}. Invalid are: anything else; a header that edge
 * functions may not add; one that the event lets them only read, added, changed or left out; a viewer-response with another status than
 * before; 204 with a body, on a viewer-request; a body that is no text, or no base64 where bodyEncoding says so; more than 40 KB (viewer)
 * or 1 MB (origin) with its headers; a uri that does not begin with "/", or that has more than 8,192 characters with its query.
 *
 * Sources: Amazon CloudFront Developer Guide, "Restrictions on edge functions", "Generate HTTP responses in request triggers",
 * "Lambda@Edge event structure", "Quotas on Lambda@Edge". */
#ifndef MODELS_HANDLER_EDGEANSWER_H
#define MODELS_HANDLER_EDGEANSWER_H

#include <stddef.h>

/* The status of the function's response; 0 when the request (or the origin's response, as it is) goes on; -1 for what CloudFront refuses.
 * `event` is what the function got. */
int edge_answer_status(const char *event, size_t event_length, const char *body, size_t length);

#endif
