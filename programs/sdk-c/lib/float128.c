/*
 * Arithmetic of long double, which on RISC-V is binary128, in software. Source: IEEE 754-2019. Short before fast: programs
 * for this machine rarely use it. Arguments and results are what the ABI makes of a long double: 16 bytes in memory.
 */
#include "builtins.h"

/* Words of a number, the least significant first. */
typedef struct {
    uint32_t w[4];
} quad;

/* A number in parts. Its value is significand * 2^(exponent - 112), with bit 112 of the significand as the highest. */
typedef struct {
    enum { ZERO, NUMBER, INFINITE, NOT_A_NUMBER } kind;
    uint32_t sign;
    int32_t exponent;
    quad significand;
} parts;

static int is_zero(quad a) {
    return (a.w[0] | a.w[1] | a.w[2] | a.w[3]) == 0;
}

static int compare_words(quad a, quad b) {
    for (int i = 3; i >= 0; i--) {
        if (a.w[i] != b.w[i]) return a.w[i] < b.w[i] ? -1 : 1;
    }
    return 0;
}

static quad add_words(quad a, quad b) {
    uint64_t carry = 0;
    for (int i = 0; i < 4; i++, carry >>= 32) {
        carry += (uint64_t)a.w[i] + b.w[i];
        a.w[i] = (uint32_t)carry;
    }
    return a;
}

