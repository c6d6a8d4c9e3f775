/* fixture_quick: an assertion for loops of millions. Check's own assertions write to the runner each time, whether they hold or not. */
#ifndef TESTS_UNIT_FIXTURE_QUICK_H
#define TESTS_UNIT_FIXTURE_QUICK_H

#include <check.h>

#define quick_assert_msg(condition, ...)              \
	do {                                          \
		if (!(condition))                     \
			ck_abort_msg(__VA_ARGS__);    \
	} while (0)

#define quick_assert(condition) quick_assert_msg(condition, "%s does not hold", #condition)

#endif
