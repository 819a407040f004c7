#include "cli/interrupt.h"

#include <stddef.h>

volatile sig_atomic_t interrupt_flag, interrupt_asked;

static void
on_signal(int signal)
{
	if (signal == SIGUSR1)
		interrupt_asked = 1;
	else
		interrupt_flag = 1;
}

void
interrupt_catch(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* Asked as often as one likes, and no read is broken off by it. */
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, NULL);
}
