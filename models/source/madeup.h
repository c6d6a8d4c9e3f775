/* madeup: ids, times and names as AWS writes them, each a function of what it names: same arguments, same text. All texts live in the arena. */
#ifndef MODELS_SOURCE_MADEUP_H
#define MODELS_SOURCE_MADEUP_H

#include <stddef.h>
#include <stdint.h>

#include "sim/arena.h"
#include "sim/simtime.h"

/* What an id is for: ids of one event differ. The order may change nothing but made-up ids. */
enum madeup {
	MADEUP_MESSAGE,
	MADEUP_RECEIPT, /* + the number of the receive, below MADEUP_RECEIPTS_END */
	MADEUP_RECEIPTS_END = MADEUP_RECEIPT + 1000000,
	MADEUP_REQUEST,
	MADEUP_EXTENDED,
	MADEUP_TRACE,
	MADEUP_HOST,
	MADEUP_SIGNATURE,
	MADEUP_SUBSCRIPTION,
	MADEUP_STACK,
	MADEUP_PHYSICAL,
	MADEUP_ITEM,
	MADEUP_CREATION,
	MADEUP_OBJECT,
	MADEUP_FILE,
	MADEUP_SLOT, /* index: the slot's number */
	MADEUP_SHUFFLE
};

#define MADEUP_BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
#define MADEUP_HEX "0123456789abcdef"
#define MADEUP_UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define MADEUP_LOWER "abcdefghijklmnopqrstuvwxyz0123456789"

/* 64 random bits. */
uint64_t madeup_word(uint64_t identity, unsigned what, uint64_t index);

/* A number for a name, so that what belongs to a place does not change with the event. */
uint64_t madeup_identity(const char *name);

const char *madeup_uuid(struct arena *a, uint64_t identity, unsigned what); /* version 4, lower case */
const char *madeup_text(struct arena *a, uint64_t identity, unsigned what, const char *alphabet, size_t length);
const char *madeup_extended(struct arena *a, uint64_t identity);         /* API Gateway: 15 characters and "=" */
const char *madeup_trace(struct arena *a, uint64_t identity, simtime t); /* "Root=1-8hex-24hex" */

/* Milliseconds since 1970 of a simulated time, rounded down. */
int64_t madeup_epoch_ms(simtime t);
const char *madeup_iso_s(struct arena *a, simtime t);  /* 2025-01-06T00:00:00Z */
const char *madeup_iso_ms(struct arena *a, simtime t); /* 2025-01-06T00:00:00.000Z */
const char *madeup_clf(struct arena *a, simtime t);    /* 06/Jan/2025:00:00:00 +0000 */

/* "aws", "aws-cn" or "aws-us-gov"; "amazonaws.com" or "amazonaws.com.cn". Literals. */
const char *madeup_partition(const char *region);
const char *madeup_domain(const char *region);

/* arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE */
const char *madeup_arn(struct arena *a, const char *service, const char *region, const char *resource);

/* RFC 4648, section 4: the standard alphabet with padding. */
const char *madeup_base64(struct arena *a, const char *bytes, size_t length);

/* Back again: NULL when the text is no base64; *out_length bytes and a NUL. */
char *madeup_unbase64(struct arena *a, const char *text, size_t *out_length);

#endif
