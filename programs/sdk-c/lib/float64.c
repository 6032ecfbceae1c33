/*
 * Arithmetic of double (binary64) in software, under the names that compilers call. Source: IEEE 754-2019; rounding is to
 * nearest, ties to even; every NaN that comes out is the one of the RISC-V specification (section 11.3).
 *
 * While a result is computed, its significand has three bits more than it will have: a guard bit, a round bit, and one that
 * says whether anything below was not zero.
 */
#include "builtins.h"

#define SIGN 0x8000000000000000u
#define MAGNITUDE 0x7fffffffffffffffu
#define INFINITY_BITS 0x7ff0000000000000u
#define NAN_BITS 0x7ff8000000000000u
#define HIDDEN 0x0010000000000000u
#define FRACTION 0x000fffffffffffffu

/* Rounds significand * 2^(exponent - 1078), where the significand is below 2^56, and from 2^55 up if exponent > 0. */
static uint64_t pack(uint64_t sign, int32_t exponent, uint64_t significand) {
    uint64_t result;
    if (exponent >= 2047) return sign | INFINITY_BITS;
    if (exponent > 0) {
        result = ((uint64_t)(uint32_t)(exponent - 1) << 52) + (significand >> 3);
    } else {
        uint32_t shift = (uint32_t)(1 - exponent);
        significand = shift < 60 ? significand >> shift | ((significand << (64 - shift)) != 0) : significand != 0;
        result = significand >> 3;
    }
    uint32_t rest = (uint32_t)significand & 7;
    return sign | (result + (rest > 4 || (rest == 4 && (result & 1) != 0)));
}

/* Makes a significand of 53 bits; returns the exponent, which is not positive for numbers that were subnormal. */
static int32_t unpack(uint64_t magnitude, uint64_t *significand) {
    int32_t exponent = (int32_t)(magnitude >> 52);
    if (exponent > 0) {
        *significand = (magnitude & FRACTION) | HIDDEN;
        return exponent;
    }
    int32_t shift = zkvm_clz64(magnitude) - 11;
    *significand = magnitude << shift;
    return 1 - shift;
}

static uint64_t add(uint64_t a, uint64_t b) {
    if ((a & MAGNITUDE) < (b & MAGNITUDE)) {
        uint64_t swapped = a;
        a = b;
        b = swapped;
    }
    uint64_t large = a & MAGNITUDE, small = b & MAGNITUDE, sign = a & SIGN;
    if (large >= INFINITY_BITS) {
        if (large > INFINITY_BITS || (small == INFINITY_BITS && a != b)) return NAN_BITS;
        return a;
    }
    if (small == 0) return large == 0 ? a & b : a;
    /* A subnormal has the exponent of the smallest normal number, without the hidden bit. */
    int32_t exponent = (int32_t)(large >> 52), other = (int32_t)(small >> 52);
    uint64_t m = (large & FRACTION) << 3, n = (small & FRACTION) << 3;
    if (exponent != 0) m |= HIDDEN << 3;
    else exponent = 1;
    if (other != 0) n |= HIDDEN << 3;
    else other = 1;
    uint32_t distance = (uint32_t)(exponent - other);
    if (distance != 0) n = distance < 60 ? n >> distance | ((n << (64 - distance)) != 0) : 1;
    if (((a ^ b) & SIGN) == 0) {
        m += n;
        if (m >> 56 != 0) {
            m = m >> 1 | (m & 1);
            exponent++;
        }
    } else {
        m -= n;
        if (m == 0) return 0;
        int32_t shift = zkvm_clz64(m) - 8;
        m <<= shift;
        exponent -= shift;
        return pack(sign, exponent, m);
    }
    if (m >> 55 == 0) exponent = 0, m <<= 1;
    return pack(sign, exponent, m);
}

ZKVM_WEAK uint64_t __adddf3(uint64_t a, uint64_t b) {
    return add(a, b);
}

ZKVM_WEAK uint64_t __subdf3(uint64_t a, uint64_t b) {
    return add(a, b ^ SIGN);
}

