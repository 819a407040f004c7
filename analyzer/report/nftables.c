/*
 * Two nftables sets whose elements leave by themselves. Loading the file (nft -f) replaces
 * what an earlier one put there; the rule that drops is the operator's to write.
 */
#include "report/blocklist.h"

static const struct family {
	const char *set, *type, *match;
	bool v4;
} families[] = {
	{"reconnaissance4", "ipv4_addr", "ip", true},
	{"reconnaissance6", "ipv6_addr", "ip6", false},
};

static void
write_family(FILE *out, const struct blocklist *list, const struct family *family)
{
	fprintf(out, "flush set inet digtrail %s\n", family->set);
	for (size_t i = 0; i < list->listed; i++) {
		const struct block *block = &list->all[i];
		char text[IP_TEXT];
		if (ip_is_v4(&block->address) != family->v4)
			continue;
		fputs("# ", out);
		blocklist_reason(out, block);
		fprintf(out, "\nadd element inet digtrail %s { %s timeout %ud }\n", family->set,
			ip_print(&block->address, text), block->days);
	}
}

static void
write_nftables(const struct summary *summary, const struct report_options *options, FILE *out)
{
	enum { FAMILIES = sizeof(families) / sizeof(families[0]) };
	struct blocklist list;

	blocklist_make(&list, summary, options);
	blocklist_head(out, "# ", &list, summary, options);
	fputs("# load with nft -f; the chain of this table that uses the sets is yours to add:\n",
	      out);
	for (size_t i = 0; i < FAMILIES; i++)
		fprintf(out, "#\tnft add rule inet digtrail CHAIN th dport 53 %s saddr @%s drop\n",
			families[i].match, families[i].set);
	fputs("table inet digtrail {\n", out);
	for (size_t i = 0; i < FAMILIES; i++)
		fprintf(out, "\tset %s {\n\t\ttype %s\n\t\tflags timeout\n\t}\n", families[i].set,
			families[i].type);
	fputs("}\n", out);
	for (size_t i = 0; i < FAMILIES; i++)
		write_family(out, &list, &families[i]);
	blocklist_rest(out, "# ", &list);
	blocklist_release(&list);
}

const struct report_format report_nftables = {
	.name = "nftables",
	.suffix = ".nft",
	.help = "the same as nftables sets",
	.write = write_nftables,
};
