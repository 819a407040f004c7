#include "cli/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include "input/wait.h"

/* What the handler writes to wakes whoever waits for a pipe. */
static int wake[2] = {-1, -1};

volatile sig_atomic_t interrupt_flag, interrupt_asked;

static void
on_signal(int signal)
{
	if (signal == SIGUSR1)
		interrupt_asked = 1;
	else {
		interrupt_flag = 1;
		/* A pipe that is full has woken everybody. */
		if (write(wake[1], "", 1) < 0)
			return;
	}
}

/* Once; also where an earlier interruption is over. */
static void
prepare_wake(void)
{
	char bytes[64];

	if (wake[0] < 0 && pipe(wake) == 0)
		for (size_t i = 0; i < 2; i++) {
			fcntl(wake[i], F_SETFL, O_NONBLOCK);
			fcntl(wake[i], F_SETFD, FD_CLOEXEC);
		}
	while (read(wake[0], bytes, sizeof(bytes)) > 0)
		;
	wait_stop_at(wake[0]);
}

void
interrupt_catch(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	prepare_wake();
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* Asked as often as one likes, and no read is broken off by it. */
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, NULL);
}