ZKVM_WEAK uint64_t __negdf2(uint64_t a) {
    return a ^ SIGN;
}

ZKVM_WEAK uint64_t __muldf3(uint64_t a, uint64_t b) {
    uint64_t x = a & MAGNITUDE, y = b & MAGNITUDE, sign = (a ^ b) & SIGN, m, n, low;
    if (x >= INFINITY_BITS || y >= INFINITY_BITS) {
        if (x > INFINITY_BITS || y > INFINITY_BITS || x == 0 || y == 0) return NAN_BITS;
        return sign | INFINITY_BITS;
    }
    if (x == 0 || y == 0) return sign;
    int32_t exponent = unpack(x, &m) + unpack(y, &n) - 1023;
    uint64_t product = zkvm_multiply(m << 4, n << 11, &low);
    product |= low != 0;
    if (product >> 56 != 0) {
        product = product >> 1 | (product & 1);
        exponent++;
    }
    return pack(sign, exponent, product);
}

ZKVM_WEAK uint64_t __divdf3(uint64_t a, uint64_t b) {
    uint64_t x = a & MAGNITUDE, y = b & MAGNITUDE, sign = (a ^ b) & SIGN, m, n;
    if (x >= INFINITY_BITS || y >= INFINITY_BITS) {
        if (x > INFINITY_BITS || y > INFINITY_BITS || x == y) return NAN_BITS;
        return x == INFINITY_BITS ? sign | INFINITY_BITS : sign;
    }
    if (y == 0) return x == 0 ? NAN_BITS : sign | INFINITY_BITS;
    if (x == 0) return sign;
    int32_t exponent = unpack(x, &m) - unpack(y, &n) + 1023;
    if (m < n) {
        m <<= 1;
        exponent--;
    }
    /*
     * One bit of the quotient, then five digits of eleven. A digit is estimated from the upper halves, never too large and at
     * most one too small.
     */
    uint64_t quotient = 1, rest = m - n;
    uint32_t divisor = (uint32_t)(n >> 32) + 1;
    for (int i = 0; i < 5; i++) {
        rest <<= 11;
        uint32_t digit = (uint32_t)(rest >> 32) / divisor;
        rest -= digit * n;
        if (rest >= n) {
            rest -= n;
            digit++;
        }
        quotient = quotient << 11 | digit;
    }
    return pack(sign, exponent, quotient | (rest != 0));
}

/* -1, 0, 1, or `unordered` when one of them is a NaN. */
static inline int compare(uint64_t a, uint64_t b, int unordered) {
    uint64_t x = a & MAGNITUDE, y = b & MAGNITUDE;
    if (x > INFINITY_BITS || y > INFINITY_BITS) return unordered;
    if ((x | y) == 0) return 0;
    if (a == b) return 0;
    /* Of two negative numbers the one with the larger bits is smaller. */
    int less = (a & b & SIGN) != 0 ? a > b : (int64_t)a < (int64_t)b;
    return less ? -1 : 1;
}

