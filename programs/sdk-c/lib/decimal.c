/*
 * Exact conversion between binary and decimal numbers, on arrays of decimal digits that are shifted by powers of two. Slow
 * for extreme exponents and right for all. Source: the method of Go's strconv package (decimal.go) and of Nigel Tao's
 * "ParseNumberF64 by Simple Decimal Conversion" (2020), written anew.
 */
#include "decimal.h"
#include "builtins.h"
#include <string.h>

/* A shift by more would overflow 32 bits together with a digit. */
enum { LARGEST_SHIFT = 28 };

static void trim(zkvm_decimal *d) {
    while (d->count > 0 && d->digits[d->count - 1] == 0) d->count--;
    if (d->count == 0) d->point = 0;
}

/* Divides by 2^shift. */
static void shift_right(zkvm_decimal *d, int32_t shift) {
    int32_t read = 0, written = 0;
    uint32_t rest = 0, mask = ((uint32_t)1 << shift) - 1;
    while (rest >> shift == 0) {
        if (read < d->count) {
            rest = rest * 10 + d->digits[read];
        } else if (rest == 0) {
            d->count = 0;
            d->point = 0;
            return;
        } else {
            rest *= 10;
        }
        read++;
    }
    d->point -= read - 1;
    while (read < d->count || rest != 0) {
        uint32_t digit = rest >> shift;
        rest = (rest & mask) * 10 + (read < d->count ? d->digits[read] : 0);
        read++;
        if (written < ZKVM_DECIMAL_DIGITS) d->digits[written++] = (uint8_t)digit;
        else if (digit != 0) d->more = true;
    }
    d->count = written;
    trim(d);
}

/* Multiplies by 2^shift. */
static void shift_left(zkvm_decimal *d, int32_t shift) {
    if (d->count == 0) return;
    /* Digits of 2^shift bound by how many the number grows; a leading zero is removed afterwards. */
    int32_t growth = shift * 30103 / 100000 + 1;
    uint64_t carry = 0;
    int32_t written = d->count + growth;
    for (int32_t read = d->count - 1; written > 0; read--) {
        if (read >= 0) carry += (uint64_t)d->digits[read] << shift;
        uint32_t rest;
        if (carry >> 32 == 0) {
            rest = (uint32_t)carry % 10;
            carry = (uint32_t)carry / 10;
        } else {
            rest = (uint32_t)(carry % 10);
            carry /= 10;
        }
        written--;
        if (written < ZKVM_DECIMAL_DIGITS) d->digits[written] = (uint8_t)rest;
        else if (rest != 0) d->more = true;
    }
    int32_t total = d->count + growth, leading = 0;
    if (total > ZKVM_DECIMAL_DIGITS) total = ZKVM_DECIMAL_DIGITS;
    while (leading < total && d->digits[leading] == 0) leading++;
    if (leading > 0) memmove(d->digits, d->digits + leading, (size_t)(total - leading));
    d->count = total - leading;
    d->point += growth - leading;
    trim(d);
}

/* Multiplies by 2^amount. */
static void shift(zkvm_decimal *d, int32_t amount) {
    while (amount > 0) {
        int32_t step = amount < LARGEST_SHIFT ? amount : LARGEST_SHIFT;
        shift_left(d, step);
        amount -= step;
    }
    while (amount < 0) {
        int32_t step = -amount < LARGEST_SHIFT ? -amount : LARGEST_SHIFT;
        shift_right(d, step);
        amount += step;
    }
}

/* Whether the digits behind the first `count` make a rounding go up. */
static bool rounds_up(const zkvm_decimal *d, int32_t count) {
    if (count < 0 || count >= d->count) return false;
    if (d->digits[count] != 5 || count + 1 < d->count || d->more) return d->digits[count] >= 5;
    return count > 0 && (d->digits[count - 1] & 1) != 0;
}

void zkvm_decimal_round(zkvm_decimal *d, int32_t count) {
    if (count >= d->count) return;
    bool up = rounds_up(d, count);
    d->count = count > 0 ? count : 0;
    d->more = false;
    if (!up) {
        trim(d);
        return;
    }
    while (d->count > 0 && d->digits[d->count - 1] == 9) d->count--;
    if (d->count > 0) {
        d->digits[d->count - 1]++;
    } else {
        d->digits[0] = 1;
        d->count = 1;
        d->point++;
    }
}

