#define _GNU_SOURCE /* setresuid, syscall, O_PATH */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/str.h"

#ifdef HAVE_LIBSECCOMP
#include <sched.h>
#include <seccomp.h>
#endif

static int
failed(struct err *err, const char *what)
{
	char reason[128];
	int error = errno;

	if (strerror_r(error, reason, sizeof(reason)) != 0)
		snprintf(reason, sizeof(reason), "error %d", error);
	return err_set(err, "%s: %s", what, reason);
}

/* Keeps of all capabilities the one that lets files be read, if there was one to keep. */
static int
keep_reading(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}};

	if (syscall(SYS_capget, &header, data) != 0)
		return -1;
	data[0].permitted &= 1u << CAP_DAC_READ_SEARCH;
	data[0].effective = data[0].permitted;
	data[1].permitted = data[1].effective = 0;
	data[0].inheritable = data[1].inheritable = 0;
	return (int)syscall(SYS_capset, &header, data);
}

int
sandbox_become(const char *user, struct err *err)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;

	if (getpwnam_r(user, &entry, buffer, sizeof(buffer), &found) != 0 || !found)
		return err_set(err, "there is no user '%s'", user);
	if (entry.pw_uid == 0)
		return err_set(err, "'%s' is root", user);
	if (geteuid() != 0) {
		if (geteuid() == entry.pw_uid && getuid() == entry.pw_uid)
			return 0;
		return err_set(err, "only root can become '%s'", user);
	}
	if (prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) != 0 || initgroups(user, entry.pw_gid) != 0 ||
	    setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid) != 0 ||
	    setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid) != 0 || keep_reading() != 0)
		return failed(err, user);
	return 0;
}

#ifdef __SANITIZE_ADDRESS__

enum sandbox_result
sandbox_close_calls(bool may_fork, struct err *err)
{
	(void)may_fork;
	(void)err;
	return SANDBOX_DONE;
}

enum sandbox_result
sandbox_close_files(const struct sandbox_path *paths, size_t count, struct err *err)
{
	(void)paths;
	(void)count;
	(void)err;
	return SANDBOX_DONE;
}

#else

#ifdef HAVE_LIBSECCOMP

/*
 * What no line of digtrail or of its libraries calls. The rest is not listed: libraries and
 * kernels change what they use, and a report that breaks at a customer's is no defence. A
 * name that this machine has no call for is passed over.
 */
static const char *const denied_calls[] = {
	/* The network. io_uring can do it without a call of its own. */
	"socket",
	"socketpair",
	"connect",
	"bind",
	"listen",
	"accept",
	"accept4",
	"sendto",
	"sendmsg",
	"sendmmsg",
	"recvfrom",
	"recvmsg",
	"recvmmsg",
	"setsockopt",
	"socketcall",
	"io_uring_setup",
	"io_uring_enter",
	"io_uring_register",
	/* Other programs, processes, and what is in them. */
	"execve",
	"execveat",
	"ptrace",
	"process_vm_readv",
	"process_vm_writev",
	"process_madvise",
	"pidfd_open",
	"pidfd_getfd",
	"pidfd_send_signal",
	"kcmp",
	"setns",
	"unshare",
	/* The system. */
	"mount",
	"umount2",
	"move_mount",
	"open_tree",
	"fsopen",
	"fsmount",
	"fsconfig",
	"fspick",
	"mount_setattr",
	"pivot_root",
	"chroot",
	"init_module",
	"finit_module",
	"delete_module",
	"kexec_load",
	"kexec_file_load",
	"reboot",
	"swapon",
	"swapoff",
	"acct",
	"settimeofday",
	"clock_settime",
	"clock_adjtime",
	"adjtimex",
	"sethostname",
	"setdomainname",
	"iopl",
	"ioperm",
	"quotactl",
	"syslog",
	"vhangup",
	/* Parts of the kernel where holes were found and that nobody here needs. */
	"bpf",
	"perf_event_open",
	"userfaultfd",
	"add_key",
	"request_key",
	"keyctl",
	"name_to_handle_at",
	"open_by_handle_at",
	"personality",
	"modify_ldt",
	"lookup_dcookie",
	"fanotify_init",
	"memfd_secret",
	"mknod",
	"mknodat",
};

/* Threads stay; clone3 hides its flags from a filter, and the C library can do without. */
static bool
deny_processes(scmp_filter_ctx filter, bool may_fork)
{
	static const uint64_t namespaces[] = {CLONE_NEWNS,  CLONE_NEWCGROUP, CLONE_NEWUTS,
					      CLONE_NEWIPC, CLONE_NEWUSER,   CLONE_NEWPID,
					      CLONE_NEWNET};
	static const char *const forks[] = {"fork", "vfork"};

	if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) != 0)
		return false;
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
				     SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i])) !=
		    0)
			return false;
	if (may_fork)
		return true;
	for (size_t i = 0; i < sizeof(forks) / sizeof(forks[0]); i++) {
		int call = seccomp_syscall_resolve_name(forks[i]);
		if (call >= 0 && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0) != 0)
			return false;
	}
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0;
}

static bool
deny_calls(scmp_filter_ctx filter, bool may_fork)
{
	for (size_t i = 0; i < sizeof(denied_calls) / sizeof(denied_calls[0]); i++) {
		int call = seccomp_syscall_resolve_name(denied_calls[i]);
		/* Negative: a pseudo number, for a call of other machines. */
		if (call >= 0 && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0) != 0)
			return false;
	}
	if (!deny_processes(filter, may_fork))
		return false;
	/* Characters typed for the user. The kernel looks at the lower half of the number only. */
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
				SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, TIOCSTI)) == 0;
}

