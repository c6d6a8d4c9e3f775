/* interrupt: SIGINT, SIGTERM and SIGHUP end the program without leaving anything half-written, and without writable statics.
 *
 * Outside held sections a signal removes unfinished files (file_clean_up) and ends the process by that same signal, so that a shell sees
 * 128 + its number (130 for Ctrl-C, 143 for SIGTERM). Inside a held section signals wait; those who work ask interrupt_pending now and then,
 * stop what they started (handlers, threads), and interrupt_release then lets the signal do its work. Signals that were ignored when the
 * program began (nohup, background jobs) stay ignored. */
#ifndef MODELS_OS_INTERRUPT_H
#define MODELS_OS_INTERRUPT_H

#include <stdbool.h>

void interrupt_install(void);

/* Holds the signals back in this thread and those that it starts; before any thread is started. Not nested. */
void interrupt_hold(void);
bool interrupt_pending(void); /* any thread of a held section */
void interrupt_release(void); /* does not return when one is pending */

#endif
