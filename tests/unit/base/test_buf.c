#include <criterion/criterion.h>

#include "base/buf.h"

Test(buf, grows_and_stays_terminated)
{
	struct buf buf;

	buf_init(&buf, 100000);
	for (int i = 0; i < 1000; i++) {
		cr_assert(buf_printf(&buf, "%d,", i));
		cr_assert_eq(buf.p[buf.n], '\0');
	}
	cr_expect_eq(buf.n, 10 * 2 + 90 * 3 + 900 * 4);
	cr_expect(str_starts(buf_str(&buf), STR("0,1,2,")));
	cr_expect(str_ends(buf_str(&buf), STR("998,999,")));
	cr_expect_not(buf.full);
	buf_release(&buf);
}

Test(buf, refuses_whole_what_does_not_fit_and_stays_full_until_cleared)
{
	struct buf buf;

	buf_init(&buf, 10);
	cr_expect(buf_add_text(&buf, "12345678"));
	cr_expect_not(buf_add_text(&buf, "abc"));
	cr_expect_eq(buf.n, 8, "nothing of a refused append is there");
	cr_expect(buf.full);
	cr_expect_not(buf_add_char(&buf, 'x'), "what would fit is refused too");
	cr_expect_str_eq(buf.p, "12345678");
	buf_clear(&buf);
	cr_expect_not(buf.full);
	cr_expect_eq(buf.n, 0);
	cr_expect_str_eq(buf.p, "");
	cr_expect(buf_add_text(&buf, "1234567890"), "exactly the limit fits");
	cr_expect_not(buf_printf(&buf, "%s", "a"));
	buf_release(&buf);
}

Test(buf, a_printf_longer_than_the_limit_is_refused)
{
	struct buf buf;

	buf_init(&buf, 5);
	cr_expect_not(buf_printf(&buf, "%0200d", 1));
	cr_expect_eq(buf.n, 0);
	buf_release(&buf);
}

Test(buf, takes_any_bytes_and_nothing)
{
	struct buf buf;

	buf_init(&buf, 64);
	cr_expect(buf_add_str(&buf, (struct str){NULL, 0}));
	cr_expect_not_null(buf.p, "p is never NULL after the first append");
	cr_expect(buf_add(&buf, "a\0\xff", 3));
	cr_expect(str_eq(buf_str(&buf), str_make("a\0\xff", 3)));
	buf_release(&buf);
	cr_expect_eq(buf.limit, 64, "a released buffer can be used again");
	cr_expect(buf_add_char(&buf, 'b'));
	cr_expect_str_eq(buf.p, "b");
	buf_release(&buf);
}

Test(buf, a_limit_of_nothing_holds_nothing)
{
	struct buf buf;

	buf_init(&buf, 0);
	cr_expect(buf_add(&buf, "", 0));
	cr_expect_not(buf_add_char(&buf, 'a'));
	buf_release(&buf);
}
