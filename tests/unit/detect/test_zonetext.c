#include <criterion/criterion.h>

#include "../files.h"
#include "detect/generate.h"
#include "detect/zonetext.h"

struct row {
	const char *name;
	const char *text;
	const char *entries; /* LINE:TEXT, or LINE!why, each ended by '\n' */
};

static const struct row rows[] = {
	{"records", "a A 1\nb A 2\n", "1:a A 1\n2:b A 2\n"},
	{"no last line end", "a A 1", "1:a A 1\n"},
	{"nothing", "", ""},
	{"blank lines and comments", "\n \t\n; a comment\n  ; another\na A 1 ; x\n", "5:a A 1 \n"},
	{"the owner before is told by a blank", "a A 1\n\tA 2\n", "1:a A 1\n2: A 2\n"},
	{"parentheses", "a SOA x y ( 1 ; one\n\n 2 )\nb A 1\n",
	 "1:a SOA x y   1    2  \n4:b A 1\n"},
	{"quotes keep what is special", "a TXT \"x;(y\\\"z\"\n", "1:a TXT \"x;(y\\\"z\"\n"},
	{"escapes keep what is special", "a\\;b TXT c\\(d\n", "1:a\\;b TXT c\\(d\n"},
	{"a backslash escapes no line end", "a TXT b\\\nc A 1\n", "1:a TXT b\\\n2:c A 1\n"},
	{"carriage returns", "a A 1\r\nb A 2\r\n", "1:a A 1 \n2:b A 2 \n"},
	{"an open quote ends with the line", "a TXT \"x\nb A 1\n",
	 "1!a quote is not closed\n2:b A 1\n"},
	{"an open quote at the end", "a TXT \"x", "1!a quote is not closed\n"},
	{"an open parenthesis at the end", "a SOA (\n1", "1!a parenthesis is not closed\n"},
	{"a parenthesis too many", "a A 1 ) x\nb A 1\n",
	 "1!a parenthesis is closed that is not open\n2:b A 1\n"},
	{"control bytes", "a A \001 \"\nb A 1\n", "1!holds bytes that no text has\n2:b A 1\n"},
	{"an escaped control byte", "a A \\\001 \"\nb A 1\n",
	 "1!holds bytes that no text has\n2:b A 1\n"},
};

Test(zonetext, entries_are_what_rfc_1035_says)
{
	struct files files;
	char path[256], out[1024];
	struct err err;

	files_init(&files);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct zonetext zonetext;
		struct zonetext_entry entry;
		enum zonetext_result got;
		struct buf all;

		files_write(&files, "zone", str_of(rows[i].text));
		zonetext_init(&zonetext, source_open(files_path(&files, "zone", path), &err));
		buf_init(&all, sizeof(out));
		buf_add_text(&all, "");
		while ((got = zonetext_next(&zonetext, &entry)) != ZONETEXT_END) {
			buf_printf(&all, "%d", (int)entry.line);
			if (got == ZONETEXT_ENTRY)
				buf_printf(&all, ":%.*s\n", STR_ARG(entry.text));
			else
				buf_printf(&all, "!%s\n", entry.why);
		}
		cr_expect(str_eq(buf_str(&all), str_of(rows[i].entries)), "%s: %.*s", rows[i].name,
			  STR_ARG(buf_str(&all)));
		buf_release(&all);
		zonetext_release(&zonetext);
	}
	files_release(&files);
}

Test(zonetext, an_entry_that_is_too_long_hides_only_itself)
{
	struct files files;
	char path[256];
	struct zonetext zonetext;
	struct zonetext_entry entry;
	struct err err;

	files_init(&files);
	files_run(&files, "(printf '\\na A 1 '; head -c 600000 /dev/zero | tr '\\0' x; "
			  "printf '\\nb A 2\\n') >zone");
	zonetext_init(&zonetext, source_open(files_path(&files, "zone", path), &err));
	cr_expect_eq(zonetext_next(&zonetext, &entry), ZONETEXT_BROKEN);
	cr_expect_eq(entry.line, 2);
	cr_expect_str_eq(entry.why, "is too long");
	cr_expect_eq(zonetext_next(&zonetext, &entry), ZONETEXT_ENTRY);
	cr_expect_eq(entry.line, 3);
	cr_expect(str_eq(entry.text, STR("b A 2")), "%.*s", STR_ARG(entry.text));
	zonetext_release(&zonetext);
	files_release(&files);
}

struct split_row {
	const char *entry;
	const char *owner, *type, *rdata; /* type NULL: no record */
};

