/* <memory.h>, an old name. */
#include <string.h>
