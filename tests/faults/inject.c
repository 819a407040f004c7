/*
 * Loaded before the C library (LD_PRELOAD): makes one thing go wrong, at a moment that is told in
 * the environment. For run.py.
 *
 *	FAULT_MALLOC=N    the N-th allocation fails; with FAULT_FROM=1 each one from there on; but none
 *	                  that libseccomp makes
 *	FAULT_FILE=TEXT   reads of files whose path holds TEXT are counted
 *	FAULT_READ=N      what FAULT_ACTION says happens before the N-th of them
 *	FAULT_ACTION=eio | short | truncate | remove | forbid | replace | term | hup
 *	FAULT_CLOCK=N     the time is N seconds after 1970; with FAULT_BACK=1 an hour less each time
 *	FAULT_COUNT=FILE  "ALLOCATIONS READS" at the end
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { DESCRIPTORS = 1024, HOUR = 3600 };

static atomic_long allocations, reads, looks;
static long fail_at, read_at, clock_at;
static int fails_on, goes_back, count_fd = -1;
static const char *file, *action;
static char watched[DESCRIPTORS];

static long
number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtol(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *count = getenv("FAULT_COUNT");

	if (count)
		count_fd = (int)syscall(SYS_openat, AT_FDCWD, count, O_WRONLY | O_CREAT | O_TRUNC,
					0600);
	fails_on = (int)number("FAULT_FROM");
	goes_back = (int)number("FAULT_BACK");
	read_at = number("FAULT_READ");
	clock_at = number("FAULT_CLOCK");
	file = getenv("FAULT_FILE");
	action = getenv("FAULT_ACTION");
	fail_at = number("FAULT_MALLOC");
}

__attribute__((destructor)) static void
end(void)
{
	if (count_fd >= 0)
		dprintf(count_fd, "%ld %ld\n", allocations, reads);
}

static int
fails(const void *caller)
{
	long n = atomic_fetch_add(&allocations, 1) + 1;
	Dl_info info;

	if (!fail_at || (fails_on ? n < fail_at : n != fail_at))
		return 0;
	if (dladdr(caller, &info) && strstr(info.dli_fname, "libseccomp"))
		return 0;
	errno = ENOMEM;
	return 1;
}

/* What would have been called: the program may bring a malloc of its own. */
static void *
next(const char *name, void **found)
{
	if (!*found)
		*found = dlsym(RTLD_NEXT, name);
	return *found;
}
#define NEXT(name) ((__typeof__(&name))next(#name, &next_##name))
static void *next_malloc, *next_calloc, *next_realloc, *next_posix_memalign, *next_aligned_alloc;

void *
malloc(size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : NEXT(malloc)(n);
}

void *
calloc(size_t count, size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : NEXT(calloc)(count, n);
}

void *
realloc(void *p, size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : NEXT(realloc)(p, n);
}

int
posix_memalign(void **out, size_t alignment, size_t n)
{
	return fails(__builtin_return_address(0)) ? ENOMEM
						  : NEXT(posix_memalign)(out, alignment, n);
}

void *
aligned_alloc(size_t alignment, size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : NEXT(aligned_alloc)(alignment, n);
}

static int
note(int fd, const char *path)
{
	if (fd >= 0 && fd < DESCRIPTORS)
		watched[fd] = file && strstr(path, file) != NULL;
	return fd;
}

int
open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	if (flags & (O_CREAT | O_TMPFILE)) {
		va_list list;
		va_start(list, flags);
		mode = va_arg(list, mode_t);
		va_end(list);
	}
	return note((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), path);
}

int
open64(const char *path, int flags, ...)
{
	mode_t mode = 0;

	if (flags & (O_CREAT | O_TMPFILE)) {
		va_list list;
		va_start(list, flags);
		mode = va_arg(list, mode_t);
		va_end(list);
	}
	return note((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), path);
}

/* The file that the descriptor was opened by. */
static void
path_of(int fd, char *out, size_t size)
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, out, size - 1);
	out[n > 0 ? n : 0] = '\0';
}

/* What somebody else does to the file while it is read. */
static void
meddle(int fd)
{
	char path[4096], other[4200];
	struct stat st;

	path_of(fd, path, sizeof(path));
	if (strcmp(action, "truncate") == 0 && fstat(fd, &st) == 0) {
		if (truncate(path, st.st_size / 2) != 0)
			abort();
	} else if (strcmp(action, "remove") == 0) {
		unlink(path);
	} else if (strcmp(action, "forbid") == 0) {
		chmod(path, 0);
	} else if (strcmp(action, "replace") == 0) {
		snprintf(other, sizeof(other), "%s.other", path);
		rename(other, path);
	} else if (strcmp(action, "term") == 0) {
		kill(getpid(), SIGTERM);
	} else if (strcmp(action, "hup") == 0) {
		kill(getpid(), SIGHUP);
	}
}

/* 1 when the read shall fail. */
static int
before_read(int fd, size_t *n)
{
	if (fd < 0 || fd >= DESCRIPTORS || !watched[fd])
		return 0;
	if (atomic_fetch_add(&reads, 1) + 1 != read_at || !action)
		return 0;
	if (strcmp(action, "eio") == 0) {
		errno = EIO;
		return 1;
	}
	if (strcmp(action, "short") == 0)
		*n = *n > 7 ? 7 : *n;
	else
		meddle(fd);
	return 0;
}

ssize_t
read(int fd, void *p, size_t n)
{
	return before_read(fd, &n) ? -1 : syscall(SYS_read, fd, p, n);
}

ssize_t
__read_chk(int fd, void *p, size_t n, size_t room)
{
	(void)room;
	return read(fd, p, n);
}

ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
	return before_read(fd, &n) ? -1 : syscall(SYS_pread64, fd, p, n, at);
}

ssize_t
pread64(int fd, void *p, size_t n, off_t at)
{
	return pread(fd, p, n, at);
}

static long
now(void)
{
	return goes_back ? clock_at - HOUR * atomic_fetch_add(&looks, 1) : clock_at;
}

int
clock_gettime(clockid_t id, struct timespec *out)
{
	if (!clock_at || id != CLOCK_REALTIME)
		return (int)syscall(SYS_clock_gettime, id, out);
	*out = (struct timespec){now(), 0};
	return 0;
}

time_t
time(time_t *out)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	if (out)
		*out = at.tv_sec;
	return at.tv_sec;
}
