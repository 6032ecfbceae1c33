/* exit, atexit, abort and failed assertions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "builtins.h"
#include "machine.h"

enum { HANDLERS = 64 };

static void (*handlers[HANDLERS])(void);
static size_t registered;

ZKVM_WEAK int atexit(void (*handler)(void)) {
    if (registered == HANDLERS) return -1;
    handlers[registered++] = handler;
    return 0;
}

ZKVM_WEAK __attribute__((noreturn)) void exit(int code) {
    while (registered > 0) handlers[--registered]();
    zkvm_exit(code);
}

ZKVM_WEAK __attribute__((noreturn)) void _Exit(int code) {
    zkvm_exit(code);
}

ZKVM_WEAK __attribute__((noreturn)) void _exit(int code) {
    zkvm_exit(code);
}

ZKVM_WEAK __attribute__((noreturn)) void abort(void) {
    zkvm_panic_at("zkvm.h", __LINE__, "abort was called");
}

/* Of C parts in Rust programs; C programs have that of zkvm.h. */
ZKVM_WEAK __attribute__((noreturn)) void zkvm_panic_at(const char *file, int line, const char *message) {
    fprintf(stderr, "panicked at %s:%d:\n%s\n", file, line, message);
    zkvm_exit(1);
}

/* The one thread's. */
ZKVM_WEAK int errno;

/* There is no environment. */
ZKVM_WEAK char *getenv(const char *name) {
    (void)name;
    return NULL;
}
