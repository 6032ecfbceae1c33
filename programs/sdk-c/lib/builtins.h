/* What the files of this folder share. Everything here is for them alone. */
#ifndef ZKVM_BUILTINS_H
#define ZKVM_BUILTINS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The library is compiled without a compiler's own knowledge of the functions that it defines; of these it is wanted. */
#define memcpy(to, from, length) __builtin_memcpy(to, from, length)
#define memset(to, value, length) __builtin_memset(to, value, length)

/* A program that brings a function of this name gets its own: see README.md. */
#define ZKVM_WEAK __attribute__((weak))

/* Leading zeros of a number that is not zero, in instructions: this machine has none for it. */
static inline int32_t zkvm_clz32(uint32_t value) {
    int32_t count = 0;
    if (value >> 16 == 0) count += 16, value <<= 16;
    if (value >> 24 == 0) count += 8, value <<= 8;
    if (value >> 28 == 0) count += 4, value <<= 4;
    if (value >> 30 == 0) count += 2, value <<= 2;
    return count + (int32_t)(value >> 31 ^ 1);
}

static inline int32_t zkvm_clz64(uint64_t value) {
    uint32_t high = (uint32_t)(value >> 32);
    return high != 0 ? zkvm_clz32(high) : 32 + zkvm_clz32((uint32_t)value);
}

/* The upper 64 bits of a product, and the lower ones. */
static inline uint64_t zkvm_multiply(uint64_t a, uint64_t b, uint64_t *low) {
    uint32_t a0 = (uint32_t)a, a1 = (uint32_t)(a >> 32), b0 = (uint32_t)b, b1 = (uint32_t)(b >> 32);
    uint64_t p00 = (uint64_t)a0 * b0, p01 = (uint64_t)a0 * b1, p10 = (uint64_t)a1 * b0, p11 = (uint64_t)a1 * b1;
    uint64_t middle = p01 + (uint32_t)p10 + (p00 >> 32);
    *low = middle << 32 | (uint32_t)p00;
    return p11 + (p10 >> 32) + (middle >> 32);
}

#endif