static quad subtract_words(quad a, quad b) {
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) {
        uint64_t difference = (uint64_t)a.w[i] - b.w[i] - borrow;
        a.w[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
    return a;
}

static quad shift_left(quad a, uint32_t count) {
    for (; count >= 32; count -= 32) a.w[3] = a.w[2], a.w[2] = a.w[1], a.w[1] = a.w[0], a.w[0] = 0;
    if (count == 0) return a;
    for (int i = 3; i >= 0; i--) a.w[i] = a.w[i] << count | (i > 0 ? a.w[i - 1] >> (32 - count) : 0);
    return a;
}

/* What is shifted out is kept as one bit: whether any of it was set. */
static quad shift_right(quad a, uint32_t count) {
    uint32_t lost = 0;
    if (count > 128) count = 128;
    for (; count >= 32; count -= 32) {
        lost |= a.w[0];
        a.w[0] = a.w[1], a.w[1] = a.w[2], a.w[2] = a.w[3], a.w[3] = 0;
    }
    if (count != 0) {
        lost |= a.w[0] << (32 - count);
        for (int i = 0; i < 4; i++) a.w[i] = a.w[i] >> count | (i < 3 ? a.w[i + 1] << (32 - count) : 0);
    }
    a.w[0] |= lost != 0;
    return a;
}

static int32_t leading_zeros(quad a) {
    for (int i = 3; i >= 0; i--) {
        if (a.w[i] != 0) return 32 * (3 - i) + zkvm_clz32(a.w[i]);
    }
    return 128;
}

static parts take_apart(quad a) {
    parts p = {.sign = a.w[3] & 0x80000000u, .exponent = (int32_t)(a.w[3] >> 16 & 0x7fff), .significand = a};
    p.significand.w[3] &= 0xffff;
    if (p.exponent == 0x7fff) {
        p.kind = is_zero(p.significand) ? INFINITE : NOT_A_NUMBER;
    } else if (p.exponent != 0) {
        p.kind = NUMBER;
        p.significand.w[3] |= 0x10000;
        p.exponent -= 16383;
    } else if (is_zero(p.significand)) {
        p.kind = ZERO;
    } else {
        int32_t shift = leading_zeros(p.significand) - 15;
        p.kind = NUMBER;
        p.significand = shift_left(p.significand, (uint32_t)shift);
        p.exponent = -16382 - shift;
    }
    return p;
}

static quad special(uint32_t top) {
    return (quad){{0, 0, 0, top}};
}

#define QUAD_NAN special(0x7fff8000u)

/* Rounds significand * 2^(exponent - 115) to nearest, ties to even. The significand may have any length. */
static quad pack(uint32_t sign, int32_t exponent, quad significand) {
    if (is_zero(significand)) return special(sign);
    int32_t leading = leading_zeros(significand);
    /* The highest bit goes to 115: a significand and three bits more. */
    if (leading < 12) significand = shift_right(significand, (uint32_t)(12 - leading));
    else significand = shift_left(significand, (uint32_t)(leading - 12));
    exponent += 12 - leading + 16383;
    if (exponent >= 0x7fff) return special(sign | 0x7fff0000u);
    if (exponent <= 0) {
        significand = shift_right(significand, (uint32_t)(1 - exponent));
        exponent = 0;
    }
    uint32_t rest = significand.w[0] & 7;
    quad result = significand;
    result.w[0] &= ~7u;
    result = shift_right(result, 3);
    if (exponent > 0) result.w[3] += (uint32_t)(exponent - 1) << 16;
    if (rest > 4 || (rest == 4 && (result.w[0] & 1) != 0)) result = add_words(result, (quad){{1, 0, 0, 0}});
    result.w[3] |= sign;
    return result;
}

ZKVM_WEAK quad __addtf3(quad a, quad b) {
    parts x = take_apart(a), y = take_apart(b);
    if (x.kind == NOT_A_NUMBER || y.kind == NOT_A_NUMBER) return QUAD_NAN;
    if (x.kind == INFINITE) return y.kind == INFINITE && x.sign != y.sign ? QUAD_NAN : a;
    if (y.kind == INFINITE) return b;
    if (x.kind == ZERO && y.kind == ZERO) return special(x.sign & y.sign);
    if (x.kind == ZERO) return b;
    if (y.kind == ZERO) return a;
    if (x.exponent < y.exponent || (x.exponent == y.exponent && compare_words(x.significand, y.significand) < 0)) {
        parts swapped = x;
        x = y;
        y = swapped;
    }
    quad m = shift_left(x.significand, 3), n = shift_left(y.significand, 3);
    n = shift_right(n, (uint32_t)(x.exponent - y.exponent));
    if (x.sign == y.sign) return pack(x.sign, x.exponent, add_words(m, n));
    quad difference = subtract_words(m, n);
    return is_zero(difference) ? special(0) : pack(x.sign, x.exponent, difference);
}

ZKVM_WEAK quad __subtf3(quad a, quad b) {
    b.w[3] ^= 0x80000000u;
    return __addtf3(a, b);
}

ZKVM_WEAK quad __negtf2(quad a) {
    a.w[3] ^= 0x80000000u;
    return a;
}

ZKVM_WEAK quad __multf3(quad a, quad b) {
    parts x = take_apart(a), y = take_apart(b);
    uint32_t sign = x.sign ^ y.sign;
    if (x.kind == NOT_A_NUMBER || y.kind == NOT_A_NUMBER) return QUAD_NAN;
    if (x.kind == INFINITE || y.kind == INFINITE) {
        return x.kind == ZERO || y.kind == ZERO ? QUAD_NAN : special(sign | 0x7fff0000u);
    }
    if (x.kind == ZERO || y.kind == ZERO) return special(sign);
    /* With both shifted to the top of their words the upper half of the product has 128 or 127 bits. */
    quad m = shift_left(x.significand, 15), n = shift_left(y.significand, 15);
    uint32_t product[8] = {0};
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0;
        for (int k = 0; k < 4; k++, carry >>= 32) {
            carry += (uint64_t)m.w[i] * n.w[k] + product[i + k];
            product[i + k] = (uint32_t)carry;
        }
        product[i + 4] = (uint32_t)carry;
    }
    quad high = {{product[4], product[5], product[6], product[7]}};
    high.w[0] |= (product[0] | product[1] | product[2] | product[3]) != 0;
    return pack(sign, x.exponent + y.exponent - 11, high);
}

