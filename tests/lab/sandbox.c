/*
 * Tries what the sandbox takes, each thing in a process of its own, and what must still go.
 *	sandbox
 * Prints what was let through, or what no longer goes; a kernel that lacks a part is named.
 * Each thing that must fail is tried without the sandbox too: one that fails there in the same
 * manner shows nothing, and that is said.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/regex.h"
#include "base/sandbox.h"
#include "base/workers.h"

/* What an attempt ends with. Below them stands an errno. */
enum { WENT = 0, NOT_TRIED = 250 };

#define MADE_ELSEWHERE "/tmp/digtrail-sandbox-made"
static const char template[] = "/tmp/digtrail-sandbox-XXXXXX";
static char open_dir[sizeof(template)], read_dir[sizeof(template)];
static int open_before = -1;
static pid_t parent;

static int
result_of(long status)
{
	return status < 0 ? errno : WENT;
}

static const char *
path_in(const char *dir, const char *name)
{
	static char path[2][256];
	static int turn;
	char *out = path[turn ^= 1];

	snprintf(out, sizeof(path[0]), "%s/%s", dir, name);
	return out;
}

static int
make_socket(void)
{
	return result_of(socket(AF_INET, SOCK_DGRAM, 0));
}

static int
make_unix_socket(void)
{
	return result_of(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int
make_socket_pair(void)
{
	int pair[2];

	return result_of(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static int
make_uring(void)
{
	char parameters[256] = {0};

	return result_of(syscall(SYS_io_uring_setup, 8, parameters));
}

static int
execute(void)
{
	char *const words[] = {(char *)"true", NULL};

	return result_of(execve("/bin/true", words, words + 1));
}

static int
execute_open(void)
{
	char *const words[] = {(char *)"true", NULL};

	return result_of(syscall(SYS_execveat, open_before, "", words, words + 1, AT_EMPTY_PATH));
}

static int
fork_one(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return result_of(child);
}

static int
call_fork(void)
{
	long child = syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);

	if (child == 0)
		_exit(0);
	return result_of(child);
}

static int
fork_into_namespace(void)
{
	long child = syscall(SYS_clone, (long)(SIGCHLD | CLONE_NEWUSER), 0L, 0L, 0L, 0L);

	if (child == 0)
		_exit(0);
	return result_of(child);
}

static int
trace_parent(void)
{
	return result_of(ptrace(PTRACE_ATTACH, parent, NULL, NULL));
}

static int
read_parent(void)
{
	char here[8];
	struct iovec to = {here, sizeof(here)}, from = {open_dir, sizeof(here)};

	return result_of(process_vm_readv(parent, &to, 1, &from, 1, 0));
}

static int
signal_parent(void)
{
	return result_of(kill(parent, 0));
}

static int
type_a_key(void)
{
	return result_of(ioctl(STDERR_FILENO, TIOCSTI, "x"));
}

/* The kernel looks at the lower 32 bits of the number. */
static int
type_a_key_in_disguise(void)
{
	return result_of(syscall(SYS_ioctl, STDERR_FILENO, (1UL << 32) | TIOCSTI, "x"));
}

static int
mount_something(void)
{
	return result_of(mount("none", "/mnt", "tmpfs", MS_RDONLY, NULL));
}

static int
new_namespace(void)
{
	return result_of(unshare(CLONE_NEWUSER));
}

static int
load_bpf(void)
{
	char attributes[64] = {0};

	return result_of(syscall(SYS_bpf, 0, attributes, sizeof(attributes)));
}

static int
make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	return p == MAP_FAILED ? errno : WENT;
}

static int
turn_into_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return result_of(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static int
read_elsewhere(void)
{
	return result_of(open("/etc/passwd", O_RDONLY));
}

static int
list_elsewhere(void)
{
	return result_of(open("/etc", O_RDONLY | O_DIRECTORY));
}

static int
read_link_out(void)
{
	return result_of(open(path_in(read_dir, "link"), O_RDONLY));
}

static int
make_elsewhere(void)
{
	return result_of(open(MADE_ELSEWHERE, O_WRONLY | O_CREAT, 0600));
}

static int
write_to_log(void)
{
	return result_of(open(path_in(read_dir, "log"), O_WRONLY));
}

static int
cut_log(void)
{
	return result_of(truncate(path_in(read_dir, "log"), 0));
}

static int
remove_log(void)
{
	return result_of(unlink(path_in(read_dir, "log")));
}

static int
rename_log(void)
{
	return result_of(rename(path_in(read_dir, "log"), path_in(open_dir, "log")));
}

static int
make_link(void)
{
	return result_of(symlink("/etc/shadow", path_in(open_dir, "shadow")));
}

static int
make_directory(void)
{
	return result_of(mkdir(path_in(open_dir, "dir"), 0700));
}

/* Must go. */

static int
read_log(void)
{
	return result_of(open(path_in(read_dir, "log"), O_RDONLY));
}

static int
read_what_is_open(void)
{
	char byte;

	return result_of(pread(open_before, &byte, 1, 0));
}

static int
replace_report(void)
{
	int fd = open(path_in(open_dir, "report.tmp"), O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) != 0 || fchmod(fd, 0644) != 0 ||
	    ftruncate(fd, 0) != 0 ||
	    rename(path_in(open_dir, "report.tmp"), path_in(open_dir, "report")) != 0)
		return errno;
	return result_of(unlink(path_in(open_dir, "report")));
}

static void
count_job(void *context, size_t worker, size_t job)
{
	(void)job;
	((int *)context)[worker]++;
}

static void *
say_done(void *unused)
{
	return unused;
}

static int
start_threads(void)
{
	int counts[4] = {0};
	pthread_t thread;

	struct workers *workers = workers_new(4);
	workers_run(workers, 100, count_job, counts);
	workers_free(workers);
	if (counts[0] + counts[1] + counts[2] + counts[3] != 100)
		return EIO;
	int status = pthread_create(&thread, NULL, say_done, NULL);
	return status ? status : pthread_join(thread, NULL);
}

/* A pattern made afterwards falls back to the interpreter. */
static int
match_pattern(void)
{
	struct err err;
	struct regex *regex = regex_compile(STR("a+b"), 0, &err);
	struct regex_scratch *scratch = regex_scratch_new();
	bool with_jit = regex_jit(regex);
	enum regex_result result = regex_match(regex, scratch, STR("xaab"));

	regex_scratch_free(scratch);
	regex_free(regex);
	return with_jit || result != REGEX_MATCH ? EIO : WENT;
}

static int
use_memory(void)
{
	char *p = malloc(64 << 20);

	if (!p)
		return errno;
	memset(p, 1, 64 << 20);
	free(p);
	return WENT;
}

static int
ask_for_root(void)
{
	return result_of(setresuid(0, 0, 0));
}

static int
read_as_root(void)
{
	return result_of(open(path_in(read_dir, "root"), O_RDONLY));
}

static int
write_as_root(void)
{
	return result_of(open(path_in(read_dir, "root"), O_WRONLY));
}

enum part { CALLS, FORKING, FILES, USER };

static const struct {
	const char *what;
	int (*try)(void);
	enum part part;
	int expected;  /* WENT or an errno */
	int otherwise; /* as good, or the same */
	int version;   /* the first of Landlock that takes it */
	bool is_wild;  /* never without the sandbox: it would change this machine */
} attempts[] = {
	{"a socket", make_socket, CALLS, EPERM, EPERM, 0, false},
	{"a local socket", make_unix_socket, CALLS, EPERM, EPERM, 0, false},
	{"a pair of sockets", make_socket_pair, CALLS, EPERM, EPERM, 0, false},
	{"io_uring", make_uring, CALLS, EPERM, EPERM, 0, false},
	{"execve", execute, CALLS, EPERM, EPERM, 0, false},
	{"execveat of an open file", execute_open, CALLS, EPERM, EPERM, 0, false},
	{"fork", fork_one, CALLS, EPERM, EPERM, 0, false},
	{"the fork call itself", call_fork, CALLS, EPERM, EPERM, 0, false},
	{"ptrace", trace_parent, CALLS, EPERM, EPERM, 0, true},
	{"another process's memory", read_parent, CALLS, EPERM, EPERM, 0, false},
	{"a key typed to the terminal", type_a_key, CALLS, EPERM, EPERM, 0, true},
	{"the same behind 32 more bits", type_a_key_in_disguise, CALLS, EPERM, EPERM, 0, true},
	{"mount", mount_something, CALLS, EPERM, EPERM, 0, true},
	{"a namespace", new_namespace, CALLS, EPERM, EPERM, 0, false},
	{"bpf", load_bpf, CALLS, EPERM, EPERM, 0, false},
	{"new machine code", make_code, CALLS, EPERM, EPERM, 0, false},
	{"memory turned into machine code", turn_into_code, CALLS, EPERM, EPERM, 0, false},
	{"fork where it is allowed", fork_one, FORKING, WENT, WENT, 0, false},
	{"a namespace by a fork", fork_into_namespace, FORKING, EPERM, EPERM, 0, false},
	{"a program where fork is allowed", execute, FORKING, EPERM, EPERM, 0, false},
	{"a file elsewhere", read_elsewhere, FILES, EACCES, EACCES, 0, false},
	{"a directory elsewhere", list_elsewhere, FILES, EACCES, EACCES, 0, false},
	{"a link out of the logs' directory", read_link_out, FILES, EACCES, EACCES, 0, false},
	{"a new file elsewhere", make_elsewhere, FILES, EACCES, EACCES, 0, false},
	{"writing to a log", write_to_log, FILES, EACCES, EACCES, 0, false},
	{"cutting a log", cut_log, FILES, EACCES, EACCES, 3, false},
	{"removing a log", remove_log, FILES, EACCES, EACCES, 0, false},
	{"taking a log away", rename_log, FILES, EACCES, EXDEV, 0, false},
	{"a link beside the report", make_link, FILES, EACCES, EACCES, 0, false},
	{"a directory beside the report", make_directory, FILES, EACCES, EACCES, 0, false},
	{"a signal", signal_parent, FILES, EPERM, EPERM, 6, false},
	{"reading a log", read_log, FILES, WENT, WENT, 0, false},
	{"reading an open file", read_what_is_open, FILES, WENT, WENT, 0, false},
	{"replacing a report", replace_report, FILES, WENT, WENT, 0, false},
	{"threads", start_threads, FILES, WENT, WENT, 0, false},
	{"patterns", match_pattern, FILES, WENT, WENT, 0, false},
	{"memory", use_memory, FILES, WENT, WENT, 0, false},
	{"root again", ask_for_root, USER, EPERM, EPERM, 0, false},
	{"writing root's file", write_as_root, USER, EACCES, EACCES, 0, false},
	{"reading root's log", read_as_root, USER, WENT, WENT, 0, false},
};

enum { ATTEMPTS = sizeof(attempts) / sizeof(attempts[0]) };

static void
make_file(const char *path, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT, mode);

	if (fd < 0 || write(fd, "x\n", 2) != 2 || close(fd) != 0) {
		perror(path);
		exit(2);
	}
}

static void
make_files(void)
{
	memcpy(open_dir, template, sizeof(template));
	memcpy(read_dir, template, sizeof(template));
	if (!mkdtemp(open_dir) || !mkdtemp(read_dir) || chmod(read_dir, 0755) != 0 ||
	    symlink("/etc/passwd", path_in(read_dir, "link")) != 0)
		exit(2);
	make_file(path_in(read_dir, "log"), 0644);
	make_file(path_in(read_dir, "root"), 0600);
}

static void
remove_files(bool is_control)
{
	static const char *const names[] = {"log", "root", "link"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(path_in(read_dir, names[i]));
	if (is_control) { /* these went, then */
		unlink(path_in(open_dir, "log"));
		unlink(path_in(open_dir, "shadow"));
		rmdir(path_in(open_dir, "dir"));
		unlink(MADE_ELSEWHERE);
	}
	if (rmdir(read_dir) != 0 || rmdir(open_dir) != 0)
		perror("sandbox: the attempts left something");
}

static enum sandbox_result
close_all(struct err *err, enum part part)
{
	const struct sandbox_path paths[] = {
		{read_dir, false}, {open_dir, true}, {"/does/not/exist", true}};
	struct err files;

	enum sandbox_result calls = sandbox_close_calls(part == FORKING, err);
	enum sandbox_result rest =
		sandbox_close_files(paths, sizeof(paths) / sizeof(paths[0]), &files);
	if (part == CALLS || part == FORKING)
		return calls;
	*err = files;
	return rest;
}

static long
landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* In the child. A part that this kernel lacks is said, and nothing is tried without it. */
static int
attempt(size_t i, bool is_control)
{
	struct err err;

	if (is_control)
		return attempts[i].try();
	if (attempts[i].version > landlock_version())
		return NOT_TRIED;
	if (attempts[i].part == USER) {
		if (getuid() != 0)
			return NOT_TRIED;
		if (sandbox_become("nobody", &err) != 0) {
			fprintf(stderr, "sandbox: %s\n", err.text);
			return EINVAL;
		}
	} else if (close_all(&err, attempts[i].part) != SANDBOX_DONE) {
		return NOT_TRIED;
	}
	return attempts[i].try();
}

static int
run(size_t i, bool is_control)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(attempt(i, is_control));
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return EINTR;
	return WEXITSTATUS(status);
}

static bool
is_expected(size_t i, int result)
{
	return result == attempts[i].expected || result == attempts[i].otherwise;
}

/*
 * Without the sandbox. False when what must go for everybody does not: then the attempt itself is
 * at fault. Calls may be closed on a machine for other reasons.
 */
static bool
control(size_t *went)
{
	bool good = true;

	for (size_t i = 0; i < ATTEMPTS; i++) {
		if (attempts[i].expected == WENT || attempts[i].is_wild ||
		    (attempts[i].part == USER && getuid() != 0))
			continue;
		make_files();
		int result = run(i, true);
		remove_files(true);
		if (!is_expected(i, result)) {
			++*went;
			continue;
		}
		printf("sandbox: %s: %s without the sandbox too: it SHOWS NOTHING here\n",
		       attempts[i].what, strerror(result));
		good = good && attempts[i].part <= FORKING;
	}
	return good;
}

int
main(void)
{
	size_t good = 0, untried = 0, went = 0;

	parent = getpid();
	open_before = open("/bin/true", O_RDONLY);
	make_files();
	for (size_t i = 0; i < ATTEMPTS; i++) {
		int result = run(i, false);
		if (result == NOT_TRIED) {
			untried++;
			printf("sandbox: %s: NOT TRIED, this machine lacks the means\n",
			       attempts[i].what);
		} else if (is_expected(i, result)) {
			good++;
		} else {
			printf("sandbox: %s: %s where %s was to come\n", attempts[i].what,
			       strerror(result), strerror(attempts[i].expected));
		}
	}
	remove_files(false);
	bool control_is_good = control(&went);
	printf("sandbox: %zu of %d attempts ended as they must, %zu went without it\n", good,
	       ATTEMPTS - (int)untried, went);
	return good + untried == ATTEMPTS && control_is_good ? 0 : 1;
}
