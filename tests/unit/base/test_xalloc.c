#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/xalloc.h"

Test(xalloc, nothing_is_something)
{
	void *a = xmalloc(0), *b = xcalloc(0, 8), *c = xrealloc(NULL, 0, 0);

	cr_expect(a && b && c);
	free(a);
	free(b);
	free(c);
}

Test(xalloc, copies_end_in_a_nul_of_their_own)
{
	char *copy = xmemdup("a\0b", 3), *text = xstrdup("text"), *none = xmemdup(NULL, 0);

	cr_expect_arr_eq(copy, "a\0b\0", 4);
	cr_expect_str_eq(text, "text");
	cr_expect_str_eq(none, "");
	free(copy);
	free(text);
	free(none);
}

Test(xalloc, callocs_are_zero)
{
	unsigned char *p = xcalloc(1000, 3);

	for (size_t i = 0; i < 3000; i++)
		cr_assert_eq(p[i], 0);
	free(p);
}

Test(xalloc, a_size_that_overflows_ends_the_program_with_status_2, .exit_code = 2)
{
	cr_redirect_stderr();
	void *p = xrealloc(NULL, SIZE_MAX / 2, 3);

	free(p);
}
