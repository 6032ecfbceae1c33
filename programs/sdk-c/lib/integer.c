/*
 * Arithmetic of integers that compilers call in rare cases, beside what zkvm.h has: products that must not overflow
 * (-ftrapv and __builtin_mul_overflow), parity, positions of bits. In Rust programs the compiler's own library comes first.
 */
#include "builtins.h"
#include <stdlib.h>

ZKVM_WEAK uint64_t __muldi3(uint64_t a, uint64_t b) {
    uint32_t a0 = (uint32_t)a, a1 = (uint32_t)(a >> 32), b0 = (uint32_t)b, b1 = (uint32_t)(b >> 32);
    return (uint64_t)a0 * b0 + ((uint64_t)(a0 * b1 + a1 * b0) << 32);
}

ZKVM_WEAK uint64_t __negdi2(uint64_t a) {
    return -a;
}

ZKVM_WEAK int __paritysi2(uint32_t a) {
    a ^= a >> 16;
    a ^= a >> 8;
    a ^= a >> 4;
    return (int)(0x6996u >> (a & 15) & 1);
}

ZKVM_WEAK int __paritydi2(uint64_t a) {
    return __paritysi2((uint32_t)a ^ (uint32_t)(a >> 32));
}

/* Position of the lowest bit, from 1; 0 for 0. */
ZKVM_WEAK int __ffssi2(uint32_t a) {
    return a == 0 ? 0 : 32 - zkvm_clz32(a & -a);
}

ZKVM_WEAK int __ffsdi2(uint64_t a) {
    return (uint32_t)a != 0 || a == 0 ? __ffssi2((uint32_t)a) : 32 + __ffssi2((uint32_t)(a >> 32));
}

/* Copies of the sign bit behind it. */
ZKVM_WEAK int __clrsbsi2(int32_t a) {
    uint32_t bits = (uint32_t)(a < 0 ? ~a : a);
    return bits == 0 ? 31 : zkvm_clz32(bits) - 1;
}

ZKVM_WEAK int __clrsbdi2(int64_t a) {
    uint64_t bits = (uint64_t)(a < 0 ? ~a : a);
    return bits == 0 ? 63 : zkvm_clz64(bits) - 1;
}

/* 0, 1, 2 for less, equal, greater. */
ZKVM_WEAK int __cmpdi2(int64_t a, int64_t b) {
    return a < b ? 0 : a == b ? 1 : 2;
}

ZKVM_WEAK int __ucmpdi2(uint64_t a, uint64_t b) {
    return a < b ? 0 : a == b ? 1 : 2;
}

static uint64_t magnitude(int64_t a) {
    return a < 0 ? -(uint64_t)a : (uint64_t)a;
}

/* The product, and whether it does not fit. */
ZKVM_WEAK int64_t __mulodi4(int64_t a, int64_t b, int *overflow) {
    uint64_t low, high = zkvm_multiply(magnitude(a), magnitude(b), &low);
    int negative = (a < 0) != (b < 0);
    *overflow = high != 0 || low > (uint64_t)INT64_MAX + (negative ? 1 : 0);
    return (int64_t)((uint64_t)a * (uint64_t)b);
}

ZKVM_WEAK int32_t __mulosi4(int32_t a, int32_t b, int *overflow) {
    int64_t product = (int64_t)a * b;
    *overflow = product != (int32_t)product;
    return (int32_t)product;
}

/* With -ftrapv: a result that does not fit is the end. */
ZKVM_WEAK int32_t __addvsi3(int32_t a, int32_t b) {
    int32_t sum;
    if (__builtin_add_overflow(a, b, &sum)) abort();
    return sum;
}

ZKVM_WEAK int64_t __addvdi3(int64_t a, int64_t b) {
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) abort();
    return sum;
}

ZKVM_WEAK int32_t __subvsi3(int32_t a, int32_t b) {
    int32_t difference;
    if (__builtin_sub_overflow(a, b, &difference)) abort();
    return difference;
}

ZKVM_WEAK int64_t __subvdi3(int64_t a, int64_t b) {
    int64_t difference;
    if (__builtin_sub_overflow(a, b, &difference)) abort();
    return difference;
}

ZKVM_WEAK int32_t __mulvsi3(int32_t a, int32_t b) {
    int overflow;
    int32_t product = __mulosi4(a, b, &overflow);
    if (overflow) abort();
    return product;
}

ZKVM_WEAK int64_t __mulvdi3(int64_t a, int64_t b) {
    int overflow;
    int64_t product = __mulodi4(a, b, &overflow);
    if (overflow) abort();
    return product;
}

ZKVM_WEAK int32_t __negvsi2(int32_t a) {
    return __subvsi3(0, a);
}

ZKVM_WEAK int64_t __negvdi2(int64_t a) {
    return __subvdi3(0, a);
}

ZKVM_WEAK int32_t __absvsi2(int32_t a) {
    return a < 0 ? __negvsi2(a) : a;
}

ZKVM_WEAK int64_t __absvdi2(int64_t a) {
    return a < 0 ? __negvdi2(a) : a;
}
