#include "models/poll/sendquota.h"

#include <stddef.h>
#include <string.h>

enum { SENDQUOTA_NORMAL = 300, SENDQUOTA_OTHERS = 2400 };

/* "Amazon SQS message quotas", high throughput for FIFO queues, calls without batches. */
static const struct {
	const char *region;
	int calls;
} quotas[] = {
	{"us-east-1", 70000},     {"us-west-2", 70000}, {"eu-west-1", 70000},     {"us-east-2", 19000},
	{"eu-central-1", 19000},  {"ap-south-1", 9000}, {"ap-southeast-1", 9000}, {"ap-southeast-2", 9000},
	{"ap-northeast-1", 9000}, {"eu-west-2", 4500},  {"sa-east-1", 4500},
};

double sendquota_of(bool high, const char *region)
{
	if (!high)
		return SENDQUOTA_NORMAL;
	for (size_t i = 0; i < sizeof quotas / sizeof *quotas; i++)
		if (strcmp(quotas[i].region, region) == 0)
			return quotas[i].calls;
	return SENDQUOTA_OTHERS;
}
