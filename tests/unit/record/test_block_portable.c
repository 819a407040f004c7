/* The same tests as on a processor without SSE2. */
#undef __SSE2__
#define BLOCK_SUITE block_portable
#include "test_block.c"
