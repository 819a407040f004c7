/* Signals: the first Ctrl-C (or SIGTERM) ends the reading, also where it waits for a pipe; a
 * second one the program; SIGUSR1 asks for the progress. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <signal.h>
#include <stddef.h>

/* From now on the flags below are set. */
void interrupt_catch(void);
/* Nonzero once the program shall stop. */
extern volatile sig_atomic_t interrupt_flag;
/* Nonzero when progress was asked for; whoever prints it clears it. Where nothing is told: */
extern volatile sig_atomic_t interrupt_asked;
/*
 * What SIGUSR1 is answered with at once, on standard error, while nobody reads (progress.h): a
 * literal, and behind it the number of those done where there is a count. NULL: nothing.
 */
void interrupt_tell(const char *what);
void interrupt_count(size_t done, size_t total);

#endif
