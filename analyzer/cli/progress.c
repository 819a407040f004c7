#include "cli/progress.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/interrupt.h"

enum { PROGRESS_QUIET_MS = 500, PROGRESS_INTERVAL_MS = 200, PROGRESS_TEXT = 128 };

static int64_t
now_ms(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool
is_terminal(FILE *out)
{
	const char *term = getenv("TERM");

	return isatty(fileno(out)) && term && strcmp(term, "dumb") != 0;
}

/* SIGUSR1: a line of its own, whatever --progress says. */
static void
answer(struct progress *progress)
{
	struct buf buf;

	buf_init(&buf, PROGRESS_TEXT);
	progress_print(&buf, atomic_load(&progress->done), progress->total,
		       now_ms() - progress->start);
	progress_clear(progress);
	fprintf(progress->asked, "digtrail: %s\n", buf.p);
	fflush(progress->asked);
	buf_release(&buf);
}

static void *
answer_signals(void *argument)
{
	struct progress *progress = argument;
	sigset_t asked;
	int signal;

	sigemptyset(&asked);
	sigaddset(&asked, SIGUSR1);
	while (sigwait(&asked, &signal) == 0 && !atomic_load(&progress->is_over))
		answer(progress);
	return NULL;
}

/* The signal is blocked in all threads, so that it waits for the one that asks for it. */
static void
start_asker(struct progress *progress)
{
	sigset_t asked;

	atomic_init(&progress->is_over, false);
	sigemptyset(&asked);
	sigaddset(&asked, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &asked, &progress->signals);
	progress->has_asker = pthread_create(&progress->asker, NULL, answer_signals, progress) == 0;
	if (!progress->has_asker)
		pthread_sigmask(SIG_SETMASK, &progress->signals, NULL);
	if (interrupt_asked)
		answer(progress);
	interrupt_asked = 0;
}

static void
stop_asker(struct progress *progress)
{
	if (!progress->has_asker)
		return;
	/* No pthread_cancel: it loads a library, and files are closed by now. */
	atomic_store(&progress->is_over, true);
	pthread_kill(progress->asker, SIGUSR1);
	pthread_join(progress->asker, NULL);
	progress->has_asker = false;
	pthread_sigmask(SIG_SETMASK, &progress->signals, NULL);
}

void
progress_start(struct progress *progress, FILE *out, enum option_when when, uint64_t total)
{
	progress->terminal = is_terminal(out);
	progress->out =
		when == WHEN_ALWAYS || (when == WHEN_AUTO && progress->terminal) ? out : NULL;
	progress->asked = out;
	progress->total = total;
	progress->start = now_ms();
	atomic_init(&progress->done, 0);
	atomic_init(&progress->due, progress->start + PROGRESS_QUIET_MS);
	atomic_init(&progress->drawn, false);
	start_asker(progress);
}

static const struct {
	uint64_t size;
	const char *name;
} units[] = {{1000000000000, "TB"}, {1000000000, "GB"}, {1000000, "MB"}, {1000, "kB"}, {1, "B"}};

/* The unit in which `bytes` has one to three digits before the point. */
static size_t
unit_of(double bytes)
{
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(units[0]) && bytes < (double)units[i].size)
		i++;
	return i;
}

/* With one decimal below ten. */
static void
print_amount(struct buf *buf, double bytes, size_t unit)
{
	double amount = bytes / (double)units[unit].size;

	buf_printf(buf, "%.*f", amount < 10 && units[unit].size > 1 ? 1 : 0, amount);
}

void
progress_print(struct buf *buf, uint64_t done, uint64_t total, int64_t elapsed)
{
	double rate = elapsed > 0 ? (double)done * 1000 / (double)elapsed : 0;
	size_t unit = unit_of((double)(total ? total : done));

	/* A file that grows while it is read. */
	if (total && done > total)
		done = total;
	if (total)
		buf_printf(buf, "%3.0f %%  ", 100 * (double)done / (double)total);
	print_amount(buf, (double)done, unit);
	if (total) {
		buf_add_text(buf, " of ");
		print_amount(buf, (double)total, unit);
	}
	buf_printf(buf, " %s", units[unit].name);
	if (rate < 1)
		return;
	buf_add_text(buf, "  ");
	print_amount(buf, rate, unit_of(rate));
	buf_printf(buf, " %s/s", units[unit_of(rate)].name);
	if (total) {
		/* At least one byte a second, so the quotient fits. */
		uint64_t left = (uint64_t)((double)(total - done) / rate);

		if (left < 3600)
			buf_printf(buf, "  %u:%02u left", (unsigned)(left / 60),
				   (unsigned)(left % 60));
		else
			buf_printf(buf, "  %llu h %02u min left", (unsigned long long)(left / 3600),
				   (unsigned)(left / 60 % 60));
	}
}

void
progress_add(struct progress *progress, uint64_t bytes)
{
	uint64_t done = atomic_fetch_add(&progress->done, bytes) + bytes;
	int64_t due, now;
	struct buf buf;

	if (!progress->out)
		return;
	now = now_ms();
	due = atomic_load(&progress->due);
	/* Of the threads that find a line due, the one that moves the time prints it. */
	if (now < due ||
	    !atomic_compare_exchange_strong(&progress->due, &due, now + PROGRESS_INTERVAL_MS))
		return;
	buf_init(&buf, PROGRESS_TEXT);
	progress_print(&buf, done, progress->total, now - progress->start);
	if (progress->terminal)
		fprintf(progress->out, "\r%s\033[K", buf.p);
	else
		fprintf(progress->out, "%s\n", buf.p);
	fflush(progress->out);
	buf_release(&buf);
	atomic_store(&progress->drawn, true);
}

void
progress_restart(struct progress *progress)
{
	atomic_store(&progress->done, 0);
}

void
progress_clear(struct progress *progress)
{
	if (!progress->out || !atomic_exchange(&progress->drawn, false) || !progress->terminal)
		return;
	fputs("\r\033[K", progress->out);
	fflush(progress->out);
}

void
progress_end(struct progress *progress)
{
	stop_asker(progress);
	progress_clear(progress);
	progress->out = progress->asked = NULL;
}
