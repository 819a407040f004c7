/* Any bytes as lines with what syslog, journald or docker put around them. */
#include <stdlib.h>

#include "help.h"
#include "record/wrapper.h"

static void
check_view(struct str line, struct str view)
{
	MUST(view.n == 0 || (view.p >= line.p && view.p + view.n <= line.p + line.n));
}

/* What has been taken off once is not there any more: the rest ends where the line does. */
static void
check(struct str line, const struct wrapper *wrapper)
{
	check_view(line, wrapper->rest);
	check_view(line, wrapper->host);
	check_view(line, wrapper->program);
	check_view(line, wrapper->pid);
	check_view(line, wrapper->stamp.text);
	MUST(wrapper->rest.n == 0 || wrapper->rest.p + wrapper->rest.n == line.p + line.n ||
	     wrapper->rest.n < line.n);
	for (size_t i = 0; i < wrapper->pid.n; i++)
		MUST(wrapper->pid.p[i] >= '0' && wrapper->pid.p[i] <= '9');
	const struct stamp *stamp = &wrapper->stamp;
	/* Seconds since 1970 have no month. */
	if (stamp->text.n && !stamp->is_invalid && !stamp->is_absent)
		MUST(stamp->civil.month ? stamp->civil.month >= 1 && stamp->civil.month <= 12
					: stamp->has_zone && stamp->utc != TIME_NONE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str rest = str_make((const char *)data, n), line;

	while (help_line(&rest, &line)) {
		struct wrapper wrapper;
		wrapper_read(line, &wrapper);
		check(line, &wrapper);
		free((char *)(uintptr_t)line.p);
	}
	return 0;
}
