/* The shipped data and its readers. Runs from the top of the tree. */
#include <criterion/criterion.h>

#include "../files.h"
#include "detect/providers.h"
#include "record/record.h"

static const char shipped_providers[] = "patterns/data/providers.yml";
static const char shipped_resolvers[] = "patterns/data/resolvers.txt";

enum { MAX = 8 };

/* The providers told of, joined by '|', in `out`. */
static const char *
joined(const char **names, size_t count, char out[512])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count; i++)
		n += (size_t)snprintf(out + n, 512 - n, "%s%s", i ? "|" : "", names[i]);
	return out;
}

static struct providers *
load(void)
{
	struct err err = {0};
	struct providers *providers = providers_load(shipped_providers, &err);

	cr_assert(providers, "%s", err.text);
	return providers;
}

struct name_row {
	const char *front, *expected;
};

static void
check_names(const struct name_row *rows, size_t count)
{
	struct providers *providers = load();
	const char *names[MAX];
	char out[512];

	for (size_t i = 0; i < count; i++) {
		size_t n = providers_of_name(providers, str_of(rows[i].front), names, MAX);
		cr_expect_str_eq(joined(names, n, out), rows[i].expected, "row %zu: %s", i,
				 rows[i].front);
	}
	providers_free(providers);
}

struct text_row {
	int32_t qtype;
	const char *rdata, *expected;
};

static void
check_texts(const struct text_row *rows, size_t count)
{
	struct providers *providers = load();
	const char *names[MAX];
	char out[512];

	for (size_t i = 0; i < count; i++) {
		size_t n = providers_of_text(providers, rows[i].qtype, str_of(rows[i].rdata), names,
					     MAX);
		cr_expect_str_eq(joined(names, n, out), rows[i].expected, "row %zu: %s", i,
				 rows[i].rdata);
	}
	providers_free(providers);
}

#define CHECK(check, rows) check(rows, sizeof(rows) / sizeof(*(rows)))

Test(providers, office_365_is_known_by_selectors_and_answers)
{
	static const struct name_row names[] = {
		{"selector1._domainkey", "Microsoft 365 (Office 365)"},
		{"selector2._domainkey", "Microsoft 365 (Office 365)"},
		{"selector2._domainkey.news", "Microsoft 365 (Office 365)"},
		{"autodiscover", "Microsoft 365 (Office 365)"},
		{"lyncdiscover", "Microsoft 365 (Office 365)"},
		{"enterpriseregistration", "Microsoft 365 (Office 365)"},
		{"selector3._domainkey", ""},
		{"selector1", ""},
		{"selector1._domainkeys", ""},
	};
	static const struct text_row texts[] = {
		{TYPE_TXT, "\"MS=ms12345678\"", "Microsoft 365 (Office 365)"},
		{TYPE_TXT, "\"ms=MS12345678\"", "Microsoft 365 (Office 365)"},
		{TYPE_TXT, "\"v=spf1 include:spf.protection.outlook.com -all\"",
		 "Microsoft 365 (Office 365)"},
		{TYPE_MX, "0 example-com.mail.protection.outlook.com.",
		 "Microsoft 365 (Office 365)"},
		{TYPE_MX, "0 example-com.p-v1.mx.microsoft.", "Microsoft 365 (Office 365)"},
		{TYPE_CNAME, "selector1-example-com._domainkey.example.onmicrosoft.com.",
		 "Microsoft 365 (Office 365)"},
		{TYPE_SRV, "100 1 443 sipdir.online.lync.com.", "Microsoft 365 (Office 365)"},
		{TYPE_MX, "0 mail.protection.outlook.com.example.com.", ""},
	};

	CHECK(check_names, names);
	CHECK(check_texts, texts);
}

Test(providers, g_suite_is_known_by_selectors_and_answers)
{
	static const struct name_row names[] = {
		{"google._domainkey", "Google Workspace (G Suite)"},
		{"google", ""},
	};
	static const struct text_row texts[] = {
		{TYPE_MX, "1 ASPMX.L.GOOGLE.COM.", "Google Workspace (G Suite)"},
		{TYPE_MX, "5 alt1.aspmx.l.google.com.", "Google Workspace (G Suite)"},
		{TYPE_MX, "10 aspmx2.googlemail.com.", "Google Workspace (G Suite)"},
		{TYPE_MX, "1 smtp.google.com.", "Google Workspace (G Suite)"},
		{TYPE_TXT, "\"v=spf1 include:_spf.google.com ~all\"", "Google Workspace (G Suite)"},
		{TYPE_TXT, "\"google-site-verification=abc\"", "Google (site verification)"},
		{TYPE_MX, "1 notgooglemail.com.", ""},
	};

	CHECK(check_names, names);
	CHECK(check_texts, texts);
}

