/* json_out: writes JSON into a textbuf as it goes, with no tree. Same calls, same bytes: keys keep their order, numbers are printed
 * with the fewest digits (up to 17) that read back as the same double, in the C locale whatever the process's locale. */
#ifndef SIM_BASE_JSON_OUT_H
#define SIM_BASE_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/textbuf.h"

enum { JSON_OUT_DEPTH = 32 };

struct json_out {
	struct textbuf *out; /* borrowed */
	int indent;          /* spaces a level; 0 writes everything on one line */
	int depth;           /* private from here */
	bool first[JSON_OUT_DEPTH];
	bool after_key;
};

void json_out_init(struct json_out *j, struct textbuf *out, int indent);
void json_out_object(struct json_out *j);     /* { */
void json_out_end_object(struct json_out *j); /* } */
void json_out_array(struct json_out *j);      /* [ */
void json_out_end_array(struct json_out *j);  /* ] */
void json_out_key(struct json_out *j, const char *key);
void json_out_string(struct json_out *j, const char *text);                  /* NULL writes null; invalid UTF-8 becomes U+FFFD */
void json_out_string_n(struct json_out *j, const char *text, size_t length); /* may hold NULs */
void json_out_raw(struct json_out *j, const char *json, size_t length);      /* a JSON value that is text already, as it is */
void json_out_int(struct json_out *j, int64_t value);
void json_out_uint(struct json_out *j, uint64_t value);
void json_out_double(struct json_out *j, double value); /* NaN and infinities write null */
void json_out_bool(struct json_out *j, bool value);
void json_out_null(struct json_out *j);

/* A JSON string with its quotes, appended to `out`; also used for scripts embedded in HTML: `<`, `>` and `&` are escaped as
 * \u00XX. */
void json_out_quote(struct textbuf *out, const char *text, size_t length);

/* The shortest decimal that reads back as the same double ("0.1", "1e+21"); "null" for NaN and infinities. Exponents are used from
 * 1e16 up and below 1e-4. `text` holds at least JSON_OUT_NUMBER bytes. */
enum { JSON_OUT_NUMBER = 32 };
void json_out_number(char *text, double value);

#endif
