/*
 * Arithmetic of float (binary32) in software, under the names that compilers call: float64.c in smaller words, with the same
 * rounding and the same NaN.
 */
#include "builtins.h"

#define SIGN 0x80000000u
#define MAGNITUDE 0x7fffffffu
#define INFINITY_BITS 0x7f800000u
#define NAN_BITS 0x7fc00000u
#define HIDDEN 0x00800000u
#define FRACTION 0x007fffffu

/* Rounds significand * 2^(exponent - 153), where the significand is below 2^27, and from 2^26 up if exponent > 0. */
static uint32_t pack(uint32_t sign, int32_t exponent, uint32_t significand) {
    uint32_t result;
    if (exponent >= 255) return sign | INFINITY_BITS;
    if (exponent > 0) {
        result = ((uint32_t)(exponent - 1) << 23) + (significand >> 3);
    } else {
        uint32_t shift = (uint32_t)(1 - exponent);
        significand = shift < 30 ? significand >> shift | ((significand << (32 - shift)) != 0) : significand != 0;
        result = significand >> 3;
    }
    uint32_t rest = significand & 7;
    return sign | (result + (rest > 4 || (rest == 4 && (result & 1) != 0)));
}

static int32_t unpack(uint32_t magnitude, uint32_t *significand) {
    int32_t exponent = (int32_t)(magnitude >> 23);
    if (exponent > 0) {
        *significand = (magnitude & FRACTION) | HIDDEN;
        return exponent;
    }
    int32_t shift = zkvm_clz32(magnitude) - 8;
    *significand = magnitude << shift;
    return 1 - shift;
}

static uint32_t add(uint32_t a, uint32_t b) {
    if ((a & MAGNITUDE) < (b & MAGNITUDE)) {
        uint32_t swapped = a;
        a = b;
        b = swapped;
    }
    uint32_t large = a & MAGNITUDE, small = b & MAGNITUDE, sign = a & SIGN;
    if (large >= INFINITY_BITS) {
        if (large > INFINITY_BITS || (small == INFINITY_BITS && a != b)) return NAN_BITS;
        return a;
    }
    if (small == 0) return large == 0 ? a & b : a;
    int32_t exponent = (int32_t)(large >> 23), other = (int32_t)(small >> 23);
    uint32_t m = (large & FRACTION) << 3, n = (small & FRACTION) << 3;
    if (exponent != 0) m |= HIDDEN << 3;
    else exponent = 1;
    if (other != 0) n |= HIDDEN << 3;
    else other = 1;
    uint32_t distance = (uint32_t)(exponent - other);
    if (distance != 0) n = distance < 30 ? n >> distance | ((n << (32 - distance)) != 0) : 1;
    if (((a ^ b) & SIGN) == 0) {
        m += n;
        if (m >> 27 != 0) {
            m = m >> 1 | (m & 1);
            exponent++;
        }
    } else {
        m -= n;
        if (m == 0) return 0;
        int32_t shift = zkvm_clz32(m) - 5;
        m <<= shift;
        exponent -= shift;
        return pack(sign, exponent, m);
    }
    if (m >> 26 == 0) exponent = 0, m <<= 1;
    return pack(sign, exponent, m);
}

ZKVM_WEAK uint32_t __addsf3(uint32_t a, uint32_t b) {
    return add(a, b);
}

ZKVM_WEAK uint32_t __subsf3(uint32_t a, uint32_t b) {
    return add(a, b ^ SIGN);
}

ZKVM_WEAK uint32_t __negsf2(uint32_t a) {
    return a ^ SIGN;
}

ZKVM_WEAK uint32_t __mulsf3(uint32_t a, uint32_t b) {
    uint32_t x = a & MAGNITUDE, y = b & MAGNITUDE, sign = (a ^ b) & SIGN, m, n;
    if (x >= INFINITY_BITS || y >= INFINITY_BITS) {
        if (x > INFINITY_BITS || y > INFINITY_BITS || x == 0 || y == 0) return NAN_BITS;
        return sign | INFINITY_BITS;
    }
    if (x == 0 || y == 0) return sign;
    int32_t exponent = unpack(x, &m) + unpack(y, &n) - 127;
    uint64_t wide = (uint64_t)(m << 4) * (n << 8);
    uint32_t product = (uint32_t)(wide >> 32) | ((uint32_t)wide != 0);
    /* The product has 27 or 28 bits. */
    if (product >> 27 != 0) {
        product = product >> 1 | (product & 1);
        exponent++;
    }
    return pack(sign, exponent, product);
}

ZKVM_WEAK uint32_t __divsf3(uint32_t a, uint32_t b) {
    uint32_t x = a & MAGNITUDE, y = b & MAGNITUDE, sign = (a ^ b) & SIGN, m, n;
    if (x >= INFINITY_BITS || y >= INFINITY_BITS) {
        if (x > INFINITY_BITS || y > INFINITY_BITS || x == y) return NAN_BITS;
        return x == INFINITY_BITS ? sign | INFINITY_BITS : sign;
    }
    if (y == 0) return x == 0 ? NAN_BITS : sign | INFINITY_BITS;
    if (x == 0) return sign;
    int32_t exponent = unpack(x, &m) - unpack(y, &n) + 127;
    if (m < n) {
        m <<= 1;
        exponent--;
    }
    /* One bit of the quotient, then 26 in digits of 8, 8, 8 and 2. */
    uint32_t quotient = 1, rest = m - n;
    for (int bits = 26; bits > 0; bits -= 8) {
        int digit = bits < 8 ? bits : 8;
        rest <<= digit;
        quotient = quotient << digit | rest / n;
        rest %= n;
    }
    return pack(sign, exponent, quotient | (rest != 0));
}

