#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/yaml.h"

Test(yaml, keeps_kinds_lines_and_styles)
{
	static const char text[] = "title: A rule\n"
				   "list:\n"
				   "  - one\n"
				   "  - 'two'\n"
				   "empty:\n"
				   "quoted: ''\n"
				   "block: |\n"
				   "  null\n"
				   "flag: true\n";
	struct arena arena = {0};
	struct yaml_documents documents;
	struct err err;
	unsigned line;
	bool flag = false;

	cr_assert(yaml_read(&arena, STR(text), &documents, &line, &err) == 0, "%s", err.text);
	cr_assert(documents.count == 1);
	const struct yaml_node *root = documents.roots[0];
	const struct yaml_node *list = yaml_get(root, "list");
	cr_assert(list && list->kind == YAML_SEQUENCE && list->count == 2);
	cr_expect(list->items[1]->line == 4 && list->items[1]->column == 5);
	cr_expect(!list->items[0]->quoted && list->items[1]->quoted);
	cr_expect_str_eq(list->items[1]->text.p, "two");
	cr_expect(yaml_is_null(yaml_get(root, "empty")));
	cr_expect(!yaml_is_null(yaml_get(root, "quoted")));
	cr_expect(!yaml_is_null(yaml_get(root, "block")));
	cr_expect(yaml_bool(yaml_get(root, "flag"), &flag) && flag);
	cr_expect(!yaml_bool(yaml_get(root, "title"), &flag));
	cr_expect_null(yaml_get(root, "missing"));
	cr_expect_null(yaml_get(list, "one"));
	arena_release(&arena);
}

Test(yaml, reads_all_documents_of_a_stream)
{
	struct arena arena = {0};
	struct yaml_documents documents;
	struct err err;
	unsigned line;

	cr_assert(yaml_read(&arena, STR("a: 1\n---\n---\nb: 2\n...\n"), &documents, &line, &err) ==
		  0);
	cr_assert(documents.count == 2);
	cr_expect(documents.roots[1]->line == 4);
	cr_assert(yaml_read(&arena, STR(""), &documents, &line, &err) == 0);
	cr_expect(documents.count == 0);
	arena_release(&arena);
}

Test(yaml, follows_aliases_of_its_own_document)
{
	struct arena arena = {0};
	struct yaml_documents documents;
	struct err err;
	unsigned line;

	cr_assert(yaml_read(&arena, STR("a: &x [1, 2]\nb: *x\n"), &documents, &line, &err) == 0);
	cr_expect(yaml_get(documents.roots[0], "b") == yaml_get(documents.roots[0], "a"));
	arena_release(&arena);
}

struct mistake {
	const char *text;
	unsigned line;
	const char *message;
};

static const struct mistake mistakes[] = {
	{"a: 1\nb: [1, 2\nc: 3\n", 3, "not YAML"},
	{"a: 1\nb: 2\na: 3\n", 3, "stands twice (first in line 1)"},
	{"a: 1\nb: *nobody\n", 2, "stands for nothing"},
	{"a: &x 1\n---\nb: *x\n", 3, "stands for nothing"},
	{"a: &x [1, *x]\n", 1, "stands for nothing"}, /* it would hold itself */
	{"? [a, b]\n: 1\n", 1, "a key must be a text"},
	{"a:\n\tb: 1\n", 2, "not YAML"},
};

Test(yaml, names_the_line_of_a_mistake)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct arena arena = {0};
		struct yaml_documents documents;
		struct err err = {""};
		unsigned line = 0;
		int result = yaml_read(&arena, str_of(mistakes[i].text), &documents, &line, &err);
		cr_expect(result == -1, "row %zu", i);
		cr_expect(line == mistakes[i].line, "row %zu: line %u", i, line);
		cr_expect(strstr(err.text, mistakes[i].message), "row %zu: %s", i, err.text);
		arena_release(&arena);
	}
}

static int
read_text(struct buf *buf, struct err *err)
{
	struct arena arena = {0};
	struct yaml_documents documents;
	unsigned line;
	int result = yaml_read(&arena, buf_str(buf), &documents, &line, err);

	arena_release(&arena);
	return result;
}

/* Nine levels of ten aliases each stand for a milliard of values. */
Test(yaml, refuses_an_alias_bomb)
{
	struct buf buf;
	struct err err;

	buf_init(&buf, 1 << 20);
	buf_add_text(&buf, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 10; i++) {
		buf_printf(&buf, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			buf_printf(&buf, "%s*a%d", j ? "," : "", i - 1);
		buf_add_text(&buf, "]\n");
	}
	cr_expect(read_text(&buf, &err) == -1);
	cr_expect(strstr(err.text, "too many values"), "%s", err.text);
	buf_release(&buf);
}

Test(yaml, refuses_what_is_nested_too_deeply)
{
	struct buf buf;
	struct err err;

	buf_init(&buf, 1 << 22);
	for (int i = 0; i < 100000; i++)
		buf_add_char(&buf, '[');
	cr_expect(read_text(&buf, &err) == -1);
	cr_expect(strstr(err.text, "nested too deeply"), "%s", err.text);
	buf_clear(&buf);
	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		buf_add_char(&buf, '[');
	for (int i = 0; i < YAML_DEPTH_MAX; i++)
		buf_add_char(&buf, ']');
	cr_expect(read_text(&buf, &err) == 0, "%s", err.text);
	buf_release(&buf);
}

Test(yaml, refuses_too_many_values_and_anchors)
{
	struct buf buf;
	struct err err;

	buf_init(&buf, 1 << 22);
	buf_add_char(&buf, '[');
	for (int i = 0; i <= YAML_NODES_MAX; i++)
		buf_add_text(&buf, "1,");
	buf_add_char(&buf, ']');
	cr_expect(read_text(&buf, &err) == -1);
	cr_expect(strstr(err.text, "too many values"), "%s", err.text);
	buf_clear(&buf);
	for (int i = 0; i < 300; i++)
		buf_printf(&buf, "- &a%d 1\n", i);
	cr_expect(read_text(&buf, &err) == -1);
	cr_expect(strstr(err.text, "too many anchors"), "%s", err.text);
	buf_release(&buf);
}

Test(yaml, says_which_file_cannot_be_read)
{
	struct arena arena = {0};
	struct yaml_documents documents;
	struct err err;
	unsigned line = 7;

	cr_expect(yaml_read_file(&arena, "/nonexistent.yml", &documents, NULL, &line, &err) == -1);
	cr_expect(line == 0);
	cr_expect(strstr(err.text, "/nonexistent.yml: No such file"), "%s", err.text);
	arena_release(&arena);
}