ZKVM_WEAK quad __divtf3(quad a, quad b) {
    parts x = take_apart(a), y = take_apart(b);
    uint32_t sign = x.sign ^ y.sign;
    if (x.kind == NOT_A_NUMBER || y.kind == NOT_A_NUMBER || (x.kind == y.kind && x.kind != NUMBER)) return QUAD_NAN;
    if (x.kind == INFINITE || y.kind == ZERO) return special(sign | 0x7fff0000u);
    if (x.kind == ZERO || y.kind == INFINITE) return special(sign);
    quad rest = x.significand, quotient = {{0, 0, 0, 0}};
    for (int i = 0; i < 117; i++) {
        quotient = shift_left(quotient, 1);
        if (compare_words(rest, y.significand) >= 0) {
            rest = subtract_words(rest, y.significand);
            quotient.w[0] |= 1;
        }
        rest = shift_left(rest, 1);
    }
    quotient.w[0] |= !is_zero(rest);
    return pack(sign, x.exponent - y.exponent - 1, quotient);
}

/* -1, 0, 1, or `unordered` when one of them is a NaN. */
static int compare(quad a, quad b, int unordered) {
    parts x = take_apart(a), y = take_apart(b);
    if (x.kind == NOT_A_NUMBER || y.kind == NOT_A_NUMBER) return unordered;
    if (x.kind == ZERO && y.kind == ZERO) return 0;
    if (x.sign != y.sign) return x.sign != 0 ? -1 : 1;
    int order = compare_words(a, b);
    return x.sign != 0 ? -order : order;
}

