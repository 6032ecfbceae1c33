/* What compiler torture suites try: arguments of every kind, structures by value, aliasing, initialisers, switches. */
#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct small {
    char c;
};
struct pair {
    short a;
    int b;
};
struct mixed {
    char a;
    double d;
    float f;
    long long l;
};
struct large {
    int values[20];
};
struct packed {
    char a;
    int b;
    short c;
} __attribute__((packed));

static struct large double_all(struct large in) {
    for (int i = 0; i < 20; i++) in.values[i] *= 2;
    return in;
}

static struct mixed mix(struct small s, struct pair p, struct mixed m, double d, float f) {
    return (struct mixed){.a = (char)(s.c + p.a), .d = m.d + d, .f = m.f * f, .l = m.l - p.b};
}

static double add_all(const char *kinds, ...) {
    va_list values, copy;
    double sum = 0;
    va_start(values, kinds);
    va_copy(copy, values);
    for (const char *k = kinds; *k != 0; k++) {
        switch (*k) {
        case 'i': sum += va_arg(values, int); break;
        case 'l': sum += (double)va_arg(values, long long); break;
        case 'd': sum += va_arg(values, double); break;
        case 'p': sum += va_arg(values, struct pair).b; break;
        case 'b': sum += va_arg(values, struct large).values[19]; break;
        }
    }
    va_end(values);
    if (*kinds == 'i') sum += va_arg(copy, int);
    va_end(copy);
    return sum;
}

static int classify(int n) {
    switch (n) {
    case -1: return 1;
    case 0 ... 9: return 2;
    case 100: return 3;
    case 1000: return 4;
    case INT_MAX: return 5;
    case INT_MIN: return 6;
    default: return 7;
    }
}

static int many(int a, int b, int c, int d, int e, int f, int g, int h, int i, long long j, int k, double l) {
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + (int)(j >> 32) + 11 * k + (int)l;
}

static const struct {
    const char *name;
    int (*function)(int);
} table[] = {{"classify", classify}, {"abs", abs}};

static int sparse[10] = {[3] = 3, [7] = 7, 8};
static const char *const texts[] = {"a" "b", "\x41\102\n", u8"\u00e4"};

typedef int vector __attribute__((vector_size(16)));

int main(void) {
    struct large big;
    for (int i = 0; i < 20; i++) big.values[i] = i;
    big = double_all(double_all(big));
    printf("%d %d\n", big.values[0], big.values[19]);
    struct mixed m = mix((struct small){3}, (struct pair){4, 5}, (struct mixed){1, 2.5, 3.5f, 1ll << 40}, 0.25, 2.0f);
    printf("%d %g %g %lld\n", m.a, m.d, (double)m.f, m.l);
    printf("%g\n", add_all("ildpbi", 1, 2ll << 33, 3.5, (struct pair){1, 4}, big, 9));
    const int keys[] = {-1, 0, 9, 10, 100, 1000, INT_MAX, INT_MIN};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) printf("%d ", classify(keys[i]));
    printf("%d\n", many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10ll << 32, 11, 12.75));
    for (size_t i = 0; i < 2; i++) printf("%s %d ", table[i].name, table[i].function(-1));
    printf("%d %d %d\n", sparse[3] + sparse[7] + sparse[8], (int)strlen(texts[0]), (int)strlen(texts[2]));
    struct packed p = {1, 0x01020304, 5};
    p.b++;
    printf("%d %d %x\n", (int)sizeof p, (int)offsetof(struct packed, c), (unsigned)p.b);
    vector v = {1, 2, 3, 4}, w = v * v + 1;
    printf("%d %d %d %d\n", w[0], w[1], w[2], w[3]);
    signed char c = (signed char)200;
    unsigned char u = (unsigned char)-1;
    printf("%d %d %d %u\n", c, u, (c >> 1) + u, (unsigned)c);
    volatile int shift = 31;
    printf("%x %d %d\n", 1u << shift, -17 / 5, -17 % 5);
    int a = 5;
    int b = ({ int t = a * 2; t + 1; });
    printf("%d %d\n", b, a ?: 9);
    float f = 1.1f;
    double d = 1.1;
    printf("%d %d %d\n", f == d, f < d, (int)(f * 10 + 0.5f));
    long double q = 1.0L;
    for (int i = 0; i < 10; i++) q = q * 3 + 1;
    printf("%.0Lf %d\n", q / 2, (int)(q * 2));
    assert(b == 11);
    char line[16];
    int n = 0;
    while (n < 10) {
        if (n == 7) break;
        if (n++ % 2 == 0) continue;
        snprintf(line, sizeof line, "<%d>", n);
        fputs(line, stdout);
    }
    puts("");
    exit(a == 5 ? 0 : 1);
}
