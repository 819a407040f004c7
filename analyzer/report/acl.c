/*
 * An address match list for named.conf: include it there and name it where hosts are to be
 * refused, as in `blackhole { digtrail; };`.
 */
#include "report/blocklist.h"

static void
write_acl(const struct summary *summary, const struct report_options *options, FILE *out)
{
	struct blocklist list;

	blocklist_make(&list, summary, options);
	blocklist_head(out, "// ", &list, summary, options);
	fputs("// include this file in named.conf, then: options { blackhole { digtrail; }; };\n"
	      "acl \"digtrail\" {\n",
	      out);
	for (size_t i = 0; i < list.listed; i++) {
		char text[IP_TEXT];
		fprintf(out, "\t%s; // ", ip_print(&list.all[i].address, text));
		blocklist_reason(out, &list.all[i]);
		putc('\n', out);
	}
	fputs(list.listed ? "};\n" : "\tnone;\n};\n", out);
	blocklist_rest(out, "// ", &list);
	blocklist_release(&list);
}

const struct report_format report_acl = {
	.name = "acl",
	.suffix = ".acl",
	.help = "the same as an acl for BIND",
	.write = write_acl,
};
