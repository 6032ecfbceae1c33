/*
 * The part of <math.h> whose results are exact or correctly rounded by nature: parts of numbers, roundings to integers,
 * remainders, square roots. Source: IEEE 754-2019 and C11, annex F. Functions such as sin and exp are not here.
 */
#include <math.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include "builtins.h"

#define SIGN 0x8000000000000000u
#define MAGNITUDE 0x7fffffffffffffffu
#define INFINITY_BITS 0x7ff0000000000000u
#define HIDDEN 0x0010000000000000u

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int32_t exponent_of(uint64_t bits) {
    return (int32_t)(bits >> 52 & 0x7ff) - 1023;
}

ZKVM_WEAK double fabs(double x) {
    return from_bits(bits_of(x) & MAGNITUDE);
}

ZKVM_WEAK float fabsf(float x) {
    return float_from_bits(bits_of_float(x) & 0x7fffffffu);
}

ZKVM_WEAK double copysign(double x, double sign) {
    return from_bits((bits_of(x) & MAGNITUDE) | (bits_of(sign) & SIGN));
}

ZKVM_WEAK float copysignf(float x, float sign) {
    return float_from_bits((bits_of_float(x) & 0x7fffffffu) | (bits_of_float(sign) & 0x80000000u));
}

ZKVM_WEAK double nan(const char *tag) {
    (void)tag;
    return __builtin_nan("");
}

ZKVM_WEAK float nanf(const char *tag) {
    (void)tag;
    return __builtin_nanf("");
}

/* Toward zero: the bits behind the point are cleared. */
ZKVM_WEAK double trunc(double x) {
    uint64_t bits = bits_of(x);
    int32_t exponent = exponent_of(bits);
    if (exponent >= 52) return exponent == 1024 && (bits & MAGNITUDE) > INFINITY_BITS ? x + x : x;
    if (exponent < 0) return from_bits(bits & SIGN);
    return from_bits(bits & ~((HIDDEN - 1) >> exponent));
}

ZKVM_WEAK double floor(double x) {
    double whole = trunc(x);
    return whole == x || x > 0 || x != x ? whole : whole - 1;
}

ZKVM_WEAK double ceil(double x) {
    double whole = trunc(x);
    if (whole == x || x < 0 || x != x) return whole;
    return whole + 1;
}

/* Halves away from zero. */
ZKVM_WEAK double round(double x) {
    double whole = trunc(x);
    if (fabs(x - whole) >= 0.5) whole += copysign(1, x);
    return whole;
}

/* Halves to the even neighbour: the addition rounds. */
ZKVM_WEAK double rint(double x) {
    uint64_t bits = bits_of(x);
    if (exponent_of(bits) >= 52) return x;
    volatile double shifted = fabs(x) + 0x1p52;
    return copysign(shifted - 0x1p52, x);
}

ZKVM_WEAK double nearbyint(double x) {
    return rint(x);
}

ZKVM_WEAK double roundeven(double x) {
    return rint(x);
}

ZKVM_WEAK long lround(double x) {
    return (long)round(x);
}

ZKVM_WEAK long long llround(double x) {
    return (long long)round(x);
}

ZKVM_WEAK long lrint(double x) {
    return (long)rint(x);
}

ZKVM_WEAK long long llrint(double x) {
    return (long long)rint(x);
}

ZKVM_WEAK double fmax(double x, double y) {
    if (x != x) return y;
    if (y != y) return x;
    if (x == y) return (bits_of(x) & SIGN) != 0 ? y : x;
    return x > y ? x : y;
}

ZKVM_WEAK double fmin(double x, double y) {
    if (x != x) return y;
    if (y != y) return x;
    if (x == y) return (bits_of(x) & SIGN) != 0 ? x : y;
    return x < y ? x : y;
}

ZKVM_WEAK double fdim(double x, double y) {
    if (x != x || y != y) return x + y;
    return x > y ? x - y : 0;
}

ZKVM_WEAK double scalbn(double x, int power) {
    uint64_t bits = bits_of(x), sign = bits & SIGN, magnitude = bits & MAGNITUDE;
    if (magnitude == 0 || magnitude >= INFINITY_BITS) return x + x;
    int32_t exponent = (int32_t)(magnitude >> 52);
    uint64_t m = (magnitude & (HIDDEN - 1)) | HIDDEN;
    if (exponent == 0) {
        int32_t shift = zkvm_clz64(magnitude) - 11;
        m = magnitude << shift;
        exponent = 1 - shift;
    }
    if (power > 5000) power = 5000;
    if (power < -5000) power = -5000;
    exponent += power;
    if (exponent >= 0x7ff) {
        errno = ERANGE;
        return from_bits(sign | INFINITY_BITS);
    }
    if (exponent > 0) return from_bits(sign | (uint64_t)(uint32_t)exponent << 52 | (m & (HIDDEN - 1)));
    uint32_t shift = (uint32_t)(1 - exponent);
    uint64_t lost = shift < 64 ? m << (64 - shift) : (shift == 64 ? m : 1);
    uint64_t result = shift < 64 ? m >> shift : 0;
    if (lost > SIGN || (lost == SIGN && (result & 1) != 0)) result++;
    if (lost != 0) errno = ERANGE;
    return from_bits(sign | result);
}

