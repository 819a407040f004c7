#include "base/allocator.h"

#ifdef HAVE_MIMALLOC

#include <mimalloc.h>

/* Below this much the parts of large pages that lie idle would weigh too much. */
enum { LARGE_FROM = 128 << 20 };

void
allocator_start(uint64_t memory)
{
	/* Pages of 2 MiB: 4 KiB ones miss the processor's address cache with nearly every look-up. */
	if (memory >= LARGE_FROM)
		mi_option_enable(mi_option_large_os_pages);
}

#else

void
allocator_start(uint64_t memory)
{
	(void)memory;
}

#endif
