#include "record/codes.h"

#include <criterion/criterion.h>

#include "record/record.h"

Test(record_codes, words_are_read_in_any_case)
{
	static const struct {
		const char *text;
		int32_t type, class_, rcode;
	} rows[] = {
		{"A", TYPE_A, -1, -1},
		{"aaaa", TYPE_AAAA, -1, -1},
		{"TYPE65", TYPE_HTTPS, -1, -1},
		{"type65535", 65535, -1, -1},
		{"TYPE65536", -1, -1, -1},
		{"TYPE", -1, -1, -1},
		{"TYPE-1", -1, -1, -1},
		{"NSEC3PARAM", TYPE_NSEC3PARAM, -1, -1},
		{"RESERVED0", 0, 0, -1},
		{"IN", -1, CLASS_IN, -1},
		{"CLASS17", -1, 17, -1},
		{"CLASS0", -1, 0, -1},
		{"ANY", TYPE_ANY, CLASS_ANY, -1},
		{"NOTIMPL", -1, -1, RCODE_NOTIMP},
		{"NOTIMP", -1, -1, RCODE_NOTIMP},
		{"RCODE23", -1, -1, 23},
		{"RESERVED11", -1, -1, 11},
		{"BADCOOKIE", -1, -1, 23},
		{"4095", -1, -1, 4095},
		{"4096", -1, -1, -1},
		{"", -1, -1, -1},
		{"AA", -1, -1, -1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str s = str_of(rows[i].text);
		cr_expect_eq(type_parse(s), rows[i].type, "row %zu", i);
		cr_expect_eq(class_parse(s), rows[i].class_, "row %zu", i);
		cr_expect_eq(rcode_parse(s), rows[i].rcode, "row %zu", i);
	}
}

Test(record_codes, every_printed_number_is_read_back)
{
	char text[CODE_TEXT];

	for (int32_t i = 0; i <= 65535; i++) {
		cr_assert_eq(type_parse(str_of(type_print(i, text))), i, "%s", text);
		cr_assert_eq(class_parse(str_of(class_print(i, text))), i, "%s", text);
		if (i <= 4095)
			cr_assert_eq(rcode_parse(str_of(rcode_print(i, text))), i, "%s", text);
	}
	cr_expect_str_eq(type_print(TYPE_UNKNOWN, text), "unknown");
	cr_expect_str_eq(type_print(0, text), "TYPE0");
	cr_expect_str_eq(type_print(TYPE_HTTPS, text), "HTTPS");
	cr_expect_str_eq(rcode_print(RCODE_NOTIMP, text), "NOTIMP");
	cr_expect_str_eq(class_print(17, text), "CLASS17");
}
