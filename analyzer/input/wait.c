#include "input/wait.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>

/* The process's, as its signals are. */
static _Atomic int stop_fd = -1;

void
wait_stop_at(int fd)
{
	atomic_store(&stop_fd, fd);
}

bool
wait_readable(int fd)
{
	struct pollfd waits[] = {{.fd = fd, .events = POLLIN},
				 {.fd = atomic_load(&stop_fd), .events = POLLIN}};

	/* What poll cannot do, read will say. */
	while (poll(waits, 2, -1) < 0)
		if (errno != EINTR)
			return true;
	return waits[0].revents != 0;
}