static bool
deny_code(scmp_filter_ctx filter, bool unused)
{
	static const char *const calls[] = {"mmap", "mprotect", "pkey_mprotect", "mmap2"};

	(void)unused;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		int call = seccomp_syscall_resolve_name(calls[i]);
		if (call >= 0 &&
		    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)) != 0)
			return false;
	}
	return true;
}

static enum sandbox_result
load_filter(bool (*deny)(scmp_filter_ctx filter, bool may_fork), bool may_fork, struct err *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int status = -ENOMEM;

	if (filter && deny(filter, may_fork)) {
		/* A tree instead of a list: some ten comparisons a call, not ninety. */
		seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
		/* Some kernels would slow the whole program down for it, against attacks from within. */
		seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
		status = seccomp_load(filter);
	}
	if (filter)
		seccomp_release(filter);
	if (status == 0)
		return SANDBOX_DONE;
	errno = -status;
	failed(err, "system calls stay open (seccomp)");
	return SANDBOX_ABSENT;
}

enum sandbox_result
sandbox_close_calls(bool may_fork, struct err *err)
{
	return load_filter(deny_calls, may_fork, err);
}

static enum sandbox_result
close_code(struct err *err)
{
	return load_filter(deny_code, false, err);
}

#else

enum sandbox_result
sandbox_close_calls(bool may_fork, struct err *err)
{
	(void)may_fork;
	err_set(err, "system calls stay open: built without libseccomp");
	return SANDBOX_ABSENT;
}

/* sandbox_close_calls has said it. */
static enum sandbox_result
close_code(struct err *err)
{
	(void)err;
	return SANDBOX_DONE;
}

#endif

/*
 * The kernel's interface, spelled out as far as version 6: the header of an older system,
 * where packages are built, knows less than the kernel that they run on.
 */
struct landlock_rights {
	uint64_t files, network, scopes;
};

enum {
	FILES_1 = (1 << 13) - 1,
	FILES_REFER = 1 << 13,
	FILES_TRUNCATE = 1 << 14,
	FILES_IOCTL_DEVICE = 1 << 15,
	NETWORK_TCP = 3,         /* bind, connect */
	SCOPE_SOCKET_SIGNAL = 3, /* abstract sockets and processes outside */
};

/* What there is to give up on a kernel of that version of Landlock. */
static struct landlock_rights
all_rights(long version)
{
	static const struct {
		int version;
		struct landlock_rights rights;
	} rows[] = {
		{1, {FILES_1, 0, 0}},
		{2, {FILES_REFER, 0, 0}},
		{3, {FILES_TRUNCATE, 0, 0}},
		{4, {0, NETWORK_TCP, 0}},
		{5, {FILES_IOCTL_DEVICE, 0, 0}},
		{6, {0, 0, SCOPE_SOCKET_SIGNAL}},
	};
	struct landlock_rights all = {0, 0, 0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && rows[i].version <= version; i++) {
		all.files |= rows[i].rights.files;
		all.network |= rows[i].rights.network;
		all.scopes |= rows[i].rights.scopes;
	}
	return all;
}

static uint64_t
rights_of(const struct sandbox_path *path, bool directory)
{
	uint64_t rights = LANDLOCK_ACCESS_FS_READ_FILE;

	if (directory)
		rights |= LANDLOCK_ACCESS_FS_READ_DIR;
	if (!path->write)
		return rights;
	rights |= LANDLOCK_ACCESS_FS_WRITE_FILE | FILES_TRUNCATE;
	if (directory)
		rights |= LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;
	else /* a terminal or another device that was named as an output */
		rights |= FILES_IOCTL_DEVICE;
	return rights;
}

/* What cannot be opened now cannot be opened later: nothing is lost by leaving it out. */
static int
allow_path(int ruleset, const struct sandbox_path *path, uint64_t handled)
{
	struct landlock_path_beneath_attr rule = {0};
	struct stat st;
	int status = 0;

	rule.parent_fd = open(path->path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return 0;
	if (fstat(rule.parent_fd, &st) == 0) {
		rule.allowed_access = rights_of(path, S_ISDIR(st.st_mode)) & handled;
		status = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
				      &rule, 0);
		/* A pipe has no place in a file system: Landlock lets it be. */
		if (status != 0 && errno == EBADFD)
			status = 0;
	}
	int cause = errno;
	close(rule.parent_fd);
	errno = cause;
	return status;
}

static int
restrict_files(int ruleset, const struct sandbox_path *paths, size_t count, uint64_t handled)
{
	for (size_t i = 0; i < count; i++)
		if (allow_path(ruleset, &paths[i], handled) != 0)
			return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0)
		return -1;
	return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

enum sandbox_result
sandbox_close_files(const struct sandbox_path *paths, size_t count, struct err *err)
{
	long version =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (version < 1) {
		/* The calls are closed in any case; one sentence is enough. */
		struct err unused;
		failed(err, "files stay open (Landlock)");
		close_code(&unused);
		return SANDBOX_ABSENT;
	}
	struct landlock_rights all = all_rights(version);
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	int status = ruleset < 0 ? -1 : restrict_files(ruleset, paths, count, all.files);
	if (status != 0)
		failed(err, "files stay open (Landlock)");
	if (ruleset >= 0)
		close(ruleset);
	if (status != 0)
		return SANDBOX_ABSENT;
	return close_code(err);
}

#endif
