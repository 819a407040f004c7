/* Signals: the first Ctrl-C (or SIGTERM) ends the reading, also where it waits for a pipe; a
 * second one the program; SIGUSR1 asks for the progress. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <signal.h>

/* From now on the flags below are set. */
void interrupt_catch(void);
/* Nonzero once the program shall stop. */
extern volatile sig_atomic_t interrupt_flag;
/* Nonzero when progress was asked for; whoever prints it clears it. */
extern volatile sig_atomic_t interrupt_asked;

#endif
