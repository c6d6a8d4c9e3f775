#include "models/os/tty.h"

#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool tty_is(int descriptor)
{
	return isatty(descriptor) == 1;
}

int tty_width(int descriptor)
{
	struct winsize size;
	if (!tty_is(descriptor) || ioctl(descriptor, TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

unsigned tty_processors(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
	return count > 0 ? (unsigned)count : 1;
}
