#include "input/access.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

enum { ACCESS_NAME = 64, ACCESS_GROUPS = 256 };

static void
owner_name(uid_t uid, char out[ACCESS_NAME])
{
	char buffer[2048];
	struct passwd entry, *found = NULL;

	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found)
		snprintf(out, ACCESS_NAME, "%s", found->pw_name);
	else
		snprintf(out, ACCESS_NAME, "%lu", (unsigned long)uid);
}

static void
group_name(gid_t gid, char out[ACCESS_NAME])
{
	char buffer[8192];
	struct group entry, *found = NULL;

	if (getgrgid_r(gid, &entry, buffer, sizeof(buffer), &found) == 0 && found)
		snprintf(out, ACCESS_NAME, "%s", found->gr_name);
	else
		snprintf(out, ACCESS_NAME, "%lu", (unsigned long)gid);
}

static bool
is_member(gid_t gid)
{
	gid_t groups[ACCESS_GROUPS];
	int n = getgroups(ACCESS_GROUPS, groups);

	if (getegid() == gid)
		return true;
	for (int i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

/* The first directory on the way to `path` that may not be entered; false when all may. */
static bool
closed_parent(const char *path, char *out, size_t size)
{
	for (size_t i = 1; i < size && path[i]; i++) {
		if (path[i] != '/')
			continue;
		memcpy(out, path, i);
		out[i] = '\0';
		if (faccessat(AT_FDCWD, out, X_OK, AT_EACCESS) != 0 && errno == EACCES)
			return true;
	}
	return false;
}

static void
explain_refusal(const char *path, struct err *err)
{
	char parent[PATH_MAX], owner[ACCESS_NAME], group[ACCESS_NAME];
	bool closed = closed_parent(path, parent, sizeof(parent));
	const char *what = closed ? parent : path;
	struct stat st;

	if (stat(what, &st) != 0) {
		err_set(err, "%s: permission denied", path);
		return;
	}
	owner_name(st.st_uid, owner);
	group_name(st.st_gid, group);
	/* Entering a directory takes the execute bit, reading anything the read bit. */
	mode_t needed = closed ? S_IXGRP : S_IRGRP;
	bool joining_helps = (st.st_mode & needed) && st.st_gid != 0 && !is_member(st.st_gid);
	err_set(err, "%s: permission denied (%s%s%sowner %s:%s, mode %04o; run as root%s%s)", path,
		closed ? "directory " : "", closed ? parent : "", closed ? ": " : "", owner, group,
		(unsigned)(st.st_mode & 07777), joining_helps ? " or join group " : "",
		joining_helps ? group : "");
}

void
access_explain(const char *path, int error, struct err *err)
{
	char reason[128];

	switch (error) {
	case EACCES:
	case EPERM:
		explain_refusal(path, err);
		return;
	case ENOENT:
		err_set(err, "%s: no such file or directory", path);
		return;
	default:
		if (strerror_r(error, reason, sizeof(reason)) != 0)
			snprintf(reason, sizeof(reason), "error %d", error);
		err_set(err, "%s: %s", path, reason);
	}
}
