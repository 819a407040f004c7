#include <criterion/criterion.h>

#include "../files.h"
#include "detect/nameset.h"
#include "detect/zonedir.h"
#include "record/qname.h"

struct row {
	const char *file, *origin;
};

static const struct row rows[] = {
	{"example.com", "example.com"},
	{"Example.COM.zone", "example.com"},
	{"db.example.com", "example.com"},
	{"example.com.db", "example.com"},
	{"example.com.signed", "example.com"},
	{"example.com.zone.signed", "example.com"},
	{"example.com.db.gz", "example.com"},
	{"pri.example.com", "example.com"},
	{"example.com.hosts", "example.com"},
	{"db.192.0.2", "2.0.192.in-addr.arpa"},
	{"db.10", "10.in-addr.arpa"},
	{"172.16.db", "16.172.in-addr.arpa"},
	{"2.0.192.in-addr.arpa.zone", "2.0.192.in-addr.arpa"},
	{"192.0.2.1", "192.0.2.1"},
	{"db.300.1", "300.1"},
	{"db.", "db"},
	{"zone", "zone"},
	{"a b.zone", NULL},
	{"..zone", "."},
};

Test(zonedir, a_file_s_name_tells_the_zone)
{
	char out[QNAME_TEXT_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str origin = zonedir_origin(str_of(rows[i].file), out);

		cr_expect(rows[i].origin ? str_eq(origin, str_of(rows[i].origin)) : origin.n == 0,
			  "%s: %.*s", rows[i].file, STR_ARG(origin));
	}
}

struct found {
	const char *path, *origin;
};

static const struct found found[] = {
	{"a/example.org.zone", "example.org"},     {"db.example.net", "example.net"},
	{"example.com.br.zone", "example.com.br"}, {"example.com.internal.zone", "example.com"},
	{"example.com.zone", "example.com"},       {"link.example.zone", "link.example"},
	{"other.internal.zone", "other.internal"}, {"raw.example.zone.signed", "raw.example"},
};

Test(zonedir, only_files_that_may_hold_zones_are_listed)
{
	struct files files;
	struct zonedir zonedir;
	struct err err;

	files_init(&files);
	files_run(&files,
		  "mkdir a .git && touch example.com.zone example.com.internal.zone "
		  "example.com.br.zone db.example.net a/example.org.zone other.internal.zone "
		  "example.com.zone.signed raw.example.zone.signed example.com.zone.jnl "
		  "example.com.zone~ example.com.zone.bak Kexample.com.+013+1.key "
		  ".example.com.zone.swp dsset-example.com. .git/example.zone && "
		  "ln -s example.com.zone link.example.zone && ln -s nowhere dead.zone && "
		  "ln -s .. a/up && mkfifo pipe.zone");
	cr_assert_eq(zonedir_list(&zonedir, files.directory, &err), 0, "%s", err.text);
	cr_expect_eq(zonedir.count, sizeof(found) / sizeof(found[0]));
	for (size_t i = 0; i < zonedir.count && i < sizeof(found) / sizeof(found[0]); i++) {
		const struct zonedir_file *file = &zonedir.files[i];

		cr_expect_str_eq(file->path + strlen(files.directory) + 1, found[i].path);
		cr_expect(str_eq(file->origin, str_of(found[i].origin)), "%s: %.*s", file->path,
			  STR_ARG(file->origin));
	}
	zonedir_release(&zonedir);
	files_release(&files);
}

Test(zonedir, a_directory_that_is_not_there_is_an_error)
{
	struct zonedir zonedir;
	struct err err = {0};

	cr_expect_eq(zonedir_list(&zonedir, "/nowhere", &err), -1);
	cr_expect(strstr(err.text, "/nowhere"), "%s", err.text);
	zonedir_release(&zonedir);
}

static uint64_t
number_hash(uint64_t i)
{
	return (i + 1) * 0x9e3779b97f4a7c15ULL;
}

Test(nameset, holds_what_was_put_with_its_flags_up_to_its_limit)
{
	struct nameset set;
	enum { NAMES = 100000 };

	nameset_init(&set, NAMES);
	cr_expect_eq(nameset_find(&set, number_hash(0)), 0);
	for (uint64_t i = 0; i < NAMES; i++)
		cr_assert_eq(nameset_put(&set, number_hash(i), i % 2 ? NAMESET_CUT : 0),
			     NAMESET_NEW);
	cr_expect_eq(nameset_put(&set, number_hash(NAMES), 0), NAMESET_FULL);
	cr_expect_eq(nameset_find(&set, number_hash(NAMES)), 0);
	cr_expect_eq(nameset_put(&set, number_hash(2), NAMESET_WILDCARD), NAMESET_OLD);
	for (uint64_t i = 0; i < NAMES; i++) {
		unsigned flags = NAMESET_USED | (i % 2 ? NAMESET_CUT : 0);

		if (i == 2)
			flags |= NAMESET_WILDCARD;
		cr_assert_eq(nameset_find(&set, number_hash(i)), flags, "name %d", (int)i);
	}
	cr_expect_lt(nameset_bytes(&set), NAMES * 22, "%zu", nameset_bytes(&set));
	nameset_release(&set);
}
