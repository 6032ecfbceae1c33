/* <malloc.h>, an old name. */
#include <stdlib.h>

void *memalign(size_t align, size_t length);