Test(providers, salesforce_is_known_by_selectors_and_answers)
{
	static const struct name_row names[] = {
		{"salesforce._domainkey", "Salesforce"},
		{"sf1._domainkey", "Salesforce"},
		{"pardot._domainkey", "Salesforce Account Engagement (Pardot)"},
		{"sf1", ""},
	};
	static const struct text_row texts[] = {
		{TYPE_TXT, "\"v=spf1 include:_spf.salesforce.com -all\"", "Salesforce"},
		{TYPE_TXT, "\"v=spf1 exists:%{i}._spf.mta.salesforce.com -all\"", "Salesforce"},
		{TYPE_CNAME, "sf1.abc123.custdkim.salesforce.com.", "Salesforce"},
		{TYPE_TXT, "\"v=spf1 include:cust-spf.exacttarget.com -all\"",
		 "Salesforce Marketing Cloud"},
		{TYPE_TXT, "\"pardot123456=0123\"", "Salesforce Account Engagement (Pardot)"},
		{TYPE_TXT, "\"v=spf1 include:salesforce.com -all\"", ""},
	};

	CHECK(check_names, names);
	CHECK(check_texts, texts);
}

Test(providers, zendesk_is_known_by_selectors_and_answers)
{
	static const struct name_row names[] = {
		{"zendesk1._domainkey", "Zendesk"},
		{"zendesk2._domainkey.support", "Zendesk"},
		{"zendeskverification", "Zendesk"},
		{"zendeskverification.support", "Zendesk"},
		{"zendesk", ""},
	};
	static const struct text_row texts[] = {
		{TYPE_TXT, "\"v=spf1 include:mail.zendesk.com ?all\"", "Zendesk"},
		{TYPE_CNAME, "example.zendesk.com.", "Zendesk"},
		{TYPE_CNAME, "zendesk1._domainkey.zendesk.com.", "Zendesk"},
	};

	CHECK(check_names, names);
	CHECK(check_texts, texts);
}

Test(providers, others_are_known_by_names)
{
	static const struct name_row names[] = {
		{"k1._domainkey", "Mailchimp"},
		{"s1._domainkey", "SendGrid (Twilio)"},
		{"mandrill._domainkey", "Mailchimp Transactional (Mandrill)"},
		{"_amazonses", "Amazon SES"},
		{"krs._domainkey.mg", "Mailgun"},
		{"20161025120000.pm._domainkey", "Postmark"},
		{"scph0316._domainkey", "SparkPost"},
		{"hs1-1234567._domainkey", "HubSpot"},
		{"protonmail2._domainkey", "Proton Mail"},
		{"zoho._domainkey", "Zoho"},
		{"fm3._domainkey", "Fastmail"},
		{"mimecast20200101._domainkey", "Mimecast"},
		{"_github-challenge-example", "GitHub"},
		{"asuid.www", "Microsoft Azure"},
		{"_dmarc", ""},
		{"default._domainkey", ""},
		{"_domainkey", ""},
		{"www", ""},
		{"", ""},
		{".", ""},
		{"..", ""},
	};

	CHECK(check_names, names);
}

Test(providers, others_are_known_by_answers)
{
	static const struct text_row texts[] = {
		{TYPE_TXT, "\"atlassian-domain-verification=x\"", "Atlassian"},
		{TYPE_TXT, "\"docusign=0\"", "DocuSign"},
		{TYPE_TXT, "\"facebook-domain-verification=x\"", "Meta (Facebook)"},
		{TYPE_TXT, "\"apple-domain-verification=x\"", "Apple"},
		{TYPE_TXT, "\"apple-domain=x\"", "Apple iCloud Mail"},
		{TYPE_TXT, "\"adobe-idp-site-verification=x\"", "Adobe"},
		{TYPE_TXT, "\"ZOOM_verify_x\"", "Zoom"},
		{TYPE_TXT, "\"dropbox-domain-verification=x\"", "Dropbox"},
		{TYPE_TXT, "\"cisco-ci-domain-verification=x\"", "Cisco Webex"},
		{TYPE_MX, "10 mx1.example.iphmx.com.", "Cisco Secure Email"},
		{TYPE_MX, "10 mxa-00000000.gslb.pphosted.com.", "Proofpoint"},
		{TYPE_MX, "10 eu-smtp-inbound-1.mimecast.com.", "Mimecast"},
		{TYPE_MX, "10 inbound-smtp.eu-west-1.amazonaws.com.", "Amazon SES"},
		{TYPE_NS, "ns-123.awsdns-45.co.uk.", "Amazon Web Services"},
		{TYPE_NS, "ada.ns.cloudflare.com.", "Cloudflare"},
		{TYPE_CNAME, "d111111abcdef8.cloudfront.net.", "Amazon Web Services"},
		{TYPE_A, "192.0.2.1", ""},
		{TYPE_TXT, "\"v=DMARC1; p=reject\"", ""},
		{TYPE_TXT, "\"\"", ""},
		{TYPE_TXT, "", ""},
		{TYPE_TXT, "\"\\", ""},
		{TYPE_MX, "", ""},
		{TYPE_MX, "10 .", ""},
	};

	CHECK(check_texts, texts);
}

