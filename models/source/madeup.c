#include "models/source/madeup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/source/envelope.h"
#include "sim/draw.h"

uint64_t madeup_word(uint64_t identity, unsigned what, uint64_t index)
{
	return draw_word(&(struct draw_key){identity, 0}, what, 0, 0, index);
}

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
uint64_t madeup_identity(const char *name)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (const char *c = name; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
	return hash;
}

/* RFC 9562, 5.4: version 4, variant 10. */
const char *madeup_uuid(struct arena *a, uint64_t identity, unsigned what)
{
	uint64_t high = madeup_word(identity, what, 0), low = madeup_word(identity, what, 1);
	return arena_format(a, "%08x-%04x-4%03x-%04x-%012" PRIx64, (unsigned)(high >> 32), (unsigned)(high >> 16 & 0xffff),
	                    (unsigned)(high & 0xfff), (unsigned)(0x8000 | (low >> 48 & 0x3fff)), low & UINT64_C(0xffffffffffff));
}

const char *madeup_text(struct arena *a, uint64_t identity, unsigned what, const char *alphabet, size_t length)
{
	enum { PER_WORD = 8 };
	size_t letters = strlen(alphabet);
	char *text = arena_alloc(a, length + 1);
	uint64_t word = 0;
	for (size_t i = 0; i < length; i++) {
		word = i % PER_WORD == 0 ? madeup_word(identity, what, i / PER_WORD) : word >> 8;
		text[i] = alphabet[(word & 0xff) * letters >> 8];
	}
	return text;
}

const char *madeup_extended(struct arena *a, uint64_t identity)
{
	return arena_format(a, "%s=", madeup_text(a, identity, MADEUP_EXTENDED, MADEUP_BASE64, 15));
}

const char *madeup_trace(struct arena *a, uint64_t identity, simtime t)
{
	return arena_format(a, "Root=1-%08x-%s", (unsigned)(madeup_epoch_ms(t) / 1000),
	                    madeup_text(a, identity, MADEUP_TRACE, MADEUP_HEX, 24));
}

/* --- times ----------------------------------------------------------------------------------------------------------------------- */

int64_t madeup_epoch_ms(simtime t)
{
	int64_t ms = t / SIMTIME_MS;
	return ENVELOPE_EPOCH_MS + ms - (t % SIMTIME_MS < 0 ? 1 : 0);
}

struct madeup_date {
	int year, month, day, hour, minute, second, ms; /* month from 1 */
};

enum { DAYS_PER_ERA = 146097, DAYS_TO_MARCH_0000 = 719468 }; /* 400 years; from 0000-03-01 to 1970-01-01 */

/* The Gregorian calendar repeats every 400 years; years are counted from March, so that the leap day comes last. */
static struct madeup_date madeup_date_of(simtime t)
{
	int64_t ms = madeup_epoch_ms(t), day = ms / 86400000, left = ms % 86400000;
	if (left < 0) {
		left += 86400000;
		day--;
	}
	day += DAYS_TO_MARCH_0000;
	int64_t era = (day >= 0 ? day : day - DAYS_PER_ERA + 1) / DAYS_PER_ERA;
	int of_era = (int)(day - era * DAYS_PER_ERA);
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / (DAYS_PER_ERA - 1)) / 365;
	int of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
	struct madeup_date d = {.day = of_year - (153 * month + 2) / 5 + 1, .month = month < 10 ? month + 3 : month - 9};
	d.year = (int)(era * 400) + year + (d.month <= 2);
	d.hour = (int)(left / 3600000);
	d.minute = (int)(left / 60000 % 60);
	d.second = (int)(left / 1000 % 60);
	d.ms = (int)(left % 1000);
	return d;
}

const char *madeup_iso_s(struct arena *a, simtime t)
{
	struct madeup_date d = madeup_date_of(t);
	return arena_format(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day, d.hour, d.minute, d.second);
}

const char *madeup_iso_ms(struct arena *a, simtime t)
{
	struct madeup_date d = madeup_date_of(t);
	return arena_format(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", d.year, d.month, d.day, d.hour, d.minute, d.second, d.ms);
}

const char *madeup_clf(struct arena *a, simtime t)
{
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct madeup_date d = madeup_date_of(t);
	return arena_format(a, "%02d/%s/%04d:%02d:%02d:%02d +0000", d.day, months[d.month - 1], d.year, d.hour, d.minute, d.second);
}

/* --- names ----------------------------------------------------------------------------------------------------------------------- */

const char *madeup_partition(const char *region)
{
	if (strncmp(region, "cn-", 3) == 0)
		return "aws-cn";
	return strncmp(region, "us-gov-", 7) == 0 ? "aws-us-gov" : "aws";
}

const char *madeup_domain(const char *region)
{
	return strncmp(region, "cn-", 3) == 0 ? "amazonaws.com.cn" : "amazonaws.com";
}

const char *madeup_arn(struct arena *a, const char *service, const char *region, const char *resource)
{
	return arena_format(a, "arn:%s:%s:%s:" ENVELOPE_ACCOUNT ":%s", madeup_partition(region), service, region, resource);
}

/* --- base64 ---------------------------------------------------------------------------------------------------------------------- */

const char *madeup_base64(struct arena *a, const char *bytes, size_t length)
{
	static const char alphabet[] = MADEUP_BASE64;
	const unsigned char *in = (const unsigned char *)bytes;
	char *out = arena_alloc(a, (length + 2) / 3 * 4 + 1), *to = out;
	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		uint32_t three = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) | (left > 2 ? in[i + 2] : 0);
		*to++ = alphabet[three >> 18];
		*to++ = alphabet[three >> 12 & 63];
		*to++ = left > 1 ? alphabet[three >> 6 & 63] : '=';
		*to++ = left > 2 ? alphabet[three & 63] : '=';
	}
	return out;
}

char *madeup_unbase64(struct arena *a, const char *text, size_t *out_length)
{
	static const char alphabet[] = MADEUP_BASE64;
	size_t length = strlen(text), pad = 0;
	while (pad < 2 && pad < length && text[length - 1 - pad] == '=')
		pad++;
	if (length % 4 != 0)
		return NULL;
	char *out = arena_alloc(a, length / 4 * 3 + 1), *to = out;
	uint32_t bits = 0;
	for (size_t i = 0; i < length; i++) {
		const char *at = i + pad >= length ? alphabet : memchr(alphabet, text[i], sizeof alphabet - 1);
		if (at == NULL)
			return NULL;
		bits = bits << 6 | (uint32_t)(at - alphabet);
		if (i % 4 != 3)
			continue;
		*to++ = (char)(bits >> 16);
		*to++ = (char)(bits >> 8);
		*to++ = (char)bits;
	}
	*out_length = (size_t)(to - out) - pad;
	out[*out_length] = '\0';
	return out;
}
