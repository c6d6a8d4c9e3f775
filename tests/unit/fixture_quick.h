/* fixture_quick: an assertion for inner loops: quick_assert(condition) or quick_assert(condition, format, ...). Check's own tell
 * the runner about every one that holds, which is a system call each. */
#ifndef TESTS_UNIT_FIXTURE_QUICK_H
#define TESTS_UNIT_FIXTURE_QUICK_H

#include <check.h>

#define quick_assert(condition, ...)                                  \
	do {                                                          \
		if (!(condition)) {                                   \
			__VA_OPT__(ck_abort_msg(__VA_ARGS__);)        \
			ck_abort_msg("%s does not hold", #condition); \
		}                                                     \
	} while (0)

#endif
