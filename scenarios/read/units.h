/* units: the quantities that people write: `250us`, `1h30m`, `36.1/h`, `4KB`, `0.1%`, `4%/month`.
 *
 * Decimals and exponents are understood in the C locale; hexadecimal numbers, infinities and NaN are not numbers here. White space
 * around the number and its unit is allowed. */
#ifndef SCENARIOS_READ_UNITS_H
#define SCENARIOS_READ_UNITS_H

enum unit_fault {
	UNIT_OK,
	UNIT_NOT_A_NUMBER,
	UNIT_MISSING, /* a bare number, other than 0, where a unit is needed */
	UNIT_UNKNOWN,
	UNIT_NEGATIVE,
	UNIT_TOO_LARGE,
	UNIT_NOTHING_LEFT, /* a growth of -100 % or less */
	UNIT_FAULTS
};

/* What went wrong, to follow a quoted value: "has no unit". A literal. */
const char *unit_fault_text(enum unit_fault fault);

enum unit_fault units_number(const char *text, double *value);     /* any finite number */
enum unit_fault units_integer(const char *text, long long *value); /* digits with an optional sign */
enum unit_fault units_duration(const char *text, double *ns);      /* ns us ms s m h d, and sums such as 1h30m; at most 100 years */
enum unit_fault units_rate(const char *text, double *per_s);       /* N/s, /m, /h, /d; at most 1e9 a second */
enum unit_fault units_size(const char *text, double *bytes);       /* B KB MB GB TB, 1 KB = 1,024 B */
enum unit_fault units_share(const char *text, double *share);      /* `5%` or `0.05` */
enum unit_fault units_growth(const char *text, double *per_month); /* `4%/month` (of 30 days), also negative, above -100 % */

#endif
