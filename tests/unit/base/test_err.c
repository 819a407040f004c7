#include <criterion/criterion.h>
#include <string.h>

#include "base/err.h"

Test(err, setting_returns_minus_one_and_replaces)
{
	struct err err = {"old"};

	cr_expect_eq(err_set(&err, "%s: %d", "new", 7), -1);
	cr_expect_str_eq(err.text, "new: 7");
	cr_expect_eq(err_prefix(&err, "file %s", "a.log"), -1);
	cr_expect_str_eq(err.text, "file a.log: new: 7");
}

Test(err, longer_texts_are_cut_and_terminated)
{
	struct err err;
	char letters[1000];

	memset(letters, 'x', sizeof(letters) - 1);
	letters[sizeof(letters) - 1] = '\0';
	err_set(&err, "%s", letters);
	cr_expect_eq(strlen(err.text), sizeof(err.text) - 1);
	err_prefix(&err, "place");
	cr_expect_eq(strncmp(err.text, "place: xxx", 10), 0);
	cr_expect_eq(strlen(err.text), sizeof(err.text) - 1);
	err_prefix(&err, "%s", letters);
	cr_expect_eq(strlen(err.text), sizeof(err.text) - 1);
}
