#include <criterion/criterion.h>

#include "../files.h"
#include "input/identity.h"

Test(identity, follows_the_content_and_not_the_container)
{
	struct files files;
	struct identity of_plain, of_gzip, head;
	struct err err = {0};
	char path[256];

	files_init(&files);
	files_run(&files, "seq 1 50000 > a; gzip -k a; seq 1 60000 > b");
	cr_assert_eq(identity_read(files_path(&files, "a", path), UINT64_MAX, &of_plain, &err), 0);
	cr_assert_eq(identity_read(files_path(&files, "a.gz", path), UINT64_MAX, &of_gzip, &err),
		     0);
	cr_expect_eq(of_plain.n, 288894);
	cr_expect_eq(of_plain.n, of_gzip.n);
	cr_expect_eq(of_plain.hash, of_gzip.hash);
	/* A grown file has the identity of its beginning. */
	cr_assert_eq(identity_read(files_path(&files, "b", path), of_plain.n, &head, &err), 0);
	cr_expect_eq(head.hash, of_plain.hash);
	cr_assert_eq(identity_read(path, of_plain.n + 1, &head, &err), 0);
	cr_expect_neq(head.hash, of_plain.hash);
	cr_expect_eq(identity_read(files_path(&files, "none", path), 1, &head, &err), -1);
	files_release(&files);
}

/* Kept on disk by --state: a change of the hash would read every log again. */
Test(identity, hash_never_changes)
{
	cr_expect_eq(identity_of(STR("digtrail\n")).hash, 0x8bf5f6fb1b89a572ULL);
}

Test(identity, tells_equal_streams_and_beginnings)
{
	static const struct {
		const char *first, *second;
		enum identity_relation relation;
	} rows[] = {
		{"a", "a", IDENTITY_EQUAL},
		{"a", "a.gz", IDENTITY_EQUAL},
		{"a.gz", "grown", IDENTITY_FIRST_BEGINS_SECOND},
		{"grown", "a", IDENTITY_SECOND_BEGINS_FIRST},
		{"a", "other", IDENTITY_DIFFERENT},
		{"empty", "a", IDENTITY_FIRST_BEGINS_SECOND},
		{"cut.gz", "a", IDENTITY_FIRST_BEGINS_SECOND},
	};
	struct files files;
	struct err err = {0};
	char first[256], second[256];

	files_init(&files);
	files_run(&files, "seq 1 50000 > a; gzip -k a; seq 1 60000 > grown; : > empty;"
			  "(seq 1 49999; echo 50001) > other; head -c 60000 a.gz > cut.gz");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum identity_relation relation = IDENTITY_DIFFERENT;
		cr_expect_eq(identity_compare(files_path(&files, rows[i].first, first),
					      files_path(&files, rows[i].second, second), &relation,
					      &err),
			     0);
		cr_expect_eq(relation, rows[i].relation, "row %zu: %d", i, relation);
	}
	enum identity_relation relation;
	cr_expect_eq(identity_compare(first, files_path(&files, "none", second), &relation, &err),
		     -1);
	files_release(&files);
}
