#include "record/digits.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

Test(record_digits, every_byte_at_every_place)
{
	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 0; at < DIGITS_BYTES; at++) {
			char text[DIGITS_BYTES + 1] = "12345678";
			text[at] = (char)c;
			bool digit = c >= '0' && c <= '9';
			cr_assert_eq(digits_count(digits_at(text)), digit ? DIGITS_BYTES : at,
				     "%02x at %zu", c, at);
		}
}

Test(record_digits, the_number_that_they_write)
{
	for (unsigned value = 0, step = 1; value < 100000000; value += step, step += 7) {
		char text[32];
		unsigned n = (unsigned)snprintf(text, sizeof(text), "%u", value);
		memset(text + n, ' ', sizeof(text) - n);
		uint64_t word = digits_at(text);
		cr_assert_eq(digits_count(word), n);
		cr_assert_eq(digits_value(digits_first(word, n)), value, "%u", value);
	}
}