ZKVM_WEAK double scalbln(double x, long power) {
    return scalbn(x, (int)power);
}

ZKVM_WEAK double ldexp(double x, int power) {
    return scalbn(x, power);
}

/* x = result * 2^power, with the result from 1/2 up and below 1. */
ZKVM_WEAK double frexp(double x, int *power) {
    uint64_t bits = bits_of(x), magnitude = bits & MAGNITUDE;
    *power = 0;
    if (magnitude == 0 || magnitude >= INFINITY_BITS) return x + x;
    int32_t exponent = (int32_t)(magnitude >> 52);
    if (exponent == 0) {
        int32_t shift = zkvm_clz64(magnitude) - 11;
        magnitude <<= shift;
        exponent = 1 - shift;
    }
    *power = exponent - 1022;
    return from_bits((bits & SIGN) | 0x3fe0000000000000u | (magnitude & (HIDDEN - 1)));
}

ZKVM_WEAK double modf(double x, double *whole) {
    *whole = trunc(x);
    if ((bits_of(x) & MAGNITUDE) == INFINITY_BITS) return copysign(0, x);
    return copysign(x - *whole, x);
}

ZKVM_WEAK int ilogb(double x) {
    uint64_t magnitude = bits_of(x) & MAGNITUDE;
    if (magnitude == 0) return FP_ILOGB0;
    if (magnitude > INFINITY_BITS) return FP_ILOGBNAN;
    if (magnitude == INFINITY_BITS) return INT_MAX;
    if (magnitude >= HIDDEN) return exponent_of(magnitude);
    return -1011 - zkvm_clz64(magnitude);
}

ZKVM_WEAK double logb(double x) {
    if (x == 0) return -1 / fabs(x);
    if (x != x || (bits_of(x) & MAGNITUDE) == INFINITY_BITS) return x * x;
    return ilogb(x);
}

ZKVM_WEAK double nextafter(double x, double y) {
    if (x != x || y != y) return x + y;
    if (x == y) return y;
    uint64_t bits = bits_of(x);
    if ((bits & MAGNITUDE) == 0) return from_bits((bits_of(y) & SIGN) | 1);
    return from_bits((x < y) == (x > 0) ? bits + 1 : bits - 1);
}

ZKVM_WEAK float nextafterf(float x, float y) {
    if (x != x || y != y) return x + y;
    if (x == y) return y;
    uint32_t bits = bits_of_float(x);
    if ((bits & 0x7fffffffu) == 0) return float_from_bits((bits_of_float(y) & 0x80000000u) | 1);
    return float_from_bits((x < y) == (x > 0) ? bits + 1 : bits - 1);
}

/*
 * |x| = m * 2^(e - 1075) for both; the remainder of the m's as integers, by shifting and subtracting. *odd is whether the
 * quotient, rounded down, is odd.
 */
static uint64_t reduce(uint64_t x, uint64_t y, int32_t *exponent, int *odd) {
    int32_t ex = (int32_t)(x >> 52), ey = (int32_t)(y >> 52);
    uint64_t mx = x & (HIDDEN - 1), my = y & (HIDDEN - 1);
    if (ex != 0) mx |= HIDDEN;
    else ex = 1;
    if (ey != 0) my |= HIDDEN;
    else ey = 1;
    *exponent = ey;
    *odd = (mx / my & 1) != 0;
    mx %= my;
    for (; ex > ey; ex--) {
        mx <<= 1;
        *odd = mx >= my;
        if (*odd) mx -= my;
    }
    return mx;
}

static double from_parts(uint64_t m, int32_t exponent) {
    if (m == 0) return 0;
    while (m < HIDDEN && exponent > 1) m <<= 1, exponent--;
    return from_bits(m < HIDDEN ? m : (m & (HIDDEN - 1)) | (uint64_t)(uint32_t)exponent << 52);
}

ZKVM_WEAK double fmod(double x, double y) {
    uint64_t a = bits_of(x) & MAGNITUDE, b = bits_of(y) & MAGNITUDE;
    if (b == 0 || a >= INFINITY_BITS || b > INFINITY_BITS) {
        if (a <= INFINITY_BITS && b <= INFINITY_BITS) errno = EDOM;
        return x * y / (x * y);
    }
    if (a < b) return x;
    int32_t exponent;
    int odd;
    uint64_t m = reduce(a, b, &exponent, &odd);
    return copysign(from_parts(m, exponent), x);
}