void zkvm_decimal_of(const zkvm_binary *binary, zkvm_decimal *d) {
    uint32_t words[4];
    uint8_t reversed[40];
    int32_t count = 0;
    memcpy(words, binary->magnitude, sizeof words);
    while ((words[0] | words[1] | words[2] | words[3]) != 0) {
        uint64_t rest = 0;
        for (int i = 3; i >= 0; i--) {
            rest = rest << 32 | words[i];
            if (rest >> 32 == 0) {
                words[i] = (uint32_t)rest / 10;
                rest = (uint32_t)rest % 10;
            } else {
                words[i] = (uint32_t)(rest / 10);
                rest %= 10;
            }
        }
        reversed[count++] = (uint8_t)rest;
    }
    d->count = d->point = count;
    d->more = false;
    for (int32_t i = 0; i < count; i++) d->digits[i] = reversed[count - 1 - i];
    trim(d);
    if (d->count > 0) shift(d, binary->exponent);
}

void zkvm_binary_from(zkvm_decimal *d, int32_t bits, int32_t least, int32_t largest, zkvm_binary *binary) {
    memset(binary->magnitude, 0, sizeof binary->magnitude);
    binary->kind = ZKVM_FINITE;
    binary->exponent = 0;
    if (d->count == 0 || d->point < -5100) return;
    if (d->point > 5100) {
        binary->kind = ZKVM_INFINITE;
        return;
    }
    /* To at least 1/2 and below 1. Every step by 3 bits or more changes the magnitude by less than the digits allow. */
    int32_t exponent = 0;
    while (d->point > 0) {
        int32_t step = d->point >= 9 ? LARGEST_SHIFT : d->point == 1 ? 1 : 3 * (d->point - 1);
        shift_right(d, step);
        exponent += step;
    }
    while (d->point < 0 || (d->point == 0 && d->digits[0] < 5)) {
        int32_t step = d->point <= -9 ? LARGEST_SHIFT : d->point < 0 ? 3 * -d->point : 1;
        shift_left(d, step);
        exponent -= step;
        if (d->point > 0) {
            shift_right(d, 1);
            exponent++;
        }
    }
    /* The value is d * 2^exponent. Its highest bit has the weight exponent - 1. */
    int32_t kept = exponent - 1 < least ? bits - (least - (exponent - 1)) : bits;
    if (kept < 0) return;
    shift(d, kept);
    zkvm_decimal_round(d, d->point);
    for (int32_t i = 0; i < d->point; i++) {
        uint64_t carry = i < d->count ? d->digits[i] : 0;
        for (int k = 0; k < 4; k++) {
            carry += (uint64_t)binary->magnitude[k] * 10;
            binary->magnitude[k] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    binary->exponent = exponent - kept;
    /* Rounding may have carried into one more bit, which only matters at the upper end. */
    int32_t highest = -1;
    for (int k = 0; k < 4; k++) {
        if (binary->magnitude[k] != 0) highest = 32 * k + 31 - zkvm_clz32(binary->magnitude[k]);
    }
    if (highest + binary->exponent > largest) binary->kind = ZKVM_INFINITE;
}

void zkvm_binary_of_double(double value, zkvm_binary *binary) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t exponent = (uint32_t)(bits >> 52) & 0x7ff;
    uint64_t fraction = bits & 0x000fffffffffffffu;
    *binary = (zkvm_binary){.negative = bits >> 63 != 0, .kind = ZKVM_FINITE};
    if (exponent == 0x7ff) binary->kind = fraction == 0 ? ZKVM_INFINITE : ZKVM_NAN;
    if (exponent != 0) fraction |= 0x0010000000000000u;
    else exponent = 1;
    binary->exponent = (int32_t)exponent - 1075;
    binary->magnitude[0] = (uint32_t)fraction;
    binary->magnitude[1] = (uint32_t)(fraction >> 32);
}

void zkvm_binary_of(long double value, zkvm_binary *binary) {
#if __SIZEOF_LONG_DOUBLE__ == 16 && __LDBL_MANT_DIG__ == 113
    uint32_t bits[4];
    memcpy(bits, &value, sizeof bits);
    uint32_t exponent = bits[3] >> 16 & 0x7fff, top = bits[3] & 0xffff;
    *binary = (zkvm_binary){.negative = bits[3] >> 31 != 0, .kind = ZKVM_FINITE};
    if (exponent == 0x7fff) binary->kind = (bits[0] | bits[1] | bits[2] | top) == 0 ? ZKVM_INFINITE : ZKVM_NAN;
    if (exponent != 0) top |= 0x10000;
    else exponent = 1;
    binary->exponent = (int32_t)exponent - 16383 - 112;
    for (int i = 0; i < 3; i++) binary->magnitude[i] = bits[i];
    binary->magnitude[3] = top;
#else
#error "long double is expected to be binary128"
#endif
}