/* -1, 0, 1, or `unordered` when one of them is a NaN. */
static inline int compare(uint32_t a, uint32_t b, int unordered) {
    uint32_t x = a & MAGNITUDE, y = b & MAGNITUDE;
    if (x > INFINITY_BITS || y > INFINITY_BITS) return unordered;
    if ((x | y) == 0) return 0;
    if (a == b) return 0;
    int less = (a & b & SIGN) != 0 ? a > b : (int32_t)a < (int32_t)b;
    return less ? -1 : 1;
}

ZKVM_WEAK int __eqsf2(uint32_t a, uint32_t b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __nesf2(uint32_t a, uint32_t b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __ltsf2(uint32_t a, uint32_t b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __lesf2(uint32_t a, uint32_t b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __gtsf2(uint32_t a, uint32_t b) {
    return compare(a, b, -1);
}

ZKVM_WEAK int __gesf2(uint32_t a, uint32_t b) {
    return compare(a, b, -1);
}

ZKVM_WEAK int __unordsf2(uint32_t a, uint32_t b) {
    return (a & MAGNITUDE) > INFINITY_BITS || (b & MAGNITUDE) > INFINITY_BITS;
}

static uint32_t from_magnitude(uint32_t sign, uint64_t value) {
    if (value == 0) return 0;
    int32_t leading = zkvm_clz64(value);
    uint64_t m = value << leading;
    uint32_t significand = (uint32_t)(m >> 37) | ((m << 27) != 0);
    return pack(sign, 127 + 63 - leading, significand);
}

ZKVM_WEAK uint32_t __floatsisf(int32_t value) {
    return from_magnitude(value < 0 ? SIGN : 0, value < 0 ? -(uint32_t)value : (uint32_t)value);
}

ZKVM_WEAK uint32_t __floatunsisf(uint32_t value) {
    return from_magnitude(0, value);
}

ZKVM_WEAK uint32_t __floatdisf(int64_t value) {
    return from_magnitude(value < 0 ? SIGN : 0, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

ZKVM_WEAK uint32_t __floatundisf(uint64_t value) {
    return from_magnitude(0, value);
}

/* The integer part of the magnitude; all ones when it has more than 64 bits. */
static uint64_t whole(uint32_t magnitude) {
    int32_t exponent = (int32_t)(magnitude >> 23) - 127;
    if (exponent < 0) return 0;
    if (exponent > 63) return UINT64_MAX;
    uint32_t m = (magnitude & FRACTION) | HIDDEN;
    return exponent <= 23 ? m >> (23 - exponent) : (uint64_t)m << (exponent - 23);
}

/* What does not fit becomes the nearest integer that does, and a NaN becomes the largest, as the RISC-V instructions have it. */
ZKVM_WEAK int32_t __fixsfsi(uint32_t a) {
    uint32_t magnitude = a & MAGNITUDE;
    uint64_t value = whole(magnitude);
    if (magnitude > INFINITY_BITS) return INT32_MAX;
    if ((a & SIGN) != 0) return value > 0x80000000u ? INT32_MIN : (int32_t)-(uint32_t)value;
    return value > INT32_MAX ? INT32_MAX : (int32_t)value;
}

ZKVM_WEAK uint32_t __fixunssfsi(uint32_t a) {
    uint32_t magnitude = a & MAGNITUDE;
    uint64_t value = whole(magnitude);
    if (magnitude > INFINITY_BITS) return UINT32_MAX;
    if ((a & SIGN) != 0) return 0;
    return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

ZKVM_WEAK int64_t __fixsfdi(uint32_t a) {
    uint32_t magnitude = a & MAGNITUDE;
    uint64_t value = whole(magnitude);
    if (magnitude > INFINITY_BITS) return INT64_MAX;
    if ((a & SIGN) != 0) return value > 0x8000000000000000u ? INT64_MIN : (int64_t)-value;
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

ZKVM_WEAK uint64_t __fixunssfdi(uint32_t a) {
    uint32_t magnitude = a & MAGNITUDE;
    if (magnitude > INFINITY_BITS) return UINT64_MAX;
    return (a & SIGN) != 0 ? 0 : whole(magnitude);
}

ZKVM_WEAK uint64_t __extendsfdf2(uint32_t a) {
    uint32_t magnitude = a & MAGNITUDE, significand;
    uint64_t sign = (uint64_t)(a & SIGN) << 32;
    if (magnitude > INFINITY_BITS) return 0x7ff8000000000000u;
    if (magnitude == INFINITY_BITS) return sign | 0x7ff0000000000000u;
    if (magnitude == 0) return sign;
    int32_t exponent = unpack(magnitude, &significand) - 127 + 1023;
    return sign | ((uint64_t)(uint32_t)(exponent - 1) << 52) + ((uint64_t)significand << 29);
}

ZKVM_WEAK float __powisf2(float base, int power) {
    uint32_t n = power < 0 ? -(uint32_t)power : (uint32_t)power;
    float result = 1;
    for (;; base *= base) {
        if ((n & 1) != 0) result *= base;
        n >>= 1;
        if (n == 0) return power < 0 ? 1 / result : result;
    }
}
