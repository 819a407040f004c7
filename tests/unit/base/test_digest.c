#include <criterion/criterion.h>

#include "base/digest.h"

/* The examples of RFC 9562, appendix A.4, and of Python's uuid module. */
Test(digest, a_name_gives_the_uuid_that_the_standard_says)
{
	static const struct uuid dns = {{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4,
					 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}};
	char text[UUID_TEXT];
	struct uuid uuid = uuid_of_name(&dns, STR("www.example.com"));

	cr_expect_str_eq(uuid_print(&uuid, text), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
	uuid = uuid_of_name(&dns, STR(""));
	cr_expect_str_eq(uuid_print(&uuid, text), "4ebd0208-8328-5d69-8c44-ec50939c0967");
}

Test(digest, a_keyed_digest_depends_on_key_and_bytes)
{
	struct digest_key a, b, again;

	digest_key_make(&a, STR("key a"));
	digest_key_make(&b, STR("key b"));
	digest_key_make(&again, STR("key a"));
	cr_expect_eq(digest_keyed(&a, "x", 1), digest_keyed(&again, "x", 1));
	cr_expect_neq(digest_keyed(&a, "x", 1), digest_keyed(&b, "x", 1));
	cr_expect_neq(digest_keyed(&a, "x", 1), digest_keyed(&a, "y", 1));
	cr_expect_neq(digest_keyed(&a, "x", 1), digest_keyed(&a, "", 0));
}

/* The examples of FIPS 180. */
Test(digest, sums_are_sha1)
{
	char sum[DIGEST_SUM];

	cr_expect_str_eq(digest_sum(STR("abc"), sum), "a9993e364706816aba3e25717850c26c9cd0d89d");
	cr_expect_str_eq(digest_sum((struct str){NULL, 0}, sum),
			 "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}
