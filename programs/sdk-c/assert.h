/* For code that includes <assert.h>: a panic, and nothing where NDEBUG is defined. May be included again. */
#include <zkvm.h>

#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) zkvm_assert(condition)
#endif

#define static_assert _Static_assert
