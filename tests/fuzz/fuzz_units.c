/* Any text as each kind of quantity: a fault, or a number within the limits that the header states. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/read/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(enum unit_fault fault, double value, double low, double high)
{
	if (!*unit_fault_text(fault) || (fault == UNIT_OK && !(isfinite(value) && value >= low && value <= high)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	double value = 0;
	long long whole = 0;
	memcpy(text, data, size);
	text[size] = '\0';
	within(units_number(text, &value), value, -INFINITY, INFINITY);
	within(units_integer(text, &whole), (double)whole, -0x1p63, 0x1p63);
	within(units_duration(text, &value), value, 0, 36525 * 86400e9);
	within(units_rate(text, &value), value, 0, 1e9);
	within(units_size(text, &value), value, 0, 1e18);
	within(units_share(text, &value), value, 0, 1);
	within(units_growth(text, &value), value, -1, 1000);
	free(text);
	return 0;
}
