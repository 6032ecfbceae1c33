/* Binary floating-point numbers as exact decimal digits and back, for printf and strtod. */
#ifndef ZKVM_DECIMAL_H
#define ZKVM_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As many significant digits as the smallest long double that is not zero has, and a few more. */
enum { ZKVM_DECIMAL_DIGITS = 11600 };

/* 0.d0 d1 d2 ... * 10^point. Without leading zeros; no digits are zero. */
typedef struct {
    int32_t count;
    int32_t point;
    /* Whether digits that are not zero were left out behind the last. */
    bool more;
    uint8_t digits[ZKVM_DECIMAL_DIGITS];
} zkvm_decimal;

/* A finite number of any format: magnitude * 2^exponent, words with the least significant first. */
typedef struct {
    bool negative;
    enum { ZKVM_FINITE, ZKVM_INFINITE, ZKVM_NAN } kind;
    int32_t exponent;
    uint32_t magnitude[4];
} zkvm_binary;

/* Takes the number apart. */
void zkvm_binary_of(long double value, zkvm_binary *binary);
void zkvm_binary_of_double(double value, zkvm_binary *binary);

/* All digits of a finite number. */
void zkvm_decimal_of(const zkvm_binary *binary, zkvm_decimal *decimal);

/* Rounds to `count` digits, to nearest, ties to even. Zero or fewer is possible. */
void zkvm_decimal_round(zkvm_decimal *decimal, int32_t count);

/* The nearest number with `bits` bits of significand, the least exponent of a normal number, and the largest. */
void zkvm_binary_from(zkvm_decimal *decimal, int32_t bits, int32_t least, int32_t largest, zkvm_binary *binary);

#endif
