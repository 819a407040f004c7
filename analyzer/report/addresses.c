/* A plain list: an address a line, comments on lines of their own. */
#include "report/blocklist.h"

static void
write_addresses(const struct summary *summary, const struct report_options *options, FILE *out)
{
	struct blocklist list;

	blocklist_make(&list, summary, options);
	blocklist_head(out, "# ", &list, summary, options);
	for (size_t i = 0; i < list.listed; i++) {
		char text[IP_TEXT];
		fputs("# ", out);
		blocklist_reason(out, &list.all[i]);
		fprintf(out, "\n%s\n", ip_print(&list.all[i].address, text));
	}
	blocklist_rest(out, "# ", &list);
	blocklist_release(&list);
}

const struct report_format report_addresses = {
	.name = "addresses",
	.suffix = ".addresses",
	.help = "proven addresses of actors, one a line",
	.write = write_addresses,
};
