#include "cli/data.h"

#include <stdio.h>
#include <unistd.h>

#include "base/str.h"

/* build/digtrail lies beside patterns/ in a source tree. */
static bool
source_tree_path(const char *name, char *out, size_t size)
{
	char self[512];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return false;
	self[n] = '\0';
	char *slash = strrchr(self, '/');
	if (!slash)
		return false;
	*slash = '\0';
	snprintf(out, size, "%s/../patterns/%s", self, name);
	return access(out, R_OK) == 0;
}

const char *
data_path(const char *name, char *out, size_t size)
{
	const char *root = getenv("DIGTRAIL_DATADIR");

	if (root && root[0])
		snprintf(out, size, "%s/%s", root, name);
	else if (!source_tree_path(name, out, size))
		snprintf(out, size, "%s/%s", DATADIR, name);
	return out;
}