Test(providers, spf_is_read_as_mail_servers_read_it)
{
	static const struct text_row texts[] = {
		{TYPE_TXT,
		 "\"v=spf1 include:spf.protection.outlook.com include:mail.zendesk.com"
		 " include:_spf.google.com include:_spf.google.com -all\"",
		 "Microsoft 365 (Office 365)|Google Workspace (G Suite)|Zendesk"},
		/* RFC 7208 3.3: several strings are one, without blanks between them. */
		{TYPE_TXT, "\"v=spf1 include:mail.zen\" \"desk.com -all\"", "Zendesk"},
		{TYPE_SPF, "\"v=spf1 include:mail.zendesk.com -all\"", "Zendesk"},
		{TYPE_TXT, "v=spf1 include:mail.zendesk.com -all", "Zendesk"},
		{TYPE_TXT, "\"V=SPF1 ?INCLUDE:Mail.Zendesk.COM -all\"", "Zendesk"},
		{TYPE_TXT, "\"v=spf1 redirect=_spf.google.com\"", "Google Workspace (G Suite)"},
		{TYPE_TXT, "\"v=spf1 a:mail.zendesk.com/24 -all\"", "Zendesk"},
		{TYPE_TXT, "\"v=spf10 include:mail.zendesk.com -all\"", ""},
		{TYPE_TXT, "\"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 mx a -all\"", ""},
		{TYPE_TXT, "\"note: v=spf1 include:mail.zendesk.com\"", ""},
		{TYPE_TXT, "\"v=spf1 include:\"", ""},
	};
	struct providers *providers = load();
	const char *names[MAX];
	char out[512];

	/* The order is the file's, whatever the record's. */
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		size_t n = providers_of_text(providers, texts[i].qtype, str_of(texts[i].rdata),
					     names, MAX);
		joined(names, n, out);
		cr_expect_eq(strlen(out), strlen(texts[i].expected), "row %zu: %s", i, out);
		for (size_t k = 0; k < n; k++)
			cr_expect(strstr(texts[i].expected, names[k]), "row %zu: %s", i, names[k]);
	}
	providers_free(providers);
}

Test(providers, no_more_than_asked_for_are_written)
{
	struct providers *providers = load();
	const char *names[2] = {NULL, NULL};
	struct str spf = STR("\"v=spf1 include:mail.zendesk.com include:_spf.google.com -all\"");

	cr_expect_eq(providers_of_text(providers, TYPE_TXT, spf, names, 1), 1);
	cr_expect_null(names[1]);
	cr_expect_eq(providers_of_text(providers, TYPE_TXT, spf, names, 0), 0);
	providers_free(providers);
}

Test(providers, every_provider_has_its_kind)
{
	struct providers *providers = load();

	cr_expect_str_eq(providers_kind(providers, "Zendesk"), "saas");
	cr_expect_str_eq(providers_kind(providers, "Microsoft 365 (Office 365)"), "mail");
	cr_expect_null(providers_kind(providers, "nobody"));
	providers_free(providers);
}

/* Records of many kilobytes, of any bytes, cost no more than reading them. */
Test(providers, hostile_records_are_survived)
{
	enum { SIZE = 65536 };
	static const char fill[] = {'"', '\\', '.', ' ', ':', '*', '\0', '\xff', 'a'};
	struct providers *providers = load();
	const char *names[MAX];
	char *record = malloc(SIZE);

	for (size_t i = 0; i < sizeof(fill); i++) {
		memset(record, fill[i], SIZE);
		memcpy(record, "v=spf1 ", 7);
		for (int32_t qtype = 0; qtype < 100; qtype++)
			cr_expect_eq(providers_of_text(providers, qtype, str_make(record, SIZE),
						       names, MAX),
				     0, "byte %zu, type %d", i, (int)qtype);
		cr_expect_eq(providers_of_name(providers, str_make(record, 1024), names, MAX), 0);
		record[0] = '"';
		providers_of_text(providers, TYPE_TXT, str_make(record, SIZE), names, MAX);
	}
	free(record);
	providers_free(providers);
}

