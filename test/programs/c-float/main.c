/*
 * Floating-point arithmetic by the functions that the compiler calls: pairs of operands as bits, results as bits on stdout.
 * Volatile variables, so that nothing is computed while compiling.
 */
#include <string.h>
#include <zkvm.h>

static void put(const void *value, size_t length) {
    zkvm_write(ZKVM_STDOUT, value, length);
}

#define PUT(type, expression)                                                                                          \
    do {                                                                                                               \
        type result = (expression);                                                                                    \
        put(&result, sizeof result);                                                                                   \
    } while (0)

#define COMPARE(x, y)                                                                                                  \
    PUT(uint32_t, (uint32_t)((x < y) | (x <= y) << 1 | (x > y) << 2 | (x >= y) << 3 | (x == y) << 4 | (x != y) << 5 |  \
                             __builtin_isunordered(x, y) << 6))

static void doubles(const uint64_t *pair) {
    volatile double x, y;
    memcpy((void *)&x, pair, 8);
    memcpy((void *)&y, pair + 1, 8);
    PUT(double, x + y);
    PUT(double, x - y);
    PUT(double, x * y);
    PUT(double, x / y);
    COMPARE(x, y);
    PUT(float, (float)x);
    volatile int64_t whole = (int64_t)pair[0];
    volatile uint64_t unsigned_whole = pair[0];
    PUT(double, (double)whole);
    PUT(double, (double)unsigned_whole);
    PUT(double, (double)(int32_t)whole);
    PUT(double, (double)(uint32_t)whole);
    PUT(float, (float)whole);
    PUT(float, (float)unsigned_whole);
    PUT(float, (float)(int32_t)whole);
    PUT(float, (float)(uint32_t)whole);
    PUT(int64_t, (int64_t)x);
    PUT(uint64_t, (uint64_t)x);
    PUT(int32_t, (int32_t)x);
    PUT(uint32_t, (uint32_t)x);
}

static void floats(const uint32_t *pair) {
    volatile float x, y;
    memcpy((void *)&x, pair, 4);
    memcpy((void *)&y, pair + 1, 4);
    PUT(float, x + y);
    PUT(float, x - y);
    PUT(float, x * y);
    PUT(float, x / y);
    COMPARE(x, y);
    PUT(double, (double)x);
    PUT(int64_t, (int64_t)x);
    PUT(uint64_t, (uint64_t)x);
    PUT(int32_t, (int32_t)x);
    PUT(uint32_t, (uint32_t)x);
}

typedef struct {
    uint64_t low, high;
} bits128;

static void quads(const bits128 *pair) {
    volatile long double x, y;
    memcpy((void *)&x, pair, 16);
    memcpy((void *)&y, pair + 1, 16);
    PUT(long double, x + y);
    PUT(long double, x - y);
    PUT(long double, x * y);
    PUT(long double, x / y);
    COMPARE(x, y);
    PUT(double, (double)x);
    PUT(float, (float)x);
    volatile uint64_t whole = pair->high;
    PUT(long double, (long double)whole);
    PUT(long double, (long double)(int64_t)whole);
    volatile double narrow;
    memcpy((void *)&narrow, &pair->high, 8);
    PUT(long double, (long double)narrow);
    PUT(int64_t, (int64_t)x);
    PUT(uint64_t, (uint64_t)x);
}

int main(void) {
    zkvm_bytes kind = zkvm_read(), items = zkvm_read();
    const uint8_t *end = items.data + items.length;
    for (const uint8_t *at = items.data; at < end;) {
        if (kind.data[0] == 'd') doubles((const uint64_t *)at), at += 16;
        else if (kind.data[0] == 'f') floats((const uint32_t *)at), at += 8;
        else quads((const bits128 *)at), at += 32;
    }
    return 0;
}
