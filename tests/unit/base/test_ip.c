#include <criterion/criterion.h>

#include "base/ip.h"

static struct ip
ip(const char *text)
{
	struct ip out;

	cr_assert(ip_parse(str_of(text), &out), "%s", text);
	return out;
}

static struct prefix
prefix(const char *text)
{
	struct prefix out;

	cr_assert(prefix_parse(str_of(text), &out), "%s", text);
	return out;
}

Test(ip, prints_what_it_parsed_in_the_form_of_rfc_5952)
{
	static const struct {
		const char *text, *printed;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1"},
		{"0.0.0.0", "0.0.0.0"},
		{"255.255.255.255", "255.255.255.255"},
		{"::ffff:192.0.2.1", "192.0.2.1"},
		{"::FFFF:192.0.2.1", "192.0.2.1"},
		{"0:0:0:0:0:ffff:c000:201", "192.0.2.1"},
		{"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		{"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
		{"::", "::"},
		{"::1", "::1"},
		{"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
		{"fe80::1%2", "fe80::1"},
		{"fe80::1%eth0", "fe80::1"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[IP_TEXT];
		struct ip address = ip(rows[i].text);
		cr_expect_str_eq(ip_print(&address, text), rows[i].printed, "row %zu", i);
	}
}

Test(ip, refuses_what_is_no_whole_address)
{
	static const struct str rows[] = {
		{"", sizeof("") - 1},
		{"1.2.3", sizeof("1.2.3") - 1},
		{"1.2.3.4.5", sizeof("1.2.3.4.5") - 1},
		{"1.2.3.256", sizeof("1.2.3.256") - 1},
		{"1.2.3.-4", sizeof("1.2.3.-4") - 1},
		{"01.2.3.4", sizeof("01.2.3.4") - 1},
		{"1.2.3.04", sizeof("1.2.3.04") - 1},
		{"1.2.3.00", sizeof("1.2.3.00") - 1},
		{"0x1.2.3.4", sizeof("0x1.2.3.4") - 1},
		{"127.1", sizeof("127.1") - 1},
		{"2130706433", sizeof("2130706433") - 1},
		{"1.2.3.4 ", sizeof("1.2.3.4 ") - 1},
		{" 1.2.3.4", sizeof(" 1.2.3.4") - 1},
		{"1.2.3.4%2", sizeof("1.2.3.4%2") - 1},
		{"1.2.3.4.", sizeof("1.2.3.4.") - 1},
		{"123.456.111.11", sizeof("123.456.111.11") - 1},
		{"1.2.3.4/24", sizeof("1.2.3.4/24") - 1},
		{":", sizeof(":") - 1},
		{":::", sizeof(":::") - 1},
		{"1::2::3", sizeof("1::2::3") - 1},
		{"12345::", sizeof("12345::") - 1},
		{"g::1", sizeof("g::1") - 1},
		{"1:2:3:4:5:6:7", sizeof("1:2:3:4:5:6:7") - 1},
		{"1:2:3:4:5:6:7:8:9", sizeof("1:2:3:4:5:6:7:8:9") - 1},
		{"::1 ", sizeof("::1 ") - 1},
		{"[::1]", sizeof("[::1]") - 1},
		{"::ffff:1.2.3.256", sizeof("::ffff:1.2.3.256") - 1},
		{"::ffff:01.2.3.4", sizeof("::ffff:01.2.3.4") - 1},
		{"%2", sizeof("%2") - 1},
		{"a.b", sizeof("a.b") - 1},
		{"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
		 sizeof("0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000") - 1},
		/* the text of a view may hold a NUL: what stands behind it counts */
		{"::1\0", sizeof("::1\0") - 1},
		{"::1\0junk", sizeof("::1\0junk") - 1},
		{"1.2.3.4\0", sizeof("1.2.3.4\0") - 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ip out = {{42}};
		cr_expect_not(ip_parse(rows[i], &out), "row %zu: %.*s", i, STR_ARG(rows[i]));
		cr_expect_eq(out.b[0], 42, "row %zu: a refusal writes nothing", i);
	}
}

Test(ip, a_mapped_address_is_the_plain_one)
{
	struct ip plain = ip("198.51.100.7"), mapped = ip("::ffff:198.51.100.7");

	cr_expect_eq(ip_compare(&plain, &mapped), 0);
	cr_expect(ip_is_v4(&mapped));
	struct ip compatible = ip("::198.51.100.7"); /* RFC 4291 2.5.5.1, deprecated */
	cr_expect_not(ip_is_v4(&compatible));
	cr_expect_neq(ip_compare(&plain, &compatible), 0);
}

Test(ip, no_address_is_the_zero_one)
{
	struct ip none = {0}, any = ip("::"), zero = ip("0.0.0.0");

	cr_expect(ip_is_none(&none) && ip_is_none(&any));
	cr_expect_not(ip_is_none(&zero));
}

Test(ip, orders_v4_before_v6_and_by_value)
{
	static const char *const ascending[] = {
		"0.0.0.0", "9.255.255.255", "10.0.0.0",   "192.0.2.1", "::",
		"::1",     "1::",           "2001:db8::", "fe80::1"};

	for (size_t i = 0; i < sizeof(ascending) / sizeof(*ascending); i++)
		for (size_t j = 0; j < sizeof(ascending) / sizeof(*ascending); j++) {
			struct ip a = ip(ascending[i]), b = ip(ascending[j]);
			int order = ip_compare(&a, &b);
			cr_expect_eq((order > 0) - (order < 0), (i > j) - (i < j), "%s, %s",
				     ascending[i], ascending[j]);
		}
}

Test(ip, private_ranges_end_where_they_end)
{
	static const struct {
		const char *text;
		bool is_private;
	} rows[] = {
		{"9.255.255.255", false},
		{"10.0.0.0", true},
		{"10.255.255.255", true},
		{"11.0.0.0", false},
		{"172.15.255.255", false},
		{"172.16.0.0", true},
		{"172.31.255.255", true},
		{"172.32.0.0", false},
		{"192.168.0.0", true},
		{"192.169.0.0", false},
		{"100.63.255.255", false},
		{"100.64.0.0", true},
		{"100.127.255.255", true},
		{"100.128.0.0", false},
		{"169.254.1.1", true},
		{"127.0.0.1", true},
		{"8.8.8.8", false},
		{"::1", true},
		{"::2", false},
		{"fc00::", true},
		{"fdff:ffff::1", true},
		{"fe00::", false},
		{"fe80::1", true},
		{"febf::1", true},
		{"fec0::", false},
		{"2001:db8::1", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ip address = ip(rows[i].text);
		cr_expect_eq(ip_is_private(&address), rows[i].is_private, "%s", rows[i].text);
	}
}

Test(prefix, is_an_address_or_one_with_bits_and_no_host_bits)
{
	static const struct {
		const char *text, *printed; /* NULL: refused */
	} rows[] = {
		{"192.0.2.0/24", "192.0.2.0/24"},
		{"192.0.2.7", "192.0.2.7/32"},
		{"0.0.0.0/0", "0.0.0.0/0"},
		{"::/0", "::/0"},
		{"2001:db8::/32", "2001:db8::/32"},
		{"2001:db8::1", "2001:db8::1/128"},
		{"192.0.2.128/25", "192.0.2.128/25"},
		{"2001:db8:8000::/33", "2001:db8:8000::/33"},
		{"192.0.2.1/24", NULL},
		{"192.0.2.128/24", NULL},
		{"2001:db8::1/64", NULL},
		{"192.0.2.0/33", NULL},
		{"::/129", NULL},
		{"192.0.2.0/", NULL},
		{"192.0.2.0/-1", NULL},
		{"192.0.2.0/2 4", NULL},
		{"192.0.2.0/24/1", NULL},
		{"/24", NULL},
		{"", NULL},
		{"192.0.2/24", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct prefix out;
		char text[PREFIX_TEXT];
		bool valid = prefix_parse(str_of(rows[i].text), &out);
		cr_expect_eq(valid, rows[i].printed != NULL, "%s", rows[i].text);
		if (valid && rows[i].printed)
			cr_expect_str_eq(prefix_print(&out, text), rows[i].printed);
	}
}

Test(prefix, contains_its_first_and_last_address_and_no_neighbour)
{
	static const struct {
		const char *prefix, *inside[2], *outside[2];
	} rows[] = {
		{"192.0.2.0/24", {"192.0.2.0", "192.0.2.255"}, {"192.0.1.255", "192.0.3.0"}},
		{"192.0.2.64/26", {"192.0.2.64", "192.0.2.127"}, {"192.0.2.63", "192.0.2.128"}},
		{"10.0.0.0/7", {"10.0.0.0", "11.255.255.255"}, {"9.255.255.255", "12.0.0.0"}},
		{"192.0.2.9", {"192.0.2.9", "::ffff:192.0.2.9"}, {"192.0.2.8", "192.0.2.10"}},
		{"0.0.0.0/0", {"0.0.0.0", "255.255.255.255"}, {"::", "2001:db8::1"}},
		{"2001:db8::/47",
		 {"2001:db8::", "2001:db8:1:ffff::"},
		 {"2001:db8:2::", "2001:db7::"}},
		/* every IPv4 address begins with 80 zero bits here, and is in no IPv6 prefix */
		{"::/0", {"::1", "ffff::"}, {"192.0.2.1", "0.0.0.0"}},
		{"::/64", {"::", "::ffff:ffff:ffff:ffff"}, {"192.0.2.1", "0:0:0:1::"}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct prefix p = prefix(rows[i].prefix);
		for (size_t j = 0; j < 2; j++) {
			struct ip in = ip(rows[i].inside[j]), out = ip(rows[i].outside[j]);
			cr_expect(prefix_contains(&p, &in), "%s, %s", rows[i].prefix,
				  rows[i].inside[j]);
			cr_expect_not(prefix_contains(&p, &out), "%s, %s", rows[i].prefix,
				      rows[i].outside[j]);
		}
	}
}

Test(prefix, is_cut_by_the_family_of_the_address)
{
	char text[PREFIX_TEXT];
	struct ip v4 = ip("198.51.100.77"), v6 = ip("2001:db8:1:2:3::4");
	struct prefix cut = ip_prefix(&v4, 24, 48);

	cr_expect_str_eq(prefix_print(&cut, text), "198.51.100.0/24");
	cut = ip_prefix(&v6, 24, 48);
	cr_expect_str_eq(prefix_print(&cut, text), "2001:db8:1::/48");
	cut = ip_prefix(&v4, 32, 128);
	cr_expect_str_eq(prefix_print(&cut, text), "198.51.100.77/32");
	cut = ip_prefix(&v4, 13, 0);
	cr_expect_str_eq(prefix_print(&cut, text), "198.48.0.0/13");
}
