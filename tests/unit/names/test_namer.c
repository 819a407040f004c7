#include <criterion/criterion.h>
#include <stdlib.h>

#include "names/class.h"
#include "names/names.h"

struct fixture {
	struct names names;
	struct namer *namer;
};

static void
setup(struct fixture *fixture)
{
	struct err err;

	names_init(&fixture->names, STR("namer"));
	cr_assert_eq(names_load_suffixes(&fixture->names, NULL, &err), 0);
	cr_assert_eq(names_add_own_zone(&fixture->names, STR("own.example"), &err), 0);
	fixture->namer = namer_new(&fixture->names);
}

static void
teardown(struct fixture *fixture)
{
	namer_free(fixture->namer);
	names_release(&fixture->names);
}

Test(namer, says_text_zone_labels_and_hashes)
{
	static const struct {
		const char *raw, *text, *zone;
		unsigned labels;
		enum name_class class_;
		bool own;
	} rows[] = {
		{"WWW.Example.COM", "www.example.com", "example.com", 3, NAME_OTHER, false},
		{"www.example.com.", "www.example.com", "example.com", 3, NAME_OTHER, false},
		{"example.com", "example.com", "example.com", 2, NAME_APEX, false},
		{"a.own.example", "a.own.example", "own.example", 3, NAME_OTHER, true},
		{"Own.Example.", "own.example", "own.example", 2, NAME_APEX, true},
		{".", ".", ".", 0, NAME_APEX, false},
		{"com", "com", ".", 1, NAME_OTHER, false},
		{"a\\.", "a\\.", ".", 1, NAME_OTHER, false},
		{"_sip._tcp.own.example", "_sip._tcp.own.example", "own.example", 4, NAME_SERVICE,
		 true},
	};
	struct fixture f;

	setup(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct name *name = namer_look(f.namer, str_of(rows[i].raw));
		const struct hash_key *key = &f.names.sample_key;
		cr_expect(str_eq(name->text, str_of(rows[i].text)), "row %zu: %.*s", i,
			  STR_ARG(name->text));
		cr_expect(str_eq(name->zone, str_of(rows[i].zone)), "row %zu: %.*s", i,
			  STR_ARG(name->zone));
		cr_expect_eq(name->labels, rows[i].labels, "row %zu: %u", i, name->labels);
		cr_expect_eq(name->class_, rows[i].class_, "row %zu: %s", i,
			     name_class_names[name->class_]);
		cr_expect_eq(name->own, rows[i].own, "row %zu", i);
		cr_expect_eq(name->hash, hash_bytes(key, name->text.p, name->text.n), "row %zu", i);
		cr_expect_eq(name->zone_hash, hash_bytes(key, name->zone.p, name->zone.n),
			     "row %zu", i);
	}
	teardown(&f);
}

struct copy {
	struct name name;
	char text[QNAME_TEXT_MAX], zone[QNAME_TEXT_MAX];
};

static void
copy_of(const struct name *name, struct copy *copy)
{
	memset(copy, 0, sizeof(*copy));
	memcpy(copy->text, name->text.p, name->text.n);
	memcpy(copy->zone, name->zone.p, name->zone.n);
	copy->name = *name;
}

static bool
same(const struct copy *a, const struct copy *b)
{
	return a->name.text.n == b->name.text.n && a->name.zone.n == b->name.zone.n &&
	       strcmp(a->text, b->text) == 0 && strcmp(a->zone, b->zone) == 0 &&
	       a->name.hash == b->name.hash && a->name.zone_hash == b->name.zone_hash &&
	       a->name.zone_offset == b->name.zone_offset && a->name.class_ == b->name.class_ &&
	       a->name.labels == b->name.labels && a->name.own == b->name.own;
}

/* A name of some sort from a number; some are longer than the memo keeps. */
static struct str
make_raw(uint32_t i, char out[QNAME_TEXT_MAX])
{
	static const char *const tails[] = {"own.example", "Example.CO.UK.", "2.0.192.in-addr.arpa",
					    "x\\.y.com", "com"};
	size_t n = (size_t)snprintf(out, QNAME_TEXT_MAX, "%s%u", i % 7 ? "Name" : "_n", i);

	for (uint32_t j = 0; j < i % 11; j++)
		n += (size_t)snprintf(out + n, QNAME_TEXT_MAX - n, ".%0*u", (int)(i % 13) + 1, j);
	n += (size_t)snprintf(out + n, QNAME_TEXT_MAX - n, ".%s", tails[i % 5]);
	return str_make(out, n);
}

