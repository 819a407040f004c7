#include "cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "input/wait.h"

/* What the handler writes to wakes whoever waits for a pipe. */
static int wake[2] = {-1, -1};

volatile sig_atomic_t interrupt_flag, interrupt_asked;

static const char *_Atomic told;
static _Atomic size_t told_done, told_total;

/* By hand: snprintf may not be called in a handler. */
static size_t
add_text(char *line, size_t n, size_t size, const char *text)
{
	while (*text && n < size)
		line[n++] = *text++;
	return n;
}

static size_t
add_number(char *line, size_t n, size_t size, size_t number)
{
	char digits[24];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	return add_text(line, n, size, digits + at);
}

static void
answer(const char *what)
{
	enum { SIZE = 160 };
	char line[SIZE];
	size_t total = atomic_load(&told_total), n = add_text(line, 0, SIZE, "digtrail: ");
	int error = errno;

	n = add_text(line, n, SIZE, what);
	if (total) {
		n = add_text(line, n, SIZE, ": ");
		n = add_number(line, n, SIZE, atomic_load(&told_done));
		n = add_text(line, n, SIZE, " of ");
		n = add_number(line, n, SIZE, total);
	}
	n = add_text(line, n, SIZE, "\n");
	ssize_t written = write(STDERR_FILENO, line, n);
	(void)written;
	errno = error;
}

static void
on_signal(int signal)
{
	const char *what = atomic_load(&told);

	if (signal == SIGUSR1 && what)
		answer(what);
	else if (signal == SIGUSR1)
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
interrupt_tell(const char *what)
{
	atomic_store(&told_total, 0);
	atomic_store(&told, what);
}

void
interrupt_count(size_t done, size_t total)
{
	atomic_store(&told_done, done);
	atomic_store(&told_total, total);
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
