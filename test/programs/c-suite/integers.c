/* Integers of 64 bits, bit operations, overflow checks, bit fields, unions, conversions. */
#include <stdint.h>
#include <stdio.h>

static uint64_t state = 88172645463325252ull;

static uint64_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state >> (state & 63);
}

struct fields {
    unsigned a : 3;
    int b : 5;
    unsigned c : 11;
    int d : 13;
    unsigned long long e : 40;
};

union both {
    uint64_t whole;
    uint8_t bytes[8];
    uint16_t halves[4];
};

int main(void) {
    for (int i = 0; i < 300; i++) {
        volatile uint64_t a = next(), b = next() | 1;
        volatile int64_t c = (int64_t)next() * (i % 2 == 0 ? 1 : -1), d = (int64_t)(next() | 1) * (i % 3 == 0 ? -1 : 1);
        volatile int n = i % 64;
        printf("%llx %llx %llx %llx ", (unsigned long long)(a * b), (unsigned long long)(a / b), (unsigned long long)(a % b), (unsigned long long)(a << n));
        printf("%llx %llx ", (unsigned long long)(a >> n), (unsigned long long)(c >> n));
        if (!(c == INT64_MIN && d == -1)) printf("%lld %lld ", (long long)(c / d), (long long)(c % d));
        printf("%d %d %d %d ", __builtin_clzll(b), __builtin_ctzll(b), __builtin_popcountll(a), __builtin_parityll(a));
        printf("%d %d %d %d ", __builtin_clz((uint32_t)b), __builtin_ctz((uint32_t)b), __builtin_popcount((uint32_t)a), __builtin_ffsll((long long)a));
        printf("%x %llx %d ", __builtin_bswap32((uint32_t)a), (unsigned long long)__builtin_bswap64(a), __builtin_clrsb((int)a));
        long long product = 0;
        int sum = 0;
        int over = __builtin_mul_overflow((long long)c, (long long)d, &product);
        int also = __builtin_add_overflow((int)a, (int)b, &sum);
        printf("%d %llx %d %x %d\n", over, (unsigned long long)product, also, (unsigned)sum, c < d);
        struct fields f = {.a = (unsigned)a, .b = (int)b, .c = (unsigned)a, .d = (int)b, .e = a};
        f.a += 1, f.b -= 1, f.e ^= b;
        printf("%u %d %u %d %llx\n", f.a, f.b, f.c, f.d, (unsigned long long)f.e);
        union both u = {.whole = a};
        u.bytes[3] ^= 0x5a;
        u.halves[3] = (uint16_t)i;
        printf("%llx %d %d %u\n", (unsigned long long)u.whole, (int8_t)a, (int16_t)a, (uint16_t)b);
    }
    return 0;
}
