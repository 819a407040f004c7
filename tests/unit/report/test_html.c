#include <criterion/criterion.h>

#include "base/digest.h"
#include "fixture.h"
#include "report/assets.h"
#include "report/escape.h"

static char *
html_of(struct str s, void (*escape)(FILE *out, struct str s))
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	escape(out, s);
	fclose(out);
	return text;
}

Test(html, nothing_of_a_name_is_markup)
{
	static const struct {
		struct str in;
		const char *full, *markup;
	} rows[] = {
		{{"", 0}, "", ""},
		{{"www.example.com", 15}, "www.example.com", "www.example.com"},
		{{"<b>&\"'", 6}, "&lt;b&gt;&amp;&#34;&#39;", "&lt;b&gt;&amp;&#34;&#39;"},
		{{"</script>", 9}, "&lt;/script&gt;", "&lt;/script&gt;"},
		{{"a\nb", 3}, "a\\x0ab", "a\nb"},
		{{"\x1b[31m", 5}, "\\x1b[31m", "\\x1b[31m"},
		{{"\0", 1}, "\\x00", "\\x00"},
		{{"\xe2\x80\xae", 3}, "\\xe2\\x80\\xae", "\\xe2\\x80\\xae"},
		{{"\\x41", 4}, "\\x5cx41", "\\x41"},
		{{"\\010", 4}, "\\010", "\\010"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *full = html_of(rows[i].in, escape_html);
		char *markup = html_of(rows[i].in, escape_markup);
		cr_expect_str_eq(full, rows[i].full, "row %zu: %s", i, full);
		cr_expect_str_eq(markup, rows[i].markup, "row %zu: %s", i, markup);
		free(full);
		free(markup);
	}
}

/* Every byte is ASCII; the hostile fixture brings no tag, attribute or address of its own. */
static void
expect_inert(const char *text, const char *what)
{
	size_t scripts = 0;

	for (const char *p = text; *p; p++)
		cr_assert(*p == '\n' || *p == '\t' || (*p >= 0x20 && *p < 0x7f),
			  "%s: byte %02x at %zu", what, (unsigned char)*p, (size_t)(p - text));
	for (const char *p = text; (p = strstr(p, "<script")) != NULL; p++)
		scripts++;
	cr_expect_eq(scripts, 1, "%s: %zu scripts", what, scripts);
	cr_expect_null(strstr(text, "<script>alert"), "%s", what);
	cr_expect_null(strstr(text, "http://"), "%s", what);
	cr_expect_null(strstr(text, "src="), "%s", what);
	cr_expect_null(strstr(text, " style="), "%s", what);
}

Test(html, each_night_is_a_whole_page_that_asks_nobody)
{
	static void (*const fill[])(struct fixture *) = {fixture_busy, fixture_calm, fixture_empty};
	static const char *const names[] = {"busy", "calm", "empty"};
	struct report_options options = fixture_options();

	for (size_t i = 0; i < 3; i++) {
		struct fixture fixture;
		fill[i](&fixture);
		char *text = fixture_print(&report_html, &fixture.summary, &options);
		expect_inert(text, names[i]);
		cr_expect_not_null(strstr(text, "default-src 'none'"), "%s", names[i]);
		cr_expect_not_null(strstr(text, "id=findings"), "%s", names[i]);
		cr_expect_not_null(strstr(text, "</html>\n"), "%s", names[i]);
		free(text);
		fixture_release(&fixture);
	}
}

/* openssl dgst -sha256 -binary | base64 of "abc". */
Test(html, the_policy_names_style_and_script_by_their_hashes)
{
	struct report_options options = fixture_options();
	struct fixture fixture;
	char hash[DIGEST_TEXT];

	cr_expect_str_eq(digest_policy(STR("abc"), hash),
			 "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
	fixture_calm(&fixture);
	char *text = fixture_print(&report_html, &fixture.summary, &options);
	cr_expect_not_null(strstr(text, digest_policy(str_make(page_css, page_css_size), hash)));
	cr_expect_not_null(strstr(text, digest_policy(str_make(page_js, page_js_size), hash)));
	cr_expect_null(strstr(page_js, "</"), "would end the script");
	cr_expect_null(strstr(page_css, "</"), "would end the style");
	free(text);
	fixture_release(&fixture);
}