Test(namer, the_memo_changes_no_answer)
{
	enum { NAMES = 40000 }; /* more than the memo has slots, so that slots are overwritten */
	struct fixture f;
	char raw[QNAME_TEXT_MAX];
	struct copy *first = malloc(sizeof(*first)), *again = malloc(sizeof(*again));
	size_t lengthy = 0;

	setup(&f);
	for (uint32_t i = 0; i < NAMES; i++) {
		struct str text = make_raw(i, raw);
		lengthy += text.n > 104;
		copy_of(namer_look(f.namer, text), first);
		copy_of(namer_look(f.namer, text), again); /* now from the memo */
		cr_assert(same(first, again), "%s", raw);
		text = make_raw(i / 2, raw); /* something in between, perhaps in the same slot */
		namer_look(f.namer, text);
		if (i % 64)
			continue;
		struct namer *fresh = namer_new(&f.names);
		copy_of(namer_look(fresh, make_raw(i, raw)), again);
		cr_assert(same(first, again), "%s", raw);
		namer_free(fresh);
	}
	cr_expect(lengthy > 1000, "long names are tested too: %zu", lengthy);
	teardown(&f);
	free(first);
	free(again);
}

Test(namer, spelling_is_folded_but_not_the_raw_form_that_the_memo_knows)
{
	struct fixture f;
	struct copy lower, upper;

	setup(&f);
	copy_of(namer_look(f.namer, STR("www.example.org")), &lower);
	copy_of(namer_look(f.namer, STR("WwW.eXaMpLe.OrG")), &upper);
	cr_expect(same(&lower, &upper));
	copy_of(namer_look(f.namer, STR("www.example.org.")), &upper);
	cr_expect(same(&lower, &upper));
	teardown(&f);
}

/* 255 octets of which each is written \DDD: the longest text of a name (FORMATS.md 2.9). */
Test(namer, names_of_1003_characters_are_whole)
{
	char raw[QNAME_TEXT_MAX];
	size_t n = 0;
	struct fixture f;

	for (int label = 0; label < 4; label++) {
		for (int i = 0; i < (label < 3 ? 63 : 61); i++)
			n += (size_t)snprintf(raw + n, sizeof(raw) - n, "\\001");
		n += (size_t)snprintf(raw + n, sizeof(raw) - n, "%s", label < 3 ? "." : "");
	}
	cr_assert(qname_is_valid(str_make(raw, n)) && n == 1003, "%zu", n);
	setup(&f);
	for (int round = 0; round < 2; round++) {
		const struct name *name = namer_look(f.namer, str_make(raw, n));
		cr_expect_eq(name->text.n, 1003);
		cr_expect_eq(name->labels, 4);
		cr_expect_eq(name->zone.n, 63 * 4 + 1 + 61 * 4);
		cr_expect_eq(name->zone_offset + name->zone.n, name->text.n);
	}
	teardown(&f);
}

Test(namer, equal_names_have_equal_hashes_on_another_machine)
{
	struct fixture here, there;
	struct copy a, b;

	setup(&here); /* each has a random table key of its own */
	setup(&there);
	copy_of(namer_look(here.namer, STR("host.own.example")), &a);
	copy_of(namer_look(there.namer, STR("host.own.example")), &b);
	cr_expect(same(&a, &b));
	teardown(&here);
	teardown(&there);
}

Test(namer, keeps_a_mark_with_its_name)
{
	struct fixture f;

	setup(&f);
	const struct name *name = namer_look(f.namer, STR("a.own.example"));
	cr_expect_eq(name->mark, 0);
	namer_mark(f.namer, name, 7);
	cr_expect_eq(namer_look(f.namer, STR("b.own.example"))->mark, 0);
	name = namer_look(f.namer, STR("A.own.example."));
	cr_expect_eq(name->mark, 7);
	cr_expect(str_eq(name->zone, STR("own.example")));
	namer_mark(f.namer, name, 0);
	cr_expect_eq(namer_look(f.namer, STR("a.own.example"))->mark, 0);
	teardown(&f);
}
