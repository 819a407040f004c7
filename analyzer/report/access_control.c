/* access-control lines for unbound.conf, to be included in its server: clause. */
#include "report/blocklist.h"

static void
write_unbound(const struct summary *summary, const struct report_options *options, FILE *out)
{
	struct blocklist list;

	blocklist_make(&list, summary, options);
	blocklist_head(out, "# ", &list, summary, options);
	fputs("# include this file in unbound.conf, where it opens the server clause itself\n"
	      "server:\n",
	      out);
	for (size_t i = 0; i < list.listed; i++) {
		const struct ip *address = &list.all[i].address;
		char text[IP_TEXT];
		fputs("\t# ", out);
		blocklist_reason(out, &list.all[i]);
		fprintf(out, "\n\taccess-control: %s/%d refuse\n", ip_print(address, text),
			ip_is_v4(address) ? 32 : 128);
	}
	blocklist_rest(out, "\t# ", &list);
	blocklist_release(&list);
}

const struct report_format report_unbound = {
	.name = "unbound",
	.suffix = ".unbound.conf",
	.help = "the same as access-control for Unbound",
	.write = write_unbound,
};
