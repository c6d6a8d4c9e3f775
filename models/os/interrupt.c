#include "models/os/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#include "models/os/file.h"

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

enum { ENDING = sizeof ending / sizeof *ending };

/* SA_RESETHAND has restored the default action: the raised signal ends the process as soon as this returns. */
static void end(int number)
{
	file_clean_up();
	raise(number);
}

/* The signals that end this process: not those that its caller told it to ignore (nohup). Linux queues a signal that is blocked and ignored,
 * so it must not be blocked, or it would look like a wish to stop. */
static void fill(sigset_t *set)
{
	struct sigaction now;
	sigemptyset(set);
	for (size_t i = 0; i < ENDING; i++)
		if (sigaction(ending[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(set, ending[i]);
}

void interrupt_install(void)
{
	struct sigaction action = {.sa_handler = end, .sa_flags = (int)SA_RESETHAND}, before;
	fill(&action.sa_mask);
	for (size_t i = 0; i < ENDING; i++)
		if (sigaction(ending[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(ending[i], &action, NULL);
}

void interrupt_hold(void)
{
	sigset_t set;
	fill(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

bool interrupt_pending(void)
{
	sigset_t set;
	if (sigpending(&set) != 0)
		return false;
	for (size_t i = 0; i < ENDING; i++)
		if (sigismember(&set, ending[i]))
			return true;
	return false;
}

void interrupt_release(void)
{
	sigset_t set;
	fill(&set);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