/* The remainder of the division whose quotient is rounded to nearest, ties to even. */
ZKVM_WEAK double remainder(double x, double y) {
    uint64_t a = bits_of(x) & MAGNITUDE, b = bits_of(y) & MAGNITUDE;
    if (b == 0 || a >= INFINITY_BITS || b > INFINITY_BITS) return x * y / (x * y);
    if (b == INFINITY_BITS) return x;
    double divisor = from_bits(b), rest = from_bits(a);
    int odd = 0;
    if (a >= b) {
        int32_t exponent;
        uint64_t m = reduce(a, b, &exponent, &odd);
        rest = from_parts(m, exponent);
    }
    /* Compares rest with half of the divisor, without halving, which may round, or doubling, which may overflow. */
    double other = divisor - rest;
    if (rest > other || (rest == other && odd)) rest = -other;
    return (bits_of(x) & SIGN) != 0 ? -rest : rest;
}

/* Digit by digit, to 54 bits: the last decides the rounding, since a root never lies exactly between two numbers. */
ZKVM_WEAK double sqrt(double x) {
    uint64_t bits = bits_of(x);
    if ((bits & MAGNITUDE) == 0 || bits == INFINITY_BITS || (bits & MAGNITUDE) > INFINITY_BITS) return x + x;
    if ((bits & SIGN) != 0) {
        errno = EDOM;
        return __builtin_nan("");
    }
    /* x = m * 2^exponent with an even exponent, and m from 2^52 up and below 2^54. */
    int exponent;
    uint64_t m = (bits_of(frexp(x, &exponent)) & (HIDDEN - 1)) | HIDDEN;
    exponent -= 53;
    if ((exponent & 1) != 0) m <<= 1, exponent--;
    /* The root of m * 2^54, whose bits are taken in pairs from the top. */
    uint64_t rest = 0, root = 0;
    for (int i = 0; i < 54; i++) {
        rest = rest << 2 | (i < 27 ? m >> (52 - 2 * i) & 3 : 0);
        uint64_t trial = root << 2 | 1;
        root <<= 1;
        if (rest >= trial) {
            rest -= trial;
            root |= 1;
        }
    }
    int32_t biased = (exponent - 52) / 2 + 1075;
    return from_bits(((uint64_t)(uint32_t)(biased - 1) << 52) + ((root + 1) >> 1));
}

/* In double, and rounded once more: for these that is exact, since double has more than twice the bits of float. */
#define FLOAT(name)                                                                                                    \
    ZKVM_WEAK float name##f(float x) {                                                                                 \
        return (float)name(x);                                                                                         \
    }
#define FLOAT2(name)                                                                                                   \
    ZKVM_WEAK float name##f(float x, float y) {                                                                        \
        return (float)name(x, y);                                                                                      \
    }

FLOAT(trunc)
FLOAT(floor)
FLOAT(ceil)
FLOAT(round)
FLOAT(rint)
FLOAT(nearbyint)
FLOAT(roundeven)
FLOAT(logb)
FLOAT(sqrt)
FLOAT2(fmax)
FLOAT2(fmin)
FLOAT2(fdim)
FLOAT2(fmod)
FLOAT2(remainder)

ZKVM_WEAK long lroundf(float x) {
    return lround(x);
}

ZKVM_WEAK long long llroundf(float x) {
    return llround(x);
}

ZKVM_WEAK long lrintf(float x) {
    return lrint(x);
}

ZKVM_WEAK long long llrintf(float x) {
    return llrint(x);
}

ZKVM_WEAK float scalbnf(float x, int power) {
    /* As a double it is exact, so that only the conversion rounds; powers beyond are the same. */
    return (float)scalbn(x, power < -300 ? -300 : power > 300 ? 300 : power);
}

ZKVM_WEAK float ldexpf(float x, int power) {
    return scalbnf(x, power);
}

ZKVM_WEAK float frexpf(float x, int *power) {
    return (float)frexp(x, power);
}

ZKVM_WEAK float modff(float x, float *whole) {
    double part, rest = modf(x, &part);
    *whole = (float)part;
    return (float)rest;
}

ZKVM_WEAK int ilogbf(float x) {
    return ilogb(x);
}

ZKVM_WEAK int (isnan)(double x) {
    return __builtin_isnan(x);
}

ZKVM_WEAK int (isinf)(double x) {
    return (bits_of(x) & MAGNITUDE) != INFINITY_BITS ? 0 : (bits_of(x) & SIGN) != 0 ? -1 : 1;
}

ZKVM_WEAK int finite(double x) {
    return (bits_of(x) & MAGNITUDE) < INFINITY_BITS;
}