ZKVM_WEAK int __eqdf2(uint64_t a, uint64_t b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __nedf2(uint64_t a, uint64_t b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __ltdf2(uint64_t a, uint64_t b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __ledf2(uint64_t a, uint64_t b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __gtdf2(uint64_t a, uint64_t b) {
    return compare(a, b, -1);
}

ZKVM_WEAK int __gedf2(uint64_t a, uint64_t b) {
    return compare(a, b, -1);
}

ZKVM_WEAK int __unorddf2(uint64_t a, uint64_t b) {
    return (a & MAGNITUDE) > INFINITY_BITS || (b & MAGNITUDE) > INFINITY_BITS;
}

static uint64_t from_magnitude(uint64_t sign, uint64_t value) {
    if (value == 0) return 0;
    int32_t leading = zkvm_clz64(value);
    int32_t exponent = 1023 + 63 - leading;
    uint64_t m = value << leading;
    return pack(sign, exponent, m >> 8 | ((m & 0xff) != 0));
}

ZKVM_WEAK uint64_t __floatsidf(int32_t value) {
    return from_magnitude(value < 0 ? SIGN : 0, value < 0 ? -(uint32_t)value : (uint32_t)value);
}

ZKVM_WEAK uint64_t __floatunsidf(uint32_t value) {
    return from_magnitude(0, value);
}

ZKVM_WEAK uint64_t __floatdidf(int64_t value) {
    return from_magnitude(value < 0 ? SIGN : 0, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

ZKVM_WEAK uint64_t __floatundidf(uint64_t value) {
    return from_magnitude(0, value);
}

/* The integer part of the magnitude; all ones when it has more than 64 bits. */
static uint64_t whole(uint64_t magnitude) {
    int32_t exponent = (int32_t)(magnitude >> 52) - 1023;
    if (exponent < 0) return 0;
    if (exponent > 63) return UINT64_MAX;
    uint64_t m = (magnitude & FRACTION) | HIDDEN;
    return exponent <= 52 ? m >> (52 - exponent) : m << (exponent - 52);
}

/* What does not fit becomes the nearest integer that does, and a NaN becomes the largest, as the RISC-V instructions have it. */
ZKVM_WEAK int32_t __fixdfsi(uint64_t a) {
    uint64_t magnitude = a & MAGNITUDE, value = whole(magnitude);
    if (magnitude > INFINITY_BITS) return INT32_MAX;
    if ((a & SIGN) != 0) return value > 0x80000000u ? INT32_MIN : (int32_t)-(uint32_t)value;
    return value > INT32_MAX ? INT32_MAX : (int32_t)value;
}

ZKVM_WEAK uint32_t __fixunsdfsi(uint64_t a) {
    uint64_t magnitude = a & MAGNITUDE, value = whole(magnitude);
    if (magnitude > INFINITY_BITS) return UINT32_MAX;
    if ((a & SIGN) != 0) return 0;
    return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

ZKVM_WEAK int64_t __fixdfdi(uint64_t a) {
    uint64_t magnitude = a & MAGNITUDE, value = whole(magnitude);
    if (magnitude > INFINITY_BITS) return INT64_MAX;
    if ((a & SIGN) != 0) return value > SIGN ? INT64_MIN : (int64_t)-value;
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

ZKVM_WEAK uint64_t __fixunsdfdi(uint64_t a) {
    uint64_t magnitude = a & MAGNITUDE;
    if (magnitude > INFINITY_BITS) return UINT64_MAX;
    return (a & SIGN) != 0 ? 0 : whole(magnitude);
}

ZKVM_WEAK uint32_t __truncdfsf2(uint64_t a) {
    uint64_t magnitude = a & MAGNITUDE;
    uint32_t sign = (uint32_t)(a >> 32) & 0x80000000u;
    if (magnitude > INFINITY_BITS) return 0x7fc00000u;
    int32_t exponent = (int32_t)(magnitude >> 52) - 1023 + 127;
    if (exponent >= 255) return sign | 0x7f800000u;
    if (magnitude < HIDDEN) return sign;
    /* 24 bits of significand and three more. */
    uint64_t significand = (magnitude & FRACTION) | HIDDEN;
    uint32_t m = (uint32_t)(significand >> 26) | (((uint32_t)significand & 0x3ffffffu) != 0);
    uint32_t result;
    if (exponent > 0) {
        result = ((uint32_t)(exponent - 1) << 23) + (m >> 3);
    } else {
        uint32_t shift = (uint32_t)(1 - exponent);
        m = shift < 30 ? m >> shift | ((m << (32 - shift)) != 0) : 1;
        result = m >> 3;
    }
    uint32_t rest = m & 7;
    return sign | (result + (rest > 4 || (rest == 4 && (result & 1) != 0)));
}

/* base^power by squaring, as compilers' own libraries do it. */
ZKVM_WEAK double __powidf2(double base, int power) {
    uint32_t n = power < 0 ? -(uint32_t)power : (uint32_t)power;
    double result = 1;
    for (;; base *= base) {
        if ((n & 1) != 0) result *= base;
        n >>= 1;
        if (n == 0) return power < 0 ? 1 / result : result;
    }
}