static const struct split_row split_rows[] = {
	{"a A 192.0.2.1", "a", "A", "192.0.2.1"},
	{"a 3600 IN A 192.0.2.1", "a", "A", "192.0.2.1"},
	{"a IN 3600 A 192.0.2.1", "a", "A", "192.0.2.1"},
	{"a 1h30m in mx 10 b", "a", "mx", "10 b"},
	{" A 192.0.2.1 ", "", "A", "192.0.2.1"},
	{"a\\ b TXT \"x y\"", "a\\ b", "TXT", "\"x y\""},
	{"a TYPE65 \\# 0", "a", "TYPE65", "\\# 0"},
	{"3600 A 192.0.2.1", "3600", "A", "192.0.2.1"},
	{"a CLASS1 NSEC3PARAM 1 0 0 -", "a", "NSEC3PARAM", "1 0 0 -"},
	{"a", "a", NULL, NULL},
	{"a 3600", "a", NULL, NULL},
	{"#include <stdio.h>", "#include", NULL, NULL},
};

Test(zonetext, a_record_is_owner_type_and_data)
{
	for (size_t i = 0; i < sizeof(split_rows) / sizeof(split_rows[0]); i++) {
		const struct split_row *row = &split_rows[i];
		struct zonetext_record record;
		bool good = zonetext_split(str_of(row->entry), &record);

		cr_expect_eq(good, row->type != NULL, "row %zu", i);
		if (!row->type)
			continue;
		cr_expect(str_eq(record.owner, str_of(row->owner)) &&
				  str_eq(record.type, str_of(row->type)) &&
				  str_eq(record.rdata, str_of(row->rdata)),
			  "row %zu: %.*s, %.*s, %.*s", i, STR_ARG(record.owner),
			  STR_ARG(record.type), STR_ARG(record.rdata));
	}
}

struct generate_row {
	const char *text;
	const char *names; /* NULL: broken at once */
	bool broken;       /* after these */
};

/* What named-compilezone 9.18 made of the same lines. */
static const struct generate_row generate_rows[] = {
	{"1-3 a$ A 192.0.2.$", "a1 a2 a3 ", false},
	{"1-9/4 ${0,3,d}x 60 IN A 192.0.2.1", "001x 005x 009x ", false},
	{"300-302 ${0,4,n}q A 192.0.2.1", "c.2.1q d.2.1q e.2.1q ", false},
	{"3-3 ${0,5,n}r A 192.0.2.1", "3.0.0r ", false},
	{"3-3 ${0,6,n}s A 192.0.2.1", "3.0.0.s ", false},
	{"3-3 ${0,1,n}t A 192.0.2.1", "3t ", false},
	{"300-300 ${0,0,N}v A 192.0.2.1", "C.2.1v ", false},
	{"10-10 m${-3,2,x}-${5,0,X} A 192.0.2.1", "m07-F ", false},
	{"8-8 o${0,2,o} A 192.0.2.1", "o10 ", false},
	{"8-8 p\\$$ A 192.0.2.1", "p\\$8 ", false},
	{"8-8 q$$ A 192.0.2.1", "q\\$ ", false},
	{"8-9 n$ NS ns.n$", "n8 n9 ", false},
	{"1-1 neg${-3,0,d} A 192.0.2.1", "neg-2 ", false},
	{"2147483647-2147483647 a$ A 192.0.2.1", "a2147483647 ", false},
	{"0-2147483647/2147483647 a$ A 192.0.2.1", "a0 a2147483647 ", false},
	{"1-2 a${1 A 192.0.2.1", "", true},
	{"1-2 a${0,256} A 192.0.2.1", "", true},
	{"1-2 a${0,1,q} A 192.0.2.1", "", true},
	{"3-1 a$ A 192.0.2.1", NULL, false},
	{"1-3/0 a$ A 192.0.2.1", NULL, false},
	{"1-9999999999 a$ A 192.0.2.1", NULL, false},
	{"1-3", NULL, false},
	{"1 a$ A 192.0.2.1", NULL, false},
	{"1-3x a$ A 192.0.2.1", NULL, false},
};

Test(generate, names_are_those_that_bind_makes)
{
	for (size_t i = 0; i < sizeof(generate_rows) / sizeof(generate_rows[0]); i++) {
		const struct generate_row *row = &generate_rows[i];
		char out[GENERATE_TEXT_MAX], all[256];
		struct generate generate;
		struct str name;
		size_t n = 0;

		all[0] = '\0';
		cr_expect_eq(generate_parse(&generate, str_of(row->text)), row->names != NULL,
			     "row %zu", i);
		if (!row->names)
			continue;
		while (generate_next(&generate, out, &name))
			n += (size_t)snprintf(all + n, sizeof(all) - n, "%.*s ", STR_ARG(name));
		cr_expect_str_eq(all, row->names, "row %zu: %s", i, all);
		cr_expect_eq(generate_left(&generate) > 0, row->broken, "row %zu", i);
	}
}

Test(generate, a_name_that_grows_too_long_ends_it)
{
	char text[4096], out[GENERATE_TEXT_MAX];
	struct generate generate;
	struct str name;
	size_t n = (size_t)snprintf(text, sizeof(text), "1-2 ");

	for (int i = 0; i < 8; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "${0,255}");
	snprintf(text + n, sizeof(text) - n, " A 192.0.2.1");
	cr_assert(generate_parse(&generate, str_of(text)));
	cr_expect_not(generate_next(&generate, out, &name));
	cr_expect_eq(generate_left(&generate), 2);
}
