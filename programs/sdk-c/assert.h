/* For code that includes <assert.h>: a panic, and nothing where NDEBUG is defined. May be included again. */
void zkvm_panic_at(const char *file, int line, const char *message) __attribute__((noreturn));

#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) ((condition) ? (void)0 : zkvm_panic_at(__FILE__, __LINE__, "assertion failed: " #condition))
#endif

#ifndef __cplusplus
#undef static_assert
#define static_assert _Static_assert
#endif