ZKVM_WEAK int __eqtf2(quad a, quad b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __netf2(quad a, quad b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __lttf2(quad a, quad b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __letf2(quad a, quad b) {
    return compare(a, b, 1);
}

ZKVM_WEAK int __gttf2(quad a, quad b) {
    return compare(a, b, -1);
}

ZKVM_WEAK int __getf2(quad a, quad b) {
    return compare(a, b, -1);
}

ZKVM_WEAK int __unordtf2(quad a, quad b) {
    return take_apart(a).kind == NOT_A_NUMBER || take_apart(b).kind == NOT_A_NUMBER;
}

static quad from_magnitude(uint32_t sign, uint64_t value) {
    return value == 0 ? special(0) : pack(sign, 115, (quad){{(uint32_t)value, (uint32_t)(value >> 32), 0, 0}});
}

ZKVM_WEAK quad __floatsitf(int32_t value) {
    return from_magnitude(value < 0 ? 0x80000000u : 0, value < 0 ? -(uint32_t)value : (uint32_t)value);
}

ZKVM_WEAK quad __floatunsitf(uint32_t value) {
    return from_magnitude(0, value);
}

ZKVM_WEAK quad __floatditf(int64_t value) {
    return from_magnitude(value < 0 ? 0x80000000u : 0, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

ZKVM_WEAK quad __floatunditf(uint64_t value) {
    return from_magnitude(0, value);
}

/* The integer part of a magnitude, or `limit` when it is above. */
static uint64_t whole(parts p, uint64_t limit) {
    if (p.kind == INFINITE || p.kind == NOT_A_NUMBER) return limit;
    if (p.kind == ZERO || p.exponent < 0) return 0;
    if (p.exponent > 63) return limit;
    quad m = p.significand;
    uint32_t count = (uint32_t)(112 - p.exponent);
    for (; count >= 32; count -= 32) m.w[0] = m.w[1], m.w[1] = m.w[2], m.w[2] = m.w[3], m.w[3] = 0;
    uint64_t low = (uint64_t)m.w[1] << 32 | m.w[0];
    uint64_t value = count == 0 ? low : low >> count | (uint64_t)m.w[2] << (64 - count);
    return value > limit ? limit : value;
}

/* What does not fit becomes the nearest integer that does, and a NaN becomes the largest. */
ZKVM_WEAK int64_t __fixtfdi(quad a) {
    parts p = take_apart(a);
    if (p.sign == 0 || p.kind == NOT_A_NUMBER) return (int64_t)whole(p, INT64_MAX);
    return (int64_t)-whole(p, 0x8000000000000000u);
}

ZKVM_WEAK uint64_t __fixunstfdi(quad a) {
    parts p = take_apart(a);
    return p.sign == 0 || p.kind == NOT_A_NUMBER ? whole(p, UINT64_MAX) : 0;
}

ZKVM_WEAK int32_t __fixtfsi(quad a) {
    parts p = take_apart(a);
    if (p.sign == 0 || p.kind == NOT_A_NUMBER) return (int32_t)whole(p, INT32_MAX);
    return (int32_t)-(uint32_t)whole(p, 0x80000000u);
}

ZKVM_WEAK uint32_t __fixunstfsi(quad a) {
    parts p = take_apart(a);
    return p.sign == 0 || p.kind == NOT_A_NUMBER ? (uint32_t)whole(p, UINT32_MAX) : 0;
}

/*
 * Rounds to a format with `bits` bits of significand, a bias, and its exponent at bit bits - 1.
 * Returns the bits without the sign; infinity is the exponent of all ones.
 */
static uint64_t narrow(parts p, uint32_t bits, int32_t bias) {
    uint64_t infinity = (uint64_t)(uint32_t)(2 * bias + 1) << (bits - 1);
    if (p.kind == NOT_A_NUMBER) return infinity | (uint64_t)1 << (bits - 2);
    if (p.kind == INFINITE || (p.kind == NUMBER && p.exponent > bias)) return infinity;
    if (p.kind == ZERO) return 0;
    int32_t exponent = p.exponent + bias;
    uint32_t shift = 113 - bits - 3;
    if (exponent <= 0) shift += (uint32_t)(1 - exponent), exponent = 0;
    quad m = shift_right(p.significand, shift);
    uint64_t value = (uint64_t)m.w[1] << 32 | m.w[0];
    uint32_t rest = (uint32_t)value & 7;
    value >>= 3;
    if (exponent > 0) value += (uint64_t)(uint32_t)(exponent - 1) << (bits - 1);
    return value + (rest > 4 || (rest == 4 && (value & 1) != 0));
}

ZKVM_WEAK uint64_t __trunctfdf2(quad a) {
    parts p = take_apart(a);
    uint64_t value = narrow(p, 53, 1023);
    return p.kind == NOT_A_NUMBER ? value : (uint64_t)p.sign << 32 | value;
}

ZKVM_WEAK uint32_t __trunctfsf2(quad a) {
    parts p = take_apart(a);
    uint32_t value = (uint32_t)narrow(p, 24, 127);
    return p.kind == NOT_A_NUMBER ? value : p.sign | value;
}

ZKVM_WEAK quad __extenddftf2(uint64_t a) {
    uint32_t sign = (uint32_t)(a >> 32) & 0x80000000u;
    uint32_t exponent = (uint32_t)(a >> 52) & 0x7ff;
    uint64_t fraction = a & 0x000fffffffffffffu;
    if (exponent == 0x7ff) return fraction != 0 ? QUAD_NAN : special(sign | 0x7fff0000u);
    if (exponent != 0) fraction |= 0x0010000000000000u;
    else exponent = 1;
    return pack(sign, (int32_t)exponent - 1075 + 115, (quad){{(uint32_t)fraction, (uint32_t)(fraction >> 32), 0, 0}});
}

ZKVM_WEAK quad __extendsftf2(uint32_t a) {
    uint32_t exponent = a >> 23 & 0xff, fraction = a & 0x7fffffu, sign = a & 0x80000000u;
    if (exponent == 0xff) return fraction != 0 ? QUAD_NAN : special(sign | 0x7fff0000u);
    if (exponent != 0) fraction |= 0x800000u;
    else exponent = 1;
    return pack(sign, (int32_t)exponent - 150 + 115, (quad){{fraction, 0, 0, 0}});
}

ZKVM_WEAK long double __powitf2(long double base, int power) {
    uint32_t n = power < 0 ? -(uint32_t)power : (uint32_t)power;
    long double result = 1;
    for (;; base *= base) {
        if ((n & 1) != 0) result *= base;
        n >>= 1;
        if (n == 0) return power < 0 ? 1 / result : result;
    }
}
