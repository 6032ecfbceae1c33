/* Floating point: arithmetic, conversions, the exact functions of <math.h>, complex numbers. */
#include <complex.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t state = 88172645463325252ull;

static uint64_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static double number(int i) {
    static const double special[] = {0.0, -0.0, 1.0, -1.0, 0.5, 1.5, -2.5, 3.0, 1e300, -1e300, 5e-324, 1e-310, 0x1p52, 0x1p53, 4503599627370495.5, 0x1p31, 0x1p63, 1e10};
    if (i < 18) return special[i];
    uint64_t bits = next();
    if (i % 3 == 0) bits = (bits & 0x800fffffffffffffull) | (1023 - 30 + next() % 90) << 52;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value != value || isinf(value) ? 7.25 : value;
}

static unsigned long long bits(double value) {
    uint64_t result;
    memcpy(&result, &value, sizeof result);
    return value != value ? 0x7ff8000000000000ull : result;
}

static unsigned bitsf(float value) {
    uint32_t result;
    memcpy(&result, &value, sizeof result);
    return value != value ? 0x7fc00000u : result;
}

int main(void) {
    for (int i = 0; i < 400; i++) {
        volatile double x = number(i), y = number(i < 18 ? (i * 7) % 18 : i);
        int power;
        double whole, part = modf(x, &whole), fraction = frexp(x, &power);
        printf("%llx %llx %llx %llx %d %llx %d ", bits(x + y), bits(x / y), bits(part), bits(whole), power, bits(fraction), x < y);
        printf("%llx %llx %llx %llx %llx %llx ", bits(floor(x)), bits(ceil(x)), bits(trunc(x)), bits(round(x)), bits(rint(x)), bits(nearbyint(x)));
        printf("%llx %llx %llx %llx %llx ", bits(sqrt(fabs(x))), bits(fmod(x, y)), bits(remainder(x, y)), bits(fmax(x, y)), bits(fmin(x, y)));
        printf("%llx %llx %llx %llx %llx\n", bits(ldexp(x, 5)), bits(scalbn(x, -1070)), bits(copysign(x, y)), bits(fdim(x, y)), bits(nextafter(x, y)));
        printf("%d %d %d %d ", x == 0 ? 0 : ilogb(x), !!signbit(x), fpclassify(x) == FP_SUBNORMAL, !!isfinite(x));
        volatile float f = (float)x, g = (float)y;
        if (isinf(f)) f = 3.5f;
        if (isinf(g)) g = -0.75f;
        printf("%x %x %x %x %x %x %x ", bitsf(f * g), bitsf(f - g), bitsf(sqrtf(fabsf(f))), bitsf(floorf(f)), bitsf(fmodf(f, g)), bitsf(roundf(f)), bitsf(ldexpf(f, -130)));
        if (fabs(x) < 2e9) printf("%d %ld ", (int)x, lround(x));
        if (fabs(x) < 9e18) printf("%lld %lld ", (long long)x, llrint(x));
        if (x >= 0 && x < 1.8e19) printf("%llu ", (unsigned long long)x);
        printf("%llx ", bits((double)(int64_t)next()));
        printf("%x\n", bitsf((float)next()));
        if (i > 150) continue;
        double complex a = CMPLX(x / 4, y / 4), b = CMPLX(3, -1.5);
        volatile double complex product = a * b;
        printf("%llx %llx\n", bits(creal(product)), bits(cimag(product)));
    }
    volatile double complex infinite = CMPLX(INFINITY, NAN) * CMPLX(1, 1);
    printf("%d\n", isinf(creal(infinite)) != 0 || isinf(cimag(infinite)) != 0);
    volatile double complex quotient = CMPLX(6, 8) / CMPLX(1, 1);
    printf("%g %g\n", creal(quotient), cimag(quotient));
    volatile float complex small = CMPLXF(1, 2) * CMPLXF(3, 4);
    printf("%g %g\n", crealf(small), cimagf(small));
    /* Power series, as programs of this kind have them. */
    double e = 1, term = 1, pi = 0;
    for (int i = 1; i < 30; i++) term /= i, e += term;
    for (int i = 0; i < 200; i++) pi += (i % 2 == 0 ? 4.0 : -4.0) / (2 * i + 1);
    printf("%.17g %.17g %.9g\n", e, pi, (double)(float)e);
    return 0;
}