Test(providers, mistakes_are_told_with_their_line)
{
	static const struct {
		const char *content, *message;
	} rows[] = {
		{"- provider: A\n  kind: saas\n  txts: [x]\n", "file:3: a text expected"},
		{"- provider: A\n  kind: saas\n  note: x\n", "file:3: unknown key"},
		{"- provider: A\n  kind: saas\n  txt: x\n", "file:3: a list of texts expected"},
		{"- provider: A\n  kind: saas\n  txt: [[x]]\n", "file:3: a list of texts expected"},
		{"- provider: A\n", "file:1: provider and kind are needed"},
		{"- A\n", "file:1: a map expected"},
		{"provider: A\n", "file: a list of providers expected"},
		{"", "file: a list of providers expected"},
		{"- [\n", "file:"},
	};
	struct files files;
	char path[256];

	files_init(&files);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err = {0};
		files_write(&files, "file", str_of(rows[i].content));
		cr_expect_null(providers_load(files_path(&files, "file", path), &err), "row %zu",
			       i);
		cr_expect(strstr(err.text, rows[i].message), "row %zu: %s", i, err.text);
	}
	struct err err = {0};
	cr_expect_null(providers_load(files_path(&files, "missing", path), &err));
	cr_expect(strstr(err.text, "missing: "), "%s", err.text);
	files_release(&files);
}

Test(resolvers, shipped_addresses_are_known)
{
	static const struct {
		const char *address, *operator_name, *kind;
	} rows[] = {
		{"8.8.8.8", "Google Public DNS", "service"},
		{"8.8.4.4", "Google Public DNS", "service"},
		{"2001:4860:4860::8888", "Google Public DNS", "service"},
		{"::ffff:8.8.8.8", "Google Public DNS", "service"},
		{"74.125.18.77", "Google Public DNS", "egress"},
		{"172.253.255.255", "Google Public DNS", "egress"},
		{"2404:6800:4003::1", "Google Public DNS", "network"},
		{"1.1.1.1", "Cloudflare 1.1.1.1", "service"},
		{"2606:4700:4700::1111", "Cloudflare 1.1.1.1", "service"},
		{"172.68.1.1", "Cloudflare 1.1.1.1", "network"},
		{"9.9.9.9", "Quad9", "service"},
		{"149.112.112.112", "Quad9", "service"},
		{"208.67.222.222", "OpenDNS (Cisco Umbrella)", "service"},
		{"146.112.128.9", "OpenDNS (Cisco Umbrella)", "network"},
	};
	static const char *const others[] = {"8.8.8.9",     "192.0.2.1",    "74.125.188.1",
					     "10.0.0.1",    "172.253.16.1", "1.1.1.4",
					     "2001:db8::1", "9.9.9.8"};
	struct err err = {0};
	struct resolvers *resolvers = resolvers_load(shipped_resolvers, &err);
	struct ip ip;

	cr_assert(resolvers, "%s", err.text);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		cr_assert(ip_parse(str_of(rows[i].address), &ip));
		const struct resolver *found = resolvers_find(resolvers, &ip);
		cr_assert(found, "row %zu: %s", i, rows[i].address);
		cr_expect_str_eq(found->operator_name, rows[i].operator_name, "row %zu", i);
		cr_expect_str_eq(resolver_kind_names[found->kind], rows[i].kind, "row %zu", i);
		cr_expect_gt(strlen(found->source), 0, "row %zu", i);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		cr_assert(ip_parse(str_of(others[i]), &ip));
		cr_expect_null(resolvers_find(resolvers, &ip), "row %zu: %s", i, others[i]);
	}
	resolvers_free(resolvers);
}

Test(resolvers, mistakes_are_told_with_their_line)
{
	static const struct {
		const char *content, *message;
	} rows[] = {
		{"# one\n192.0.2.0/33\tegress\tA\tB\n", "file:2: no address or prefix"},
		{"192.0.2.0/24 egress A B\n", "file:1: no address or prefix"},
		{"192.0.2.0/24\tegres\tA\tB\n", "file:1: service, egress or network expected"},
		{"192.0.2.0/24\tegress\tA\n", "file:1: operator and source are needed"},
		{"\n\n192.0.2.0/24\n", "file:3: service, egress or network expected"},
	};
	struct files files;
	char path[256];

	files_init(&files);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err = {0};
		files_write(&files, "file", str_of(rows[i].content));
		cr_expect_null(resolvers_load(files_path(&files, "file", path), &err), "row %zu",
			       i);
		cr_expect(strstr(err.text, rows[i].message), "row %zu: %s", i, err.text);
	}
	struct err err = {0};
	cr_expect_null(resolvers_load(files_path(&files, "missing", path), &err));
	files_release(&files);
}
