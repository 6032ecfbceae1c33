/* For code that includes <stdlib.h>: the heap and abort of zkvm.h, and exit. */
#include <zkvm.h>

#define exit(code) zkvm_exit(code)
#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
