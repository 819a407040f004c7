#include <criterion/criterion.h>

#include <float.h>
#include <math.h>

#include "base/timestamp.h"
#include "report/json_writer.h"

struct sheet {
	struct json json;
	FILE *out;
	char *text;
	size_t n;
};

static struct json *
open_sheet(struct sheet *sheet, unsigned broken)
{
	*sheet = (struct sheet){.text = NULL};
	sheet->out = open_memstream(&sheet->text, &sheet->n);
	json_init(&sheet->json, sheet->out, broken);
	return &sheet->json;
}

/* Ends the text and returns what json_finish said; sheet->text is to be freed. */
static const char *
close_sheet(struct sheet *sheet)
{
	const char *error = json_finish(&sheet->json);

	fclose(sheet->out);
	return error;
}

static void
write_sample(struct json *json)
{
	json_object(json, NULL);
	json_count(json, "a", UINT64_MAX);
	json_number(json, "b", INT64_MIN);
	json_array(json, "c");
	json_bool(json, NULL, true);
	json_null(json, NULL);
	json_object(json, NULL);
	json_end(json);
	json_end(json);
	json_array(json, "d");
	json_end(json);
	json_key(json, STR("e\"\x1b"));
	json_string(json, NULL, STR("x\"y"));
	json_string_or_null(json, "f", STR(""));
	json_time(json, "g", 0);
	json_time(json, "h", TIME_NONE);
	json_end(json);
}

Test(json_writer, one_line_is_what_it_should_be)
{
	struct sheet sheet;

	write_sample(open_sheet(&sheet, 0));
	cr_expect_null(close_sheet(&sheet));
	cr_expect_str_eq(sheet.text,
			 "{\"a\": 18446744073709551615, \"b\": -9223372036854775808, "
			 "\"c\": [true, null, {}], \"d\": [], \"e\\\"\\u001b\": \"x\\\"y\", "
			 "\"f\": null, \"g\": \"1970-01-01T00:00:00.000Z\", \"h\": null}\n");
	free(sheet.text);
}

Test(json_writer, broken_lines_stop_at_their_depth)
{
	struct sheet sheet;
	struct json *json = open_sheet(&sheet, 2);

	json_object(json, NULL);
	json_array(json, "rows");
	for (int i = 0; i < 2; i++) {
		json_object(json, NULL);
		json_count(json, "i", 1);
		json_count(json, "j", 2);
		json_end(json);
	}
	json_end(json);
	json_array(json, "none");
	json_end(json);
	json_end(json);
	cr_expect_null(close_sheet(&sheet));
	cr_expect_str_eq(sheet.text, "{\n\t\"rows\": [\n\t\t{\"i\": 1, \"j\": 2},\n"
				     "\t\t{\"i\": 1, \"j\": 2}\n\t],\n\t\"none\": []\n}\n");
	free(sheet.text);
}

Test(json_writer, decimals_are_short_exact_and_never_of_a_locale)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {
		{0, "0\n"},           {-0.0, "0\n"},        {1, "1\n"},
		{-1, "-1\n"},         {0.5, "0.5\n"},       {-0.25, "-0.25\n"},
		{0.984, "0.984\n"},   {0.0004, "0\n"},      {-0.0004, "0\n"},
		{2.0005, "2.001\n"},  {1188, "1188\n"},     {0.05, "0.05\n"},
		{-1.007, "-1.007\n"}, {NAN, "null\n"},      {INFINITY, "null\n"},
		{DBL_MAX, "null\n"},  {-DBL_MAX, "null\n"}, {123456.7, "123456.7\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sheet sheet;
		json_decimal(open_sheet(&sheet, 0), NULL, rows[i].value);
		cr_expect_null(close_sheet(&sheet));
		cr_expect_str_eq(sheet.text, rows[i].text, "row %zu: %s", i, sheet.text);
		free(sheet.text);
	}
}

static void
two_top_values(struct json *json)
{
	json_null(json, NULL);
	json_null(json, NULL);
}

static void
top_key(struct json *json)
{
	json_null(json, "a");
}

static void
missing_key(struct json *json)
{
	json_object(json, NULL);
	json_null(json, NULL);
}

static void
key_in_array(struct json *json)
{
	json_array(json, NULL);
	json_null(json, "a");
}

static void
two_keys(struct json *json)
{
	json_object(json, NULL);
	json_key(json, STR("a"));
	json_null(json, "b");
}

static void
key_without_value(struct json *json)
{
	json_object(json, NULL);
	json_key(json, STR("a"));
	json_end(json);
}

static void
end_too_many(struct json *json)
{
	json_object(json, NULL);
	json_end(json);
	json_end(json);
}

static void
too_deep(struct json *json)
{
	for (int i = 0; i <= JSON_DEPTH; i++)
		json_array(json, NULL);
	for (int i = 0; i <= JSON_DEPTH; i++)
		json_end(json);
}

static void
not_ended(struct json *json)
{
	json_array(json, NULL);
}

static void
nothing(struct json *json)
{
	(void)json;
}

Test(json_writer, every_misuse_is_told_once_and_stops_the_output)
{
	static void (*const misuses[])(struct json * json) = {
		two_top_values,    top_key,      missing_key, key_in_array, two_keys,
		key_without_value, end_too_many, too_deep,    not_ended,    nothing,
	};

	for (size_t i = 0; i < sizeof(misuses) / sizeof(misuses[0]); i++) {
		struct sheet sheet;
		struct json *json = open_sheet(&sheet, 0);
		misuses[i](json);
		cr_expect_not_null(json_finish(json), "row %zu", i);
		fflush(sheet.out);
		size_t n = sheet.n;
		json_null(json, NULL);
		json_null(json, "a");
		json_end(json);
		json_key(json, STR("k"));
		cr_expect_not_null(close_sheet(&sheet));
		cr_expect_eq(sheet.n, n, "row %zu: written on after an error", i);
		free(sheet.text);
	}
}
