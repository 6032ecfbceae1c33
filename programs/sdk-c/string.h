/* For code that includes <string.h>: the functions of zkvm.h, which are all there are. */
#include <zkvm.h>
