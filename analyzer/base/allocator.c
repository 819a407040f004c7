#include "base/allocator.h"

#ifdef HAVE_MIMALLOC

#include <mimalloc.h>

void
allocator_start(void)
{
	/* Pages of 2 MiB: 4 KiB ones miss the processor's address cache with nearly every look-up. */
	mi_option_enable(mi_option_large_os_pages);
}

#else

void
allocator_start(void)
{
}

#endif
