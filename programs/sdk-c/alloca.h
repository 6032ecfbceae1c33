/* <alloca.h>: memory of the stack. */
#undef alloca
#define alloca(length) __builtin_alloca(length)
