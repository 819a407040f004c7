/* Any bytes as an allow-list: an entry that counts has an end, a reason, and is not too wide. */
#include <stdlib.h>

#include "detect/allow.h"
#include "help.h"

static void
check_entry(const struct allow_entry *entry)
{
	MUST(entry->reason.n > 0 && entry->line > 0);
	MUST(entry->has_prefix || entry->kind.n + entry->zone.n + entry->key.n > 0);
	MUST(allow_state(entry, TIME_NONE) == ALLOW_UNDATED);
	MUST(allow_state(entry, entry->until) == ALLOW_EXPIRED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct allow_list list = {0};

	allow_read(&list, str_make((const char *)data, n), "fuzz.yml");
	for (size_t i = 0; i < list.count; i++)
		check_entry(&list.all[i]);
	for (size_t i = 0; i < list.error_count; i++)
		MUST(list.errors[i].text[0] != '\0');
	allow_release(&list);
	return 0;
}
