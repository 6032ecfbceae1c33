/* C in a Rust program: memory, text, thread-local variables, floating point, the end. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t mix(const uint8_t *p, size_t n) {
    uint32_t h = 7, w;
    for (size_t i = 0; i + 4 <= n; i++) {
        memcpy(&w, p + i, 4);
        h = h * 31 + w;
    }
    return h;
}

static int by_value(const void *a, const void *b) {
    return *(const uint8_t *)a - *(const uint8_t *)b;
}

char *sorted(const uint8_t *bytes, size_t length) {
    uint8_t *copy = malloc(length);
    memcpy(copy, bytes, length);
    qsort(copy, length, 1, by_value);
    size_t used = 0;
    char *text = calloc(1, 1);
    for (size_t i = 0; i < length; i++) {
        text = realloc(text, used + 5);
        used += (size_t)sprintf(text + used, "%d ", copy[i]);
    }
    free(copy);
    return text;
}

void release(char *text) {
    free(text);
}

static _Thread_local int count = 40;

int counted(void) {
    return ++count;
}

double half_of(double value) {
    char text[40];
    snprintf(text, sizeof text, "%.3f", value / 2);
    return strtod(text, NULL);
}

void say(const char *text) {
    printf("%s: %5.2f\n", text, 1.0 / 3);
    fputs("to stderr\n", stderr);
}

#ifdef MISSING
int socket(int domain, int type, int protocol);
#endif
#ifdef BROKEN
#include <sys/socket.h>
#endif

void fail(int how) {
#ifdef MISSING
    if (how == 3) exit(socket(1, 2, 3));
#endif
    if (how == 0) exit(0);
    assert(how != 1);
    abort();
}
