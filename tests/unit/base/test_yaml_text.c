#include <criterion/criterion.h>

#include "base/yaml.h"
#include "base/yaml_text.h"

Test(yaml_text, plain_where_it_can_be_nothing_else)
{
	static const struct {
		const char *text, *yaml;
	} rows[] = {
		{"example.com", "example.com"},
		{"/var/log/named", "/var/log/named"},
		{"key:xfer-key", "key:xfer-key"},
		{"2001:db8::/32", "2001:db8::/32"},
		{"", "\"\""},
		{"ends:", "\"ends:\""},
		{"a: b", "\"a: b\""},
		{"null", "\"null\""},
		{"No", "\"No\""},
		{"-x", "\"-x\""},
		{"a\"b\\", "\"a\\\"b\\\\\""},
		{"\x1b[31m", "\"\\u001b[31m\""},
		{"\xc3\xbc", "\"\\u00fc\""},
		{"\xf0\x9f\x92\xa9", "\"\\U0001f4a9\""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out;

		buf_init(&out, 1024);
		cr_expect(yaml_add_text(&out, str_of(rows[i].text)), "row %zu", i);
		cr_expect_str_eq(out.p, rows[i].yaml, "row %zu", i);
		buf_release(&out);
	}
}

Test(yaml_text, what_was_written_is_read_again)
{
	struct arena arena = {0};

	/* All pairs of bytes that are UTF-8: every single ASCII byte between two others. */
	for (unsigned c = 1; c < 0x80; c++) {
		char text[] = {'a', (char)c, 'b', (char)c, '\0'};
		struct yaml_documents documents;
		struct err err = {""};
		struct buf out;
		unsigned line;

		buf_init(&out, 1024);
		buf_add_text(&out, "- ");
		cr_assert(yaml_add_text(&out, str_of(text)));
		cr_assert_eq(yaml_read(&arena, buf_str(&out), &documents, &line, &err), 0,
			     "byte %02x: %s", c, err.text);
		cr_assert_eq(documents.count, 1);
		cr_expect(str_eq(documents.roots[0]->items[0]->text, str_of(text)), "byte %02x", c);
		buf_release(&out);
	}
	arena_release(&arena);
}

Test(yaml_text, what_is_no_utf_8_is_told)
{
	static const char *const rows[] = {"\xff",         "\xc3", "\xc0\x80",
					   "\xed\xa0\x80", "\x80", "\xf4\x90\x80\x80"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out;

		buf_init(&out, 1024);
		cr_expect_not(yaml_add_text(&out, str_of(rows[i])), "row %zu", i);
		cr_expect_eq(out.p[0], '"');
		buf_release(&out);
	}
}

Test(yaml_text, a_comment_stays_one)
{
	struct buf out;

	buf_init(&out, 1024);
	yaml_add_comment(&out, STR("a\nb: 1\x1b\xe2\x80\xa8"));
	cr_expect_str_eq(out.p, "a?b: 1????");
	buf_release(&out);
}
